/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/letters.h"

#include "cli/json.h"
#include "cli/table.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PAGE 500

static GVariant *
query_variant (const LlLettersQuery *query, guint limit, const char *before)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  ll_dict_text (&dict, "state", query->state);
  ll_dict_list (&dict, "states", query->states);
  ll_dict_text (&dict, "address", query->address);
  ll_dict_text (&dict, "account", query->account);
  ll_dict_text (&dict, "since", query->since);
  ll_dict_text (&dict, "until", query->until);
  ll_dict_text (&dict, "before", before);
  g_variant_dict_insert (&dict, "limit", "u", limit);
  return g_variant_new ("(@a{sv})", g_variant_dict_end (&dict));
}

static void
reverse (GPtrArray *array)
{
  for (guint i = 0; i < array->len / 2; i++)
    {
      gpointer other = array->pdata[array->len - 1 - i];

      array->pdata[array->len - 1 - i] = array->pdata[i];
      array->pdata[i] = other;
    }
}

/* A search takes its time: a person sees how far it is, and what it could not look at. */
static void
tell_progress (GVariant *reply, guint *unreadable)
{
  g_autoptr (GVariant) progress = g_variant_get_child_value (reply, 2);
  g_autoptr (GVariant) next = g_variant_get_child_value (reply, 1);
  gboolean last = *g_variant_get_string (next, NULL) == '\0';

  *unreadable += (guint) MAX (ll_number (progress, "unreadable"), 0);
  if (isatty (STDERR_FILENO) && !last)
    fprintf (stderr, "\r%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " letters searched",
             ll_number (progress, "searched"), ll_number (progress, "total"));
  else if (isatty (STDERR_FILENO))
    fputs ("\r\033[K", stderr);
  if (last && *unreadable > 0)
    ll_complain ("%u kept letter%s could not be looked at: damaged, or %s key is gone", *unreadable,
                 *unreadable == 1 ? "" : "s", *unreadable == 1 ? "its" : "their");
}

/* The reply begins with letters and the "before" of the next page. */
static GVariant *
ask_page (
    const LlLettersQuery *query, guint limit, const char *before, guint *unreadable, int *status)
{
  g_autoptr (GVariant) page = g_variant_ref_sink (query_variant (query, limit, before));
  g_autoptr (GVariant) dictionary = g_variant_get_child_value (page, 0);
  GVariant *reply;

  if (query->search == NULL)
    return ll_ask ("ListLetters", page, LL_ASK_SHORT, status);
  reply = ll_ask ("SearchOriginals", g_variant_new ("(s@a{sv})", query->search, dictionary),
                  LL_ASK_LONG, status);
  if (reply != NULL)
    tell_progress (reply, unreadable);
  return reply;
}

GPtrArray *
ll_letters_fetch (const LlLettersQuery *query, int *status)
{
  g_autoptr (GPtrArray) letters = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autofree char *before = g_strdup ("");
  g_autofree char *last = NULL;
  guint unreadable = 0;

  do
    {
      guint left = query->limit > 0 ? query->limit - letters->len : PAGE;
      g_autoptr (GVariant) reply = ask_page (query, MIN (left, PAGE), before, &unreadable, status);
      g_autoptr (GVariant) page = NULL;

      if (reply == NULL)
        return NULL;
      g_free (last);
      last = before;
      page = g_variant_get_child_value (reply, 0);
      g_variant_get_child (reply, 1, "s", &before);
      for (gsize i = 0; i < g_variant_n_children (page); i++)
        g_ptr_array_add (letters, g_variant_get_child_value (page, i));
    }
  /* a page that does not lead on is the last */
  while (*before != '\0' && strcmp (before, last) != 0
         && (query->limit == 0 || letters->len < query->limit));
  reverse (letters);
  return g_steal_pointer (&letters);
}

char *
ll_letters_time (const char *time)
{
  g_autoptr (GDateTime) parsed = g_date_time_new_from_iso8601 (time, NULL);
  g_autoptr (GDateTime) local = parsed != NULL ? g_date_time_to_local (parsed) : NULL;

  return local != NULL ? g_date_time_format (local, "%Y-%m-%d %H:%M") : g_strdup (time);
}

static const char *const heads[]
    = { "id", "time", "to", "state", "method", "evidence", "reason", NULL };

static void
add_recipient (LlTable *table, GVariant *letter, GVariant *recipient, gboolean first)
{
  g_autofree char *id = g_strndup (ll_text (letter, "id"), 8);
  g_autofree char *time = ll_letters_time (ll_text (letter, "time"));
  const char *state_name = ll_text (recipient, "state");
  const char *evidence_name = ll_text (recipient, "evidence");
  g_autofree char *state = ll_state_word (state_name);
  g_autofree char *evidence = ll_evidence_word (evidence_name);

  ll_table_add (table, LL_TONE_STRONG, first ? id : " ");
  ll_table_add (table, LL_TONE_FAINT, first ? time : " ");
  ll_table_add (table, LL_TONE_PLAIN, ll_text (recipient, "address"));
  ll_table_add (table, ll_tone_of_state (state_name), state);
  ll_table_add (table, LL_TONE_PLAIN, ll_text (recipient, "method"));
  ll_table_add (table, ll_tone_of_evidence (evidence_name), evidence);
  ll_table_add (table, LL_TONE_PLAIN, ll_text (recipient, "reason"));
}

static void
add_letter (LlTable *table, GVariant *letter)
{
  g_autoptr (GVariant) recipients = ll_below (letter, "recipients");

  for (gsize i = 0; recipients != NULL && i < g_variant_n_children (recipients); i++)
    {
      g_autoptr (GVariant) recipient = g_variant_get_child_value (recipients, i);

      add_recipient (table, letter, recipient, i == 0);
    }
}

void
ll_letters_print (GPtrArray *letters)
{
  g_autoptr (LlTable) table = ll_table_new (heads);

  for (guint i = 0; i < letters->len; i++)
    {
      GVariant *letter = g_ptr_array_index (letters, i);

      if (ll_json_wanted)
        ll_json_print (letter, ll_schema_letter);
      else
        add_letter (table, letter);
    }
  ll_table_print (table);
}

void
ll_letters_print_one (GVariant *letter)
{
  g_autoptr (LlTable) table = ll_table_new (heads);
  g_autofree char *text = NULL;
  const char *body;

  if (ll_json_wanted)
    {
      ll_json_print (letter, ll_schema_letter);
      return;
    }
  add_letter (table, letter);
  text = ll_table_format (table);
  body = strchr (text, '\n'); /* without the head */
  fputs (body != NULL ? body + 1 : text, stdout);
  fflush (stdout);
}

void
ll_letters_print_also (GVariant *recipient, const char *prefix)
{
  g_autofree const char **also = NULL;
  guint column = (guint) strlen (prefix) + 1;

  g_variant_lookup (recipient, "also", "^a&s", &also);
  for (guint i = 0; also != NULL && also[i] != NULL; i++)
    {
      g_autoptr (GString) out = g_string_new (prefix);

      g_string_append_c (out, ' ');
      ll_table_wrap (out, LL_TONE_PLAIN, also[i], column, column);
      fputs (out->str, stdout);
    }
}

GVariant *
ll_letters_get (const char *id, int *status)
{
  return ll_ask_one ("GetLetter", g_variant_new ("(s)", id), LL_ASK_SHORT, status);
}

static GVariant *
without_subject (GVariant *letter)
{
  g_autoptr (GVariant) owned = letter;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (owned);

  g_variant_dict_remove (&dict, "subject");
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

GVariant *
ll_letters_take (const char *id, gboolean subject, int *status)
{
  GVariant *letter = ll_letters_get (id, status);

  if (letter != NULL && !subject)
    letter = without_subject (letter);
  if (letter == NULL || !ll_json_wanted)
    return letter;
  ll_json_print (letter, ll_schema_letter_with_events);
  g_variant_unref (letter);
  return NULL;
}
