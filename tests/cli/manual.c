/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/names.h"
#include "cli/json.h"

#include <string.h>

/* Everything that the program prints as a word of its own is explained in letterlock.1. */

static char *manual = NULL;

static gboolean
is_word_byte (char byte)
{
  return g_ascii_isalnum (byte) || byte == '_' || byte == '-';
}

/* As a word of its own, not as a part of another. "\-" is how the page writes a dash. */
static gboolean
has_word (const char *word)
{
  for (const char *at = manual; (at = strstr (at, word)) != NULL; at++)
    if ((at == manual || !is_word_byte (at[-1])) && !is_word_byte (at[strlen (word)]))
      return TRUE;
  return FALSE;
}

static void
assert_word (const char *word)
{
  if (word != NULL && !has_word (word))
    g_assertion_message (NULL, __FILE__, __LINE__, word, "letterlock.1 does not explain it");
}

#define ASSERT_WORDS(prefix, Type, last)                                                           \
  for (guint i = 0; i <= (guint) (last); i++)                                                      \
  assert_word (ll_##prefix##_name ((Type) i))

static void
test_words (void)
{
  ASSERT_WORDS (evidence, LlEvidence, LL_EVIDENCE_UNKNOWN);
  ASSERT_WORDS (why, LlWhy, LL_WHY_OVERDUE);
  ASSERT_WORDS (source, LlSource, LL_SOURCE_PORTAL);
  ASSERT_WORDS (bound, LlBound, LL_BOUND_CONTENT);
  ASSERT_WORDS (confidence, LlConfidence, LL_CONFIDENCE_ASSURED);
  ASSERT_WORDS (method, LlMethod, LL_METHOD_OPEN);
  ASSERT_WORDS (state, LlState, LL_STATE_RETRACTED);
  ASSERT_WORDS (code, LlCode, LL_CODE_NO_SUCH_DOMAIN);
  ASSERT_WORDS (mode, LlMode, LL_MODE_ENCRYPT);
  ASSERT_WORDS (minimum, LlMinimum, LL_MINIMUM_ASSURED);
  ASSERT_WORDS (unknown, LlUnknown, LL_UNKNOWN_HOLD);
}

/* What the proof of a check holds (assess/finding.c), and the timeline's words. */
static void
test_proof_and_timeline (void)
{
  static const char *const words[] = { "mx",           "protocol", "cipher",
                                       "bits",         "key",      "certificate",
                                       "subject",      "issuer",   "fingerprint",
                                       "not_after",    "dane",     "tlsa",
                                       "tlsa_records", "policy",   "greeting",
                                       "mx_secure",    "seen",     "total",
                                       "requiretls",   "excluded", "suspected_downgrade",
                                       "was",          "provider", "listed",
                                       "note",         "reply",    "accepted",
                                       "received",     "changed",  "released",
                                       "dropped",      "retried",  "lost" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    assert_word (words[i]);
}

static void
assert_fields (const LlField *fields)
{
  for (; fields != NULL && fields->name != NULL; fields++)
    {
      assert_word (fields->name);
      assert_fields (fields->fields);
    }
}

static void
test_fields (void)
{
  static const LlField *const schemas[]
      = { ll_schema_status,   ll_schema_check,   ll_schema_preview, ll_schema_letter_with_events,
          ll_schema_access,   ll_schema_account, ll_schema_test,    ll_schema_rule,
          ll_schema_override, ll_schema_key,     ll_schema_option,  ll_schema_provider,
          ll_schema_sender,   ll_schema_doctor };

  for (guint i = 0; i < G_N_ELEMENTS (schemas); i++)
    assert_fields (schemas[i]);
}

/* Each command of the list that letterlock --help prints is in the page and in both completions. */
static void
test_commands (void)
{
  const char *folder = g_getenv ("LETTERLOCK_COMPLETIONS");
  g_autofree char *bash_file = g_build_filename (folder, "letterlock.bash", NULL);
  g_autofree char *zsh_file = g_build_filename (folder, "_letterlock", NULL);
  g_autofree char *bash = NULL;
  g_autofree char *zsh = NULL;
  g_autofree char *help = NULL;
  g_auto (GStrv) lines = NULL;
  const char *argv[] = { g_getenv ("LETTERLOCK"), "--help", NULL };
  guint n = 0;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &help, NULL,
                               NULL, NULL));
  g_assert_true (g_file_get_contents (bash_file, &bash, NULL, NULL));
  g_assert_true (g_file_get_contents (zsh_file, &zsh, NULL, NULL));
  lines = g_strsplit (help, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *word = NULL;

      if (!g_str_has_prefix (lines[i], "  "))
        continue;
      word = g_strndup (lines[i] + 2, strcspn (lines[i] + 2, " "));
      assert_word (word);
      g_assert_nonnull (strstr (bash, word));
      g_assert_nonnull (strstr (zsh, word));
      n++;
    }
  g_assert_cmpuint (n, >=, 20);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GString) text = g_string_new (NULL);
  int result;

  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_file_get_contents (g_getenv ("LETTERLOCK_MANUAL"), &manual, NULL, NULL));
  g_string_assign (text, manual);
  g_string_replace (text, "\\-", "-", 0);
  g_free (manual);
  manual = g_strdup (text->str);
  g_test_add_func ("/cli/manual/words", test_words);
  g_test_add_func ("/cli/manual/proof and timeline", test_proof_and_timeline);
  g_test_add_func ("/cli/manual/fields", test_fields);
  g_test_add_func ("/cli/manual/commands", test_commands);
  result = g_test_run ();
  g_free (manual);
  return result;
}
