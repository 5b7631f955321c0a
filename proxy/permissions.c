/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Accounts with auth = oauth2: a person signs in at the provider, and what waited for it goes. */

#include "pipeline-private.h"

#include "base/error.h"
#include "base/limits.h"
#include "requests.h"

typedef struct
{
  LlBusProgress progress;
  gpointer data;
} Steps;

static void
tell_cb (const char *address, const char *code, gpointer data)
{
  Steps *steps = data;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "url", "s", address);
  if (code != NULL)
    g_variant_dict_insert (&dict, "code", "s", code);
  steps->progress (g_variant_dict_end (&dict), steps->data);
}

static const LlAccount *
find (const LlConfig *config, const char *name, GError **error)
{
  const LlAccount *account = ll_config_account (config, name);

  if (account != NULL && account->auth == LL_AUTH_OAUTH2)
    return account;
  g_set_error (error, LL_API_ERROR,
               (int) (account == NULL ? LL_API_ERROR_NOT_FOUND : LL_API_ERROR_REFUSED),
               account == NULL ? "no account is called %s"
                               : "account %s does not sign in with OAuth2 (letterlock account edit "
                                 "NAME --oauth2 google|microsoft --client-id ID changes that)",
               name);
  return NULL;
}

/* -- one sign-in at a time ---------------------------------------------------------------- */

static void
end_cb (GCancellable *caller, GCancellable *own)
{
  g_cancellable_cancel (own);
}

/* In its place @next counts from now on; NULL: none does. */
static void
replace (LlPipeline *pipeline, const char *account, GCancellable *next)
{
  g_autoptr (GCancellable) before = NULL;

  g_mutex_lock (&pipeline->lock);
  before = g_hash_table_lookup (pipeline->sign_ins, account);
  if (before != NULL)
    g_object_ref (before);
  if (next != NULL)
    g_hash_table_insert (pipeline->sign_ins, g_strdup (account), g_object_ref (next));
  else
    g_hash_table_remove (pipeline->sign_ins, account);
  g_mutex_unlock (&pipeline->lock);
  g_cancellable_cancel (before);
}

static void
forget (LlPipeline *pipeline, const char *account, const GCancellable *own)
{
  g_mutex_lock (&pipeline->lock);
  if (g_hash_table_lookup (pipeline->sign_ins, account) == own)
    g_hash_table_remove (pipeline->sign_ins, account);
  g_mutex_unlock (&pipeline->lock);
}

void
ll_permissions_end (LlPipeline *pipeline, const char *account)
{
  replace (pipeline, account, NULL);
}

/* What comes of a ceremony that is not wanted any more is not kept. */
static gboolean
run_sign_in (LlPipeline *pipeline,
             const LlAccount *account,
             gboolean device,
             Steps *steps,
             GCancellable *caller,
             GError **error)
{
  g_autoptr (GCancellable) own = g_cancellable_new ();
  gulong chain
      = g_cancellable_connect (caller, G_CALLBACK (end_cb), g_object_ref (own), g_object_unref);
  gboolean done;

  replace (pipeline, account->name, own);
  done = ll_upstream_give_permission (pipeline->parts.upstream, account, device, tell_cb, steps,
                                      ll_deadline_in (LL_OAUTH_SIGN_IN), own, error);
  g_cancellable_disconnect (caller, chain);
  forget (pipeline, account->name, own);
  if (!done && g_cancellable_is_cancelled (own) && !g_cancellable_is_cancelled (caller))
    {
      g_clear_error (error);
      g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_UNAVAILABLE,
                           "this sign-in is over: the account was changed or removed, or another "
                           "one began for it");
    }
  return done;
}

/* -- requests ------------------------------------------------------------------------------ */

static gboolean
sign_in (gpointer data,
         const char *name,
         gboolean device,
         LlBusProgress step,
         gpointer step_data,
         GCancellable *cancellable,
         GError **error)
{
  LlPipeline *pipeline = data;
  g_autoptr (LlConfig) config = ll_pipeline_config (pipeline);
  const LlAccount *account = find (config, name, error);
  Steps steps = { step, step_data };

  if (account == NULL || !run_sign_in (pipeline, account, device, &steps, cancellable, error))
    return FALSE;
  ll_pipeline_wake (pipeline);
  ll_pipeline_tell (pipeline, LL_PIPELINE_STATE, NULL, NULL);
  return TRUE;
}

static GVariant *
state (gpointer data, const char *name)
{
  LlPipeline *pipeline = data;
  g_autoptr (LlConfig) config = ll_pipeline_config (pipeline);
  const LlAccount *account = find (config, name, NULL);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *reason = NULL;

  if (account == NULL)
    return NULL;
  g_variant_dict_insert (&dict, "sign_in", "s",
                         ll_sign_in_name (
                             ll_upstream_permission (pipeline->parts.upstream, account, &reason)));
  if (reason != NULL)
    g_variant_dict_insert (&dict, "sign_in_reason", "s", reason);
  return g_variant_dict_end (&dict);
}

GStrv
ll_permissions_missing (LlPipeline *pipeline)
{
  g_autoptr (LlConfig) config = ll_pipeline_config (pipeline);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < config->accounts->len; i++)
    {
      const LlAccount *account = g_ptr_array_index (config->accounts, i);
      g_autofree char *reason = NULL;

      if (account->auth == LL_AUTH_OAUTH2
          && ll_sign_in_needs_person (
              ll_upstream_permission (pipeline->parts.upstream, account, &reason)))
        g_strv_builder_add (names, account->name);
    }
  return g_strv_builder_end (names);
}

void
ll_permissions_fill (LlBusActions *actions)
{
  actions->sign_in = sign_in;
  actions->sign_in_state = state;
}
