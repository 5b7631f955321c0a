/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/autoconfig.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/scan.h"
#include "wire/address.h"

#include <string.h>

#define FIELD_MAX 256

typedef struct
{
  const char *address;
  GPtrArray *found;     /* of LlSubmission */
  guint depth;          /* elements that are open */
  LlSubmission *server; /* the one that is being read, or NULL */
  gboolean usable;      /* its socketType is one with TLS */
  gboolean permission;  /* in <oAuth2>, which is about all servers */
  char *authorization_url;
  char *token_url;
  char *scope;
  GString *text; /* of the field that is being read; NULL: of none */
} Reading;

void
ll_submission_free (LlSubmission *submission)
{
  if (submission == NULL)
    return;
  g_free (submission->host);
  g_free (submission->username);
  g_free (submission->authorization_url);
  g_free (submission->token_url);
  g_free (submission->scope);
  g_free (submission->source);
  g_free (submission->mx);
  g_free (submission);
}

/* clientConfig, emailProvider, outgoingServer, field; or clientConfig, oAuth2, field */
enum
{
  DEPTH_PERMISSION = 2,
  DEPTH_SERVER = 3,
  DEPTH_FIELD = 4,
};

static gboolean
is_at_field (const Reading *reading)
{
  return reading->permission ? reading->depth == DEPTH_PERMISSION + 1
                             : reading->depth == DEPTH_FIELD && reading->server != NULL;
}

static void
start_element (GMarkupParseContext *context,
               const char *name,
               const char **names,
               const char **values,
               gpointer data,
               GError **error)
{
  Reading *reading = data;

  reading->depth++;
  if (reading->depth == DEPTH_PERMISSION)
    reading->permission = strcmp (name, "oAuth2") == 0;
  if (is_at_field (reading))
    reading->text = g_string_new (NULL);
  if (reading->permission || reading->depth != DEPTH_SERVER || strcmp (name, "outgoingServer") != 0)
    return;
  for (guint i = 0; names[i] != NULL; i++)
    if (reading->server == NULL && strcmp (names[i], "type") == 0
        && g_ascii_strcasecmp (values[i], "smtp") == 0)
      reading->server = g_new0 (LlSubmission, 1);
}

static void
take_text (
    GMarkupParseContext *context, const char *text, gsize length, gpointer data, GError **error)
{
  Reading *reading = data;

  if (reading->text != NULL && is_at_field (reading) && reading->text->len + length <= FIELD_MAX)
    g_string_append_len (reading->text, text, (gssize) length);
}

/* %EMAILADDRESS%, %EMAILLOCALPART%, %EMAILDOMAIN% */
static char *
fill_in (const char *text, const char *address)
{
  const char *at = strrchr (address, '@');
  g_autofree char *local = at != NULL ? g_strndup (address, (gsize) (at - address)) : g_strdup ("");
  g_autoptr (GString) filled = g_string_new (text);

  g_string_replace (filled, "%EMAILLOCALPART%", local, 0);
  g_string_replace (filled, "%EMAILDOMAIN%", at != NULL ? at + 1 : "", 0);
  g_string_replace (filled, "%EMAILADDRESS%", address, 0);
  return g_string_free (g_steal_pointer (&filled), FALSE);
}

static const char *
auth_of (const char *text)
{
  static const struct
  {
    const char *theirs;
    const char *ours;
  } words[] = {
    { "password-cleartext", "password" },
    { "plain", "password" },
    { "password-encrypted", "password" },
    { "secure", "password" },
    { "OAuth2", "oauth2" },
    { "client-IP-address", "none" },
    { "none", "none" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (text, words[i].theirs) == 0)
      return words[i].ours;
  return NULL;
}

/* The first that can be used counts. */
static void
take_auth (LlSubmission *server, const char *text)
{
  if (server->auth == NULL)
    server->auth = auth_of (text);
}

static void
take_port (LlSubmission *server, const char *text)
{
  LlScan scan = ll_scan_string (text);
  guint64 port;

  if (ll_scan_number (&scan, G_MAXUINT16, &port) && ll_scan_at_end (&scan))
    server->port = (guint) port;
}

static void
take_field (Reading *reading, const char *name, const char *text)
{
  LlSubmission *server = reading->server;

  if (strcmp (name, "hostname") == 0 && server->host == NULL)
    server->host = ll_address_domain_ascii (text);
  else if (strcmp (name, "port") == 0)
    take_port (server, text);
  else if (strcmp (name, "socketType") == 0)
    {
      server->tls = g_ascii_strcasecmp (text, "SSL") == 0;
      reading->usable = server->tls || g_ascii_strcasecmp (text, "STARTTLS") == 0;
    }
  else if (strcmp (name, "username") == 0 && server->username == NULL && *text != '\0')
    server->username = fill_in (text, reading->address);
  else if (strcmp (name, "authentication") == 0)
    take_auth (server, text);
}

/* The first of each counts. */
static void
take_permission (Reading *reading, const char *name, const char *text)
{
  if (strcmp (name, "scope") == 0 && reading->scope == NULL)
    reading->scope = g_strdup (text);
  if (!g_str_has_prefix (text, "https://"))
    return;
  if (strcmp (name, "authURL") == 0 && reading->authorization_url == NULL)
    reading->authorization_url = g_strdup (text);
  else if (strcmp (name, "tokenURL") == 0 && reading->token_url == NULL)
    reading->token_url = g_strdup (text);
}

/* All of it or nothing: half of it is of no use. */
static void
spread_permission (const Reading *reading)
{
  if (reading->authorization_url == NULL || reading->token_url == NULL || reading->scope == NULL)
    return;
  for (guint i = 0; i < reading->found->len; i++)
    {
      LlSubmission *server = g_ptr_array_index (reading->found, i);

      if (strcmp (server->auth, "oauth2") != 0)
        continue;
      server->authorization_url = g_strdup (reading->authorization_url);
      server->token_url = g_strdup (reading->token_url);
      server->scope = g_strdup (reading->scope);
    }
}

static void
end_server (Reading *reading)
{
  g_autoptr (LlSubmission) server = g_steal_pointer (&reading->server);

  if (reading->usable && server->host != NULL && server->port > 0 && server->auth != NULL
      && reading->found->len < LL_SUBMISSIONS_MAX)
    g_ptr_array_add (reading->found, g_steal_pointer (&server));
  reading->usable = FALSE;
}

static void
end_element (GMarkupParseContext *context, const char *name, gpointer data, GError **error)
{
  Reading *reading = data;

  if (reading->text != NULL && is_at_field (reading))
    {
      (reading->permission ? take_permission : take_field) (reading, name,
                                                            g_strstrip (reading->text->str));
      g_string_free (reading->text, TRUE);
      reading->text = NULL;
    }
  if (reading->depth == DEPTH_SERVER && reading->server != NULL)
    end_server (reading);
  if (reading->depth == DEPTH_PERMISSION)
    reading->permission = FALSE;
  reading->depth--;
}

static void
reading_clear (Reading *reading)
{
  ll_submission_free (reading->server);
  if (reading->text != NULL)
    g_string_free (reading->text, TRUE);
  g_free (reading->authorization_url);
  g_free (reading->token_url);
  g_free (reading->scope);
  g_clear_pointer (&reading->found, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reading, reading_clear)

GPtrArray *
ll_autoconfig_parse (const char *text, gsize length, const char *address, GError **error)
{
  static const GMarkupParser parser
      = { .start_element = start_element, .end_element = end_element, .text = take_text };
  g_auto (Reading) reading = { .address = address };
  g_autoptr (GMarkupParseContext) context
      = g_markup_parse_context_new (&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &reading, NULL);

  reading.found = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_submission_free);
  if (length <= LL_AUTOCONFIG_MAX
      && g_markup_parse_context_parse (context, text, (gssize) length, NULL)
      && g_markup_parse_context_end_parse (context, NULL))
    {
      spread_permission (&reading);
      return g_steal_pointer (&reading.found);
    }
  /* what the library says of it has as much of it in it as somebody put there */
  g_set_error_literal (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE,
                       "it is no XML that can be read");
  return NULL;
}
