/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/sealed.h"

#include "../support/certificates.h"

#include "keys/certificate.h"

#include <openssl/cms.h>

/* -- OpenPGP: written by hand after RFC 9580 5.1 ----------------------------------------------- */

#define ONE "0102030405060708"
#define TWO "1112131415161718"
#define PKESK(id) "c10c03" id "120203" /* new format, 12 octets, version 3 */
#define OLD_PKESK(id) "840c03" id "120203"
#define PKESK_6_4 "c11906150400112233445566778899aabb" TWO "1900"
#define PKESK_6_6 "c12506210601020304050607081111111111111111111111111111111111111111111111111900"
#define HIDDEN "0000000000000000"
#define SKESK "c3040409020a"
#define MARKER "ca03504750"
#define SEIPD "d2e001" /* partial length */
#define SED_OPEN "a7ff"
#define LITERAL "cb0562000000004d"

static const struct
{
  const char *name;
  const char *hex;
  gboolean encrypted;
  gboolean whole;
  const char *ids;
} messages[] = {
  { "one", PKESK (ONE) SEIPD, TRUE, TRUE, "pgp:" ONE },
  { "two, old format", OLD_PKESK (ONE) OLD_PKESK (TWO) SEIPD, TRUE, TRUE, "pgp:" ONE " pgp:" TWO },
  { "without integrity", PKESK (ONE) SED_OPEN, TRUE, TRUE, "pgp:" ONE },
  { "marker", MARKER PKESK (ONE) SEIPD, TRUE, TRUE, "pgp:" ONE },
  { "hidden beside one", PKESK (ONE) PKESK (HIDDEN) SEIPD, TRUE, FALSE, "pgp:" ONE },
  { "all hidden", PKESK (HIDDEN) SEIPD, TRUE, FALSE, "" },
  { "version 6 for a key of version 4", PKESK_6_4 SEIPD, TRUE, TRUE, "pgp:" TWO },
  { "version 6 for a key of version 6", PKESK_6_6 SEIPD, TRUE, TRUE, "pgp:" ONE },
  { "version 6, hidden", "c10306001900" SEIPD, TRUE, FALSE, "" },
  { "version 9", "c10c09" ONE "120203" SEIPD, TRUE, FALSE, "" },
  { "passphrase", SKESK SEIPD, TRUE, FALSE, "" },
  { "passphrase beside one", PKESK (ONE) SKESK SEIPD, TRUE, FALSE, "pgp:" ONE },
  { "nobody", SEIPD, TRUE, FALSE, "" },
  { "cut off", PKESK (ONE) "c10c03" ONE, TRUE, FALSE, "pgp:" ONE },
  { "no data", PKESK (ONE), TRUE, FALSE, "pgp:" ONE },
  { "clear text behind a session key", PKESK (ONE) LITERAL, FALSE, FALSE, NULL },
  { "clear text", LITERAL, FALSE, FALSE, NULL },
  { "marker only", MARKER, FALSE, FALSE, NULL },
  { "no packet", "48656c6c6f", FALSE, FALSE, NULL },
  { "nothing", "", FALSE, FALSE, NULL },
};

static GBytes *
from_hex (const char *hex)
{
  GByteArray *bytes = g_byte_array_new ();

  for (; *hex != '\0'; hex += 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));

      g_byte_array_append (bytes, &byte, 1);
    }
  return g_byte_array_free_to_bytes (bytes);
}

static char *
joined (const LlSealed *sealed)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) ids = NULL;

  for (guint i = 0; i < sealed->ids->len; i++)
    g_strv_builder_add (builder, g_ptr_array_index (sealed->ids, i));
  ids = g_strv_builder_end (builder);
  return g_strjoinv (" ", ids);
}

static void
test_pgp (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      g_autoptr (GBytes) bytes = from_hex (messages[i].hex);
      gsize length;
      const guint8 *data = g_bytes_get_data (bytes, &length);
      g_auto (LlSealed) sealed;
      gboolean encrypted;

      g_test_message ("%s", messages[i].name);
      ll_sealed_init (&sealed);
      encrypted = ll_sealed_read_pgp (&sealed, data, length);
      g_assert_cmpint (encrypted, ==, messages[i].encrypted);
      if (encrypted)
        {
          g_autofree char *ids = joined (&sealed);

          g_assert_cmpint (sealed.whole, ==, messages[i].whole);
          g_assert_cmpstr (ids, ==, messages[i].ids);
        }
    }
}

/* -- CMS: made by OpenSSL -------------------------------------------------------------------- */

static const CertificateWish wishes[] = {
  { .name = "Bob", .address = "bob@b.example", .rsa = 2048, .to = 3600 },
  { .name = "Eve", .address = "eve@b.example", .to = 3600 },
};

typedef struct
{
  const char *name;
  guint who; /* bit of wishes */
  guint flags;
  gboolean authenticated;
  gboolean passphrase;
} Envelope;

static const Envelope envelopes[] = {
  { "RSA", 1, CMS_BINARY, FALSE, FALSE },
  { "EC", 2, CMS_BINARY, FALSE, FALSE },
  { "both", 3, CMS_BINARY, FALSE, FALSE },
  { "both, as a stream", 3, CMS_BINARY | CMS_STREAM, FALSE, FALSE },
  { "both, authenticated", 3, CMS_BINARY | CMS_STREAM, TRUE, FALSE },
  { "by key identifier", 3, CMS_BINARY | CMS_USE_KEYID, FALSE, FALSE },
  { "and a passphrase", 1, CMS_BINARY, FALSE, TRUE },
};

/* DER, or BER with open lengths. */
static GBytes *
seal (const Envelope *envelope, X509 *const *certificates)
{
  BIO *in = BIO_new_mem_buf ("Hello", 5);
  BIO *out = BIO_new (BIO_s_mem ());
  const EVP_CIPHER *cipher = envelope->authenticated ? EVP_aes_256_gcm () : EVP_aes_256_cbc ();
  CMS_ContentInfo *cms
      = CMS_encrypt (NULL, NULL, cipher, envelope->flags | CMS_PARTIAL | CMS_STREAM);
  char *data;
  long length;
  GBytes *bytes;

  for (guint i = 0; i < G_N_ELEMENTS (wishes); i++)
    if ((envelope->who & (1u << i)) != 0)
      g_assert_nonnull (CMS_add1_recipient_cert (cms, certificates[i], envelope->flags));
  if (envelope->passphrase)
    {
      static char word[] = "open";

      g_assert_nonnull (CMS_add0_recipient_password (cms, -1, NID_undef, NID_undef,
                                                     (guint8 *) OPENSSL_strdup (word), -1, NULL));
    }
  if ((envelope->flags & CMS_STREAM) != 0)
    g_assert_true (i2d_CMS_bio_stream (out, cms, in, (int) envelope->flags));
  else
    g_assert_true (CMS_final (cms, in, NULL, envelope->flags) && i2d_CMS_bio (out, cms));
  length = BIO_get_mem_data (out, &data);
  bytes = g_bytes_new (data, (gsize) length);
  CMS_ContentInfo_free (cms);
  BIO_free (in);
  BIO_free (out);
  return bytes;
}

static gboolean
names (const LlSealed *sealed, const LlKey *key)
{
  for (guint i = 0; i < sealed->ids->len; i++)
    if (g_strv_contains ((const char *const *) key->ids, g_ptr_array_index (sealed->ids, i)))
      return TRUE;
  return FALSE;
}

static void
check_envelope (const Envelope *envelope, X509 *const *certificates, LlKey *const *keys)
{
  g_autoptr (GBytes) bytes = seal (envelope, certificates);
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  g_auto (LlSealed) sealed;

  g_test_message ("%s", envelope->name);
  ll_sealed_init (&sealed);
  g_assert_true (ll_sealed_read_cms (&sealed, data, length));
  g_assert_cmpint (sealed.whole, ==, !envelope->passphrase);
  for (guint i = 0; i < G_N_ELEMENTS (wishes); i++)
    g_assert_cmpint (names (&sealed, keys[i]), ==, (envelope->who & (1u << i)) != 0);
  /* however little of it was read, nobody is shut out by what was not */
  for (gsize cut = 20; cut < 200; cut++)
    {
      g_auto (LlSealed) part;

      ll_sealed_init (&part);
      g_assert_true (ll_sealed_read_cms (&part, data, cut));
      g_assert_false (part.whole);
    }
}

static void
test_cms (void)
{
  X509 *certificates[G_N_ELEMENTS (wishes)];
  LlKey *keys[G_N_ELEMENTS (wishes)];

  for (guint i = 0; i < G_N_ELEMENTS (wishes); i++)
    {
      Certificate made = certificate_make (&wishes[i], NULL);
      g_autoptr (GBytes) der = certificate_der (&made);
      keys[i] = ll_certificate_parse (der, LL_KEY_SOURCE_IMPORTED, NULL);
      g_assert_nonnull (keys[i]);
      certificates[i] = X509_dup (made.certificate);
      certificate_clear (&made);
    }
  for (guint i = 0; i < G_N_ELEMENTS (envelopes); i++)
    check_envelope (&envelopes[i], certificates, keys);
  for (guint i = 0; i < G_N_ELEMENTS (wishes); i++)
    {
      X509_free (certificates[i]);
      ll_key_unref (keys[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sealed/pgp", test_pgp);
  g_test_add_func ("/sealed/cms", test_cms);
  return g_test_run ();
}
