/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "place.h"

/* What a keyring does is played by the file of secrets: "@keyring" in it is one that cannot be
 * reached, an empty file one that lost everything. tests/secrets/libsecret.c has the real one. */

G_GNUC_UNUSED static char *
place_secrets_path (Place *place)
{
  return g_build_filename (place->folder, "secrets", NULL);
}

G_GNUC_UNUSED static char *
place_lose_secrets (Place *place)
{
  g_autofree char *path = place_secrets_path (place);
  char *before;

  g_assert_true (g_file_get_contents (path, &before, NULL, NULL));
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  return before;
}

G_GNUC_UNUSED static void
place_lock_secrets (Place *place)
{
  g_autofree char *path = place_secrets_path (place);
  g_autofree char *bytes = place_lose_secrets (place);
  GString *locked = g_string_new (NULL);
  g_auto (GStrv) lines = g_strsplit (bytes, "\n", -1);

  for (char **line = lines; *line && **line; line++)
    {
      *strrchr (*line, ' ') = '\0';
      g_string_append_printf (locked, "%s @keyring\n", *line);
    }
  g_assert_true (g_file_set_contents (path, locked->str, -1, NULL));
  g_string_free (locked, TRUE);
}
