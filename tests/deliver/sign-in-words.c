/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/sign-in-words.h"

#include <string.h>

/* Each line is as a server says it; of our words, the part that tells one case from another. */
static void
test_mail_servers (void)
{
  static const struct
  {
    guint code;
    const char *enhanced;
    const char *text;
    const char *part; /* NULL: nothing to add */
  } cases[] = {
    { 535, "5.7.139",
      "Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit "
      "https://aka.ms/smtp_auth_disabled for more information. [AM0PR01CA0001]",
      "\"Authenticated SMTP\" on" },
    { 535, "5.7.139", "Authentication unsuccessful, basic authentication is disabled. [X]",
      "no passwords any more" },
    { 535, "5.7.139",
      "Authentication unsuccessful, user is locked by your organization's security defaults "
      "policy. "
      "Contact your administrator. [X]",
      "security defaults" },
    { 535, "5.7.139",
      "Authentication unsuccessful, the request did not meet the criteria to be authenticated "
      "successfully. Contact your administrator. [X]",
      "rules forbid" },
    { 535, "5.7.139", "Authentication unsuccessful, something new", "settings forbid" },
    { 550, "5.7.30", "Basic authentication is not supported for Client Submission.",
      "no passwords any more" },
    { 550, "5.7.30", "REQUIRETLS support required", NULL },
    { 535, "5.7.3", "Authentication unsuccessful [X]", "wrong account" },
    { 534, "5.7.9",
      "Application-specific password required. For more information, go to "
      "https://support.google.com/mail/?p=InvalidSecondFactor",
      "https://myaccount.google.com/apppasswords" },
    { 534, "5.7.9", "Please log in with your web browser and then try again.", "browser first" },
    { 535, "5.7.8", "Username and Password not accepted. Use an app password", "app password" },
    { 535, "5.7.8", "wrong name or password", NULL },
    { 454, "4.7.0", "not now", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *words = ll_sign_in_words (cases[i].code, cases[i].enhanced, cases[i].text);

      g_test_message ("%s", cases[i].text);
      if (cases[i].part == NULL)
        g_assert_null (words);
      else
        g_assert_nonnull (strstr (words, cases[i].part));
    }
}

static void
test_token_servers (void)
{
  static const struct
  {
    const char *error;
    const char *description;
    const char *part;
    LlDenial denial;
  } cases[] = {
    { "invalid_grant", NULL, "ended", LL_DENIAL_SIGN_IN },
    { "invalid_grant", "AADSTS700082: The refresh token has expired due to inactivity.",
      "not used for too long", LL_DENIAL_SIGN_IN },
    { "invalid_grant", "AADSTS50173: The provided grant has expired.", "password was changed",
      LL_DENIAL_SIGN_IN },
    { "invalid_grant", "AADSTS65001: The user or administrator has not consented",
      "administrator has to agree", LL_DENIAL_SIGN_IN },
    { "access_denied", "AADSTS50105: Your administrator has configured", "not among them",
      LL_DENIAL_FOR_GOOD },
    { "interaction_required", "AADSTS50076: you must use multi-factor", "second factor",
      LL_DENIAL_SIGN_IN },
    { "unauthorized_client", "AADSTS700016: Application was not found", "does not know the client",
      LL_DENIAL_FOR_GOOD },
    { "invalid_client", "AADSTS7000218: The request body must contain", "public client",
      LL_DENIAL_FOR_GOOD },
    /* one number is the beginning of another */
    { "invalid_request", "AADSTS500113: No reply address is registered", "does not understand",
      LL_DENIAL_FOR_GOOD },
    { "temporarily_unavailable", NULL, "trouble of its own", LL_DENIAL_LATER },
    { "quota_exceeded", "slow", "not say why", LL_DENIAL_LATER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_nonnull (
          strstr (ll_oauth_words (cases[i].error, cases[i].description), cases[i].part));
      g_assert_cmpint (ll_oauth_denial (cases[i].error), ==, cases[i].denial);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deliver/sign-in-words/mail-servers", test_mail_servers);
  g_test_add_func ("/deliver/sign-in-words/token-servers", test_token_servers);
  return g_test_run ();
}
