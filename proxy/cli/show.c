/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/choices.h"
#include "cli/json.h"
#include "cli/letters.h"
#include "cli/table.h"

#include <stdio.h>
#include <string.h>

/* One letter: its recipients, the proof of each, and the timeline. */

static void
print_pair (const char *indent, const char *name, LlTone tone, const char *value)
{
  g_autoptr (GString) out = g_string_new (NULL);
  guint column;

  if (value == NULL || *value == '\0')
    return;
  column = (guint) strlen (indent) + 13;
  g_string_append_printf (out, "%s%-12s ", indent, name);
  ll_table_wrap (out, tone, value, column, column);
  fputs (out->str, stdout);
}

static void
print_value (const char *indent, const char *name, GVariant *value)
{
  g_autofree char *text = NULL;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    text = g_variant_dup_string (value, NULL);
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    text = g_strdup (g_variant_get_boolean (value) ? "yes" : "no");
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    {
      g_autofree const char **items = g_variant_get_strv (value, NULL);

      text = g_strjoinv (", ", (char **) items);
    }
  else if (!g_variant_is_container (value))
    text = g_variant_print (value, FALSE);
  print_pair (indent, name, LL_TONE_FAINT, text);
}

/* Simple values of the proof, in the order in which they were written. What is nested (the hosts
 * of a check) is for --json. */
static void
print_proof (GVariant *recipient)
{
  /* said above already */
  static const char *const above[]
      = { "lock", "signature", "domain", "evidence", "source", "code", "reply", NULL };
  static const char *const first[]
      = { "mx",          "protocol", "cipher",       "bits",        "key",
          "certificate", "subject",  "issuer",       "fingerprint", "not_after",
          "dane",        "tlsa",     "tlsa_records", "policy",      NULL };
  g_autoptr (GVariant) proof = ll_below (recipient, "proof");
  GVariantIter iter;
  const char *key;
  GVariant *value;

  if (proof == NULL || !g_variant_is_of_type (proof, G_VARIANT_TYPE_VARDICT)
      || g_variant_n_children (proof) == 0)
    return;
  puts ("    proof");
  for (guint i = 0; first[i] != NULL; i++)
    {
      g_autoptr (GVariant) known = g_variant_lookup_value (proof, first[i], NULL);

      if (known != NULL)
        print_value ("      ", first[i], known);
    }
  g_variant_iter_init (&iter, proof);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) owned = value;

      if (!g_strv_contains (above, key) && !g_strv_contains (first, key))
        print_value ("      ", key, owned);
    }
}

/* A dictionary of the proof, under its own head. */
static void
print_proof_part (GVariant *recipient, const char *key, const char *head, const char *const *names)
{
  g_autoptr (GVariant) proof = ll_below (recipient, "proof");
  g_autoptr (GVariant) part = NULL;

  if (proof != NULL && g_variant_is_of_type (proof, G_VARIANT_TYPE_VARDICT))
    part = g_variant_lookup_value (proof, key, G_VARIANT_TYPE_VARDICT);
  if (part == NULL)
    return;
  printf ("    %s\n", head);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (part, names[i], NULL);

      if (value != NULL)
        print_value ("      ", names[i], value);
    }
}

/* Whose key the content is locked for, and why that one; or with which key it was signed. */
static void
print_lock (GVariant *recipient)
{
  static const char *const lock[]
      = { "user_id", "fingerprint", "source",  "trust",    "algorithm", "issuer",
          "note",    "signer",      "subject", "unsigned", NULL };
  static const char *const signature[] = { "method", "user_id", "signer", NULL };

  print_proof_part (recipient, "lock", "lock", lock);
  print_proof_part (recipient, "signature", "signed by Letterlock", signature);
}

static void
print_evidence (GVariant *recipient)
{
  const char *evidence = ll_text (recipient, "evidence");
  const char *why = ll_text (recipient, "why");
  const char *source = ll_text (recipient, "source");
  g_autofree char *sign = ll_evidence_word (evidence);
  g_autofree char *text
      = g_strdup_printf ("%s%s%s%s%s%s", sign, *why != '\0' ? " (" : "", why,
                         *why != '\0' ? ")" : "", *source != '\0' ? ", " : "", source);

  if (*evidence != '\0')
    print_pair ("    ", "evidence", ll_tone_of_evidence (evidence), text);
}

static void
print_recipient (GVariant *letter, GVariant *recipient)
{
  const char *state = ll_text (recipient, "state");
  const char *confidence = ll_text (recipient, "confidence");
  g_autofree char *address = ll_table_clean (ll_text (recipient, "address"));
  g_autofree char *strong = ll_table_paint (LL_TONE_STRONG, address);
  g_autofree char *word = ll_state_word (state);
  g_autofree char *sure = ll_confidence_word (confidence);

  printf ("\n  %s\n", strong);
  print_pair ("    ", "state", ll_tone_of_state (state), word);
  if (ll_flag (recipient, "overridden"))
    print_pair ("    ", "overridden", LL_TONE_CARE, "yes: you accepted this domain as it is");
  print_pair ("    ", "method", LL_TONE_PLAIN, ll_text (recipient, "method"));
  print_evidence (recipient);
  print_pair ("    ", "bound", LL_TONE_PLAIN, ll_text (recipient, "bound"));
  if (*confidence != '\0')
    print_pair ("    ", "confidence", ll_tone_of_confidence (confidence), sure);
  print_pair ("    ", "reason", LL_TONE_PLAIN, ll_text (recipient, "reason"));
  ll_choices_print (letter, recipient, "    ");
  ll_letters_print_also (recipient, "    also        ");
  print_pair ("    ", "code", LL_TONE_FAINT, ll_text (recipient, "code"));
  print_pair ("    ", "next try", LL_TONE_PLAIN, ll_text (recipient, "next_try"));
  print_pair ("    ", "reply", LL_TONE_FAINT, ll_text (recipient, "reply"));
  print_lock (recipient);
  print_proof (recipient);
}

static void
print_events (GVariant *letter)
{
  g_autoptr (GVariant) events = ll_below (letter, "events");

  if (events == NULL || g_variant_n_children (events) == 0)
    return;
  puts ("\n  timeline");
  for (gsize i = 0; i < g_variant_n_children (events); i++)
    {
      g_autoptr (GVariant) event = g_variant_get_child_value (events, i);
      g_autofree char *what = ll_table_clean (ll_text (event, "event"));
      g_autoptr (GString) out = g_string_new (NULL);

      g_string_append_printf (out, "    %s  %-10s ", ll_text (event, "time"), what);
      ll_table_wrap (out, LL_TONE_PLAIN, ll_text (event, "text"), (guint) out->len, 37);
      fputs (out->str, stdout);
    }
}

/* What you sent is kept, where it left locked. */
static void
print_original (GVariant *letter)
{
  const char *until = ll_text (letter, "original_until");
  g_autofree char *text
      = g_strdup_printf ("kept until %.10s; letterlock show %s --original prints it", until,
                         ll_text (letter, "id"));

  if (*until != '\0')
    print_pair ("  ", "original", LL_TONE_PLAIN, text);
}

static void
print_letter (GVariant *letter)
{
  const char *state = ll_text (letter, "state");
  g_autofree char *strong = ll_table_paint (LL_TONE_STRONG, ll_text (letter, "id"));
  g_autofree char *word = ll_state_word (state);
  g_autoptr (GVariant) recipients = ll_below (letter, "recipients");

  printf ("letter %s\n", strong);
  print_pair ("  ", "state", ll_tone_of_state (state), word);
  print_pair ("  ", "time", LL_TONE_PLAIN, ll_text (letter, "time"));
  print_pair ("  ", "account", LL_TONE_PLAIN, ll_text (letter, "account"));
  print_pair ("  ", "from", LL_TONE_PLAIN, ll_text (letter, "from"));
  print_pair ("  ", "subject", LL_TONE_PLAIN, ll_text (letter, "subject"));
  print_pair ("  ", "message id", LL_TONE_PLAIN, ll_text (letter, "message_id"));
  print_pair ("  ", "take care", LL_TONE_CARE, ll_text (letter, "warning"));
  print_original (letter);
  for (gsize i = 0; recipients != NULL && i < g_variant_n_children (recipients); i++)
    {
      g_autoptr (GVariant) recipient = g_variant_get_child_value (recipients, i);

      print_recipient (letter, recipient);
    }
  print_events (letter);
}

int
ll_show_run (int argc, char **argv)
{
  gboolean original = FALSE;
  g_autofree char *file = NULL;
  const GOptionEntry entries[] = {
    { "original", 0, 0, G_OPTION_ARG_NONE, &original,
      "What you sent, of a letter that left locked, as your mail program wrote it", NULL },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &file, "With --original: into this new file",
      "FILE" },
    { NULL },
  };
  const LlUsage usage = {
    .command = "show",
    .arguments = "ID",
    .summary = "One letter: recipients, what is known of their way, proof, timeline.",
    .more = "ID: four digits or more. letterlock(1) explains every word.",
    .entries = entries,
    .min = 1,
    .max = 1,
  };
  g_auto (GStrv) left = NULL;
  g_autoptr (GVariant) letter = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  if (file != NULL && !original)
    return ll_usage_error ("show: --output goes with --original");
  if (original && ll_json_wanted)
    return ll_usage_error ("show: --original is a letter, not JSON");
  if (original)
    return ll_original_write (left[0], file);
  letter = ll_letters_take (left[0], TRUE, &status);
  if (letter != NULL)
    print_letter (letter);
  return status;
}
