/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/program.h"

char *
ll_program_find (const char *name, const char *built)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = g_path_get_dirname (self != NULL ? self : "");
  g_autofree char *beside = g_build_filename (folder, name, NULL);
  g_autofree char *within = g_build_filename (folder, built != NULL ? built : "", name, NULL);

  /* what was built with us comes before what is installed */
  if (g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&beside);
  if (g_file_test (within, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&within);
  return g_build_filename (LL_LIBEXEC_FOLDER, name, NULL);
}
