/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/copy.h"

#include "place.h"

#include <glib/gstdio.h>

static LlLetter *
take (Place *place)
{
  return place_take (place, place_letter (), "the letter\r\n", 12, 12);
}

static void
write_copy (Place *place, LlLetter *letter, guint number, const char *content, gsize length)
{
  g_autoptr (GError) error = NULL;
  LlCopyWriter *writer = ll_store_copy_begin (place->store, letter, number, &error);

  g_assert_no_error (error);
  g_assert_true (ll_copy_write (writer, content, length / 3, &error));
  g_assert_true (ll_copy_write (writer, content + length / 3, length - length / 3, &error));
  g_assert_true (ll_copy_commit (writer, &error));
}

static char *
copy_path (Place *place, const LlLetter *letter, guint number)
{
  g_autofree char *name = g_strdup_printf ("%s.copy%u", letter->id, number);

  return g_build_filename (place->folder, "letters", name, NULL);
}

/* Around every edge of the chunks, also after a restart. */
static void
test_sizes (Place *place, gconstpointer data)
{
  static const gsize sizes[] = { 0, 1, 65535, 65536, 65537, 131072, 131073, 1000000 };
  g_autoptr (LlLetter) letter = take (place);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *content = place_content (sizes[i]);
      g_autoptr (LlReader) reader = NULL;
      guint64 size;

      write_copy (place, letter, 1 + i % 2, content, sizes[i]);
      reader = ll_store_read_copy (place->store, letter, 1 + i % 2, &size, NULL);
      g_assert_nonnull (reader);
      g_assert_cmpuint (size, ==, sizes[i]);
      place_expect_content (reader, content, sizes[i]);
    }
}

static void
test_restart (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = take (place);
  g_autoptr (LlLetter) loaded = NULL;
  g_autoptr (LlReader) reader = NULL;
  guint64 size;

  write_copy (place, letter, 1, "locked", 6);
  place_reopen (place);
  loaded = ll_store_load (place->store, letter->id, NULL);
  reader = ll_store_read_copy (place->store, loaded, 1, &size, NULL);
  g_assert_nonnull (reader);
  place_expect_content (reader, "locked", 6);
}

/* A copy is no other letter's and no other number's, and damage is seen. */
static void
test_refuses (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = take (place);
  g_autofree char *one = copy_path (place, letter, 1);
  g_autofree char *two = copy_path (place, letter, 2);
  g_autoptr (GError) error = NULL;
  guint64 size;

  g_assert_null (ll_store_read_copy (place->store, letter, 1, &size, &error));
  g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_ABSENT);
  g_clear_error (&error);
  write_copy (place, letter, 1, "locked", 6);
  g_assert_cmpint (g_rename (one, two), ==, 0);
  g_assert_null (ll_store_read_copy (place->store, letter, 2, &size, &error));
  g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT);
}

/* They go with their letter, and at start when it is gone. */
static void
test_removed (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = take (place);
  g_autofree char *one = copy_path (place, letter, 1);
  g_autofree char *two = copy_path (place, letter, 2);
  g_autofree char *stray = g_build_filename (place->folder, "letters", "0123456789ab.copy1", NULL);
  g_autofree char *half = g_build_filename (place->folder, "tmp", "0123456789ab.copy1", NULL);

  write_copy (place, letter, 1, "locked", 6);
  write_copy (place, letter, 2, "locked", 6);
  ll_letter_progress (letter, 1)->method = LL_METHOD_PGP;
  g_assert_true (ll_store_remove (place->store, letter, NULL));
  g_assert_false (g_file_test (one, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (two, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_set_contents (stray, "x", 1, NULL));
  g_assert_true (g_file_set_contents (half, "x", 1, NULL));
  place_reopen (place);
  g_assert_false (g_file_test (half, G_FILE_TEST_EXISTS));
  place_reopen (place); /* what is cleared later is certain at the next start */
  g_assert_false (g_file_test (stray, G_FILE_TEST_EXISTS));
}

/* So do those of who gets the letter unlocked, and signed. */
static void
test_signed_removed (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = take (place);
  g_autofree char *one = copy_path (place, letter, 1);

  write_copy (place, letter, 1, "signed", 6);
  ll_letter_progress (letter, 0)->method = LL_METHOD_TLS;
  ll_extra_put (ll_letter_progress (letter, 0)->extra, "copy", g_variant_new_uint32 (1));
  g_assert_true (ll_store_remove (place->store, letter, NULL));
  g_assert_false (g_file_test (one, G_FILE_TEST_EXISTS));
}

/* What is not committed is not there. */
static void
test_abandoned (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = take (place);
  LlCopyWriter *writer = ll_store_copy_begin (place->store, letter, 1, NULL);
  guint64 size;

  g_assert_true (ll_copy_write (writer, "locked", 6, NULL));
  ll_copy_abandon (writer);
  g_assert_null (ll_store_read_copy (place->store, letter, 1, &size, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/spool/copy/sizes", Place, NULL, place_set_up, test_sizes, place_tear_down);
  g_test_add ("/spool/copy/restart", Place, NULL, place_set_up, test_restart, place_tear_down);
  g_test_add ("/spool/copy/refuses", Place, NULL, place_set_up, test_refuses, place_tear_down);
  g_test_add ("/spool/copy/removed", Place, NULL, place_set_up, test_removed, place_tear_down);
  g_test_add ("/spool/copy/signed-removed", Place, NULL, place_set_up, test_signed_removed,
              place_tear_down);
  g_test_add ("/spool/copy/abandoned", Place, NULL, place_set_up, test_abandoned, place_tear_down);
  return g_test_run ();
}
