/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/search.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static gboolean
says (LlSearch *search, const char *message, gsize length, gsize step)
{
  ll_search_begin (search);
  for (gsize at = 0; at < length; at += step)
    if (!ll_search_feed (search, message + at, MIN (step, length - at)))
      break;
  return ll_search_finish (search);
}

/* In which pieces a letter comes changes nothing. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static const char *const wanted[] = { "e", "blood count", "\xc3\xbc" };

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      g_autoptr (LlSearch) search = ll_search_new (wanted[i], NULL);
      gboolean whole = says (search, (const char *) data, size, MAX (size, 1));

      g_assert_cmpint (says (search, (const char *) data, size, 1), ==, whole);
      g_assert_cmpint (says (search, (const char *) data, size, 7), ==, whole);
    }
  return 0;
}
