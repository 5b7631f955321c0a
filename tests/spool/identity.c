/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/identity.h"

#include <glib/gstdio.h>
#include <string.h>

static void
test_unique (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ll-ids-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "ids", NULL);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) starts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint64 last = 0;

  /* each start as after a kill: what was handed out before never comes again */
  for (guint start = 0; start < 20; start++)
    {
      g_autoptr (LlIdentity) identity = ll_identity_new (path);

      for (guint i = 0; i < 2500; i++)
        {
          char id[LL_ID_LENGTH + 1];
          guint64 number;

          g_assert_true (ll_identity_next (identity, id, NULL));
          g_assert_true (ll_identity_is_valid (id));
          g_assert_true (g_hash_table_add (seen, g_strdup (id)));
          g_hash_table_add (starts, g_strndup (id, 2));
          number = ll_identity_number (identity, id);
          g_assert_true (number > last || (start == 0 && i == 0));
          last = number;
        }
    }
  /* they look random from the first digit on */
  g_assert_cmpuint (g_hash_table_size (starts), ==, 256);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_damaged (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ll-ids-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "ids", NULL);
  static const char *const contents[] = { "", "short", "0123456789012345678901234567890123456789" };

  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autoptr (LlIdentity) identity = NULL;
      char id[LL_ID_LENGTH + 1];

      g_assert_true (g_file_set_contents (path, contents[i], -1, NULL));
      identity = ll_identity_new (path);
      g_assert_nonnull (identity);
      g_assert_true (ll_identity_next (identity, id, NULL));
    }
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_valid (void)
{
  g_assert_true (ll_identity_is_valid ("0123456789ab"));
  g_assert_false (ll_identity_is_valid ("0123456789a"));
  g_assert_false (ll_identity_is_valid ("0123456789abc"));
  g_assert_false (ll_identity_is_valid ("0123456789aB"));
  g_assert_false (ll_identity_is_valid ("../../../etc"));
  g_assert_false (ll_identity_is_valid (""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/identity/unique", test_unique);
  g_test_add_func ("/identity/damaged", test_damaged);
  g_test_add_func ("/identity/valid", test_valid);
  return g_test_run ();
}
