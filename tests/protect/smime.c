/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Letters that are locked here are opened by the openssl program. */

#include "protect/smime.h"

#include "base/error.h"
#include "keys/certificate.h"

#include "../support/certificates.h"
#include "../support/gpg_home.h"

#define BODY "From here on \r\n\r\n.bytes stay, \xc3\xa4 too\r\n"
#define LETTER                                                                                     \
  "From: ann@a.example\r\n"                                                                        \
  "To: bob@b.example\r\n"                                                                          \
  "Subject: Blood count\r\n"                                                                       \
  "Content-Type: text/plain; charset=utf-8\r\n"                                                    \
  "\r\n" BODY

static const CertificateWish rsa = {
  .name = "Bob",
  .address = "bob@b.example",
  .rsa = 2048,
  .usage = "keyEncipherment,digitalSignature",
  .from = -86400,
  .to = 86400,
};

static const CertificateWish elliptic = {
  .name = "Eve",
  .address = "eve@e.example",
  .usage = "keyAgreement",
  .from = -86400,
  .to = 86400,
};

typedef struct
{
  char *folder;
  Certificate bob;
  Certificate eve;
  GString *sealed;
} Lab;

static void
write_pem (const char *folder, const char *name, const Certificate *made)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  BIO *file = BIO_new_file (path, "w");

  PEM_write_bio_X509 (file, made->certificate);
  PEM_write_bio_PrivateKey (file, made->key, NULL, NULL, 0, NULL, NULL);
  BIO_free (file);
}

static void
set_up (Lab *lab, gconstpointer data)
{
  lab->folder = g_dir_make_tmp ("ll-smime-XXXXXX", NULL);
  lab->bob = certificate_make (&rsa, NULL);
  lab->eve = certificate_make (&elliptic, NULL);
  lab->sealed = g_string_new (NULL);
  write_pem (lab->folder, "bob.pem", &lab->bob);
  write_pem (lab->folder, "eve.pem", &lab->eve);
}

static void
tear_down (Lab *lab, gconstpointer data)
{
  g_autofree char *command = g_strdup_printf ("rm -rf %s", lab->folder);
  g_autofree char *removed = gpg_run (command, TRUE);

  certificate_clear (&lab->bob);
  certificate_clear (&lab->eve);
  g_string_free (lab->sealed, TRUE);
  g_free (lab->folder);
}

static gssize
pull (gpointer data, void *bytes, gsize length, GError **error)
{
  return g_input_stream_read (data, bytes, length, NULL, error);
}

static gboolean
sink (const void *bytes, gsize length, gpointer data, GError **error)
{
  GString *sealed = data;

  if (sealed->len > 4 * 1024 * 1024)
    {
      g_set_error_literal (error, LL_STORE_ERROR, LL_STORE_ERROR_FULL, "no room");
      return FALSE;
    }
  g_string_append_len (sealed, bytes, (gssize) length);
  return TRUE;
}

static gboolean
seal (Lab *lab,
      const char *letter,
      gsize length,
      const LlSmimeSigner *signer,
      gboolean gcm,
      GError **error)
{
  static const char *const tags[] = { NULL };
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_key_unref);
  g_autoptr (GBytes) bob = certificate_der (&lab->bob);
  g_autoptr (GBytes) eve = certificate_der (&lab->eve);
  g_autoptr (GInputStream) stream
      = g_memory_input_stream_new_from_data (letter, (gssize) length, NULL);
  g_autoptr (LlMessageFacts) facts = ll_message_inspect (letter, length, tags, NULL);
  LlSurgeryOptions options = { LL_HEADER_PROTECTION_CIPHER, "[...]", NULL };
  g_autoptr (LlSurgery) surgery
      = ll_surgery_new (letter, (gsize) facts->header_length, facts->edits, &options, NULL);
  g_autoptr (LlInner) inner = ll_inner_new (pull, stream, surgery, NULL);
  LlSmimeLock lock = { keys, signer, gcm, surgery->outer };

  g_ptr_array_add (keys, ll_certificate_parse (bob, LL_KEY_SOURCE_IMPORTED, NULL));
  g_ptr_array_add (keys, ll_certificate_parse (eve, LL_KEY_SOURCE_IMPORTED, NULL));
  return ll_smime_seal (&lock, inner, sink, lab->sealed, error);
}

/* What openssl finds in it with the key of @who. */
static char *
open_sealed (Lab *lab, const char *who)
{
  g_autofree char *path = g_build_filename (lab->folder, "sealed.eml", NULL);
  g_autofree char *out = g_build_filename (lab->folder, "opened", NULL);
  g_autofree char *command
      = g_strdup_printf ("openssl cms -decrypt -binary -in %s -recip %s/%s.pem -out %s", path,
                         lab->folder, who, out);
  g_autofree char *said = NULL;
  char *opened = NULL;

  g_assert_true (g_file_set_contents (path, lab->sealed->str, (gssize) lab->sealed->len, NULL));
  said = gpg_run (command, TRUE);
  g_assert_true (g_file_get_contents (out, &opened, NULL, NULL));
  return opened;
}

static void
test_opens (Lab *lab, gconstpointer data)
{
  static const char *const who[] = { "bob", "eve" };

  for (guint gcm = 0; gcm < 2; gcm++)
    for (guint i = 0; i < G_N_ELEMENTS (who); i++)
      {
        g_autoptr (GError) error = NULL;
        g_autofree char *opened = NULL;

        g_string_truncate (lab->sealed, 0);
        seal (lab, LETTER, strlen (LETTER), NULL, gcm != 0, &error);
        g_assert_no_error (error);
        g_assert_nonnull (
            strstr (lab->sealed->str, gcm ? "authEnveloped-data" : "=enveloped-data"));
        g_assert_null (strstr (lab->sealed->str, "Blood"));
        opened = open_sealed (lab, who[i]);
        g_assert_true (g_str_has_suffix (opened, "\r\n\r\n" BODY));
        g_assert_nonnull (strstr (opened, "\r\nSubject: Blood count\r\n"));
      }
}

/* Signed inside, in one pass; the signature is over the letter as it came. */
static void
test_signed (Lab *lab, gconstpointer data)
{
  LlSmimeSigner signer = { lab->bob.certificate, lab->bob.key, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *opened = NULL;
  g_autofree char *path = g_build_filename (lab->folder, "signed.eml", NULL);
  g_autofree char *out = g_build_filename (lab->folder, "verified", NULL);
  g_autofree char *command = g_strdup_printf ("openssl cms -verify -binary -in %s -CAfile "
                                              "%s/bob.pem -purpose any -out %s",
                                              path, lab->folder, out);
  g_autofree char *said = NULL;
  g_autofree char *verified = NULL;

  seal (lab, LETTER, strlen (LETTER), &signer, FALSE, &error);
  g_assert_no_error (error);
  opened = open_sealed (lab, "bob");
  g_assert_nonnull (strstr (opened, "smime-type=signed-data"));
  g_assert_true (g_file_set_contents (path, opened, -1, NULL));
  said = gpg_run (command, TRUE);
  g_assert_true (g_file_get_contents (out, &verified, NULL, NULL));
  g_assert_true (g_str_has_suffix (verified, "\r\n\r\n" BODY));
}

/* Nothing but CRLF, 7 bit, short lines. */
static void
test_form (Lab *lab, gconstpointer data)
{
  gsize length = 300000, line = 0;
  g_autofree char *letter = g_malloc (length);

  memset (letter, 'a', length);
  memcpy (letter, "Subject: x\r\n\r\n", 14);
  g_assert_true (seal (lab, letter, length, NULL, FALSE, NULL));
  for (gsize i = 0; i < lab->sealed->len; i++)
    {
      char byte = lab->sealed->str[i];

      g_assert_cmpint (byte & 0x80, ==, 0);
      if (byte == '\n')
        g_assert_cmpint (lab->sealed->str[i - 1], ==, '\r');
      line = byte == '\n' ? 0 : line + 1;
      g_assert_cmpuint (line, <=, 78);
    }
}

static void
test_full (Lab *lab, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gsize length = 8 * 1024 * 1024;
  g_autofree char *letter = g_malloc (length);

  memset (letter, 'a', length);
  memcpy (letter, "Subject: x\r\n\r\n", 14);
  g_assert_false (seal (lab, letter, length, NULL, FALSE, &error));
  g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_FULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/protect/smime/opens", Lab, NULL, set_up, test_opens, tear_down);
  g_test_add ("/protect/smime/signed", Lab, NULL, set_up, test_signed, tear_down);
  g_test_add ("/protect/smime/form", Lab, NULL, set_up, test_form, tear_down);
  g_test_add ("/protect/smime/full", Lab, NULL, set_up, test_full, tear_down);
  return g_test_run ();
}
