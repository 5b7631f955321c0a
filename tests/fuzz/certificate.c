/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/tls.h"

#include "wire/tls-private.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static const long results[] = {
  X509_V_OK,
  X509_V_ERR_CERT_HAS_EXPIRED,
  X509_V_ERR_CERT_NOT_YET_VALID,
  X509_V_ERR_HOSTNAME_MISMATCH,
  X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
  X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
  X509_V_ERR_CERT_REVOKED,
};

/* Anybody can write anything into a certificate; people read it in a terminal. */
static void
check_words (const char *text)
{
  g_assert_nonnull (text);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (at)));
}

static void
check_facts (SSL *ssl)
{
  LlTlsFacts *facts = ll_tls_facts_new (ssl);

  g_assert_nonnull (facts);
  check_words (facts->subject);
  check_words (facts->issuer);
  g_assert_cmpuint (strlen (facts->fingerprint), ==, 64);
  for (guint i = 0; facts->names[i] != NULL; i++)
    check_words (facts->names[i]);
  ll_tls_facts_free (facts);
}

/* The first byte says what the verification came to; the rest is a certificate in DER. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static SSL_CTX *context = NULL;
  const guint8 *at = data + 1;
  g_autofree char *explained = NULL;
  X509 *leaf = size > 0 ? d2i_X509 (NULL, &at, (long) size - 1) : NULL;
  SSL *ssl;

  ERR_clear_error ();
  if (leaf == NULL)
    return 0;
  if (context == NULL)
    context = SSL_CTX_new (TLS_client_method ());
  ssl = SSL_new (context);
  SSL_set_ex_data (ssl, ll_tls_leaf_index (), leaf); /* which it owns now */
  SSL_set_verify_result (ssl, results[data[0] % G_N_ELEMENTS (results)]);
  check_facts (ssl);
  explained = ll_tls_explain (ssl, "mx.lab");
  check_words (explained);
  g_assert_false (g_str_has_suffix (explained, " on (null)")
                  || g_str_has_suffix (explained, " before (null)"));
  SSL_free (ssl);
  return 0;
}
