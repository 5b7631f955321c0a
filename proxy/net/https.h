/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "net/resolver.h"

G_BEGIN_DECLS

/*
 * One HTTPS GET, strictly: our own resolver's addresses, verified TLS with the
 * name in the SAN, no redirects, no cookies, no caches, no proxy from the
 * environment, a size and a time limit, and no private addresses unless allowed
 * (facts/assurance.md 7.3). libcurl does the rest.
 */

typedef enum
{
  LL_HTTPS_OK,          /* status 200 and a whole body */
  LL_HTTPS_STATUS,      /* any other status */
  LL_HTTPS_CERTIFICATE, /* not verified, or no SAN that matches */
  LL_HTTPS_TOO_LARGE,
  LL_HTTPS_UNREACHABLE, /* no address, refused, timeout */
  LL_HTTPS_PRIVATE,     /* the name resolves to an address that is not contacted */
} LlHttpsOutcome;

typedef struct
{
  LlHttpsOutcome outcome;
  guint status;
  char *content_type;   /* or NULL */
  GBytes *body;         /* on OK; of ll_https_post on STATUS, too */
  char *detail;         /* a sentence for people, on anything but OK */
  gboolean absent;      /* UNREACHABLE since its DNS says that there is no such host */
  gboolean bogus;       /* UNREACHABLE since its DNSSEC signatures are wrong */
  gboolean intercepted; /* the chain ends in a locally installed root */
} LlHttpsResult;

typedef struct _LlHttps LlHttps;

/* @ca_file as in wire/tls.h; @proxy NULL or a URL ([network] proxy); port: 443 but in tests.
 * Asks @resolver as it is now (ll_resolver_pin). */
LlHttps *ll_https_new (LlResolver *resolver,
                       const char *ca_file,
                       const char *proxy,
                       gboolean allow_private,
                       guint16 port);
void ll_https_free (LlHttps *https);

/* What asks as @https does now, whatever it follows later. (transfer full) */
LlHttps *ll_https_pin (LlHttps *https);

/* Other settings: what is asked from now on is asked as @fresh does. */
void ll_https_follow (LlHttps *https, LlHttps *fresh);

/* (transfer full), never NULL. Thread-safe; blocks until @deadline at most. */
LlHttpsResult *ll_https_get (LlHttps *https,
                             const char *host,
                             const char *path,
                             gsize limit,
                             LlDeadline deadline,
                             GCancellable *cancellable);
/* An http:// address that a certificate names (CRL, OCSP): a GET, or with @body a POST of it as
 * @content_type. As strict as above, but for TLS: what comes back has to be signed by itself. Never
 * NULL. */
LlHttpsResult *ll_http_ask (LlHttps *https,
                            const char *url,
                            const char *content_type,
                            GBytes *body,
                            gsize limit,
                            LlDeadline deadline,
                            GCancellable *cancellable);

/* Posts @body to an https:// address (its own port, else 443). What comes back with any status is
 * in the result, and its memory is wiped when it is freed: tokens are in it. As strict as
 * ll_https_get. Never NULL. */
LlHttpsResult *ll_https_post (LlHttps *https,
                              const char *url,
                              const char *content_type,
                              GBytes *body,
                              gsize limit,
                              LlDeadline deadline,
                              GCancellable *cancellable);
void ll_https_result_free (LlHttpsResult *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlHttpsResult, ll_https_result_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlHttps, ll_https_free)

G_END_DECLS
