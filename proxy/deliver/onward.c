/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/onward.h"

#include "base/limits.h"

#include <string.h>

static const char *const outcome_names[] = { "open", "arrived", "no-tls", "returned" };

const char *
ll_onward_outcome_name (LlOnwardOutcome outcome)
{
  return outcome_names[outcome];
}

const char *
ll_kept_name (LlKept kept)
{
  return kept == LL_KEPT_YES ? "kept" : kept == LL_KEPT_NO ? "broken" : NULL;
}

void
ll_onward_letter_free (LlOnwardLetter *letter)
{
  if (letter == NULL)
    return;
  g_free (letter->token);
  g_free (letter->account);
  g_free (letter->server);
  g_free (letter->address);
  g_free (letter->detail);
  g_free (letter);
}

char *
ll_onward_server (const LlAccount *account)
{
  return g_strdup_printf ("%s:%u %s", account->host, account->port,
                          account->username != NULL ? account->username : "");
}

/* -- what they prove ------------------------------------------------------------------------- */

static gboolean
counts (const LlOnwardLetter *letter, const LlAccount *account, const char *server, gint64 now)
{
  return strcmp (letter->account, account->name) == 0 && strcmp (letter->server, server) == 0
         && letter->sent <= now && now - letter->sent < LL_ONWARD_SECONDS;
}

/* The letter to the same address without a condition, of the same account. */
static const LlOnwardLetter *
control_of (const GPtrArray *letters, const LlOnwardLetter *letter)
{
  for (guint i = 0; i < letters->len; i++)
    {
      const LlOnwardLetter *one = g_ptr_array_index (letters, i);

      if (!one->requiretls && strcmp (one->address, letter->address) == 0
          && strcmp (one->account, letter->account) == 0
          && strcmp (one->server, letter->server) == 0)
        return one;
    }
  return NULL;
}

/* REQUIRETLS was kept when a server without TLS did not get the letter, for that reason. Where the
 * server could not be looked at, only the difference shows that: without the condition it came. */
static LlKept
judge_requiretls (const GPtrArray *letters, const LlOnwardLetter *letter)
{
  const LlOnwardLetter *control = control_of (letters, letter);

  if (letter->outcome == LL_ONWARD_ARRIVED && letter->sight != LL_EVIDENCE_UNKNOWN)
    return LL_KEPT_NO;
  if (letter->outcome != LL_ONWARD_NO_TLS || control == NULL)
    return LL_KEPT_UNKNOWN;
  if (control->outcome == LL_ONWARD_ARRIVED && letter->sight != LL_EVIDENCE_OPP)
    return LL_KEPT_YES;
  return control->outcome == LL_ONWARD_NO_TLS && letter->sight == LL_EVIDENCE_PLAIN
             ? LL_KEPT_YES
             : LL_KEPT_UNKNOWN;
}

/* Returned where the server offers no TLS is "encrypted"; "verified" takes one more, where it
 * offers TLS that does not verify. What is declared for some domains is measured at them only. */
typedef struct
{
  gboolean encrypted;
  gboolean verified;
  gboolean broken;
} Declared;

static void
judge_declared (Declared *declared,
                const LlOnwardLetter *letter,
                const LlAccount *account,
                gint64 now)
{
  const char *at = strrchr (letter->address, '@');
  gboolean strict = account->declared_level == LL_MINIMUM_VERIFIED;

  if (at == NULL || !ll_account_is_declared (account, at + 1, now))
    return;
  if (letter->outcome == LL_ONWARD_ARRIVED)
    declared->broken
        |= letter->sight == LL_EVIDENCE_PLAIN || (letter->sight == LL_EVIDENCE_OPP && strict);
  if (letter->outcome != LL_ONWARD_NO_TLS)
    return;
  declared->encrypted |= letter->sight == LL_EVIDENCE_PLAIN;
  declared->verified |= letter->sight == LL_EVIDENCE_OPP;
}

static LlKept
kept_of (const Declared *declared, const LlAccount *account)
{
  if (declared->broken)
    return LL_KEPT_NO;
  if (!declared->encrypted
      || (account->declared_level == LL_MINIMUM_VERIFIED && !declared->verified))
    return LL_KEPT_UNKNOWN;
  return LL_KEPT_YES;
}

LlOnward
ll_onward_judge (const GPtrArray *letters, const LlAccount *account, gint64 now)
{
  g_autofree char *server = ll_onward_server (account);
  Declared declared = { FALSE, FALSE, FALSE };
  LlOnward onward = { LL_KEPT_UNKNOWN, LL_KEPT_UNKNOWN, FALSE, 0, 0 };

  for (guint i = 0; i < letters->len; i++)
    {
      const LlOnwardLetter *letter = g_ptr_array_index (letters, i);

      if (!counts (letter, account, server, now))
        continue;
      if (letter->outcome == LL_ONWARD_OPEN)
        {
          onward.open += now - letter->sent < LL_ONWARD_OPEN_SECONDS ? 1 : 0;
          continue;
        }
      if (onward.time == 0 || letter->sent < onward.time)
        onward.time = letter->sent;
      if (letter->requiretls)
        onward.requiretls = MAX (onward.requiretls, judge_requiretls (letters, letter));
      else
        judge_declared (&declared, letter, account, now);
      onward.returns |= !letter->requiretls && letter->outcome == LL_ONWARD_NO_TLS;
    }
  onward.declared = kept_of (&declared, account);
  return onward;
}
