/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "bus/call.h"
#include "bus/options.h"

#include "base/clock.h"
#include "base/error.h"
#include "config/rules.h"
#include "config/value.h"

#include <string.h>

/* Configuration and rules: what is written is checked as a whole first, and in force after. */

/* @written: the file was. Puts it in force. */
static gboolean
put_in_force (LlBusCall *call, gboolean written, GError **error)
{
  return written
         && (call->actions->reload == NULL || call->actions->reload (call->actions->data, error));
}

static GVariant *
reload_if (LlBusCall *call, gboolean written, GError **error)
{
  return put_in_force (call, written, error) ? ll_bus_done () : NULL;
}

static LlConfig *
snapshot (LlBusCall *call, GError **error)
{
  if (call->actions->config == NULL)
    {
      ll_bus_cannot (error, "show its configuration");
      return NULL;
    }
  return call->actions->config (call->actions->data);
}

/* -- keys --------------------------------------------------------------------------------- */

static GVariant *
get_config (LlBusCall *call, GError **error)
{
  g_autoptr (LlConfig) config = snapshot (call, error);
  const char *key;
  char *value;

  if (config == NULL)
    return NULL;
  g_variant_get (call->arguments, "(&s)", &key);
  value = ll_config_get (config, key, error);
  return value != NULL ? ll_bus_reply (g_variant_new_take_string (value)) : NULL;
}

static GVariant *
list_config (LlBusCall *call, GError **error)
{
  g_autoptr (LlConfig) config = snapshot (call, error);

  return config != NULL ? ll_bus_reply (ll_config_to_variant (config)) : NULL;
}

/* What the user's own file says of @key; NULL: nothing. (transfer full) */
static char *
written (LlBusCall *call, const char *group, const char *key)
{
  g_autofree char *path = call->actions->config_path != NULL ? g_strdup (call->actions->config_path)
                                                             : ll_config_user_path ();
  g_autoptr (GKeyFile) file = g_key_file_new ();

  g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL);
  return g_key_file_get_string (file, group, key, NULL);
}

/* What cannot be put in force must not stand in the file: the next start would end there. */
static GVariant *
change_one (LlBusCall *call, const char *group, const LlConfigChange *change, GError **error)
{
  const LlBusActions *actions = call->actions;
  g_autofree char *before = written (call, group, change->key);
  LlConfigChange back = { change->key, before };

  if (!ll_config_edit (actions->config_system, actions->config_path, group, change, 1, error))
    return NULL;
  if (put_in_force (call, TRUE, error))
    return ll_bus_done ();
  ll_config_edit (actions->config_system, actions->config_path, group, &back, 1, NULL);
  return NULL;
}

/* "account work.mode" -> group "account work", key "mode". */
static GVariant *
change_key (LlBusCall *call, const char *dotted, const char *value, GError **error)
{
  const char *dot = strrchr (dotted, '.');
  g_autofree char *group = dot != NULL ? g_strndup (dotted, (gsize) (dot - dotted)) : NULL;
  LlConfigChange change = { .value = value };

  if (dot == NULL || dot == dotted || dot[1] == '\0')
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                   "\"%s\" is not a key: write it as policy.mode or \"account work.mode\"", dotted);
      return NULL;
    }
  change.key = dot + 1;
  return change_one (call, group, &change, error);
}

static GVariant *
set_config (LlBusCall *call, GError **error)
{
  const char *key;
  const char *value;

  g_variant_get (call->arguments, "(&s&s)", &key, &value);
  return change_key (call, key, value, error);
}

static GVariant *
reset_config (LlBusCall *call, GError **error)
{
  const char *key;

  g_variant_get (call->arguments, "(&s)", &key);
  return change_key (call, key, NULL, error);
}

static GVariant *
check_config (LlBusCall *call, GError **error)
{
  g_autoptr (LlConfig) config
      = ll_config_load (call->actions->config_system, call->actions->config_path, error);

  if (config == NULL)
    {
      /* whatever it is, it is the file that is wrong */
      if (error != NULL && *error != NULL)
        {
          g_autoptr (GError) cause = g_steal_pointer (error);

          g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_INVALID, cause->message);
        }
      return NULL;
    }
  return ll_bus_reply (g_variant_new_strv ((const char *const *) config->warnings,
                                           config->warnings != NULL ? -1 : 0));
}

static GVariant *
reload (LlBusCall *call, GError **error)
{
  if (call->actions->reload == NULL)
    return ll_bus_cannot (error, "reload");
  return reload_if (call, TRUE, error);
}

/* -- rules --------------------------------------------------------------------------------- */

static GVariant *
rule_variant (const LlRule *rule)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  ll_bus_options_add (&dict, "rule", rule);
  g_variant_dict_insert (&dict, "number", "u", (guint32) rule->number);
  g_variant_dict_insert (&dict, "expired", "b",
                         rule->expires != 0 && rule->expires <= ll_clock_now ());
  g_variant_dict_insert (&dict, "administrator", "b", rule->system);
  return g_variant_dict_end (&dict);
}

static GVariant *
list_rules (LlBusCall *call, GError **error)
{
  g_autoptr (LlConfig) config = snapshot (call, error);
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  if (config == NULL)
    return NULL;
  for (guint i = 0; i < config->rules->len; i++)
    g_variant_builder_add_value (&list, rule_variant (g_ptr_array_index (config->rules, i)));
  return ll_bus_reply (g_variant_builder_end (&list));
}

static const LlRule *
find_rule (const LlConfig *config, guint number)
{
  for (guint i = 0; i < config->rules->len; i++)
    {
      const LlRule *rule = g_ptr_array_index (config->rules, i);

      if (rule->number == number)
        return rule;
    }
  return NULL;
}

static guint
last_number (const LlConfig *config)
{
  guint last = 0;

  for (guint i = 0; i < config->rules->len; i++)
    last = MAX (last, ((const LlRule *) g_ptr_array_index (config->rules, i))->number);
  return last;
}

static gboolean
write_rule (LlBusCall *call, guint number, const GArray *changes, GError **error)
{
  g_autofree char *group = g_strdup_printf ("rule %u", number);

  return ll_config_edit (call->actions->config_system, call->actions->config_path, group,
                         (const LlConfigChange *) (const void *) changes->data, changes->len,
                         error);
}

/* Gives @rule the number after its own. Every key is written, so that nothing of the one that
 * stood there before stays. */
static gboolean
move_up (LlBusCall *call, const LlRule *rule, GError **error)
{
  g_autoptr (GArray) changes = g_array_new (FALSE, TRUE, sizeof (LlConfigChange));
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);

  for (const LlOption *option = ll_options; option->group != NULL; option++)
    if (strcmp (option->group, "rule") == 0)
      {
        char *value = ll_value_format (option, rule);
        LlConfigChange change
            = { .key = option->key, .value = value != NULL && *value != '\0' ? value : NULL };

        g_ptr_array_add (values, value);
        g_array_append_val (changes, change);
      }
  return write_rule (call, rule->number + 1, changes, error);
}

/* Makes room for a new rule @number: those from there on move up, the last one first. */
static gboolean
make_room (LlBusCall *call, const LlConfig *config, guint number, GError **error)
{
  g_autofree char *group = g_strdup_printf ("rule %u", number);
  guint end = number;

  while (find_rule (config, end) != NULL)
    end++;
  for (guint i = end; i-- > number;)
    {
      const LlRule *rule = find_rule (config, i);

      if (rule->system)
        {
          g_set_error (error, LL_API_ERROR, LL_API_ERROR_LOCKED,
                       "Rule %u is the administrator's and cannot be moved", i);
          return FALSE;
        }
      if (!move_up (call, rule, error))
        return FALSE;
    }
  return end == number
         || ll_config_edit (call->actions->config_system, call->actions->config_path, group, NULL,
                            0, error);
}

static GVariant *
add_rule (LlBusCall *call, GError **error)
{
  static const char *const except[] = { "before", "number", NULL };
  g_autoptr (LlConfig) config = snapshot (call, error);
  g_autoptr (LlConfig) changed = NULL;
  g_autoptr (GVariant) dictionary = NULL;
  g_autoptr (GArray) changes = NULL;
  guint32 number;
  const LlRule *rule;

  if (config == NULL)
    return NULL;
  g_variant_get (call->arguments, "(@a{sv})", &dictionary);
  changes = ll_bus_options_changes (dictionary, "rule", except, error);
  if (changes == NULL)
    return NULL;
  if (changes->len == 0)
    {
      g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                           "A rule must say something: to whom, and which mode");
      return NULL;
    }
  if (!g_variant_lookup (dictionary, "before", "u", &number) || number == 0)
    number = last_number (config) + 1;
  else if (!make_room (call, config, number, error))
    return NULL;
  if (!put_in_force (call, write_rule (call, number, changes, error), error))
    return NULL;
  changed = ll_config_load (call->actions->config_system, call->actions->config_path, error);
  rule = changed != NULL ? find_rule (changed, number) : NULL;
  return rule != NULL ? ll_bus_reply (rule_variant (rule)) : NULL;
}

static GVariant *
remove_rule (LlBusCall *call, GError **error)
{
  g_autoptr (LlConfig) config = snapshot (call, error);
  g_autofree char *group = NULL;
  const LlRule *rule;
  guint32 number;

  if (config == NULL)
    return NULL;
  g_variant_get (call->arguments, "(u)", &number);
  rule = find_rule (config, number);
  if (rule == NULL || rule->system)
    {
      g_set_error (error, LL_API_ERROR, rule == NULL ? LL_API_ERROR_NOT_FOUND : LL_API_ERROR_LOCKED,
                   rule == NULL ? "There is no rule %u" : "Rule %u is the administrator's", number);
      return NULL;
    }
  group = g_strdup_printf ("rule %u", number);
  return reload_if (call,
                    ll_config_edit (call->actions->config_system, call->actions->config_path, group,
                                    NULL, 0, error),
                    error);
}

const LlBusMethod ll_bus_setting_methods[] = {
  { "GetConfig", get_config },     { "ListConfig", list_config },
  { "SetConfig", set_config },     { "ResetConfig", reset_config },
  { "CheckConfig", check_config }, { "Reload", reload },
  { "ListRules", list_rules },     { "AddRule", add_rule },
  { "RemoveRule", remove_rule },   { NULL, NULL },
};
