/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/smimea.h"

#include "base/clock.h"
#include "keys/certificate.h"

#include "../support/certificates.h"

#define YEAR (365 * 86400)
#define BOB "bob@b.example"

static const CertificateWish bobs = { .name = "Bob",
                                      .address = BOB,
                                      .rsa = 2048,
                                      .usage = "keyEncipherment",
                                      .purpose = "emailProtection",
                                      .from = -86400,
                                      .to = YEAR };

static GBytes *
record (guint usage, guint selector, guint matching, const void *data, gsize length)
{
  guint8 head[] = { (guint8) usage, (guint8) selector, (guint8) matching };
  g_autoptr (GByteArray) rdata = g_byte_array_new ();

  g_byte_array_append (rdata, head, sizeof head);
  g_byte_array_append (rdata, data, (guint) length);
  return g_byte_array_free_to_bytes (g_steal_pointer (&rdata));
}

static GBytes *
public_key (const Certificate *made)
{
  guint8 *encoded = NULL;
  int n = i2d_X509_PUBKEY (X509_get_X509_PUBKEY (made->certificate), &encoded);
  GBytes *bytes = g_bytes_new (encoded, (gsize) n);

  OPENSSL_free (encoded);
  return bytes;
}

/* A record of @what, whole or digested. */
static GBytes *
record_of (guint usage, guint selector, guint matching, GBytes *what)
{
  guint8 digest[64];
  gsize length = sizeof digest;
  g_autoptr (GChecksum) checksum
      = g_checksum_new (matching == 1 ? G_CHECKSUM_SHA256 : G_CHECKSUM_SHA512);

  if (matching == 0)
    return record (usage, selector, 0, g_bytes_get_data (what, NULL), g_bytes_get_size (what));
  g_checksum_update (checksum, g_bytes_get_data (what, NULL), (gssize) g_bytes_get_size (what));
  g_checksum_get_digest (checksum, digest, &length);
  return record (usage, selector, matching, digest, length);
}

static LlKey *
from_file (const Certificate *made)
{
  g_autoptr (GBytes) der = certificate_der (made);
  LlKey *key = ll_certificate_parse (der, LL_KEY_SOURCE_IMPORTED, NULL);

  g_assert_nonnull (key);
  return key;
}

/* The whole certificate locks, for whom it names. */
static void
test_whole (void)
{
  Certificate made = certificate_make (&bobs, NULL);
  g_autoptr (GBytes) der = certificate_der (&made);
  g_autoptr (GBytes) rdata = record_of (3, 0, 0, der);
  g_autoptr (GBytes) path = record_of (1, 0, 0, der);
  g_autoptr (LlKey) key = ll_smimea_read (rdata, BOB);
  g_autoptr (LlKey) other = ll_smimea_read (rdata, "eve@b.example");

  g_assert_null (key->pin);
  g_assert_cmpint (key->defect, ==, LL_KEY_SOUND);
  g_assert_cmpint (other->defect, ==, LL_KEY_OTHER_ADDRESS);
  g_assert_false (ll_smimea_needs_path (rdata));
  g_assert_true (ll_smimea_needs_path (path));
  certificate_clear (&made);
}

/* Every short form confirms the certificate that it was made of, and no other one. */
static void
test_confirms (void)
{
  Certificate made = certificate_make (&bobs, NULL), stranger = certificate_make (&bobs, NULL);
  g_autoptr (GBytes) der = certificate_der (&made);
  g_autoptr (GBytes) info = public_key (&made);

  for (guint selector = 0; selector < 2; selector++)
    for (guint matching = selector == 0 ? 1 : 0; matching < 3; matching++)
      {
        g_autoptr (GBytes) rdata = record_of (3, selector, matching, selector == 0 ? der : info);
        g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_key_unref);
        const LlKey *first, *second;

        g_ptr_array_add (keys, from_file (&made));
        g_ptr_array_add (keys, ll_smimea_read (rdata, BOB));
        g_ptr_array_add (keys, from_file (&stranger));
        ll_smimea_confirm (keys, ll_clock_now ());
        g_assert_cmpuint (keys->len, ==, 2);
        first = g_ptr_array_index (keys, 0);
        second = g_ptr_array_index (keys, 1);
        g_assert_cmpint (first->trust, ==, LL_TRUST_PUBLISHED);
        g_assert_cmpint (second->trust, ==, LL_TRUST_UNCHECKED);
      }
  certificate_clear (&made);
  certificate_clear (&stranger);
}

/* Usage 1 wants a path besides, so a digest alone says nothing of one without. */
static void
test_needs_path (void)
{
  Certificate made = certificate_make (&bobs, NULL);
  g_autoptr (GBytes) der = certificate_der (&made);
  g_autoptr (GBytes) rdata = record_of (1, 0, 1, der);
  g_autoptr (LlKey) key = from_file (&made);

  g_assert_false (ll_smimea_matches (rdata, key, ll_clock_now ()));
  key->trust = LL_TRUST_VERIFIED;
  g_assert_true (ll_smimea_matches (rdata, key, ll_clock_now ()));
  certificate_clear (&made);
}

/* Usage 2: whom the domain's own authority certified. */
static void
test_authority (void)
{
  CertificateWish wish
      = { .name = "CA", .rsa = 2048, .from = -86400, .to = YEAR, .authority = TRUE };
  Certificate ca = certificate_make (&wish, NULL), other = certificate_make (&wish, NULL);
  Certificate made = certificate_make (&bobs, &ca);
  g_autoptr (GBytes) ca_der = certificate_der (&ca);
  g_autoptr (GBytes) other_der = certificate_der (&other);
  g_autoptr (GBytes) right = record_of (2, 0, 0, ca_der);
  g_autoptr (GBytes) wrong = record_of (2, 0, 0, other_der);
  g_autoptr (LlKey) key = from_file (&made);

  g_assert_true (ll_smimea_matches (right, key, ll_clock_now ()));
  g_assert_false (ll_smimea_matches (wrong, key, ll_clock_now ()));
  certificate_clear (&ca);
  certificate_clear (&other);
  certificate_clear (&made);
}

static void
test_useless (void)
{
  static const struct
  {
    guint usage, selector, matching;
    gsize length;
  } cases[] = {
    { 3, 0, 1, 31 }, { 3, 0, 2, 32 }, { 3, 0, 3, 32 }, { 3, 2, 1, 32 },
    { 4, 0, 1, 32 }, { 0, 0, 1, 32 }, { 2, 0, 1, 32 }, { 3, 0, 0, 32 },
  };
  guint8 bytes[64] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) rdata
          = record (cases[i].usage, cases[i].selector, cases[i].matching, bytes, cases[i].length);

      g_assert_null (ll_smimea_read (rdata, BOB));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keys/smimea/whole", test_whole);
  g_test_add_func ("/keys/smimea/confirms", test_confirms);
  g_test_add_func ("/keys/smimea/needs-path", test_needs_path);
  g_test_add_func ("/keys/smimea/authority", test_authority);
  g_test_add_func ("/keys/smimea/useless", test_useless);
  return g_test_run ();
}
