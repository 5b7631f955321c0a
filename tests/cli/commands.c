/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "../bus/fixture.h"

/* The real program against the bus's real service: arguments, answers, exit statuses. */

typedef struct
{
  int status;
  char *out;
  char *err;
} Done;

static void
done_clear (Done *done)
{
  g_free (done->out);
  g_free (done->err);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Done, done_clear)

static Done
letterlock (const char *line, const char *input)
{
  g_auto (GStrv) words = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *whole = g_strdup_printf ("'%s' %s", g_getenv ("LETTERLOCK"), line);
  Done done = { 0 };

  g_assert_true (g_shell_parse_argv (whole, NULL, &words, &error));
  launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                   | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) words, &error);
  g_assert_no_error (error);
  g_assert_true (
      g_subprocess_communicate_utf8 (process, input, NULL, &done.out, &done.err, &error));
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  done.status = g_subprocess_get_exit_status (process);
  g_test_message ("%s: %d %s%s", line, done.status, done.out, done.err);
  return done;
}

/* Every failure is one sentence on stderr, and nothing on stdout. */
static void
assert_status (const char *line, int status)
{
  g_auto (Done) done = letterlock (line, "");

  g_assert_cmpint (done.status, ==, status);
  if (status == 0)
    return;
  g_assert_cmpstr (done.out, ==, "");
  g_assert_true (g_str_has_prefix (done.err, "letterlock: "));
  g_assert_nonnull (strchr (done.err, '\n'));
  g_assert_null (strchr (strchr (done.err, '\n') + 1, '\n'));
}

static void
test_statuses (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *line;
    int status;
  } cases[] = {
    { "status", 0 },
    { "status --json", 0 },
    { "--version", 0 },
    { "help", 0 },
    { "status --help", 0 },
    { "account --help", 0 },
    { "account add --help", 0 },
    { "sendmail --help", 0 },
    { "demo", 0 },
    { "log", 0 },
    { "held --json", 0 },
    { "show 7f3a", 0 },
    { "explain 7f3a", 0 },
    { "release 7f3a --anyway", 0 },
    { "pause", 0 },
    { "config get policy.mode", 0 },
    { "config check", 0 },
    { "rule list", 0 },
    { "account list", 0 },
    { "check good.lab", 0 },
    { "show ffff", 1 },
    { "drop 7f3a", 1 },
    { "account show nobody", 1 },
    { "config get policy.mod", 1 },
    { "statu", 2 },
    { "status much", 2 },
    { "status --colour", 2 },
    { "show", 2 },
    { "check", 2 },
    { "check 'no domain'", 2 },
    { "account", 2 },
    { "account paint", 2 },
    { "account add --address a@b.lab", 2 },
    { "account edit nobody", 2 },
    { "rule add --to b.lab", 2 },
    { "rule remove x", 2 },
    { "release 7f3a --with magic", 2 },
    { "release 7f3a --with tls --anyway", 2 },
    { "account show", 2 },
    { "account show work --ca", 2 },
    { "account test work --to bob@b.lab", 2 },
    { "account test work --onward --wait 9999", 2 },
    { "override b.lab --accept", 2 },
    { "override b.lab", 2 },
    { "key", 2 },
    { "key list", 2 },
    { "key import /nonexistent", 2 },
    { "key reject bob@b.lab", 2 },
    { "override b.lab --reason x --days 31", 2 },
    { "config set policy.mode sometimes", 2 },
    { "config set policy.mode", 2 },
    { "log --limit=-1", 2 },
    { "log --limit=0", 2 },
    { "log --search x --follow", 2 },
    { "show 7f3a --original --json", 2 },
    { "show 7f3a --output x", 2 },
    { "resume", 3 }, /* this service cannot */
    { "sendmail -Z", 64 },
    { "sendmail -t", 64 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_status (cases[i].line, cases[i].status);
}

static void
test_without_daemon (void)
{
  g_autofree char *folder = g_dir_make_tmp ("cli-XXXXXX", NULL);

  g_setenv ("XDG_RUNTIME_DIR", folder, TRUE);
  g_unsetenv ("DBUS_SESSION_BUS_ADDRESS");
  assert_status ("status", 3);
  assert_status ("log", 3);
  assert_status ("config check", 0); /* for when a wrong one keeps the daemon from starting */
  assert_status ("sendmail a@b.lab -f c@d.lab", 75);
  remove_tree (folder);
}

/* Twice the same is most likely not meant; with a name it is. Which port speaks how is said. */
static void
test_account_twice (Fixture *f, gconstpointer data)
{
  static const char add[] = "account add --address alice@office.lab --upstream smtp.lab:465 "
                            "--security tls --auth none";
  g_auto (Done) first = letterlock (add, NULL);
  g_auto (Done) again = letterlock (add, NULL);
  g_auto (Done) listed = { 0 };

  g_assert_cmpint (first.status, ==, 0);
  g_assert_nonnull (strstr (first.out, "1587 (STARTTLS) or 1465 (SSL/TLS)"));
  g_assert_cmpint (again.status, ==, 1);
  g_assert_nonnull (strstr (again.err, "\"alice\" has alice@office.lab"));
  listed = letterlock ("account list --json", NULL);
  g_assert_null (strstr (listed.out, "alice-2"));
}

static void
test_account (Fixture *f, gconstpointer data)
{
  g_auto (Done) added
      = letterlock ("account add --address alice@office.lab --address '*@x.lab' "
                    "--upstream smtp.lab:465 --security tls --password-stdin --json",
                    "upstream-secret\n");
  g_auto (Done) edited = letterlock ("account edit alice --honours sts,dane --declared encrypted "
                                     "--domains bank.lab --internal @office.lab --json",
                                     NULL);
  g_auto (Done) renewed = letterlock ("account edit alice --new-password --json", NULL);
  g_auto (Done) removed = letterlock ("account remove alice --force", NULL);

  g_assert_cmpint (added.status, ==, 0);
  g_assert_true (
      g_str_has_prefix (added.out,
                        "{\"account\":\"alice\",\"username\":\"alice\",\"password\":\""));
  g_assert_null (strstr (added.out, "upstream-secret"));
  g_assert_nonnull (strstr (added.out, "\"ports\":[1587,1465]"));
  g_assert_cmpint (edited.status, ==, 0);
  g_assert_nonnull (strstr (edited.out, "\"honours\":[\"sts\",\"dane\"]"));
  g_assert_nonnull (strstr (edited.out, "\"declared_domains\":[\"bank.lab\"]"));
  g_assert_cmpint (renewed.status, ==, 0);
  g_assert_cmpstr (renewed.out, !=, added.out);
  g_assert_cmpint (removed.status, ==, 0);
}

static void
test_check (Fixture *f, gconstpointer data)
{
  g_auto (Done) done = letterlock ("check --json b.lab 'Ada@a.lab'", NULL);
  g_auto (GStrv) lines = g_strsplit (done.out, "\n", -1);

  g_assert_cmpint (done.status, ==, 0);
  g_assert_true (g_str_has_prefix (lines[0], "{\"domain\":\"b.lab\",\"address\":null,"));
  g_assert_true (g_str_has_prefix (lines[1], "{\"domain\":\"a.lab\",\"address\":\"Ada@a.lab\","));
  g_assert_cmpstr (lines[2], ==, "");
}

static void
test_sendmail (Fixture *f, gconstpointer data)
{
  static const char letter[] = "To: ada@a.lab\nCc: bob@b.lab\nSubject: hi\n\nbody\n";
  g_auto (Done) sent = letterlock ("sendmail -t -i -f me@office.lab", letter);
  g_autofree char *seen = g_strdup (f->submitted->str);
  g_auto (Done) refused = { 0 };

  g_assert_cmpint (sent.status, ==, 0);
  g_assert_cmpstr (sent.out, ==, "");
  g_assert_true (g_str_has_prefix (seen, "MAIL me@office.lab\nRCPT ada@a.lab\nRCPT bob@b.lab\n"
                                         "DATA\nFrom: me@office.lab\r\nDate: "));
  g_assert_nonnull (strstr (seen, "Subject: hi\r\n\r\nbody\r\nEND\n"));
  f->refuse_bob = TRUE;
  refused = letterlock ("sendmail -t -i -f me@office.lab", letter);
  g_assert_cmpint (refused.status, ==, 67);
  g_assert_nonnull (strstr (refused.err, "bob@b.lab: No such Bob"));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/cli/commands/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("statuses", test_statuses);
  ADD ("account", test_account);
  ADD ("account twice", test_account_twice);
  ADD ("check", test_check);
  ADD ("sendmail", test_sendmail);
  g_test_add_func ("/cli/commands/without daemon", test_without_daemon);
  return g_test_run ();
}
