/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/store.h"

#include "place.h"

/* Records a letter goes through in these tests: both recipients' states after each. */
static const LlState steps[][2] = {
  { LL_STATE_CHECKING, LL_STATE_CHECKING }, /* in the letter's own header */
  { LL_STATE_QUEUED, LL_STATE_HELD },       { LL_STATE_SENDING, LL_STATE_HELD },
  { LL_STATE_SENT, LL_STATE_HELD },         { LL_STATE_SENT, LL_STATE_DROPPED },
};

static void
set_states (LlLetter *letter, guint step)
{
  for (guint i = 0; i < 2; i++)
    {
      LlProgress *progress = ll_letter_progress (letter, i);

      progress->state = steps[step][i];
      g_free (progress->reason);
      progress->reason = g_strdup_printf ("step %u of recipient %u", step, i);
    }
}

static gboolean
is_step (LlLetter *letter, guint step)
{
  for (guint i = 0; i < 2; i++)
    if (ll_letter_progress (letter, i)->state != steps[step][i])
      return FALSE;
  return TRUE;
}

/* A letter through all steps; @ends gets the journal's length after each record. */
static LlLetter *
take_through (Place *place, gboolean durable)
{
  LlLetter *letter = place_take_large (place, place_letter ());

  for (guint step = 1; step < G_N_ELEMENTS (steps); step++)
    {
      set_states (letter, step);
      g_assert_true (ll_store_record (place->store, letter, durable, NULL));
    }
  return letter;
}

static void
test_round_trip (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = take_through (place, TRUE);
  g_autoptr (LlLetter) loaded = NULL;
  g_autoptr (LlLetter) again = NULL;

  place_reopen (place);
  loaded = ll_store_load (place->store, letter->id, NULL);
  g_assert_true (is_step (loaded, 4));
  g_assert_cmpstr (ll_letter_progress (loaded, 1)->reason, ==, "step 4 of recipient 1");
  /* and on from there */
  ll_letter_progress (loaded, 0)->state = LL_STATE_BOUNCED;
  g_assert_true (ll_store_record (place->store, loaded, TRUE, NULL));
  place_reopen (place);
  again = ll_store_load (place->store, letter->id, NULL);
  g_assert_cmpint (ll_letter_progress (again, 0)->state, ==, LL_STATE_BOUNCED);
  g_assert_cmpint (ll_letter_progress (again, 1)->state, ==, LL_STATE_DROPPED);
}

static void
test_illegal (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = take_through (place, TRUE);
  g_autoptr (LlLetter) loaded = NULL;
  g_autoptr (GError) error = NULL;

  ll_letter_progress (letter, 0)->state = LL_STATE_SENDING;
  g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*sending cannot follow sent*");
  g_assert_false (ll_store_record (place->store, letter, TRUE, &error));
  g_test_assert_expected_messages ();
  g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT);
  loaded = ll_store_load (place->store, letter->id, NULL);
  g_assert_true (is_step (loaded, 4));
}

/* Nothing new is nothing written. */
static void
test_idempotent (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = take_through (place, TRUE);
  g_autofree char *path = place_path (place, letter->id, ".journal");
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize length, length_after;

  g_assert_true (g_file_get_contents (path, &before, &length, NULL));
  g_assert_true (ll_store_record (place->store, letter, TRUE, NULL));
  g_assert_true (g_file_get_contents (path, &after, &length_after, NULL));
  g_assert_cmpmem (before, length, after, length_after);
}

static void
put_file (const char *path, const char *bytes, gsize length)
{
  FILE *file = fopen (path, "we");

  g_assert_cmpuint (fwrite (bytes, 1, length, file), ==, length);
  g_assert_cmpint (fclose (file), ==, 0);
}

/* What records take, without the reserved space behind them but some. */
static void
get_records (const char *path, char **bytes, gsize *length)
{
  gsize end;

  g_assert_true (g_file_get_contents (path, bytes, length, NULL));
  for (end = *length; end > 0 && (*bytes)[end - 1] == '\0'; end--)
    ;
  *length = MIN (*length, end + 40);
}

/* Cut at every octet: what is read is what some record said, never less than the cut allows,
 * never something else; and the letter can go on from there. */
static void
test_cut_anywhere (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = take_through (place, TRUE);
  g_autofree char *path = place_path (place, letter->id, ".journal");
  g_autofree char *bytes = NULL;
  gsize length;
  guint reached = 0;

  get_records (path, &bytes, &length);
  for (gsize cut = 0; cut <= length; cut++)
    {
      g_autoptr (LlLetter) loaded = NULL;
      g_autoptr (GError) error = NULL;
      guint step = reached;

      put_file (path, bytes, cut);
      loaded = ll_store_load (place->store, letter->id, &error);
      g_assert_no_error (error);
      while (step < G_N_ELEMENTS (steps) && !is_step (loaded, step))
        step++;
      g_assert_cmpuint (step, <=, reached + 1);
      g_assert_cmpuint (step, <, G_N_ELEMENTS (steps));
      reached = step;
    }
  g_assert_cmpuint (reached, ==, G_N_ELEMENTS (steps) - 1);
}

/* Cut or torn, then written on: the new record counts and the torn one never comes back. */
static void
test_goes_on_after_cut (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = take_through (place, TRUE);
  g_autofree char *path = place_path (place, letter->id, ".journal");
  g_autofree char *bytes = NULL;
  gsize length;

  get_records (path, &bytes, &length);
  for (gsize cut = 0; cut <= length; cut += 7)
    {
      g_autoptr (LlLetter) loaded = NULL;
      g_autoptr (LlLetter) again = NULL;
      LlProgress *progress;

      put_file (path, bytes, cut);
      loaded = ll_store_load (place->store, letter->id, NULL);
      progress = ll_letter_progress (loaded, 0);
      g_free (progress->reply);
      progress->reply = g_strdup ("a sign");
      g_assert_true (ll_store_record (place->store, loaded, TRUE, NULL));
      again = ll_store_load (place->store, letter->id, NULL);
      g_assert_nonnull (again);
      g_test_message ("cut at %zu", cut);
      g_assert_cmpstr (ll_letter_progress (again, 0)->reply, ==, "a sign");
      for (guint i = 0; i < 2; i++)
        g_assert_cmpint (ll_letter_progress (again, i)->state, ==,
                         ll_letter_progress (loaded, i)->state);
    }
}

/* One octet damaged: either it does not matter, or the last record is torn (the state before it
 * is read), or the letter is CORRUPT. A state that synced records left behind is never read. */
static void
test_flip_anywhere (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = take_through (place, TRUE);
  g_autofree char *path = place_path (place, letter->id, ".journal");
  g_autofree char *bytes = NULL;
  guint corrupt = 0, torn = 0;
  gsize length;

  get_records (path, &bytes, &length);
  for (gsize at = 0; at < length; at++)
    {
      g_autoptr (LlLetter) loaded = NULL;
      g_autoptr (GError) error = NULL;

      bytes[at] ^= 0x41;
      put_file (path, bytes, length);
      bytes[at] ^= 0x41;
      loaded = ll_store_load (place->store, letter->id, &error);
      if (loaded == NULL)
        {
          g_assert_true (g_error_matches (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT)
                         || g_error_matches (error, LL_STORE_ERROR, LL_STORE_ERROR_NEWER));
          corrupt++;
          continue;
        }
      g_assert_true (is_step (loaded, 4) || is_step (loaded, 3));
      torn += is_step (loaded, 3);
    }
  g_assert_cmpuint (corrupt, >, 100);
  g_assert_cmpuint (torn, >, 50);
}

/* Records that were not synced may be lost in any order; what comes back is a state of then. */
static void
test_unsynced_lost (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = take_through (place, FALSE);
  g_autofree char *path = place_path (place, letter->id, ".journal");
  g_autofree char *bytes = NULL;
  gsize length;

  get_records (path, &bytes, &length);
  for (gsize at = 32; at + 64 < length; at += 8)
    {
      g_autofree char *holed = g_memdup2 (bytes, length);
      g_autoptr (LlLetter) loaded = NULL;
      g_autoptr (GError) error = NULL;
      gboolean known = FALSE;

      memset (holed + at, 0, 64);
      put_file (path, holed, length);
      loaded = ll_store_load (place->store, letter->id, &error);
      g_assert_no_error (error);
      for (guint step = 0; step < G_N_ELEMENTS (steps); step++)
        known = known || is_step (loaded, step);
      g_assert_true (known);
    }
}

static void
test_other_letters (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = take_through (place, TRUE);
  g_autoptr (LlLetter) other = place_take_large (place, place_letter ());
  g_autofree char *from = place_path (place, letter->id, ".journal");
  g_autofree char *to = place_path (place, other->id, ".journal");
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (from, &bytes, &length, NULL));
  put_file (to, bytes, length);
  g_assert_null (ll_store_load (place->store, other->id, &error));
  g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT);
}

static void
test_newer (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = take_through (place, TRUE);
  g_autofree char *path = place_path (place, letter->id, ".journal");
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  bytes[11] = 2;
  put_file (path, bytes, length);
  g_assert_null (ll_store_load (place->store, letter->id, &error));
  g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_NEWER);
}

static void
test_gone_journal (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = place_take_large (place, place_letter ());
  g_autofree char *path = place_path (place, letter->id, ".journal");
  g_autoptr (LlLetter) loaded = NULL;
  g_autoptr (LlLetter) again = NULL;

  g_assert_cmpint (unlink (path), ==, 0);
  loaded = ll_store_load (place->store, letter->id, NULL);
  g_assert_true (is_step (loaded, 0));
  set_states (loaded, 1);
  g_assert_true (ll_store_record (place->store, loaded, TRUE, NULL));
  again = ll_store_load (place->store, letter->id, NULL);
  g_assert_true (is_step (again, 1));
}

/* A letter of many recipients that is tried for days: its journal stays small. */
static void
test_stays_small (Place *place, gconstpointer data)
{
  LlLetter *letter = place_letter ();
  g_autoptr (LlLetter) loaded = NULL;
  g_autofree char *path = NULL;
  g_autofree char *bytes = NULL;
  gsize length;

  for (guint i = 0; i < 300; i++)
    place_add_recipient (letter, "more@d.example");
  place_take_large (place, letter);
  for (guint round = 0; round < 100; round++)
    {
      for (guint i = 0; i < letter->progress->len; i++)
        {
          LlProgress *progress = ll_letter_progress (letter, i);

          progress->state = LL_STATE_QUEUED;
          progress->tries = round;
          g_free (progress->reason);
          progress->reason = g_strnfill (300, 'x');
        }
      g_assert_true (ll_store_record (place->store, letter, round % 10 == 0, NULL));
    }
  path = place_path (place, letter->id, ".journal");
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_cmpuint (length, <, 3 * 1024 * 1024);
  place_reopen (place);
  loaded = ll_store_load (place->store, letter->id, NULL);
  g_assert_cmpuint (ll_letter_progress (loaded, 299)->tries, ==, 99);
  ll_letter_free (letter);
}

#define ADD(path, function) g_test_add (path, Place, NULL, place_set_up, function, place_tear_down)

int
main (int argc, char **argv)
{
  place_init (&argc, &argv);
  ADD ("/journal/round-trip", test_round_trip);
  ADD ("/journal/illegal", test_illegal);
  ADD ("/journal/idempotent", test_idempotent);
  ADD ("/journal/cut-anywhere", test_cut_anywhere);
  ADD ("/journal/goes-on-after-cut", test_goes_on_after_cut);
  ADD ("/journal/flip-anywhere", test_flip_anywhere);
  ADD ("/journal/unsynced-lost", test_unsynced_lost);
  ADD ("/journal/other-letters", test_other_letters);
  ADD ("/journal/newer", test_newer);
  ADD ("/journal/gone", test_gone_journal);
  ADD ("/journal/stays-small", test_stays_small);
  return g_test_run ();
}
