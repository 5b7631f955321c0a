/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A switch for gui/autostart.h. It shows what is so, not what was asked for. */
GtkWidget *ll_autostart_row_new (void);

G_END_DECLS
