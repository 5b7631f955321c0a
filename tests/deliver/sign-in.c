/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/sign-in.h"

#include "deliver/result.h"
#include "deliver/sasl.h"

#include <string.h>

/*
 * What is made of a token that the mail server refuses. Linked with a mail server and a keeper of
 * tokens of its own in front; the real ones are in tests/system/oauth.py.
 */

static const char *accepted;  /* the token that the mail server takes, or NULL */
static const char *challenge; /* what it says of another one, or NULL */
static const char *renewed;   /* the token instead of a refused one, or NULL */
static LlOutcome trouble;     /* what comes instead of that; SENT: nothing */

LlOauth *__wrap_ll_oauth_new (void);
void __wrap_ll_oauth_free (LlOauth *oauth);
const LlEhlo *__wrap_ll_client_offers (LlClient *client);
LlSecret *__wrap_ll_oauth_token (LlOauth *oauth,
                                 const LlTarget *target,
                                 const LlSecret *refused,
                                 LlDeadline deadline,
                                 GCancellable *cancellable,
                                 LlResult **problem);
LlResult *__wrap_ll_sasl_sign_in_token (LlClient *client,
                                        const LlTarget *target,
                                        const char *mechanism,
                                        const LlSecret *token,
                                        char **status,
                                        LlDeadline deadline,
                                        GCancellable *cancellable);

LlOauth *
__wrap_ll_oauth_new (void)
{
  return NULL;
}

void
__wrap_ll_oauth_free (LlOauth *oauth)
{
}

const LlEhlo *
__wrap_ll_client_offers (LlClient *client)
{
  static const LlEhlo offers = { .sasl = LL_SASL_OAUTHBEARER };

  return &offers;
}

LlSecret *
__wrap_ll_oauth_token (LlOauth *oauth,
                       const LlTarget *target,
                       const LlSecret *refused,
                       LlDeadline deadline,
                       GCancellable *cancellable,
                       LlResult **problem)
{
  *problem = NULL;
  if (refused == NULL)
    return ll_secret_new_string ("old");
  g_assert_cmpstr (ll_secret_peek (refused), ==, "old");
  if (renewed != NULL)
    return ll_secret_new_string (renewed);
  if (trouble != LL_OUTCOME_SENT)
    *problem = ll_result_new (trouble, "the token server's words");
  return NULL;
}

LlResult *
__wrap_ll_sasl_sign_in_token (LlClient *client,
                              const LlTarget *target,
                              const char *mechanism,
                              const LlSecret *token,
                              char **status,
                              LlDeadline deadline,
                              GCancellable *cancellable)
{
  *status = g_strdup (challenge);
  if (g_strcmp0 (accepted, ll_secret_peek (token)) == 0)
    return ll_result_new (LL_OUTCOME_SENT, "welcome");
  return ll_result_new (LL_OUTCOME_AUTH, "the mail server's words");
}

static LlResult *
sign_in (void)
{
  static LlTarget target = { .account = (char *) "office",
                             .host = (char *) "mail.lab",
                             .username = (char *) "anna",
                             .auth = LL_AUTH_OAUTH2 };
  const LlUpstreamOptions options = { NULL };
  const LlDial dial = { .target = &target, .deadline = LL_DEADLINE_NEVER };
  LlSigner *signer = ll_signer_new (&options);
  LlResult *result = ll_signer_sign_in (signer, &dial, NULL);

  ll_signer_free (signer);
  return result;
}

static void
test_refused (void)
{
  static const struct
  {
    const char *accepted;
    const char *renewed;
    LlOutcome trouble;
    const char *words; /* NULL: signed in */
    LlOutcome outcome;
  } cases[] = {
    { "old", NULL, LL_OUTCOME_SENT, NULL, LL_OUTCOME_SENT },
    { "new", "new", LL_OUTCOME_SENT, NULL, LL_OUTCOME_SENT },
    { NULL, "new", LL_OUTCOME_SENT, "the mail server's words", LL_OUTCOME_AUTH },
    { NULL, NULL, LL_OUTCOME_SENT, "the mail server's words", LL_OUTCOME_AUTH },
    /* he knows more: the permission ended */
    { NULL, NULL, LL_OUTCOME_AUTH, "the token server's words", LL_OUTCOME_AUTH },
    /* no word about the permission */
    { NULL, NULL, LL_OUTCOME_NO_CONNECTION, "the token server's words", LL_OUTCOME_NO_CONNECTION },
    { NULL, NULL, LL_OUTCOME_LOCKED, "the token server's words", LL_OUTCOME_LOCKED },
  };

  challenge = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      LlResult *result;

      accepted = cases[i].accepted;
      renewed = cases[i].renewed;
      trouble = cases[i].trouble;
      result = sign_in ();
      g_assert_cmpstr (result != NULL ? result->text : NULL, ==, cases[i].words);
      if (result != NULL)
        g_assert_cmpint (result->outcome, ==, cases[i].outcome);
      ll_result_free (result);
    }
}

static void
test_scope (void)
{
  LlResult *result;

  accepted = NULL;
  renewed = NULL;
  trouble = LL_OUTCOME_SENT;
  challenge = "insufficient_scope";
  result = sign_in ();
  g_assert_cmpstr (result->text, ==,
                   "the permission does not cover sending mail: check scope, then letterlock "
                   "account login office (the mail server's words)");
  ll_result_free (result);
  challenge = "invalid_token";
  result = sign_in ();
  g_assert_cmpstr (result->text, ==, "the mail server's words");
  ll_result_free (result);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deliver/sign-in/refused", test_refused);
  g_test_add_func ("/deliver/sign-in/scope", test_scope);
  return g_test_run ();
}
