/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "bus/accounts.h"

#include "assess/providers.h"
#include "base/error.h"
#include "base/limits.h"
#include "config/oauth2.h"
#include "deliver/discover.h"

/* What an address's own domain says of the servers that take its letters; else the one who receives
 * its mail; else what is known of him. */

static void
insert (GVariantDict *dict, const char *key, const char *value)
{
  if (value != NULL)
    g_variant_dict_insert (dict, key, "s", value);
}

/* A provider that is known wants what it wants, whatever the domain says. */
static void
add_sign_in (GVariantDict *dict, const LlSubmission *server)
{
  const LlOauth2Preset *preset = ll_oauth2_of_server (server->host);
  const LlAppPassword *known = ll_app_password_of_server (server->host);

  insert (dict, "oauth2", preset != NULL ? preset->name : NULL);
  insert (dict, "app_password", known != NULL ? known->page : NULL);
  insert (dict, "auth", preset != NULL && known == NULL ? "oauth2" : server->auth);
  if (preset != NULL)
    return;
  insert (dict, "authorization_url", server->authorization_url);
  insert (dict, "token_url", server->token_url);
  insert (dict, "scope", server->scope);
}

static void
add_receiver (GVariantDict *dict, const char *mx)
{
  const LlProvider *provider = ll_provider_of_mx (mx);

  insert (dict, "received_at", mx);
  insert (dict, "receiver", provider != NULL ? provider->name : NULL);
}

/* @listed: the day of the shipped table, where that alone names it; or NULL. */
static void
add_server (GVariantBuilder *list, const LlSubmission *server, const char *listed)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *upstream = g_strdup_printf ("%s:%u", server->host, server->port);

  g_variant_dict_insert (&dict, "upstream", "s", upstream);
  g_variant_dict_insert (&dict, "security", "s", server->tls ? "tls" : "starttls");
  insert (&dict, "username", server->username);
  add_sign_in (&dict, server);
  g_variant_dict_insert (&dict, "source", "s", server->source);
  g_variant_dict_insert (&dict, "proven", "b", server->proven);
  if (server->mx != NULL)
    add_receiver (&dict, server->mx);
  insert (&dict, "listed", listed);
  g_variant_builder_add_value (list, g_variant_dict_end (&dict));
}

/* The last way: nobody says it, but whose customers' letters leave where is known of him. */
static gboolean
add_listed (GVariantBuilder *list, const char *mx)
{
  const LlProvider *provider = mx != NULL ? ll_provider_of_mx (mx) : NULL;
  g_auto (GStrv) parts = NULL;
  LlSubmission server;

  if (provider == NULL || provider->takes == NULL)
    return FALSE;
  parts = g_strsplit (provider->takes, ":", 2);
  server = (LlSubmission){ .host = parts[0],
                           .port = (guint) g_ascii_strtoull (parts[1], NULL, 10),
                           .tls = g_str_equal (parts[1], "465"),
                           .auth = "password",
                           .source = (char *) "letterlock",
                           .mx = (char *) mx };
  add_server (list, &server, provider->date);
  return TRUE;
}

GVariant *
ll_bus_find_provider (LlBusCall *call, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GPtrArray) servers = NULL;
  g_autoptr (GError) cause = NULL;
  g_autofree char *mx = NULL;
  g_autofree char *why = NULL;
  const char *address;

  if (call->actions->resolver == NULL || call->actions->https == NULL)
    return ll_bus_cannot (error, "look for a provider's servers");
  g_variant_get (call->arguments, "(&s)", &address);
  servers = ll_discover (call->actions->resolver, call->actions->https, address, &mx, &why,
                         ll_deadline_in (LL_DISCOVER_DEADLINE), call->cancellable, &cause);
  if (servers == NULL)
    {
      g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_INVALID, cause->message);
      return NULL;
    }
  for (guint i = 0; i < servers->len; i++)
    add_server (&list, g_ptr_array_index (servers, i), NULL);
  if (!add_listed (&list, mx))
    insert (&dict, "reason", why);
  g_variant_dict_insert (&dict, "address", "s", address);
  g_variant_dict_insert_value (&dict, "servers", g_variant_builder_end (&list));
  return ll_bus_reply (g_variant_dict_end (&dict));
}
