/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/target.h"

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

/* A line end cannot stand in any of them (they come from a key file). */
static char *
key_of (const LlTarget *target)
{
  g_autofree char *pins = target->pins != NULL ? g_strjoinv (" ", target->pins) : g_strdup ("");

  return g_strdup_printf ("%s\n%s\n%u\n%d\n%d\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n%s", target->account,
                          target->host, target->port, target->security, target->auth,
                          or_empty (target->username), or_empty (target->password_command),
                          or_empty (target->certificate_file), or_empty (target->ca_file), pins,
                          or_empty (target->client_id), or_empty (target->token_url),
                          or_empty (target->scope));
}

LlTarget *
ll_target_new (const LlAccount *account)
{
  LlTarget *target = g_new0 (LlTarget, 1);

  target->account = g_strdup (account->name);
  target->host = g_strdup (account->host);
  target->port = (guint16) account->port;
  target->security = account->security;
  target->auth = account->auth;
  target->username = g_strdup (account->username);
  if (target->username == NULL && account->addresses != NULL)
    target->username = g_strdup (account->addresses[0]);
  target->password_command = g_strdup (account->password_command);
  target->certificate_file = g_strdup (account->certificate_file);
  target->ca_file = g_strdup (account->ca_file);
  target->pins = g_strdupv (account->pins);
  target->oauth2 = account->oauth2;
  target->client_id = g_strdup (account->client_id);
  target->authorization_url = g_strdup (account->authorization_url);
  target->token_url = g_strdup (account->token_url);
  target->device_url = g_strdup (account->device_url);
  target->scope = g_strdup (account->scope);
  target->key = key_of (target);
  return target;
}

void
ll_target_free (LlTarget *target)
{
  if (target == NULL)
    return;
  g_free (target->account);
  g_free (target->host);
  g_free (target->username);
  g_free (target->password_command);
  g_free (target->certificate_file);
  g_free (target->ca_file);
  g_strfreev (target->pins);
  g_free (target->client_id);
  g_free (target->authorization_url);
  g_free (target->token_url);
  g_free (target->device_url);
  g_free (target->scope);
  g_free (target->key);
  g_free (target);
}
