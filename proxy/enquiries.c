/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a person asks, through the bus: check, preview, letters, report, overrides, accounts.
 * Each function is called on a thread of the bus's pool and may block.
 */

#include "requests.h"

#include "pipeline-private.h"

#include "bus/options.h"
#include "config/rules.h"
#include "config/value.h"
#include "record/override.h"
#include "record/report.h"
#include "record/tally.h"
#include "wire/address.h"

#include "base/error.h"
#include "base/limits.h"

/* `check` shows progress, so it may take longer than a letter would wait. */
#define CHECK_DEADLINE 20000

typedef struct
{
  LlBusProgress progress;
  gpointer data;
} Progress;

static void
progress_cb (LlVerdict *partial, gpointer data)
{
  Progress *progress = data;

  progress->progress (ll_verdict_to_variant (partial), progress->data);
}

static GVariant *
check (gpointer data,
       const char *domain,
       LlBusProgress progress,
       gpointer progress_data,
       GCancellable *cancellable,
       GError **error)
{
  LlPipeline *pipeline = data;
  Progress forward = { progress, progress_data };
  g_autoptr (LlVerdict) verdict
      = ll_assess_check (pipeline->parts.assess, domain, ll_deadline_in (CHECK_DEADLINE),
                         cancellable, progress != NULL ? progress_cb : NULL, &forward);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  return ll_verdict_to_variant (verdict);
}

/* What the letter would carry: tag and mode as the mail program's user would write them. */
static LlMessageFacts *
facts_of_options (GVariant *options)
{
  const char *tag = NULL;
  const char *mode = NULL;
  LlMessageFacts *facts;

  g_variant_lookup (options, "tag", "&s", &tag);
  g_variant_lookup (options, "mode", "&s", &mode);
  if (tag == NULL && mode == NULL)
    return NULL;
  facts = g_new0 (LlMessageFacts, 1);
  facts->tags = g_new0 (char *, 2);
  facts->tags[0] = g_strdup (tag);
  facts->mode = g_strdup (mode);
  facts->visible = g_new0 (char *, 1);
  facts->references = g_new0 (char *, 1);
  facts->edits = g_ptr_array_new ();
  return facts;
}

static const LlAccount *
account_of_options (const LlConfig *config, GVariant *options, GError **error)
{
  const char *name = NULL;
  const char *sender = NULL;
  const LlAccount *account = NULL;

  g_variant_lookup (options, "account", "&s", &name);
  g_variant_lookup (options, "sender", "&s", &sender);
  if (name != NULL)
    account = ll_config_account (config, name);
  else if (sender != NULL)
    account = ll_account_select (config, NULL, sender, NULL);
  else if (config->accounts->len > 0)
    account = g_ptr_array_index (config->accounts, 0);
  if (account == NULL && config->accounts->len == 0)
    g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_NOT_FOUND,
                         "There is no account yet; letterlock account add makes one");
  else if (account == NULL)
    g_set_error (error, LL_API_ERROR, LL_API_ERROR_NOT_FOUND,
                 "%s \"%s\"; letterlock account list shows those there are",
                 name != NULL ? "There is no account" : "No account sends as",
                 name != NULL ? name : sender);
  return account;
}

/* The key that the letter would be locked for, or that would be asked about; NULL: none. */
static const LlKey *
key_of (const LlDecision *decision, const LlLocks *locks)
{
  if (decision->kind == LL_DECISION_LOCK)
    return locks->keys[decision->method];
  for (guint method = LL_METHOD_PGP; method <= LL_METHOD_SMIME; method++)
    if ((decision->offers & (1u << method)) != 0)
      return locks->keys[method];
  return NULL;
}

/* (transfer full) */
static GVariant *
preview_one (LlPipeline *pipeline, LlJudgement *judgement, const char *address)
{
  g_autoptr (LlVerdict) verdict = NULL;
  g_auto (LlLocks) locks = { 0 };
  g_autoptr (LlDecision) decision = NULL;
  g_autoptr (LlExtra) shown = ll_extra_new ();
  const LlKey *key;

  judgement->locks = &locks;
  decision = ll_judge (pipeline, judgement, &verdict);
  judgement->locks = NULL;
  ll_decision_keep (decision, shown);
  ll_extra_put_text (shown, "address", address);
  key = key_of (decision, &locks);
  if (key != NULL)
    ll_extra_put (shown, "lock", ll_key_to_variant (key));
  return g_variant_ref (ll_extra_variant (shown));
}

/* The rule that @options want tried, as if it stood before all others; *rule stays NULL where they
 * want none. */
static gboolean
rule_of_options (GVariant *options, LlRule **rule, GError **error)
{
  static const char *const except[] = { "before", "number", NULL };
  g_autoptr (GVariant) wanted = g_variant_lookup_value (options, "rule", G_VARIANT_TYPE_VARDICT);
  g_autoptr (GArray) changes = NULL;
  g_autoptr (LlRule) made = NULL;

  if (wanted == NULL)
    return TRUE;
  changes = ll_bus_options_changes (wanted, "rule", except, error);
  if (changes == NULL)
    return FALSE;
  made = g_new0 (LlRule, 1);
  for (guint i = 0; i < changes->len; i++)
    {
      const LlConfigChange *change = &g_array_index (changes, LlConfigChange, i);
      const LlOption *option = ll_option_find ("rule", change->key);

      if (change->value != NULL && !ll_value_parse (option, change->value, made, error))
        return FALSE;
    }
  if (!ll_rule_complete (made, error))
    return FALSE;
  *rule = g_steal_pointer (&made);
  return TRUE;
}

static GVariant *
preview (gpointer data,
         const char *const *addresses,
         GVariant *options,
         GCancellable *cancellable,
         GError **error)
{
  LlPipeline *pipeline = data;
  g_autoptr (LlConfig) config = ll_pipeline_config (pipeline);
  const LlAccount *account = account_of_options (config, options, error);
  g_autoptr (LlMessageFacts) facts = facts_of_options (options);
  g_autoptr (GPtrArray) recipients
      = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_recipient_free);
  g_auto (GVariantBuilder) answers = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (LlRule) rule = NULL;

  if (account == NULL || !rule_of_options (options, &rule, error))
    return NULL;
  for (guint i = 0; addresses[i] != NULL; i++)
    {
      LlRecipient *recipient = ll_address_parse_recipient (addresses[i], error);

      if (recipient == NULL)
        {
          g_prefix_error (error, "%s: ", addresses[i]);
          return NULL;
        }
      g_ptr_array_add (recipients, recipient);
      ll_assess_start (pipeline->parts.assess, recipient->domain);
    }
  for (guint i = 0; i < recipients->len; i++)
    {
      g_autoptr (GVariant) one = NULL;
      LlJudgement judgement = {
        .config = config,
        .tried = rule,
        .account = account,
        .facts = facts,
        .recipient = g_ptr_array_index (recipients, i),
        .recipients = recipients->len,
        .deadline = ll_deadline_in (LL_CHECK_HARD),
      };

      one = preview_one (pipeline, &judgement, addresses[i]);
      g_variant_builder_add_value (&answers, one);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
    }
  return g_variant_builder_end (&answers);
}

/* -- what was done --------------------------------------------------------------------------- */

static GVariant *
letters (gpointer data, GVariant *query, char **next, GError **error)
{
  LlLedger *ledger = ((LlPipeline *) data)->parts.ledger;

  /* what was just accepted is on its way through the writer */
  ll_ledger_flush (ledger, NULL);
  return ll_ledger_list_page (ledger, query, next, error);
}

static GVariant *
letter_ids (gpointer data, GVariant *query, GError **error)
{
  LlLedger *ledger = ((LlPipeline *) data)->parts.ledger;

  ll_ledger_flush (ledger, NULL);
  return ll_ledger_list_ids (ledger, query, error);
}

static GVariant *
letter (gpointer data, const char *prefix, GError **error)
{
  LlPipeline *pipeline = data;
  GVariant *found;

  ll_ledger_flush (pipeline->parts.ledger, NULL);
  found = ll_ledger_get (pipeline->parts.ledger, prefix, error);
  return found != NULL ? ll_original_shown (pipeline, found) : NULL;
}

static char *
report (gpointer data, GVariant *query, const char *format, GError **error)
{
  LlLedger *ledger = ((LlPipeline *) data)->parts.ledger;

  ll_ledger_flush (ledger, NULL);
  return ll_report_render (ledger, query, format, error);
}

static GVariant *
override_add (gpointer data, const char *domain, const char *reason, guint days, GError **error)
{
  return ll_ledger_override_add (((LlPipeline *) data)->parts.ledger, domain, reason, days, error);
}

static GVariant *
override_list (gpointer data, GError **error)
{
  return ll_ledger_override_list (((LlPipeline *) data)->parts.ledger, error);
}

static gboolean
override_end (gpointer data, const char *domain, GError **error)
{
  return ll_ledger_override_end (((LlPipeline *) data)->parts.ledger, domain, error);
}

/* The override says that a letter goes although; this says that it is no alarm. */
static GVariant *
accept_change (gpointer data,
               const char *domain,
               const char *reason,
               GCancellable *cancellable,
               GError **error)
{
  LlPipeline *pipeline = data;
  g_autoptr (LlVerdict) verdict
      = ll_assess_check (pipeline->parts.assess, domain, ll_deadline_in (CHECK_DEADLINE),
                         cancellable, NULL, NULL);
  GVariant *accepted;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (!verdict->suspected_downgrade)
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED,
                   "%s: no downgrade is suspected there, so there is nothing to accept", domain);
      return NULL;
    }
  accepted = ll_ledger_override_note (pipeline->parts.ledger, domain, reason, error);
  if (accepted != NULL)
    ll_assess_accept (pipeline->parts.assess, domain);
  return accepted;
}

/* -- accounts, submission -------------------------------------------------------------------- */

typedef struct
{
  LlBusProgress progress;
  gpointer data;
} Steps;

static void
step_cb (const char *step, gboolean ok, const char *detail, gpointer data)
{
  Steps *steps = data;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "step", "s", step);
  g_variant_dict_insert (&dict, "ok", "b", ok);
  if (detail != NULL)
    g_variant_dict_insert (&dict, "detail", "s", detail);
  if (steps->progress != NULL)
    steps->progress (g_variant_dict_end (&dict), steps->data);
}

static gboolean
account_test (gpointer data,
              const char *name,
              LlBusProgress step,
              gpointer step_data,
              GCancellable *cancellable,
              GError **error)
{
  LlPipeline *pipeline = data;
  g_autoptr (LlConfig) config = ll_pipeline_config (pipeline);
  const LlAccount *account = ll_config_account (config, name);
  Steps steps = { step, step_data };

  if (account == NULL)
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_NOT_FOUND, "no account is called %s", name);
      return FALSE;
    }
  return ll_upstream_test (pipeline->parts.upstream, account, step_cb, &steps,
                           ll_deadline_in (LL_UPSTREAM_CONNECT * 4), cancellable, error);
}

static void
account_saved (gpointer data, const char *name)
{
  LlPipeline *pipeline = data;

  ll_permissions_end (pipeline, name);
  ll_upstream_drop (pipeline->parts.upstream);
  ll_queue_kick (pipeline->queue, name);
}

/* The shipped row, and beside it what letters to this provider's domains showed from here. */
static GVariant *
provider_row (LlLedger *ledger, GVariant *shipped, GError **error)
{
  g_auto (GVariantDict) row = G_VARIANT_DICT_INIT (shipped);
  const char *name = "";
  GVariant *seen;
  guint domains;

  g_variant_lookup (shipped, "name", "&s", &name);
  seen = ll_tally_provider (ledger, name, &domains, error);
  if (seen == NULL)
    return NULL;
  g_variant_dict_insert_value (&row, "seen", seen);
  g_variant_dict_insert (&row, "domains", "u", domains);
  return g_variant_dict_end (&row);
}

static GVariant *
providers (gpointer data, GError **error)
{
  LlLedger *ledger = ((LlPipeline *) data)->parts.ledger;
  g_autoptr (GVariant) shipped = g_variant_ref_sink (ll_providers_to_variant ());
  g_auto (GVariantBuilder) rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  ll_ledger_flush (ledger, NULL);
  for (gsize i = 0; i < g_variant_n_children (shipped); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (shipped, i);
      GVariant *row = provider_row (ledger, one, error);

      if (row == NULL)
        return NULL;
      g_variant_builder_add_value (&rows, row);
    }
  return g_variant_builder_end (&rows);
}

void
ll_enquiries_fill (LlBusActions *actions)
{
  actions->providers = providers;
  actions->check = check;
  actions->preview = preview;
  actions->letters = letters;
  actions->letter_ids = letter_ids;
  actions->letter = letter;
  actions->report = report;
  actions->override = override_add;
  actions->overrides = override_list;
  actions->override_remove = override_end;
  actions->accept_change = accept_change;
  actions->account_test = account_test;
  actions->account_saved = account_saved;
  actions->measure = ll_measure;
  actions->measured = ll_measured;
}
