/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/blob.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* Whole packets stay whole beside others, and a key that lost its last octet is none. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree guint8 *twice = NULL;
  LlBlobOutline one, two;

  if (size > LL_BLOB_MAX / 2 || !ll_blob_outline (data, size, &one))
    return 0;
  twice = g_malloc (2 * size);
  for (gsize i = 0; i < size; i++)
    twice[i] = twice[size + i] = data[i];
  g_assert_true (ll_blob_outline (twice, 2 * size, &two));
  g_assert_cmpuint (two.primaries, ==, 2 * one.primaries);
  g_assert_cmpuint (two.user_ids, ==, 2 * one.user_ids);
  g_assert_cmpuint (two.version, ==, one.version);
  return 0;
}
