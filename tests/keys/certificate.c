/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/certificate.h"

#include "base/clock.h"
#include "base/error.h"
#include "keys/capabilities.h"

#include "../support/certificates.h"

#include <openssl/cms.h>

#define YEAR (365 * 86400)

static const CertificateWish good = {
  .name = "Bob",
  .address = "Bob@B.example",
  .rsa = 2048,
  .usage = "keyEncipherment",
  .purpose = "emailProtection",
  .from = -86400,
  .to = YEAR,
};

static LlKey *
parse (const CertificateWish *wish)
{
  Certificate made = certificate_make (wish, NULL);
  g_autoptr (GBytes) der = certificate_der (&made);
  g_autoptr (GError) error = NULL;
  LlKey *key = ll_certificate_parse (der, LL_KEY_SOURCE_IMPORTED, &error);

  g_assert_no_error (error);
  certificate_clear (&made);
  return key;
}

static void
test_good (void)
{
  g_autoptr (LlKey) key = parse (&good);

  g_assert_cmpint (key->defect, ==, LL_KEY_SOUND);
  g_assert_true (ll_key_is_for (key, "Bob@b.example", FALSE));
  g_assert_true (ll_key_is_for (key, "bob@b.example", TRUE));
  g_assert_cmpstr (key->user_id, ==, "CN=Bob");
  g_assert_cmpstr (key->algorithm, ==, "rsa2048");
  g_assert_cmpuint (strlen (key->fingerprint), ==, 64);
  g_assert_true (ll_key_is_sound (key, ll_clock_now ()));
}

/* M06 to M11, each with its own word. */
static void
test_defects (void)
{
  CertificateWish sign_only = good, other_use = good, weak = good, over = good, legacy = good;
  CertificateWish elliptic = good;
  g_autoptr (LlKey) key = NULL;

  sign_only.usage = "digitalSignature";
  key = parse (&sign_only);
  g_assert_cmpint (key->defect, ==, LL_KEY_SIGN_ONLY);
  g_clear_pointer (&key, ll_key_unref);
  other_use.purpose = "serverAuth";
  key = parse (&other_use);
  g_assert_cmpint (key->defect, ==, LL_KEY_OTHER_USE);
  g_clear_pointer (&key, ll_key_unref);
  weak.rsa = 1024;
  key = parse (&weak);
  g_assert_cmpint (key->defect, ==, LL_KEY_WEAK);
  g_clear_pointer (&key, ll_key_unref);
  over.to = -60;
  key = parse (&over);
  g_assert_false (ll_key_is_sound (key, ll_clock_now ()));
  g_clear_pointer (&key, ll_key_unref);
  legacy.address = NULL;
  legacy.legacy = "bob@b.example";
  key = parse (&legacy);
  g_assert_true (ll_key_is_for (key, "bob@b.example", FALSE));
  g_assert_nonnull (key->note);
  g_clear_pointer (&key, ll_key_unref);
  elliptic.rsa = 0;
  elliptic.usage = "keyAgreement";
  key = parse (&elliptic);
  g_assert_cmpint (key->defect, ==, LL_KEY_SOUND);
}

/* RFC 9598: an address beside the usual kind of name, for local parts beyond ASCII. */
static void
test_other_script (void)
{
  CertificateWish wish = good;
  g_autoptr (LlKey) key = NULL;

  wish.address = NULL;
  wish.names = "otherName:1.3.6.1.5.5.7.8.9;UTF8:borge@b.example";
  key = parse (&wish);
  g_assert_true (ll_key_is_for (key, "borge@b.example", FALSE));
  g_assert_null (key->note);
}

static void
test_too_early (void)
{
  CertificateWish early = good;
  g_autoptr (LlKey) key = NULL;
  g_autofree char *text = NULL;

  early.from = 86400;
  key = parse (&early);
  text = ll_key_defect_text (key);
  g_assert_nonnull (strstr (text, "valid only from"));
}

/* A signed message, as S/MIME programs write them, that announces @cipher. (transfer full) */
static GBytes *
announce (const Certificate *who, int cipher)
{
  STACK_OF (X509_ALGOR) *ciphers = NULL;
  BIO *content = BIO_new_mem_buf ("a letter", -1);
  CMS_ContentInfo *message = CMS_sign (NULL, NULL, NULL, NULL, CMS_DETACHED | CMS_PARTIAL);
  CMS_SignerInfo *signer
      = CMS_add1_signer (message, who->certificate, who->key, EVP_sha256 (), CMS_NOSMIMECAP);
  guint8 *bytes = NULL;
  GBytes *der;
  int length;

  g_assert_true (CMS_add_simple_smimecap (&ciphers, cipher, -1));
  g_assert_true (CMS_add_smimecap (signer, ciphers));
  g_assert_true (CMS_final (message, content, NULL, CMS_DETACHED | CMS_BINARY));
  length = i2d_CMS_ContentInfo (message, &bytes);
  der = g_bytes_new (bytes, (gsize) length);
  OPENSSL_free (bytes);
  sk_X509_ALGOR_pop_free (ciphers, X509_ALGOR_free);
  CMS_ContentInfo_free (message);
  BIO_free (content);
  return der;
}

/* The same message, where somebody made AES-256-GCM of AES-256-CBC. (transfer full) */
static GBytes *
forge (GBytes *message)
{
  static const guint8 cbc[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a };
  gsize length;
  const guint8 *bytes = g_bytes_get_data (message, &length);
  guint8 *copy = g_memdup2 (bytes, length);
  guint8 *found = memmem (copy, length, cbc, sizeof cbc);

  g_assert_nonnull (found);
  found[sizeof cbc - 1] = 0x2e;
  return g_bytes_new_take (copy, length);
}

/* RFC 8551 2.5.2: believed as far as the signer's key signed it. */
static void
test_announced (void)
{
  CertificateWish wish = good;
  Certificate bob;
  g_autoptr (LlKey) key = NULL;
  g_autoptr (GBytes) der = NULL, gcm = NULL, cbc = NULL, forged = NULL;
  g_auto (GStrv) who = NULL, nobody = NULL, liar = NULL;

  wish.usage = "digitalSignature,keyEncipherment";
  bob = certificate_make (&wish, NULL);
  der = certificate_der (&bob);
  key = ll_certificate_parse (der, LL_KEY_SOURCE_IMPORTED, NULL);
  gcm = announce (&bob, NID_aes_256_gcm);
  cbc = announce (&bob, NID_aes_256_cbc);
  forged = forge (cbc);
  who = ll_capabilities_announced (gcm);
  nobody = ll_capabilities_announced (cbc);
  liar = ll_capabilities_announced (forged);
  g_assert_cmpuint (g_strv_length (who), ==, 1);
  g_assert_cmpstr (who[0], ==, key->fingerprint);
  g_assert_cmpuint (g_strv_length (nobody), ==, 0);
  g_assert_cmpuint (g_strv_length (liar), ==, 0);
  certificate_clear (&bob);
}

static void
test_verify (void)
{
  CertificateWish root_wish
      = { .name = "Root", .rsa = 2048, .from = -86400, .to = YEAR, .authority = TRUE };
  Certificate root = certificate_make (&root_wish, NULL);
  Certificate bob = certificate_make (&good, &root);
  g_autoptr (GBytes) der = certificate_der (&bob);
  g_autoptr (LlKey) key = ll_certificate_parse (der, LL_KEY_SOURCE_IMPORTED, NULL);
  g_autoptr (LlKey) verified = NULL;
  g_autoptr (LlKey) unknown = NULL;
  X509_STORE *roots = X509_STORE_new ();

  unknown = ll_certificate_verify (key, NULL, roots, ll_clock_now ());
  g_assert_cmpint (unknown->trust, ==, LL_TRUST_UNCHECKED);
  g_assert_nonnull (strstr (unknown->note, "CN=Root"));
  X509_STORE_add_cert (roots, root.certificate);
  verified = ll_certificate_verify (key, NULL, roots, ll_clock_now ());
  g_assert_cmpint (verified->trust, ==, LL_TRUST_VERIFIED);
  X509_STORE_free (roots);
  certificate_clear (&bob);
  certificate_clear (&root);
}

static void
test_garbage (void)
{
  g_autoptr (GBytes) garbage = g_bytes_new_static ("no certificate", 14);
  Certificate made = certificate_make (&good, NULL);
  g_autoptr (GBytes) der = certificate_der (&made);
  g_autoptr (GByteArray) longer = g_byte_array_new ();
  g_autoptr (GBytes) trailing = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = ll_certificate_read_all (garbage);

  g_assert_cmpuint (found->len, ==, 0);
  g_assert_null (ll_certificate_parse (garbage, LL_KEY_SOURCE_LDAP, &error));
  g_assert_error (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_BAD_KEY);
  g_byte_array_append (longer, g_bytes_get_data (der, NULL), (guint) g_bytes_get_size (der));
  g_byte_array_append (longer, (const guint8 *) "x", 1);
  trailing = g_byte_array_free_to_bytes (g_steal_pointer (&longer));
  g_assert_null (ll_certificate_parse (trailing, LL_KEY_SOURCE_LDAP, NULL));
  certificate_clear (&made);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keys/certificate/good", test_good);
  g_test_add_func ("/keys/certificate/defects", test_defects);
  g_test_add_func ("/keys/certificate/other-script", test_other_script);
  g_test_add_func ("/keys/certificate/too-early", test_too_early);
  g_test_add_func ("/keys/certificate/announced", test_announced);
  g_test_add_func ("/keys/certificate/verify", test_verify);
  g_test_add_func ("/keys/certificate/garbage", test_garbage);
  return g_test_run ();
}
