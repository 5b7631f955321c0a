/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

/*
 * Texts that people read, kept in a file: a change shows in review as the sentence it
 * is. LL_GOLDEN=write writes the file anew.
 */
static inline void
golden_check (const char *name, const char *text)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, name, NULL);
  g_autofree char *wanted = NULL;
  g_auto (GStrv) ours = g_strsplit (text, "\n", -1);
  g_auto (GStrv) theirs = NULL;

  if (g_strcmp0 (g_getenv ("LL_GOLDEN"), "write") == 0)
    g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_true (g_file_get_contents (path, &wanted, NULL, NULL));
  theirs = g_strsplit (wanted, "\n", -1);
  for (guint i = 0; ours[i] != NULL && theirs[i] != NULL; i++)
    g_assert_cmpstr (ours[i], ==, theirs[i]);
  g_assert_cmpuint (g_strv_length (ours), ==, g_strv_length (theirs));
}
