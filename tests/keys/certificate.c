/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/certificate.h"

#include "base/clock.h"
#include "base/error.h"

#include "../support/certificates.h"

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
  g_assert_cmpint (key->defect, ==, LL_KEY_SIGN_ONLY);
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
  g_test_add_func ("/keys/certificate/verify", test_verify);
  g_test_add_func ("/keys/certificate/garbage", test_garbage);
  return g_test_run ();
}
