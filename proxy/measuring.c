/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * `account test --onward`: what the provider does with letters that it cannot deliver over
 * verified TLS (deliver/onward.h). Looks at the test addresses, writes to them, and reads in the
 * user's mailbox what came of it. Called on a thread of the bus's pool; blocks.
 */

#include "pipeline-private.h"

#include "api/intl.h"
#include "deliver/inbox.h"
#include "wire/address.h"

#include "base/error.h"
#include "base/limits.h"

#include <string.h>

#define CHECK_DEADLINE 20000
#define SEND_DEADLINE 60000
#define LOOK_DEADLINE 30000

/* Between two looks into the mailbox. */
#define PAUSE_MILLISECONDS 3000

typedef struct
{
  LlPipeline *pipeline;
  LlConfig *config;
  const LlAccount *account;
  LlBusProgress step;
  gpointer data;
  GCancellable *cancellable;
} Test;

static void G_GNUC_PRINTF (4, 5)
    say (const Test *test, const char *step, gboolean ok, const char *format, ...)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *detail = NULL;
  va_list arguments;

  va_start (arguments, format);
  detail = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_variant_dict_insert (&dict, "step", "s", step);
  g_variant_dict_insert (&dict, "ok", "b", ok);
  g_variant_dict_insert (&dict, "detail", "s", detail);
  test->step (g_variant_dict_end (&dict), test->data);
}

/* -- whom to write to ------------------------------------------------------------------------ */

/* Only where TLS is missing, or does not verify, can anything be learned. */
static gboolean
look_at (const Test *test, const LlRecipient *recipient, LlEvidence *sight, GError **error)
{
  g_autoptr (LlVerdict) verdict
      = ll_assess_check (test->pipeline->parts.assess, recipient->domain,
                         ll_deadline_in (CHECK_DEADLINE), test->cancellable, NULL, NULL);
  gboolean seen = verdict->source == LL_SOURCE_SEEN || verdict->source == LL_SOURCE_PORTAL;

  if (g_cancellable_set_error_if_cancelled (test->cancellable, error))
    return FALSE;
  *sight = verdict->evidence;
  if (*sight == LL_EVIDENCE_UNKNOWN || verdict->source == LL_SOURCE_LISTED)
    {
      *sight = LL_EVIDENCE_UNKNOWN;
      say (test, "look", TRUE, N_ ("%s: its mail server cannot be seen from here"),
           recipient->domain);
      return TRUE;
    }
  if (seen && (*sight == LL_EVIDENCE_PLAIN || *sight == LL_EVIDENCE_OPP))
    {
      say (test, "look", TRUE, "%s: %s", recipient->domain,
           *sight == LL_EVIDENCE_PLAIN ? N_ ("its mail server offers no TLS")
                                       : N_ ("its mail server offers TLS that does not verify"));
      return TRUE;
    }
  g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID,
               "%s: nothing can be learned there (%s); name an address whose mail server offers no "
               "TLS, or a certificate that does not verify",
               recipient->address, ll_evidence_name (verdict->evidence));
  return FALSE;
}

static const char *
sender_of (const LlAccount *account)
{
  for (guint i = 0; account->addresses != NULL && account->addresses[i] != NULL; i++)
    if (account->addresses[i][0] != '*')
      return account->addresses[i];
  return NULL;
}

/* -- writing --------------------------------------------------------------------------------- */

static LlOnwardLetter *
make_letter (const Test *test, const LlRecipient *recipient, LlEvidence sight, gboolean requiretls)
{
  LlOnwardLetter *letter = g_new0 (LlOnwardLetter, 1);
  g_autofree char *uuid = g_uuid_string_random ();
  g_auto (GStrv) words = g_strsplit (uuid, "-", -1);

  letter->token = g_strjoinv ("", words);
  letter->account = g_strdup (test->account->name);
  letter->server = ll_onward_server (test->account);
  letter->address = g_strdup (recipient->address);
  letter->sight = sight;
  letter->requiretls = requiretls;
  letter->sent = ll_clock_now ();
  return letter;
}

/* What the provider refuses for good is an answer already; what it may take later is none. */
static gboolean
write_one (const Test *test,
           const LlRecipient *recipient,
           LlEvidence sight,
           gboolean requiretls,
           GError **error)
{
  g_autoptr (LlOnwardLetter) letter = make_letter (test, recipient, sight, requiretls);
  g_autofree char *token = g_strdup (letter->token);
  g_autoptr (LlResult) result
      = ll_upstream_send_onward (test->pipeline->parts.upstream, test->account, letter,
                                 sender_of (test->account), ll_deadline_in (SEND_DEADLINE),
                                 test->cancellable);
  const char *condition = requiretls ? "with REQUIRETLS" : N_ ("without a condition");

  if (result->outcome != LL_OUTCOME_SENT && result->outcome != LL_OUTCOME_REFUSED)
    {
      g_set_error (error, LL_DELIVER_ERROR, LL_DELIVER_ERROR_TEMPORARY, "%s %s: %s",
                   recipient->address, condition, result->text);
      return FALSE;
    }
  if (!ll_onward_book_put (test->pipeline->onward, g_steal_pointer (&letter), error))
    return FALSE;
  say (test, "send", TRUE, "%s, %s", recipient->address, condition);
  if (result->outcome == LL_OUTCOME_REFUSED)
    ll_onward_book_settle (test->pipeline->onward, token,
                           ll_onward_is_tls (result->enhanced) ? LL_ONWARD_NO_TLS
                                                               : LL_ONWARD_RETURNED,
                           result->text);
  return TRUE;
}

static gboolean
write_to (const Test *test, const char *address, gboolean requiretls, GError **error)
{
  g_autoptr (LlRecipient) recipient = ll_address_parse_recipient (address, error);
  LlEvidence sight;

  if (recipient == NULL)
    {
      g_prefix_error (error, "%s: ", address);
      return FALSE;
    }
  return look_at (test, recipient, &sight, error)
         && write_one (test, recipient, sight, FALSE, error)
         && (!requiretls || write_one (test, recipient, sight, TRUE, error));
}

/* -- reading --------------------------------------------------------------------------------- */

static gboolean
look_for (const Test *test, const LlOnwardLetter *letter, GError **error)
{
  LlInbox mailbox = {
    .resolver = test->pipeline->parts.resolver,
    .secrets = test->pipeline->parts.secrets,
    .ca_file = test->config->ca_file,
    .proxy = test->config->proxy,
  };
  g_autoptr (GPtrArray) found
      = ll_inbox_find (&mailbox, test->account, letter->token, ll_deadline_in (LOOK_DEADLINE),
                       test->cancellable, error);
  LlOnwardOutcome outcome = LL_ONWARD_OPEN;

  for (guint i = 0; found != NULL && i < found->len && outcome == LL_ONWARD_OPEN; i++)
    {
      GBytes *message = g_ptr_array_index (found, i);
      g_autofree char *detail = NULL;

      outcome = ll_onward_read (g_bytes_get_data (message, NULL), g_bytes_get_size (message),
                                letter->token, letter->address, &detail);
      if (outcome != LL_ONWARD_OPEN)
        ll_onward_book_settle (test->pipeline->onward, letter->token, outcome, detail);
    }
  return found != NULL;
}

/* *open: how many have no answer after this look. */
static gboolean
look_for_all (const Test *test, guint *open, GError **error)
{
  g_autoptr (GPtrArray) letters = ll_onward_book_letters (test->pipeline->onward, test->account);

  for (guint i = 0; i < letters->len; i++)
    {
      const LlOnwardLetter *letter = g_ptr_array_index (letters, i);

      if (letter->outcome == LL_ONWARD_OPEN && !look_for (test, letter, error))
        return FALSE;
    }
  *open = ll_onward_book_judge (test->pipeline->onward, test->account, ll_clock_now ()).open;
  return TRUE;
}

/* FALSE: the caller went away. */
static gboolean
pause_between (const Test *test)
{
  GPollFD fd;

  if (!g_cancellable_make_pollfd (test->cancellable, &fd))
    return FALSE;
  g_poll (&fd, 1, PAUSE_MILLISECONDS);
  g_cancellable_release_fd (test->cancellable);
  return !g_cancellable_is_cancelled (test->cancellable);
}

static gboolean
wait_for_answers (const Test *test, guint wait, GError **error)
{
  LlDeadline end = ll_deadline_in ((gint64) wait * 1000);
  guint open = 0;

  do
    if (!look_for_all (test, &open, error))
      return FALSE;
  while (open > 0 && ll_deadline_left (end) > 0 && pause_between (test));
  return TRUE;
}

/* -- what it came to ------------------------------------------------------------------------- */

static const char *
words_of (LlOnwardOutcome outcome)
{
  switch (outcome)
    {
    case LL_ONWARD_ARRIVED:
      return N_ ("it was delivered");
    case LL_ONWARD_NO_TLS:
      return N_ ("it was not delivered, because of TLS");
    case LL_ONWARD_RETURNED:
      return N_ ("it was not delivered, but not because of TLS: that shows nothing");
    case LL_ONWARD_OPEN:
      break;
    }
  return N_ ("no answer yet");
}

static void
say_letters (const Test *test)
{
  g_autoptr (GPtrArray) letters = ll_onward_book_letters (test->pipeline->onward, test->account);

  for (guint i = 0; i < letters->len; i++)
    {
      const LlOnwardLetter *letter = g_ptr_array_index (letters, i);

      say (test, "answer", letter->outcome != LL_ONWARD_OPEN, "%s%s: %s%s%s", letter->address,
           letter->requiretls ? " with REQUIRETLS" : "", words_of (letter->outcome),
           letter->detail != NULL ? ": " : "", letter->detail != NULL ? letter->detail : "");
    }
}

static void
say_measured (const Test *test, const LlOnward *onward)
{
  if (onward->requiretls == LL_KEPT_YES)
    say (test, "measured", TRUE, N_ ("your provider keeps to REQUIRETLS"));
  if (onward->declared == LL_KEPT_YES)
    say (test, "measured", TRUE,
         N_ ("your provider returns letters that it cannot deliver over TLS, as you declared"));
  if (onward->returns && !test->account->declared)
    say (test, "suggestion", TRUE,
         N_ ("your provider returned a letter for want of TLS; if it always does, say so: "
             "letterlock account edit %s --declared encrypted"),
         test->account->name);
}

static gboolean
conclude (const Test *test, GError **error)
{
  LlOnward onward = ll_onward_book_judge (test->pipeline->onward, test->account, ll_clock_now ());

  say_letters (test);
  say_measured (test, &onward);
  if (onward.requiretls == LL_KEPT_NO)
    g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_REFUSED,
                         "your provider delivered a letter in spite of its condition, REQUIRETLS");
  else if (onward.declared == LL_KEPT_NO)
    g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_REFUSED,
                         "your provider delivered a letter that you declared it would return");
  else if (onward.requiretls == LL_KEPT_YES || onward.declared == LL_KEPT_YES)
    return TRUE;
  else if (onward.open > 0)
    g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED,
                 "no answer yet to %u %s; look again later: letterlock account test %s --onward",
                 onward.open, onward.open == 1 ? "letter" : "letters", test->account->name);
  else
    g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_REFUSED,
                         "nothing was measured: no letter shows what binds your provider");
  return FALSE;
}

static gboolean
check_account (const LlAccount *account, const char *name, GError **error)
{
  if (account == NULL)
    g_set_error (error, LL_API_ERROR, LL_API_ERROR_NOT_FOUND, "no account is called %s", name);
  else if (account->imap == NULL)
    g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                 "what becomes of the letters is read in your mailbox: letterlock account edit %s "
                 "--imap HOST:PORT",
                 name);
  else if (account->auth != LL_AUTH_PASSWORD || sender_of (account) == NULL)
    g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                 "account %s has no password of its own, or no address that can get an answer",
                 name);
  else
    return TRUE;
  return FALSE;
}

gboolean
ll_measure (gpointer data,
            const char *name,
            const char *const *addresses,
            guint wait,
            LlBusProgress step,
            gpointer step_data,
            GCancellable *cancellable,
            GError **error)
{
  LlPipeline *pipeline = data;
  g_autoptr (LlConfig) config = ll_pipeline_config (pipeline);
  const LlAccount *account = ll_config_account (config, name);
  Test test = { pipeline, config, account, step, step_data, cancellable };
  gboolean requiretls;

  if (!check_account (account, name, error)
      || !ll_upstream_test (pipeline->parts.upstream, account, NULL, NULL,
                            ll_deadline_in (SEND_DEADLINE), cancellable, error))
    return FALSE;
  requiretls = ll_upstream_offers (pipeline->parts.upstream, account).requiretls;
  if (addresses[0] != NULL && !requiretls)
    say (&test, "offers", TRUE, N_ ("your provider does not offer REQUIRETLS"));
  for (guint i = 0; addresses[i] != NULL; i++)
    if (!write_to (&test, addresses[i], requiretls, error))
      return FALSE;
  return wait_for_answers (&test, wait, error) && conclude (&test, error);
}

/* -- what is known --------------------------------------------------------------------------- */

static GVariant *
letter_to_variant (const LlOnwardLetter *letter)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *sent = ll_clock_format (letter->sent);

  g_variant_dict_insert (&dict, "address", "s", letter->address);
  g_variant_dict_insert (&dict, "sent", "s", sent);
  g_variant_dict_insert (&dict, "evidence", "s", ll_evidence_name (letter->sight));
  g_variant_dict_insert (&dict, "requiretls", "b", letter->requiretls);
  g_variant_dict_insert (&dict, "outcome", "s", ll_onward_outcome_name (letter->outcome));
  if (letter->detail != NULL)
    g_variant_dict_insert (&dict, "detail", "s", letter->detail);
  return g_variant_dict_end (&dict);
}

static void
add_onward (GVariantDict *dict, const LlOnward *onward)
{
  g_autofree char *time = ll_clock_format (onward->time);
  g_autofree char *until = NULL;

  if (onward->requiretls != LL_KEPT_UNKNOWN)
    g_variant_dict_insert (dict, "requiretls", "s", ll_kept_name (onward->requiretls));
  if (onward->declared != LL_KEPT_UNKNOWN)
    g_variant_dict_insert (dict, "declared", "s", ll_kept_name (onward->declared));
  g_variant_dict_insert (dict, "open", "u", onward->open);
  if (time == NULL)
    return;
  until = ll_clock_format (onward->time + LL_ONWARD_SECONDS);
  g_variant_dict_insert (dict, "time", "s", time);
  g_variant_dict_insert (dict, "until", "s", until);
}

GVariant *
ll_measured (gpointer data, const char *name)
{
  LlPipeline *pipeline = data;
  g_autoptr (LlConfig) config = ll_pipeline_config (pipeline);
  const LlAccount *account = ll_config_account (config, name);
  g_autoptr (GPtrArray) letters
      = account != NULL ? ll_onward_book_letters (pipeline->onward, account) : NULL;
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  LlOnward onward;

  if (letters == NULL || letters->len == 0)
    return NULL;
  onward = ll_onward_judge (letters, account, ll_clock_now ());
  add_onward (&dict, &onward);
  for (guint i = 0; i < letters->len; i++)
    g_variant_builder_add_value (&list, letter_to_variant (g_ptr_array_index (letters, i)));
  g_variant_dict_insert_value (&dict, "letters", g_variant_builder_end (&list));
  return g_variant_dict_end (&dict);
}
