/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a person decides, through the bus: release, drop, try again, pause. Each function is
 * called on a thread of the bus's pool and may block.
 */

#include "requests.h"

#include "api/intl.h"
#include "pipeline-private.h"

#include "base/error.h"
#include "base/file.h"

#include <string.h>
#include <unistd.h>

/* How long a step under way may keep a letter before the person is told to try again. */
#define CLAIM_WAIT 5000

/* -- taking a letter in hand ------------------------------------------------------------ */

/* Claims the letter; waits for a step under way. (transfer full) */
static LlLive *
take_in_hand (LlPipeline *pipeline, const char *id, GError **error)
{
  g_autoptr (LlLive) live = ll_pipeline_find (pipeline, id);
  g_autoptr (LlLive) still = NULL;

  if (live != NULL && !ll_store_claim_wait (pipeline->parts.store, id, ll_deadline_in (CLAIM_WAIT)))
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED, "letter %s is being sent just now",
                   id);
      return NULL;
    }
  /* the step that was waited for may have been its last */
  still = ll_pipeline_find (pipeline, id);
  if (still == NULL)
    {
      if (live != NULL)
        ll_store_release (pipeline->parts.store, id);
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED,
                   "letter %s is not waiting here any more", id);
      return NULL;
    }
  return g_steal_pointer (&live);
}

/* Saves, releases, and takes the next step. FALSE: a decision that is not on disk would be
 * forgotten with the program, so nobody is told that it was made. @error may be NULL. */
static gboolean
put_back (LlPipeline *pipeline, LlLive *live, GError **error)
{
  gboolean saved = ll_pipeline_save (pipeline, live, TRUE);

  if (!saved)
    g_set_error (error, LL_API_ERROR, LL_API_ERROR_FAILED,
                 "letter %s: this cannot be written to the disk, so it holds only until Letterlock "
                 "ends",
                 live->letter->id);
  ll_store_release (pipeline->parts.store, live->letter->id);
  ll_queue_add (pipeline->queue, live->letter->id, live->letter->account, 0);
  return saved;
}

static gboolean
is_meant (const LlRecipient *recipient, const char *const *recipients)
{
  if (recipients == NULL || recipients[0] == NULL)
    return TRUE;
  return g_strv_contains (recipients, recipient->address)
         || g_strv_contains (recipients, recipient->original);
}

/* Whether the decision that holds it lets a person send anyway (policy/decide.h). */
static gboolean
may_send_anyway (const LlProgress *progress)
{
  return ll_extra_flag (progress->extra, "may_send_anyway");
}

/* Whether the decision that holds it offers this lock (policy/decide.h). */
static gboolean
is_offered (const LlProgress *progress, LlMethod method)
{
  GVariant *value = ll_extra_get (progress->extra, "offers", G_VARIANT_TYPE_STRING_ARRAY);
  g_autofree const char **offers = value != NULL ? g_variant_get_strv (value, NULL) : NULL;

  return offers != NULL && g_strv_contains (offers, ll_method_name (method));
}

static LlRelease
release_of (LlMethod method)
{
  switch (method)
    {
    case LL_METHOD_OPEN:
      return LL_RELEASE_SEND;
    case LL_METHOD_PGP:
      return LL_RELEASE_PGP;
    case LL_METHOD_SMIME:
      return LL_RELEASE_SMIME;
    case LL_METHOD_ESCROW:
      return LL_RELEASE_ESCROW;
    case LL_METHOD_NONE:
    case LL_METHOD_TLS:
      return LL_RELEASE_NONE;
    }
  g_return_val_if_reached (LL_RELEASE_NONE);
}

static gboolean
may_release (const LlProgress *progress,
             const LlRecipient *recipient,
             LlMethod method,
             GError **error)
{
  switch (method)
    {
    case LL_METHOD_NONE:
    case LL_METHOD_TLS:
      return TRUE;
    case LL_METHOD_OPEN:
      if (!may_send_anyway (progress))
        g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED, "%s: not sent anyway: %s",
                     recipient->address,
                     progress->reason != NULL ? progress->reason : N_ ("its rule forbids it"));
      return may_send_anyway (progress);
    case LL_METHOD_PGP:
    case LL_METHOD_SMIME:
    case LL_METHOD_ESCROW:
      if (!is_offered (progress, method))
        g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED, "%s cannot be locked with %s: %s",
                     recipient->address, ll_method_name (method),
                     progress->reason != NULL ? progress->reason : N_ ("there is no key"));
      return is_offered (progress, method);
    }
  g_return_val_if_reached (FALSE);
}

static void
release_one (LlProgress *progress, LlMethod method)
{
  ll_release_set (progress, release_of (method));
  progress->decided = 0;
  progress->next_try = 0;
  progress->method = LL_METHOD_NONE;
  ll_progress_set (progress, LL_STATE_CHECKING, N_ ("released by you"));
}

/* The recipients that this is about; NULL where one of them may not be released: then none is. */
static GPtrArray *
find_releasable (const LlLetter *letter,
                 LlMethod method,
                 const char *const *recipients,
                 GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  for (guint i = 0; i < letter->progress->len; i++)
    {
      LlProgress *progress = ll_letter_progress (letter, i);
      const LlRecipient *recipient = ll_envelope_recipient (letter->envelope, i);

      if (!is_meant (recipient, recipients)
          || (progress->state != LL_STATE_HELD && progress->state != LL_STATE_WAITING
              && progress->state != LL_STATE_QUEUED))
        continue;
      if (!may_release (progress, recipient, method, error))
        return NULL;
      g_ptr_array_add (found, progress);
    }
  if (found->len > 0)
    return g_steal_pointer (&found);
  g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED, "letter %s has nobody held", letter->id);
  return NULL;
}

static gboolean
release (gpointer data,
         const char *id,
         LlMethod method,
         const char *const *recipients,
         const char *reason,
         GError **error)
{
  LlPipeline *pipeline = data;
  g_autoptr (LlLive) live = take_in_hand (pipeline, id, error);
  g_autoptr (GPtrArray) released = NULL;

  if (live == NULL)
    return FALSE;
  released = find_releasable (live->letter, method, recipients, error);
  for (guint i = 0; released != NULL && i < released->len; i++)
    release_one (g_ptr_array_index (released, i), method);
  if (released == NULL)
    {
      put_back (pipeline, live, NULL);
      return FALSE;
    }
  ll_pipeline_note (pipeline, live, "released", reason);
  return put_back (pipeline, live, error);
}

static gboolean
drop (gpointer data,
      const char *id,
      const char *const *recipients,
      const char *reason,
      GError **error)
{
  LlPipeline *pipeline = data;
  g_autoptr (LlLive) live = take_in_hand (pipeline, id, error);
  g_autofree char *sentence = NULL;
  g_autofree char *uncertain = NULL;
  guint dropped = 0;

  if (live == NULL)
    return FALSE;
  sentence = reason != NULL && *reason != '\0'
                 ? g_strdup_printf (N_ ("not sent, by you: %s"), reason)
                 : g_strdup (N_ ("not sent, by you"));
  uncertain = g_strdup_printf (N_ ("not tried again, by you; it may have arrived%s%s"),
                               reason != NULL && *reason != '\0' ? ": " : "",
                               reason != NULL ? reason : "");
  for (guint i = 0; i < live->letter->progress->len; i++)
    {
      LlProgress *progress = ll_letter_progress (live->letter, i);

      if (ll_state_is_final (progress->state)
          || !is_meant (ll_envelope_recipient (live->letter->envelope, i), recipients))
        continue;
      progress->next_try = 0;
      ll_progress_set (progress, LL_STATE_DROPPED,
                       progress->state == LL_STATE_UNCERTAIN ? uncertain : sentence);
      ll_progress_mark (progress, "told");
      dropped++;
    }
  if (dropped > 0)
    ll_pipeline_note (pipeline, live, "dropped", sentence);
  else
    g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED, "letter %s has nobody left to drop",
                 id);
  return put_back (pipeline, live, dropped > 0 ? error : NULL) && dropped > 0;
}

static gboolean
retry (gpointer data, const char *id, GError **error)
{
  LlPipeline *pipeline = data;
  g_autoptr (LlLive) live = take_in_hand (pipeline, id, error);
  guint n = 0;

  if (live == NULL)
    return FALSE;
  for (guint i = 0; i < live->letter->progress->len; i++)
    {
      LlProgress *progress = ll_letter_progress (live->letter, i);

      if (progress->state != LL_STATE_QUEUED && progress->state != LL_STATE_WAITING
          && progress->state != LL_STATE_UNCERTAIN
          && !(progress->state == LL_STATE_HELD && ll_progress_has (progress, "again")))
        continue;
      progress->decided = 0;
      progress->next_try = 0;
      progress->method = LL_METHOD_NONE;
      ll_progress_mark (progress, "ask"); /* he is there: his key may ask for its passphrase */
      ll_progress_set (progress, LL_STATE_CHECKING, N_ ("tried again by you"));
      n++;
    }
  if (n > 0)
    ll_pipeline_note (pipeline, live, "retried", NULL);
  else
    g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED, "letter %s has nobody to try again",
                 id);
  return put_back (pipeline, live, n > 0 ? error : NULL) && n > 0;
}

/* -- pause -------------------------------------------------------------------------------- */

static gboolean
pause_all (gpointer data, guint minutes, GError **error)
{
  return ll_pipeline_pause (data, minutes, error);
}

static gboolean
resume_all (gpointer data, GError **error)
{
  ll_pipeline_resume (data);
  return TRUE;
}

static LlConfig *
config (gpointer data)
{
  return ll_pipeline_config (data);
}

/* With a recipient in any of @states (bits). */
static guint
count_states (LlPipeline *pipeline, guint states)
{
  GHashTableIter iter;
  gpointer value;
  guint n = 0;

  g_mutex_lock (&pipeline->lock);
  g_hash_table_iter_init (&iter, pipeline->live);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    n += ((guint) g_atomic_int_get (&((LlLive *) value)->states) & states) != 0 ? 1 : 0;
  g_mutex_unlock (&pipeline->lock);
  return n;
}

static guint
count_letters (LlPipeline *pipeline, LlState state)
{
  return count_states (pipeline, 1u << state);
}

guint
ll_requests_unsent (LlPipeline *pipeline, gboolean *moving)
{
  const guint now = 1u << LL_STATE_CHECKING | 1u << LL_STATE_SENDING;

  *moving = count_states (pipeline, now) > 0;
  return count_states (pipeline, now | 1u << LL_STATE_WAITING | 1u << LL_STATE_QUEUED);
}

void
ll_requests_count (LlPipeline *pipeline, GVariantDict *status)
{
  gint64 paused = ll_pipeline_paused_until (pipeline);
  gboolean moving;

  g_variant_dict_insert (status, "held", "u", count_letters (pipeline, LL_STATE_HELD));
  g_variant_dict_insert (status, "waiting", "u", count_letters (pipeline, LL_STATE_WAITING));
  g_variant_dict_insert (status, "queued", "u", count_letters (pipeline, LL_STATE_QUEUED));
  g_variant_dict_insert (status, "unsent", "u", ll_requests_unsent (pipeline, &moving));
  g_variant_dict_insert (status, "uncertain", "u", count_letters (pipeline, LL_STATE_UNCERTAIN));
  g_variant_dict_insert (status, "paused", "b", paused != 0);
  if (paused != 0 && paused != LL_PAUSED_UNTIL_RESUME)
    {
      g_autofree char *until = ll_clock_format (paused);

      g_variant_dict_insert (status, "paused_until", "s", until);
    }
}

void
ll_requests_fill (LlBusActions *actions, LlPipeline *pipeline)
{
  LlListenerFactory factory = ll_pipeline_factory (pipeline);

  ll_enquiries_fill (actions);
  ll_people_fill (actions);
  ll_certificates_fill (actions);
  ll_permissions_fill (actions);
  ll_originals_fill (actions);
  actions->data = pipeline;
  actions->store = pipeline->parts.store;
  actions->network = pipeline->parts.network;
  actions->state_folder = pipeline->parts.state_folder;
  actions->config = config;
  actions->pause = pause_all;
  actions->resume = resume_all;
  actions->release = release;
  actions->drop = drop;
  actions->retry = retry;
  actions->submit_handler = factory.handler;
  actions->submit_close = factory.close;
}
