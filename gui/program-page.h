/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* What the mail program needs to send through an account: four values, and the certificate. */
#define LL_TYPE_PROGRAM_PAGE (ll_program_page_get_type ())
G_DECLARE_FINAL_TYPE (LlProgramPage, ll_program_page, LL, PROGRAM_PAGE, AdwBin)

/* @account: as AddAccount answers. */
void ll_program_page_show (LlProgramPage *page, LlDaemon *daemon, GVariant *account);

G_END_DECLS
