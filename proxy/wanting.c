/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Recipients whose copy cannot be made now, and what it waits for: a key, an engine, a disk. */

#include "pipeline-private.h"

#include "api/intl.h"
#include "base/error.h"
#include "base/limits.h"

/* Tried every few seconds for days, it is told once. */
static gboolean
is_news (LlLive *live, guint i, const char *reason)
{
  char **told = (char **) &g_ptr_array_index (live->waits, i);

  if (g_strcmp0 (*told, reason) == 0)
    return FALSE;
  g_free (*told);
  *told = g_strdup (reason);
  return TRUE;
}

void
ll_wait (LlPipeline *pipeline,
         LlLive *live,
         const GArray *recipients,
         const char *reason,
         gint64 next_try)
{
  gboolean tell = FALSE;

  for (guint i = 0; i < recipients->len; i++)
    {
      guint index = g_array_index (recipients, guint, i);
      LlProgress *progress = ll_letter_progress (live->letter, index);

      ll_progress_set (progress, LL_STATE_WAITING, reason);
      progress->next_try = next_try;
      tell |= is_news (live, index, reason);
    }
  if (!tell)
    return;
  ll_pipeline_note (pipeline, live, "waiting", reason);
  ll_pipeline_tell (pipeline, LL_PIPELINE_TROUBLE, live->letter->id, reason);
}

gboolean
ll_wants_time (LlPipeline *pipeline,
               LlLive *live,
               const GArray *recipients,
               const char *copy,
               const GError *error)
{
  g_autofree char *room
      = g_strdup_printf (N_ ("waiting for room on the disk for its %s copy"), copy);
  const struct
  {
    GQuark domain;
    int code;
    const char *reason;
    guint seconds; /* 0: until the user does something */
  } passing[] = {
    { LL_ENGINE_ERROR, LL_ENGINE_ERROR_LOCKED,
      N_ ("waiting for your key: it asks for your passphrase; letterlock retry asks"), 0 },
    { LL_ENGINE_ERROR, LL_ENGINE_ERROR_NO_AGENT,
      N_ ("waiting for your key: gpg-agent is not running"), LL_KEYRING_AGAIN },
    { LL_SECRET_ERROR, LL_SECRET_ERROR_LOCKED,
      N_ ("waiting for your key: the keyring that has it is locked"), LL_KEYRING_AGAIN },
    { LL_STORE_ERROR, LL_STORE_ERROR_FULL, room, LL_FULL_AGAIN },
  };

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return TRUE; /* the program ends: nothing is decided by it */
  for (guint i = 0; i < G_N_ELEMENTS (passing); i++)
    if (g_error_matches (error, passing[i].domain, passing[i].code))
      {
        ll_wait (pipeline, live, recipients, passing[i].reason,
                 passing[i].seconds > 0 ? ll_clock_now () + passing[i].seconds : 0);
        return TRUE;
      }
  return FALSE;
}
