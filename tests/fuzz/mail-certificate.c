/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/certificate.h"

#include "wire/address.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* What people read is text, and each address is one. */
static void
check_key (const LlKey *key)
{
  g_autofree char *defect = ll_key_defect_text (key);
  g_autoptr (GVariant) shown = g_variant_ref_sink (ll_key_to_variant (key));

  g_assert_true (g_variant_is_normal_form (shown));
  g_assert_cmpuint (strlen (key->fingerprint), ==, 64);
  g_assert_true (g_utf8_validate (key->user_id, -1, NULL));
  g_assert_true (g_utf8_validate (key->issuer, -1, NULL));
  for (guint i = 0; key->addresses[i] != NULL; i++)
    {
      g_autofree char *normal = ll_address_normalise (key->addresses[i], NULL, NULL);

      g_assert_cmpstr (normal, ==, key->addresses[i]);
      g_assert_true (ll_key_is_for (key, normal, FALSE));
    }
}

/* A file that is imported: what is found in it is read again as what it is, and nothing behind. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GBytes) file = g_bytes_new (data, size);
  g_autoptr (GPtrArray) all = ll_certificate_read_all (file);

  g_assert_cmpuint (all->len, <=, LL_CHAIN_MAX);
  for (guint i = 0; i < all->len; i++)
    {
      g_autoptr (LlKey) key
          = ll_certificate_parse (g_ptr_array_index (all, i), LL_KEY_SOURCE_IMPORTED, NULL);
      gsize length;
      const guint8 *der = g_bytes_get_data (g_ptr_array_index (all, i), &length);
      g_autofree guint8 *longer = g_malloc0 (length + 1);
      g_autoptr (GBytes) behind = NULL;

      if (key == NULL)
        continue;
      check_key (key);
      memcpy (longer, der, length);
      behind = g_bytes_new (longer, length + 1);
      g_assert_null (ll_certificate_parse (behind, LL_KEY_SOURCE_IMPORTED, NULL));
    }
  return 0;
}
