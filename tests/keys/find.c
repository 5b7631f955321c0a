/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/find.h"

typedef struct
{
  gint calls; /* (atomic) */
  const char *trouble;
  gboolean stalls; /* until the deadline or the end */
} Source;

static char *
find (gpointer data,
      const char *address,
      LlDeadline deadline,
      GCancellable *cancellable,
      GPtrArray *found)
{
  Source *source = data;
  LlKey *key;

  g_atomic_int_inc (&source->calls);
  if (source->stalls)
    {
      GPollFD cancelled;

      g_assert_true (g_cancellable_make_pollfd (cancellable, &cancelled));
      g_poll (&cancelled, 1, ll_deadline_left (deadline));
      g_cancellable_release_fd (cancellable);
      return g_strdup ("did not answer");
    }
  if (source->trouble != NULL)
    return g_strdup (source->trouble);
  key = ll_key_new (LL_METHOD_PGP, LL_KEY_SOURCE_WKD);
  key->fingerprint = g_strdup (address);
  g_ptr_array_add (found, key);
  return NULL;
}

static void
test_all (void)
{
  Source good = { 0, NULL, FALSE }, other = { 0, NULL, FALSE };
  Source bad = { 0, "b.example does not answer", FALSE };
  LlKeyFinder finders[] = { { LL_KEY_SOURCE_GNUPG, find, &good },
                            { LL_KEY_SOURCE_DANE, find, &other },
                            { LL_KEY_SOURCE_WKD, find, &bad } };
  g_autoptr (LlKeys) keys = ll_keys_new (finders, G_N_ELEMENTS (finders));
  g_autoptr (LlKeyring) ring = NULL;
  g_autoptr (LlKeyring) again = NULL;

  ll_keys_start (keys, "bob@b.example");
  ll_keys_start (keys, "bob@b.example");
  ring = ll_keys_wait (keys, "bob@b.example", LL_DEADLINE_NEVER);
  g_assert_true (ring->done);
  g_assert_cmpuint (ring->keys->len, ==, 2);
  g_assert_cmpstr (ring->troubles[0], ==, "wkd: b.example does not answer");
  g_assert_cmpint (good.calls, ==, 1);
  ll_keys_renew (keys);
  again = ll_keys_wait (keys, "bob@b.example", LL_DEADLINE_NEVER);
  g_assert_cmpint (good.calls, ==, 2);
}

/* One source that stalls keeps nobody from what the others found. */
static void
test_stalls (void)
{
  Source good = { 0, NULL, FALSE }, slow = { 0, NULL, TRUE };
  LlKeyFinder finders[]
      = { { LL_KEY_SOURCE_GNUPG, find, &good }, { LL_KEY_SOURCE_WKD, find, &slow } };
  g_autoptr (LlKeys) keys = ll_keys_new (finders, G_N_ELEMENTS (finders));
  g_autoptr (LlKeyring) ring = NULL;

  do
    {
      g_clear_pointer (&ring, ll_keyring_free);
      ring = ll_keys_wait (keys, "bob@b.example", ll_deadline_in (20));
    }
  while (ring->keys->len == 0);
  g_assert_false (ring->done);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keys/find/all", test_all);
  g_test_add_func ("/keys/find/stalls", test_stalls);
  return g_test_run ();
}
