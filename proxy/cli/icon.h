/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* doctor's line about the status icon: whether this desktop shows any, and what to do where it does
 * not. NULL: nobody sits in front of a screen here. (transfer full) */
GVariant *ll_icon_check (void);

G_END_DECLS
