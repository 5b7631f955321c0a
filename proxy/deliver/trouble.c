/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/trouble.h"

#include "deliver/retry.h"

#include "base/limits.h"

#include <string.h>

/*
 * outcome             the mail program waits          it has its 250 already
 * ------------------  ------------------------------  -----------------------------------
 * sent                250                             sent
 * refused 5xx         5xx passed on, forgotten (1)    failed, told by mail
 * temporary 4xx       4xx passed on, forgotten (1)    queued, again by the timer (2)
 * throttled (4)       4xx passed on, forgotten (1)    queued, at the account's turn (2)
 * paced               250, queued (3)                 queued, at the account's turn (2)
 * temporary, no code  250, queued (3)                 queued (lost before the dot)
 * no connection       250, waiting, told now (3)      waiting, again by the timer
 * no TLS              250, waiting, told now (3)      waiting, again by the timer
 * sign-in refused     250, waiting, told now (3)      waiting, again after an hour or a change
 * locked              250, waiting, told now (3)      waiting, asked again and again
 * uncertain           250, uncertain, told now        uncertain; never by itself again
 * REQUIRETLS refused  250, checking                   checking: decided again without it
 * locked: too large   250, checking                   checking: decided again without this lock
 * cancelled           250, queued (3)                 queued, at once when we are back
 *
 * (1) only if no recipient was accepted, is uncertain, held, waiting or decided anew: else 250,
 *     the refused are told, the temporary ones are queued. Among the codes a 4xx comes first: the
 *     mail program keeps the letter, and nothing is lost by trying again.
 * (2) "delayed" is told once after 4 hours; at the end of the queue's lifetime: expired.
 * (3) with auth = client, no letter may wait for a sign-in that only the mail program can do:
 *     the answer is 4xx instead, and the letter is forgotten.
 * (4) 421, 450 and 451 with 4.7.x, 4.5.3 say nothing about the letter: the account goes slower, and
 *     the letter's own retry timer does not run.
 */

/* 421, 450 and 451 with 4.7.x, 4.5.3: the provider wants less, the letter is fine. */
static gboolean
is_throttling (const LlResult *result)
{
  if (result->outcome != LL_OUTCOME_TEMPORARY)
    return FALSE;
  if (result->code == 421 || strcmp (result->enhanced, "4.5.3") == 0)
    return TRUE;
  return (result->code == 450 || result->code == 451)
         && g_str_has_prefix (result->enhanced, "4.7.");
}

static gboolean
has_code (const LlResult *result)
{
  return result->code >= 400;
}

/* The letter would wait here, and without this provider's sign-in nothing moves it. */
static gboolean
waits_for_sign_in (const LlResult *result)
{
  switch (result->outcome)
    {
    case LL_OUTCOME_TEMPORARY:
    case LL_OUTCOME_NO_CONNECTION:
    case LL_OUTCOME_NO_TLS:
    case LL_OUTCOME_AUTH:
    case LL_OUTCOME_LOCKED:
    case LL_OUTCOME_CANCELLED:
    case LL_OUTCOME_PACED:
      return TRUE;
    case LL_OUTCOME_SENT:
    case LL_OUTCOME_REFUSED:
    case LL_OUTCOME_UNCERTAIN:
    case LL_OUTCOME_REQUIRETLS_REFUSED:
    case LL_OUTCOME_TOO_LARGE:
    default:
      return FALSE;
    }
}

/* Whether this result may be handed to the mail program, so that the letter need not be kept. */
static gboolean
can_pass_on (const LlTroubleLetter *letter, const LlResult *result)
{
  if (result == NULL)
    return FALSE;
  if (result->outcome == LL_OUTCOME_REFUSED)
    return TRUE;
  if (result->outcome == LL_OUTCOME_TEMPORARY && has_code (result))
    return TRUE;
  return letter->client_auth && waits_for_sign_in (result);
}

static const LlResult *
refusal_of (const LlTroubleLetter *letter, const LlTroubleCase *cases, gsize n)
{
  const LlResult *chosen = NULL;

  if (!letter->answering)
    return NULL;
  for (gsize i = 0; i < n; i++)
    {
      const LlResult *result = cases[i].result;

      if (!can_pass_on (letter, result))
        return NULL;
      if (chosen == NULL
          || (chosen->outcome == LL_OUTCOME_REFUSED && result->outcome != LL_OUTCOME_REFUSED))
        chosen = result;
    }
  return chosen;
}

static void
set_refusal (LlReply *reply, const LlResult *result)
{
  const char *text = result->text != NULL ? result->text : "";

  if (has_code (result))
    ll_reply_set (reply, result->code, result->enhanced, "%s", text);
  else if (result->outcome == LL_OUTCOME_REFUSED)
    ll_reply_set (reply, 554, "5.0.0", "%s", text);
  else if (result->outcome == LL_OUTCOME_PACED)
    ll_reply_set (reply, 451, "4.4.5", "%s", text);
  else
    ll_reply_set (reply, result->outcome == LL_OUTCOME_AUTH ? 454 : 451,
                  result->outcome == LL_OUTCOME_AUTH ? "4.7.0" : "4.4.1", "%s", text);
}

static void
wait_until (LlTroubleCase *one, LlState state, gint64 next_try)
{
  one->state = state;
  one->next_try = next_try;
}

static void
tell_failure (LlTroubleCase *one, LlState state)
{
  one->state = state;
  one->told = LL_TOLD_FAILURE;
  one->by_mail = !one->never;
}

/* The recipient is still to be served: too late, late, or simply again. */
static void
wait_or_expire (const LlTroubleLetter *letter, LlTroubleCase *one, LlState state, gint64 next)
{
  gboolean waits = state == LL_STATE_WAITING;

  if (ll_retry_is_expired (letter->received, letter->now, letter->lifetime))
    {
      tell_failure (one, LL_STATE_EXPIRED);
      return;
    }
  /* the last try is made at the end of the lifetime, not an hour after it */
  wait_until (one, state, MIN (next, letter->received + letter->lifetime));
  if (waits && !one->told_now)
    one->told = LL_TOLD_NOW;
  else if (!one->told_delayed && ll_retry_is_delayed (letter->received, letter->now))
    one->told = LL_TOLD_DELAYED;
}

static void
settle_one (const LlTroubleLetter *letter, LlTroubleCase *one)
{
  gint64 next = ll_retry_next (one->tries, letter->now);

  switch (one->result->outcome)
    {
    case LL_OUTCOME_SENT:
      one->state = LL_STATE_SENT;
      break;
    case LL_OUTCOME_REFUSED:
      tell_failure (one, LL_STATE_FAILED);
      break;
    case LL_OUTCOME_PACED:
      one->in_line = TRUE;
      wait_or_expire (letter, one, LL_STATE_QUEUED, letter->now);
      break;
    case LL_OUTCOME_TEMPORARY:
      one->in_line = is_throttling (one->result);
      wait_or_expire (letter, one, LL_STATE_QUEUED, one->in_line ? letter->now : next);
      break;
    case LL_OUTCOME_CANCELLED:
      wait_or_expire (letter, one, LL_STATE_QUEUED, letter->now);
      break;
    case LL_OUTCOME_NO_CONNECTION:
    case LL_OUTCOME_NO_TLS:
      wait_or_expire (letter, one, LL_STATE_WAITING, next);
      break;
    case LL_OUTCOME_LOCKED:
      wait_or_expire (letter, one, LL_STATE_WAITING, letter->now + LL_KEYRING_AGAIN);
      break;
    case LL_OUTCOME_AUTH:
      wait_or_expire (letter, one, LL_STATE_WAITING, ll_retry_next_sign_in (letter->now));
      break;
    case LL_OUTCOME_REQUIRETLS_REFUSED:
    case LL_OUTCOME_TOO_LARGE:
      one->decide_anew = TRUE;
      wait_until (one, LL_STATE_CHECKING, letter->now);
      break;
    case LL_OUTCOME_UNCERTAIN:
    default:
      one->state = LL_STATE_UNCERTAIN;
      one->told = LL_TOLD_NOW;
      break;
    }
}

void
ll_trouble_settle (const LlTroubleLetter *letter, LlTroubleCase *cases, gsize n, LlTrouble *trouble)
{
  const LlResult *refusal = refusal_of (letter, cases, n);

  memset (trouble, 0, sizeof *trouble);
  trouble->accepted = refusal == NULL;
  for (gsize i = 0; i < n; i++)
    {
      LlTroubleCase *one = &cases[i];

      if (one->result == NULL)
        continue;
      one->next_try = 0;
      one->in_line = FALSE;
      one->decide_anew = FALSE;
      one->told = LL_TOLD_NOTHING;
      one->by_mail = FALSE;
      if (is_throttling (one->result))
        trouble->slow = TRUE;
      if (refusal != NULL)
        {
          one->state = LL_STATE_REFUSED;
          one->told = LL_TOLD_REPLY;
        }
      else
        settle_one (letter, one);
    }
  if (refusal != NULL)
    set_refusal (&trouble->reply, refusal);
}
