/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "record/ledger.h"

#include <string.h>

/* Letters for the tests of this room, made by hand: they need nothing of the spool. */

G_GNUC_UNUSED static void
add_recipient (LlLetter *letter, const char *address, LlState state)
{
  LlRecipient *recipient = g_new0 (LlRecipient, 1);
  LlProgress *progress = ll_progress_new ();

  recipient->address = g_strdup (address);
  recipient->domain = g_strdup (strchr (address, '@') + 1);
  g_ptr_array_add (letter->envelope->recipients, recipient);
  progress->state = state;
  g_ptr_array_add (letter->progress, progress);
}

G_GNUC_UNUSED static void
recipient_free (LlRecipient *recipient)
{
  g_free (recipient->address);
  g_free (recipient->domain);
  g_free (recipient);
}

/* By hand: the test needs nothing of the spool. */
G_GNUC_UNUSED static LlLetter *
make_letter (const char *id, gint64 received)
{
  LlLetter *letter = g_new0 (LlLetter, 1);

  letter->id = g_strdup (id);
  letter->received = received;
  letter->account = g_strdup ("office");
  letter->message_id = g_strdup_printf ("m-%s@lab", id);
  letter->digest = g_strdup_printf ("digest-%s", id);
  letter->size = 1234;
  letter->envelope = g_new0 (LlEnvelope, 1);
  letter->envelope->sender = g_strdup ("me@office.lab");
  letter->envelope->recipients = g_ptr_array_new_with_free_func ((GDestroyNotify) recipient_free);
  letter->progress = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_progress_free);
  return letter;
}

G_GNUC_UNUSED static void
free_letter (LlLetter *letter)
{
  g_free (letter->id);
  g_free (letter->account);
  g_free (letter->message_id);
  g_free (letter->digest);
  g_free (letter->envelope->sender);
  g_ptr_array_unref (letter->envelope->recipients);
  g_free (letter->envelope);
  g_ptr_array_unref (letter->progress);
  g_free (letter);
}

G_GNUC_UNUSED static void
put (LlLedger *ledger, const char *id, gint64 received, const char *address, LlState state)
{
  LlLetter *letter = make_letter (id, received);

  add_recipient (letter, address, state);
  ll_ledger_put (ledger, letter, NULL);
  free_letter (letter);
}
