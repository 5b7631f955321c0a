/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/safe.h"

#include "../support/make_safe.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* The same in pieces of any size; and what is safe stays as it is. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GString) whole = make_safe ((const char *) data, size, size + 1);
  g_autoptr (GString) again = NULL;
  g_autoptr (GString) pieces = make_safe ((const char *) data, size, 3);

  g_assert_true ((whole == NULL) == (pieces == NULL));
  if (whole == NULL)
    return 0;
  g_assert_true (g_string_equal (whole, pieces));
  again = make_safe (whole->str, whole->len, 4096);
  g_assert_nonnull (again);
  g_assert_true (g_string_equal (whole, again));
  return 0;
}
