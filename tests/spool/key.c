/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/key.h"

#include "keyring.h"

static void
expect_read_error (Place *place, LlLetter *letter, LlStoreError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ll_store_read (place->store, letter, &error));
  g_assert_error (error, LL_STORE_ERROR, (int) code);
}

static LlLetter *
letter_with_facts (void)
{
  LlLetter *letter = place_letter ();
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "kind", "u", 1);
  letter->facts = g_variant_ref_sink (g_variant_dict_end (&dict));
  return letter;
}

/* Intake works, what is in memory is delivered, what is not waits; after that all opens. */
static void
test_locked (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) before = place_take (place, letter_with_facts (), "before", 6, 6);
  g_autoptr (LlLetter) during = NULL;
  g_autoptr (LlLetter) loaded = NULL;
  g_autoptr (LlLetter) opened = NULL;
  g_autoptr (LlReader) reader = NULL;
  g_autoptr (LlReader) later = NULL;
  g_autofree char *path = place_secrets_path (place);
  g_autofree char *bytes = NULL;

  g_assert_true (g_file_get_contents (path, &bytes, NULL, NULL));
  place_lock_secrets (place);
  place_reopen (place);
  during = place_take (place, letter_with_facts (), "during", 6, 6);
  reader = ll_store_read (place->store, during, NULL);
  place_expect_content (reader, "during", 6);
  loaded = ll_store_load (place->store, before->id, NULL);
  g_assert_nonnull (loaded);
  g_assert_cmpstr (loaded->envelope->sender, ==, "me@a.example");
  g_assert_null (loaded->facts);
  expect_read_error (place, loaded, LL_STORE_ERROR_LOCKED);
  /* its journey goes on as far as it can */
  ll_letter_progress (loaded, 0)->state = LL_STATE_WAITING;
  g_assert_true (ll_store_record (place->store, loaded, TRUE, NULL));

  g_assert_true (g_file_set_contents (path, bytes, -1, NULL));
  place_reopen (place);
  opened = ll_store_load (place->store, during->id, NULL);
  g_assert_nonnull (opened->facts);
  later = ll_store_read (place->store, opened, NULL);
  place_expect_content (later, "during", 6);
  g_clear_pointer (&later, ll_reader_free);
  later = ll_store_read (place->store, loaded, NULL);
  place_expect_content (later, "before", 6);
  g_assert_nonnull (loaded->facts);
}

/* Gone for good: listed, typed, and new letters get a key that can be had. */
static void
test_lost (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) old = place_take (place, place_letter (), "old", 3, 3);
  g_autoptr (LlLetter) loaded = NULL;
  g_autoptr (LlLetter) fresh = NULL;
  g_autoptr (LlLetter) again = NULL;
  g_autoptr (LlReader) reader = NULL;
  g_autofree char *bytes = place_lose_secrets (place);
  g_autofree char *path = place_secrets_path (place);
  g_auto (GStrv) ids = NULL;

  place_reopen (place);
  ids = ll_store_list (place->store);
  g_assert_cmpuint (g_strv_length (ids), ==, 1);
  loaded = ll_store_load (place->store, ids[0], NULL);
  g_assert_nonnull (loaded);
  expect_read_error (place, loaded, LL_STORE_ERROR_LOST);

  place_reopen (place); /* waits for the look at the key */
  fresh = place_take (place, place_letter (), "new", 3, 3);
  place_reopen (place);
  again = ll_store_load (place->store, fresh->id, NULL);
  reader = ll_store_read (place->store, again, NULL);
  g_assert_nonnull (reader);
  place_expect_content (reader, "new", 3);

  /* a backup of the keyring brings the old one back */
  g_clear_pointer (&reader, ll_reader_free);
  g_assert_true (g_file_set_contents (path, bytes, -1, NULL));
  place_reopen (place);
  g_clear_pointer (&loaded, ll_letter_free);
  loaded = ll_store_load (place->store, old->id, NULL);
  reader = ll_store_read (place->store, loaded, NULL);
  place_expect_content (reader, "old", 3);
}

static void
test_not_a_key (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = place_take (place, place_letter (), "x", 1, 1);
  g_autoptr (LlLetter) loaded = NULL;
  g_autofree char *path = place_secrets_path (place);
  g_autofree char *bytes = place_lose_secrets (place);
  g_autofree char *changed = NULL;

  *strrchr (bytes, ' ') = '\0';
  changed = g_strconcat (bytes, " eHl6\n", NULL);
  g_assert_true (g_file_set_contents (path, changed, -1, NULL));
  place_reopen (place);
  loaded = ll_store_load (place->store, letter->id, NULL);
  expect_read_error (place, loaded, LL_STORE_ERROR_LOST);
}

/* The public half alone is damaged: a new pair, and the old letters still open. */
static void
test_public_half_damaged (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = place_take (place, place_letter (), "x", 1, 1);
  g_autofree char *path = g_build_filename (place->folder, "key.pub", NULL);
  g_autoptr (LlLetter) loaded = NULL;
  g_autoptr (LlReader) reader = NULL;
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  bytes[20] ^= 1;
  g_assert_true (g_file_set_contents (path, bytes, (gssize) length, NULL));
  place_reopen (place);
  loaded = ll_store_load (place->store, letter->id, NULL);
  reader = ll_store_read (place->store, loaded, NULL);
  g_assert_nonnull (reader);
  place_expect_content (reader, "x", 1);
}

/* The private half is nowhere in the spool's own files, the way it is spelled where it rests. */
static void
test_private_half_apart (Place *place, gconstpointer data)
{
  static const char *const names[] = { "key.pub", "ids", "lock", "reserve" };
  g_autofree char *path = place_secrets_path (place);
  g_autofree char *bytes = NULL;
  const char *value;

  g_assert_true (g_file_get_contents (path, &bytes, NULL, NULL));
  value = strrchr (bytes, ' ') + 1;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_build_filename (place->folder, names[i], NULL);
      g_autofree char *other = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (name, &other, &length, NULL));
      g_assert_null (memmem (other, length, value, 16));
    }
}

#define ADD(path, function) g_test_add (path, Place, NULL, place_set_up, function, place_tear_down)

int
main (int argc, char **argv)
{
  place_init (&argc, &argv);
  ADD ("/key/locked", test_locked);
  ADD ("/key/lost", test_lost);
  ADD ("/key/not-a-key", test_not_a_key);
  ADD ("/key/public-half-damaged", test_public_half_damaged);
  ADD ("/key/private-half-apart", test_private_half_apart);
  return g_test_run ();
}
