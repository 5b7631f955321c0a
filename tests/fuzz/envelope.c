/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/envelope.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A file of the spool that somebody changed: refused, or harmless. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GVariant) again = NULL;
  g_autoptr (LlEnvelope) envelope = NULL;

  variant = g_variant_ref_sink (
      g_variant_new_from_bytes (G_VARIANT_TYPE ("(stbbbmsmsa(sssmsms))"), bytes, FALSE));
  envelope = ll_envelope_from_variant (variant, NULL);
  if (envelope == NULL)
    return 0;
  again = g_variant_ref_sink (ll_envelope_to_variant (envelope));
  g_assert_true (g_variant_equal (variant, again));
  g_assert_null (strpbrk (envelope->sender, "\r\n"));
  for (guint i = 0; i < envelope->recipients->len; i++)
    g_assert_null (strpbrk (ll_envelope_recipient (envelope, i)->original, "\r\n"));
  return 0;
}
