/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/seal.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* What nobody sealed never opens; what was sealed opens, and only where it was. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (LlSecret) key = ll_seal_key_from ((const guint8 *) "0123456789abcdef0123456789abcdef");
  g_autoptr (LlSeal) seal = ll_seal_new (key);
  g_autofree guint8 *sealed = NULL;
  g_autofree guint8 *out = NULL;
  g_autoptr (LlSecret) half = ll_secret_new ("0123456789abcdef0123456789abcdef", 32);
  LlSealedKey sealed_key;
  guint64 number = size;

  size = MIN (size, LL_SEAL_CHUNK);
  out = g_malloc (size + 1);
  g_assert_false (ll_seal_chunk_open (seal, number, size % 2, data, size, out, NULL));
  sealed = g_malloc (size + LL_SEAL_TAG);
  ll_seal_chunk (seal, number, size % 2, data, size, sealed);
  g_assert_true (
      ll_seal_chunk_open (seal, number, size % 2, sealed, size + LL_SEAL_TAG, out, NULL));
  g_assert_true (memcmp (out, data, size) == 0);
  g_assert_false (
      ll_seal_chunk_open (seal, number + 1, size % 2, sealed, size + LL_SEAL_TAG, out, NULL));
  if (size >= sizeof sealed_key)
    {
      memcpy (&sealed_key, data, sizeof sealed_key);
      g_assert_null (ll_seal_key_open (half, &sealed_key, "", 0, NULL));
    }
  return 0;
}
