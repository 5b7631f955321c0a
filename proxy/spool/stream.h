/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "spool/store.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* A letter's content as a GInputStream, for those who look at it with GMime. Takes over
 * @reader. Reads block on the disk alone; there is nothing to cancel. (transfer full) */
GInputStream *ll_reader_stream (LlReader *reader);

G_END_DECLS
