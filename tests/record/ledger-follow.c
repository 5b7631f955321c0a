/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "record/ledger.h"

#include "../spool/place.h"

#include <sys/syscall.h>

/* Syncs of a spool's log, in place of the library's function. */
static gint log_syncs;

int
fdatasync (int fd)
{
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autofree char *path = g_file_read_link (link, NULL);

  if (path != NULL && strstr (path, "/log.") != NULL)
    g_atomic_int_inc (&log_syncs);
  return (int) syscall (SYS_fdatasync, fd);
}

static void
flush (LlLedger *ledger)
{
  g_autoptr (GError) error = NULL;

  ll_ledger_flush (ledger, &error);
  g_assert_no_error (error);
}

/* The spool is the truth: the ledger tells of no letter that a power loss would take. */
static void
test_follows (Place *place, gconstpointer data)
{
  g_autofree char *path = g_build_filename (place->folder, "ledger.db", NULL);
  g_autoptr (LlLedger) ledger = ll_ledger_open (path, NULL);
  g_autoptr (LlLetter) letter = place_letter ();
  LlIntake *intake = ll_store_begin (place->store, NULL);

  g_assert_nonnull (ledger);
  ll_ledger_follow (ledger, place->store);
  g_assert_true (ll_intake_commit (intake, letter, FALSE, NULL));
  g_assert_false (ll_store_is_synced (letter));
  g_assert_cmpint (g_atomic_int_get (&log_syncs), ==, 0);
  ll_ledger_put (ledger, letter, NULL);
  flush (ledger);
  g_assert_cmpint (g_atomic_int_get (&log_syncs), ==, 1);
  g_assert_true (ll_store_sync (place->store, NULL)); /* it is, already */
  g_assert_cmpint (g_atomic_int_get (&log_syncs), ==, 1);
}

/* One sync for the letter and for the record that stands before the dot. */
static void
test_one_sync (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = place_letter ();
  LlIntake *intake = ll_store_begin (place->store, NULL);
  gint before = g_atomic_int_get (&log_syncs);

  g_assert_true (ll_intake_commit (intake, letter, FALSE, NULL));
  g_assert_false (ll_store_is_synced (letter));
  ll_letter_progress (letter, 0)->state = LL_STATE_SENDING;
  g_assert_true (ll_store_record (place->store, letter, TRUE, NULL));
  g_assert_true (ll_store_is_synced (letter));
  g_assert_cmpint (g_atomic_int_get (&log_syncs), ==, before + 1);
}

/* A durable record that has nothing new to say: the letter was said to no disk yet. */
static void
test_nothing_new (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = place_letter ();
  LlIntake *intake = ll_store_begin (place->store, NULL);
  gint before = g_atomic_int_get (&log_syncs);

  g_assert_true (ll_intake_commit (intake, letter, FALSE, NULL));
  g_assert_true (ll_store_record (place->store, letter, TRUE, NULL));
  g_assert_true (ll_store_is_synced (letter));
  g_assert_cmpint (g_atomic_int_get (&log_syncs), ==, before + 1);
}

#define ADD(path, function) g_test_add (path, Place, NULL, place_set_up, function, place_tear_down)

int
main (int argc, char *argv[])
{
  place_init (&argc, &argv);
  ADD ("/record/follows", test_follows);
  ADD ("/spool/one sync", test_one_sync);
  ADD ("/spool/nothing new", test_nothing_new);
  return g_test_run ();
}
