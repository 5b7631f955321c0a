/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/trust.h"

typedef struct
{
  const char *address;
  const LlContactKey *contact;
  gint64 now;
} Asked;

LlTrust
ll_trust_of (const LlKey *key, const LlContactKey *contact)
{
  if (contact == NULL)
    return key->trust;
  if (contact->rejected != NULL
      && g_strv_contains ((const char *const *) contact->rejected, key->fingerprint))
    return LL_TRUST_REJECTED;
  return g_strcmp0 (contact->accepted, key->fingerprint) == 0 ? LL_TRUST_ACCEPTED : key->trust;
}

static LlTrust
trust_of (const Asked *asked, const LlKey *key)
{
  return ll_trust_of (key, asked->contact);
}

/* How good @key is for the address: larger is better, 0: never. Soundness, then trust, then the
 * address to the letter; among equals the newer one. */
static guint
rank (const Asked *asked, const LlKey *key)
{
  LlTrust trust = trust_of (asked, key);

  if (trust == LL_TRUST_REJECTED || !ll_key_is_sound (key, asked->now)
      || !ll_key_is_for (key, asked->address, TRUE))
    return 0;
  return (guint) trust * 2 + (ll_key_is_for (key, asked->address, FALSE) ? 1 : 0);
}

static const LlKey *
best_of (const GPtrArray *keys, LlMethod method, const Asked *asked, guint *sound)
{
  const LlKey *best = NULL;
  guint best_rank = 0;

  *sound = 0;
  for (guint i = 0; i < keys->len; i++)
    {
      const LlKey *key = g_ptr_array_index (keys, i);
      guint its = key->method == method ? rank (asked, key) : 0;

      if (its == 0)
        continue;
      (*sound)++;
      if (its > best_rank || (its == best_rank && key->created > best->created))
        {
          best = key;
          best_rank = its;
        }
    }
  return best;
}

/* One that would have been used, had it no defect: what the sentence is about. */
static const LlKey *
best_defective (const GPtrArray *keys, LlMethod method, const Asked *asked)
{
  const LlKey *best = NULL;

  for (guint i = 0; i < keys->len; i++)
    {
      const LlKey *key = g_ptr_array_index (keys, i);

      if (key->method == method && trust_of (asked, key) != LL_TRUST_REJECTED
          && (best == NULL || key->created > best->created))
        best = key;
    }
  return best;
}

/* The key of last time is not the best one any more, and nobody said that this is right.
 * Certificates are renewed every year, and their issuer vouches for the new one. */
static gboolean
is_changed (const Asked *asked, const LlKey *key, LlTrust trust)
{
  const LlContactKey *contact = asked->contact;
  const char *before;

  if (contact == NULL || trust >= LL_TRUST_VERIFIED)
    return FALSE;
  before = contact->accepted != NULL ? contact->accepted : contact->used;
  return before != NULL && g_strcmp0 (before, key->fingerprint) != 0;
}

static gboolean
is_enough (LlTrust trust, LlTrustLevel level)
{
  switch (level)
    {
    case LL_TRUST_STRICT:
      return trust >= LL_TRUST_ACCEPTED;
    case LL_TRUST_ACCEPTED_ONES:
      return trust >= LL_TRUST_KEPT;
    case LL_TRUST_OPPORTUNISTIC:
      return trust >= LL_TRUST_UNCHECKED;
    }
  g_return_val_if_reached (FALSE);
}

LlLockChoice
ll_trust_choose (const GPtrArray *keys,
                 LlMethod method,
                 const char *address,
                 const LlContactKey *contact,
                 LlTrustLevel level,
                 gint64 now)
{
  Asked asked = { address, contact, now };
  LlLockChoice choice = { .found = LL_LOCK_NO_KEY, .trust = LL_TRUST_UNCHECKED };
  guint sound;

  choice.key = best_of (keys, method, &asked, &sound);
  if (choice.key == NULL)
    {
      choice.key = best_defective (keys, method, &asked);
      return choice;
    }
  choice.others = sound - 1;
  choice.trust = trust_of (&asked, choice.key);
  if (is_changed (&asked, choice.key, choice.trust))
    choice.found = LL_LOCK_OTHER_KEY;
  else
    choice.found = is_enough (choice.trust, level) ? LL_LOCK_READY : LL_LOCK_ASKS_FOR_KEY;
  return choice;
}
