/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

/* Runs certutil with @words, which end with NULL, on the databases of @folder. */
G_GNUC_UNUSED static void
run_certutil (const char *folder, const char *const *words)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_autofree char *place = g_strconcat ("sql:", folder, NULL);
  g_autoptr (GSubprocess) process = NULL;

  g_ptr_array_add (all, (gpointer) "certutil");
  for (guint i = 0; words[i] != NULL; i++)
    g_ptr_array_add (all, (gpointer) words[i]);
  g_ptr_array_add (all, (gpointer) "-d");
  g_ptr_array_add (all, place);
  g_ptr_array_add (all, NULL);
  process
      = g_subprocess_newv ((const char *const *) all->pdata,
                           G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                           NULL);
  g_assert_true (g_subprocess_wait_check (process, NULL, NULL));
}

/* Databases as a profile has them before its first saved password. */
G_GNUC_UNUSED static void
make_databases (const char *folder)
{
  const char *const words[] = { "-N", "--empty-password", NULL };

  run_certutil (folder, words);
}
