/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/outgoing.h"

#include <string.h>

#define KEY_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.@"

void
ll_outgoing_free (LlOutgoing *server)
{
  if (server == NULL)
    return;
  g_free (server->key);
  g_free (server->type);
  g_free (server->host);
  g_free (server->username);
  g_ptr_array_unref (server->addresses);
  g_free (server);
}

static const char *
field_text (const LlPrefs *prefs, const char *kind, const char *key, const char *field)
{
  g_autofree char *name = g_strdup_printf ("mail.%s.%s.%s", kind, key, field);

  return ll_prefs_text (prefs, name);
}

static gint64
field_number (const LlPrefs *prefs, const char *key, const char *field, gint64 fallback)
{
  g_autofree char *name = g_strdup_printf ("mail.smtpserver.%s.%s", key, field);

  return ll_prefs_number (prefs, name, fallback);
}

char *
ll_outgoing_name (const LlOutgoing *server, const char *field)
{
  return g_strdup_printf ("mail.smtpserver.%s.%s", server->key, field);
}

/* Commas between them, blanks around them. (transfer full) */
static GStrv
keys_of (const char *text)
{
  GStrv keys = g_strsplit (text, ",", -1);

  for (guint i = 0; keys[i] != NULL; i++)
    g_strstrip (keys[i]);
  return keys;
}

guint
ll_outgoing_usual_port (LlOutgoingSecurity security)
{
  return security == LL_OUTGOING_TLS ? 465 : 587;
}

static LlOutgoing *
read_server (const LlPrefs *prefs, const char *key)
{
  LlOutgoing *server = g_new0 (LlOutgoing, 1);
  gint64 security = field_number (prefs, key, "try_ssl", LL_OUTGOING_PLAIN);
  gint64 port = field_number (prefs, key, "port", 0);
  const char *type = field_text (prefs, "smtpserver", key, "type");

  server->key = g_strdup (key);
  server->type = g_strdup (*type != '\0' ? type : "smtp");
  server->host = g_strdup (field_text (prefs, "smtpserver", key, "hostname"));
  server->username = g_strdup (field_text (prefs, "smtpserver", key, "username"));
  server->security = (LlOutgoingSecurity) CLAMP (security, LL_OUTGOING_PLAIN, LL_OUTGOING_TLS);
  server->port
      = port > 0 && port < 65536 ? (guint) port : ll_outgoing_usual_port (server->security);
  server->auth
      = (LlOutgoingAuth) field_number (prefs, key, "authMethod", LL_OUTGOING_AUTH_PASSWORD);
  server->addresses = g_ptr_array_new_with_free_func (g_free);
  return server;
}

/* The one that sends for identities that name none. (transfer full) */
static char *
default_server (const LlPrefs *prefs)
{
  const char *named = ll_prefs_text (prefs, "mail.smtp.defaultserver");
  g_auto (GStrv) servers = keys_of (ll_prefs_text (prefs, "mail.smtpservers"));

  return g_strdup (*named != '\0' ? named : servers[0] != NULL ? servers[0] : "");
}

LlOutgoing *
ll_outgoing_find (GPtrArray *servers, const char *key)
{
  for (guint i = 0; i < servers->len; i++)
    {
      LlOutgoing *server = g_ptr_array_index (servers, i);

      if (strcmp (server->key, key) == 0)
        return server;
    }
  return NULL;
}

static LlOutgoing *
server_of (GPtrArray *servers, const LlPrefs *prefs, const char *key)
{
  LlOutgoing *server = ll_outgoing_find (servers, key);

  if (server == NULL)
    {
      server = read_server (prefs, key);
      g_ptr_array_add (servers, server);
    }
  return server;
}

void
ll_outgoing_add_address (LlOutgoing *server, const char *address)
{
  for (guint i = 0; i < server->addresses->len; i++)
    if (g_ascii_strcasecmp (g_ptr_array_index (server->addresses, i), address) == 0)
      return;
  g_ptr_array_add (server->addresses, g_strdup (address));
}

/* "*@home.example", where the identity answers from whatever address of the domain was written to.
 */
static void
add_catch_all (LlOutgoing *server, const LlPrefs *prefs, const char *identity)
{
  g_autofree char *name = g_strdup_printf ("mail.identity.%s.catchAll", identity);
  const LlPref *wanted = ll_prefs_find (prefs, name);
  const char *hint = field_text (prefs, "identity", identity, "catchAllHint");

  if (wanted != NULL && strcmp (wanted->text, "true") == 0 && g_str_has_prefix (hint, "*@")
      && strpbrk (hint, ", ") == NULL)
    ll_outgoing_add_address (server, hint);
}

static void
add_identity (GPtrArray *servers, const LlPrefs *prefs, const char *identity, const char *fallback)
{
  const char *address = field_text (prefs, "identity", identity, "useremail");
  const char *key = field_text (prefs, "identity", identity, "smtpServer");
  LlOutgoing *server;

  if (*key == '\0')
    key = fallback;
  if (*address == '\0' || *key == '\0')
    return;
  server = server_of (servers, prefs, key);
  ll_outgoing_add_address (server, address);
  add_catch_all (server, prefs, identity);
}

GPtrArray *
ll_outgoing_read (const LlPrefs *prefs)
{
  GPtrArray *servers = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_outgoing_free);
  g_auto (GStrv) accounts = keys_of (ll_prefs_text (prefs, "mail.accountmanager.accounts"));
  g_autofree char *fallback = default_server (prefs);

  for (guint i = 0; accounts[i] != NULL; i++)
    {
      g_auto (GStrv) identities
          = keys_of (field_text (prefs, "account", accounts[i], "identities"));

      for (guint j = 0; identities[j] != NULL; j++)
        add_identity (servers, prefs, identities[j], fallback);
    }
  return servers;
}

static const char *
auth_trouble (LlOutgoingAuth auth)
{
  switch (auth)
    {
    case LL_OUTGOING_AUTH_GSSAPI:
    case LL_OUTGOING_AUTH_NTLM:
      return "it signs in with Kerberos or NTLM, which Letterlock cannot";
    case LL_OUTGOING_AUTH_CERTIFICATE:
      return "it signs in with a certificate: add it first (letterlock account add --auth "
             "certificate), "
             "then run this again";
    case LL_OUTGOING_AUTH_OAUTH2: /* a permission of its own is asked for */
    case LL_OUTGOING_AUTH_NONE:
    case LL_OUTGOING_AUTH_PASSWORD:
    case LL_OUTGOING_AUTH_ENCRYPTED:
    default:
      return NULL;
    }
}

const char *
ll_outgoing_trouble (const LlOutgoing *server, gboolean has_account)
{
  if (strcmp (server->type, "smtp") != 0 || *server->host == '\0')
    return "it is no SMTP server";
  /* what undo keeps is written down by these names */
  if (strspn (server->key, KEY_LETTERS) != strlen (server->key))
    return "the mail program has an odd name for it";
  return has_account ? NULL : auth_trouble (server->auth);
}
