/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/account.h"

#include "base/clock.h"

#include <string.h>

static LlConfig *
parse (const char *user)
{
  LlConfigText text = { "USER", user, strlen (user) };
  g_autoptr (GError) error = NULL;
  LlConfig *config = ll_config_parse (NULL, &text, &error);

  g_assert_no_error (error);
  return config;
}

static const char three[]
    = "[account home]\naddresses=alice@home.example;*@alice.example\nupstream=h:465\n"
      "[account work]\naddresses=alice@work.example;boss@alice.example\nupstream=w:465\n"
      "[account pass]\naddresses=*@pass.example\nupstream=p:465\nauth=client\n"
      "username=alice@pass.example\nlogin=local\n";

static void
test_select (void)
{
  static const struct
  {
    const char *login;
    const char *sender;
    const char *from;
    const char *account;
  } cases[] = {
    { NULL, "alice@home.example", NULL, "home" },
    { NULL, "ALICE@Home.Example", NULL, "home" },
    { NULL, "any@alice.example", NULL, "home" },
    { NULL, "boss@alice.example", NULL, "work" }, /* exact before the domain */
    { "home", "boss@alice.example", NULL, "home" },
    { "work", "any@alice.example", NULL, NULL },
    { "home", "alice@work.example", NULL, NULL },
    { NULL, "", "alice@work.example", "work" }, /* a bounce or receipt */
    { NULL, "x@elsewhere.example", "alice@work.example", "work" },
    { NULL, "alice@home.example", "alice@work.example", "home" }, /* the sender comes first */
    { NULL, "x@elsewhere.example", NULL, NULL },
    { NULL, "home.example", NULL, NULL },
    { NULL, "@alice.example", NULL, NULL },
    { NULL, "a@sub.alice.example", NULL, NULL },
    { "local", "x@pass.example", NULL, "pass" },
    { "alice@pass.example", "x@pass.example", NULL, "pass" },
    { "nobody", "alice@home.example", NULL, NULL },
  };
  g_autoptr (LlConfig) config = parse (three);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const LlAccount *account
          = ll_account_select (config, cases[i].login, cases[i].sender, cases[i].from);

      g_test_message ("%u: %s", i, cases[i].sender);
      g_assert_cmpstr (account != NULL ? account->name : NULL, ==, cases[i].account);
    }
}

static void
test_declared (void)
{
  static const struct
  {
    const char *now;
    const char *domain;
    gboolean counts;
  } cases[] = {
    { "2026-11-22", "b.example", TRUE },  { "2026-11-22", "c.example", FALSE },
    { "2027-11-22", "b.example", TRUE },  { "2027-11-24", "b.example", FALSE },
    { "2026-11-21", "b.example", FALSE }, /* a date to come says nothing yet */
  };
  g_autoptr (LlConfig) config
      = parse ("[account a]\naddresses=a@a\nupstream=h:465\ndeclared=encrypted\n"
               "declared-when=2026-11-22\ndeclared-domains=B.example\n"
               "[account all]\naddresses=b@a\nupstream=h:465\ndeclared=verified\n"
               "declared-when=2026-11-22\n");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 now;

      g_assert_true (ll_clock_parse (cases[i].now, &now));
      g_assert_cmpint (ll_account_is_declared (ll_config_account (config, "a"), cases[i].domain,
                                               now),
                       ==, cases[i].counts);
    }
  g_assert_true (ll_account_is_declared (ll_config_account (config, "all"), "x", 1795651200));
}

static void
test_internal (void)
{
  g_autoptr (LlConfig) config
      = parse ("[account a]\naddresses=a@a\nupstream=h:465\ninternal=@Firm.example;b.example\n");
  const LlAccount *account = ll_config_account (config, "a");

  g_assert_true (ll_account_is_internal (account, "firm.example"));
  g_assert_true (ll_account_is_internal (account, "b.example"));
  g_assert_false (ll_account_is_internal (account, "sub.firm.example"));
}

/* Each domain once, in the order of the file. */
static void
test_domains (void)
{
  g_autoptr (LlConfig) config = parse (three);
  g_autoptr (LlConfig) none = parse ("");
  g_auto (GStrv) domains = ll_config_domains (config);
  g_auto (GStrv) empty = ll_config_domains (none);
  g_autofree char *joined = g_strjoinv (" ", domains);

  g_assert_cmpstr (joined, ==, "home.example alice.example work.example pass.example");
  g_assert_cmpuint (g_strv_length (empty), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/account/select", test_select);
  g_test_add_func ("/account/declared", test_declared);
  g_test_add_func ("/account/internal", test_internal);
  g_test_add_func ("/account/domains", test_domains);
  return g_test_run ();
}
