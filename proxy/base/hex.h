/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Two lower-case digits for each octet. (transfer full) */
char *ll_hex (const void *bytes, gsize length);

G_END_DECLS
