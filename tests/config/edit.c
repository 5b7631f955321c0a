/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/config.h"

#include "base/error.h"
#include "config/account.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static char *folder;
static char *path;
static char *system_path;

static void
write_file (const char *to, const char *text)
{
  g_assert_true (g_file_set_contents (to, text, -1, NULL));
}

static void
assert_file (const char *wanted)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, wanted);
}

static gboolean
change (const char *group, const char *key, const char *value, GError **error)
{
  LlConfigChange one = { key, value };

  return ll_config_edit (system_path, path, group, &one, 1, error);
}

static void
test_layout_stays (void)
{
  static const char before[] = "# my file\n\n[policy]\n# strict on Mondays\nmode = forced\n\n"
                               "# port 25 is closed here\n[network]\nprobe=never\n";
  g_autoptr (GError) error = NULL;

  write_file (path, before);
  g_assert_true (change ("policy", "mode", "exclusive", &error));
  g_assert_true (change ("policy", "unknown", "hold", &error));
  g_assert_true (change ("network", "probe", NULL, &error));
  g_assert_true (change ("record", "retention", "30d", &error));
  g_assert_no_error (error);
  assert_file ("# my file\n\n[policy]\n# strict on Mondays\nmode = exclusive\nunknown = hold\n\n"
               "# port 25 is closed here\n[network]\n\n[record]\nretention = 30d\n");
}

static void
test_group_comes_and_goes (void)
{
  LlConfigChange account[] = { { "addresses", "a@b.example" },
                               { "upstream", "smtp.b.example:465" },
                               { "password-command", "printf 'a\\tb'" } };
  g_autoptr (GError) error = NULL;
  g_autoptr (LlConfig) config = NULL;

  g_remove (path);
  g_assert_true (ll_config_edit (system_path, path, "account a b", account, 3, &error));
  g_assert_no_error (error);
  config = ll_config_load (system_path, path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (ll_config_account (config, "a b")->password_command, ==, "printf 'a\\tb'");
  g_assert_true (change ("record", "retention", "30d", &error));
  g_assert_true (ll_config_edit (system_path, path, "account a b", NULL, 0, &error));
  g_assert_no_error (error);
  assert_file ("[record]\nretention = 30d\n");
}

/* A listener that has no address any more is none. */
static void
test_last_key (void)
{
  g_autoptr (GError) error = NULL;

  write_file (path, "[record]\nretention = 30d\n\n[foreign x]\nsmtps = 127.0.0.1:1466\n"
                    "smtp = 127.0.0.1:1467\n");
  g_assert_true (change ("foreign x", "smtps", NULL, &error));
  g_assert_true (change ("foreign x", "smtp", NULL, &error));
  g_assert_no_error (error);
  g_assert_true (change ("record", "retention", NULL, &error));
  g_assert_no_error (error);
  assert_file ("[record]\n\n");
}

static void
test_refused_changes_nothing (void)
{
  static const char before[] = "[policy]\nmode = forced\n";
  static const struct
  {
    const char *group;
    const char *key;
    const char *value;
    LlConfigError code;
  } cases[] = {
    { "policy", "mode", "strict", LL_CONFIG_ERROR_TYPE },
    { "policy", "mod", "forced", LL_CONFIG_ERROR_UNKNOWN_KEY },
    { "polcy", "mode", "forced", LL_CONFIG_ERROR_UNKNOWN_KEY },
    { "account", "mode", "forced", LL_CONFIG_ERROR_UNKNOWN_KEY },
    { "account x]\n[policy", "mode", "forced", LL_CONFIG_ERROR_UNKNOWN_KEY },
    { "account x", "upstream", "host:25", LL_CONFIG_ERROR_TYPE }, /* no addresses */
    { "rule 1", "note", "x\nmode = opportunistic", LL_CONFIG_ERROR_TYPE },
    { "network", "ca-file", "/etc/ca.pem", LL_CONFIG_ERROR_LOCKED },
    { "network", "ca-file", NULL, LL_CONFIG_ERROR_LOCKED },
    { "lock", "keys", "", LL_CONFIG_ERROR_UNKNOWN_KEY },
  };

  write_file (path, before);
  write_file (system_path, "[lock]\nkeys = network.ca-file\n");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (change (cases[i].group, cases[i].key, cases[i].value, &error));
      g_test_message ("%s", error->message);
      g_assert_error (error, LL_CONFIG_ERROR, (int) cases[i].code);
      assert_file (before);
    }
  g_remove (system_path);
}

/* A slip names what was most likely meant, in a group as in a key. */
static void
test_suggests (void)
{
  static const struct
  {
    const char *group;
    const char *key;
    const char *nearest;
  } cases[] = {
    { "recor", "retention", "[record]" },    { "akkount work", "mode", "[account]" },
    { "account", "mode", "[account work]" }, { "xyzzy", "mode", "policy, keys, protect, queue" },
    { "policy", "mod", "\"mode\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (change (cases[i].group, cases[i].key, "x", &error));
      g_assert_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_UNKNOWN_KEY);
      g_assert_nonnull (strstr (error->message, cases[i].nearest));
    }
}

static void
test_link_stays_a_link (void)
{
  g_autofree char *target = g_build_filename (folder, "dotfiles", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_remove (path);
  write_file (target, "[policy]\n");
  g_assert_cmpint (symlink (target, path), ==, 0);
  g_assert_true (change ("policy", "mode", "encrypt", &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_SYMLINK));
  g_assert_true (g_file_get_contents (target, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "[policy]\nmode = encrypt\n");
  g_remove (target);
}

static void
test_cannot_write (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *inside = g_build_filename (system_path, "x", "letterlock.conf", NULL);
  LlConfigChange one = { "mode", "forced" };

  write_file (system_path, "");
  g_assert_false (ll_config_edit (NULL, inside, "policy", &one, 1, &error));
  g_assert_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE);
  g_remove (system_path);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("ll-edit-XXXXXX", NULL);
  path = g_build_filename (folder, "letterlock.conf", NULL);
  system_path = g_build_filename (folder, "system.conf", NULL);
  g_test_add_func ("/edit/layout-stays", test_layout_stays);
  g_test_add_func ("/edit/group-comes-and-goes", test_group_comes_and_goes);
  g_test_add_func ("/edit/last-key", test_last_key);
  g_test_add_func ("/edit/refused-changes-nothing", test_refused_changes_nothing);
  g_test_add_func ("/edit/link-stays-a-suggests", test_suggests);
  g_test_add_func ("/edit/link-stays-a-link", test_link_stays_a_link);
  g_test_add_func ("/edit/cannot-write", test_cannot_write);
  status = g_test_run ();
  g_remove (path);
  g_rmdir (folder);
  g_free (folder);
  g_free (path);
  g_free (system_path);
  return status;
}
