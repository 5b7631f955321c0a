/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "fixture.h"

static void
test_status (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) before = call (f, "Status", NULL);
  g_autoptr (GVariant) done = call (f, "Pause", NULL);
  g_autoptr (GVariant) after = call (f, "Status", NULL);
  g_autoptr (GVariant) state = g_variant_get_child_value (after, 0);
  gboolean paused = FALSE;
  const char *version = NULL;

  g_assert_true (g_variant_lookup (state, "paused", "b", &paused));
  g_assert_true (paused);
  g_assert_true (g_variant_lookup (state, "version", "&s", &version));
  g_assert_cmpstr (version, ==, LL_VERSION);
  fails (f, "Resume", NULL, LL_API_ERROR_UNAVAILABLE, "cannot resume");
}

static void
test_socket_is_private (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "letterlock", "bus", NULL);
  g_autoptr (GError) error = NULL;
  struct stat info;

  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  g_assert_null (ll_bus_service_new (&f->actions, path, FALSE, &error));
  g_assert_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED);
}

typedef struct
{
  guint signals;
  char *name;
} Heard;

static void
signal_cb (const char *name, GVariant *arguments, gpointer data)
{
  Heard *heard = data;
  g_autofree char *text = g_variant_print (arguments, FALSE);

  heard->signals++;
  g_free (heard->name);
  heard->name = g_strdup_printf ("%s %s", name, text);
}

static void
wait_for (Heard *heard)
{
  while (heard->signals == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_check (Fixture *f, gconstpointer data)
{
  Heard heard = { 0 };
  guint id = ll_bus_client_subscribe (f->client, "CheckProgress", signal_cb, &heard);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) verdict = NULL;
  const char *address = NULL;
  const char *domain = NULL;

  reply = call (f, "Check", g_variant_new ("(su@a{sv})", "Ada@Bücher.example", 7, no_options ()));
  verdict = g_variant_get_child_value (reply, 0);
  g_assert_true (g_variant_lookup (verdict, "domain", "&s", &domain));
  g_assert_cmpstr (domain, ==, "xn--bcher-kva.example");
  g_assert_true (g_variant_lookup (verdict, "address", "&s", &address));
  g_assert_cmpstr (address, ==, "Ada@Bücher.example");
  wait_for (&heard);
  g_assert_cmpstr (heard.name, ==,
                   "CheckProgress (7, {'domain': <'xn--bcher-kva.example'>, 'seen': <uint32 0>})");
  g_free (heard.name);
  ll_bus_client_unsubscribe (f->client, id);
  fails (f, "Check", g_variant_new ("(su@a{sv})", "no domain", 0, no_options ()),
         LL_API_ERROR_INVALID, "neither a domain");
}

/* Whoever waits for a slow check does not keep others waiting, nor the service from ending. */
static void
test_slow_check_blocks_nobody (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) reply = NULL;

  ll_bus_client_call_async (f->client, "Check",
                            g_variant_new ("(su@a{sv})", "slow.lab", 0, no_options ()), NULL, -1,
                            NULL, NULL, NULL);
  reply = call (f, "Status", NULL);
  g_assert_nonnull (reply);
}

static void
test_letters (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) list = call (f, "ListLetters", g_variant_new ("(@a{sv})", no_options ()));
  g_autoptr (GVariant) letter = call (f, "GetLetter", g_variant_new ("(s)", "7f3a"));
  g_autoptr (GVariant) released = NULL;
  const char *next;

  g_variant_get_child (list, 1, "&s", &next);
  g_assert_cmpstr (next, ==, "7f3a00112233");
  fails (f, "GetLetter", g_variant_new ("(s)", "ffff"), LL_API_ERROR_NOT_FOUND, "ffff");
  released = call (f, "Release",
                   g_variant_new ("(s@a{sv})", "7f3a",
                                  g_variant_new_parsed ("{'method': <'open'>, 'reason': <'r'>,"
                                                        " 'recipients': <['a@b.lab']>}")));
  g_assert_cmpstr (f->released, ==, "7f3a00112233 open a@b.lab r");
  fails (f, "Release",
         g_variant_new ("(s@a{sv})", "7f3a", g_variant_new_parsed ("{'method': <'magic'>}")),
         LL_API_ERROR_INVALID, "magic");
  fails (f, "Release",
         g_variant_new ("(s@a{sv})", "7f3a", g_variant_new_parsed ("{'colour': <'red'>}")),
         LL_API_ERROR_INVALID, "colour");
  fails (f, "Drop", g_variant_new ("(s@a{sv})", "7f3a", no_options ()), LL_API_ERROR_REFUSED,
         "sent already");
  fails (f, "Retry", g_variant_new ("(s)", "7f3a"), LL_API_ERROR_UNAVAILABLE, "cannot");
}

static void
test_signals (Fixture *f, gconstpointer data)
{
  static const char *const ids[] = { "7f3a00112233", NULL };
  Heard letters = { 0 };
  Heard state = { 0 };
  guint first = ll_bus_client_subscribe (f->client, "LettersChanged", signal_cb, &letters);
  guint second = ll_bus_client_subscribe (f->client, "StateChanged", signal_cb, &state);

  ll_bus_service_letters_changed (ids, f->service);
  ll_bus_service_letters_changed (ids, f->service);
  wait_for (&letters);
  g_assert_cmpstr (letters.name, ==, "LettersChanged (['7f3a00112233'],)");
  ll_bus_service_state_changed (f->service);
  wait_for (&state);
  g_assert_nonnull (strstr (state.name, "calm"));
  g_assert_cmpuint (letters.signals, ==, 1);
  g_free (letters.name);
  g_free (state.name);
  ll_bus_client_unsubscribe (f->client, first);
  ll_bus_client_unsubscribe (f->client, second);
}

static void
test_doctor (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) reply = call (f, "Doctor", NULL);
  g_autofree char *text = g_variant_print (reply, FALSE);

  g_assert_nonnull (strstr (text, "There is no account yet."));
  g_assert_nonnull (strstr (text, "'check': <'keyring'>"));
}

static void
test_override (Fixture *f, gconstpointer data)
{
  fails (f, "Override", g_variant_new ("(ssu)", "a.lab", " ", 3), LL_API_ERROR_INVALID, "reason");
  fails (f, "Override", g_variant_new ("(ssu)", "a.lab", "x", 31), LL_API_ERROR_INVALID, "30");
  fails (f, "Override", g_variant_new ("(ssu)", "a.lab", "x", 3), LL_API_ERROR_UNAVAILABLE,
         "cannot");
}

static void
test_nobody_there (void)
{
  g_autofree char *folder = g_dir_make_tmp ("bus-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;

  g_setenv ("XDG_RUNTIME_DIR", folder, TRUE);
  g_unsetenv ("DBUS_SESSION_BUS_ADDRESS");
  g_assert_null (ll_bus_client_new (NULL, &error));
  g_assert_error (error, LL_API_ERROR, LL_API_ERROR_UNAVAILABLE);
  remove_tree (folder);
}

#define ADD(name, function) g_test_add ("/bus/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("status", test_status);
  ADD ("socket is private", test_socket_is_private);
  ADD ("check", test_check);
  ADD ("slow check blocks nobody", test_slow_check_blocks_nobody);
  ADD ("letters", test_letters);
  ADD ("signals", test_signals);
  ADD ("doctor", test_doctor);
  ADD ("override", test_override);
  g_test_add_func ("/bus/nobody there", test_nobody_there);
  return g_test_run ();
}
