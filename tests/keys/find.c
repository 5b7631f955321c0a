/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/find.h"

typedef struct
{
  gint calls; /* (atomic) */
  gint anew;  /* (atomic) of these, past what is kept */
  const char *trouble;
  gboolean stalls;    /* until the deadline or the end */
  GAsyncQueue *asked; /* gets each address; may be NULL */
} Source;

static char *
find (gpointer data, const LlKeyQuery *query, GPtrArray *found)
{
  Source *source = data;
  LlKey *key;

  g_atomic_int_inc (&source->calls);
  if (query->anew)
    g_atomic_int_inc (&source->anew);
  if (source->asked != NULL)
    g_async_queue_push (source->asked, g_strdup (query->address));
  if (source->stalls)
    {
      GPollFD cancelled;

      g_assert_true (g_cancellable_make_pollfd (query->cancellable, &cancelled));
      g_poll (&cancelled, 1, ll_deadline_left (query->deadline));
      g_cancellable_release_fd (query->cancellable);
      return g_strdup ("did not answer");
    }
  if (source->trouble != NULL)
    return g_strdup (source->trouble);
  key = ll_key_new (LL_METHOD_PGP, LL_KEY_SOURCE_WKD);
  key->fingerprint = g_strdup (query->address);
  g_ptr_array_add (found, key);
  return NULL;
}

static void
test_all (void)
{
  Source good = { .stalls = FALSE }, other = { .stalls = FALSE };
  Source bad = { .trouble = "b.example does not answer" };
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
  Source good = { .stalls = FALSE }, slow = { .stalls = TRUE };
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

/* More addresses than threads, and one source that stalls for all of them: the other answers. */
static void
test_many (void)
{
  g_autoptr (GAsyncQueue) asked = g_async_queue_new_full (g_free);
  Source good = { .asked = asked }, slow = { .stalls = TRUE };
  LlKeyFinder finders[]
      = { { LL_KEY_SOURCE_WKD, find, &slow }, { LL_KEY_SOURCE_GNUPG, find, &good } };
  g_autoptr (LlKeys) keys = ll_keys_new (finders, G_N_ELEMENTS (finders));

  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *address = g_strdup_printf ("bob%u@b.example", i);

      ll_keys_start (keys, address);
    }
  for (guint i = 0; i < 50; i++)
    g_free (g_async_queue_pop (asked));
}

/* Counts the answers, and has enough after the first key. */
static gboolean
until_first_cb (const LlKeyring *ring, gpointer data)
{
  guint *steps = data;

  (*steps)++;
  return ring->keys->len == 0;
}

static void
test_enough (void)
{
  Source good = { .stalls = FALSE }, slow = { .stalls = TRUE };
  LlKeyFinder finders[]
      = { { LL_KEY_SOURCE_GNUPG, find, &good }, { LL_KEY_SOURCE_WKD, find, &slow } };
  g_autoptr (LlKeys) keys = ll_keys_new (finders, G_N_ELEMENTS (finders));
  g_autoptr (LlKeyring) ring = NULL;
  guint steps = 0;

  ring = ll_keys_follow (keys, "bob@b.example", LL_DEADLINE_NEVER, until_first_cb, &steps);
  g_assert_false (ring->done);
  g_assert_cmpuint (steps, >=, 1);
  g_assert_true (g_array_index (ring->answers, LlKeyAnswer, 0).done);
  g_assert_cmpuint (g_array_index (ring->answers, LlKeyAnswer, 0).found, ==, 1);
  g_assert_false (g_array_index (ring->answers, LlKeyAnswer, 1).done);
}

/* A person asks: nothing that is kept will do. */
static void
test_anew (void)
{
  Source good = { .stalls = FALSE };
  LlKeyFinder finders[] = { { LL_KEY_SOURCE_GNUPG, find, &good } };
  g_autoptr (LlKeys) keys = ll_keys_new (finders, G_N_ELEMENTS (finders));

  ll_keyring_free (ll_keys_wait (keys, "bob@b.example", LL_DEADLINE_NEVER));
  g_assert_cmpint (good.anew, ==, 0);
  ll_keys_ask_anew (keys, "bob@b.example");
  ll_keyring_free (ll_keys_wait (keys, "bob@b.example", LL_DEADLINE_NEVER));
  g_assert_cmpint (good.calls, ==, 2);
  g_assert_cmpint (good.anew, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keys/find/all", test_all);
  g_test_add_func ("/keys/find/stalls", test_stalls);
  g_test_add_func ("/keys/find/many", test_many);
  g_test_add_func ("/keys/find/enough", test_enough);
  g_test_add_func ("/keys/find/anew", test_anew);
  return g_test_run ();
}
