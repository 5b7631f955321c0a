/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "secrets/wait.h"

static gpointer
wait_thread (gpointer data)
{
  LlWait *wait = data;

  g_mutex_lock (&wait->lock);
  while (!wait->over && !wait->expired)
    wait->expired = !g_cond_wait_until (&wait->ended, &wait->lock, wait->deadline) && !wait->over;
  g_mutex_unlock (&wait->lock);
  if (wait->expired)
    g_cancellable_cancel (wait->cancellable);
  return NULL;
}

static void
outer_cancelled_cb (GCancellable *outer, gpointer inner)
{
  g_cancellable_cancel (inner);
}

void
ll_wait_begin (LlWait *wait, int milliseconds, GCancellable *outer)
{
  *wait = (LlWait){
    .cancellable = g_cancellable_new (),
    .outer = outer,
    .deadline = ll_deadline_in (milliseconds),
  };
  g_mutex_init (&wait->lock);
  g_cond_init (&wait->ended);
  if (outer != NULL)
    wait->outer_id = g_cancellable_connect (outer, G_CALLBACK (outer_cancelled_cb),
                                            g_object_ref (wait->cancellable), g_object_unref);
  wait->thread = g_thread_new ("keyring-wait", wait_thread, wait);
}

gboolean
ll_wait_end (LlWait *wait)
{
  gboolean expired;

  g_mutex_lock (&wait->lock);
  wait->over = TRUE;
  g_cond_signal (&wait->ended);
  g_mutex_unlock (&wait->lock);
  g_thread_join (wait->thread);
  expired = wait->expired;
  if (wait->outer != NULL)
    g_cancellable_disconnect (wait->outer, wait->outer_id);
  g_mutex_clear (&wait->lock);
  g_cond_clear (&wait->ended);
  g_object_unref (wait->cancellable);
  return expired;
}
