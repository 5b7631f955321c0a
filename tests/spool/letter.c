/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/store.h"

#include "place.h"

static void
put_file (const char *path, const char *bytes, gsize length)
{
  FILE *file = fopen (path, "we");

  g_assert_cmpuint (fwrite (bytes, 1, length, file), ==, length);
  g_assert_cmpint (fclose (file), ==, 0);
}

/* Reads all there is: TRUE when that is exactly @content. Anything that is read before an error
 * must be the beginning of it. */
static gboolean
reads_whole (LlReader *reader, const char *content, gsize length, GError **error)
{
  g_autofree char *got = g_malloc (length + 1);
  gsize at = 0;
  gssize n;

  while ((n = ll_reader_read (reader, got + at, length + 1 - at, error)) > 0)
    at += (gsize) n;
  g_assert_cmpuint (at, <=, length);
  g_assert_cmpint (memcmp (got, content, at), ==, 0);
  return n == 0 && at == length;
}

/* TRUE: the letter opens and is what it was. FALSE: a typed error says that it is damaged. */
static gboolean
opens (Place *place, const char *id, const char *content, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlLetter) letter = ll_store_load (place->store, id, &error);
  g_autoptr (LlReader) reader = letter ? ll_store_read (place->store, letter, &error) : NULL;

  if (reader != NULL && reads_whole (reader, content, length, &error))
    {
      g_assert_cmpstr (letter->envelope->sender, ==, "me@a.example");
      g_assert_cmpuint (letter->envelope->recipients->len, ==, 2);
      return TRUE;
    }
  g_assert_true (g_error_matches (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT)
                 || g_error_matches (error, LL_STORE_ERROR, LL_STORE_ERROR_NEWER)
                 || g_error_matches (error, LL_STORE_ERROR, LL_STORE_ERROR_LOST));
  return FALSE;
}

static void
test_cut_anywhere (Place *place, gconstpointer data)
{
  const gsize length = 70000;
  g_autofree char *content = place_content (length);
  g_autoptr (LlLetter) letter = place_take (place, place_letter (), content, length, length);
  g_autofree char *path = place_path (place, letter->id, ".letter");
  g_autofree char *bytes = NULL;
  gsize whole;

  g_assert_true (g_file_get_contents (path, &bytes, &whole, NULL));
  g_assert_true (opens (place, letter->id, content, length));
  /* every octet at both ends and around the chunk's edge, some in between */
  for (gsize cut = 0; cut < whole; cut++)
    {
      if (cut > 400 && cut < 65600)
        cut += 997;
      if (cut > 65800 && cut < whole - 700)
        cut += 97;
      put_file (path, bytes, cut);
      g_assert_false (opens (place, letter->id, content, length));
    }
  put_file (path, bytes, whole);
  g_assert_true (opens (place, letter->id, content, length));
}

static void
test_flip_anywhere (Place *place, gconstpointer data)
{
  g_autofree char *content = place_content (300);
  g_autoptr (LlLetter) letter = place_take (place, place_letter (), content, 300, 300);
  g_autofree char *path = place_path (place, letter->id, ".letter");
  g_autofree char *bytes = NULL;
  gsize whole;

  place_reopen (place); /* out of the log */
  g_assert_true (g_file_get_contents (path, &bytes, &whole, NULL));
  for (gsize at = 0; at < whole; at++)
    for (guint bit = 1; bit < 256; bit <<= 4)
      {
        bytes[at] ^= (char) bit;
        put_file (path, bytes, whole);
        bytes[at] ^= (char) bit;
        g_assert_false (opens (place, letter->id, content, 300));
      }
}

/* Chunks in another order, twice, or from another letter do not open; nor does a letter with
 * bytes behind it. */
static void
test_moved_chunks (Place *place, gconstpointer data)
{
  const gsize length = 3 * 65536;
  const gsize chunk = 65536 + 16;
  g_autofree char *content = place_content (length);
  g_autoptr (LlLetter) letter = place_take (place, place_letter (), content, length, length);
  g_autoptr (LlLetter) other = place_take (place, place_letter (), content, length, length);
  g_autofree char *path = place_path (place, letter->id, ".letter");
  g_autofree char *other_path = place_path (place, other->id, ".letter");
  g_autofree char *bytes = NULL;
  g_autofree char *other_bytes = NULL;
  g_autofree char *changed = NULL;
  gsize whole, other_whole;

  g_assert_true (g_file_get_contents (path, &bytes, &whole, NULL));
  g_assert_true (g_file_get_contents (other_path, &other_bytes, &other_whole, NULL));
  changed = g_malloc (whole + 16);
  memcpy (changed, bytes, whole);
  memcpy (changed + 160, bytes + 160 + chunk, chunk);
  memcpy (changed + 160 + chunk, bytes + 160, chunk);
  put_file (path, changed, whole);
  g_assert_false (opens (place, letter->id, content, length));
  memcpy (changed, bytes, whole);
  memcpy (changed + 160, bytes + 160 + chunk, chunk);
  put_file (path, changed, whole);
  g_assert_false (opens (place, letter->id, content, length));
  memcpy (changed, bytes, whole);
  memcpy (changed + 160, other_bytes + 160, chunk);
  put_file (path, changed, whole);
  g_assert_false (opens (place, letter->id, content, length));
  memcpy (changed, bytes, whole);
  memset (changed + whole, 0, 16);
  put_file (path, changed, whole + 16);
  g_assert_false (opens (place, letter->id, content, length));
  /* a whole letter under another one's name */
  put_file (path, other_bytes, other_whole);
  g_assert_false (opens (place, letter->id, content, length));
}

static void
test_newer (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = place_take_large (place, place_letter ());
  g_autofree char *path = place_path (place, letter->id, ".letter");
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize whole;

  g_assert_true (g_file_get_contents (path, &bytes, &whole, NULL));
  bytes[11] = 2;
  put_file (path, bytes, whole);
  g_assert_null (ll_store_load (place->store, letter->id, &error));
  g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_NEWER);
}

static void
test_free (Place *place, gconstpointer data)
{
  ll_letter_free (NULL);
  ll_progress_free (NULL);
  ll_reader_free (NULL);
}

#define ADD(path, function) g_test_add (path, Place, NULL, place_set_up, function, place_tear_down)

int
main (int argc, char **argv)
{
  place_init (&argc, &argv);
  ADD ("/letter/cut-anywhere", test_cut_anywhere);
  ADD ("/letter/flip-anywhere", test_flip_anywhere);
  ADD ("/letter/moved-chunks", test_moved_chunks);
  ADD ("/letter/newer", test_newer);
  ADD ("/letter/free", test_free);
  return g_test_run ();
}
