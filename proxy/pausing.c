/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Pause: letters are taken and none leaves, until resume or for a while. It survives a restart: the
 * file "paused" in the state folder holds the time of its end, or nothing when it has none. */

#include "pipeline-private.h"

#include "base/clock.h"
#include "base/file.h"

#include <string.h>
#include <unistd.h>

/* A time and its line end are shorter; what is longer is not ours. */
#define FILE_MAX 64

static char *
path_of (LlPipeline *pipeline)
{
  return g_build_filename (pipeline->parts.state_folder, "paused", NULL);
}

/* Goes on by itself when the time has come. */
static void
go_on_at (LlPipeline *pipeline, gint64 until)
{
  if (until != LL_PAUSED_UNTIL_RESUME)
    ll_queue_add (pipeline->queue, LL_PIPELINE_RESUMING, LL_PIPELINE_RESUMING, until);
}

void
ll_pipeline_take_up_pause (LlPipeline *pipeline)
{
  g_autofree char *path = path_of (pipeline);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *end = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return;
  bytes = ll_file_load (path, FILE_MAX, NULL);
  end = bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes))
                      : g_strdup ("");
  /* a file that says nothing readable pauses: never the other way round */
  if (!ll_clock_parse (g_strstrip (end), &pipeline->paused_until))
    pipeline->paused_until = LL_PAUSED_UNTIL_RESUME;
  go_on_at (pipeline, pipeline->paused_until);
}

gint64
ll_pipeline_paused_until (LlPipeline *pipeline)
{
  gint64 until;

  g_mutex_lock (&pipeline->lock);
  until = pipeline->paused_until;
  g_mutex_unlock (&pipeline->lock);
  return until > ll_clock_now () ? until : 0;
}

static void
set (LlPipeline *pipeline, gint64 until)
{
  g_mutex_lock (&pipeline->lock);
  pipeline->paused_until = until;
  g_mutex_unlock (&pipeline->lock);
  ll_pipeline_tell (pipeline, LL_PIPELINE_STATE, NULL, NULL);
}

gboolean
ll_pipeline_pause (LlPipeline *pipeline, guint minutes, GError **error)
{
  gint64 until = minutes > 0 ? ll_clock_now () + minutes * 60 : LL_PAUSED_UNTIL_RESUME;
  g_autofree char *end = minutes > 0 ? ll_clock_format (until) : g_strdup ("");
  g_autofree char *path = path_of (pipeline);

  if (!ll_file_replace (path, end, strlen (end), error))
    return FALSE;
  set (pipeline, until);
  go_on_at (pipeline, until);
  return TRUE;
}

void
ll_pipeline_resume (LlPipeline *pipeline)
{
  g_autofree char *path = path_of (pipeline);

  unlink (path);
  set (pipeline, 0);
  ll_pipeline_wake (pipeline);
}

/* Its time may have been put off meanwhile. */
void
ll_pipeline_resume_if_due (LlPipeline *pipeline)
{
  gint64 until;

  g_mutex_lock (&pipeline->lock);
  until = pipeline->paused_until;
  g_mutex_unlock (&pipeline->lock);
  if (until == 0 || until == LL_PAUSED_UNTIL_RESUME)
    return;
  if (until <= ll_clock_now ())
    ll_pipeline_resume (pipeline);
  else
    go_on_at (pipeline, until);
}
