/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/login.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static void
test_life (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ll-login-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "logins", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (LlSecret) first = ll_login_create (folder, "work [1]\n", &error);
  g_autoptr (LlSecret) second = NULL;
  g_autofree char *text = NULL;
  GStatBuf status;

  g_assert_no_error (error);
  g_assert_cmpuint (ll_secret_length (first), ==, 26);
  g_assert_true (ll_login_check (folder, "work [1]\n", first));
  g_assert_false (ll_login_check (folder, "other", first));

  /* what lies on disk does not tell the password, and nobody else reads it */
  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  g_assert_null (strstr (text, ll_secret_peek (first)));
  g_assert_cmpint (g_stat (file, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);

  second = ll_login_create (folder, "work [1]\n", &error);
  g_assert_no_error (error);
  g_assert_false (ll_login_check (folder, "work [1]\n", first));
  g_assert_true (ll_login_check (folder, "work [1]\n", second));

  g_assert_true (ll_login_remove (folder, "work [1]\n", &error));
  g_assert_no_error (error);
  g_assert_false (ll_login_check (folder, "work [1]\n", second));
  g_remove (file);
  g_rmdir (folder);
}

static void
test_no_file (void)
{
  g_autoptr (LlSecret) any = ll_secret_new_string ("x");
  g_autoptr (LlSecret) empty = ll_secret_new_string ("");

  g_assert_false (ll_login_check ("/nonexistent", "work", any));
  g_assert_false (ll_login_check ("/nonexistent", "", empty));
}

static void
test_damaged (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ll-login-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "logins", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (LlSecret) any = ll_secret_new_string ("x");

  g_assert_true (g_file_set_contents (file, "this is no key file", -1, NULL));
  g_assert_false (ll_login_check (folder, "work", any));
  g_assert_null (ll_login_create (folder, "work", &error));
  g_assert_nonnull (error); /* the other logins in it are not thrown away */
  g_remove (file);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/login/life", test_life);
  g_test_add_func ("/login/no-file", test_no_file);
  g_test_add_func ("/login/damaged", test_damaged);
  return g_test_run ();
}
