/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/providers.h"

#include "assess/assess.h"
#include "config/account.h"
#include "config/oauth2.h"

#include <string.h>

/* A suffix begins with its dot, so that "notgoogle.com" is not ".google.com". */
static gboolean
is_one_of (const char *const *hosts, const char *host)
{
  for (guint i = 0; hosts != NULL && hosts[i] != NULL; i++)
    if (hosts[i][0] == '.' ? g_str_has_suffix (host, hosts[i]) : strcmp (hosts[i], host) == 0)
      return TRUE;
  return FALSE;
}

const LlProvider *
ll_provider_of_mx (const char *host)
{
  for (gsize i = 0; i < ll_providers_length; i++)
    if (is_one_of (ll_providers[i].mx, host))
      return &ll_providers[i];
  return NULL;
}

const LlProvider *
ll_provider_of_submission (const char *host)
{
  g_autofree char *name = g_ascii_strdown (host, -1);

  for (gsize i = 0; i < ll_providers_length; i++)
    if (is_one_of (ll_providers[i].submission, name))
      return &ll_providers[i];
  return NULL;
}

gboolean
ll_provider_honours (const char *upstream_host,
                     guint *honours,
                     const char **date,
                     const char **source)
{
  const LlProvider *provider = ll_provider_of_submission (upstream_host);

  if (provider == NULL)
    return FALSE;
  *honours = provider->honours;
  if (date != NULL)
    *date = provider->date;
  if (source != NULL)
    *source = provider->source;
  return TRUE;
}

guint
ll_provider_rate (const char *upstream_host)
{
  const LlProvider *provider = ll_provider_of_submission (upstream_host);

  return provider != NULL ? provider->rate : 0;
}

static GVariant *
honours_to_variant (guint honours)
{
  const char *words[3] = { NULL };
  guint n = 0;

  if (honours & LL_HONOURS_STS)
    words[n++] = "sts";
  if (honours & LL_HONOURS_DANE)
    words[n++] = "dane";
  return g_variant_new_strv (words, (gssize) n);
}

/* How its users sign in, where that is known of one of its submission servers. */
static void
add_sign_in (GVariantBuilder *row, const LlProvider *provider)
{
  const LlOauth2Preset *preset = NULL;
  const LlAppPassword *known = NULL;

  for (guint i = 0; provider->submission != NULL && provider->submission[i] != NULL; i++)
    {
      preset = preset != NULL ? preset : ll_oauth2_of_server (provider->submission[i]);
      known = known != NULL ? known : ll_app_password_of_server (provider->submission[i]);
    }
  if (preset != NULL)
    g_variant_builder_add (row, "{sv}", "oauth2", g_variant_new_string (preset->name));
  if (known != NULL)
    g_variant_builder_add (row, "{sv}", "app_password", g_variant_new_string (known->name));
}

GVariant *
ll_providers_to_variant (void)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < ll_providers_length; i++)
    {
      const LlProvider *provider = &ll_providers[i];
      GVariantBuilder row;

      g_variant_builder_init (&row, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&row, "{sv}", "name", g_variant_new_string (provider->name));
      g_variant_builder_add (&row, "{sv}", "mx", g_variant_new_strv (provider->mx, -1));
      if (provider->submission != NULL)
        g_variant_builder_add (&row, "{sv}", "submission",
                               g_variant_new_strv (provider->submission, -1));
      add_sign_in (&row, provider);
      g_variant_builder_add (&row, "{sv}", "honours", honours_to_variant (provider->honours));
      if (provider->rate > 0)
        g_variant_builder_add (&row, "{sv}", "rate", g_variant_new_uint32 (provider->rate));
      g_variant_builder_add (&row, "{sv}", "evidence",
                             g_variant_new_string (ll_evidence_name (LL_EVIDENCE_OPP)));
      g_variant_builder_add (&row, "{sv}", "date", g_variant_new_string (provider->date));
      g_variant_builder_add (&row, "{sv}", "source", g_variant_new_string (provider->source));
      g_variant_builder_add_value (&rows, g_variant_builder_end (&row));
    }
  return g_variant_builder_end (&rows);
}
