/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/notice.h"

#include "base/clock.h"

#include <string.h>

#define BASE64_LINE 76

/* What is quoted comes from mail programs and servers: nothing of it may end a line. */
static char *
one_line (const char *text)
{
  char *line = g_utf8_make_valid (text, -1);

  for (char *at = line; *at != '\0'; at++)
    if ((guchar) *at < 0x20 || *at == 0x7f)
      *at = ' ';
  return line;
}

static const char *
subject_of (LlNoticeKind kind)
{
  switch (kind)
    {
    case LL_NOTICE_DELAYED:
      return "Not yet delivered";
    case LL_NOTICE_HELD:
      return "Held, waits for you";
    case LL_NOTICE_UNCERTAIN:
      return "Perhaps delivered, perhaps not";
    case LL_NOTICE_FAILED:
    default:
      return "Not delivered";
    }
}

static const char *
opening_of (LlNoticeKind kind)
{
  switch (kind)
    {
    case LL_NOTICE_DELAYED:
      return "This letter has not been delivered yet. Letterlock goes on trying; you need not do "
             "anything.";
    case LL_NOTICE_HELD:
      return "This letter is held and does not leave by itself. Decide in the window, or with\r\n"
             "  letterlock held";
    case LL_NOTICE_UNCERTAIN:
      return "The connection to your provider was lost after the whole letter was sent. Whether "
             "it was taken\r\nis not known, so it is not sent again by itself.";
    case LL_NOTICE_FAILED:
    default:
      return "This letter was not delivered to the recipients below. It is not tried again.";
    }
}

static void
add_quoted (GString *body, const char *label, const char *text)
{
  if (text == NULL || *text == '\0')
    return;
  g_autofree char *line = one_line (text);
  g_string_append_printf (body, "%s%s\r\n", label, line);
}

static char *
body_of (const LlNotice *notice)
{
  GString *body = g_string_new (opening_of (notice->kind));
  g_autofree char *received = ll_clock_format (notice->received);

  g_string_append (body, "\r\n\r\n");
  add_quoted (body, "Letter:     ", notice->id);
  add_quoted (body, "Taken:      ", received);
  add_quoted (body, "Message-ID: ", notice->message_id);
  add_quoted (body, "Subject:    ", notice->subject);
  for (gsize i = 0; i < notice->n_recipients; i++)
    {
      g_string_append (body, "\r\n");
      add_quoted (body, "To:         ", notice->recipients[i].address);
      add_quoted (body, "Reason:     ", notice->recipients[i].reason);
      add_quoted (body, "Provider:   ", notice->recipients[i].reply);
    }
  g_string_append_printf (body, "\r\nMore: letterlock explain %s\r\n", notice->id);
  return g_string_free (body, FALSE);
}

static void
append_base64 (GString *text, const char *body)
{
  g_autofree char *encoded = g_base64_encode ((const guchar *) body, strlen (body));

  for (const char *at = encoded; *at != '\0';)
    {
      gsize length = MIN (strlen (at), BASE64_LINE);

      g_string_append_len (text, at, (gssize) length);
      g_string_append (text, "\r\n");
      at += length;
    }
}

char *
ll_notice_text (const LlNotice *notice)
{
  GString *text = g_string_new (NULL);
  g_autofree char *body = body_of (notice);
  g_autofree char *date = ll_clock_format_mail (notice->now);
  g_autofree char *to = one_line (notice->to);
  g_autofree char *random = g_uuid_string_random ();
  const char *at = strrchr (to, '@');

  g_string_append_printf (text, "From: Letterlock <%s>\r\nTo: <%s>\r\n", to, to);
  g_string_append_printf (text, "Subject: %s (%s)\r\n", subject_of (notice->kind), notice->id);
  g_string_append_printf (text, "Date: %s\r\n", date);
  g_string_append_printf (text, "Message-ID: <%s%s>\r\n", random, at != NULL ? at : "@localhost");
  if (notice->message_id != NULL)
    {
      g_autofree char *original = one_line (notice->message_id);

      /* so that mail programs show it beside the letter */
      g_string_append_printf (text, "In-Reply-To: <%s>\r\nReferences: <%s>\r\n", original,
                              original);
    }
  g_string_append (text, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                         "Content-Type: text/plain; charset=UTF-8\r\n");
  if (g_str_is_ascii (body))
    g_string_append_printf (text, "Content-Transfer-Encoding: 7bit\r\n\r\n%s", body);
  else
    {
      g_string_append (text, "Content-Transfer-Encoding: base64\r\n\r\n");
      append_base64 (text, body);
    }
  return g_string_free (text, FALSE);
}

LlEnvelope *
ll_notice_envelope (const char *to)
{
  LlEnvelope *envelope = ll_envelope_new ();
  LlRecipient *recipient = g_new0 (LlRecipient, 1);
  const char *at = strrchr (to, '@');

  g_free (envelope->sender);
  envelope->sender = g_strdup ("");
  recipient->address = g_strdup (to);
  recipient->original = g_strdup (to);
  recipient->domain = g_ascii_strdown (at != NULL ? at + 1 : "", -1);
  recipient->notify = g_strdup ("NEVER");
  g_ptr_array_add (envelope->recipients, recipient);
  return envelope;
}
