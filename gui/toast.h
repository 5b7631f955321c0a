/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Shows @text, one sentence, at the foot of the window that @widget is in. */
void ll_toast (GtkWidget *widget, const char *text);

G_END_DECLS
