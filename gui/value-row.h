/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A value to type in elsewhere, with a button that copies it. (transfer floating) */
GtkWidget *ll_value_row_new (const char *what, const char *value);

G_END_DECLS
