/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A letter on its way through the log, out of it into files, and what a crash leaves. */

#include "place.h"

static void
set_states (LlLetter *letter, LlState one, LlState two)
{
  ll_letter_progress (letter, 0)->state = one;
  ll_letter_progress (letter, 1)->state = two;
}

static void
save (Place *place, LlLetter *letter, LlState one, LlState two)
{
  g_autoptr (GError) error = NULL;

  set_states (letter, one, two);
  ll_store_record (place->store, letter, TRUE, &error);
  g_assert_no_error (error);
}

static gboolean
has_files (Place *place, const LlLetter *letter)
{
  g_autofree char *path = place_path (place, letter->id, ".letter");
  g_autofree char *journal = place_path (place, letter->id, ".journal");
  gboolean has = g_file_test (path, G_FILE_TEST_EXISTS);

  g_assert_cmpint (g_file_test (journal, G_FILE_TEST_EXISTS), ==, has);
  return has;
}

/* After the end of the program: the letter, its states and its content. */
static void
expect (Place *place, const LlLetter *letter, LlState one, LlState two)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlLetter) loaded = NULL;
  g_autoptr (LlReader) reader = NULL;

  place_reopen (place);
  loaded = ll_store_load (place->store, letter->id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ll_letter_progress (loaded, 0)->state, ==, one);
  g_assert_cmpint (ll_letter_progress (loaded, 1)->state, ==, two);
  reader = ll_store_read (place->store, loaded, NULL);
  place_expect_content (reader, "content", 7);
}

static void
expect_gone (Place *place)
{
  g_auto (GStrv) ids = NULL;

  place_reopen (place);
  ids = ll_store_list (place->store);
  g_assert_cmpuint (g_strv_length (ids), ==, 0);
}

static void
test_on_its_way (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = place_take (place, place_letter (), "content", 7, 7);
  g_autoptr (LlReader) reader = ll_store_read (place->store, letter, NULL);

  place_expect_content (reader, "content", 7);
  save (place, letter, LL_STATE_SENDING, LL_STATE_CHECKING);
  save (place, letter, LL_STATE_SENT, LL_STATE_SENDING);
  g_assert_false (has_files (place, letter));
  expect (place, letter, LL_STATE_SENT, LL_STATE_SENDING);
}

static void
test_done (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = place_take (place, place_letter (), "content", 7, 7);

  save (place, letter, LL_STATE_SENDING, LL_STATE_SENDING);
  save (place, letter, LL_STATE_SENT, LL_STATE_SENT);
  g_assert_false (has_files (place, letter));
  g_assert_true (ll_store_remove (place->store, letter, NULL));
  expect_gone (place);
}

static void
test_rests (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = place_take (place, place_letter (), "content", 7, 7);
  g_autoptr (LlReader) reader = NULL;

  save (place, letter, LL_STATE_SENDING, LL_STATE_HELD);
  g_assert_false (has_files (place, letter));
  save (place, letter, LL_STATE_SENT, LL_STATE_HELD);
  g_assert_true (has_files (place, letter));
  reader = ll_store_read (place->store, letter, NULL);
  place_expect_content (reader, "content", 7);
  save (place, letter, LL_STATE_SENT, LL_STATE_QUEUED);
  expect (place, letter, LL_STATE_SENT, LL_STATE_QUEUED);
}

/* Held when it came in: that nothing is new does not keep it in the log. */
static void
test_comes_to_rest (Place *place, gconstpointer data)
{
  LlLetter *letter = place_letter ();

  set_states (letter, LL_STATE_HELD, LL_STATE_HELD);
  place_take (place, letter, "content", 7, 7);
  save (place, letter, LL_STATE_HELD, LL_STATE_HELD);
  g_assert_true (has_files (place, letter));
  expect (place, letter, LL_STATE_HELD, LL_STATE_HELD);
  ll_letter_free (letter);
}

/* What moved out and is done is not brought back by the log. */
static void
test_rested_and_done (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = place_take (place, place_letter (), "content", 7, 7);

  save (place, letter, LL_STATE_QUEUED, LL_STATE_QUEUED);
  save (place, letter, LL_STATE_SENDING, LL_STATE_SENDING);
  save (place, letter, LL_STATE_SENT, LL_STATE_SENT);
  g_assert_true (has_files (place, letter));
  g_assert_true (ll_store_remove (place->store, letter, NULL));
  expect_gone (place);
}

/* More than was kept for its records: the letter gets files, and goes on. */
static void
test_many_records (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = place_take (place, place_letter (), "content", 7, 7);
  LlProgress *progress = ll_letter_progress (letter, 0);

  for (guint i = 0; i < 3000; i++)
    {
      g_free (progress->reason);
      progress->reason = g_strdup_printf ("%010000u", i);
      g_assert_true (ll_store_record (place->store, letter, FALSE, NULL));
    }
  g_assert_true (has_files (place, letter));
  expect (place, letter, LL_STATE_CHECKING, LL_STATE_CHECKING);
}

static void
put_log (Place *place, const char *bytes, gsize length)
{
  g_autofree char *path = g_build_filename (place->folder, "log.1", NULL);

  g_assert_true (g_file_set_contents (path, bytes, (gssize) length, NULL));
}

/* Killed while the letters move out at a start, they move out at the next one; and the files that
 * they have by then are worth more than the log. */
static void
test_again (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = place_take (place, place_letter (), "content", 7, 7);
  g_autofree char *path = g_build_filename (place->folder, "log.1", NULL);
  g_autofree char *journal = place_path (place, letter->id, ".journal");
  g_autofree char *file = place_path (place, letter->id, ".letter");
  g_autofree char *bytes = NULL;
  g_autoptr (LlLetter) loaded = NULL;
  gsize length;

  save (place, letter, LL_STATE_SENDING, LL_STATE_CHECKING);
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  expect (place, letter, LL_STATE_SENDING, LL_STATE_CHECKING);

  /* only the journal was made */
  g_clear_pointer (&place->store, ll_store_free);
  g_assert_cmpint (unlink (file), ==, 0);
  put_log (place, bytes, length);
  place_open (place);
  expect (place, letter, LL_STATE_SENDING, LL_STATE_CHECKING);

  /* both files were, and the letter went on */
  loaded = ll_store_load (place->store, letter->id, NULL);
  save (place, loaded, LL_STATE_SENT, LL_STATE_HELD);
  g_clear_pointer (&place->store, ll_store_free);
  put_log (place, bytes, length);
  place_open (place);
  expect (place, letter, LL_STATE_SENT, LL_STATE_HELD);
  g_assert_true (g_file_test (journal, G_FILE_TEST_EXISTS));
}

#define ADD(path, function) g_test_add (path, Place, NULL, place_set_up, function, place_tear_down)

int
main (int argc, char **argv)
{
  place_init (&argc, &argv);
  ADD ("/rest/on-its-way", test_on_its_way);
  ADD ("/rest/done", test_done);
  ADD ("/rest/rests", test_rests);
  ADD ("/rest/comes-to-rest", test_comes_to_rest);
  ADD ("/rest/rested-and-done", test_rested_and_done);
  ADD ("/rest/many-records", test_many_records);
  ADD ("/rest/again", test_again);
  return g_test_run ();
}
