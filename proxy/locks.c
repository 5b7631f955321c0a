/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What can lock a letter to one address: what was found, weighed with what the user said. */

#include "pipeline-private.h"

#include "api/intl.h"
#include "base/limits.h"
#include "keys/subaddress.h"

#include <string.h>

static const LlMethod methods[] = { LL_METHOD_PGP, LL_METHOD_SMIME };

/* -- whose keys ------------------------------------------------------------------------------ */

/* The address without its tag, where the user wants that looked at; NULL: nothing more. */
static char *
owner_of (LlPipeline *pipeline, const char *address)
{
  g_autoptr (LlConfig) config = ll_pipeline_config (pipeline);

  return config->plus_tags ? ll_subaddress_owner (address) : NULL;
}

static gboolean
has_sound_key (const LlKeyring *ring, const char *address)
{
  for (guint i = 0; i < ring->keys->len; i++)
    {
      const LlKey *key = g_ptr_array_index (ring->keys, i);

      if (ll_key_is_sound (key, ll_clock_now ()) && ll_key_is_for (key, address, TRUE))
        return TRUE;
    }
  return FALSE;
}

void
ll_locks_start (LlPipeline *pipeline, const char *address)
{
  g_autofree char *owner = owner_of (pipeline, address);

  ll_keys_start (pipeline->parts.keys, address);
  if (owner != NULL)
    ll_keys_start (pipeline->parts.keys, owner);
}

typedef struct
{
  LlPipeline *pipeline;
  const char *address;
} Waiting;

/* Nothing that comes in later is better than what the user said yes to, unless the contact wants
 * another method. */
static gboolean
until_accepted_cb (const LlKeyring *ring, gpointer data)
{
  const Waiting *waiting = data;
  LlMethod preferred = ll_contacts_preferred (waiting->pipeline->parts.contacts, waiting->address);

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_auto (LlContactKey) contact = { NULL };
      LlLockChoice choice;

      if (preferred != LL_METHOD_NONE && preferred != methods[i])
        continue;
      ll_contacts_load (waiting->pipeline->parts.contacts, waiting->address, methods[i], &contact);
      choice = ll_locks_choose (waiting->pipeline, ring, methods[i], waiting->address, &contact);
      if (choice.found == LL_LOCK_READY && choice.trust == LL_TRUST_ACCEPTED)
        return FALSE;
    }
  return TRUE;
}

void
ll_locks_ask_anew (LlPipeline *pipeline, const char *address)
{
  g_autofree char *owner = owner_of (pipeline, address);

  ll_keys_ask_anew (pipeline->parts.keys, address);
  if (owner != NULL)
    ll_keys_ask_anew (pipeline->parts.keys, owner);
}

/* @step: as ll_keys_follow, with a Waiting; NULL: for every source. */
static LlKeyring *
follow (LlPipeline *pipeline, const char *address, LlDeadline deadline, LlKeysStep step)
{
  Waiting waiting = { pipeline, address };

  return ll_keys_follow (pipeline->parts.keys, address, deadline, step, &waiting);
}

static LlKeyring *
keyring_of (
    LlPipeline *pipeline, const char *address, LlDeadline deadline, LlKeysStep step, char **whose)
{
  g_autofree char *owner = owner_of (pipeline, address);
  g_autoptr (LlKeyring) ring = NULL;

  if (owner != NULL)
    ll_keys_start (pipeline->parts.keys, owner); /* beside the other */
  ring = follow (pipeline, address, deadline, step);
  if (owner == NULL || has_sound_key (ring, address))
    {
      *whose = g_strdup (address);
      return g_steal_pointer (&ring);
    }
  *whose = g_steal_pointer (&owner);
  return follow (pipeline, *whose, deadline, step);
}

LlKeyring *
ll_locks_keyring (LlPipeline *pipeline, const char *address, LlDeadline deadline, char **whose)
{
  return keyring_of (pipeline, address, deadline, NULL, whose);
}

/* The address that a key of @address is remembered under. */
static char *
remembered_as (LlPipeline *pipeline, const char *address, const LlKey *key)
{
  g_autofree char *owner = owner_of (pipeline, address);

  return owner != NULL && !ll_key_is_for (key, address, TRUE) ? g_steal_pointer (&owner)
                                                              : g_strdup (address);
}

void
ll_locks_used (LlPipeline *pipeline, const char *address, const LlKey *key)
{
  g_autofree char *name = remembered_as (pipeline, address, key);

  ll_contacts_used (pipeline->parts.contacts, name, key);
}

void
ll_locks_accept (LlPipeline *pipeline, const char *address, const LlKey *key)
{
  g_autofree char *name = remembered_as (pipeline, address, key);

  ll_contacts_accept (pipeline->parts.contacts, name, key->method, key->fingerprint, NULL);
}

LlLockChoice
ll_locks_choose (LlPipeline *pipeline,
                 const LlKeyring *ring,
                 LlMethod method,
                 const char *address,
                 const LlContactKey *contact)
{
  g_autoptr (LlConfig) config = ll_pipeline_config (pipeline);

  return ll_trust_choose (ring->keys, method, address, contact, (LlTrustLevel) config->key_trust,
                          ll_clock_now ());
}

/* -- for the decision ------------------------------------------------------------------------ */

/* "its PGP key expired on 2026-11-01"; NULL: there is none to speak of. */
static char *
defect_clause (LlMethod method, const LlKey *key)
{
  g_autofree char *defect = key != NULL ? ll_key_defect_text (key) : NULL;

  return defect != NULL ? g_strdup_printf (method == LL_METHOD_PGP ? N_ ("its PGP key %s")
                                                                   : N_ ("its certificate %s"),
                                           defect)
                        : NULL;
}

static void
look_at_method (LlPipeline *pipeline,
                const LlKeyring *ring,
                LlMethod method,
                const char *address,
                LlLocks *locks)
{
  g_auto (LlContactKey) contact = { NULL };
  LlLockChoice choice;

  ll_contacts_load (pipeline->parts.contacts, address, method, &contact);
  choice = ll_locks_choose (pipeline, ring, method, address, &contact);
  if (choice.found != LL_LOCK_NO_KEY)
    {
      locks->keys[method] = ll_key_copy (choice.key);
      locks->keys[method]->trust = choice.trust;
    }
  switch (choice.found)
    {
    case LL_LOCK_NO_KEY:
      if (locks->no_lock == NULL)
        locks->no_lock = defect_clause (method, choice.key);
      break;
    case LL_LOCK_ASKS_FOR_KEY:
      locks->asks |= 1u << method;
      break;
    case LL_LOCK_OTHER_KEY:
      locks->changed |= 1u << method;
      break;
    case LL_LOCK_READY:
      locks->ready |= 1u << method;
      if (choice.trust == LL_TRUST_ACCEPTED)
        locks->sure |= 1u << method;
      if (choice.trust == LL_TRUST_UNCHECKED)
        locks->unchecked |= 1u << method;
      break;
    }
}

void
ll_locks_find (LlPipeline *pipeline, const char *address, LlDeadline deadline, LlLocks *locks)
{
  g_autofree char *whose = NULL;
  g_autoptr (LlKeyring) ring = keyring_of (pipeline, address, deadline, until_accepted_cb, &whose);

  ll_locks_clear (locks);
  locks->preferred = ll_contacts_preferred (pipeline->parts.contacts, whose);
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    look_at_method (pipeline, ring, methods[i], whose, locks);
  if (locks->no_lock == NULL && locks->ready == 0 && ring->troubles[0] != NULL)
    locks->no_lock = g_strdup (ring->troubles[0]);
  if (locks->no_lock == NULL && ring->keys->len == 0)
    locks->no_lock = g_strdup (N_ ("no key for this address is known"));
}

void
ll_locks_clear (LlLocks *locks)
{
  for (guint i = 0; i < G_N_ELEMENTS (locks->keys); i++)
    g_clear_pointer (&locks->keys[i], ll_key_unref);
  g_free (locks->no_lock);
  *locks = (LlLocks){ 0 };
}
