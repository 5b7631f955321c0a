/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/crc24.h"

#include <string.h>

static guint32
crc (const char *text)
{
  return ll_crc24 (LL_CRC24_BEGIN, (const guint8 *) text, strlen (text));
}

/* "123456789" is the check value that catalogues give for CRC-24/OPENPGP. */
static void
test_values (void)
{
  g_assert_cmphex (crc (""), ==, 0xb704ce);
  g_assert_cmphex (crc ("123456789"), ==, 0x21cf02);
}

/* In which pieces it comes makes no difference. */
static void
test_pieces (void)
{
  static const char text[] = "The quick brown fox jumps over the lazy dog";

  for (gsize cut = 0; cut < sizeof text; cut++)
    {
      guint32 first = ll_crc24 (LL_CRC24_BEGIN, (const guint8 *) text, cut);

      g_assert_cmphex (ll_crc24 (first, (const guint8 *) text + cut, strlen (text) - cut), ==,
                       crc (text));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/crc24/values", test_values);
  g_test_add_func ("/base/crc24/pieces", test_pieces);
  return g_test_run ();
}
