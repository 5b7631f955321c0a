/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/names.h"

#define CHECK_NAMES(Type, prefix, last)                                                            \
  for (guint i = 0; i <= (guint) (last); i++)                                                      \
    {                                                                                              \
      const char *name = ll_##prefix##_name ((Type) i);                                            \
      Type back = (Type) 0;                                                                        \
                                                                                                   \
      if (name == NULL)                                                                            \
        {                                                                                          \
          g_assert_cmpuint (i, ==, 0);                                                             \
          continue;                                                                                \
        }                                                                                          \
      g_assert_true (ll_##prefix##_from_name (name, &back));                                       \
      g_assert_cmpuint ((guint) back, ==, i);                                                      \
      for (const char *c = name; *c != '\0'; c++)                                                  \
        g_assert_true (g_ascii_islower (*c) || g_ascii_isdigit (*c) || *c == '-');                 \
      g_assert_false (ll_##prefix##_from_name ("no such word", &back));                            \
      g_assert_false (ll_##prefix##_from_name (NULL, &back));                                      \
      g_assert_cmpuint ((guint) back, ==, i);                                                      \
    }

static void
test_round_trip (void)
{
  CHECK_NAMES (LlEvidence, evidence, LL_EVIDENCE_UNKNOWN)
  CHECK_NAMES (LlWhy, why, LL_WHY_OVERDUE)
  CHECK_NAMES (LlSource, source, LL_SOURCE_PORTAL)
  CHECK_NAMES (LlBound, bound, LL_BOUND_CONTENT)
  CHECK_NAMES (LlConfidence, confidence, LL_CONFIDENCE_ASSURED)
  CHECK_NAMES (LlMethod, method, LL_METHOD_OPEN)
  CHECK_NAMES (LlState, state, LL_STATE_RETRACTED)
  CHECK_NAMES (LlCode, code, LL_CODE_NO_SUCH_DOMAIN)
  CHECK_NAMES (LlMode, mode, LL_MODE_ENCRYPT)
}

/* They are in ledgers and spools: these numbers are for ever. */
static void
test_numbers (void)
{
  g_assert_cmpint (LL_EVIDENCE_PLAIN, ==, 0);
  g_assert_cmpint (LL_EVIDENCE_DANE, ==, 6);
  g_assert_cmpint (LL_EVIDENCE_UNKNOWN, ==, 9);
  g_assert_cmpint (LL_WHY_OVERDUE, ==, 8);
  g_assert_cmpint (LL_METHOD_OPEN, ==, 5);
  g_assert_cmpint (LL_STATE_SENT, ==, 5);
  g_assert_cmpint (LL_STATE_UNCERTAIN, ==, 6);
  g_assert_cmpint (LL_STATE_RETRACTED, ==, 14);
  g_assert_cmpint (LL_BOUND_CONTENT, ==, 6);
}

static void
test_order (void)
{
  g_assert_true (ll_evidence_is_ordered (LL_EVIDENCE_PLAIN));
  g_assert_true (ll_evidence_is_ordered (LL_EVIDENCE_DANE));
  g_assert_false (ll_evidence_is_ordered (LL_EVIDENCE_NOMAIL));
  g_assert_false (ll_evidence_is_ordered (LL_EVIDENCE_BROKEN));
  g_assert_false (ll_evidence_is_ordered (LL_EVIDENCE_UNKNOWN));
}

static void
test_state_of_letter (void)
{
  static const struct
  {
    LlState states[3];
    gsize n;
    LlState whole;
  } cases[] = {
    { { LL_STATE_SENT }, 1, LL_STATE_SENT },
    { { LL_STATE_SENT, LL_STATE_HELD }, 2, LL_STATE_HELD },
    { { LL_STATE_HELD, LL_STATE_UNCERTAIN }, 2, LL_STATE_UNCERTAIN },
    { { LL_STATE_QUEUED, LL_STATE_FAILED, LL_STATE_SENT }, 3, LL_STATE_FAILED },
    { { LL_STATE_SENDING, LL_STATE_CHECKING }, 2, LL_STATE_CHECKING },
    { { LL_STATE_OPENED, LL_STATE_SENT }, 2, LL_STATE_SENT },
    { { LL_STATE_REPLIED }, 1, LL_STATE_REPLIED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (ll_state_of_letter (cases[i].states, cases[i].n), ==, cases[i].whole);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/names/round-trip", test_round_trip);
  g_test_add_func ("/names/numbers", test_numbers);
  g_test_add_func ("/names/order", test_order);
  g_test_add_func ("/names/state-of-letter", test_state_of_letter);
  return g_test_run ();
}
