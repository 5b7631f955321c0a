/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The file with the DNSSEC trust anchor: DS or DNSKEY records, one a line, as
 * dns-root-data, unbound-anchor and `ldns-key2ds -n` write them.
 */

typedef struct
{
  char *zone;    /* of the anchors: "." if the root is among them, else the first; no root dot */
  GStrv records; /* as text, comments removed */
} LlAnchor;

/* LL_CONFIG_ERROR_FILE when the text holds no anchor, or a line that is none. */
LlAnchor *ll_anchor_parse (const char *text, GError **error);

/* @path NULL: meson's option root-keys. LL_CONFIG_ERROR_FILE, the message says the remedy. */
LlAnchor *ll_anchor_load (const char *path, GError **error);

void ll_anchor_free (LlAnchor *anchor);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlAnchor, ll_anchor_free)

G_END_DECLS
