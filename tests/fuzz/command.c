/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/command.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What a line gave is kept in the spool, and must be taken back from there. */
static void
check_kept (const LlEnvelope *envelope)
{
  g_autoptr (GVariant) variant = g_variant_ref_sink (ll_envelope_to_variant (envelope));
  g_autoptr (GError) error = NULL;
  g_autoptr (LlEnvelope) back = ll_envelope_from_variant (variant, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (back->sender, ==, envelope->sender);
}

static gboolean
same (const LlEnvelope *a, const LlEnvelope *b)
{
  g_autoptr (GVariant) one = g_variant_ref_sink (ll_envelope_to_variant (a));
  g_autoptr (GVariant) other = g_variant_ref_sink (ll_envelope_to_variant (b));

  return g_variant_equal (one, other);
}

/* Said in other words, it means the same. */
static void
check_mail_again (const LlEnvelope *envelope)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (LlEnvelope) again = ll_envelope_new ();
  g_auto (LlReply) refusal = { 0 };
  LlCommand command;

  g_string_append_printf (line, "mail from:<%s>", envelope->sender);
  if (envelope->envid != NULL)
    g_string_append_printf (line, "  ENVID=%s", envelope->envid);
  if (envelope->ret != NULL)
    g_string_append_printf (line, " ret=%s", envelope->ret);
  g_string_append_printf (line, "%s%s BODY=%s", envelope->requiretls ? " RequireTLS" : "",
                          envelope->smtputf8 ? "\tSMTPUTF8" : "",
                          envelope->body_8bit ? "8bitMIME" : "7bit");
  g_string_append_printf (line, " SIZE=%" G_GUINT64_FORMAT, envelope->size);
  g_assert_true (ll_command_parse (line->str, line->len, &command));
  g_assert_true (ll_command_read_mail (&command, TRUE, again, &refusal));
  g_assert_true (same (envelope, again));
}

static void
check_rcpt_again (const LlEnvelope *envelope)
{
  const LlRecipient *recipient = ll_envelope_recipient (envelope, 0);
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (LlEnvelope) again = ll_envelope_new ();
  g_auto (LlReply) refusal = { 0 };
  LlCommand command;

  g_string_append_printf (line, "rcpt to: <%s>", recipient->original);
  if (recipient->orcpt != NULL)
    g_string_append_printf (line, "\torcpt=%s", recipient->orcpt);
  if (recipient->notify != NULL)
    g_string_append_printf (line, " NOTIFY=%s ", recipient->notify);
  g_assert_true (ll_command_parse (line->str, line->len, &command));
  g_ptr_array_add (again->recipients, ll_command_read_rcpt (&command, &refusal));
  g_assert_nonnull (ll_envelope_recipient (again, 0));
  g_assert_true (same (envelope, again));
}

static void
check_bdat (const LlCommand *command)
{
  g_autofree char *text = ll_scan_dup (&command->arguments);
  g_autofree char *lower = g_ascii_strdown (text, -1);
  guint64 number;
  gboolean last;

  if (!ll_command_read_bdat (command, &number, &last))
    return;
  g_assert_cmpuint (number, <=, G_MAXINT64);
  g_assert_cmpuint (number, ==, g_ascii_strtoull (text, NULL, 10));
  g_assert_true (last == g_str_has_suffix (lower, "last"));
}

/* The bytes as arguments of each command that reads some, and as a whole line. */
static void
read_as (LlVerb verb, const char *bytes, gsize size)
{
  LlCommand command = { .verb = verb, .arguments = ll_scan (bytes, size) };
  g_autoptr (LlEnvelope) envelope = ll_envelope_new ();
  g_auto (LlReply) refusal = { 0 };
  LlRecipient *recipient;

  if (verb == LL_VERB_MAIL && ll_command_read_mail (&command, TRUE, envelope, &refusal))
    {
      check_kept (envelope);
      check_mail_again (envelope);
    }
  else if (verb == LL_VERB_MAIL)
    g_assert_cmpuint (refusal.code, >=, 500);
  else if (verb == LL_VERB_RCPT)
    {
      recipient = ll_command_read_rcpt (&command, &refusal);
      g_assert_true ((recipient == NULL) == (refusal.code >= 500));
      if (recipient == NULL)
        return;
      g_ptr_array_add (envelope->recipients, recipient);
      check_kept (envelope);
      check_rcpt_again (envelope);
    }
  else if (verb == LL_VERB_BDAT)
    check_bdat (&command);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *bytes = (const char *) data;
  LlCommand command;

  (void) ll_command_is_http (bytes, size);
  if (!ll_command_parse (bytes, size, &command))
    return 0;
  g_assert_true (command.arguments.at >= bytes && command.arguments.end <= bytes + size
                 && command.arguments.at <= command.arguments.end);
  read_as (command.verb, command.arguments.at, ll_scan_length (&command.arguments));
  /* so that the corpus need not spell the verb to get on */
  read_as (LL_VERB_MAIL, bytes, size);
  read_as (LL_VERB_RCPT, bytes, size);
  read_as (LL_VERB_BDAT, bytes, size);
  return 0;
}
