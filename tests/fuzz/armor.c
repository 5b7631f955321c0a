/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/armor.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* What was opened is the same when it is armoured and opened again. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GBytes) packets = ll_armor_open ((const char *) data, size);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) again = NULL;
  const guint8 *bytes;
  gsize length;

  if (packets == NULL)
    return 0;
  bytes = g_bytes_get_data (packets, &length);
  g_assert_cmpuint (length, <, size);
  if (length == 0 || (bytes[0] & 0x80) == 0)
    return 0; /* no packet: it would be taken for text */
  text = ll_armor_pgp (packets);
  again = ll_armor_open (text, strlen (text));
  g_assert_true (g_bytes_equal (packets, again));
  return 0;
}
