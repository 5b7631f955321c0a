/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Mail to the user himself: a recipient will not get his letter, or it is still held. By IMAP
 * into his own mailbox where the account says how, else as a letter of our own through the
 * same journey (deliver/notice.h).
 */

#include "pipeline-private.h"

#include "api/intl.h"
#include "deliver/inbox.h"
#include "deliver/notice.h"

#include <string.h>

#define APPEND_DEADLINE 30000

static LlNoticeKind
kind_of (LlState state)
{
  switch (state)
    {
    case LL_STATE_HELD:
      return LL_NOTICE_HELD;
    case LL_STATE_UNCERTAIN:
      return LL_NOTICE_UNCERTAIN;
    case LL_STATE_QUEUED:
    case LL_STATE_WAITING:
      return LL_NOTICE_DELAYED;
    case LL_STATE_CHECKING:
    case LL_STATE_SENDING:
    case LL_STATE_SENT:
    case LL_STATE_REFUSED:
    case LL_STATE_DROPPED:
    case LL_STATE_BOUNCED:
    case LL_STATE_FAILED:
    case LL_STATE_EXPIRED:
    case LL_STATE_OPENED:
    case LL_STATE_REPLIED:
    case LL_STATE_RETRACTED:
      return LL_NOTICE_FAILED;
    }
  return LL_NOTICE_FAILED;
}

/* The first real address of the account; "*@domain" is nobody's mailbox. */
static const char *
address_of_user (const LlAccount *account, const LlLetter *letter)
{
  for (guint i = 0; account->addresses != NULL && account->addresses[i] != NULL; i++)
    if (account->addresses[i][0] != '*')
      return account->addresses[i];
  return letter->envelope->sender;
}

static char *
make_text (const LlLive *live, guint i, const char *to)
{
  const LlLetter *letter = live->letter;
  const LlProgress *progress = ll_letter_progress (letter, i);
  LlNoticeRecipient recipient = {
    .address = ll_envelope_recipient (letter->envelope, i)->address,
    .reason = progress->reason,
    .reply = progress->reply,
  };
  LlNotice notice = {
    .kind = kind_of (progress->state),
    .id = letter->id,
    .to = to,
    .now = ll_clock_now (),
    .received = letter->received,
    .message_id = live->facts != NULL ? live->facts->message_id : NULL,
    .recipients = &recipient,
    .n_recipients = 1,
  };

  return ll_notice_text (&notice);
}

static gboolean
append_by_imap (LlPipeline *pipeline, LlConfig *config, const LlAccount *account, const char *text)
{
  LlInbox mailbox = {
    .resolver = pipeline->parts.resolver,
    .secrets = pipeline->parts.secrets,
    .ca_file = config->ca_file,
    .proxy = config->proxy,
  };
  g_autoptr (GError) error = NULL;

  if (account->imap == NULL)
    return FALSE;
  if (ll_inbox_append (&mailbox, account, text, ll_deadline_in (APPEND_DEADLINE), pipeline->ended,
                       &error))
    return TRUE;
  g_warning ("a notice cannot be put into the mailbox of account %s: %s", account->name,
             error->message);
  return FALSE;
}

/* The notice as a letter: it goes to the user's own mailbox and has no secrets, so nothing about
 * the way there holds it that a person could not waive. */
static LlLetter *
make_letter (const LlAccount *account, const char *to, LlMessageFacts *facts)
{
  LlLetter *letter = ll_letter_new ();
  LlProgress *progress = ll_progress_new ();

  letter->received = ll_clock_now ();
  letter->account = g_strdup (account->name);
  letter->facts = g_variant_ref_sink (ll_message_facts_to_variant (facts));
  ll_envelope_free (letter->envelope);
  letter->envelope = ll_notice_envelope (to);
  ll_release_set (progress, LL_RELEASE_SEND);
  g_ptr_array_add (letter->progress, progress);
  return letter;
}

static gboolean
send_letter (LlPipeline *pipeline,
             LlConfig *config,
             const LlAccount *account,
             const char *to,
             const char *text,
             GError **error)
{
  LlIntake *intake = ll_store_begin (pipeline->parts.store, error);
  g_autoptr (LlMessageFacts) facts = NULL;
  g_autoptr (LlLetter) letter = NULL;
  g_autoptr (LlLive) live = NULL;

  if (intake == NULL)
    return FALSE;
  facts = ll_message_inspect (text, strlen (text), (const char *const *) config->tags, error);
  if (facts == NULL || !ll_intake_write (intake, text, strlen (text), error))
    {
      ll_intake_abandon (intake);
      return FALSE;
    }
  letter = make_letter (account, to, facts);
  letter->digest = ll_intake_digest (intake, account->name, letter->envelope);
  if (!ll_intake_commit (intake, letter, TRUE, error))
    return FALSE;
  live = ll_live_new (g_steal_pointer (&letter), g_steal_pointer (&facts));
  ll_pipeline_enter (pipeline, live);
  ll_pipeline_note (pipeline, live, "accepted", N_ ("a notice to you"));
  ll_pipeline_take (pipeline, live);
  return TRUE;
}

/* NOTIFY=NEVER: no report of a failure. That a letter is held is our own question to the user. */
static gboolean
is_unwanted (const LlLetter *letter, guint i)
{
  const char *notify = ll_envelope_recipient (letter->envelope, i)->notify;

  return notify != NULL && g_ascii_strcasecmp (notify, "NEVER") == 0
         && ll_letter_progress (letter, i)->state != LL_STATE_HELD;
}

static void
write_to_user (LlPipeline *pipeline, LlLive *live, guint i)
{
  g_autoptr (LlConfig) config = ll_pipeline_config (pipeline);
  const LlAccount *account = ll_config_account (config, live->letter->account);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  const char *to;

  /* nothing is ever reported about a report */
  if (account == NULL || *live->letter->envelope->sender == '\0')
    return;
  if (is_unwanted (live->letter, i))
    return;
  to = address_of_user (account, live->letter);
  text = make_text (live, i, to);
  if (append_by_imap (pipeline, config, account, text))
    return;
  /* with the mail program's own credentials there is no way to send by ourselves */
  if (account->auth == LL_AUTH_CLIENT)
    return;
  if (!send_letter (pipeline, config, account, to, text, &error))
    g_warning ("letter %s: the user cannot be told by mail: %s", live->letter->id, error->message);
}

gboolean
ll_pipeline_write_due (LlPipeline *pipeline, LlLive *live)
{
  gboolean any = FALSE;

  for (guint i = 0; i < live->letter->progress->len; i++)
    {
      LlProgress *progress = ll_letter_progress (live->letter, i);

      if (!ll_progress_has (progress, "mail_due"))
        continue;
      write_to_user (pipeline, live, i);
      ll_progress_unmark (progress, "mail_due");
      any = TRUE;
    }
  return any;
}
