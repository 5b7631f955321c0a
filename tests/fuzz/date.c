/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/clock.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* A date of a person or a file: what it means is written in one way. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *written = NULL;
  gint64 when = 0, again = 0;

  if (!ll_clock_parse (text, &when) || when == 0)
    return 0;
  written = ll_clock_format (when);
  g_assert_nonnull (written);
  g_assert_cmpuint (strlen (written), ==, strlen ("2026-11-22T16:31:00Z"));
  g_assert_true (ll_clock_parse (written, &again));
  g_assert_cmpint (again, ==, when);
  return 0;
}
