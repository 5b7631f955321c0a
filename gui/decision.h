/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

#include <adwaita.h>

G_BEGIN_DECLS

/*
 * What a person can decide about a letter, as buttons: only what the daemon says would work. The
 * answer is told by a toast of the window; what is not to be taken back is asked once more.
 */

/* @letter: as GetLetter gives it. NULL: there is nothing to decide. (transfer full) */
GtkWidget *ll_decision_buttons_new (LlDaemon *daemon, GVariant *letter);

G_END_DECLS
