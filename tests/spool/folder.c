/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/folder.h"

#include <glib/gstdio.h>
#include <unistd.h>

static gpointer
sync_thread (gpointer folder)
{
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("%p-%u", (void *) g_thread_self (), i);
      g_autofree char *path = g_build_filename (ll_folder_path (folder), name, NULL);

      g_assert_true (g_file_set_contents (path, "", 0, NULL));
      g_assert_true (ll_folder_sync (folder, NULL));
      ll_folder_unlink_later (folder, g_strdup (name));
    }
  return NULL;
}

/* All are served, and what was to go later is gone at the end. */
static void
test_threads (void)
{
  g_autofree char *path = g_dir_make_tmp ("ll-folder-XXXXXX", NULL);
  LlFolder *folder = ll_folder_new (path, NULL);
  GThread *threads[8];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("sync", sync_thread, folder);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  ll_folder_free (folder);
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

static void
test_later_is_after_a_sync (void)
{
  g_autofree char *path = g_dir_make_tmp ("ll-folder-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (path, "file", NULL);
  LlFolder *folder = ll_folder_new (path, NULL);

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  ll_folder_unlink_later (folder, g_strdup ("file"));
  g_assert_true (g_file_test (file, G_FILE_TEST_EXISTS));
  g_assert_true (ll_folder_sync (folder, NULL));
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
  ll_folder_free (folder);
  g_rmdir (path);
}

static void
test_errors (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ll_folder_new ("/dev/null/x", &error));
  g_assert_nonnull (error);
  ll_folder_free (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/folder/threads", test_threads);
  g_test_add_func ("/folder/later-is-after-a-sync", test_later_is_after_a_sync);
  g_test_add_func ("/folder/errors", test_errors);
  return g_test_run ();
}
