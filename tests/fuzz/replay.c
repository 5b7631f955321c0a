/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Gives every file of a corpus to one fuzz target, so that each finding that was
 * ever kept is tried again by every build, with any compiler. The folder's name
 * comes as the only argument; prints TAP.
 */

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) folder = argc == 2 ? g_dir_open (argv[1], 0, NULL) : NULL;
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    g_ptr_array_add (names, g_build_filename (argv[1], name, NULL));
  g_ptr_array_sort (names, compare_names);

  printf ("1..%u\n", names->len);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *content = NULL;
      g_autofree guint8 *exact = NULL;
      gsize length = 0;

      if (!g_file_get_contents (names->pdata[i], &content, &length, NULL))
        return EXIT_FAILURE;
      /* without GLib's final NUL, so that the sanitizer sees a read past the end */
      exact = g_memdup2 (content, length);
      LLVMFuzzerTestOneInput (exact != NULL ? exact : (const guint8 *) "", length);
      printf ("ok %u %s\n", i + 1, (const char *) names->pdata[i]);
    }
  return names->len > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
