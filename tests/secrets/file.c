/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "secrets/file.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char *folder;
  char *path;
} Place;

static void
set_up (Place *place, gconstpointer data)
{
  place->folder = g_dir_make_tmp ("ll-secrets-XXXXXX", NULL);
  place->path = g_build_filename (place->folder, "secrets", NULL);
}

static void
tear_down (Place *place, gconstpointer data)
{
  g_unlink (place->path);
  g_rmdir (place->folder);
  g_free (place->path);
  g_free (place->folder);
}

static void
put (Place *place, const char *purpose, const char *name, const char *bytes, gsize length)
{
  g_autoptr (LlSecret) secret = ll_secret_new (bytes, length);
  g_autoptr (GError) error = NULL;

  ll_secret_file_save (place->path, purpose, name, secret, &error);
  g_assert_no_error (error);
}

static void
expect (Place *place, const char *purpose, const char *name, const char *bytes, gsize length)
{
  g_autoptr (LlSecret) secret = NULL;
  g_autoptr (GError) error = NULL;
  LlSecretFileFound found = ll_secret_file_lookup (place->path, purpose, name, &secret, &error);

  g_assert_no_error (error);
  g_assert_cmpint (found, ==, bytes ? LL_SECRET_FILE_HERE : LL_SECRET_FILE_ABSENT);
  if (bytes != NULL)
    g_assert_cmpmem (ll_secret_peek (secret), ll_secret_length (secret), bytes, length);
}

static void
test_round_trip (Place *place, gconstpointer data)
{
  char bytes[300];
  struct stat status;

  expect (place, "upstream-password", "work", NULL, 0);
  for (gsize i = 0; i < sizeof bytes; i++)
    bytes[i] = (char) i;
  for (gsize i = 0; i < sizeof bytes; i++)
    {
      put (place, "upstream-password", "work", bytes, i);
      expect (place, "upstream-password", "work", bytes, i);
    }
  g_assert_cmpint (stat (place->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
}

static void
test_names (Place *place, gconstpointer data)
{
  static const char *const names[] = { "", "a", "ab", "a b", "a\nb", "-", "2d", "\xc3\xa9" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    put (place, "p", names[i], names[i], strlen (names[i]));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;

      expect (place, "p", names[i], names[i], strlen (names[i]));
      g_assert_true (ll_secret_file_remove (place->path, "p", names[i], &error));
      expect (place, "p", names[i], NULL, 0);
    }
  g_assert_true (ll_secret_file_remove (place->path, "p", "never", NULL));
}

static void
test_in_keyring (Place *place, gconstpointer data)
{
  g_autoptr (LlSecret) secret = NULL;

  put (place, "spool-key", "", "x", 1);
  g_assert_true (ll_secret_file_save (place->path, "spool-key", "", NULL, NULL));
  g_assert_cmpint (ll_secret_file_lookup (place->path, "spool-key", "", &secret, NULL), ==,
                   LL_SECRET_FILE_KEYRING);
  g_assert_null (secret);
}

static void
test_damaged (Place *place, gconstpointer data)
{
  static const char *const values[] = { "Zq", "Zq7xK", "Zq7!", "@keyrin" };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (LlSecret) secret = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *text = g_strdup_printf ("p - %s\nq - eHl6\n", values[i]);

      g_assert_true (g_file_set_contents (place->path, text, -1, NULL));
      g_assert_cmpint (ll_secret_file_lookup (place->path, "p", "", &secret, &error), ==,
                       LL_SECRET_FILE_FAILED);
      g_assert_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_FAILED);
      g_assert_null (strstr (error->message, values[i]));
      expect (place, "q", "", "xyz", 3);
    }
}

static void
test_mode_mended (Place *place, gconstpointer data)
{
  struct stat status;

  put (place, "p", "", "x", 1);
  g_assert_cmpint (chmod (place->path, 0644), ==, 0);
  expect (place, "p", "", "x", 1);
  g_assert_cmpint (stat (place->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/file/round-trip", Place, NULL, set_up, test_round_trip, tear_down);
  g_test_add ("/file/names", Place, NULL, set_up, test_names, tear_down);
  g_test_add ("/file/in-keyring", Place, NULL, set_up, test_in_keyring, tear_down);
  g_test_add ("/file/damaged", Place, NULL, set_up, test_damaged, tear_down);
  g_test_add ("/file/mode-mended", Place, NULL, set_up, test_mode_mended, tear_down);
  return g_test_run ();
}
