/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What the user typed, without the blanks around it that a paste brings. (transfer full) */
char *ll_typed (GtkEditable *editable);

G_END_DECLS
