/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/config.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "config/account.h"
#include "config/complete.h"
#include "config/layer.h"
#include "config/preset.h"
#include "config/rules.h"
#include "config/value.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static void
foreign_free (LlForeign *foreign)
{
  ll_value_clear_group ("foreign", foreign);
  g_free (foreign->name);
  g_free (foreign);
}

LlConfig *
ll_config_ref (LlConfig *config)
{
  g_atomic_int_inc (&config->ref_count);
  return config;
}

void
ll_config_unref (LlConfig *config)
{
  if (config == NULL || !g_atomic_int_dec_and_test (&config->ref_count))
    return;
  for (guint i = 0; ll_option_fixed_groups[i] != NULL; i++)
    ll_value_clear_group (ll_option_fixed_groups[i], config);
  g_ptr_array_unref (config->accounts);
  g_ptr_array_unref (config->rules);
  g_ptr_array_unref (config->foreign);
  g_strfreev (config->tags);
  g_strfreev (config->locked);
  g_strfreev (config->warnings);
  g_free (config);
}

const LlAccount *
ll_config_account (const LlConfig *config, const char *name)
{
  for (guint i = 0; name != NULL && i < config->accounts->len; i++)
    {
      const LlAccount *account = g_ptr_array_index (config->accounts, i);

      if (strcmp (account->name, name) == 0)
        return account;
    }
  return NULL;
}

gboolean
ll_config_is_locked (const LlConfig *config, const char *key)
{
  g_auto (GStrv) words = g_strsplit (key, ".", 2);

  return words[0] != NULL
         && ll_locked_contains ((const char *const *) config->locked, words[0], words[1]);
}

/* -- one group into its struct ------------------------------------------------------------- */

static gboolean
fill_option (const LlLayers *layers,
             const char *group,
             const LlOption *option,
             gpointer target,
             GError **error)
{
  g_autofree char *text = NULL;

  if (!ll_layers_get (layers, group, option->key, &text, error))
    return FALSE;
  if (text == NULL && option->required)
    {
      g_autofree char *valid = ll_option_valid (option);

      g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_TYPE, "%s: [%s] lacks %s: %s",
                   ll_layers_name (layers, group), group, option->key, valid);
      return FALSE;
    }
  if (text == NULL && option->preset == NULL)
    return TRUE;
  if (ll_value_parse (option, text != NULL ? text : option->preset, target, error))
    return TRUE;
  g_prefix_error (error, "%s: [%s] %s: ", ll_layers_name_of_key (layers, group, option->key), group,
                  option->key);
  return FALSE;
}

/* The key preset stands before its parts in the table; they come after it and win. */
static gboolean
fill_group (const LlLayers *layers,
            const char *kind,
            const char *group,
            gpointer target,
            void (*use_preset) (gpointer target),
            GError **error)
{
  for (const LlOption *option = ll_options; option->group != NULL; option++)
    {
      if (strcmp (option->group, kind) != 0)
        continue;
      if (!fill_option (layers, group, option, target, error))
        return FALSE;
      if (use_preset != NULL && strcmp (option->key, "preset") == 0)
        use_preset (target);
    }
  return TRUE;
}

static gboolean
fail_group (const LlLayers *layers, const char *group, GError **error)
{
  g_prefix_error (error, "%s: [%s]: ", ll_layers_name (layers, group), group);
  return FALSE;
}

static void
use_config_preset (gpointer target)
{
  LlConfig *config = target;
  const LlPresetValues *values = ll_preset_values (config->preset);

  config->mode = values->mode;
  config->minimum = values->minimum;
  config->unknown = values->unknown;
}

static void
use_account_preset (gpointer target)
{
  LlAccount *account = target;
  const LlPresetValues *values = ll_preset_values (account->preset);

  if (!account->preset_set)
    return; /* stays as [policy] says */
  account->mode = values->mode;
  account->minimum = values->minimum;
  account->unknown = values->unknown;
}

/* -- accounts, rules, listeners for others ---------------------------------------------------- */

static gboolean
add_account (
    LlConfig *config, const LlLayers *layers, const char *group, const char *name, GError **error)
{
  LlAccount *account = g_new0 (LlAccount, 1);
  g_autofree char *security = NULL;

  g_ptr_array_add (config->accounts, account);
  account->name = g_strdup (name);
  account->preset = config->preset;
  account->mode = config->mode;
  account->minimum = config->minimum;
  account->unknown = config->unknown;
  if (!fill_group (layers, "account", group, account, use_account_preset, error)
      || !ll_layers_get (layers, group, "security", &security, error))
    return FALSE;
  if (security == NULL)
    account->security = account->port == 465 ? LL_SECURITY_TLS : LL_SECURITY_STARTTLS;
  if (account->fallback == NULL)
    account->fallback = g_array_ref (config->fallback);
  return ll_account_complete (account, error) || fail_group (layers, group, error);
}

static gboolean
add_rule (
    LlConfig *config, const LlLayers *layers, const char *group, const char *name, GError **error)
{
  LlRule *rule = g_new0 (LlRule, 1);
  guint64 number = 0;

  g_ptr_array_add (config->rules, rule);
  if (name[0] == '0' || !g_ascii_string_to_unsigned (name, 10, 1, 99999, &number, NULL))
    {
      g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_TYPE,
                   "rules have a number from 1 to 99999, as in [rule 1]");
      return fail_group (layers, group, error);
    }
  rule->number = (guint) number;
  rule->system = ll_layers_is_system (layers, group);
  if (!fill_group (layers, "rule", group, rule, NULL, error))
    return FALSE;
  return ll_rule_complete (rule, error) || fail_group (layers, group, error);
}

static gboolean
add_foreign (
    LlConfig *config, const LlLayers *layers, const char *group, const char *name, GError **error)
{
  LlForeign *foreign = g_new0 (LlForeign, 1);

  g_ptr_array_add (config->foreign, foreign);
  foreign->name = g_strdup (name);
  return fill_group (layers, "foreign", group, foreign, NULL, error);
}

static gboolean
add_named (LlConfig *config, const LlLayers *layers, const char *group, GError **error)
{
  const char *name;
  const char *kind = ll_option_group_of (group, &name);

  if (strcmp (kind, "account") == 0)
    return add_account (config, layers, group, name, error);
  if (strcmp (kind, "rule") == 0)
    return add_rule (config, layers, group, name, error);
  if (strcmp (kind, "foreign") == 0)
    return add_foreign (config, layers, group, name, error);
  return TRUE;
}

static gint
by_number (gconstpointer a, gconstpointer b)
{
  const LlRule *first = *(LlRule *const *) a, *second = *(LlRule *const *) b;

  return (first->number > second->number) - (first->number < second->number);
}

/* -- the whole -------------------------------------------------------------------------------- */

static LlConfig *
config_new (void)
{
  LlConfig *config = g_new0 (LlConfig, 1);

  config->ref_count = 1;
  config->accounts = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_account_free);
  config->rules = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_rule_free);
  config->foreign = g_ptr_array_new_with_free_func ((GDestroyNotify) foreign_free);
  return config;
}

static LlConfig *
parse (const LlConfigText *system, const LlConfigText *user, GError **error)
{
  g_autoptr (LlLayers) layers = ll_layers_new (system, user, error);
  g_autoptr (LlConfig) config = config_new ();
  g_auto (GStrv) groups = NULL;

  if (layers == NULL)
    return NULL;
  for (guint i = 0; ll_option_fixed_groups[i] != NULL; i++)
    if (!fill_group (layers, ll_option_fixed_groups[i], ll_option_fixed_groups[i], config,
                     use_config_preset, error))
      return NULL;
  groups = ll_layers_groups (layers);
  for (guint i = 0; groups[i] != NULL; i++)
    if (!add_named (config, layers, groups[i], error))
      return NULL;
  g_ptr_array_sort (config->rules, by_number);
  config->locked = ll_layers_locked (layers);
  config->warnings = ll_layers_warnings (layers);
  if (!ll_config_complete (config, error))
    {
      g_prefix_error (error, "%s: ", user != NULL ? user->name : system->name);
      return NULL;
    }
  return g_steal_pointer (&config);
}

LlConfig *
ll_config_parse (const LlConfigText *system, const LlConfigText *user, GError **error)
{
  g_autoptr (GError) cause = NULL;
  LlConfig *config = parse (system, user, &cause);

  if (config != NULL)
    return config;
  /* it quotes what was written, which may be anything */
  for (char *at = cause->message; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = '?';
  g_propagate_error (error, g_steal_pointer (&cause));
  return NULL;
}

char *
ll_config_user_path (void)
{
  g_autofree char *folder = ll_folder_config ();

  return g_build_filename (folder, "letterlock.conf", NULL);
}

/* A file that is not there is an empty one; one that cannot be read is an error. */
static gboolean
read_file (const char *path, GBytes **bytes, GError **error)
{
  g_autoptr (GError) cause = NULL;

  *bytes = ll_file_load (path, LL_CONFIG_FILE_MAX, &cause);
  if (*bytes != NULL || g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return TRUE;
  g_set_error_literal (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE, cause->message);
  return FALSE;
}

static LlConfigText
text_of (const char *name, GBytes *bytes)
{
  LlConfigText text = { name, NULL, 0 };

  if (bytes != NULL)
    text.bytes = g_bytes_get_data (bytes, &text.length);
  return text;
}

/* The file names a command that is run and a policy that is kept: only its owner should write it.
 */
static void
warn_of_writers (LlConfig *config, const char *path)
{
  GStrvBuilder *warnings;
  g_autofree char *text = NULL;
  GStatBuf status;

  if (g_stat (path, &status) != 0 || (status.st_mode & (S_IWGRP | S_IWOTH)) == 0)
    return;
  text = g_strdup_printf ("%s: others can write this file; chmod go-w takes that away", path);
  warnings = g_strv_builder_new ();
  g_strv_builder_addv (warnings, (const char **) config->warnings);
  g_strv_builder_add (warnings, text);
  g_strfreev (config->warnings);
  config->warnings = g_strv_builder_end (warnings);
  g_strv_builder_unref (warnings);
}

LlConfig *
ll_config_load (const char *system, const char *user, GError **error)
{
  g_autofree char *default_user = user == NULL ? ll_config_user_path () : NULL;
  const char *system_path = system != NULL ? system : LL_CONFIG_SYSTEM_PATH;
  const char *user_path = user != NULL ? user : default_user;
  g_autoptr (GBytes) system_bytes = NULL;
  g_autoptr (GBytes) user_bytes = NULL;
  LlConfigText below, above;
  LlConfig *config;

  if (!read_file (system_path, &system_bytes, error) || !read_file (user_path, &user_bytes, error))
    return NULL;
  below = text_of (system_path, system_bytes);
  above = text_of (user_path, user_bytes);
  config = ll_config_parse (&below, &above, error);
  if (config != NULL)
    warn_of_writers (config, user_path);
  return config;
}
