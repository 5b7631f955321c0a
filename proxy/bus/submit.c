/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "bus/call.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "wire/address.h"

#include <string.h>
#include <unistd.h>

/*
 * A letter that comes over the bus instead of SMTP, for `letterlock sendmail`: the same
 * handler takes it, so that the same rules hold. No password is needed, because the
 * socket lets in this user's processes only.
 *
 * All or nothing: when one recipient is refused, the letter is not taken, and the
 * caller hears who and why. Lines may end in LF, as sendmail's callers write them.
 */

#define CHUNK (32 * 1024)

/* What of the content the envelope must say before the first byte. */
typedef struct
{
  guint64 size;
  gboolean has_8bit;
  gboolean header_8bit;
  const char *fault;
} Scan;

static gboolean
scan_content (int fd, Scan *scan, GError **error)
{
  char bytes[CHUNK];
  gboolean in_header = TRUE;
  gboolean line_empty = TRUE;
  gssize n;

  if (lseek (fd, 0, SEEK_SET) != 0)
    return ll_file_set_error (error, "Cannot read the letter: it must be in a file: %m");
  while ((n = ll_file_read_full (fd, bytes, sizeof bytes, error)) > 0)
    {
      for (gssize i = 0; i < n; i++)
        {
          guchar byte = (guchar) bytes[i];

          if (byte == '\0')
            scan->fault = "the letter contains a NUL byte";
          if (byte >= 0x80)
            {
              scan->has_8bit = TRUE;
              scan->header_8bit |= in_header;
            }
          if (byte == '\n')
            {
              in_header &= !line_empty;
              line_empty = TRUE;
            }
          else if (byte != '\r')
            line_empty = FALSE;
        }
      scan->size += (guint64) n;
      if (scan->size > LL_MESSAGE_SIZE_MAX)
        scan->fault = "the letter is too large";
      if (scan->fault != NULL)
        break;
    }
  if (n < 0)
    return FALSE;
  if (lseek (fd, 0, SEEK_SET) != 0)
    return ll_file_set_error (error, "Cannot read the letter: %m");
  return TRUE;
}

/* -- handing it over --------------------------------------------------------------------- */

typedef struct
{
  const LlSessionHandler *handler;
  gpointer data;
  LlEnvelope *envelope;
  GVariantBuilder refused;
  guint n_refused;
} Submission;

static void
default_reply (LlReply *reply)
{
  ll_reply_set (reply, 451, "4.3.0", "No answer, try again later");
}

static void
add_refused (Submission *submission, const char *address, const LlReply *reply)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "address", "s", address);
  g_variant_dict_insert (&dict, "code", "u", reply->code);
  if (reply->enhanced[0] != '\0')
    g_variant_dict_insert (&dict, "enhanced", "s", reply->enhanced);
  g_variant_dict_insert (&dict, "text", "s", reply->text != NULL ? reply->text : "");
  g_variant_builder_add_value (&submission->refused, g_variant_dict_end (&dict));
  submission->n_refused++;
}

static void
offer_recipient (Submission *submission, const char *address, LlReply *reply)
{
  g_autoptr (GError) error = NULL;
  LlRecipient *recipient = ll_address_parse_recipient (address, &error);

  if (recipient == NULL)
    ll_reply_set (reply, 501, "5.1.3", "%s", error->message);
  else
    {
      default_reply (reply);
      submission->handler->rcpt (submission->data, submission->envelope, recipient, reply);
    }
  if (recipient != NULL && ll_reply_is_positive (reply))
    g_ptr_array_add (submission->envelope->recipients, recipient);
  else
    {
      add_refused (submission, address, reply);
      ll_recipient_free (recipient);
    }
}

/* LF alone becomes CRLF; a CR alone too, as local programs mean it. */
static void
normalise (GString *out, const char *bytes, gsize length, gboolean *after_cr)
{
  g_string_truncate (out, 0);
  for (gsize i = 0; i < length; i++)
    {
      if (*after_cr && bytes[i] != '\n')
        g_string_append_c (out, '\n');
      if (bytes[i] == '\n' && !*after_cr)
        g_string_append_c (out, '\r');
      g_string_append_c (out, bytes[i]);
      *after_cr = bytes[i] == '\r';
    }
}

/* FALSE with @error: the file could not be read. A full disk is the handler's own answer. */
static gboolean
hand_over_content (Submission *submission, int fd, GError **error)
{
  g_autoptr (GString) out = g_string_sized_new (CHUNK + CHUNK / 16);
  char bytes[CHUNK];
  gboolean after_cr = FALSE;
  gboolean kept = TRUE;
  char last = '\n';
  gssize n;

  while (kept && (n = ll_file_read_full (fd, bytes, sizeof bytes, error)) != 0)
    {
      if (n < 0)
        return FALSE;
      normalise (out, bytes, (gsize) n, &after_cr);
      kept = submission->handler->content (submission->data, out->str, out->len);
      last = bytes[n - 1];
    }
  if (kept && after_cr)
    submission->handler->content (submission->data, "\n", 1);
  else if (kept && last != '\n')
    submission->handler->content (submission->data, "\r\n", 2);
  return TRUE;
}

/* MAIL, RCPT, DATA, content, end; @reply: what the letter got. */
static gboolean
submit (Submission *submission, char **recipients, int fd, LlReply *reply, GError **error)
{
  const LlSessionHandler *handler = submission->handler;

  default_reply (reply);
  handler->mail (submission->data, submission->envelope, reply);
  if (!ll_reply_is_positive (reply))
    return TRUE;
  for (guint i = 0; recipients[i] != NULL; i++)
    offer_recipient (submission, recipients[i], reply);
  if (submission->n_refused > 0)
    {
      handler->reset (submission->data);
      ll_reply_set (reply, 550, "5.1.0", "Not sent: %u of %u recipients were refused",
                    submission->n_refused, g_strv_length (recipients));
      return TRUE;
    }
  ll_reply_set (reply, 354, NULL, "Go ahead");
  handler->data (submission->data, submission->envelope, reply);
  if (!ll_reply_is_positive (reply))
    {
      handler->reset (submission->data);
      return TRUE;
    }
  if (!hand_over_content (submission, fd, error))
    {
      handler->reset (submission->data);
      return FALSE;
    }
  ll_reply_set (reply, 451, "4.3.0", "The letter was not taken, try again later");
  handler->end (submission->data, submission->envelope, NULL, reply);
  return TRUE;
}

static GVariant *
answer (Submission *submission, const LlReply *reply)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "code", "u", reply->code);
  if (reply->enhanced[0] != '\0')
    g_variant_dict_insert (&dict, "enhanced", "s", reply->enhanced);
  g_variant_dict_insert (&dict, "text", "s", reply->text != NULL ? reply->text : "");
  g_variant_dict_insert_value (&dict, "refused", g_variant_builder_end (&submission->refused));
  return g_variant_dict_end (&dict);
}

static LlEnvelope *
make_envelope (const char *sender, char **recipients, const Scan *scan, GError **error)
{
  g_autoptr (LlEnvelope) envelope = ll_envelope_new ();
  guint n = g_strv_length (recipients);

  if (n == 0 || n > LL_RECIPIENTS_MAX)
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                   "A letter needs 1 to %d recipients, not %u", LL_RECIPIENTS_MAX, n);
      return NULL;
    }
  if (*sender != '\0')
    {
      g_auto (LlMailbox) mailbox = { NULL };

      if (!ll_address_parse_mailbox (sender, &mailbox, error))
        return NULL;
    }
  g_free (envelope->sender);
  envelope->sender = g_strdup (sender);
  envelope->size = scan->size;
  envelope->body_8bit = scan->has_8bit;
  envelope->smtputf8 = scan->header_8bit || !g_str_is_ascii (sender);
  for (guint i = 0; i < n; i++)
    envelope->smtputf8 |= !g_str_is_ascii (recipients[i]);
  return g_steal_pointer (&envelope);
}

static GVariant *
run_submission (LlBusCall *call,
                const char *account,
                LlEnvelope *envelope,
                char **recipients,
                int fd,
                GError **error)
{
  Submission submission = { .handler = call->actions->submit_handler, .envelope = envelope };
  g_auto (LlReply) reply = { 0 };
  GVariant *result = NULL;

  submission.data = call->actions->submit_open (call->actions->data, account, error);
  if (submission.data == NULL)
    return NULL;
  g_variant_builder_init (&submission.refused, G_VARIANT_TYPE ("aa{sv}"));
  if (submit (&submission, recipients, fd, &reply, error))
    result = answer (&submission, &reply);
  else
    g_variant_builder_clear (&submission.refused);
  /* promise 3: who is still there gets our answer; for who is gone, a repeat is a repeat */
  if (!g_cancellable_is_cancelled (call->cancellable))
    submission.handler->received (submission.data);
  call->actions->submit_close (submission.data);
  return result;
}

static GVariant *
submit_method (LlBusCall *call, GError **error)
{
  static const char *const known[] = { "account", NULL };
  g_autoptr (GVariant) options = NULL;
  g_autoptr (LlEnvelope) envelope = NULL;
  g_auto (GStrv) recipients = NULL;
  Scan scan = { 0 };
  const char *sender;
  const char *account;
  gint32 handle;
  LL_AUTO_FD fd = -1;

  g_variant_get (call->arguments, "(&s^as@a{sv}h)", &sender, &recipients, &options, &handle);
  if (!ll_bus_check_keys (options, known, error)
      || !ll_bus_take_text (options, "account", &account, error))
    return NULL;
  if (call->actions->submit_handler == NULL)
    return ll_bus_cannot (error, "take letters this way");
  fd = ll_bus_take_descriptor (call, handle, error);
  if (fd < 0 || !scan_content (fd, &scan, error))
    return NULL;
  if (scan.fault != NULL)
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID, "Not sent: %s", scan.fault);
      return NULL;
    }
  envelope = make_envelope (sender, recipients, &scan, error);
  if (envelope == NULL)
    return NULL;
  return ll_bus_reply (run_submission (call, account, envelope, recipients, fd, error));
}

const LlBusMethod ll_bus_submit_methods[] = {
  { "Submit", submit_method },
  { NULL, NULL },
};
