/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/vault.h"

#include "base/error.h"
#include "setup/files.h"
#include "../support/authority.h"
#include "nss.h"

#include <string.h>

/* Databases as certutil makes them: what a profile has before its first saved password. */

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("ll-XXXXXX", NULL);
  make_databases (f->folder);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  ll_setup_remove_folder (f->folder);
  g_free (f->folder);
}

static void
assert_opens (LlVault *vault, const char *sealed, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlSecret) secret = ll_vault_decrypt (vault, sealed, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (ll_secret_peek (secret), ==, text);
}

/* A profile without a saved password: the key is made. */
static void
test_passwords (Fixture *f, gconstpointer data)
{
  static const char text[] = "correct horse battery staple";
  g_autofree char *first = NULL, *second = NULL, *empty = NULL;
  g_autoptr (LlVault) vault = ll_vault_open (f->folder, NULL);

  g_assert_nonnull (vault);
  g_assert_false (ll_vault_is_locked (vault));
  first = ll_vault_encrypt (vault, text, NULL);
  second = ll_vault_encrypt (vault, text, NULL);
  empty = ll_vault_encrypt (vault, "", NULL);
  g_assert_cmpstr (first, !=, second);
  assert_opens (vault, first, text);
  assert_opens (vault, second, text);
  assert_opens (vault, empty, "");
}

/* A profile from before 2025, with which Thunderbird 153 saved another password: it has two keys of
 * one id, and each opens what it sealed. The newer one is for what is new. */
static void
test_two_keys (Fixture *f, gconstpointer data)
{
  static const char old[] = "MDoEEPgAAAAAAAAAAAAAAAAAAAEwFAYIKoZIhvcNAwcECNsFRgmKh4i7BBBUDtxKxRpkEb"
                            "w/jhnYAK8O";
  static const char recent[]
      = "MEMEEPgAAAAAAAAAAAAAAAAAAAEwHQYJYIZIAWUDBAEqBBDjLZlC202uwOEOqH0ZCsMgBB"
        "DJVohzaATTn5BKunLBcNFP";
  g_autofree char *source = g_test_build_filename (G_TEST_DIST, "thunderbird", NULL);
  g_autoptr (GBytes) bytes = ll_setup_read (source, "key4.db", NULL);
  g_autoptr (LlVault) vault = NULL;
  g_autofree char *sealed = NULL;

  g_assert_true (ll_setup_write (f->folder, "key4.db", bytes, NULL));
  vault = ll_vault_open (f->folder, NULL);
  assert_opens (vault, old, "old sesame");
  assert_opens (vault, recent, "sesame");
  sealed = ll_vault_encrypt (vault, "new", NULL);
  assert_opens (vault, sealed, "new");
  /* base64 of the end of aes256-CBC, 2.16.840.1.101.3.4.1.42 */
  g_assert_nonnull (strstr (recent, "IZIAWUDBAEq"));
  g_assert_nonnull (strstr (sealed, "IZIAWUDBAEq"));
}

static void
test_broken (Fixture *f, gconstpointer data)
{
  static const char *const texts[]
      = { "", "x", "MAA=", "////", "MEMEEPgAAAAAAAAAAAAAAAAAAAEwHQYJ" };
  g_autoptr (LlVault) vault = ll_vault_open (f->folder, NULL);
  g_autofree char *sealed = ll_vault_encrypt (vault, "x", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LlSecret) secret = ll_vault_decrypt (vault, texts[i], &error);

      g_assert_null (secret);
      g_assert_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_FAILED);
    }
}

static void
test_trust (Fixture *f, gconstpointer data)
{
  gboolean added = FALSE;
  g_autoptr (LlVault) vault = ll_vault_open (f->folder, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (ll_vault_forget (vault, authority, &error));
  g_assert_true (ll_vault_trust (vault, authority, &added, &error));
  g_assert_no_error (error);
  g_assert_true (added);
  g_clear_pointer (&vault, ll_vault_close);
  vault = ll_vault_open (f->folder, NULL);
  g_assert_true (ll_vault_trust (vault, authority, &added, &error));
  g_assert_false (added);
  g_assert_true (ll_vault_forget (vault, authority, &error));
  g_clear_pointer (&vault, ll_vault_close);
  vault = ll_vault_open (f->folder, NULL);
  g_assert_true (ll_vault_trust (vault, authority, &added, &error));
  g_assert_true (added);
  g_assert_false (ll_vault_trust (vault, "nonsense", &added, &error));
  g_assert_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_FAILED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/vault/passwords", Fixture, NULL, set_up, test_passwords, tear_down);
  g_test_add ("/vault/two-keys", Fixture, NULL, set_up, test_two_keys, tear_down);
  g_test_add ("/vault/broken", Fixture, NULL, set_up, test_broken, tear_down);
  g_test_add ("/vault/trust", Fixture, NULL, set_up, test_trust, tear_down);
  return g_test_run ();
}
