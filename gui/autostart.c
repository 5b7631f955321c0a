/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/autostart.h"

#include "api/intl.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define NAME "org.letterlock.Tray.desktop"
#define GROUP G_KEY_FILE_DESKTOP_GROUP
#define ENABLED "X-GNOME-Autostart-enabled"

static char *
users_file (void)
{
  return g_build_filename (g_get_user_config_dir (), "autostart", NAME, NULL);
}

/* The first @folders/@below/NAME that is there, or NULL. (transfer full) */
static char *
find_below (const char *const *folders, const char *below)
{
  for (guint i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (folders[i], below, NAME, NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
  return NULL;
}

static char *
systems_file (void)
{
  return find_below (g_get_system_config_dirs (), "autostart");
}

/* What an installation outside of /usr brings, for a link to it. */
static char *
spare_file (void)
{
  const char *const home[] = { g_get_user_data_dir (), NULL };
  char *path = find_below (home, "letterlock");

  return path != NULL ? path : find_below (g_get_system_data_dirs (), "letterlock");
}

static gboolean
has_flag (GKeyFile *file, const char *key, gboolean otherwise)
{
  g_autoptr (GError) error = NULL;
  gboolean flag = g_key_file_get_boolean (file, GROUP, key, &error);

  return error == NULL ? flag : otherwise;
}

/* Whether a session starts what @path says; NULL: nothing. */
static gboolean
is_started (const char *path)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  return path != NULL && g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL)
         && g_key_file_has_key (file, GROUP, G_KEY_FILE_DESKTOP_KEY_EXEC, NULL)
         && !has_flag (file, G_KEY_FILE_DESKTOP_KEY_HIDDEN, FALSE)
         && has_flag (file, ENABLED, TRUE);
}

LlAutostart
ll_autostart_get (void)
{
  g_autofree char *users = users_file ();
  g_autofree char *systems = systems_file ();
  g_autofree char *spare = spare_file ();
  gboolean his = g_file_test (users, G_FILE_TEST_EXISTS);

  if (g_getenv ("FLATPAK_ID") != NULL)
    return LL_AUTOSTART_ABSENT; /* the session reads none of the folders that are seen from there */
  if (is_started (his ? users : systems))
    return LL_AUTOSTART_ON;
  return systems != NULL || spare != NULL ? LL_AUTOSTART_OFF : LL_AUTOSTART_ABSENT;
}

/* -- what the user wants ----------------------------------------------------------------- */

static gboolean
set_error (GError **error, const char *path)
{
  int number = errno;

  g_set_error (error, G_FILE_ERROR, (gint) g_file_error_from_errno (number), "%s: %s", path,
               g_strerror (number));
  return FALSE;
}

/* It may be a link: what it leads to stays. */
static gboolean
take_away (const char *path, GError **error)
{
  return g_unlink (path) == 0 || errno == ENOENT || set_error (error, path);
}

/* What else stands in a file of his own stays. */
static gboolean
say_hidden (const char *users, gboolean hidden, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (!g_key_file_load_from_file (file, users,
                                  G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS, NULL))
    {
      g_key_file_set_string (file, GROUP, G_KEY_FILE_DESKTOP_KEY_TYPE, "Application");
      g_key_file_set_string (file, GROUP, G_KEY_FILE_DESKTOP_KEY_NAME, "Letterlock");
    }
  g_key_file_set_boolean (file, GROUP, G_KEY_FILE_DESKTOP_KEY_HIDDEN, hidden);
  if (!hidden)
    g_key_file_remove_key (file, GROUP, ENABLED, NULL);
  return g_key_file_save_to_file (file, users, error);
}

/* He wrote it himself: not our link, nor what say_hidden() makes. */
static gboolean
is_his_own (const char *users)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  return !g_file_test (users, G_FILE_TEST_IS_SYMLINK)
         && g_key_file_load_from_file (file, users, G_KEY_FILE_NONE, NULL)
         && g_key_file_has_key (file, GROUP, G_KEY_FILE_DESKTOP_KEY_EXEC, NULL);
}

/* In place of the system's entry, or of none. */
static gboolean
link_spare (const char *users, GError **error)
{
  g_autofree char *spare = spare_file ();

  if (spare != NULL)
    return symlink (spare, users) == 0 || set_error (error, users);
  g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                       _ ("Nothing is installed here that your session could start"));
  return FALSE;
}

gboolean
ll_autostart_set (gboolean on, GError **error)
{
  g_autofree char *users = users_file ();
  g_autofree char *folder = g_path_get_dirname (users);
  g_autofree char *systems = systems_file ();

  if (g_mkdir_with_parents (folder, 0700) != 0)
    return set_error (error, folder);
  if (is_his_own (users))
    return say_hidden (users, !on, error);
  if (!take_away (users, error))
    return FALSE;
  if (is_started (systems) == on)
    return TRUE;
  return on ? link_spare (users, error) : say_hidden (users, TRUE, error);
}
