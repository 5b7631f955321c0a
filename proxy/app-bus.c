/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "app-private.h"

#include "requests.h"

#include "base/error.h"

#include <string.h>

static gboolean
needs_sign_in (GVariantDict *status)
{
  g_autofree const char **accounts = NULL;

  g_variant_dict_lookup (status, "sign_in", "^a&s", &accounts);
  return accounts != NULL && accounts[0] != NULL;
}

static const char *
overall_state (LlApp *app, GVariantDict *status)
{
  guint32 held = 0;
  guint32 uncertain = 0;
  gboolean paused = FALSE;

  g_variant_dict_lookup (status, "held", "u", &held);
  g_variant_dict_lookup (status, "uncertain", "u", &uncertain);
  g_variant_dict_lookup (status, "paused", "b", &paused);
  if (paused)
    return "paused";
  if (held + uncertain > 0)
    return "attention";
  switch (ll_network_state (app->access.network))
    {
    case LL_NETWORK_OFFLINE:
    case LL_NETWORK_PORTAL:
      return "offline";
    case LL_NETWORK_BLOCKED:
    case LL_NETWORK_REDIRECTED:
    case LL_NETWORK_STRIPPED:
      return needs_sign_in (status) ? "attention" : "blocked";
    case LL_NETWORK_UNTESTED:
    case LL_NETWORK_OPEN:
      return needs_sign_in (status) ? "attention" : "calm";
    }
  return "calm";
}

static GVariant *
listeners_variant (LlApp *app)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&app->listening_lock);

  for (guint i = 0; i < app->listening->len; i++)
    {
      const Listening *listening = g_ptr_array_index (app->listening, i);
      GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

      g_variant_dict_insert (&dict, "address", "s", listening->address);
      g_variant_dict_insert (&dict, "port", "u", (guint32) listening->port);
      g_variant_dict_insert (&dict, "tls", "b", listening->tls);
      g_variant_dict_insert (&dict, "foreign", "b", listening->foreign);
      g_variant_builder_add_value (&builder, g_variant_dict_end (&dict));
    }
  return g_variant_builder_end (&builder);
}

/* A keyring is asked, not supposed to be open: only it knows. */
static const char *
keyring_word (LlApp *app)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlSecret) key = NULL;

  if (ll_secret_store_kind (app->secrets) == LL_SECRET_STORE_FILE)
    return "file";
  key = ll_secret_store_lookup (app->secrets, "spool-key", "", NULL, &error);
  return g_error_matches (error, LL_SECRET_ERROR, LL_SECRET_ERROR_LOCKED) ? "locked" : "open";
}

/* Whether letters have theirs for those who ask now. */
static const char *
subjects_word (const LlConfig *config, const char *keyring)
{
  if (!config->subjects)
    return "off";
  return g_str_equal (keyring, "locked") ? "locked" : "shown";
}

static GVariant *
status (gpointer data, GError **error)
{
  LlApp *app = ll_pipeline_host (data);
  g_autoptr (LlConfig) config = ll_pipeline_config (app->pipeline);
  g_autofree char *sentence = ll_network_sentence (app->access.network);
  g_auto (GStrv) sign_in = ll_permissions_missing (app->pipeline);
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);
  const char *keyring;

  ll_requests_count (app->pipeline, &dict);
  g_variant_dict_insert (&dict, "sign_in", "^as", sign_in);
  g_variant_dict_insert (&dict, "state", "s", overall_state (app, &dict));
  g_variant_dict_insert (&dict, "network", "s",
                         ll_network_state_name (ll_network_state (app->access.network)));
  if (sentence != NULL)
    g_variant_dict_insert (&dict, "network_reason", "s", sentence);
  g_variant_dict_insert (&dict, "metered", "b", ll_network_is_metered (app->access.network));
  g_variant_dict_insert (&dict, "sent_told", "b", config->sent_told);
  g_variant_dict_insert (&dict, "dns", "s",
                         ll_dns_state_name (ll_resolver_state (app->access.resolver, NULL)));
  keyring = keyring_word (app);
  g_variant_dict_insert (&dict, "keyring", "s", keyring);
  g_variant_dict_insert (&dict, "subjects", "s", subjects_word (config, keyring));
  if (app->machine != NULL && ll_machine_leaving (app->machine) != NULL)
    g_variant_dict_insert (&dict, "leaving", "s", ll_machine_leaving (app->machine));
  g_variant_dict_insert (&dict, "accounts", "u", config->accounts->len);
  g_variant_dict_insert_value (&dict, "listeners", listeners_variant (app));
  return g_variant_dict_end (&dict);
}

static gboolean
reload (gpointer data, GError **error)
{
  return ll_app_reload (ll_pipeline_host (data), error);
}

static GVariant *
doctor (gpointer data, GError **error)
{
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  ll_certificates_check (data, &list);
  return g_variant_builder_end (&list);
}

static char *
server_certificate (gpointer data)
{
  return ll_listener_export_server (((LlApp *) ll_pipeline_host (data))->listener);
}

static char *
authority (gpointer data)
{
  return ll_listener_export_authority (((LlApp *) ll_pipeline_host (data))->listener);
}

static gpointer
submit_open (gpointer data, const char *account, GError **error)
{
  return ll_pipeline_submission (data, account, error);
}

static void
news_cb (LlPipelineNews news, const char *id, const char *text, gpointer data)
{
  LlApp *app = data;
  const char *ids[] = { id, NULL };

  if (app->machine != NULL)
    ll_machine_look (app->machine);
  if (app->bus == NULL)
    return;
  if (id != NULL)
    ll_bus_service_letters_changed (ids, app->bus);
  if (news != LL_PIPELINE_CHANGED)
    ll_bus_service_state_changed (app->bus);
}

static guint
unsent (gpointer data, gboolean *moving)
{
  return ll_requests_unsent (((LlApp *) data)->pipeline, moving);
}

static void
leaving (gpointer data)
{
  ll_bus_service_state_changed (((LlApp *) data)->bus);
}

/* No timer ran meanwhile, and no connection lived. */
static void
woke (gpointer data)
{
  LlApp *app = data;

  g_message ("the machine was asleep");
  ll_network_renew (app->access.network);
}

static const LlMachineTable machine_table = { unsent, leaving, woke };

gboolean
ll_app_serve (LlApp *app, GError **error)
{
  ll_requests_fill (&app->actions, app->pipeline);
  app->actions.secrets = app->secrets;
  app->actions.resolver = app->access.resolver;
  app->actions.https = app->access.https;
  app->actions.worker = app->worker;
  app->actions.config_path = app->config_user;
  app->actions.config_system = app->config_system;
  app->actions.status = status;
  app->actions.reload = reload;
  app->actions.authority = authority;
  app->actions.server_certificate = server_certificate;
  app->actions.doctor = doctor;
  app->actions.submit_open = submit_open;
  app->bus = ll_bus_service_new (&app->actions, NULL, TRUE, error);
  if (app->bus == NULL)
    return FALSE;
  app->machine = ll_machine_new (&machine_table, app);
  ll_pipeline_watch (app->pipeline, news_cb, app);
  ll_ledger_watch (app->ledger, ll_bus_service_letters_changed, app->bus);
  return TRUE;
}
