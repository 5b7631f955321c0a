/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/tlsa.h"
#include "base/limits.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* The input is a set of records, a length byte in front of each. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) usable = NULL;

  for (size_t at = 0; at < size;)
    {
      size_t length = MIN (data[at], size - at - 1);

      g_ptr_array_add (records, g_bytes_new (data + at + 1, length));
      at += length + 1;
    }
  usable = ll_tlsa_usable (records);
  g_assert_cmpuint (usable->len, <=, MIN (records->len, LL_TLSA_RECORDS_MAX));
  for (guint i = 0; i < usable->len; i++)
    {
      g_autofree char *text = ll_tlsa_to_string (usable->pdata[i]);
      const guint8 *bytes = g_bytes_get_data (usable->pdata[i], NULL);

      /* only what RFC 7672 3.1.3 lets SMTP use, as OpenSSL will be given it */
      g_assert_true (bytes[0] == 2 || bytes[0] == 3);
      g_assert_true (bytes[1] <= 1 && bytes[2] <= 2);
      g_assert_cmpuint (strlen (text), ==,
                        g_bytes_get_size (usable->pdata[i]) > 67
                            ? 6 + 2 * 64 + strlen ("...")
                            : 6 + 2 * (g_bytes_get_size (usable->pdata[i]) - 3));
      for (guint k = 0; k < i; k++)
        g_assert_false (g_bytes_equal (usable->pdata[i], usable->pdata[k]));
    }
  return 0;
}
