/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/text.h"
#include "cli/choices.h"
#include "cli/json.h"
#include "cli/letters.h"
#include "cli/table.h"

#include <stdio.h>
#include <string.h>

/* One letter in sentences: what was done, why, what is known and what is not. */

static void
print_meaning (const char *what, const char *word, const char *meaning)
{
  g_autofree char *padded = g_strdup_printf ("%-11s", what);
  g_autofree char *faint = ll_table_paint (LL_TONE_FAINT, padded);

  if (meaning != NULL)
    printf ("  %s %s: %s\n", faint, word, meaning);
}

#define PRINT_MEANING(recipient, prefix, Type)                                                     \
  G_STMT_START                                                                                     \
  {                                                                                                \
    const char *word = ll_text ((recipient), #prefix);                                             \
    Type value;                                                                                    \
                                                                                                   \
    if (ll_##prefix##_from_name (word, &value))                                                    \
      print_meaning (#prefix, word, ll_text_##prefix (value));                                     \
  }                                                                                                \
  G_STMT_END

static void
print_remedy (GVariant *letter, GVariant *recipient)
{
  const char *id = ll_text (letter, "id");
  const char *state = ll_text (recipient, "state");
  const char *next_try = ll_text (recipient, "next_try");

  if (strcmp (state, "held") == 0 && *next_try != '\0')
    printf ("  It is looked at again by itself, next at %s; or letterlock drop %s\n", next_try, id);
  else if (strcmp (state, "held") == 0)
    {
      printf ("  Decide; letterlock release %s looks at it again:\n", id);
      ll_choices_print (letter, recipient, "    ");
    }
  else if (strcmp (state, "uncertain") == 0)
    printf ("  It is not sent again by itself; letterlock retry %s does\n", id);
}

/* What is to be said of keys beside the reason: of the recipient's, and of your own. */
static void
print_keys (GVariant *recipient)
{
  static const struct
  {
    const char *part;
    const char *key;
    const char *sentence;
  } said[] = {
    { "lock", "note", "About the key that it is locked for" },
    { "lock", "unsigned", "Locked without your signature" },
    { "signature", "user_id", "Signed with your own key, and readable for everybody on the way" },
  };
  g_autoptr (GVariant) proof = ll_below (recipient, "proof");

  for (guint i = 0; proof != NULL && i < G_N_ELEMENTS (said); i++)
    {
      g_autoptr (GVariant) part
          = g_variant_lookup_value (proof, said[i].part, G_VARIANT_TYPE_VARDICT);
      g_autofree char *text = part != NULL ? ll_table_clean (ll_text (part, said[i].key)) : NULL;

      if (text != NULL && *text != '\0')
        printf ("  %s: %s\n", said[i].sentence, text);
    }
}

static void
explain_recipient (GVariant *letter, GVariant *recipient)
{
  g_autofree char *address = ll_table_clean (ll_text (recipient, "address"));
  g_autofree char *reason = ll_table_clean (ll_text (recipient, "reason"));
  g_autofree char *reply = ll_table_clean (ll_text (recipient, "reply"));
  g_autofree char *strong = ll_table_paint (LL_TONE_STRONG, address);

  printf ("\n%s\n", strong);
  if (*reason != '\0')
    {
      g_autoptr (GString) out = g_string_new ("  ");

      ll_table_wrap (out, LL_TONE_PLAIN, reason, 2, 2);
      fputs (out->str, stdout);
    }
  PRINT_MEANING (recipient, state, LlState);
  PRINT_MEANING (recipient, method, LlMethod);
  PRINT_MEANING (recipient, evidence, LlEvidence);
  PRINT_MEANING (recipient, why, LlWhy);
  PRINT_MEANING (recipient, code, LlCode);
  PRINT_MEANING (recipient, source, LlSource);
  PRINT_MEANING (recipient, bound, LlBound);
  if (strcmp (ll_text (recipient, "bound"), "requiretls") == 0)
    puts ("  Should it come back, the report may hold its header only, or get lost (REQUIRETLS); "
          "keep your copy");
  PRINT_MEANING (recipient, confidence, LlConfidence);
  if (ll_flag (recipient, "overridden"))
    puts ("  You accepted this domain as it is (letterlock override)");
  print_keys (recipient);
  if (*reply != '\0' && strcmp (reply, reason) != 0)
    printf ("  Last reply: %s\n", reply);
  print_remedy (letter, recipient);
}

int
ll_explain_run (int argc, char **argv)
{
  static const LlUsage usage = {
    .command = "explain",
    .arguments = "ID",
    .summary = "Why a letter was sent, held or refused, in sentences.",
    .min = 1,
    .max = 1,
  };
  g_auto (GStrv) left = NULL;
  g_autoptr (GVariant) letter = NULL;
  g_autoptr (GVariant) recipients = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  letter = ll_letters_take (left[0], FALSE, &status);
  if (letter == NULL)
    return status;
  printf ("Letter %s of %s\n", ll_text (letter, "id"), ll_text (letter, "time"));
  if (*ll_text (letter, "warning") != '\0')
    printf ("  Take care: %s\n", ll_text (letter, "warning"));
  recipients = ll_below (letter, "recipients");
  for (gsize i = 0; recipients != NULL && i < g_variant_n_children (recipients); i++)
    {
      g_autoptr (GVariant) recipient = g_variant_get_child_value (recipients, i);

      explain_recipient (letter, recipient);
      ll_letters_print_also (recipient, "  Also:");
    }
  return LL_EXIT_YES;
}
