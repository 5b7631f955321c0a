/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/status.h"

static GVariant *
parsed (const char *text)
{
  return g_variant_ref_sink (g_variant_new_parsed (text));
}

/* What the user can do about it, and the one sentence that is enough by itself. */
static const struct
{
  const char *name;
  const char *status; /* NULL: nobody answers */
  LlRemedy remedy;
  const char *words;
} cases[] = {
  { "nobody answers", NULL, LL_REMEDY_START,
    "Letterlock does not run: letters cannot be sent through it" },
  { "calm", "{'state': <'calm'>}", LL_REMEDY_NONE, "Nothing waits" },
  { "paused beats what is held", "{'state': <'paused'>, 'paused': <true>, 'held': <uint32 2>}",
    LL_REMEDY_GO_ON, "Paused: letters are taken, and none leaves" },
  { "locked", "{'state': <'attention'>, 'keyring': <'locked'>, 'waiting': <uint32 1>}",
    LL_REMEDY_UNLOCK, "Your keyring is locked: letters wait until it is open" },
  { "held beats locked", "{'state': <'attention'>, 'keyring': <'locked'>, 'held': <uint32 1>}",
    LL_REMEDY_UNLOCK, "1 letter waits for your decision" },
  { "uncertain counts as held", "{'held': <uint32 1>, 'uncertain': <uint32 1>}", LL_REMEDY_NONE,
    "2 letters wait for your decision" },
  { "sign in", "{'state': <'attention'>, 'sign_in': <['cloud']>}", LL_REMEDY_SIGN_IN,
    "An account has to sign in at its provider: its letters wait" },
  { "not while there is no network", "{'state': <'offline'>, 'sign_in': <['cloud']>}",
    LL_REMEDY_NONE, "No network: letters wait" },
  { "a portal", "{'state': <'offline'>, 'network': <'portal'>}", LL_REMEDY_NONE,
    "This network wants you to sign in first: letters wait" },
  { "waiting and queued", "{'waiting': <uint32 1>, 'queued': <uint32 1>}", LL_REMEDY_NONE,
    "2 letters wait to be sent" },
  { "blocked", "{'state': <'blocked'>}", LL_REMEDY_NONE,
    "This network hides the recipients' servers: less is known" },
  { "blocked, and a letter waits", "{'state': <'blocked'>, 'queued': <uint32 1>}", LL_REMEDY_NONE,
    "1 letter waits to be sent" },
};

static void
test_words (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) status = cases[i].status != NULL ? parsed (cases[i].status) : NULL;
      g_autofree char *words = ll_status_words (status);

      g_test_message ("%s", cases[i].name);
      g_assert_cmpstr (words, ==, cases[i].words);
      g_assert_cmpuint (ll_status_remedy (status), ==, cases[i].remedy);
      g_assert_true ((ll_remedy_label (cases[i].remedy) == NULL)
                     == (cases[i].remedy == LL_REMEDY_NONE));
    }
}

static void
test_counts (void)
{
  g_autoptr (GVariant) status
      = parsed ("{'held': <uint32 2>, 'uncertain': <uint32 1>, 'unsent': <uint32 4>}");
  g_autofree char *one = ll_status_unsent_words (1);
  g_autofree char *four = ll_status_unsent_words (ll_status_unsent (status));

  g_assert_cmpuint (ll_status_for_user (status), ==, 3);
  g_assert_cmpuint (ll_status_unsent (NULL), ==, 0);
  g_assert_cmpstr (one, ==, "1 letter is not sent yet");
  g_assert_cmpstr (four, ==, "4 letters are not sent yet");
}

static void
test_sign_in (void)
{
  g_autoptr (GVariant) status = parsed ("{'sign_in': <['cloud', 'club']>}");
  g_autoptr (GVariant) empty = parsed ("{'sign_in': <@as []>}");
  g_autofree char *account = ll_status_sign_in (status);

  g_assert_cmpstr (account, ==, "cloud");
  g_assert_null (ll_status_sign_in (empty));
  g_assert_null (ll_status_sign_in (NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/status/words", test_words);
  g_test_add_func ("/status/counts", test_counts);
  g_test_add_func ("/status/sign-in", test_sign_in);
  return g_test_run ();
}
