/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/profiles.h"

#include "setup/files.h"

#include <glib/gstdio.h>

/* A home folder in which profiles.ini, and what else is named, stand below @place. */
typedef struct
{
  char *home;
} Home;

static void
home_init (Home *home)
{
  home->home = g_dir_make_tmp ("ll-XXXXXX", NULL);
}

static void
home_clear (Home *home)
{
  ll_setup_remove_folder (home->home);
  g_free (home->home);
}

static void
put (const Home *home, const char *place, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (home->home, place, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static const char two[] = "[Profile0]\nName=default\nIsRelative=1\nPath=old.default\nDefault=1\n\n"
                          "[Profile1]\nName=default-release\nIsRelative=1\nPath=new.release\n";

static const LlProfile *
the_default (GPtrArray *profiles)
{
  const LlProfile *found = NULL;

  for (guint i = 0; i < profiles->len; i++)
    {
      const LlProfile *profile = g_ptr_array_index (profiles, i);

      g_assert_true (!profile->is_default || found == NULL);
      found = profile->is_default ? profile : found;
    }
  return found;
}

static void
test_installs (void)
{
  Home home;
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;

  home_init (&home);
  put (&home, ".thunderbird", "profiles.ini", two);
  put (&home, ".thunderbird", "old.default/prefs.js", "");
  put (&home, ".thunderbird", "new.release/prefs.js", "");
  before = ll_profiles_find (home.home);
  g_assert_cmpuint (before->len, ==, 2);
  g_assert_cmpstr (the_default (before)->name, ==, "default");
  put (&home, ".thunderbird", "installs.ini",
       "[FDC34C9F024745EB]\nDefault=new.release\nLocked=1\n");
  after = ll_profiles_find (home.home);
  g_assert_cmpuint (after->len, ==, 2);
  g_assert_cmpstr (the_default (after)->name, ==, "default-release");
  home_clear (&home);
}

static const struct
{
  const char *place;
  const char *package;
} places[] = {
  { ".thunderbird", NULL },
  { ".var/app/org.mozilla.Thunderbird/.thunderbird", "Flatpak" },
  { "snap/thunderbird/common/.thunderbird", "Snap" },
};

static void
test_places (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      Home home;
      g_autoptr (GPtrArray) profiles = NULL;
      const LlProfile *only;

      home_init (&home);
      put (&home, places[i].place, "profiles.ini", "[Profile0]\nName=x\nIsRelative=1\nPath=x.y\n");
      put (&home, places[i].place, "x.y/prefs.js", "");
      profiles = ll_profiles_find (home.home);
      g_assert_cmpuint (profiles->len, ==, 1);
      only = the_default (profiles);
      g_assert_nonnull (only);
      g_assert_cmpstr (only->package, ==, places[i].package);
      g_assert_true (g_str_has_prefix (only->path, home.home));
      g_assert_true (g_str_has_suffix (only->path, ".thunderbird/x.y"));
      home_clear (&home);
    }
}

static void
test_odd (void)
{
  Home home;
  g_autoptr (GPtrArray) nothing = NULL;
  g_autoptr (GPtrArray) one = NULL;
  g_autofree char *text = NULL;

  home_init (&home);
  nothing = ll_profiles_find (home.home);
  g_assert_cmpuint (nothing->len, ==, 0);
  put (&home, "elsewhere", "prefs.js", "");
  text = g_strdup_printf ("[Profile0]\nName=gone\nIsRelative=1\nPath=gone\n"
                          "[Profile1]\nName=none\n"
                          "[Profile2]\nName=away\nIsRelative=0\nPath=%s/elsewhere\n"
                          "[General]\nStartWithLastProfile=1\nVersion=2\n",
                          home.home);
  put (&home, ".thunderbird", "profiles.ini", text);
  one = ll_profiles_find (home.home);
  g_assert_cmpuint (one->len, ==, 1);
  g_assert_cmpstr (the_default (one)->name, ==, "away");
  home_clear (&home);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/profiles/installs", test_installs);
  g_test_add_func ("/profiles/places", test_places);
  g_test_add_func ("/profiles/odd", test_odd);
  return g_test_run ();
}
