/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "protect/addressed.h"

#include "base/error.h"
#include "keys/key.h"

static gboolean
refuse (GError **error, const char *text)
{
  g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED, text);
  return FALSE;
}

static gboolean
has_id (const LlKey *key, const char *id)
{
  return key->ids != NULL && g_strv_contains ((const char *const *) key->ids, id);
}

/* How many of the session keys are for @key. */
static guint
count_for (const LlSealed *sealed, const LlKey *key)
{
  guint n = 0;

  for (guint i = 0; i < sealed->ids->len; i++)
    n += has_id (key, g_ptr_array_index (sealed->ids, i));
  return n;
}

static gboolean
is_asked_for (const GPtrArray *keys, const char *id)
{
  for (guint i = 0; i < keys->len; i++)
    if (has_id (g_ptr_array_index (keys, i), id))
      return TRUE;
  return FALSE;
}

gboolean
ll_addressed_check (LlArmour *armour, const GPtrArray *keys, GError **error)
{
  const LlSealed *sealed = &armour->sealed;

  if (ll_armour_finish (armour) != LL_ARMOUR_MESSAGE)
    return refuse (error, "what GnuPG wrote is no whole locked letter");
  for (guint i = 0; i < sealed->ids->len; i++)
    if (!is_asked_for (keys, g_ptr_array_index (sealed->ids, i)))
      return refuse (error, "GnuPG locked it for a key that was not asked for");
  for (guint i = 0; sealed->whole && i < keys->len; i++)
    if (count_for (sealed, g_ptr_array_index (keys, i)) == 0)
      return refuse (error, "GnuPG did not lock it for all keys that were asked for");
  return TRUE;
}
