/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What those who share a locked copy are told of each other's keys, inside of it, and of its
 * author's, outside. A Bcc recipient's copy is for him alone, so nobody is told of him, and he of
 * nobody else (promise 6). */

#include "sealing.h"

#include "base/limits.h"
#include "keys/gnupg.h"
#include "keys/gossip.h"

#include <string.h>

/* (transfer full) or NULL */
static GBytes *
material_of (const LlSealing *copy, const LlKey *key)
{
  g_autoptr (GError) error = NULL;
  char *text;

  if (key->blob != NULL)
    return g_bytes_ref (key->blob);
  text = ll_gnupg_export (copy->pipeline->parts.worker, key->fingerprint,
                          ll_deadline_in (LL_KEYS_BUDGET), copy->pipeline->ended, &error);
  if (text == NULL)
    g_debug ("no gossip of %s: %s", key->fingerprint, error != NULL ? error->message : "no key");
  return text != NULL ? g_bytes_new_take (text, strlen (text)) : NULL;
}

char *
ll_sealing_gossip (const LlSealing *copy)
{
  GString *fields = NULL;

  if (copy->method != LL_METHOD_PGP || !copy->gossip || copy->recipients->len < 2)
    return NULL;
  for (guint i = 0; i < copy->recipients->len && i < LL_MANY_RECIPIENTS; i++)
    {
      guint index = g_array_index (copy->recipients, guint, i);
      const LlKey *key = g_ptr_array_index (copy->live->keys, index);
      const LlRecipient *recipient = ll_envelope_recipient (copy->live->letter->envelope, index);
      g_autoptr (GBytes) material = material_of (copy, key);
      g_autofree char *field = material != NULL
                                   ? ll_gossip_field (LL_GOSSIP, recipient->address, key, material)
                                   : NULL;

      if (field == NULL)
        continue;
      fields = fields != NULL ? fields : g_string_new (NULL);
      g_string_append (fields, field);
    }
  return fields != NULL ? g_string_free (fields, FALSE) : NULL;
}

char *
ll_sealing_autocrypt (const LlSealing *copy)
{
  const LlKey *key = copy->signer->key;
  g_autoptr (GBytes) material = NULL;

  if (copy->method != LL_METHOD_PGP || !copy->autocrypt || key == NULL
      || key->defect != LL_KEY_SOUND || copy->live->facts->from == NULL)
    return NULL;
  material = material_of (copy, key);
  return material != NULL ? ll_gossip_field (LL_AUTOCRYPT, copy->live->facts->from, key, material)
                          : NULL;
}
