/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/tlsa.h"
#include "base/limits.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* RFC 7672 3.1.3 and RFC 6698 2.1, from the bytes: what SMTP may use and OpenSSL be given. */
static gboolean
is_for_smtp (GBytes *record)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (record, &size);
  static const gsize digests[] = { 0, 32, 64 };

  return size > 3 && (bytes[0] == 2 || bytes[0] == 3) && bytes[1] <= 1 && bytes[2] <= 2
         && (bytes[2] == 0 || size - 3 == digests[bytes[2]]);
}

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
  for (guint i = 0, n = 0; i < records->len && n < LL_TLSA_RECORDS_MAX; i++)
    {
      GBytes *record = records->pdata[i];
      guint first;

      g_ptr_array_find_with_equal_func (records, record, g_bytes_equal, &first);
      if (first == i && is_for_smtp (record))
        g_assert_true (n < usable->len && g_bytes_equal (usable->pdata[n++], record));
      g_assert_true (i + 1 < records->len || usable->len == n);
    }
  for (guint i = 0; i < usable->len; i++)
    {
      g_autofree char *text = ll_tlsa_to_string (usable->pdata[i]);
      gsize length = g_bytes_get_size (usable->pdata[i]) - 3;

      g_assert_cmpuint (strlen (text), ==,
                        length > 64 ? 6 + 2 * 64 + strlen ("...") : 6 + 2 * length);
    }
  g_assert_cmpuint (usable->len, <=, LL_TLSA_RECORDS_MAX);
  return 0;
}
