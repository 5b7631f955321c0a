/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/original.h"

#include "place.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <utime.h>

static char *
original_path (Place *place, const char *id)
{
  return g_strconcat (place->folder, "/originals/", id, ".letter", NULL);
}

static void
keep (Place *place, const LlLetter *letter)
{
  g_autoptr (GError) error = NULL;

  ll_store_keep_original (place->store, letter, &error);
  g_assert_no_error (error);
}

static void
expect (Place *place, const char *id, const char *content, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlReader) reader = ll_store_read_original (place->store, id, &error);

  g_assert_no_error (error);
  place_expect_content (reader, content, length);
}

/* In the log and in a file of its own; also twice, after the letter is gone, and after a restart.
 */
static void
test_keep (Place *place, gconstpointer data)
{
  static const gsize sizes[] = { 0, 12, LL_SEAL_CHUNK + 1, 300000 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *content = place_content (sizes[i]);
      g_autoptr (LlLetter) letter
          = place_take (place, place_letter (), content, sizes[i], MAX (sizes[i], 1));
      g_autofree char *path = original_path (place, letter->id);
      struct stat status;

      g_assert_cmpint (ll_store_original_time (place->store, letter->id), ==, 0);
      keep (place, letter);
      keep (place, letter);
      g_assert_cmpint (ll_store_original_time (place->store, letter->id), >, 1700000000);
      expect (place, letter->id, content, sizes[i]);
      ll_store_close (letter);
      g_assert_true (ll_store_remove (place->store, letter, NULL));
      expect (place, letter->id, content, sizes[i]);
      place_reopen (place);
      expect (place, letter->id, content, sizes[i]);
      g_assert_cmpint (g_stat (path, &status), ==, 0);
      g_assert_cmpint (status.st_mode & 0777, ==, 0600);
    }
}

/* The end came after it was kept and before the letter went: both are there, and it goes on. */
static void
test_interrupted (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) small = place_take (place, place_letter (), "the letter\r\n", 12, 12);
  g_autoptr (LlLetter) large = place_take_large (place, place_letter ());
  const LlLetter *const letters[] = { small, large };

  keep (place, small);
  keep (place, large);
  place_reopen (place);
  for (guint i = 0; i < G_N_ELEMENTS (letters); i++)
    {
      g_autoptr (LlLetter) loaded = ll_store_load (place->store, letters[i]->id, NULL);

      g_assert_nonnull (loaded);
      keep (place, loaded);
      g_assert_true (ll_store_remove (place->store, loaded, NULL));
      g_assert_cmpint (ll_store_original_time (place->store, letters[i]->id), >, 0);
    }
  expect (place, small->id, "the letter\r\n", 12);
}

/* What is not kept, no id, cut off, or another letter's. */
static void
test_refuses (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = place_take_large (place, place_letter ());
  g_autofree char *path = original_path (place, letter->id);
  g_autofree char *other = original_path (place, "0123456789ab");
  g_autoptr (GError) error = NULL;

  g_assert_null (ll_store_read_original (place->store, letter->id, &error));
  g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_ABSENT);
  g_clear_error (&error);
  g_assert_null (ll_store_read_original (place->store, "../letters/x", &error));
  g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_ABSENT);
  g_clear_error (&error);
  keep (place, letter);
  g_assert_cmpint (g_rename (path, other), ==, 0);
  g_assert_null (ll_store_read_original (place->store, "0123456789ab", &error));
  g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_cmpint (g_rename (other, path), ==, 0);
  g_assert_cmpint (truncate (path, 1000), ==, 0);
  g_assert_null (ll_store_read_original (place->store, letter->id, &error));
  g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT);
}

/* Newest first; those that are too old go, and nothing else. */
static void
test_prune (Place *place, gconstpointer data)
{
  static const time_t times[] = { 1700000200, 1700000100, 1700000300 };
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) left = NULL;
  g_autofree char *stray = g_build_filename (place->folder, "originals", "note.txt", NULL);

  g_assert_true (g_file_set_contents (stray, "x", 1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autoptr (LlLetter) letter = place_take_large (place, place_letter ());
      g_autofree char *path = original_path (place, letter->id);

      keep (place, letter);
      g_assert_cmpint (utime (path, &(struct utimbuf){ times[i], times[i] }), ==, 0);
    }
  all = ll_store_list_originals (place->store);
  g_assert_cmpuint (all->len, ==, 3);
  g_assert_cmpint (((LlOriginal *) all->pdata[0])->time, ==, 1700000300);
  g_assert_cmpint (((LlOriginal *) all->pdata[2])->time, ==, 1700000100);
  g_assert_cmpuint (ll_store_prune_originals (place->store, 1700000200), ==, 1);
  left = ll_store_list_originals (place->store);
  g_assert_cmpuint (left->len, ==, 2);
  g_assert_cmpint (((LlOriginal *) left->pdata[1])->time, ==, 1700000200);
  g_assert_true (g_file_test (stray, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  place_init (&argc, &argv);
  g_test_add ("/spool/original/keep", Place, NULL, place_set_up, test_keep, place_tear_down);
  g_test_add ("/spool/original/interrupted", Place, NULL, place_set_up, test_interrupted,
              place_tear_down);
  g_test_add ("/spool/original/refuses", Place, NULL, place_set_up, test_refuses, place_tear_down);
  g_test_add ("/spool/original/prune", Place, NULL, place_set_up, test_prune, place_tear_down);
  return g_test_run ();
}
