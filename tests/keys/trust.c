/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/trust.h"

#define NOW 1800000000

static LlKey *
key (const char *fingerprint, LlTrust trust, LlKeyDefect defect, gint64 created)
{
  LlKey *made = ll_key_new (LL_METHOD_PGP, LL_KEY_SOURCE_GNUPG);
  const char *addresses[] = { "bob@b.example", NULL };

  made->fingerprint = g_strdup (fingerprint);
  made->addresses = g_strdupv ((char **) addresses);
  made->trust = trust;
  made->defect = defect;
  made->created = created;
  return made;
}

static GPtrArray *
ring (LlKey *one, LlKey *other)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_key_unref);

  if (one != NULL)
    g_ptr_array_add (keys, one);
  if (other != NULL)
    g_ptr_array_add (keys, other);
  return keys;
}

static LlLockChoice
choose (GPtrArray *keys, const LlContactKey *contact, LlTrustLevel level)
{
  return ll_trust_choose (keys, LL_METHOD_PGP, "bob@b.example", contact, level, NOW);
}

static void
test_levels (void)
{
  static const struct
  {
    LlTrust trust;
    LlLockFound found[3]; /* by level */
  } rows[] = {
    { LL_TRUST_UNCHECKED, { LL_LOCK_ASKS_FOR_KEY, LL_LOCK_ASKS_FOR_KEY, LL_LOCK_READY } },
    { LL_TRUST_KEPT, { LL_LOCK_ASKS_FOR_KEY, LL_LOCK_READY, LL_LOCK_READY } },
    { LL_TRUST_PUBLISHED, { LL_LOCK_ASKS_FOR_KEY, LL_LOCK_READY, LL_LOCK_READY } },
    { LL_TRUST_VERIFIED, { LL_LOCK_ASKS_FOR_KEY, LL_LOCK_READY, LL_LOCK_READY } },
    { LL_TRUST_REJECTED, { LL_LOCK_NO_KEY, LL_LOCK_NO_KEY, LL_LOCK_NO_KEY } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint level = 0; level < 3; level++)
      {
        LlContactKey contact = { .rejected = NULL };
        const char *rejected[] = { "aa", NULL };
        g_autoptr (GPtrArray) keys = ring (key ("aa", rows[i].trust, LL_KEY_SOUND, 1), NULL);

        if (rows[i].trust == LL_TRUST_REJECTED)
          contact.rejected = (char **) rejected;
        g_assert_cmpint (choose (keys, &contact, (LlTrustLevel) level).found, ==,
                         rows[i].found[level]);
      }
}

/* K14: the accepted one wins; without one the newest of the best. */
static void
test_best (void)
{
  LlContactKey contact = { .accepted = (char *) "aa" };
  g_autoptr (GPtrArray) keys = ring (key ("aa", LL_TRUST_UNCHECKED, LL_KEY_SOUND, 1),
                                     key ("bb", LL_TRUST_PUBLISHED, LL_KEY_SOUND, 2));
  LlLockChoice choice = choose (keys, &contact, LL_TRUST_STRICT);

  g_assert_cmpint (choice.found, ==, LL_LOCK_READY);
  g_assert_cmpstr (choice.key->fingerprint, ==, "aa");
  g_assert_cmpint (choice.trust, ==, LL_TRUST_ACCEPTED);
  g_assert_cmpuint (choice.others, ==, 1);
  choice = choose (keys, NULL, LL_TRUST_ACCEPTED_ONES);
  g_assert_cmpstr (choice.key->fingerprint, ==, "bb");
}

static void
test_changed (void)
{
  LlContactKey used = { .used = (char *) "cc" };
  LlContactKey accepted = { .accepted = (char *) "cc" };
  g_autoptr (GPtrArray) keys = ring (key ("aa", LL_TRUST_PUBLISHED, LL_KEY_SOUND, 1), NULL);
  g_autoptr (GPtrArray) certificate = ring (key ("aa", LL_TRUST_VERIFIED, LL_KEY_SOUND, 1), NULL);

  g_assert_cmpint (choose (keys, &used, LL_TRUST_OPPORTUNISTIC).found, ==, LL_LOCK_OTHER_KEY);
  g_assert_cmpint (choose (keys, &accepted, LL_TRUST_OPPORTUNISTIC).found, ==, LL_LOCK_OTHER_KEY);
  g_assert_cmpint (choose (certificate, &used, LL_TRUST_ACCEPTED_ONES).found, ==, LL_LOCK_READY);
}

static void
test_defects (void)
{
  for (LlKeyDefect defect = LL_KEY_EXPIRED; defect <= LL_KEY_ALGORITHM; defect++)
    {
      LlContactKey contact = { .accepted = (char *) "aa" };
      g_autoptr (GPtrArray) keys = ring (key ("aa", LL_TRUST_UNCHECKED, defect, 1), NULL);
      LlLockChoice choice = choose (keys, &contact, LL_TRUST_OPPORTUNISTIC);
      g_autofree char *text = NULL;

      g_assert_cmpint (choice.found, ==, LL_LOCK_NO_KEY);
      g_assert_nonnull (choice.key);
      text = ll_key_defect_text (choice.key);
      g_assert_nonnull (text);
    }
}

/* A key of last year, or of next year, is none. */
static void
test_times (void)
{
  LlKey *over = key ("aa", LL_TRUST_ACCEPTED, LL_KEY_SOUND, 1);
  LlKey *not_yet = key ("bb", LL_TRUST_ACCEPTED, LL_KEY_SOUND, NOW + 86400);
  g_autoptr (GPtrArray) keys = ring (over, not_yet);

  over->expires = NOW - 1;
  g_assert_cmpint (choose (keys, NULL, LL_TRUST_OPPORTUNISTIC).found, ==, LL_LOCK_NO_KEY);
}

static void
test_other_address (void)
{
  g_autoptr (GPtrArray) keys = ring (key ("aa", LL_TRUST_ACCEPTED, LL_KEY_SOUND, 1), NULL);

  g_assert_cmpint (ll_trust_choose (keys, LL_METHOD_PGP, "notbob@b.example", NULL,
                                    LL_TRUST_OPPORTUNISTIC, NOW)
                       .found,
                   ==, LL_LOCK_NO_KEY);
  g_assert_cmpint (ll_trust_choose (keys, LL_METHOD_SMIME, "bob@b.example", NULL,
                                    LL_TRUST_OPPORTUNISTIC, NOW)
                       .found,
                   ==, LL_LOCK_NO_KEY);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keys/trust/levels", test_levels);
  g_test_add_func ("/keys/trust/best", test_best);
  g_test_add_func ("/keys/trust/changed", test_changed);
  g_test_add_func ("/keys/trust/defects", test_defects);
  g_test_add_func ("/keys/trust/times", test_times);
  g_test_add_func ("/keys/trust/other-address", test_other_address);
  return g_test_run ();
}
