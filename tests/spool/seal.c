/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/seal.h"

#include "base/error.h"

#include <string.h>

static void
test_key (void)
{
  guint8 public_half[LL_SEAL_HALF];
  guint8 other_half[LL_SEAL_HALF];
  g_autoptr (LlSecret) mine = ll_seal_new_pair (public_half);
  g_autoptr (LlSecret) other = ll_seal_new_pair (other_half);
  g_autoptr (LlSecret) key = ll_seal_new_key ();
  g_autoptr (LlSecret) opened = NULL;
  g_autoptr (LlSecret) short_half = ll_secret_new ("x", 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (LlSealer) sealer = NULL;
  LlSealedKey sealed;

  sealer = ll_sealer_new (public_half);
  ll_sealer_seal (sealer, key, "context", 7, &sealed);
  opened = ll_seal_key_open (mine, &sealed, "context", 7, &error);
  g_assert_no_error (error);
  g_assert_true (ll_secret_equal (opened, ll_secret_peek (key), ll_secret_length (key)));
  g_assert_null (ll_seal_key_open (mine, &sealed, "Context", 7, &error));
  g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT);
  g_assert_null (ll_seal_key_open (other, &sealed, "context", 7, NULL));
  g_assert_null (ll_seal_key_open (short_half, &sealed, "context", 7, NULL));
  for (gsize i = 0; i < sizeof sealed; i++)
    {
      LlSealedKey flipped = sealed;

      ((guint8 *) &flipped)[i] ^= 1;
      g_assert_null (ll_seal_key_open (mine, &flipped, "context", 7, NULL));
    }
  memset (sealed.ephemeral, 0, sizeof sealed.ephemeral);
  g_assert_null (ll_seal_key_open (mine, &sealed, "context", 7, NULL));
}

/* Two seals of one key have nothing in common but its commitment; by one sealer also the ephemeral
 * half, and each opens where it belongs. */
static void
test_fresh (void)
{
  guint8 public_half[LL_SEAL_HALF];
  g_autoptr (LlSecret) mine = ll_seal_new_pair (public_half);
  g_autoptr (LlSecret) key = ll_seal_new_key ();
  g_autoptr (LlSecret) next = ll_seal_new_key ();
  g_autoptr (LlSealer) sealer = ll_sealer_new (public_half);
  g_autoptr (LlSealer) other = ll_sealer_new (public_half);
  g_autoptr (LlSecret) opened = NULL;
  LlSealedKey a, b, c;

  ll_sealer_seal (sealer, key, "one", 3, &a);
  ll_sealer_seal (other, key, "one", 3, &b);
  ll_sealer_seal (sealer, key, "two", 3, &c);
  g_assert_cmpmem (a.ephemeral, sizeof a.ephemeral, c.ephemeral, sizeof c.ephemeral);
  /* another key altogether: not one octet of the stream is shared */
  for (gsize i = 0, same = 0; i < LL_SEAL_KEY; i++)
    {
      same += a.sealed[i] == c.sealed[i];
      g_assert_cmpuint (same, <, 8);
    }
  opened = ll_seal_key_open (mine, &c, "two", 3, NULL);
  g_assert_true (ll_secret_equal (opened, ll_secret_peek (key), ll_secret_length (key)));
  g_assert_cmpint (memcmp (a.ephemeral, b.ephemeral, sizeof a.ephemeral), !=, 0);
  g_assert_cmpint (memcmp (a.sealed, b.sealed, sizeof a.sealed), !=, 0);
  g_assert_cmpmem (a.commitment, sizeof a.commitment, b.commitment, sizeof b.commitment);
  g_assert_false (ll_secret_equal (key, ll_secret_peek (next), ll_secret_length (next)));
}

/* It remembers the last ephemeral half, whichever comes next. */
static void
test_opener (void)
{
  guint8 public_half[LL_SEAL_HALF];
  g_autoptr (LlSecret) mine = ll_seal_new_pair (public_half);
  g_autoptr (LlSecret) key = ll_seal_new_key ();
  g_autoptr (LlSealer) one = ll_sealer_new (public_half);
  g_autoptr (LlSealer) other = ll_sealer_new (public_half);
  g_autoptr (LlOpener) opener = ll_opener_new (mine);
  LlSealedKey none = { { 0 } };

  for (guint i = 0; i < 8; i++)
    {
      LlSealedKey sealed;
      g_autoptr (LlSecret) opened = NULL;

      ll_sealer_seal (i / 2 % 2 == 0 ? one : other, key, &i, sizeof i, &sealed);
      if (i == 5)
        g_assert_null (ll_opener_open (opener, &none, &i, sizeof i, NULL));
      opened = ll_opener_open (opener, &sealed, &i, sizeof i, NULL);
      g_assert_true (ll_secret_equal (opened, ll_secret_peek (key), ll_secret_length (key)));
    }
}

static void
test_chunks (void)
{
  static const gsize lengths[] = { 0, 1, 15, 16, 17, 1000, LL_SEAL_CHUNK };
  g_autoptr (LlSecret) key = ll_seal_new_key ();
  g_autoptr (LlSeal) seal = ll_seal_new (key);
  g_autofree guint8 *plain = g_malloc0 (LL_SEAL_CHUNK);
  g_autofree guint8 *sealed = g_malloc (LL_SEAL_CHUNK + LL_SEAL_TAG);
  g_autofree guint8 *out = g_malloc (LL_SEAL_CHUNK + LL_SEAL_TAG);

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      gsize length = lengths[i];
      gsize whole = length + LL_SEAL_TAG;

      ll_seal_chunk (seal, 5, FALSE, plain, length, sealed);
      g_assert_true (ll_seal_chunk_open (seal, 5, FALSE, sealed, whole, out, NULL));
      g_assert_cmpmem (out, length, plain, length);
      /* at another place, as the last one, cut, and lengthened */
      g_assert_false (ll_seal_chunk_open (seal, 4, FALSE, sealed, whole, out, NULL));
      g_assert_false (ll_seal_chunk_open (seal, 6, FALSE, sealed, whole, out, NULL));
      g_assert_false (ll_seal_chunk_open (seal, 5 + (1ull << 32), FALSE, sealed, whole, out, NULL));
      g_assert_false (ll_seal_chunk_open (seal, 5, TRUE, sealed, whole, out, NULL));
      g_assert_false (ll_seal_chunk_open (seal, 5, FALSE, sealed, whole - 1, out, NULL));
      g_assert_false (ll_seal_chunk_open (seal, 5, FALSE, sealed, LL_SEAL_TAG - 1, out, NULL));
      g_assert_false (ll_seal_chunk_open (seal, 5, FALSE, sealed, 0, out, NULL));
      sealed[length / 2] ^= 0x80;
      g_assert_false (ll_seal_chunk_open (seal, 5, FALSE, sealed, whole, out, NULL));
    }
}

static void
test_header (void)
{
  g_autoptr (LlSecret) key = ll_seal_new_key ();
  g_autoptr (LlSeal) seal = ll_seal_new (key);
  g_autoptr (GBytes) clear = g_bytes_new_static ("to: me", 6);
  g_autoptr (GBytes) other = g_bytes_new_static ("to: us", 6);
  g_autoptr (GBytes) facts = g_bytes_new_static ("secret", 6);
  g_autoptr (GBytes) none = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) sealed = ll_seal_header (seal, clear, facts);
  g_autoptr (GBytes) sealed_none = ll_seal_header (seal, clear, none);
  g_autoptr (GBytes) opened = ll_seal_header_open (seal, clear, sealed, NULL);
  g_autoptr (GBytes) opened_none = ll_seal_header_open (seal, clear, sealed_none, NULL);

  g_assert_true (g_bytes_equal (opened, facts));
  g_assert_true (g_bytes_equal (opened_none, none));
  g_assert_null (ll_seal_header_open (seal, other, sealed, NULL));
  g_assert_null (ll_seal_header_open (seal, clear, none, NULL));
}

/* The file format depends on these bytes: a known answer for a known key. */
static void
test_format_is_fixed (void)
{
  g_autoptr (LlSecret) key = ll_seal_key_from ((const guint8 *) "0123456789abcdef0123456789abcdef");
  g_autoptr (LlSeal) seal = ll_seal_new (key);
  guint8 out[5 + LL_SEAL_TAG];
  g_autofree char *hex = NULL;

  ll_seal_chunk (seal, 0, TRUE, "hello", 5, out);
  hex = g_compute_checksum_for_data (G_CHECKSUM_SHA256, out, sizeof out);
  g_assert_cmpstr (hex, ==, "6b5ada7e093eb4cad7682c4b853362c895c511c66b69f215dff61e8b70b27c18");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seal/key", test_key);
  g_test_add_func ("/seal/fresh", test_fresh);
  g_test_add_func ("/seal/opener", test_opener);
  g_test_add_func ("/seal/chunks", test_chunks);
  g_test_add_func ("/seal/header", test_header);
  g_test_add_func ("/seal/format-is-fixed", test_format_is_fixed);
  return g_test_run ();
}
