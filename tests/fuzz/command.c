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

/* The bytes as arguments of each command that reads some, and as a whole line. */
static void
read_as (LlVerb verb, const char *bytes, gsize size)
{
  LlCommand command = { .verb = verb, .arguments = ll_scan (bytes, size) };
  g_autoptr (LlEnvelope) envelope = ll_envelope_new ();
  g_auto (LlReply) refusal = { 0 };
  LlRecipient *recipient;
  guint64 number;
  gboolean last;

  if (verb == LL_VERB_MAIL)
    {
      if (ll_command_read_mail (&command, TRUE, envelope, &refusal))
        check_kept (envelope);
      else
        g_assert_cmpuint (refusal.code, >=, 500);
    }
  else if (verb == LL_VERB_RCPT)
    {
      recipient = ll_command_read_rcpt (&command, &refusal);
      g_assert_true ((recipient == NULL) == (refusal.code >= 500));
      if (recipient == NULL)
        return;
      g_ptr_array_add (envelope->recipients, recipient);
      check_kept (envelope);
    }
  else if (verb == LL_VERB_BDAT && ll_command_read_bdat (&command, &number, &last))
    g_assert_cmpuint (number, <=, G_MAXINT64);
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
