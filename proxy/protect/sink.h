/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "protect/inner.h"

#include <openssl/bio.h>

G_BEGIN_DECLS

/* OpenSSL's streams at the ends of ours. Both turn LF into CRLF: base64 knows only LF. */

typedef struct
{
  LlSink sink;
  gpointer data;
  GError **error;    /* set by the first write that failed; later ones do nothing */
  GString *gathered; /* the BIO's own; starts as NULL */
} LlSinkBio;

/* Writes into a sink, much at a time: a flush ends it. @target outlives it. CRLF stays as it is.
 * (transfer full) */
BIO *ll_sink_bio_new (LlSinkBio *target);

/* A filter before another BIO. (transfer full) */
BIO *ll_crlf_bio_new (void);

/* Appends @bytes with CRLF for each LF that has no CR before it in the same block. */
void ll_append_crlf (GString *out, const char *bytes, gsize length);

G_END_DECLS
