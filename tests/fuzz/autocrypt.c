/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/autocrypt.h"
#include "keys/blob.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* What was read can be written, and is read the same. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *value = g_strndup ((const char *) data, size);
  g_auto (LlAutocrypt) one = { NULL, FALSE, NULL };
  g_auto (LlAutocrypt) two = { NULL, FALSE, NULL };
  g_autofree char *key = NULL;
  g_autofree char *again = NULL;
  gsize length;

  if (!ll_autocrypt_parse (value, &one))
    return 0;
  length = g_bytes_get_size (one.key);
  g_assert_cmpuint (length, <=, LL_BLOB_MAX);
  key = g_base64_encode (g_bytes_get_data (one.key, NULL), length);
  again = g_strdup_printf ("addr=%s;%s keydata=%s", one.address,
                           one.mutual ? " prefer-encrypt=mutual;" : "", key);
  if (strpbrk (one.address, ";=") != NULL)
    return 0; /* cannot be written in this form */
  g_assert_true (ll_autocrypt_parse (again, &two));
  g_assert_cmpstr (one.address, ==, two.address);
  g_assert_true (g_bytes_equal (one.key, two.key));
  g_assert_cmpint (one.mutual, ==, two.mutual);
  return 0;
}
