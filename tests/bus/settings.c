/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "fixture.h"

static int
pipe_with (const char *text)
{
  int ends[2];

  g_assert_cmpint (pipe (ends), ==, 0);
  g_assert_true (ll_file_write_all (ends[1], text, strlen (text), NULL));
  close (ends[1]);
  return ends[0];
}

static void
test_accounts (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) added = NULL;
  g_autoptr (GVariant) access = NULL;
  g_autoptr (GVariant) shown = NULL;
  g_autoptr (GVariant) account = NULL;
  g_autoptr (GVariant) removed = NULL;
  g_autoptr (LlSecret) stored = NULL;
  g_autofree char *text = NULL;
  const char *password = NULL;
  int fd = pipe_with ("s3cret-upstream\n");

  added = call_fd (f, "AddAccount",
                   g_variant_new ("(@a{sv}@ah)",
                                  g_variant_new_parsed ("{'addresses': <['alice@office.lab']>,"
                                                        " 'upstream': <'smtp.lab:465'>}"),
                                  g_variant_new_parsed ("[handle 0]")),
                   fd, &error);
  g_assert_no_error (error);
  access = g_variant_get_child_value (added, 0);
  text = g_variant_print (access, FALSE);
  g_assert_null (strstr (text, "s3cret-upstream"));
  g_assert_true (g_variant_lookup (access, "password", "&s", &password));
  g_assert_cmpuint (strlen (password), >=, 22); /* 128 bits */
  g_assert_nonnull (strstr (text, "'account': <'alice'>"));
  g_assert_nonnull (strstr (text, "1587"));
  g_assert_nonnull (strstr (text, "1465"));
  stored = ll_secret_store_lookup (f->actions.secrets, "upstream-password", "alice", NULL, NULL);
  g_assert_cmpstr (ll_secret_peek (stored), ==, "s3cret-upstream");
  g_assert_cmpint (g_atomic_int_get (&f->reloads), ==, 1);

  fails (f, "AddAccount",
         g_variant_new ("(@a{sv}@ah)",
                        g_variant_new_parsed ("{'name': <'alice'>, 'addresses': <['a@b.lab']>,"
                                              " 'upstream': <'smtp.lab:465'>}"),
                        g_variant_new_parsed ("@ah []")),
         LL_API_ERROR_REFUSED, "already");
  shown = call (f, "GetAccount", g_variant_new ("(s)", "alice"));
  account = g_variant_get_child_value (shown, 0);
  g_free (text);
  text = g_variant_print (account, FALSE);
  g_assert_null (strstr (text, "s3cret"));
  g_assert_nonnull (strstr (text, "'password_stored': <true>"));
  g_assert_nonnull (strstr (text, "smtp.lab:465"));
  fails (f, "RemoveAccount", g_variant_new ("(s@a{sv})", "alice", no_options ()),
         LL_API_ERROR_REFUSED, "still wait");
  removed = call (f, "RemoveAccount",
                  g_variant_new ("(s@a{sv})", "alice", g_variant_new_parsed ("{'force': <true>}")));
  fails (f, "GetAccount", g_variant_new ("(s)", "alice"), LL_API_ERROR_NOT_FOUND, "alice");
}

static void
test_account_edit (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) added
      = call (f, "AddAccount",
              g_variant_new ("(@a{sv}@ah)",
                             g_variant_new_parsed (
                                 "{'name': <'work'>, 'addresses': <['a@b.lab']>,"
                                 " 'upstream': <'smtp.lab:587'>, 'auth': <'none'>}"),
                             g_variant_new_parsed ("@ah []")));
  g_autoptr (GVariant) edited
      = call (f, "EditAccount",
              g_variant_new ("(s@a{sv}@ah)", "work",
                             g_variant_new_parsed (
                                 "{'declared': <'encrypted'>, 'honours': <['sts']>,"
                                 " 'internal': <['@b.lab']>}"),
                             g_variant_new_parsed ("@ah []")));
  g_autofree char *text = g_variant_print (edited, FALSE);

  g_assert_nonnull (strstr (text, "'declared': <'encrypted'>"));
  g_assert_nonnull (strstr (text, "'honours': <['sts']>"));
  g_assert_nonnull (strstr (text, "'declared_when'"));
  fails (f, "EditAccount",
         g_variant_new ("(s@a{sv}@ah)", "work", g_variant_new_parsed ("{'colour': <'red'>}"),
                        g_variant_new_parsed ("@ah []")),
         LL_API_ERROR_INVALID, "colour");
  fails (f, "EditAccount",
         g_variant_new ("(s@a{sv}@ah)", "work", g_variant_new_parsed ("{'upstream': <'a\nb'>}"),
                        g_variant_new_parsed ("@ah []")),
         LL_API_ERROR_INVALID, "one short line");
  fails (f, "EditAccount",
         g_variant_new ("(s@a{sv}@ah)", "work", g_variant_new_parsed ("{'security': <'none'>}"),
                        g_variant_new_parsed ("@ah []")),
         LL_API_ERROR_INVALID, "tls");
}

static void
test_account_test (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) added
      = call (f, "AddAccount",
              g_variant_new ("(@a{sv}@ah)",
                             g_variant_new_parsed ("{'name': <'work'>, 'addresses': <['a@b.lab']>,"
                                                   " 'upstream': <'smtp.lab:587'>}"),
                             g_variant_new_parsed ("@ah []")));
  g_autoptr (GVariant) result
      = call (f, "TestAccount", g_variant_new ("(su@a{sv})", "work", 0, no_options ()));
  g_autofree char *text = g_variant_print (result, FALSE);

  g_assert_nonnull (strstr (text, "'ok': <false>"));
  g_assert_nonnull (strstr (text, "The password was refused"));
  g_assert_nonnull (strstr (text, "'sign_in_refused': <true>"));
  g_assert_nonnull (strstr (text, "'step': <'connect'>"));
}

static void
test_rules (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) first
      = call (f, "AddRule",
              g_variant_new ("(@a{sv})", g_variant_new_parsed ("{'to': <['bank.lab']>,"
                                                               " 'mode': <'exclusive'>}")));
  g_autoptr (GVariant) before
      = call (f, "AddRule",
              g_variant_new ("(@a{sv})", g_variant_new_parsed ("{'to': <['shop.lab']>, 'before':"
                                                               " <uint32 1>,"
                                                               " 'mode': <'encrypt'>}")));
  g_autoptr (GVariant) list = call (f, "ListRules", NULL);
  g_autoptr (GVariant) removed = NULL;
  g_autofree char *text = g_variant_print (list, FALSE);
  const char *shop = strstr (text, "shop.lab");

  g_assert_nonnull (shop);
  g_assert_nonnull (strstr (shop, "bank.lab")); /* after it */
  g_assert_nonnull (strstr (shop, "exclusive"));
  fails (f, "AddRule",
         g_variant_new ("(@a{sv})", g_variant_new_parsed ("{'to': <['x.lab']>,"
                                                          " 'mode': <'sometimes'>}")),
         LL_API_ERROR_INVALID, "sometimes");
  removed = call (f, "RemoveRule", g_variant_new ("(u)", 1));
  fails (f, "RemoveRule", g_variant_new ("(u)", 17), LL_API_ERROR_NOT_FOUND, "17");
}

static void
test_config (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) set
      = call (f, "SetConfig", g_variant_new ("(ss)", "policy.mode", "exclusive"));
  g_autoptr (GVariant) got = call (f, "GetConfig", g_variant_new ("(s)", "policy.mode"));
  g_autoptr (GVariant) all = call (f, "ListConfig", NULL);
  g_autoptr (GVariant) checked = NULL;
  const char *value;

  g_variant_get (got, "(&s)", &value);
  g_assert_cmpstr (value, ==, "exclusive");
  fails (f, "SetConfig", g_variant_new ("(ss)", "policy.mod", "x"), LL_API_ERROR_NOT_FOUND, "mode");
  fails (f, "SetConfig", g_variant_new ("(ss)", "policy.mode", "x"), LL_API_ERROR_INVALID,
         "forced");
  fails (f, "SetConfig", g_variant_new ("(ss)", "policy", "x"), LL_API_ERROR_INVALID, "key");
  fails (f, "SetConfig", g_variant_new ("(ss)", "policy.tag-hold", "encrypt"), LL_API_ERROR_INVALID,
         "same word");
  checked = call (f, "CheckConfig", NULL);
  g_assert_true (g_file_set_contents (f->actions.config_path, "[policy]\nmode = x\n", -1, NULL));
  fails (f, "CheckConfig", NULL, LL_API_ERROR_INVALID, "mode");
}

#define ADD(name, function) g_test_add ("/bus/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("accounts", test_accounts);
  ADD ("account edit", test_account_edit);
  ADD ("account test", test_account_test);
  ADD ("rules", test_rules);
  ADD ("config", test_config);
  return g_test_run ();
}
