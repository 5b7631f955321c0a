/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "protect/addressed.h"

#include "keys/key.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* For the key whose id is eight times 0x11. */
static gboolean
is_good (const guint8 *data, gsize size, gsize step)
{
  static const char *const ids[] = { "pgp:1111111111111111", NULL };
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_key_unref);
  LlKey *key = ll_key_new (LL_METHOD_PGP, LL_KEY_SOURCE_GNUPG);
  LlAddressed addressed;
  gboolean good;

  key->ids = g_strdupv ((char **) ids);
  g_ptr_array_add (keys, key);
  ll_addressed_init (&addressed);
  for (gsize at = 0; at < size; at += step)
    if (!ll_addressed_feed (&addressed, data + at, MIN (step, size - at)))
      break;
  good = ll_addressed_check (&addressed, keys, NULL);
  ll_addressed_clear (&addressed);
  return good;
}

/* In which pieces it comes changes nothing; it is packets, or no locked letter. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  gboolean good = is_good (data, size, size + 1);

  g_assert_true (good == is_good (data, size, 1));
  g_assert_true (good == is_good (data, size, 7));
  g_assert_false (good && (data[0] & 0x80) == 0);
  return 0;
}
