/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/decide.h"

#define HELD "'state': <'held'>"
#define ONE                                                                                        \
  "{'address': <'bob@plain.lab'>, " HELD ", 'offers': <['pgp', 'open']>,"                          \
  " 'may_send_anyway': <true>}"
#define TWO "{'address': <'eve@badane.lab'>, " HELD ", 'offers': <['pgp']>}"
#define SENT "{'address': <'una@valid.lab'>, 'state': <'sent'>}"

static GVariant *
parsed (const char *text)
{
  return g_variant_ref_sink (g_variant_new_parsed (text));
}

static const struct
{
  const char *name;
  const char *recipient;
  guint fits; /* bits of LlDecide */
} cases[] = {
  { "held", ONE,
    1u << LL_DECIDE_PGP | 1u << LL_DECIDE_CHECK | 1u << LL_DECIDE_ANYWAY | 1u << LL_DECIDE_DROP },
  { "broken is never sent anyway", TWO,
    1u << LL_DECIDE_PGP | 1u << LL_DECIDE_CHECK | 1u << LL_DECIDE_DROP },
  { "an offer alone does not allow it", "{" HELD ", 'offers': <['open']>}",
    1u << LL_DECIDE_CHECK | 1u << LL_DECIDE_DROP },
  { "queued", "{'state': <'queued'>, 'offers': <['pgp']>}",
    1u << LL_DECIDE_TRY | 1u << LL_DECIDE_DROP },
  { "waiting", "{'state': <'waiting'>}", 1u << LL_DECIDE_TRY | 1u << LL_DECIDE_DROP },
  { "uncertain", "{'state': <'uncertain'>}", 1u << LL_DECIDE_REPEAT },
  { "sent", SENT, 0 },
  { "a state of another version", "{'state': <'elsewhere'>}", 0 },
};

static void
test_fits (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) recipient = parsed (cases[i].recipient);
      guint fits = 0;

      g_test_message ("%s", cases[i].name);
      for (LlDecide decide = 0; decide < LL_N_DECISIONS; decide++)
        fits |= (guint) ll_decide_fits (recipient, decide) << decide;
      g_assert_cmphex (fits, ==, cases[i].fits);
    }
}

static void
test_recipients (void)
{
  g_autoptr (GVariant) letter = parsed ("{'recipients': <[" ONE ", " TWO ", " SENT "]>}");
  g_auto (GStrv) all = ll_decide_recipients (letter, NULL, LL_DECIDE_PGP);
  g_auto (GStrv) one = ll_decide_recipients (letter, "eve@badane.lab", LL_DECIDE_PGP);
  g_auto (GStrv) none = ll_decide_recipients (letter, "eve@badane.lab", LL_DECIDE_ANYWAY);

  g_assert_cmpuint (g_strv_length (all), ==, 2);
  g_assert_cmpuint (g_strv_length (one), ==, 1);
  g_assert_cmpstr (one[0], ==, "eve@badane.lab");
  g_assert_cmpuint (g_strv_length (none), ==, 0);
}

/* One press settles only what can be done for everybody who is held. */
static void
test_settles (void)
{
  g_autoptr (GVariant) both = parsed ("{'recipients': <[" ONE ", " TWO ", " SENT "]>}");
  g_autoptr (GVariant) first = parsed ("{'recipients': <[" ONE ", " SENT "]>}");
  g_autoptr (GVariant) nobody = parsed ("{'recipients': <[" SENT "]>}");

  g_assert_true (ll_decide_settles (both, LL_DECIDE_PGP));
  g_assert_true (ll_decide_settles (both, LL_DECIDE_DROP));
  g_assert_false (ll_decide_settles (both, LL_DECIDE_ANYWAY));
  g_assert_true (ll_decide_settles (first, LL_DECIDE_ANYWAY));
  g_assert_false (ll_decide_settles (first, LL_DECIDE_CHECK));
  g_assert_false (ll_decide_settles (nobody, LL_DECIDE_PGP));
}

static void
test_names (void)
{
  LlDecide found = LL_N_DECISIONS;

  for (LlDecide decide = 0; decide < LL_N_DECISIONS; decide++)
    {
      g_assert_true (ll_decide_from_name (ll_decide_name (decide), &found));
      g_assert_cmpuint (found, ==, decide);
      g_assert_nonnull (ll_decide_label (decide));
    }
  g_assert_false (ll_decide_from_name ("default", &found));
  g_assert_nonnull (ll_decide_question (LL_DECIDE_ANYWAY));
  g_assert_nonnull (ll_decide_question (LL_DECIDE_REPEAT));
  g_assert_null (ll_decide_question (LL_DECIDE_PGP));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decide/fits", test_fits);
  g_test_add_func ("/decide/recipients", test_recipients);
  g_test_add_func ("/decide/settles", test_settles);
  g_test_add_func ("/decide/names", test_names);
  return g_test_run ();
}
