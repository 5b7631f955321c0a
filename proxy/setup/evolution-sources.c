/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/evolution-sources.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"

#include <string.h>

#define ENDING ".source"
#define KEEP (G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS)

void
ll_evolution_sources_free (LlEvolutionSources *sources)
{
  if (sources == NULL)
    return;
  g_hash_table_unref (sources->files);
  g_free (sources->folder);
  g_free (sources);
}

/* -- reading --------------------------------------------------------------- */

static GKeyFile *
parse (GBytes *bytes, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) cause = NULL;

  if (g_key_file_load_from_bytes (file, bytes, KEEP, &cause))
    return g_steal_pointer (&file);
  g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE, "it is no account source: %s",
               cause->message);
  return NULL;
}

static void
read_one (LlEvolutionSources *sources, const char *name)
{
  g_autofree char *path = g_build_filename (sources->folder, name, NULL);
  g_autoptr (GBytes) bytes = ll_file_load (path, LL_CONFIG_FILE_MAX, NULL);
  GKeyFile *file = bytes != NULL ? parse (bytes, NULL) : NULL;

  if (file != NULL)
    g_hash_table_insert (sources->files, g_strndup (name, strlen (name) - strlen (ENDING)), file);
}

LlEvolutionSources *
ll_evolution_sources_read (const char *path, GError **error)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  LlEvolutionSources *sources;
  const char *name;

  if (folder == NULL)
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_NOT_FOUND,
                   "There are no account sources in %s: start Evolution once and add your account",
                   path);
      return NULL;
    }
  sources = g_new0 (LlEvolutionSources, 1);
  sources->folder = g_strdup (path);
  sources->files
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_key_file_unref);
  while ((name = g_dir_read_name (folder)) != NULL)
    if (g_str_has_suffix (name, ENDING))
      read_one (sources, name);
  return sources;
}

/* "" where it is not said. (transfer full) */
static char *
text_of (GKeyFile *file, const char *group, const char *key)
{
  char *text = g_key_file_get_string (file, group, key, NULL);

  return text != NULL ? g_strstrip (text) : g_strdup ("");
}

static LlOutgoingSecurity
security_of (GKeyFile *file)
{
  g_autofree char *method = text_of (file, "Security", "Method");

  if (strcmp (method, "ssl-on-alternate-port") == 0)
    return LL_OUTGOING_TLS;
  return strcmp (method, "starttls-on-standard-port") == 0 ? LL_OUTGOING_STARTTLS
                                                           : LL_OUTGOING_PLAIN;
}

/* Names of SASL mechanisms, and of services that sign in with OAuth2. */
static LlOutgoingAuth
auth_of (GKeyFile *file)
{
  static const struct
  {
    const char *name;
    LlOutgoingAuth auth;
  } methods[] = {
    { "", LL_OUTGOING_AUTH_NONE },
    { "none", LL_OUTGOING_AUTH_NONE },
    { "PLAIN", LL_OUTGOING_AUTH_PASSWORD },
    { "LOGIN", LL_OUTGOING_AUTH_PASSWORD },
    { "plain/password", LL_OUTGOING_AUTH_PASSWORD },
    { "CRAM-MD5", LL_OUTGOING_AUTH_ENCRYPTED },
    { "DIGEST-MD5", LL_OUTGOING_AUTH_ENCRYPTED },
    { "SCRAM-SHA-1", LL_OUTGOING_AUTH_ENCRYPTED },
    { "SCRAM-SHA-256", LL_OUTGOING_AUTH_ENCRYPTED },
    { "SCRAM-SHA-512", LL_OUTGOING_AUTH_ENCRYPTED },
    { "GSSAPI", LL_OUTGOING_AUTH_GSSAPI },
    { "NTLM", LL_OUTGOING_AUTH_NTLM },
  };
  g_autofree char *method = text_of (file, "Authentication", "Method");

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (g_ascii_strcasecmp (methods[i].name, method) == 0)
      return methods[i].auth;
  return LL_OUTGOING_AUTH_OAUTH2;
}

static LlOutgoing *
read_transport (const LlEvolutionSources *sources, const char *uid)
{
  GKeyFile *file = g_hash_table_lookup (sources->files, uid);
  LlOutgoing *server = g_new0 (LlOutgoing, 1);
  int port = file != NULL ? g_key_file_get_integer (file, "Authentication", "Port", NULL) : 0;

  server->key = g_strdup (uid);
  server->addresses = g_ptr_array_new_with_free_func (g_free);
  if (file == NULL)
    {
      /* somebody else's to manage, so nothing is known of it */
      server->type = g_strdup ("");
      server->host = g_strdup (uid);
      server->username = g_strdup ("");
      return server;
    }
  server->type = text_of (file, "Mail Transport", "BackendName");
  server->host = text_of (file, "Authentication", "Host");
  server->username = text_of (file, "Authentication", "User");
  server->security = security_of (file);
  server->auth = auth_of (file);
  server->port
      = port > 0 && port <= G_MAXUINT16 ? (guint) port : ll_outgoing_usual_port (server->security);
  return server;
}

static LlOutgoing *
server_of (const LlEvolutionSources *sources, GPtrArray *servers, const char *uid)
{
  LlOutgoing *server = ll_outgoing_find (servers, uid);

  if (server == NULL)
    {
      server = read_transport (sources, uid);
      g_ptr_array_add (servers, server);
    }
  return server;
}

/* "a@b, Anna <c@d>": a comma within a name leaves parts that are no addresses. */
static void
add_addresses (LlOutgoing *server, const char *list)
{
  g_auto (GStrv) parts = g_strsplit (list, ",", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      char *open = strrchr (parts[i], '<');
      char *address = open != NULL ? open + 1 : parts[i];
      char *at = strchr (address, '@');

      address[strcspn (address, ">")] = '\0';
      g_strstrip (address);
      if (at > address && strpbrk (address, " \"") == NULL)
        ll_outgoing_add_address (server, address);
    }
}

/* The transport of an identity that is in use; "" for everything else. (transfer full) */
static char *
transport_of (GKeyFile *file)
{
  if (!g_key_file_has_group (file, "Mail Identity")
      || (g_key_file_has_key (file, "Data Source", "Enabled", NULL)
          && !g_key_file_get_boolean (file, "Data Source", "Enabled", NULL)))
    return g_strdup ("");
  return text_of (file, "Mail Submission", "TransportUid");
}

/* (transfer container) sorted, so that two looks see the same */
static GList *
uids_of (const LlEvolutionSources *sources)
{
  return g_list_sort (g_hash_table_get_keys (sources->files), (GCompareFunc) strcmp);
}

GPtrArray *
ll_evolution_sources_outgoing (const LlEvolutionSources *sources)
{
  GPtrArray *servers = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_outgoing_free);
  g_autoptr (GList) uids = uids_of (sources);

  for (GList *i = uids; i != NULL; i = i->next)
    {
      GKeyFile *file = g_hash_table_lookup (sources->files, i->data);
      g_autofree char *transport = transport_of (file);
      g_autofree char *address = text_of (file, "Mail Identity", "Address");
      g_autofree char *aliases = text_of (file, "Mail Identity", "Aliases");
      LlOutgoing *server;

      if (*transport == '\0' || strchr (address, '@') == NULL)
        continue;
      server = server_of (sources, servers, transport);
      add_addresses (server, address);
      add_addresses (server, aliases);
    }
  return servers;
}

GPtrArray *
ll_evolution_sources_identities (const LlEvolutionSources *sources, const char *transport)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GList) uids = uids_of (sources);

  for (GList *i = uids; i != NULL; i = i->next)
    {
      g_autofree char *its = transport_of (g_hash_table_lookup (sources->files, i->data));

      if (strcmp (its, transport) == 0)
        g_ptr_array_add (found, g_strdup (i->data));
    }
  return found;
}

/* -- writing --------------------------------------------------------------- */

static GBytes *
write_out (GKeyFile *file)
{
  gsize length;
  char *text = g_key_file_to_data (file, &length, NULL);

  return g_bytes_new_take (text, length);
}

GBytes *
ll_evolution_identity (GBytes *now, const char *transport, GError **error)
{
  g_autoptr (GKeyFile) file = parse (now, error);

  if (file == NULL)
    return NULL;
  g_key_file_set_string (file, "Mail Submission", "TransportUid", transport);
  return write_out (file);
}

char *
ll_evolution_identity_transport (GBytes *now)
{
  g_autoptr (GKeyFile) file = parse (now, NULL);

  return file != NULL ? g_key_file_get_string (file, "Mail Submission", "TransportUid", NULL)
                      : NULL;
}

/* Where both have it. */
static void
take_over (GKeyFile *to, GKeyFile *from, const char *group)
{
  g_auto (GStrv) keys = g_key_file_get_keys (from, group, NULL, NULL);

  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      g_autofree char *value = g_key_file_get_value (from, group, keys[i], NULL);

      g_key_file_set_value (to, group, keys[i], value);
    }
}

GBytes *
ll_evolution_transport (const LlEvolutionSources *sources,
                        const char *like,
                        guint port,
                        const char *username)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  GKeyFile *old = g_hash_table_lookup (sources->files, like);

  take_over (file, old, "Data Source");
  take_over (file, old, "Smtp Backend");
  g_key_file_set_string (file, "Mail Transport", "BackendName", "smtp");
  g_key_file_set_string (file, "Authentication", "Host", "localhost");
  g_key_file_set_integer (file, "Authentication", "Port", (int) port);
  g_key_file_set_string (file, "Authentication", "User", username);
  g_key_file_set_string (file, "Authentication", "Method", "PLAIN");
  g_key_file_set_boolean (file, "Authentication", "RememberPassword", TRUE);
  g_key_file_set_string (file, "Authentication", "ProxyUid", "system-proxy");
  g_key_file_set_string (file, "Security", "Method", "ssl-on-alternate-port");
  return write_out (file);
}
