/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/content.h"

#include "api/intl.h"
#include "base/error.h"
#include "base/limits.h"
#include "message/edits.h"
#include "deliver/result.h"
#include "wire/dots.h"

#include <string.h>

#define PIECE (16 * 1024)

/* How long a server that stopped reading may take to say why. */
#define LAST_WORDS 2000

struct _LlContent
{
  LlReader *reader; /* (not owned) */
  LlEdits *edits;
  LlStuff stuff;
  guint64 size;
  guint64 left; /* of a chunk: must come out at 0 */
  GString *edited;
  GString *stuffed;
};

LlContent *
ll_content_new (LlReader *reader, guint64 size, const GPtrArray *edits, GError **error)
{
  LlEdits *applied = ll_edits_new (edits, error);
  LlContent *content;

  if (applied == NULL)
    return NULL;
  content = g_new0 (LlContent, 1);
  content->reader = reader;
  content->edits = applied;
  content->size = ll_edits_size (applied, size);
  content->left = content->size;
  content->edited = g_string_sized_new (PIECE);
  content->stuffed = g_string_sized_new (PIECE);
  return content;
}

void
ll_content_free (LlContent *content)
{
  if (content == NULL)
    return;
  ll_edits_free (content->edits);
  g_string_free (content->edited, TRUE);
  g_string_free (content->stuffed, TRUE);
  g_free (content);
}

guint64
ll_content_size (const LlContent *content)
{
  return content->size;
}

/* Within the server's patience and ours. */
static LlDeadline
write_deadline (const LlSending *sending)
{
  return ll_deadline_earlier (sending->deadline, ll_deadline_in (LL_UPSTREAM_COMMAND));
}

/* The next piece into the flight. 0: that was all, -1: error. */
static gssize
next_piece (LlContent *content, const LlSending *sending, GError **error)
{
  char piece[PIECE];
  gssize got = ll_reader_read (content->reader, piece, sizeof piece, error);
  const GString *out = content->edited;

  if (got <= 0)
    return got;
  g_string_truncate (content->edited, 0);
  ll_edits_push (content->edits, piece, (gsize) got, content->edited);
  if (content->edited->len > content->left)
    {
      g_set_error_literal (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT,
                           "the letter is longer than it says");
      return -1;
    }
  content->left -= content->edited->len;
  if (!sending->chunked)
    {
      g_string_truncate (content->stuffed, 0);
      ll_stuff_feed (&content->stuff, content->edited->str, content->edited->len, content->stuffed);
      out = content->stuffed;
    }
  ll_client_queue_bytes (sending->client, out->str, out->len);
  return got;
}

/* Everything but the last bufferful, which stays in the flight: a chunk that is whole is taken. */
static gboolean
send_most (LlContent *content, const LlSending *sending, GError **error)
{
  gssize got = 1;

  if (sending->chunked
      && !ll_client_queue (sending->client, error, "BDAT %" G_GUINT64_FORMAT " LAST",
                           content->size))
    return FALSE;
  while (got > 0)
    {
      if (content->left > 0 && ll_client_queued (sending->client) >= LL_UPSTREAM_BUFFER
          && !ll_client_flush (sending->client, write_deadline (sending), sending->cancellable,
                               error))
        return FALSE;
      got = next_piece (content, sending, error);
    }
  if (got == 0 && content->left > 0)
    {
      g_set_error_literal (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT,
                           "the letter is shorter than it says");
      return FALSE;
    }
  return got == 0;
}

/* The server stopped reading; it may have said why. */
static LlResult *
last_words (const LlSending *sending, const GError *error)
{
  g_autoptr (LlServerReply) reply = NULL;

  if (error->domain == LL_STORE_ERROR)
    return ll_result_new (g_error_matches (error, LL_STORE_ERROR, LL_STORE_ERROR_LOCKED)
                              ? LL_OUTCOME_LOCKED
                          : g_error_matches (error, LL_STORE_ERROR, LL_STORE_ERROR_IO)
                              ? LL_OUTCOME_TEMPORARY
                              : LL_OUTCOME_REFUSED,
                          N_ ("the stored letter cannot be read: %s"), error->message);
  if (g_error_matches (error, LL_WIRE_ERROR, LL_WIRE_ERROR_CLOSED))
    reply
        = ll_client_read (sending->client, ll_deadline_in (LAST_WORDS), sending->cancellable, NULL);
  if (reply != NULL && reply->code >= 400)
    return ll_result_new_reply (reply->code >= 500 ? LL_OUTCOME_REFUSED : LL_OUTCOME_TEMPORARY,
                                reply);
  return ll_result_new_error (LL_OUTCOME_TEMPORARY, sending->host, error);
}

static LlResult *
uncertain (const LlSending *sending, const GError *error)
{
  return ll_result_new (LL_OUTCOME_UNCERTAIN,
                        N_ ("%s: %s after the whole letter was sent; whether it was taken is not "
                            "known"),
                        sending->host, error->message);
}

/* A shutdown does not make an answer uncertain that is only a moment away. */
static LlServerReply *
read_verdict (const LlSending *sending, GError **error)
{
  g_autoptr (GError) first = NULL;
  LlServerReply *reply = ll_client_read (sending->client, ll_deadline_in (LL_UPSTREAM_DOT),
                                         sending->cancellable, &first);

  if (reply == NULL && g_error_matches (first, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return ll_client_read (sending->client, ll_deadline_in (LL_UPSTREAM_DOT_GRACE), NULL, error);
  if (reply == NULL)
    g_propagate_error (error, g_steal_pointer (&first));
  return reply;
}

static LlResult *
send_last (LlContent *content, const LlSending *sending, gboolean *usable)
{
  g_autoptr (GString) dot = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (LlServerReply) reply = NULL;

  if (!sending->chunked)
    {
      /* all but the dot goes before the question: as long as it is not out, nothing is taken */
      if (!ll_client_flush (sending->client, write_deadline (sending), sending->cancellable,
                            &error))
        return last_words (sending, error);
      ll_stuff_finish (&content->stuff, dot);
      ll_client_queue_bytes (sending->client, dot->str, dot->len);
    }
  if (sending->before_dot != NULL && !sending->before_dot (sending->copy, sending->data))
    {
      ll_client_discard (sending->client);
      return ll_result_new (LL_OUTCOME_CANCELLED, N_ ("stopped before the letter was complete"));
    }
  if (!ll_client_flush (sending->client, ll_deadline_in (LL_UPSTREAM_COMMAND), NULL, &error))
    return uncertain (sending, error);
  reply = read_verdict (sending, &error);
  if (reply == NULL)
    return uncertain (sending, error);
  *usable = reply->code != 421;
  if (reply->code / 100 == 2)
    return ll_result_new_reply (LL_OUTCOME_SENT, reply);
  return ll_result_new_reply (reply->code >= 500 ? LL_OUTCOME_REFUSED : LL_OUTCOME_TEMPORARY,
                              reply);
}

LlResult *
ll_content_send (LlContent *content, const LlSending *sending, gboolean *usable)
{
  g_autoptr (GError) error = NULL;

  *usable = FALSE;
  if (!send_most (content, sending, &error))
    {
      LlResult *result = last_words (sending, error);

      ll_client_discard (sending->client);
      return result;
    }
  return send_last (content, sending, usable);
}
