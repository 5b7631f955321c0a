/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/autostart.h"

#include <glib/gstdio.h>
#include <unistd.h>

/* What stands in the user's folder after each step. That a session reads it so, tests/system/
 * window.py shows. */

#define STARTED "[Desktop Entry]\nType=Application\nName=x\nExec=/bin/true\n"
#define HIDDEN "[Desktop Entry]\nType=Application\nName=Letterlock\nHidden=true\n"

static char *users;   /* the entry in the user's folder */
static char *systems; /* ... in the system's */
static char *spare;   /* ... that an installation outside of /usr brings */

static void
put (const char *path, const char *text)
{
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
begin (void)
{
  g_unlink (users);
  g_unlink (systems);
  g_unlink (spare);
}

static void
set (gboolean on)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ll_autostart_set (on, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ll_autostart_get (), ==, on ? LL_AUTOSTART_ON : LL_AUTOSTART_OFF);
}

static void
expect_users (const char *wanted)
{
  g_autofree char *text = NULL;

  g_file_get_contents (users, &text, NULL, NULL);
  g_assert_cmpstr (text, ==, wanted);
}

static void
test_nothing (void)
{
  g_autoptr (GError) error = NULL;

  begin ();
  g_assert_cmpint (ll_autostart_get (), ==, LL_AUTOSTART_ABSENT);
  g_assert_false (ll_autostart_set (TRUE, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

/* A package's entry is hidden by the user's, which goes with the wish. */
static void
test_package (void)
{
  begin ();
  put (systems, STARTED);
  g_assert_cmpint (ll_autostart_get (), ==, LL_AUTOSTART_ON);
  set (FALSE);
  expect_users (HIDDEN);
  set (FALSE);
  set (TRUE);
  expect_users (NULL);
  set (TRUE);
  expect_users (NULL);
}

/* The installation of one user is linked, as packaging/install does it. */
static void
test_link (void)
{
  g_autofree char *target = NULL;

  begin ();
  put (spare, STARTED);
  g_assert_cmpint (ll_autostart_get (), ==, LL_AUTOSTART_OFF);
  set (TRUE);
  target = g_file_read_link (users, NULL);
  g_assert_cmpstr (target, ==, spare);
  set (FALSE);
  expect_users (NULL);
  g_assert_true (g_file_test (spare, G_FILE_TEST_EXISTS));
}

/* What he wrote there himself stays, but for what he is asked about here. */
static void
test_his_own (void)
{
  begin ();
  put (systems, STARTED);
  put (users, "[Desktop Entry]\nName=mine\nExec=slowly letterlock-tray\n"
              "X-GNOME-Autostart-enabled=false\n");
  g_assert_cmpint (ll_autostart_get (), ==, LL_AUTOSTART_OFF);
  set (TRUE);
  expect_users ("[Desktop Entry]\nName=mine\nExec=slowly letterlock-tray\nHidden=false\n");
  set (FALSE);
  expect_users ("[Desktop Entry]\nName=mine\nExec=slowly letterlock-tray\nHidden=true\n");
}

/* An administrator's own word for all is what counts where the user has none. */
static void
test_hidden_for_all (void)
{
  begin ();
  put (systems, HIDDEN);
  put (spare, STARTED);
  g_assert_cmpint (ll_autostart_get (), ==, LL_AUTOSTART_OFF);
  set (TRUE);
  set (FALSE);
}

/* A Flatpak has folders of its own, which no session reads. */
static void
test_flatpak (void)
{
  begin ();
  put (spare, STARTED);
  g_setenv ("FLATPAK_ID", "org.letterlock.Letterlock", TRUE);
  g_assert_cmpint (ll_autostart_get (), ==, LL_AUTOSTART_ABSENT);
  g_unsetenv ("FLATPAK_ID");
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("ll-autostart-XXXXXX", NULL);
  g_autofree char *config = g_build_filename (folder, "config", NULL);
  g_autofree char *data = g_build_filename (folder, "data", NULL);
  g_autofree char *system = g_build_filename (folder, "system", NULL);
  const char *argv_remove[] = { "rm", "-rf", folder, NULL };
  int result;

  g_setenv ("XDG_CONFIG_HOME", config, TRUE);
  g_setenv ("XDG_DATA_HOME", data, TRUE);
  g_setenv ("XDG_CONFIG_DIRS", system, TRUE);
  g_setenv ("XDG_DATA_DIRS", "/nonexistent", TRUE);
  users = g_build_filename (config, "autostart", "org.letterlock.Tray.desktop", NULL);
  systems = g_build_filename (system, "autostart", "org.letterlock.Tray.desktop", NULL);
  spare = g_build_filename (data, "letterlock", "org.letterlock.Tray.desktop", NULL);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/autostart/nothing", test_nothing);
  g_test_add_func ("/gui/autostart/package", test_package);
  g_test_add_func ("/gui/autostart/link", test_link);
  g_test_add_func ("/gui/autostart/his-own", test_his_own);
  g_test_add_func ("/gui/autostart/hidden-for-all", test_hidden_for_all);
  g_test_add_func ("/gui/autostart/flatpak", test_flatpak);
  result = g_test_run ();
  g_spawn_sync (NULL, (char **) argv_remove, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                NULL, NULL);
  g_free (users);
  g_free (systems);
  g_free (spare);
  return result;
}
