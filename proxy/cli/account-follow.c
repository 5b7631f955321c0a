/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/account.h"

/* A call that takes its time, and says meanwhile how far it is. */

typedef struct
{
  GMainLoop *loop;
  GVariant *result;
  GError *error;
} Answer;

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;
  g_autoptr (GVariant) reply = ll_bus_client_call_finish (result, &answer->error);

  answer->result = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
  g_main_loop_quit (answer->loop);
}

GVariant *
ll_account_follow (const char *method,
                   GVariant *arguments,
                   const char *signal,
                   LlBusClientSignal progress,
                   gpointer data,
                   int milliseconds,
                   int *status)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (arguments);
  Answer answer = { NULL };
  LlBusClient *daemon = ll_daemon (&answer.error);
  guint subscription;

  if (daemon == NULL)
    {
      *status = ll_fail (answer.error);
      return NULL;
    }
  answer.loop = g_main_loop_new (NULL, FALSE);
  subscription = ll_bus_client_subscribe (daemon, signal, progress, data);
  ll_bus_client_call_async (daemon, method, owned, NULL, milliseconds, NULL, answered_cb, &answer);
  g_main_loop_run (answer.loop);
  ll_bus_client_unsubscribe (daemon, subscription);
  g_main_loop_unref (answer.loop);
  if (answer.result == NULL)
    *status = ll_fail (answer.error);
  return answer.result;
}
