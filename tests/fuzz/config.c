/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/config.h"
#include "config/options.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What was taken can be shown, each value in one line. */
static void
show (const LlConfig *config)
{
  g_autoptr (GVariant) rows = g_variant_ref_sink (ll_config_to_variant (config));

  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      g_autofree char *value = NULL;
      const char *key = NULL;

      if (!g_variant_lookup (row, "key", "&s", &key))
        abort ();
      value = ll_config_get (config, key, NULL);
      if (value == NULL || strpbrk (value, "\n\r") != NULL)
        abort ();
    }
}

/* The first part, up to a line "%%", is the administrator's file. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *bytes = (const char *) data;
  const char *cut = size > 0 ? g_strstr_len (bytes, (gssize) size, "%%\n") : NULL;
  gsize below = cut != NULL ? (gsize) (cut - bytes) : 0;
  gsize start = cut != NULL ? below + 3 : 0;
  LlConfigText system = { "SYSTEM", bytes, below };
  LlConfigText user = { "USER", bytes + start, size - start };
  g_autoptr (GError) error = NULL;
  g_autoptr (LlConfig) config = ll_config_parse (cut != NULL ? &system : NULL, &user, &error);

  if ((config == NULL) == (error == NULL))
    abort ();
  if (error != NULL)
    for (const char *at = error->message; *at != '\0'; at++)
      g_assert_false (g_ascii_iscntrl (*at));
  if (config != NULL)
    show (config);
  return 0;
}
