/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/transfer.h"

#include <string.h>

CURL *
ll_transfer_new (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      curl_global_init (CURL_GLOBAL_DEFAULT);
      g_once_init_leave (&once, 1);
    }
  return curl_easy_init ();
}

struct curl_slist *
ll_transfer_pin (struct curl_slist *list, const char *host, guint port, char **addresses)
{
  g_autoptr (GString) entry = g_string_new (NULL);

  g_string_printf (entry, "%s:%u:", host, port);
  for (guint i = 0; addresses[i] != NULL; i++)
    {
      gboolean six = strchr (addresses[i], ':') != NULL;

      g_string_append_printf (entry, "%s%s%s%s", i > 0 ? "," : "", six ? "[" : "", addresses[i],
                              six ? "]" : "");
    }
  return curl_slist_append (list, entry->str);
}

static void
cancelled_cb (GCancellable *cancellable, gpointer multi)
{
  curl_multi_wakeup (multi);
}

/* Hands over what has ended. Returns whether to go on. */
static gboolean
collect (CURLM *multi, LlTransferDone done, gpointer data)
{
  CURLMsg *message;
  int left_over;

  while ((message = curl_multi_info_read (multi, &left_over)) != NULL)
    if (message->msg == CURLMSG_DONE && !done (message->easy_handle, message->data.result, data))
      return FALSE;
  return TRUE;
}

/* Through the multi interface, as only that can be woken up. */
void
ll_transfer_perform_many (CURL **curls,
                          guint n,
                          LlDeadline deadline,
                          GCancellable *cancellable,
                          LlTransferDone done,
                          gpointer data)
{
  CURLM *multi = curl_multi_init ();
  gulong handler = 0;
  int running = 1;

  for (guint i = 0; i < n; i++)
    curl_multi_add_handle (multi, curls[i]);
  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), multi, NULL);
  while (!g_cancellable_is_cancelled (cancellable)
         && curl_multi_perform (multi, &running) == CURLM_OK && collect (multi, done, data)
         && running > 0 && ll_deadline_left (deadline) > 0)
    curl_multi_poll (multi, NULL, 0, ll_deadline_left (deadline), NULL);
  g_cancellable_disconnect (cancellable, handler);
  for (guint i = 0; i < n; i++)
    curl_multi_remove_handle (multi, curls[i]);
  curl_multi_cleanup (multi);
}

static gboolean
keep_result (CURL *curl, CURLcode rc, gpointer data)
{
  *(CURLcode *) data = rc;
  return FALSE;
}

CURLcode
ll_transfer_perform (CURL *curl, LlDeadline deadline, GCancellable *cancellable)
{
  CURLcode rc = CURLE_ABORTED_BY_CALLBACK;

  ll_transfer_perform_many (&curl, 1, deadline, cancellable, keep_result, &rc);
  if (rc == CURLE_ABORTED_BY_CALLBACK && ll_deadline_left (deadline) == 0)
    rc = CURLE_OPERATION_TIMEDOUT;
  return rc;
}
