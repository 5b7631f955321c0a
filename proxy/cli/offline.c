/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/offline.h"

#include "assess/assess.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "net/access.h"
#include "wire/address.h"

#include <string.h>

/* Longer than the daemon waits for a letter: a person looks on. */
#define CHECK_MILLISECONDS 60000

typedef struct
{
  LlConfig *config;
  LlAccess access;
  LlAssess *assess;
  GCancellable *cancellable;
  GThreadPool *pool;
  LlOfflinePartial partial;
  LlOfflineDone done;
} Offline;

/* One check on its way through the pool. */
typedef struct
{
  Offline *offline;
  const char *target;
  gpointer data;
} Job;

/* What goes back to the main context. */
typedef struct
{
  LlOfflinePartial partial;
  LlOfflineDone done;
  gpointer data;
  GVariant *verdict;
  GError *error;
} Message;

static gboolean
deliver_cb (gpointer data)
{
  Message *message = data;

  if (message->done != NULL)
    message->done (message->verdict, message->error, message->data);
  else
    message->partial (message->verdict, message->data);
  g_clear_pointer (&message->verdict, g_variant_unref);
  g_clear_error (&message->error);
  g_free (message);
  return G_SOURCE_REMOVE;
}

/* In the order of the calls, never at once: the pool's threads are not the main one. */
static void
deliver (Message message)
{
  Message *copy = g_memdup2 (&message, sizeof message);

  g_idle_add_full (G_PRIORITY_DEFAULT, deliver_cb, copy, NULL);
}

static void
progress_cb (LlVerdict *partial, gpointer data)
{
  const Job *job = data;

  deliver ((Message){ .partial = job->offline->partial,
                      .data = job->data,
                      .verdict = g_variant_ref_sink (ll_verdict_to_variant (partial)) });
}

static GVariant *
check (Job *job, GError **error)
{
  g_autofree char *domain = ll_address_domain_of (job->target);
  g_autoptr (LlVerdict) verdict = NULL;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) found = NULL;

  if (domain == NULL)
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                   "\"%s\" is neither a domain nor an address", job->target);
      return NULL;
    }
  verdict = ll_assess_check (job->offline->assess, domain, ll_deadline_in (CHECK_MILLISECONDS),
                             job->offline->cancellable,
                             job->offline->partial != NULL ? progress_cb : NULL, job);
  found = g_variant_ref_sink (ll_verdict_to_variant (verdict));
  g_variant_dict_clear (&dict);
  g_variant_dict_init (&dict, found);
  if (strchr (job->target, '@') != NULL)
    g_variant_dict_insert (&dict, "address", "s", job->target);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
check_thread (gpointer data, gpointer pool_data)
{
  Job *job = data;
  GError *error = NULL;
  GVariant *verdict = check (job, &error);

  deliver ((Message){
      .done = job->offline->done, .data = job->data, .verdict = verdict, .error = error });
  g_free (job);
}

/* -- the stages ------------------------------------------------------------------------------ */

static gboolean
build_assess (Offline *offline, GError **error)
{
  const LlConfig *config = offline->config;
  g_autofree char *state = ll_folder_state ();
  g_autofree char *cache = ll_folder_cache ();
  LlAssessOptions options = {
    .resolver = offline->access.resolver,
    .https = offline->access.https,
    .network = offline->access.network,
    .state = state,
    .cache = cache,
    .ca_file = config->ca_file,
    .mx_port = (guint16) config->mx_port,
    .allow_private = config->allow_private_addresses,
    .probe = !config->probe_never,
  };

  offline->assess = ll_assess_new (&options, error);
  return offline->assess != NULL;
}

static gboolean
open_stages (Offline *offline, GError **error)
{
  offline->cancellable = g_cancellable_new ();
  offline->config = ll_config_load (NULL, NULL, error);
  if (offline->config == NULL || !ll_access_open (&offline->access, offline->config, error)
      || !build_assess (offline, error))
    return FALSE;
  offline->pool = g_thread_pool_new (check_thread, offline, LL_BUS_THREADS, FALSE, NULL);
  return TRUE;
}

/* Waits for what runs. */
static void
close_stages (Offline *offline)
{
  g_cancellable_cancel (offline->cancellable);
  if (offline->pool != NULL)
    g_thread_pool_free (offline->pool, FALSE, TRUE);
  ll_assess_free (offline->assess);
  ll_access_close (&offline->access);
  if (offline->config != NULL)
    ll_config_unref (offline->config);
  g_object_unref (offline->cancellable);
}

gboolean
ll_offline_check (const LlOfflineTarget *targets,
                  guint n,
                  LlOfflinePartial partial,
                  LlOfflineDone done,
                  GMainLoop *loop,
                  GError **error)
{
  Offline offline = { .partial = partial, .done = done };
  gboolean opened = open_stages (&offline, error);

  for (guint i = 0; opened && i < n; i++)
    {
      const Job job = { &offline, targets[i].name, targets[i].data };

      g_thread_pool_push (offline.pool, g_memdup2 (&job, sizeof job), NULL);
    }
  if (opened)
    g_main_loop_run (loop);
  close_stages (&offline);
  return opened;
}
