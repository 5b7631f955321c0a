/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Other settings in a running daemon. All that can be refused is tried first: then the
 * configuration stays as it was, as a whole. What is under way ends with the settings that it was
 * begun with; whoever asks from then on is answered by the new ones.
 */

#include "app-private.h"

#include "wire/tls.h"

/* What [network] asks for, made and not yet in force; empty where nothing changed. */
typedef struct
{
  char *stamp;
  LlAccess access;
  LlLookParts *looks;
} Fresh;

static void
fresh_clear (Fresh *fresh)
{
  ll_look_parts_unref (fresh->looks);
  ll_access_close (&fresh->access);
  g_free (fresh->stamp);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fresh, fresh_clear)

static gboolean
prepare (LlApp *app, const LlConfig *config, Fresh *fresh, GError **error)
{
  g_autofree char *stamp = ll_access_stamp (config);
  LlAssessOptions options;

  if (g_str_equal (stamp, app->network_stamp))
    return TRUE;
  if (!ll_access_prepare (&fresh->access, config, error))
    return FALSE;
  options = ll_app_assess_options (app, &fresh->access, config);
  fresh->looks = ll_assess_prepare (app->assess, &options, error);
  if (fresh->looks == NULL)
    return FALSE;
  fresh->stamp = g_steal_pointer (&stamp);
  return TRUE;
}

/* Connections that there are go with ll_pipeline_configure, keys that were found with put_in_force.
 */
static void
follow (LlApp *app, const LlConfig *config, Fresh *fresh)
{
  LlUpstreamOptions upstream = ll_app_upstream_options (app, config);

  if (fresh->stamp == NULL)
    return;
  ll_access_follow (&app->access, &fresh->access, config);
  ll_assess_follow (app->assess, fresh->looks);
  ll_upstream_follow (app->upstream, &upstream);
  ll_imported_trust (app->imported, config->ca_file);
  g_free (app->network_stamp);
  app->network_stamp = g_steal_pointer (&fresh->stamp);
}

/* For what outlives the pipeline; and keys may be found in other places now. */
static void
put_in_force (LlApp *app, LlConfig *config)
{
  g_mutex_lock (&app->in_force_lock);
  ll_config_unref (app->in_force);
  app->in_force = ll_config_ref (config);
  g_mutex_unlock (&app->in_force_lock);
  ll_keys_renew (app->keys);
}

gboolean
ll_app_reload (LlApp *app, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&app->reloading);
  g_autoptr (LlConfig) config = ll_config_load (app->config_system, app->config_user, error);
  g_auto (Fresh) fresh = { NULL };

  if (config == NULL)
    return FALSE;
  ll_tls_forget_roots ();
  if (!prepare (app, config, &fresh, error) || !ll_app_listen_anew (app, config, error))
    return FALSE;
  follow (app, config, &fresh);
  ll_access_configure (&app->access, config);
  put_in_force (app, config);
  ll_pipeline_configure (app->pipeline, config);
  ll_bus_service_state_changed (app->bus);
  g_message ("the configuration was read again");
  return TRUE;
}
