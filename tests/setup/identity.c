/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/identity.h"

#include "base/error.h"
#include "nss.h"
#include "setup/files.h"

#include <openssl/pkcs12.h>
#include <string.h>

typedef struct
{
  char *folder;
  char *noise;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("ll-XXXXXX", NULL);
  f->noise = g_build_filename (f->folder, "noise", NULL);
  g_assert_true (g_file_set_contents (f->noise, "certutil asks for noise, and gets it", -1, NULL));
  make_databases (f->folder);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  ll_setup_remove_folder (f->folder);
  g_free (f->folder);
  g_free (f->noise);
}

/* Good for @months from @start months on, as one mail program or authority after the other makes
 * them: same name, same subject. */
static void
add_certificate (Fixture *f, const char *name, const char *start, const char *months)
{
  static guint serial = 1;
  g_autofree char *number = g_strdup_printf ("%u", ++serial);
  g_autofree char *subject = g_strdup_printf ("CN=%s", name);
  const char *const words[]
      = { "-S", "-x", "-k",  "ec", "-q",   "nistp256", "-n",   name, "-s",     subject, "-t",
          ",,", "-w", start, "-v", months, "-m",       number, "-z", f->noise, NULL };

  run_certutil (f->folder, words);
}

/* Days from now on for which the exported one is good. */
static int
days_left (GBytes *bundle, const LlSecret *passphrase)
{
  gsize length;
  const guchar *bytes = g_bytes_get_data (bundle, &length);
  PKCS12 *p12 = d2i_PKCS12 (NULL, &bytes, (long) length);
  EVP_PKEY *key = NULL;
  X509 *certificate = NULL;
  int days = 0, seconds = 0;

  g_assert_nonnull (p12);
  g_assert_cmpint (PKCS12_parse (p12, ll_secret_peek (passphrase), &key, &certificate, NULL), ==,
                   1);
  g_assert_nonnull (key);
  g_assert_cmpint (X509_check_private_key (certificate, key), ==, 1);
  g_assert_cmpint (ASN1_TIME_diff (&days, &seconds, NULL, X509_get0_notAfter (certificate)), ==, 1);
  X509_free (certificate);
  EVP_PKEY_free (key);
  PKCS12_free (p12);
  return days;
}

static int export(Fixture *f, const char *name, GError **error)
{
  g_autoptr (LlVault) vault = ll_vault_open (f->folder, NULL);
  g_autoptr (LlSecret) passphrase = NULL;
  g_autoptr (GBytes) bundle = ll_vault_export_identity (vault, name, &passphrase, error);

  return bundle != NULL ? days_left (bundle, passphrase) : -1;
}

static void
assert_absent (Fixture *f, const char *name, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (export(f, name, &error), ==, -1);
  g_assert_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_ABSENT);
  g_assert_nonnull (strstr (error->message, words));
}

/* An old one, its successor of the same name, and what is left of the one before them. */
static void
test_renewed (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  add_certificate (f, "Anna", "-24", "12");
  assert_absent (f, NULL, "still good");
  assert_absent (f, "Anna", "\"Anna\"");
  add_certificate (f, "Anna", "0", "24");
  add_certificate (f, "Anna", "-11", "12");
  g_assert_cmpint (export(f, NULL, &error), >, 600);
  g_assert_no_error (error);
  g_assert_cmpint (export(f, "Anna", &error), >, 600);
  g_assert_no_error (error);
}

static void
test_two (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  add_certificate (f, "Anna", "0", "24");
  add_certificate (f, "Otto", "0", "12");
  add_certificate (f, "Gone", "-24", "12");
  assert_absent (f, NULL, "say which after a #");
  assert_absent (f, "Gone", "\"Gone\"");
  g_assert_cmpint (export(f, "Otto", &error), <, 400);
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/identity/renewed", Fixture, NULL, set_up, test_renewed, tear_down);
  g_test_add ("/identity/two", Fixture, NULL, set_up, test_two, tear_down);
  return g_test_run ();
}
