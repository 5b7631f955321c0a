/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/gossip.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* Whatever the key: one field that ends its lines, and nothing after it. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static const char *const ids[] = { "pgp:158bfa3769533e26", NULL };
  LlKey key = { .user_id = (char *) "a@b.example", .ids = (GStrv) ids };
  g_autoptr (GBytes) material = g_bytes_new (data, size);
  g_autofree char *field = ll_gossip_field (LL_GOSSIP, "a@b.example", &key, material);

  if (field == NULL)
    return 0;
  g_assert_cmpuint (strlen (field), <, LL_GOSSIP_MAX);
  g_assert_true (g_str_has_suffix (field, "\r\n"));
  for (const char *line = field; (line = strstr (line, "\r\n")) != NULL && line[2] != '\0'; line++)
    g_assert_true (line[2] == ' ');
  return 0;
}
