/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @recipients (of a{sv}) into @letter as "recipients", each with what is always said of it ("also",
 * api/text.h), and the "warning" for all of them, where there is one. */
void ll_said_add (GVariantDict *letter, const GPtrArray *recipients);

G_END_DECLS
