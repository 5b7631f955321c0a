/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "policy/rule.h"

#include "fixture.h"

/* What is asked of a letter to x@clinic.example with one tag or header. */
static const struct
{
  const char *name;
  const char *system; /* /etc's file, or NULL */
  const char *text;
  const char *tag;
  const char *header;
  LlMode mode; /* of people: ENCRYPT is FORCED with lock */
  LlMinimum minimum;
  LlUnknown unknown;
  guint rule;
} cases[] = {
  { "account", NULL, "preset=confidential\n", NULL, NULL, LL_MODE_FORCED, LL_MINIMUM_VERIFIED,
    LL_UNKNOWN_LOCK, 0 },
  { "first match wins", NULL,
    "[rule 2]\nto=clinic.example\nmode=exclusive\n[rule 1]\nto=*.example\nmode=opportunistic\n"
    "[rule 3]\nmode=encrypt\n",
    NULL, NULL, LL_MODE_OPPORTUNISTIC, LL_MINIMUM_ENCRYPTED, LL_UNKNOWN_SEND, 1 },
  { "other domain", NULL, "[rule 1]\nto=bank.example\nmode=exclusive\n", NULL, NULL, LL_MODE_FORCED,
    LL_MINIMUM_ENCRYPTED, LL_UNKNOWN_SEND, 0 },
  { "account of a rule", NULL,
    "[rule 1]\naccount=other\nmode=exclusive\n[rule 2]\naccount=work\nunknown=hold\n", NULL, NULL,
    LL_MODE_FORCED, LL_MINIMUM_ENCRYPTED, LL_UNKNOWN_HOLD, 2 },
  { "expired", NULL, "[rule 1]\nmode=exclusive\nexpires=2026-11-22\n", NULL, NULL, LL_MODE_FORCED,
    LL_MINIMUM_ENCRYPTED, LL_UNKNOWN_SEND, 0 },
  { "not yet expired", NULL, "[rule 1]\nmode=exclusive\nexpires=2026-11-23\n", NULL, NULL,
    LL_MODE_EXCLUSIVE, LL_MINIMUM_ENCRYPTED, LL_UNKNOWN_SEND, 1 },
  { "kinds of another letter", NULL, "[rule 1]\nkinds=list\nmode=opportunistic\n", NULL, NULL,
    LL_MODE_FORCED, LL_MINIMUM_ENCRYPTED, LL_UNKNOWN_SEND, 0 },
  { "[encrypt]", NULL, "preset=everyday\n", "encrypt", NULL, LL_MODE_ENCRYPT, LL_MINIMUM_ENCRYPTED,
    LL_UNKNOWN_SEND, 0 },
  { "[tls] keeps the rule's minimum", NULL, "[rule 1]\nmode=forced\nminimum=policy\n", "tls", NULL,
    LL_MODE_EXCLUSIVE, LL_MINIMUM_POLICY, LL_UNKNOWN_SEND, 1 },
  { "another word for it", NULL, "[policy]\ntag-encrypt=geheim\n", "geheim", NULL, LL_MODE_ENCRYPT,
    LL_MINIMUM_ENCRYPTED, LL_UNKNOWN_SEND, 0 },
  { "which the old one then is not", NULL, "[policy]\ntag-encrypt=geheim\n", "encrypt", NULL,
    LL_MODE_FORCED, LL_MINIMUM_ENCRYPTED, LL_UNKNOWN_SEND, 0 },
  { "tag of a rule", NULL, "[rule 1]\ntag=bank\nmode=exclusive\nminimum=policy\n", "bank", NULL,
    LL_MODE_EXCLUSIVE, LL_MINIMUM_POLICY, LL_UNKNOWN_SEND, 1 },
  { "tag of a rule, other letter", NULL, "[rule 1]\ntag=bank\nmode=exclusive\n", NULL, NULL,
    LL_MODE_FORCED, LL_MINIMUM_ENCRYPTED, LL_UNKNOWN_SEND, 0 },
  { "tag of a rule does not weaken", NULL,
    "preset=regulated\n[rule 1]\ntag=easy\nmode=opportunistic\nminimum=encrypted\nunknown=send\n",
    "easy", NULL, LL_MODE_FORCED, LL_MINIMUM_ASSURED, LL_UNKNOWN_LOCK, 1 },
  { "header strengthens", NULL, "", NULL, " Exclusive ", LL_MODE_EXCLUSIVE, LL_MINIMUM_ENCRYPTED,
    LL_UNKNOWN_SEND, 0 },
  { "header does not weaken", NULL, "mode=exclusive\n", NULL, "opportunistic", LL_MODE_EXCLUSIVE,
    LL_MINIMUM_ENCRYPTED, LL_UNKNOWN_SEND, 0 },
  { "header encrypts", NULL, "mode=opportunistic\n", NULL, "encrypt", LL_MODE_ENCRYPT,
    LL_MINIMUM_ENCRYPTED, LL_UNKNOWN_SEND, 0 },
  { "header takes tags", NULL, "", NULL, "tls", LL_MODE_EXCLUSIVE, LL_MINIMUM_ENCRYPTED,
    LL_UNKNOWN_SEND, 0 },
  { "floor: account", "[lock]\nkeys=policy.preset\n[policy]\npreset=regulated\n",
    "preset=everyday\n", NULL, NULL, LL_MODE_FORCED, LL_MINIMUM_ASSURED, LL_UNKNOWN_LOCK, 0 },
  { "floor: more is allowed", "[lock]\nkeys=policy.preset\n[policy]\npreset=confidential\n",
    "mode=exclusive\nminimum=assured\n", NULL, NULL, LL_MODE_EXCLUSIVE, LL_MINIMUM_ASSURED,
    LL_UNKNOWN_LOCK, 0 },
  { "floor: the user's rule", "[lock]\nkeys=policy.mode\n[policy]\nmode=encrypt\n",
    "[rule 1]\nmode=opportunistic\n", NULL, NULL, LL_MODE_ENCRYPT, LL_MINIMUM_ENCRYPTED,
    LL_UNKNOWN_SEND, 1 },
  { "floor: the administrator's own rule",
    "[lock]\nkeys=policy.mode\n[policy]\nmode=exclusive\n[rule 9]\nmode=opportunistic\n", "", NULL,
    NULL, LL_MODE_OPPORTUNISTIC, LL_MINIMUM_ENCRYPTED, LL_UNKNOWN_SEND, 9 },
};

static void
test_demand (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char *tags[] = { (char *) cases[i].tag, NULL };
      LlDemand demand;
      Fixture f;

      fixture_init_over (&f, cases[i].system, cases[i].text);
      f.facts.tags = tags;
      f.facts.mode = (char *) cases[i].header;
      demand = ll_demand (&f.input);
      g_test_message ("%s", cases[i].name);
      g_assert_cmpint (ll_demand_mode (&demand), ==, cases[i].mode);
      g_assert_cmpint (demand.minimum, ==, cases[i].minimum);
      g_assert_cmpint (demand.unknown, ==, cases[i].unknown);
      g_assert_cmpuint (demand.rule, ==, cases[i].rule);
      fixture_clear (&f);
    }
}

static void
test_words (void)
{
  static const struct
  {
    const char *tag;
    const char *header;
    gboolean hold, pickup, bad;
  } words[] = {
    { "hold", NULL, TRUE, FALSE, FALSE },      { NULL, "Hold", TRUE, FALSE, FALSE },
    { "pickup", NULL, FALSE, TRUE, FALSE },    { NULL, "pickup", FALSE, TRUE, FALSE },
    { NULL, "strictest", FALSE, FALSE, TRUE }, { NULL, "", FALSE, FALSE, TRUE },
    { NULL, "forced", FALSE, FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      char *tags[] = { (char *) words[i].tag, NULL };
      LlDemand demand;
      Fixture f;

      fixture_init (&f, "");
      f.facts.tags = tags;
      f.facts.mode = (char *) words[i].header;
      demand = ll_demand (&f.input);
      g_assert_cmpint (demand.hold, ==, words[i].hold);
      g_assert_cmpint (demand.pickup, ==, words[i].pickup);
      g_assert_cmpint (demand.lock, ==, words[i].pickup);
      g_assert_cmpint (demand.bad_mode != NULL, ==, words[i].bad);
      fixture_clear (&f);
    }
}

/* At RCPT nobody knows the kind yet: what a rule for kinds could change is not settled. */
static void
test_open_question (void)
{
  Fixture f;
  g_autoptr (LlDecision) before = NULL;
  g_autoptr (LlDecision) after = NULL;

  fixture_init (&f, "mode=exclusive\n[rule 1]\nkinds=calendar\nmode=opportunistic\n");
  fixture_evidence (&f, LL_EVIDENCE_PLAIN);
  f.input.facts = NULL;
  before = ll_policy_decide (&f.input);
  g_assert_cmpint (before->kind, ==, LL_DECISION_REFUSE);
  g_assert_false (before->settled);
  f.input.facts = &f.facts;
  f.facts.kind = LL_KIND_CALENDAR;
  after = ll_policy_decide (&f.input);
  g_assert_cmpint (after->kind, ==, LL_DECISION_SEND);
  fixture_clear (&f);
}

static void
test_no_reply (void)
{
  static const struct
  {
    const char *address;
    gboolean robot;
  } addresses[] = {
    { "noreply@x", TRUE },     { "No-Reply@x", TRUE },      { "do_not_reply@x", TRUE },
    { "no.reply+a@x", TRUE },  { "reply@x", FALSE },        { "noreplying@x", FALSE },
    { "nora@noreply", FALSE }, { "mailer-daemon@x", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    g_assert_cmpint (ll_policy_is_no_reply (addresses[i].address), ==, addresses[i].robot);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rule/demand", test_demand);
  g_test_add_func ("/rule/words", test_words);
  g_test_add_func ("/rule/open-question", test_open_question);
  g_test_add_func ("/rule/no-reply", test_no_reply);
  return g_test_run ();
}
