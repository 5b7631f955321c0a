/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "secrets/libsecret.h"

#include "base/error.h"
#include "secrets/store.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * A real gnome-keyring on a bus of its own, with a home of its own. The cases build on
 * each other in this order: open, then locked, then frozen, then gone.
 */

#define PASSWORD "practice"

static char *home;
static char *secrets_folder;
static GPid bus_pid;
static GPid keyring_pid;

static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static void
stop (GPid *pid)
{
  if (*pid == 0)
    return;
  kill (*pid, SIGCONT);
  kill (*pid, SIGKILL);
  while (waitpid (*pid, NULL, 0) < 0 && errno == EINTR)
    ;
  *pid = 0;
}

/* Nothing is started by name on this bus. */
static const char bus_config[]
    = "<!DOCTYPE busconfig PUBLIC '-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN'"
      " 'http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd'>"
      "<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>"
      "<auth>EXTERNAL</auth><policy context='default'><allow send_destination='*'/>"
      "<allow eavesdrop='false'/><allow own='*'/></policy></busconfig>";

static void
start_bus (void)
{
  g_autofree char *config = g_build_filename (home, "bus.conf", NULL);
  g_autofree char *option = g_strconcat ("--config-file=", config, NULL);
  const char *argv[]
      = { "dbus-daemon", option, "--nofork", "--nopidfile", "--print-address=1", NULL };
  char address[512];
  gsize length = 0;
  g_autoptr (GError) error = NULL;
  int out;

  g_assert_true (g_file_set_contents (config, bus_config, -1, NULL));
  g_spawn_async_with_pipes (NULL, (char **) argv, NULL,
                            G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, die_with_parent, NULL,
                            &bus_pid, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  while (length < sizeof address - 1 && read (out, address + length, 1) == 1
         && address[length] != '\n')
    length++;
  address[length] = '\0';
  close (out);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", address, TRUE);
}

/* @mode: "--unlock" takes the password from its input, NULL is locked. Returns when it owns its
 * name. */
static void
start_keyring (const char *mode, GDBusConnection *bus)
{
  g_autofree char *control = g_strconcat ("--control-directory=", home, NULL);
  const char *argv[]
      = { "gnome-keyring-daemon", "--foreground", "--components=secrets", control, mode, NULL };
  g_autoptr (GError) error = NULL;
  gboolean there = FALSE;
  int in;

  g_spawn_async_with_pipes (NULL, (char **) argv, NULL,
                            G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD
                                | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                            die_with_parent, NULL, &keyring_pid, &in, NULL, NULL, &error);
  g_assert_no_error (error);
  if (mode != NULL)
    g_assert_cmpint (write (in, PASSWORD, strlen (PASSWORD)), ==, strlen (PASSWORD));
  close (in);
  while (!there)
    {
      there = ll_secret_service_is_there (FALSE);
      g_usleep (10000);
    }
}

static GDBusConnection *
session_bus (void)
{
  GDBusConnection *bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);

  g_assert_nonnull (bus);
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  return bus;
}

/* The daemon owns its name before it has opened the keyring. */
static void
wait_for_default (GDBusConnection *bus)
{
  gboolean there = FALSE;

  while (!there)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) reply
          = g_dbus_connection_call_sync (bus, "org.freedesktop.secrets", "/org/freedesktop/secrets",
                                         "org.freedesktop.Secret.Service", "ReadAlias",
                                         g_variant_new ("(s)", "default"), G_VARIANT_TYPE ("(o)"),
                                         G_DBUS_CALL_FLAGS_NONE, 5000, NULL, &error);
      const char *path;

      g_assert_no_error (error);
      g_variant_get (reply, "(&o)", &path);
      there = strcmp (path, "/") != 0;
      g_usleep (10000);
    }
}

static void
expect_error (GError **error, LlSecretError code)
{
  g_assert_error (*error, LL_SECRET_ERROR, (int) code);
  g_assert_null (strstr ((*error)->message, "hunter2"));
  g_clear_error (error);
}

/* -- the cases ------------------------------------------------------------------------------- */

static void
test_missing (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (ll_secret_service_is_there (FALSE));
  g_assert_null (ll_secret_service_lookup ("p", "", FALSE, NULL, &error));
  expect_error (&error, LL_SECRET_ERROR_LOCKED);
}

/* A first start while nobody has a keyring yet: kept in the file, moved when one opens. */
static void
test_not_yet (void)
{
  g_autoptr (GDBusConnection) bus = session_bus ();
  g_autoptr (LlSecretStore) store = NULL;
  g_autoptr (LlSecret) secret = ll_secret_new_string ("hunter2");
  g_autoptr (LlSecret) found = NULL;
  g_autoptr (GError) error = NULL;

  start_keyring (NULL, bus);
  store = ll_secret_store_new (secrets_folder);
  g_assert_cmpint (ll_secret_store_kind (store), ==, LL_SECRET_STORE_SERVICE);
  g_assert_null (ll_secret_store_lookup (store, "spool-key", "first", NULL, &error));
  expect_error (&error, LL_SECRET_ERROR_ABSENT);
  g_assert_false (ll_secret_store_save (store, "spool-key", "first", secret, NULL, &error));
  expect_error (&error, LL_SECRET_ERROR_LOCKED);
  g_assert_true (ll_secret_store_save_here (store, "spool-key", "first", secret, &error));
  found = ll_secret_store_lookup (store, "spool-key", "first", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (ll_secret_equal (found, "hunter2", 7));
  stop (&keyring_pid);
}

static void
round_trip (LlSecretStore *store, const char *name, const char *bytes, gsize length)
{
  g_autoptr (LlSecret) secret = ll_secret_new (bytes, length);
  g_autoptr (LlSecret) found = NULL;
  g_autoptr (GError) error = NULL;

  ll_secret_store_save (store, "upstream-password", name, secret, NULL, &error);
  g_assert_no_error (error);
  found = ll_secret_store_lookup (store, "upstream-password", name, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (ll_secret_peek (found), ll_secret_length (found), bytes, length);
}

static gboolean
file_holds (const char *text)
{
  g_autofree char *path = g_build_filename (secrets_folder, "secrets", NULL);
  g_autofree char *bytes = NULL;

  return g_file_get_contents (path, &bytes, NULL, NULL) && strstr (bytes, text) != NULL;
}

static void
test_open (void)
{
  g_autoptr (GDBusConnection) bus = session_bus ();
  g_autoptr (LlSecretStore) store = NULL;
  g_autoptr (LlSecret) found = NULL;
  g_autoptr (LlSecret) empty = ll_secret_new_string ("");
  g_autoptr (GError) error = NULL;

  start_keyring ("--unlock", bus);
  wait_for_default (bus);
  store = ll_secret_store_new (secrets_folder);
  g_assert_true (file_holds ("aHVudGVyMg=="));
  found = ll_secret_store_lookup (store, "spool-key", "first", NULL, &error);
  g_assert_no_error (error);
  g_assert_false (file_holds ("aHVudGVyMg=="));
  g_assert_true (file_holds ("@keyring"));
  round_trip (store, "work", "hunter2", 7);
  round_trip (store, "work", "hunter3", 7);
  round_trip (store, "", "\xc3\xa9", 2);
  round_trip (store, "binary", "a\0\xff\n", 4);
  round_trip (store, "odd", "base64:x", 8);
  g_clear_pointer (&found, ll_secret_free);
  found = ll_secret_store_lookup (store, "spool-key", "first", NULL, &error);
  g_assert_true (ll_secret_equal (found, "hunter2", 7));
  g_assert_null (ll_secret_store_lookup (store, "upstream-password", "none", NULL, &error));
  expect_error (&error, LL_SECRET_ERROR_ABSENT);
  g_assert_true (ll_secret_store_remove (store, "upstream-password", "odd", NULL, &error));
  g_assert_true (ll_secret_store_remove (store, "upstream-password", "odd", NULL, &error));
  g_assert_null (ll_secret_store_lookup (store, "upstream-password", "odd", NULL, &error));
  expect_error (&error, LL_SECRET_ERROR_ABSENT);
  stop (&keyring_pid);
}

static gpointer
look_thread (gpointer store)
{
  g_autoptr (LlSecret) found = ll_secret_store_lookup (store, "spool-key", "first", NULL, NULL);

  return GINT_TO_POINTER (found != NULL);
}

static void
test_from_threads (void)
{
  g_autoptr (GDBusConnection) bus = session_bus ();
  g_autoptr (LlSecretStore) store = ll_secret_store_new (secrets_folder);
  GThread *threads[8];

  start_keyring ("--unlock", bus);
  wait_for_default (bus);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("look", look_thread, store);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_true (GPOINTER_TO_INT (g_thread_join (threads[i])));
  stop (&keyring_pid);
}

/* Locked, and nobody to ask for its password: all say so, and none waits for a prompt. That is
 * told by the prompt that was never made, not by the clock. */
static void
test_locked (void)
{
  g_autoptr (GDBusConnection) bus = session_bus ();
  g_autoptr (LlSecretStore) store = ll_secret_store_new (secrets_folder);
  g_autoptr (LlSecret) secret = ll_secret_new_string ("hunter2");
  g_autoptr (GError) error = NULL;

  start_keyring (NULL, bus);
  g_assert_null (ll_secret_store_lookup (store, "spool-key", "first", NULL, &error));
  expect_error (&error, LL_SECRET_ERROR_LOCKED);
  g_assert_false (ll_secret_store_save (store, "spool-key", "second", secret, NULL, &error));
  expect_error (&error, LL_SECRET_ERROR_LOCKED);
  g_assert_false (ll_secret_store_remove (store, "spool-key", "first", NULL, &error));
  expect_error (&error, LL_SECRET_ERROR_LOCKED);
}

/* A keyring that takes calls and never answers. */
static void
test_frozen (void)
{
  g_autoptr (LlSecretStore) store = ll_secret_store_new (secrets_folder);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  kill (keyring_pid, SIGSTOP);
  g_assert_null (ll_secret_store_lookup (store, "spool-key", "first", NULL, &error));
  expect_error (&error, LL_SECRET_ERROR_LOCKED);
  g_cancellable_cancel (cancelled);
  g_assert_null (ll_secret_store_lookup (store, "spool-key", "first", cancelled, &error));
  expect_error (&error, LL_SECRET_ERROR_FAILED);
  stop (&keyring_pid);
}

static void
test_gone (void)
{
  g_autoptr (LlSecretStore) store = NULL;
  g_autoptr (GError) error = NULL;

  stop (&bus_pid);
  store = ll_secret_store_new (secrets_folder);
  g_assert_cmpint (ll_secret_store_kind (store), ==, LL_SECRET_STORE_FILE);
  g_assert_null (ll_secret_store_lookup (store, "spool-key", "first", NULL, &error));
  expect_error (&error, LL_SECRET_ERROR_LOCKED);
  g_assert_null (ll_secret_store_lookup (store, "spool-key", "never", NULL, &error));
  expect_error (&error, LL_SECRET_ERROR_ABSENT);
  g_assert_false (ll_secret_store_remove (store, "spool-key", "first", NULL, &error));
  expect_error (&error, LL_SECRET_ERROR_LOCKED);
}

static int
remove_cb (const char *path, const struct stat *status, int kind, struct FTW *info)
{
  return remove (path);
}

int
main (int argc, char **argv)
{
  g_autofree char *keyring = g_find_program_in_path ("gnome-keyring-daemon");
  g_autofree char *dbus = g_find_program_in_path ("dbus-daemon");
  int result;

  home = g_dir_make_tmp ("ll-keyring-XXXXXX", NULL);
  secrets_folder = g_build_filename (home, "state", NULL);
  g_setenv ("HOME", home, TRUE);
  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_setenv ("XDG_RUNTIME_DIR", home, TRUE);
  g_unsetenv ("DISPLAY");
  g_unsetenv ("WAYLAND_DISPLAY");
  g_test_init (&argc, &argv, NULL);
  if (keyring == NULL || dbus == NULL)
    {
      g_print ("1..0 # SKIP gnome-keyring or dbus-daemon is not installed\n");
      return 0;
    }
  start_bus ();
  g_test_add_func ("/libsecret/1-missing", test_missing);
  g_test_add_func ("/libsecret/2-not-yet", test_not_yet);
  g_test_add_func ("/libsecret/3-open", test_open);
  g_test_add_func ("/libsecret/4-from-threads", test_from_threads);
  g_test_add_func ("/libsecret/5-locked", test_locked);
  g_test_add_func ("/libsecret/6-frozen", test_frozen);
  g_test_add_func ("/libsecret/7-gone", test_gone);
  result = g_test_run ();
  stop (&keyring_pid);
  stop (&bus_pid);
  nftw (home, remove_cb, 16, FTW_DEPTH | FTW_PHYS);
  return result;
}
