/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/profiles.h"

#include "base/file.h"
#include "base/limits.h"

#include <string.h>

static const struct
{
  const char *folder; /* below the home folder */
  const char *package;
} places[] = {
  { ".thunderbird", NULL },
  { ".var/app/org.mozilla.Thunderbird/.thunderbird", "Flatpak" },
  { "snap/thunderbird/common/.thunderbird", "Snap" },
};

void
ll_profile_free (LlProfile *profile)
{
  if (profile == NULL)
    return;
  g_free (profile->path);
  g_free (profile->name);
  g_free (profile);
}

/* An empty one where there is no file, or none that can be read. (transfer full) */
static GKeyFile *
load (const char *folder, const char *name)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GBytes) bytes = ll_file_load (path, LL_CONFIG_FILE_MAX, NULL);

  if (bytes != NULL)
    g_key_file_load_from_bytes (file, bytes, G_KEY_FILE_NONE, NULL);
  return g_steal_pointer (&file);
}

/* What the installed versions start with: "Default" of every group of installs.ini, and of the
 * groups [Install...] of profiles.ini. */
static gboolean
is_installed_default (GKeyFile *installs, GKeyFile *profiles, const char *path, gboolean *any)
{
  GKeyFile *files[] = { installs, profiles };
  gboolean found = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_auto (GStrv) groups = g_key_file_get_groups (files[i], NULL);

      for (guint j = 0; groups[j] != NULL; j++)
        {
          g_autofree char *chosen = NULL;

          if (files[i] == profiles && !g_str_has_prefix (groups[j], "Install"))
            continue;
          chosen = g_key_file_get_string (files[i], groups[j], "Default", NULL);
          *any |= chosen != NULL;
          found |= g_strcmp0 (chosen, path) == 0;
        }
    }
  return found;
}

static LlProfile *
read_profile (GKeyFile *profiles, GKeyFile *installs, const char *group, const char *folder)
{
  g_autoptr (LlProfile) profile = g_new0 (LlProfile, 1);
  g_autofree char *path = g_key_file_get_string (profiles, group, "Path", NULL);
  gboolean any = FALSE;

  if (path == NULL || *path == '\0')
    return NULL;
  profile->path
      = g_path_is_absolute (path) ? g_strdup (path) : g_build_filename (folder, path, NULL);
  profile->name = g_key_file_get_string (profiles, group, "Name", NULL);
  profile->is_default = is_installed_default (installs, profiles, path, &any);
  if (!any)
    profile->is_default = g_key_file_get_boolean (profiles, group, "Default", NULL);
  if (!g_file_test (profile->path, G_FILE_TEST_IS_DIR))
    return NULL;
  return g_steal_pointer (&profile);
}

static void
find_in (const char *folder, const char *package, GPtrArray *found)
{
  g_autoptr (GKeyFile) profiles = load (folder, "profiles.ini");
  g_autoptr (GKeyFile) installs = load (folder, "installs.ini");
  g_auto (GStrv) groups = g_key_file_get_groups (profiles, NULL);
  guint first = found->len;

  for (guint i = 0; groups[i] != NULL; i++)
    {
      LlProfile *profile = g_str_has_prefix (groups[i], "Profile")
                               ? read_profile (profiles, installs, groups[i], folder)
                               : NULL;

      if (profile == NULL)
        continue;
      profile->package = package;
      g_ptr_array_add (found, profile);
    }
  if (found->len == first + 1)
    ((LlProfile *) g_ptr_array_index (found, first))->is_default = TRUE;
}

GPtrArray *
ll_profiles_find (const char *home)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_profile_free);

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *folder = g_build_filename (home, places[i].folder, NULL);

      find_in (folder, places[i].package, found);
    }
  return found;
}
