/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A full disk, for real: a small tmpfs of our own, where we may mount one (as root, or in a
 * user namespace). Nothing is half-kept, and what is there can still be written down.
 */

#include "spool/store.h"

#include "place.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#define DISK (4 * 1024 * 1024)

static gboolean have_mount;

static void
small_set_up (Place *place, gconstpointer data)
{
  g_autofree char *size = g_strdup_printf ("size=%d", DISK);

  place->folder = g_dir_make_tmp ("ll-full-XXXXXX", NULL);
  if (have_mount)
    g_assert_cmpint (mount ("tmpfs", place->folder, "tmpfs", 0, size), ==, 0);
  place->secrets = ll_secret_store_new (place->folder);
  place_open (place);
}

static void
small_tear_down (Place *place, gconstpointer data)
{
  ll_store_free (place->store);
  ll_secret_store_free (place->secrets);
  if (have_mount)
    g_assert_cmpint (umount (place->folder), ==, 0);
  nftw (place->folder, place_remove_cb, 16, FTW_DEPTH | FTW_PHYS);
  g_free (place->folder);
}

static gboolean
is_skipped (void)
{
  if (!have_mount)
    g_test_skip ("no file system of our own can be mounted here");
  return !have_mount;
}

/* All but @left octets of the disk are taken. */
static void
fill_disk (Place *place, gsize left)
{
  g_autofree char *path = g_build_filename (place->folder, "filler", NULL);
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  static const char block[4096];
  off_t length = 0;

  while (write (fd, block, sizeof block) > 0)
    length += (off_t) sizeof block;
  g_assert_cmpint (ftruncate (fd, MAX (0, length - (off_t) left)), ==, 0);
  close (fd);
}

static void
free_disk (Place *place)
{
  g_autofree char *path = g_build_filename (place->folder, "filler", NULL);

  g_assert_cmpint (unlink (path), ==, 0);
}

/* With every amount of room from none to enough: FULL and nothing kept, or whole. */
static void
test_intake (Place *place, gconstpointer data)
{
  const gsize length = 200000;
  g_autofree char *content = place_content (length);
  guint full = 0, whole = 0;

  if (is_skipped ())
    return;
  for (gsize left = 0; left < 300000; left += 4096)
    {
      g_autoptr (LlLetter) letter = place_letter ();
      g_autoptr (GError) error = NULL;
      LlIntake *intake;

      fill_disk (place, left);
      intake = ll_store_begin (place->store, &error);
      g_assert_no_error (error);
      if (ll_intake_write (intake, content, length, &error)
          && ll_intake_commit (intake, letter, TRUE, &error))
        {
          g_autoptr (LlReader) reader = ll_store_read (place->store, letter, NULL);

          place_expect_content (reader, content, length);
          g_assert_true (ll_store_remove (place->store, letter, NULL));
          whole++;
        }
      else
        {
          if (letter->id == NULL)
            ll_intake_abandon (intake);
          g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_FULL);
          full++;
        }
      place_reopen (place);
      g_assert_cmpuint (place_count (place, "tmp"), ==, 0);
      g_assert_cmpuint (place_count (place, "letters"), ==, 0);
      free_disk (place);
    }
  g_assert_cmpuint (full, >, 10);
  g_assert_cmpuint (whole, >, 10);
}

static void
give_long_reason (LlLetter *letter, guint n)
{
  LlProgress *progress = ll_letter_progress (letter, 0);

  progress->tries = n;
  g_free (progress->reason);
  progress->reason = g_strnfill (3000, (char) ('a' + n % 26));
}

/* Not one octet left: the journey goes on in the space kept back for it, and when even that is
 * used up, the last whole record counts. */
static void
test_record (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = NULL;
  g_autoptr (LlLetter) loaded = NULL;
  g_autoptr (LlLetter) after = NULL;
  g_autoptr (GError) error = NULL;
  guint n = 0;

  if (is_skipped ())
    return;
  letter = place_take_large (place, place_letter ());
  fill_disk (place, 0);
  ll_letter_progress (letter, 0)->state = LL_STATE_SENDING;
  /* a journal that grows is written anew: the reserve is enough for any number of records */
  while (n < 1000)
    {
      give_long_reason (letter, ++n);
      ll_store_record (place->store, letter, TRUE, &error);
      g_assert_no_error (error);
    }
  /* now somebody takes that as well */
  fill_disk (place, 0);
  while (error == NULL)
    {
      give_long_reason (letter, ++n);
      ll_store_record (place->store, letter, TRUE, &error);
    }
  g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_FULL);
  loaded = ll_store_load (place->store, letter->id, NULL);
  g_assert_nonnull (loaded);
  g_assert_cmpuint (ll_letter_progress (loaded, 0)->tries, ==, n - 1);
  g_assert_cmpint (ll_letter_progress (loaded, 0)->state, ==, LL_STATE_SENDING);
  /* room again: the same record goes through */
  free_disk (place);
  g_assert_true (ll_store_record (place->store, letter, TRUE, NULL));
  place_reopen (place);
  after = ll_store_load (place->store, letter->id, NULL);
  g_assert_cmpuint (ll_letter_progress (after, 0)->tries, ==, n);
}

/* Nobody can take the reserve by submitting letters. */
static void
test_intake_leaves_reserve (Place *place, gconstpointer data)
{
  g_autofree char *content = place_content (100000);
  g_autofree char *path = g_build_filename (place->folder, "reserve", NULL);
  gboolean taken = TRUE;
  struct stat status;

  if (is_skipped ())
    return;
  while (taken)
    {
      g_autoptr (LlLetter) letter = place_letter ();
      LlIntake *intake = ll_store_begin (place->store, NULL);

      taken = ll_intake_write (intake, content, 100000, NULL);
      if (taken)
        taken = ll_intake_commit (intake, letter, TRUE, NULL);
      else
        ll_intake_abandon (intake);
    }
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_blocks * 512, >=, 1024 * 1024);
}

#define ADD(path, function) g_test_add (path, Place, NULL, small_set_up, function, small_tear_down)

int
main (int argc, char **argv)
{
  place_init (&argc, &argv);
  have_mount
      = unshare (CLONE_NEWNS) == 0 && mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
  ADD ("/room/intake", test_intake);
  ADD ("/room/record", test_record);
  ADD ("/room/intake-leaves-reserve", test_intake_leaves_reserve);
  return g_test_run ();
}
