/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/setup.h"

#include <string.h>

/*
 * A mail program that signs in with OAuth2 has a permission of its own, which is for nobody else.
 * Letterlock asks for one itself: under a client id of the user's, since none is shipped, and where
 * the provider says that it is asked for.
 */

/* The one for this host before the one for all. NULL: none was given. */
static const char *
client_id_for (const LlSetupWishes *wishes, const char *host)
{
  const char *all = NULL;
  gsize length = strlen (host);

  for (guint i = 0; wishes->client_ids != NULL && wishes->client_ids[i] != NULL; i++)
    {
      const char *given = wishes->client_ids[i];

      if (g_ascii_strncasecmp (given, host, length) == 0 && given[length] == '=')
        return given + length + 1;
      if (strchr (given, '=') == NULL)
        all = given;
    }
  return all;
}

/* A row of the shipped table, by one of its submission hosts; NULL: none. (transfer full) */
static GVariant *
provider_of (const char *host)
{
  int ignored;
  g_autoptr (GVariant) rows = ll_ask_one ("Providers", NULL, LL_ASK_SHORT, &ignored);

  for (gsize i = 0; rows != NULL && i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      g_autofree const char **hosts = NULL;

      if (g_variant_lookup (row, "submission", "^a&s", &hosts) && g_strv_contains (hosts, host))
        return g_steal_pointer (&row);
    }
  return NULL;
}

/* What the address's own domain says of this host, and is proven to say; NULL: nothing. A password
 * is typed on that page: nobody else's word will do. (transfer full) */
static GVariant *
said_by_domain (const char *address, const char *host)
{
  int ignored;
  g_autoptr (GVariant) found
      = ll_ask_one ("FindProvider", g_variant_new ("(s)", address), LL_ASK_SHORT, &ignored);
  g_autoptr (GVariant) servers = found != NULL ? ll_below (found, "servers") : NULL;

  for (gsize i = 0; servers != NULL && i < g_variant_n_children (servers); i++)
    {
      g_autoptr (GVariant) server = g_variant_get_child_value (servers, i);
      const char *upstream = ll_text (server, "upstream");
      gsize length = strcspn (upstream, ":");

      if (ll_flag (server, "proven") && *ll_text (server, "token_url") != '\0'
          && strlen (host) == length && strncmp (upstream, host, length) == 0)
        return g_steal_pointer (&server);
    }
  return NULL;
}

static GVariant *
permission (const char *client_id, const char *tenant, const char *preset, GVariant *said)
{
  static const char *const told[] = { "authorization_url", "token_url", "scope" };
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  ll_dict_text (&dict, "oauth2", *preset != '\0' ? preset : "own");
  ll_dict_text (&dict, "client_id", client_id);
  ll_dict_text (&dict, "tenant", strcmp (preset, "microsoft") == 0 ? tenant : NULL);
  for (guint i = 0; said != NULL && i < G_N_ELEMENTS (told); i++)
    if (*ll_text (said, told[i]) != '\0')
      ll_dict_text (&dict, told[i], ll_text (said, told[i]));
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/* The commands that add such an account beforehand; @more: what else has to be said. (transfer
 * full) */
static char *
commands_before (const LlSetupUpstream *upstream, const char *preset, const char *more)
{
  return g_strdup_printf ("add it first: letterlock account add --address %s --upstream %s "
                          "--security %s --oauth2 %s --client-id ID%s%s, then run this again",
                          upstream->addresses[0], upstream->upstream, upstream->security,
                          *preset != '\0' ? preset : "own",
                          *preset != '\0'
                              ? ""
                              : " --authorization-url URL --token-url URL --scope SCOPE",
                          more);
}

/* (transfer full) */
static char *
say_what_helps (const LlSetupUpstream *upstream, const char *preset, const char *app_password)
{
  g_autofree char *before = commands_before (upstream, preset, "");
  g_autofree char *instead
      = *app_password != '\0'
            ? g_strdup_printf ("; or make an app password there, and add it with: letterlock "
                               "account add --address %s --upstream %s --app-password %s "
                               "--password-stdin",
                               upstream->addresses[0], upstream->upstream, app_password)
            : g_strdup ("");

  return g_strdup_printf ("it signs in with OAuth2, for which Letterlock needs a permission of its "
                          "own, and a client id of yours or of your organisation: run "
                          "this again with --client-id ID; or %s%s",
                          before, instead);
}

/* Autoconfig has no word for where codes are had. NULL: they can be. (transfer full) */
static char *
say_no_codes (const LlSetupUpstream *upstream, const char *preset)
{
  g_autofree char *before = NULL;

  if (strcmp (preset, "microsoft") == 0)
    return NULL;
  if (strcmp (preset, "google") == 0)
    return g_strdup ("Google lets nobody sign in by a code on another device for mail: run this "
                     "again without --device");
  before = commands_before (upstream, preset, " --device-url URL");
  return g_strdup_printf ("its domain does not say where codes for another device are had: run "
                          "this again without --device; or, if you know where, %s",
                          before);
}

GVariant *
ll_setup_oauth (const LlSetupUpstream *upstream, const LlSetupWishes *wishes, char **why)
{
  g_autofree char *typed = g_strndup (upstream->upstream, strcspn (upstream->upstream, ":"));
  g_autofree char *host = g_ascii_strdown (typed, -1);
  const char *client_id = client_id_for (wishes, host);
  g_autoptr (GVariant) provider = provider_of (host);
  g_autoptr (GVariant) said = NULL;
  const char *preset = provider != NULL ? ll_text (provider, "oauth2") : "";

  if (client_id != NULL && *preset == '\0')
    said = said_by_domain (upstream->addresses[0], host);
  if (client_id == NULL || (*preset == '\0' && said == NULL))
    *why = say_what_helps (upstream, preset,
                           provider != NULL ? ll_text (provider, "app_password") : "");
  else if (wishes->sign_in.device)
    *why = say_no_codes (upstream, preset);
  return *why == NULL ? permission (client_id, wishes->tenant, preset, said) : NULL;
}
