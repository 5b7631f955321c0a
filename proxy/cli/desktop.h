/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* doctor's lines about the desktop, aa{sv}: whether it shows status icons, and whether it asks
 * before it logs out while letters are not sent yet. None: nobody sits in front of a screen here.
 * (transfer full) */
GVariant *ll_desktop_check (void);

G_END_DECLS
