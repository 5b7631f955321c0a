/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/words.h"

#include "api/names.h"

/* Every word of the enums that people see as a value has words of its own. */
static void
check (const char *key, const char *value)
{
  g_autofree char *own = g_strdup (value); /* so that no other text lies at its place */

  if (own != NULL)
    g_assert_true (ll_words_of (key, own) != own);
}

#define CHECK(Type, name, key, last)                                                               \
  for (guint i = 0; i <= (guint) (last); i++)                                                      \
  check (key, ll_##name##_name ((Type) i))

static void
test_complete (void)
{
  CHECK (LlMode, mode, "mode", LL_MODE_ENCRYPT);
  CHECK (LlMinimum, minimum, "minimum", LL_MINIMUM_ASSURED);
  CHECK (LlUnknown, unknown, "unknown", LL_UNKNOWN_HOLD);
  CHECK (LlSignIn, sign_in, "sign_in", LL_SIGN_IN_LOCKED);
  CHECK (LlKeySource, key_source, "source", LL_KEY_SOURCE_LDAP);
  CHECK (LlTrust, trust, "trust", LL_TRUST_ACCEPTED);
  CHECK (LlKeyDefect, key_defect, "defect", LL_KEY_OTHER_USE);
}

static void
test_the_rest_is_itself (void)
{
  g_assert_cmpstr (ll_words_of ("upstream", "mail.provider.lab:465"), ==, "mail.provider.lab:465");
  g_assert_cmpstr (ll_words_of ("note", "forced"), ==, "forced");
  g_assert_cmpstr (ll_words_of ("mode", "of another version"), ==, "of another version");
  g_assert_cmpstr (ll_words_of ("sign_in", "sign-in-again"), ==, "ended: sign in again");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/complete", test_complete);
  g_test_add_func ("/words/the-rest-is-itself", test_the_rest_is_itself);
  return g_test_run ();
}
