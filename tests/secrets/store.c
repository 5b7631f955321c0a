/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "secrets/store.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* Without a session bus: tests/secrets/libsecret.c has the keyring. */

static void
test_file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ll-secrets-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "secrets", NULL);
  g_autoptr (LlSecretStore) store = ll_secret_store_new (folder);
  g_autoptr (LlSecret) secret = ll_secret_new_string ("hunter2");
  g_autoptr (LlSecret) found = NULL;
  g_autoptr (GError) error = NULL;
  struct stat status;

  g_assert_cmpint (ll_secret_store_kind (store), ==, LL_SECRET_STORE_FILE);
  g_assert_null (ll_secret_store_lookup (store, "p", "n", NULL, &error));
  g_assert_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_ABSENT);
  g_clear_error (&error);
  g_assert_true (ll_secret_store_save (store, "p", "n", secret, NULL, &error));
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  found = ll_secret_store_lookup (store, "p", "n", NULL, &error);
  g_assert_true (ll_secret_equal (found, "hunter2", 7));
  g_assert_true (ll_secret_store_remove (store, "p", "n", NULL, &error));
  g_assert_true (ll_secret_store_remove (store, "p", "n", NULL, &error));
  g_assert_null (ll_secret_store_lookup (store, "p", "n", NULL, NULL));
  ll_secret_store_free (NULL);
  g_unlink (path);
  g_rmdir (folder);
}

/* A folder that cannot be made: said when something is to be kept, not before. */
static void
test_no_folder (void)
{
  g_autoptr (LlSecretStore) store = ll_secret_store_new ("/dev/null/letterlock");
  g_autoptr (LlSecret) secret = ll_secret_new_string ("hunter2");
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (ll_secret_store_kind (store), ==, LL_SECRET_STORE_FILE);
  g_assert_false (ll_secret_store_save (store, "p", "n", secret, NULL, &error));
  g_assert_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_FAILED);
  g_assert_null (strstr (error->message, "hunter2"));
}

int
main (int argc, char **argv)
{
  g_unsetenv ("XDG_RUNTIME_DIR");
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "disabled:", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/file", test_file);
  g_test_add_func ("/store/no-folder", test_no_folder);
  return g_test_run ();
}
