/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/smimea.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* A record is a certificate, a pin, or nothing; a pin does not confirm what it was not made of. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GBytes) rdata = g_bytes_new (data, size);
  g_autoptr (LlKey) key = ll_smimea_read (rdata, "bob@b.example");
  g_autoptr (LlKey) other = ll_key_new (LL_METHOD_SMIME, LL_KEY_SOURCE_IMPORTED);

  if (key == NULL)
    return 0;
  g_assert_cmpint (key->pin != NULL, !=, key->blob != NULL);
  other->blob = g_bytes_ref (rdata);
  if (key->pin != NULL && data[0] == 3)
    g_assert_false (ll_smimea_matches (key->pin, other, 0));
  return 0;
}
