/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * JSON from elsewhere, no more of it than RFC 8259 has. The library takes more than that (comments,
 * escapes of its own), goes down as deep as it is led, though a thread's stack ends, and cuts a
 * text at a NUL in it: none of that reaches it.
 */

/* @depth: of lists and objects in each other. NULL: it is none, or deeper. (transfer full) */
JsonNode *ll_json_read (const char *bytes, gsize length, guint depth);

G_END_DECLS
