/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <openssl/ssl.h>

G_BEGIN_DECLS

/*
 * TLS as this program wants it: contexts for its three uses, the one correct way
 * to ask for a name, and what a handshake showed, in words.
 *
 * Floor: TLS 1.2, no compression, no renegotiation, DNS names from the SAN only
 * (no common name, no partial wildcards): facts/assurance.md 7.1.
 */

typedef enum
{
  LL_TLS_UPSTREAM, /* verification is mandatory; session resumption on */
  LL_TLS_PROBE,    /* never resumes (a stale verdict), never fails by verification: judged after */
  LL_TLS_CLASSIFY, /* TLS 1.0, security level 0, every cipher: only to name what is wrong */
} LlTlsUse;

/* The trust store is loaded once, on first need, and shared. @ca_file: more roots, trusted as
 * if shipped, or NULL. (transfer full), SSL_CTX_free. */
SSL_CTX *ll_tls_client_context (LlTlsUse use, const char *ca_file, GError **error);

/* The files may have changed: contexts that are made from now on read them again. */
void ll_tls_forget_roots (void);

/* An SSL that expects @host: SNI, and X509 host check without CN and partial wildcards.
 * A trailing dot is stripped. @host may be an address literal: then the IP SAN is checked and
 * no SNI sent. (transfer full) */
SSL *ll_tls_client_new (SSL_CTX *context, const char *host, GError **error);

/* What a finished handshake showed. All strings are owned. */
typedef struct
{
  char *protocol; /* "TLSv1.3" */
  char *cipher;   /* "TLS_AES_256_GCM_SHA384" */
  int bits;
  char *key; /* "RSA 2048", "EC P-256": the leaf's */
  int key_bits;
  gboolean forward_secrecy;
  char *subject; /* RFC 2253 */
  char *issuer;
  char *root;        /* the trust anchor's subject, or NULL */
  char *fingerprint; /* SHA-256 of the leaf, lower-case hex */
  char *spki;        /* SHA-256 of its public key, lower-case hex: what a pin is */
  GStrv names;       /* DNS names in the SAN */
  gint64 not_before;
  gint64 not_after;
  long verify; /* X509_V_OK or the X509_V_ERR_* of the first failure */
} LlTlsFacts;

/* NULL when the handshake gave no certificate. (transfer full) */
LlTlsFacts *ll_tls_facts_new (SSL *ssl);
void ll_tls_facts_free (LlTlsFacts *facts);

/* One sentence for a person: "certificate is for mail.example, not for smtp.example",
 * "certificate expired on 2026-01-02", "certificate is self-signed". (transfer full) */
char *ll_tls_explain (SSL *ssl, const char *host);

/* OpenSSL's error queue as one sentence, and empties it. (transfer full) */
char *ll_tls_last_error (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlTlsFacts, ll_tls_facts_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SSL_CTX, SSL_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SSL, SSL_free)

G_END_DECLS
