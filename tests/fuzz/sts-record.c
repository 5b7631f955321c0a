/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/sts-record.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* What is read from text is what is read from the same text as DNS carries it, and an id is one. */
static void
check_text (const char *text, gsize length)
{
  g_autofree char *id = NULL;
  g_autofree char *detail = NULL;
  LlStsRecord result = ll_sts_record_parse (text, length, &id, &detail);

  g_assert_true ((result == LL_STS_RECORD_VALID) == (id != NULL));
  g_assert_true ((result == LL_STS_RECORD_INVALID) == (detail != NULL));
  if (id == NULL)
    return;
  g_assert_true (strlen (id) >= 1 && strlen (id) <= LL_STS_ID_MAX);
  for (const char *at = id; *at != '\0'; at++)
    g_assert_true (g_ascii_isalnum (*at));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *id = NULL;
  g_autofree char *detail = NULL;
  g_autofree char *again = NULL;

  check_text ((const char *) data, size);
  g_ptr_array_add (records, g_bytes_new (data, size));
  if (ll_sts_record_choose (records, &id, NULL) == LL_STS_RECORD_VALID)
    {
      /* twice the same record is no record */
      g_ptr_array_add (records, g_bytes_new (data, size));
      g_assert_cmpint (ll_sts_record_choose (records, &again, &detail), ==, LL_STS_RECORD_INVALID);
    }
  return 0;
}
