/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The part of @host that somebody registered: "hoster.example" of "mx1.hoster.example", and
 * "hoster.co.uk", never "co.uk", which is everybody's (the Public Suffix List, as libpsl has it).
 * @host: A-labels, lower case. (transfer full); NULL: nobody's in particular. */
char *ll_registered (const char *host);

G_END_DECLS
