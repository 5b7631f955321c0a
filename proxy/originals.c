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
#include "record/ledger.h"
#include "spool/original.h"

#define DAY (24 * 60 * 60)

/* How long a step under way may keep a letter. */
#define CLAIM_WAIT 5000

/* -- keeping --------------------------------------------------------------------------------- */

/* Somebody was sent a locked copy, or may have been. What the user stopped before is not kept. */
static gboolean
left_locked (const LlLetter *letter)
{
  for (guint i = 0; i < letter->progress->len; i++)
    {
      const LlProgress *progress = ll_letter_progress (letter, i);
      gboolean stopped = progress->state == LL_STATE_DROPPED || progress->state == LL_STATE_REFUSED;

      if (ll_locked_copy (progress) > 0 && (progress->tries > 0 || !stopped))
        return TRUE;
    }
  return FALSE;
}

/* Seconds; 0: none are kept. What the ledger has forgotten is found by nobody. */
static guint
keeping_time (LlPipeline *pipeline)
{
  g_autoptr (LlConfig) config = ll_pipeline_config (pipeline);

  return config->retention > 0 ? MIN (config->originals, config->retention) : config->originals;
}

gboolean
ll_keep_original (LlPipeline *pipeline, const LlLive *live)
{
  g_autoptr (GError) error = NULL;

  if (!left_locked (live->letter) || keeping_time (pipeline) == 0
      || ll_store_keep_original (pipeline->parts.store, live->letter, &error))
    return TRUE;
  g_warning ("letter %s: its original cannot be kept now and is tried again: %s", live->letter->id,
             error->message);
  return FALSE;
}

void
ll_pipeline_prune (LlPipeline *pipeline)
{
  g_autoptr (LlConfig) config = ll_pipeline_config (pipeline);
  g_autoptr (GError) error = NULL;
  gint64 now = ll_clock_now ();
  guint time = keeping_time (pipeline);

  ll_store_prune_originals (pipeline->parts.store, time > 0 ? now - time : G_MAXINT64);
  if (config->retention > 0)
    ll_ledger_prune (pipeline->parts.ledger, now - (gint64) config->retention, &error);
  if (error != NULL)
    g_warning ("what is old stays in the ledger: %s", error->message);
  ll_queue_add (pipeline->queue, LL_PIPELINE_PRUNING, LL_PIPELINE_PRUNING, now + DAY);
}

/* -- what a person is shown -------------------------------------------------------------------- */

static void
add_until (LlPipeline *pipeline, GVariantDict *dict, gint64 time)
{
  g_autofree char *until = ll_clock_format (time + keeping_time (pipeline));

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

/* -- reading -------------------------------------------------------------------------------------
 */

/* It left locked just now and is not done: others of its recipients are held, say. */
static LlReader *
read_from_spool (LlPipeline *pipeline, const char *id, GError **error)
{
  LlStore *store = pipeline->parts.store;
  g_autoptr (LlLive) live = ll_pipeline_find (pipeline, id);
  LlReader *reader = NULL;

  if (live == NULL || !ll_store_claim_wait (store, id, ll_deadline_in (CLAIM_WAIT)))
    return ll_store_read_original (store, id, error);
  /* the step that was waited for may have been its last */
  if (live->closed || !left_locked (live->letter))
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

void
ll_originals_fill (LlBusActions *actions)
{
  actions->original = original;
  actions->originals = originals;
}
