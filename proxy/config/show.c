/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/config.h"

#include "base/error.h"
#include "config/account.h"
#include "config/rules.h"
#include "config/value.h"

#include <string.h>

/* The struct that the options of a group stand in; NULL: there is no such account, rule, ... */
static gconstpointer
target_of (const LlConfig *config, const char *kind, const char *name)
{
  if (name == NULL)
    return config;
  if (strcmp (kind, "account") == 0)
    return ll_config_account (config, name);
  for (guint i = 0; strcmp (kind, "rule") == 0 && i < config->rules->len; i++)
    {
      const LlRule *rule = g_ptr_array_index (config->rules, i);
      g_autofree char *number = g_strdup_printf ("%u", rule->number);

      if (strcmp (number, name) == 0)
        return rule;
    }
  for (guint i = 0; strcmp (kind, "foreign") == 0 && i < config->foreign->len; i++)
    {
      const LlForeign *foreign = g_ptr_array_index (config->foreign, i);

      if (strcmp (foreign->name, name) == 0)
        return foreign;
    }
  return NULL;
}

static char *
fail_key (GError **error, const char *key, const char *nearest_group, const char *nearest)
{
  g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_UNKNOWN_KEY,
               "there is no key \"%s\"%s%s%s%s", key, nearest != NULL ? "; did you mean \"" : "",
               nearest != NULL ? nearest_group : "", nearest != NULL ? nearest : "",
               nearest != NULL ? "\"?" : "");
  return NULL;
}

char *
ll_config_get (const LlConfig *config, const char *key, GError **error)
{
  const char *dot = strrchr (key, '.');
  g_autofree char *group = dot != NULL ? g_strndup (key, (gsize) (dot - key)) : g_strdup (key);
  const char *name = NULL;
  const char *kind = ll_option_group_of (group, &name);
  const LlOption *option = NULL;
  gconstpointer target;
  char *value;

  if (dot == NULL || kind == NULL)
    return fail_key (error, key, ll_option_nearest (group, NULL),
                     dot != NULL && ll_option_nearest (group, NULL) != NULL ? dot : NULL);
  option = ll_option_find (kind, dot + 1);
  if (option == NULL)
    {
      g_autofree char *prefix = g_strconcat (group, ".", NULL);

      return fail_key (error, key, prefix, ll_option_nearest (kind, dot + 1));
    }
  target = target_of (config, kind, name);
  if (target == NULL)
    {
      g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_UNKNOWN_KEY, "there is no [%s]", group);
      return NULL;
    }
  value = ll_value_format (option, target);
  return value != NULL ? value : g_strdup ("");
}

static void
add_text (GVariantBuilder *builder, const char *key, const char *text)
{
  g_variant_builder_add (builder, "{sv}", key, g_variant_new_string (text != NULL ? text : ""));
}

static void
add_row (GVariantBuilder *rows,
         const LlConfig *config,
         const LlOption *option,
         const char *name,
         gconstpointer target)
{
  g_autofree char *value = ll_value_format (option, target);
  g_autofree char *valid = ll_option_valid (option);
  g_autofree char *dotted = g_strconcat (option->group, ".", option->key, NULL);
  g_autofree char *full = name != NULL
                              ? g_strdup_printf ("%s %s.%s", option->group, name, option->key)
                              : g_strdup (dotted);

  g_variant_builder_open (rows, G_VARIANT_TYPE_VARDICT);
  add_text (rows, "key", full);
  add_text (rows, "group", option->group);
  add_text (rows, "name", name);
  add_text (rows, "value", value);
  add_text (rows, "default", option->preset);
  add_text (rows, "valid", valid);
  add_text (rows, "doc", option->doc);
  g_variant_builder_add (rows, "{sv}", "locked",
                         g_variant_new_boolean (ll_config_is_locked (config, dotted)));
  g_variant_builder_close (rows);
}

static void
add_group (GVariantBuilder *rows,
           const LlConfig *config,
           const char *kind,
           const char *name,
           gconstpointer target)
{
  for (const LlOption *option = ll_options; option->group != NULL; option++)
    if (strcmp (option->group, kind) == 0)
      add_row (rows, config, option, name, target);
}

GVariant *
ll_config_to_variant (const LlConfig *config)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; ll_option_fixed_groups[i] != NULL; i++)
    add_group (&rows, config, ll_option_fixed_groups[i], NULL, config);
  for (guint i = 0; i < config->accounts->len; i++)
    {
      const LlAccount *account = g_ptr_array_index (config->accounts, i);

      add_group (&rows, config, "account", account->name, account);
    }
  for (guint i = 0; i < config->rules->len; i++)
    {
      const LlRule *rule = g_ptr_array_index (config->rules, i);
      g_autofree char *number = g_strdup_printf ("%u", rule->number);

      add_group (&rows, config, "rule", number, rule);
    }
  for (guint i = 0; i < config->foreign->len; i++)
    {
      const LlForeign *foreign = g_ptr_array_index (config->foreign, i);

      add_group (&rows, config, "foreign", foreign->name, foreign);
    }
  return g_variant_builder_end (&rows);
}
