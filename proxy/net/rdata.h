/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Rdata in wire format to values. Pure; every reader takes the whole rdata and
 * refuses short, long and compressed ones: they come from the network.
 *
 * Names come out in lower case without the root dot; the root itself is "". Only
 * names that can be asked for again in text are names here: labels of letters,
 * digits, hyphen, underscore (and "*" alone); anything else is refused.
 *
 * RFC 1035 3.3, RFC 2782 (SRV), RFC 6698 2.1 (TLSA).
 */

enum
{
  LL_RR_A = 1,
  LL_RR_NS = 2,
  LL_RR_CNAME = 5,
  LL_RR_SOA = 6,
  LL_RR_MX = 15,
  LL_RR_TXT = 16,
  LL_RR_AAAA = 28,
  LL_RR_SRV = 33,
  LL_RR_DS = 43,
  LL_RR_DNSKEY = 48,
  LL_RR_TLSA = 52,
  LL_RR_SMIMEA = 53,
  LL_RR_OPENPGPKEY = 61,
};

/* "192.0.2.1" or "2001:db8::1" by length, which must be that of @type; else NULL. */
char *ll_rdata_address (GBytes *rdata, guint16 type);

gboolean ll_rdata_mx (GBytes *rdata, guint *preference, char **host);

typedef struct
{
  guint priority;
  guint weight;
  guint port;
  char *host; /* "": the service is not offered */
} LlSrv;

/* @srv's host: (transfer full) */
gboolean ll_rdata_srv (GBytes *rdata, LlSrv *srv);

/* The character-strings joined without a blank (RFC 8461 3.1, RFC 7208 3.3); may hold any byte.
 * NULL when malformed. */
GBytes *ll_rdata_text (GBytes *rdata);

typedef struct
{
  guint usage;
  guint selector;
  guint matching;
  const guint8 *data; /* (not owned) inside the rdata */
  gsize length;       /* at least 1 */
} LlTlsa;

/* SMIMEA has the same form (RFC 8162 2.). */
gboolean ll_rdata_tlsa (GBytes *rdata, LlTlsa *tlsa);

/* Whether @name can be asked for: labels of 1 to 63 bytes as above, at most 253 bytes, one
 * trailing dot allowed. The root (".") is a name. */
gboolean ll_dns_name_is_valid (const char *name);

G_END_DECLS
