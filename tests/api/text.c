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
test_always_said (void)
{
  static const LlMethod methods[]
      = { LL_METHOD_TLS, LL_METHOD_PGP, LL_METHOD_OPEN, LL_METHOD_NONE };
  static const guint said[] = { 1, 3, 0, 0 };
  static const LlMethod locked[] = { LL_METHOD_ESCROW, LL_METHOD_TLS };

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (GPtrArray) lines = ll_text_always_said (methods, G_N_ELEMENTS (methods), i);

      g_assert_cmpuint (lines->len, ==, said[i]);
    }
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GPtrArray) lines = ll_text_always_said (locked, 2, i);

      g_assert_cmpuint (lines->len, ==, i == 0 ? 2 : 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/golden", test_golden);
  g_test_add_func ("/text/lock", test_lock);
  g_test_add_func ("/text/always-said", test_always_said);
  return g_test_run ();
}
