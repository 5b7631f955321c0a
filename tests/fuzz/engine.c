/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/error.h"
#include "engine/protocol.h"
#include "keys/key.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* A key as the worker tells of it: a fingerprint that nothing else can hide in. */
static void
check_keys (GVariant *arguments)
{
  g_autoptr (GVariant) keys = g_variant_lookup_value (arguments, "keys", G_VARIANT_TYPE ("aa{sv}"));

  for (gsize i = 0; keys != NULL && i < g_variant_n_children (keys); i++)
    {
      g_autoptr (GVariant) told = g_variant_get_child_value (keys, i);
      g_autoptr (LlKey) key = ll_key_from_engine (told, LL_KEY_SOURCE_GNUPG);
      g_autofree char *defect = key != NULL ? ll_key_defect_text (key) : NULL;

      if (key == NULL)
        continue;
      g_assert_cmpuint (strspn (key->fingerprint, "0123456789abcdef"), ==,
                        strlen (key->fingerprint));
      g_assert_cmpuint (strlen (key->fingerprint), >=, 40);
    }
}

/* A request or a reply: what is taken is said again in the same octets, whoever reads it. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *verb = NULL;
  g_autoptr (GVariant) arguments = NULL;
  g_autoptr (GBytes) again = NULL;
  const char *text = "";
  gsize length;
  int code;

  if (!ll_engine_parse (data, size, &verb, &arguments, NULL))
    return 0;
  g_assert_cmpuint (size, <=, LL_ENGINE_MESSAGE_MAX);
  again = ll_engine_format (verb, arguments);
  g_assert_nonnull (again);
  g_assert_cmpmem (g_bytes_get_data (again, &length), length, data, size);
  code = ll_engine_error_from_word (verb);
  g_assert_true (strcmp (ll_engine_error_word (code), verb) == 0 || code == LL_ENGINE_ERROR_FAILED);
  if (g_variant_lookup (arguments, "text", "&s", &text))
    g_assert_true (g_utf8_validate (text, -1, NULL));
  check_keys (arguments);
  return 0;
}
