/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/sign-in-words.h"

#include "api/intl.h"

#include <string.h>

/* -- mail servers ------------------------------------------------------------------- */

/* 2026-11-23. Microsoft: learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/
 * authenticated-client-smtp-submission and .../deprecation-of-basic-authentication-exchange-online;
 * Google: support.google.com/mail/answer/7126229 and support.google.com/a/answer/3726730. */

#define SMTP_OFF                                                                                   \
  N_ ("your organisation has switched off sending by SMTP for your mailbox; its administrator "    \
      "can "                                                                                       \
      "switch \"Authenticated SMTP\" on")
#define PASSWORDS_OVER                                                                             \
  N_ ("your provider takes no passwords any more: change the account to OAuth2 (letterlock "       \
      "account "                                                                                   \
      "edit NAME --oauth2 microsoft --client-id ID)")

static const struct
{
  guint code; /* 0: any */
  const char *enhanced;
  const char *part; /* of the text, case ignored; or "" */
  const char *words;
} refusals[] = {
  { 535, "5.7.139", "SmtpClientAuthentication is disabled", SMTP_OFF },
  { 535, "5.7.139", "basic authentication is disabled", PASSWORDS_OVER },
  { 535, "5.7.139", "security defaults",
    N_ ("your organisation's security defaults forbid this sign-in; its administrator can allow "
        "it, or OAuth2 does not need it") },
  { 535, "5.7.139", "did not meet the criteria",
    N_ ("your organisation's rules forbid this sign-in (a second factor, the place, the device); "
        "ask its administrator which ones") },
  { 535, "5.7.139", "",
    N_ ("your organisation's settings forbid this sign-in; ask its administrator") },
  /* RFC 8689 has given 5.7.30 another meaning, but not for AUTH */
  { 550, "5.7.30", "basic authentication", PASSWORDS_OVER },
  { 535, "5.7.3", "",
    N_ ("Microsoft says no more than that: often the wrong account was chosen in the browser, or "
        "\"Authenticated SMTP\" is switched off for the mailbox") },
  { 534, "5.7.9", "application-specific",
    N_ ("Google wants an app password here (https://myaccount.google.com/apppasswords), or "
        "OAuth2") },
  { 534, "5.7.9", "",
    N_ ("Google wants you to sign in with a browser first, or to use OAuth2 or an app password") },
  { 534, "5.7.14", "",
    N_ ("Google wants you to sign in with a browser first, or to use OAuth2 or an app password") },
  { 0, "", "application-specific password", N_ ("your provider wants an app password here") },
  { 0, "", "app password", N_ ("your provider wants an app password here") },
};

static gboolean
has_part (const char *text, const char *part)
{
  g_autofree char *lower = g_ascii_strdown (text, -1);
  g_autofree char *wanted = g_ascii_strdown (part, -1);

  return strstr (lower, wanted) != NULL;
}

const char *
ll_sign_in_words (guint code, const char *enhanced, const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    if ((refusals[i].code == 0 || refusals[i].code == code)
        && (*refusals[i].enhanced == '\0' || strcmp (refusals[i].enhanced, enhanced) == 0)
        && has_part (text, refusals[i].part))
      return refusals[i].words;
  return NULL;
}

/* -- token servers ------------------------------------------------------------------ */

/* 2026-11-23. Numbers: learn.microsoft.com/entra/identity-platform/reference-error-codes. */

static const struct
{
  const char *number;
  const char *words;
} entra[] = {
  { "AADSTS50011", N_ ("the registration of the client id does not allow http://localhost as "
                       "redirect address (mobile "
                       "and desktop applications)") },
  { "AADSTS50057", N_ ("your account is switched off in your organisation") },
  { "AADSTS50076", N_ ("your organisation wants a second factor: sign in again") },
  { "AADSTS50079", N_ ("your organisation wants you to set up a second factor: sign in again") },
  { "AADSTS50105", N_ ("your organisation lets only some people use this client id, and you are "
                       "not among them; its "
                       "administrator can add you") },
  { "AADSTS50173", N_ ("the password was changed since: sign in again") },
  { "AADSTS50194", N_ ("the client id is for one organisation only: name it (letterlock account "
                       "edit NAME --tenant "
                       "DOMAIN)") },
  { "AADSTS53003",
    N_ ("a rule of your organisation (Conditional Access) forbids it; ask its administrator") },
  { "AADSTS530003", N_ ("your organisation allows it on devices only that it manages") },
  { "AADSTS65001",
    N_ ("nobody agreed yet that this program may send mail for you: sign in again, and if the page "
        "says so, your administrator has to agree") },
  { "AADSTS65004", N_ ("you did not agree in the browser") },
  { "AADSTS700016",
    N_ ("your organisation does not know the client id; check it, or name another organisation "
        "(letterlock account edit NAME --tenant DOMAIN)") },
  { "AADSTS7000218", N_ ("the registration of the client id does not allow public clients; its "
                         "administrator can switch "
                         "\"Allow public client flows\" on") },
  { "AADSTS700082", N_ ("it was not used for too long: sign in again") },
  { "AADSTS70043", N_ ("your organisation wants you to sign in every so often: sign in again") },
  { "AADSTS90094", N_ ("this needs your administrator: he has to agree to this program first") },
  { "AADSTS90095", N_ ("this needs your administrator: he was asked, and has not agreed yet") },
};

static const struct
{
  const char *error;
  LlDenial denial;
  const char *words;
} errors[] = {
  { "access_denied", LL_DENIAL_FOR_GOOD, N_ ("you, or your organisation, did not agree") },
  { "admin_policy_enforced", LL_DENIAL_FOR_GOOD,
    N_ ("this needs your administrator: your organisation does not allow this client id") },
  { "consent_required", LL_DENIAL_SIGN_IN, N_ ("you have to agree again in the browser") },
  { "deleted_client", LL_DENIAL_FOR_GOOD, N_ ("the client id was deleted at the provider") },
  { "disabled_client", LL_DENIAL_FOR_GOOD, N_ ("the client id was switched off at the provider") },
  { "expired_token", LL_DENIAL_SIGN_IN, N_ ("the code was not typed in time") },
  { "interaction_required", LL_DENIAL_SIGN_IN, N_ ("the provider wants to ask you something") },
  { "invalid_client", LL_DENIAL_FOR_GOOD,
    N_ ("the provider does not know the client id, or wants its secret (letterlock account edit "
        "NAME --client-secret-stdin)") },
  { "invalid_grant", LL_DENIAL_SIGN_IN, N_ ("the permission ended, or was taken back") },
  { "invalid_request", LL_DENIAL_FOR_GOOD, N_ ("the provider does not understand the question") },
  { "invalid_scope", LL_DENIAL_FOR_GOOD, N_ ("the provider does not give what scope asks for") },
  { "login_required", LL_DENIAL_SIGN_IN, N_ ("the provider wants you to sign in again") },
  { "org_internal", LL_DENIAL_FOR_GOOD,
    N_ ("the client id is for people of another organisation") },
  { "server_error", LL_DENIAL_LATER, N_ ("the provider's sign-in has trouble of its own") },
  { "slow_down", LL_DENIAL_LATER, N_ ("the provider wants to be asked less often") },
  { "temporarily_unavailable", LL_DENIAL_LATER,
    N_ ("the provider's sign-in has trouble of its own") },
  { "unauthorized_client", LL_DENIAL_FOR_GOOD, N_ ("the client id may not sign in this way") },
  { "unsupported_grant_type", LL_DENIAL_FOR_GOOD, N_ ("the provider does not offer this sign-in") },
  { "unsupported_response_type", LL_DENIAL_FOR_GOOD,
    N_ ("the provider does not offer this sign-in") },
};

/* "AADSTS50011" is not the beginning of "AADSTS500113". */
static gboolean
names_number (const char *description, const char *number)
{
  const char *found = strstr (description, number);

  return found != NULL && !g_ascii_isdigit (found[strlen (number)]);
}

const char *
ll_oauth_words (const char *error, const char *description)
{
  for (guint i = 0; description != NULL && i < G_N_ELEMENTS (entra); i++)
    if (names_number (description, entra[i].number))
      return entra[i].words;
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    if (strcmp (errors[i].error, error) == 0)
      return errors[i].words;
  return N_ ("the provider refuses it, and does not say why in words that are known here");
}

LlDenial
ll_oauth_denial (const char *error)
{
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    if (strcmp (errors[i].error, error) == 0)
      return errors[i].denial;
  /* what is not known is not held against the permission */
  return LL_DENIAL_LATER;
}
