/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/oauth2.h"

#include <string.h>

/* Data. */

#define GOOGLE_SOURCE                                                                              \
  "https://accounts.google.com/.well-known/openid-configuration; "                                 \
  "https://developers.google.com/identity/protocols/oauth2/native-app; "                           \
  "https://developers.google.com/workspace/gmail/imap/xoauth2-protocol; no mail among the "        \
  "scopes of https://developers.google.com/identity/protocols/oauth2/limited-input-device"

#define MICROSOFT_SOURCE                                                                           \
  "https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow, "                 \
  "v2-oauth2-device-code and reply-url (localhost, any port); "                                    \
  "https://learn.microsoft.com/exchange/client-developer/legacy-protocols/"                        \
  "how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth"

static const LlOauth2Preset presets[] = {
  { "google", "smtp.gmail.com:465", NULL, "https://accounts.google.com/o/oauth2/v2/auth",
    "https://oauth2.googleapis.com/token", NULL, "https://mail.google.com/",
    /* without these two, no refresh token the second time */
    "&access_type=offline&prompt=consent", "127.0.0.1", NULL, "2026-11-23", GOOGLE_SOURCE },
  { "microsoft", "smtp.office365.com:587", "smtp-mail.outlook.com",
    "https://login.microsoftonline.com/%s/oauth2/v2.0/authorize",
    "https://login.microsoftonline.com/%s/oauth2/v2.0/token",
    "https://login.microsoftonline.com/%s/oauth2/v2.0/devicecode",
    "https://outlook.office.com/SMTP.Send offline_access", "", "localhost", "common", "2026-11-23",
    MICROSOFT_SOURCE },
};

/* The addresses are those that the providers' own help pages name. */
static const LlAppPassword app_passwords[] = {
  { "aol", "smtp.aol.com:465", "https://login.aol.com/account/security", "2026-11-23" },
  { "fastmail", "smtp.fastmail.com:465", "https://app.fastmail.com/settings/security/apps",
    "2026-11-23" },
  { "google", "smtp.gmail.com:465", "https://myaccount.google.com/apppasswords", "2026-11-23" },
  { "icloud", "smtp.mail.me.com:587", "https://account.apple.com/account/manage", "2026-11-23" },
  { "yahoo", "smtp.mail.yahoo.com:465", "https://login.yahoo.com/account/security", "2026-11-23" },
};

const LlOauth2Preset *
ll_oauth2_preset (LlOauth2 provider)
{
  return provider == LL_OAUTH2_OWN ? NULL : &presets[provider - 1];
}

const LlOauth2Preset *
ll_oauth2_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (presets); i++)
    if (strcmp (presets[i].name, name) == 0)
      return &presets[i];
  return NULL;
}

const LlAppPassword *
ll_app_password_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (app_passwords); i++)
    if (strcmp (app_passwords[i].name, name) == 0)
      return &app_passwords[i];
  return NULL;
}

static gboolean
is_host_of (const char *host, const char *upstream)
{
  gsize length = strcspn (upstream, ":");

  return strlen (host) == length && g_ascii_strncasecmp (host, upstream, length) == 0;
}

const LlOauth2Preset *
ll_oauth2_of_server (const char *host)
{
  for (guint i = 0; i < G_N_ELEMENTS (presets); i++)
    if (is_host_of (host, presets[i].upstream)
        || (presets[i].also != NULL && is_host_of (host, presets[i].also)))
      return &presets[i];
  return NULL;
}

const LlAppPassword *
ll_app_password_of_server (const char *host)
{
  for (guint i = 0; i < G_N_ELEMENTS (app_passwords); i++)
    if (is_host_of (host, app_passwords[i].upstream))
      return &app_passwords[i];
  return NULL;
}

char *
ll_app_password_names (void)
{
  const char *names[G_N_ELEMENTS (app_passwords) + 1] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (app_passwords); i++)
    names[i] = app_passwords[i].name;
  return g_strjoinv (", ", (char **) names);
}

char *
ll_oauth2_address (const char *address, const char *tenant)
{
  g_auto (GStrv) parts = g_strsplit (address, "%s", 2);

  return g_strjoinv (tenant != NULL ? tenant : "", parts);
}

gboolean
ll_oauth2_is_tenant (const char *text)
{
  return *text != '\0' && strlen (text) <= 253
         && strspn (text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")
                == strlen (text);
}
