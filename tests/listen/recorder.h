/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "listen/session.h"

#include <string.h>

/*
 * A handler that writes down what it is asked, and answers by the names in the
 * question: refused@ gets 550, later@ gets 450, nodata@ gets 451 at DATA, full@ cannot keep
 * content, bye@ ends the session. The password of "me" is "secret"; "later" gets 454.
 */

typedef struct
{
  GMutex lock;
  GString *events;  /* one line each */
  GString *content; /* of the letter that is coming in */
  GString *letters; /* all that were taken, one after the other */
  guint taken;
  gboolean full;
} Recorder;

static G_GNUC_UNUSED Recorder *
recorder_new (void)
{
  Recorder *recorder = g_new0 (Recorder, 1);

  g_mutex_init (&recorder->lock);
  recorder->events = g_string_new (NULL);
  recorder->content = g_string_new (NULL);
  recorder->letters = g_string_new (NULL);
  return recorder;
}

static G_GNUC_UNUSED void
recorder_free (Recorder *recorder)
{
  g_string_free (recorder->events, TRUE);
  g_string_free (recorder->content, TRUE);
  g_string_free (recorder->letters, TRUE);
  g_mutex_clear (&recorder->lock);
  g_free (recorder);
}

static gboolean
recorder_answer (const char *name, LlReply *reply)
{
  if (g_str_has_prefix (name, "refused"))
    ll_reply_set (reply, 550, "5.1.1", "%s: no", name);
  else if (g_str_has_prefix (name, "later"))
    ll_reply_set (reply, 450, "4.2.0", "%s: later", name);
  else if (g_str_has_prefix (name, "bye"))
    ll_reply_set (reply, 421, "4.3.2", "%s: closing", name);
  else
    return FALSE;
  return TRUE;
}

static void
recorder_auth (gpointer data, const char *login, const LlSecret *password, LlReply *reply)
{
  Recorder *recorder = data;

  g_string_append_printf (recorder->events, "auth %s\n", login);
  if (strcmp (login, "later") == 0)
    ll_reply_set (reply, 454, "4.7.0", "Provider not reached");
  else if (strcmp (login, "me") == 0 && ll_secret_equal (password, "secret", 6))
    ll_reply_set (reply, 235, "2.7.0", "Signed in");
  else
    ll_reply_set (reply, 535, "5.7.8", "Wrong user name or password");
}

static void
recorder_mail (gpointer data, const LlEnvelope *envelope, LlReply *reply)
{
  Recorder *recorder = data;

  g_string_append_printf (recorder->events, "mail <%s>", envelope->sender);
  if (envelope->size != 0)
    g_string_append_printf (recorder->events, " size=%" G_GUINT64_FORMAT, envelope->size);
  if (envelope->body_8bit)
    g_string_append (recorder->events, " 8bit");
  if (envelope->smtputf8)
    g_string_append (recorder->events, " utf8");
  if (envelope->requiretls)
    g_string_append (recorder->events, " requiretls");
  if (envelope->ret != NULL)
    g_string_append_printf (recorder->events, " ret=%s", envelope->ret);
  if (envelope->envid != NULL)
    g_string_append_printf (recorder->events, " envid=%s", envelope->envid);
  g_string_append_c (recorder->events, '\n');
  g_string_truncate (recorder->content, 0);
  recorder->full = g_str_has_prefix (envelope->sender, "full");
  if (!recorder_answer (envelope->sender, reply))
    ll_reply_set (reply, 250, "2.1.0", "Sender taken");
}

static void
recorder_rcpt (gpointer data,
               const LlEnvelope *envelope,
               const LlRecipient *recipient,
               LlReply *reply)
{
  Recorder *recorder = data;

  g_string_append_printf (recorder->events, "rcpt <%s>", recipient->address);
  if (recipient->notify != NULL)
    g_string_append_printf (recorder->events, " notify=%s", recipient->notify);
  if (recipient->orcpt != NULL)
    g_string_append_printf (recorder->events, " orcpt=%s", recipient->orcpt);
  if (envelope->smtputf8)
    g_string_append (recorder->events, " utf8");
  g_string_append_c (recorder->events, '\n');
  if (!recorder_answer (recipient->address, reply))
    ll_reply_set (reply, 250, "2.1.5", "Recipient taken");
}

static void
recorder_data (gpointer data, const LlEnvelope *envelope, LlReply *reply)
{
  if (g_str_has_prefix (envelope->sender, "nodata"))
    ll_reply_set (reply, 451, "4.3.0", "No data now");
}

static gboolean
recorder_content (gpointer data, const char *bytes, gsize length)
{
  Recorder *recorder = data;

  if (recorder->full)
    return FALSE;
  g_string_append_len (recorder->content, bytes, (gssize) length);
  return TRUE;
}

static void
recorder_end (gpointer data, const LlEnvelope *envelope, const char *fault, LlReply *reply)
{
  Recorder *recorder = data;

  if (fault != NULL)
    {
      g_string_append (recorder->events, "fault\n");
      return;
    }
  g_string_append_printf (recorder->events, "letter %u recipients %" G_GSIZE_FORMAT " bytes\n",
                          envelope->recipients->len, recorder->content->len);
  if (recorder->full)
    {
      ll_reply_set (reply, 452, "4.3.1", "The disk is full");
      return;
    }
  g_mutex_lock (&recorder->lock);
  recorder->taken++;
  g_string_append_len (recorder->letters, recorder->content->str, (gssize) recorder->content->len);
  g_mutex_unlock (&recorder->lock);
  ll_reply_set (reply, 250, "2.0.0", "Taken as %04x", recorder->taken);
}

static void
recorder_reset (gpointer data)
{
  g_string_append (((Recorder *) data)->events, "reset\n");
}

static void
recorder_received (gpointer data)
{
  g_string_append (((Recorder *) data)->events, "received\n");
}

static void
recorder_changed (gpointer data, gboolean bare_lf, gboolean last_crlf)
{
  g_string_append_printf (((Recorder *) data)->events, "changed%s%s\n", bare_lf ? " bare-lf" : "",
                          last_crlf ? " last-crlf" : "");
}

static G_GNUC_UNUSED const LlSessionHandler recorder_handler = {
  .auth = recorder_auth,
  .mail = recorder_mail,
  .rcpt = recorder_rcpt,
  .data = recorder_data,
  .content = recorder_content,
  .end = recorder_end,
  .reset = recorder_reset,
  .received = recorder_received,
  .changed = recorder_changed,
};
