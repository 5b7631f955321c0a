/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What I sent, readable: the originals of letters that left locked, for as long as [record]
 * says. A letter that did not leave locked is never among them.
 */

#include "pipeline-private.h"
#include "requests.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"
#include "message/search.h"
#include "record/ledger.h"
#include "spool/original.h"

#include <string.h>

/* How long a step under way may keep a letter. */
#define CLAIM_WAIT 5000

/* -- keeping --------------------------------------------------------------------------------- */

/* A signed copy can be read by everybody, its sender too. */
static gboolean
has_locked_copy (const LlProgress *progress)
{
  return ll_locked_copy (progress) > 0
         && (progress->method == LL_METHOD_PGP || progress->method == LL_METHOD_SMIME
             || progress->method == LL_METHOD_ESCROW);
}

/* Somebody was sent a locked copy, or may have been. What the user stopped before is not kept. */
static gboolean
left_locked (const LlLetter *letter)
{
  for (guint i = 0; i < letter->progress->len; i++)
    {
      const LlProgress *progress = ll_letter_progress (letter, i);
      gboolean stopped = progress->state == LL_STATE_DROPPED || progress->state == LL_STATE_REFUSED;

      if (has_locked_copy (progress) && (progress->tries > 0 || !stopped))
        return TRUE;
    }
  return FALSE;
}

gboolean
ll_keep_original (LlPipeline *pipeline, const LlLive *live)
{
  g_autoptr (GError) error = NULL;

  if (!left_locked (live->letter) || ll_originals_time (pipeline) == 0
      || ll_store_keep_original (pipeline->parts.store, live->letter, &error))
    return TRUE;
  g_warning ("letter %s: its original cannot be kept now and is tried again: %s", live->letter->id,
             error->message);
  return FALSE;
}

/* -- what a person is shown -------------------------------------------------------------------- */

static void
add_until (LlPipeline *pipeline, GVariantDict *dict, gint64 time)
{
  g_autofree char *until = ll_clock_format (time + ll_originals_time (pipeline));

  g_variant_dict_insert (dict, "original_until", "s", until);
}

GVariant *
ll_original_shown (LlPipeline *pipeline, GVariant *letter)
{
  g_autoptr (GVariant) owned = g_variant_take_ref (letter);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (owned);
  const char *id = "";
  gint64 time;

  g_variant_lookup (owned, "id", "&s", &id);
  time = ll_store_original_time (pipeline->parts.store, id);
  if (time > 0)
    add_until (pipeline, &dict, time);
  return g_variant_dict_end (&dict);
}

static GVariant *
originals (gpointer data, GError **error)
{
  LlPipeline *pipeline = data;
  g_autoptr (GPtrArray) all = ll_store_list_originals (pipeline->parts.store);
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < all->len; i++)
    {
      const LlOriginal *one = g_ptr_array_index (all, i);
      g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

      g_variant_dict_insert (&dict, "id", "s", one->id);
      add_until (pipeline, &dict, one->time);
      g_variant_builder_add_value (&list, g_variant_dict_end (&dict));
    }
  return g_variant_builder_end (&list);
}

/* -- reading --------------------------------------------------------------------------------- */

/* It left locked just now and is not done: others of its recipients are held, say. */
static LlReader *
read_from_spool (LlPipeline *pipeline, const char *id, GError **error)
{
  LlStore *store = pipeline->parts.store;
  g_autoptr (LlLive) live = NULL;
  LlReader *reader = NULL;

  if (!ll_store_claim_wait (store, id, ll_deadline_in (CLAIM_WAIT)))
    return ll_store_read_original (store, id, error);
  /* the step that was waited for may have been its last */
  live = ll_pipeline_find (pipeline, id);
  if (live == NULL || !left_locked (live->letter))
    reader = ll_store_read_original (store, id, error);
  else
    reader = ll_store_read (store, live->letter, error);
  ll_store_release (store, id);
  return reader;
}

static LlReader *
original (gpointer data, const char *id, GError **error)
{
  LlPipeline *pipeline = data;
  g_autoptr (GError) local = NULL;
  LlReader *reader = ll_store_read_original (pipeline->parts.store, id, &local);

  if (reader == NULL && g_error_matches (local, LL_STORE_ERROR, LL_STORE_ERROR_ABSENT))
    {
      g_clear_error (&local);
      reader = read_from_spool (pipeline, id, &local);
    }
  if (g_error_matches (local, LL_STORE_ERROR, LL_STORE_ERROR_ABSENT))
    g_set_error (error, LL_API_ERROR, LL_API_ERROR_NOT_FOUND,
                 "The original of letter %s is not kept: only what left locked is, for as long as "
                 "[record] originals says",
                 id);
  else if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return reader;
}

/* -- searching ------------------------------------------------------------------------------- */

static gboolean
has_address (GVariant *letter, const char *wanted)
{
  g_autoptr (GVariant) recipients
      = g_variant_lookup_value (letter, "recipients", G_VARIANT_TYPE ("aa{sv}"));
  g_autofree char *lower = g_ascii_strdown (wanted, -1);
  const char *from = "";
  g_autoptr (GString) all = NULL;
  g_autofree char *folded = NULL;

  g_variant_lookup (letter, "from", "&s", &from);
  all = g_string_new (from);
  for (gsize i = 0; recipients != NULL && i < g_variant_n_children (recipients); i++)
    {
      g_autoptr (GVariant) recipient = g_variant_get_child_value (recipients, i);
      const char *address = "";

      g_variant_lookup (recipient, "address", "&s", &address);
      g_string_append_printf (all, "\n%s", address);
    }
  folded = g_ascii_strdown (all->str, -1);
  return strstr (folded, lower) != NULL;
}

static gboolean
is_wanted (const LlLedgerQuery *query, const LlOriginal *original, GVariant *letter)
{
  const char *account = "";
  const char *state = "";

  g_variant_lookup (letter, "account", "&s", &account);
  g_variant_lookup (letter, "state", "&s", &state);
  return (query->since == 0 || original->time >= query->since)
         && (query->until == 0 || original->time < query->until)
         && (query->account == NULL || strcmp (query->account, account) == 0)
         && (query->state == NULL || strcmp (query->state, state) == 0)
         && (query->address == NULL || has_address (letter, query->address));
}

/* Those who got it are no part of it: Bcc is in its envelope alone. */
static void
add_recipients (LlSearch *search, GVariant *letter)
{
  g_autoptr (GVariant) recipients
      = g_variant_lookup_value (letter, "recipients", G_VARIANT_TYPE ("aa{sv}"));

  for (gsize i = 0; recipients != NULL && i < g_variant_n_children (recipients); i++)
    {
      g_autoptr (GVariant) recipient = g_variant_get_child_value (recipients, i);
      const char *address = "";

      g_variant_lookup (recipient, "address", "&s", &address);
      ll_search_feed_text (search, address);
    }
}

/* FALSE with @error: it cannot be read. */
static gboolean
says (LlStore *store, const char *id, GVariant *letter, LlSearch *search, GError **error)
{
  g_autoptr (LlReader) reader = ll_store_read_original (store, id, error);
  char bytes[16 * 1024];
  guint64 left = LL_SEARCH_LETTER_MAX;
  gssize got = 0;
  gboolean goes_on = TRUE;
  gboolean found;

  if (reader == NULL)
    return FALSE;
  ll_search_begin (search);
  add_recipients (search, letter);
  while (goes_on && left > 0
         && (got = ll_reader_read (reader, bytes, (gsize) MIN (left, sizeof bytes), error)) > 0)
    {
      goes_on = ll_search_feed (search, bytes, (gsize) got);
      left -= (guint64) got;
    }
  ll_secret_wipe (bytes, sizeof bytes);
  found = ll_search_finish (search);
  return got >= 0 && found;
}

typedef struct
{
  LlPipeline *pipeline;
  LlLedgerQuery query;
  LlSearch *search;
  GVariantBuilder letters;
  guint found;
  guint unreadable;
} Searching;

/* FALSE: nothing can be read now. */
static gboolean
search_one (Searching *searching, const LlOriginal *original, GError **error)
{
  LlPipeline *pipeline = searching->pipeline;
  g_autoptr (GVariant) letter = ll_ledger_get (pipeline->parts.ledger, original->id, NULL);
  g_autoptr (GError) local = NULL;

  if (letter == NULL || !is_wanted (&searching->query, original, letter))
    return TRUE;
  if (says (pipeline->parts.store, original->id, letter, searching->search, &local))
    {
      g_variant_builder_add_value (&searching->letters,
                                   ll_original_shown (pipeline, g_steal_pointer (&letter)));
      searching->found++;
    }
  if (g_error_matches (local, LL_STORE_ERROR, LL_STORE_ERROR_LOCKED))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  searching->unreadable += local != NULL;
  return TRUE;
}

/* Behind the one where the last answer ended. */
static guint
first_of (const GPtrArray *all, const char *before)
{
  for (guint i = 0; before != NULL && i < all->len; i++)
    if (strcmp (((const LlOriginal *) all->pdata[i])->id, before) == 0)
      return i + 1;
  return before != NULL ? all->len : 0;
}

static GVariant *
search (gpointer data,
        const char *text,
        GVariant *dictionary,
        GCancellable *cancellable,
        GError **error)
{
  LlPipeline *pipeline = data;
  g_autofree const char **strings = NULL;
  g_autoptr (GPtrArray) all = ll_store_list_originals (pipeline->parts.store);
  g_autoptr (LlSearch) wanted = ll_search_new (text, error);
  Searching searching = { .pipeline = pipeline, .search = wanted };
  g_auto (GVariantDict) progress = G_VARIANT_DICT_INIT (NULL);
  LlDeadline deadline = ll_deadline_in (LL_SEARCH_SLICE);
  guint at;

  if (wanted == NULL || !ll_ledger_query_parse (dictionary, &searching.query, &strings, error))
    return NULL;
  if (searching.query.states != NULL)
    {
      g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                           "What was sent is not searched by states");
      return NULL;
    }
  at = first_of (all, searching.query.before);
  g_variant_builder_init (&searching.letters, G_VARIANT_TYPE ("aa{sv}"));
  while (at < all->len && searching.found < searching.query.limit
         && ll_deadline_left (deadline) > 0)
    if (g_cancellable_set_error_if_cancelled (cancellable, error)
        || !search_one (&searching, g_ptr_array_index (all, at++), error))
      {
        g_variant_builder_clear (&searching.letters);
        return NULL;
      }
  g_variant_dict_insert (&progress, "searched", "u", at);
  g_variant_dict_insert (&progress, "total", "u", all->len);
  g_variant_dict_insert (&progress, "unreadable", "u", searching.unreadable);
  return g_variant_new ("(aa{sv}s@a{sv})", &searching.letters,
                        at > 0 && at < all->len ? ((LlOriginal *) all->pdata[at - 1])->id : "",
                        g_variant_dict_end (&progress));
}

void
ll_originals_fill (LlBusActions *actions)
{
  actions->original = original;
  actions->originals = originals;
  actions->search = search;
}
