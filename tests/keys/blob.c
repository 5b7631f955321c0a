/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/blob.h"

static void
test_outlines (void)
{
  static const struct
  {
    const char *bytes;
    gsize length;
    gboolean whole;
    guint primaries;
    guint version;
  } rows[] = {
    { "\xc6\x01\x04\xcd\x01z", 6, TRUE, 1, 4 }, /* new format: key, user id */
    { "\x98\x01\x04\xb4\x01z", 6, TRUE, 1, 4 }, /* old format */
    { "\xc6\x01\x06", 3, TRUE, 1, 6 },
    { "\xc6\x01\x04\xc6\x01\x04", 6, TRUE, 2, 4 },
    { "\x99\x00\x01\x04", 4, TRUE, 1, 4 }, /* two octets of length */
    { "\xc6\xff\x00\x00\x00\x01\x04", 7, TRUE, 1, 4 },
    { "\xcd\x01z", 3, TRUE, 0, 0 },
    { "\xc6\x02\x04", 3, FALSE, 0, 0 }, /* cut off */
    { "\xc6\xff\xff\xff\xff\xff\x04", 7, FALSE, 0, 0 },
    { "\xc6\xe1\x04\x04", 4, FALSE, 0, 0 }, /* a partial length */
    { "\x9b\x04", 2, FALSE, 0, 0 },         /* a length without end */
    { "\x06\x01\x04", 3, FALSE, 0, 0 },
    { "-----BEGIN", 10, FALSE, 0, 0 },
    { "", 0, FALSE, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      LlBlobOutline outline = { 0, 0, 0 };

      g_assert_cmpint (ll_blob_outline ((const guint8 *) rows[i].bytes, rows[i].length, &outline),
                       ==, rows[i].whole);
      g_assert_cmpuint (outline.primaries, ==, rows[i].primaries);
      g_assert_cmpuint (outline.version, ==, rows[i].version);
    }
}

static void
test_bound (void)
{
  g_autofree guint8 *many = g_malloc0 (LL_BLOB_MAX + 2);
  LlBlobOutline outline;

  for (gsize i = 0; i < LL_BLOB_MAX + 2; i += 2)
    many[i] = 0xcd;
  g_assert_true (ll_blob_outline (many, LL_BLOB_MAX, &outline));
  g_assert_false (ll_blob_outline (many, LL_BLOB_MAX + 2, &outline));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keys/blob/outlines", test_outlines);
  g_test_add_func ("/keys/blob/bound", test_bound);
  return g_test_run ();
}
