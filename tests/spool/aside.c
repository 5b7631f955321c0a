/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/aside.h"

#include "base/limits.h"
#include "keyring.h"

#define ID "0123456789ab"
#define TEXT "Befund f\303\274r Ada"

static void
expect_text (Place *place, GBytes *sealed, const char *text)
{
  g_autoptr (LlAsides) asides = ll_asides_new (place->store);
  g_autoptr (GError) error = NULL;
  g_autofree char *opened = ll_asides_open (asides, ID, "subject", sealed, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (opened, ==, text);
}

static void
expect_error (Place *place, const char *id, const char *purpose, GBytes *sealed, LlStoreError code)
{
  g_autoptr (LlAsides) asides = ll_asides_new (place->store);
  g_autoptr (GError) error = NULL;

  /* the second time it is remembered */
  for (guint i = 0; i < 2; i++)
    {
      g_clear_error (&error);
      g_assert_null (ll_asides_open (asides, id, purpose, sealed, &error));
      g_assert_error (error, LL_STORE_ERROR, (int) code);
    }
}

static gboolean
contains (GBytes *bytes, const char *text)
{
  gsize length;
  const char *at = g_bytes_get_data (bytes, &length);

  return memmem (at, length, text, strlen (text)) != NULL;
}

static void
test_opens (Place *place, gconstpointer data)
{
  g_autofree char *longest = g_strnfill (LL_ASIDE_MAX, 'x');
  g_autoptr (GBytes) sealed = ll_aside_seal (place->store, ID, "subject", TEXT);
  g_autoptr (GBytes) empty = ll_aside_seal (place->store, ID, "subject", "");
  g_autoptr (GBytes) filled = ll_aside_seal (place->store, ID, "subject", longest);

  g_assert_false (contains (sealed, "Befund"));
  g_assert_false (contains (filled, "xxxx"));
  expect_text (place, sealed, TEXT);
  expect_text (place, empty, "");
  expect_text (place, filled, longest);
  place_reopen (place);
  expect_text (place, sealed, TEXT);
}

/* It belongs to one letter and one purpose. */
static void
test_bound (Place *place, gconstpointer data)
{
  g_autoptr (GBytes) sealed = ll_aside_seal (place->store, ID, "subject", TEXT);

  expect_error (place, "0123456789ac", "subject", sealed, LL_STORE_ERROR_CORRUPT);
  expect_error (place, ID, "object", sealed, LL_STORE_ERROR_CORRUPT);
  expect_error (place, "", "subject\0" ID, sealed, LL_STORE_ERROR_CORRUPT);
}

/* The same text twice has nothing in common but the key's id and the sealer's half. */
static void
test_fresh (Place *place, gconstpointer data)
{
  g_autoptr (GBytes) one = ll_aside_seal (place->store, ID, "subject", TEXT);
  g_autoptr (GBytes) other = ll_aside_seal (place->store, ID, "subject", TEXT);
  const guint8 *a = g_bytes_get_data (one, NULL);
  const guint8 *b = g_bytes_get_data (other, NULL);
  guint same = 0;

  g_assert_cmpuint (g_bytes_get_size (one), ==, g_bytes_get_size (other));
  for (gsize i = 9 + 16 + 32; i < g_bytes_get_size (one); i++)
    same += a[i] == b[i];
  g_assert_cmpmem (a, 9, b, 9);
  g_assert_cmpint (memcmp (a + 9, b + 9, 16), !=, 0);
  g_assert_cmpuint (same, <, 8);
}

/* Every octet counts, and so does the end. */
static void
test_damaged (Place *place, gconstpointer data)
{
  g_autoptr (GBytes) sealed = ll_aside_seal (place->store, ID, "subject", TEXT);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (sealed, &length);
  g_autofree guint8 *changed = g_memdup2 (bytes, length);
  g_autoptr (LlAsides) asides = ll_asides_new (place->store);

  for (gsize i = 0; i < length; i++)
    {
      g_autoptr (GBytes) flipped = NULL;
      g_autoptr (GBytes) cut = g_bytes_new (bytes, i);

      changed[i] ^= 0x80;
      flipped = g_bytes_new (changed, length);
      changed[i] ^= 0x80;
      g_assert_null (ll_asides_open (asides, ID, "subject", flipped, NULL));
      g_assert_null (ll_asides_open (asides, ID, "subject", cut, NULL));
    }
  changed[0]++;
  g_clear_pointer (&sealed, g_bytes_unref);
  sealed = g_bytes_new (changed, length);
  expect_error (place, ID, "subject", sealed, LL_STORE_ERROR_NEWER);
}

/* Who has the public half can seal what is no text. */
static void
test_no_text (Place *place, gconstpointer data)
{
  g_autoptr (GBytes) sealed = ll_aside_seal (place->store, ID, "subject", "\377\376");

  expect_error (place, ID, "subject", sealed, LL_STORE_ERROR_CORRUPT);
}

/* Sealing asks nobody; opening waits for the keyring, and then opens what was sealed meanwhile. */
static void
test_locked (Place *place, gconstpointer data)
{
  g_autoptr (GBytes) before = ll_aside_seal (place->store, ID, "subject", "before");
  g_autoptr (GBytes) during = NULL;
  g_autofree char *path = place_secrets_path (place);
  g_autofree char *bytes = NULL;

  g_assert_true (g_file_get_contents (path, &bytes, NULL, NULL));
  place_lock_secrets (place);
  place_reopen (place);
  during = ll_aside_seal (place->store, ID, "subject", "during");
  expect_error (place, ID, "subject", before, LL_STORE_ERROR_LOCKED);
  expect_error (place, ID, "subject", during, LL_STORE_ERROR_LOCKED);
  g_assert_true (g_file_set_contents (path, bytes, -1, NULL));
  place_reopen (place);
  expect_text (place, before, "before");
  expect_text (place, during, "during");
}

/* The old key is gone, a new one is there: each aside is asked about by its own. */
static void
test_lost (Place *place, gconstpointer data)
{
  g_autoptr (GBytes) old = ll_aside_seal (place->store, ID, "subject", "old");
  g_autoptr (GBytes) fresh = NULL;
  g_autoptr (LlAsides) asides = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = place_lose_secrets (place);

  place_reopen (place);
  place_reopen (place); /* waits for the look at the key */
  fresh = ll_aside_seal (place->store, ID, "subject", "fresh");
  asides = ll_asides_new (place->store);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *opened = ll_asides_open (asides, ID, "subject", fresh, NULL);

      g_assert_cmpstr (opened, ==, "fresh");
      g_assert_null (ll_asides_open (asides, ID, "subject", old, &error));
      g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_LOST);
      g_clear_error (&error);
    }
}

#define ADD(path, function) g_test_add (path, Place, NULL, place_set_up, function, place_tear_down)

int
main (int argc, char *argv[])
{
  place_init (&argc, &argv);
  ADD ("/aside/opens", test_opens);
  ADD ("/aside/bound", test_bound);
  ADD ("/aside/fresh", test_fresh);
  ADD ("/aside/damaged", test_damaged);
  ADD ("/aside/no text", test_no_text);
  ADD ("/aside/locked", test_locked);
  ADD ("/aside/lost", test_lost);
  return g_test_run ();
}
