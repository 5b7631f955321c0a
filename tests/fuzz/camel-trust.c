/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/camel-trust.h"

#define NAME "aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* What was understood takes one more, once, and without it is what it was. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GBytes) before = ll_camel_trust_remove (bytes, "localhost", NAME, NULL);
  g_autoptr (GBytes) with = NULL, again = NULL, after = NULL;

  if (before == NULL)
    return 0;
  with = ll_camel_trust_add (before, "localhost", NAME, NULL);
  again = ll_camel_trust_add (with, "localhost", NAME, NULL);
  after = ll_camel_trust_remove (with, "localhost", NAME, NULL);
  g_assert_true (g_bytes_equal (with, again));
  g_assert_true (g_bytes_equal (after, before));
  return 0;
}
