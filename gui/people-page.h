/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Whose keys there are: what could lock a letter to an address, and your word about it. */
#define LL_TYPE_PEOPLE_PAGE (ll_people_page_get_type ())
G_DECLARE_FINAL_TYPE (LlPeoplePage, ll_people_page, LL, PEOPLE_PAGE, AdwBin)

GtkWidget *ll_people_page_new (LlDaemon *daemon);

G_END_DECLS
