/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/text.h"

#include "support/golden.h"

#include <string.h>

static void
add (GString *all,
     const char *kind,
     const char *name,
     const char *text,
     const char *symbol,
     const char *ascii)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_true (text[0] != '\0' && text[strlen (text) - 1] != '.');
  g_string_append_printf (all, "%s %s: %s%s%s%s%s\n", kind, name != NULL ? name : "-", symbol,
                          symbol[0] != '\0' ? " " : "", ascii, ascii[0] != '\0' ? " " : "", text);
}

#define TEXTS(Type, name, last)                                                                    \
  for (guint i = 0; i <= (guint) (last); i++)                                                      \
  add (all, #name, ll_##name##_name ((Type) i), ll_text_##name ((Type) i), "", "")

#define SHOWN(Type, name, last)                                                                    \
  for (guint i = 0; i <= (guint) (last); i++)                                                      \
  add (all, #name, ll_##name##_name ((Type) i), ll_text_##name ((Type) i),                         \
       ll_text_##name##_symbol ((Type) i, LL_SYMBOLS_UNICODE),                                     \
       ll_text_##name##_symbol ((Type) i, LL_SYMBOLS_ASCII))

static void
test_golden (void)
{
  GString *all = g_string_new (NULL);

  SHOWN (LlState, state, LL_STATE_RETRACTED);
  SHOWN (LlEvidence, evidence, LL_EVIDENCE_UNKNOWN);
  TEXTS (LlWhy, why, LL_WHY_OVERDUE);
  TEXTS (LlSource, source, LL_SOURCE_PORTAL);
  TEXTS (LlBound, bound, LL_BOUND_CONTENT);
  SHOWN (LlConfidence, confidence, LL_CONFIDENCE_ASSURED);
  TEXTS (LlMethod, method, LL_METHOD_OPEN);
  TEXTS (LlCode, code, LL_CODE_NO_SUCH_DOMAIN);
  golden_check ("api/text.golden", all->str);
  g_string_free (all, TRUE);
}

/* The lock is for what is assured, and the great words are for nothing else. */
static void
test_lock (void)
{
  for (guint i = 0; i <= LL_CONFIDENCE_LIKELY; i++)
    g_assert_cmpstr (ll_text_confidence_symbol (i, LL_SYMBOLS_UNICODE), !=,
                     ll_text_confidence_symbol (LL_CONFIDENCE_ASSURED, LL_SYMBOLS_UNICODE));
  for (guint i = 0; i <= LL_EVIDENCE_UNKNOWN; i++)
    {
      g_assert_null (strstr (ll_text_evidence (i), "ecure"));
      g_assert_cmpstr (ll_text_evidence_symbol (i, LL_SYMBOLS_UNICODE), !=,
                       ll_text_confidence_symbol (LL_CONFIDENCE_ASSURED, LL_SYMBOLS_UNICODE));
    }
}

static void
add_said (GString *all, LlMethod method, LlState state, LlMethod other, LlState other_state)
{
  const LlFate fates[]
      = { { method, state, LL_BOUND_NOBODY }, { other, other_state, LL_BOUND_NOBODY } };
  gsize n = other != LL_METHOD_NONE ? 2 : 1;
  g_autoptr (GPtrArray) said = ll_text_always_said (fates, n, 0);
  const char *warning = ll_text_warning (fates, n);
  g_autofree char *beside = n == 2 ? g_strdup_printf (" beside %s %s", ll_method_name (other),
                                                      ll_state_name (other_state))
                                   : g_strdup ("");

  for (guint i = 0; i < said->len; i++)
    g_string_append_printf (all, "%s %s%s: %s\n", ll_method_name (method), ll_state_name (state),
                            beside, (const char *) said->pdata[i]);
  if (warning != NULL)
    g_string_append_printf (all, "%s %s%s, warning: %s\n", ll_method_name (method),
                            ll_state_name (state), beside, warning);
}

/* Every way and state, alone and beside a copy that went open, or perhaps did, or did not. */
static void
test_always_said (void)
{
  static const LlState states[]
      = { LL_STATE_QUEUED, LL_STATE_SENT, LL_STATE_UNCERTAIN, LL_STATE_DROPPED };
  static const LlState others[] = { LL_STATE_SENT, LL_STATE_UNCERTAIN, LL_STATE_HELD };
  GString *all = g_string_new (NULL);

  for (guint method = LL_METHOD_TLS; method <= LL_METHOD_OPEN; method++)
    for (guint s = 0; s < G_N_ELEMENTS (states); s++)
      {
        add_said (all, method, states[s], LL_METHOD_NONE, LL_STATE_SENT);
        add_said (all, method, states[s], LL_METHOD_TLS, LL_STATE_SENT);
        for (guint o = 0; o < G_N_ELEMENTS (others); o++)
          add_said (all, method, states[s], LL_METHOD_OPEN, others[o]);
      }
  golden_check ("api/said.golden", all->str);
  g_string_free (all, TRUE);
}

/* What the mail program locked itself went open for nobody. */
static void
test_locked_before (void)
{
  static const LlFate fates[] = { { LL_METHOD_PGP, LL_STATE_SENT, LL_BOUND_CONTENT },
                                  { LL_METHOD_OPEN, LL_STATE_SENT, LL_BOUND_CONTENT } };
  g_autoptr (GPtrArray) said = ll_text_always_said (fates, 2, 0);

  g_assert_cmpuint (said->len, ==, 2);
  g_assert_null (ll_text_warning (fates, 2));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/golden", test_golden);
  g_test_add_func ("/text/lock", test_lock);
  g_test_add_func ("/text/always-said", test_always_said);
  g_test_add_func ("/text/locked-before", test_locked_before);
  return g_test_run ();
}
