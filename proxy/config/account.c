/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/account.h"

#include "api/intl.h"
#include "base/error.h"
#include "config/value.h"

#include <string.h>

/* A statement about the provider is believed this long (design 4.3): 12 months. */
#define DECLARED_SECONDS (366LL * 86400)

void
ll_account_free (LlAccount *account)
{
  if (account == NULL)
    return;
  ll_value_clear_group ("account", account);
  g_free (account->name);
  g_free (account);
}

static gboolean
fail (GError **error, const char *sentence)
{
  g_set_error_literal (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_TYPE, sentence);
  return FALSE;
}

static void
fill_in (char **address, const char *known, const char *tenant)
{
  if (*address == NULL && known != NULL)
    *address = ll_oauth2_address (known, tenant);
}

static gboolean
complete_oauth2 (LlAccount *account, GError **error)
{
  const LlOauth2Preset *preset = ll_oauth2_preset (account->oauth2);

  if (account->client_id == NULL)
    return fail (error, N_ ("auth = oauth2 needs client-id: what the provider gave you or your "
                            "organisation for this program"));
  if (account->tenant != NULL && !ll_oauth2_is_tenant (account->tenant))
    return fail (error,
                 N_ ("tenant is the name or number of your organisation at the provider, such "
                     "as example.org"));
  if (preset != NULL)
    {
      const char *tenant = account->tenant != NULL ? account->tenant : preset->tenant;

      fill_in (&account->authorization_url, preset->authorization, tenant);
      fill_in (&account->token_url, preset->token, tenant);
      fill_in (&account->device_url, preset->device, tenant);
      fill_in (&account->scope, preset->scope, NULL);
    }
  if (account->token_url == NULL
      || (account->authorization_url == NULL && account->device_url == NULL))
    return fail (error,
                 N_ ("auth = oauth2 needs oauth2 = google or microsoft, or the provider's own "
                     "token-url, and its authorization-url or device-url"));
  return TRUE;
}

gboolean
ll_account_complete (LlAccount *account, GError **error)
{
  if (account->auth == LL_AUTH_CERTIFICATE && account->certificate_file == NULL)
    return fail (error, N_ ("auth = certificate needs the key certificate: a PEM file with both"));
  if (account->declared && account->declared_when == 0)
    return fail (error, N_ ("declared needs declared-when, the day of your statement, such as "
                            "2026-11-22; it lapses after 12 months"));
  if (account->auth == LL_AUTH_OAUTH2 && !complete_oauth2 (account, error))
    return FALSE;
  if (account->password_command != NULL && account->auth != LL_AUTH_PASSWORD)
    return fail (error, N_ ("password-command is for auth = password only"));
  if (account->login == NULL)
    account->login = g_strdup (account->name);
  for (guint i = 0; account->username == NULL && account->addresses[i] != NULL; i++)
    if (account->addresses[i][0] != '*')
      account->username = g_strdup (account->addresses[i]);
  if (account->username == NULL
      && (account->auth == LL_AUTH_PASSWORD || account->auth == LL_AUTH_OAUTH2))
    return fail (error, N_ ("username is missing, and *@domain cannot stand for it"));
  return TRUE;
}

gboolean
ll_account_has_login (const LlAccount *account, const char *login)
{
  if (account->auth == LL_AUTH_CLIENT && g_strcmp0 (account->username, login) == 0)
    return TRUE;
  return g_strcmp0 (account->login, login) == 0;
}

/* -- whose address is this? --------------------------------------------------------------- */

typedef enum
{
  MATCH_NONE,
  MATCH_DOMAIN, /* "*@domain" */
  MATCH_EXACT,
} Match;

/* Own local parts are compared without case: no provider tells Alice@ from alice@. */
static Match
match (const LlAccount *account, const char *address)
{
  const char *domain = strrchr (address, '@');
  Match best = MATCH_NONE;

  for (guint i = 0; account->addresses != NULL && account->addresses[i] != NULL; i++)
    {
      const char *own = account->addresses[i];

      if (g_ascii_strcasecmp (own, address) == 0)
        return MATCH_EXACT;
      if (g_str_has_prefix (own, "*@") && domain != NULL && domain != address
          && g_ascii_strcasecmp (own + 1, domain) == 0)
        best = MATCH_DOMAIN;
    }
  return best;
}

gboolean
ll_account_has_address (const LlAccount *account, const char *address)
{
  return match (account, address) != MATCH_NONE;
}

GStrv
ll_config_domains (const LlConfig *config)
{
  g_autoptr (GPtrArray) domains = g_ptr_array_new ();

  for (guint i = 0; i < config->accounts->len; i++)
    {
      const LlAccount *account = g_ptr_array_index (config->accounts, i);

      for (guint k = 0; account->addresses != NULL && account->addresses[k] != NULL; k++)
        {
          const char *at = strrchr (account->addresses[k], '@');

          if (at != NULL && !g_ptr_array_find_with_equal_func (domains, at + 1, g_str_equal, NULL))
            g_ptr_array_add (domains, (char *) at + 1);
        }
    }
  g_ptr_array_add (domains, NULL);
  return g_strdupv ((GStrv) domains->pdata);
}

static const LlAccount *
select_by (const LlConfig *config, const char *login, const char *address)
{
  g_autofree char *normal = address != NULL ? ll_value_address (address) : NULL;
  const LlAccount *by_domain = NULL;

  for (guint i = 0; normal != NULL && i < config->accounts->len; i++)
    {
      const LlAccount *account = g_ptr_array_index (config->accounts, i);
      Match found
          = login == NULL || ll_account_has_login (account, login) ? match (account, normal) : 0;

      if (found == MATCH_EXACT)
        return account;
      if (found == MATCH_DOMAIN && by_domain == NULL)
        by_domain = account;
    }
  return by_domain;
}

const LlAccount *
ll_account_select (const LlConfig *config, const char *login, const char *sender, const char *from)
{
  const LlAccount *account = select_by (config, login, sender);

  return account != NULL ? account : select_by (config, login, from);
}

/* -- what the user said about the provider --------------------------------------------------- */

gboolean
ll_account_is_declared (const LlAccount *account, const char *domain, gint64 now)
{
  GStrv domains = account->declared_domains;

  if (!account->declared || account->declared_when > now
      || now - account->declared_when > DECLARED_SECONDS)
    return FALSE;
  return domains == NULL || domains[0] == NULL
         || g_strv_contains ((const char *const *) domains, domain);
}

gboolean
ll_account_is_internal (const LlAccount *account, const char *domain)
{
  return account->internal != NULL
         && g_strv_contains ((const char *const *) account->internal, domain);
}
