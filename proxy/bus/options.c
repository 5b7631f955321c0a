/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "bus/options.h"

#include "api/intl.h"
#include "base/error.h"
#include "base/limits.h"
#include "config/list.h"
#include "config/value.h"

#include <string.h>

static gboolean
is_list (LlOptionType type)
{
  switch (type)
    {
    case LL_OPTION_HONOURS:
    case LL_OPTION_METHODS:
    case LL_OPTION_KINDS:
    case LL_OPTION_LOCAL:
    case LL_OPTION_FOREIGN:
    case LL_OPTION_RESOLVERS:
    case LL_OPTION_HOSTS:
    case LL_OPTION_ADDRESSES:
    case LL_OPTION_DOMAINS:
    case LL_OPTION_PATTERNS:
    case LL_OPTION_URLS:
    case LL_OPTION_PINS:
      return TRUE;
    case LL_OPTION_TEXT:
    case LL_OPTION_PATH:
    case LL_OPTION_URL:
    case LL_OPTION_HOST_PORT:
    case LL_OPTION_UPSTREAM:
    case LL_OPTION_FLAG:
    case LL_OPTION_NUMBER:
    case LL_OPTION_DURATION:
    case LL_OPTION_DATE:
    case LL_OPTION_WORD:
    case LL_OPTION_DECLARED:
    case LL_OPTION_TAG:
      return FALSE;
    }
  g_return_val_if_reached (FALSE);
}

void
ll_bus_options_add (GVariantDict *dict, const char *group, gconstpointer target)
{
  for (const LlOption *option = ll_options; option->group != NULL; option++)
    {
      g_autofree char *key = NULL;
      g_autofree char *value = NULL;

      if (strcmp (option->group, group) != 0)
        continue;
      value = ll_value_format (option, target);
      if (value == NULL)
        continue;
      key = g_strdelimit (g_strdup (option->key), "-", '_');
      if (option->type == LL_OPTION_FLAG)
        g_variant_dict_insert (dict, key, "b", strcmp (value, "true") == 0);
      else if (is_list (option->type))
        {
          g_auto (GStrv) items = ll_list_split (value);

          g_variant_dict_insert (dict, key, "^as", items);
        }
      else
        g_variant_dict_insert (dict, key, "s", value);
    }
}

static gboolean
wrong (GError **error, const char *key, const char *what)
{
  g_autofree char *printable = g_strescape (key, NULL);

  g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID, "\"%s\" %s", printable, what);
  return FALSE;
}

/* An item may not hold what separates items, nor any text a line break: one key stays one. */
static gboolean
is_clean (const char *text, gboolean item)
{
  return strpbrk (text, item ? "\r\n;" : "\r\n") == NULL && strlen (text) <= LL_QUERY_TEXT_MAX;
}

/* (transfer full) in *text; NULL: the key goes. */
static gboolean
text_of (const char *key, GVariant *value, char **text, GError **error)
{
  *text = NULL;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    *text = g_strdup (g_variant_get_boolean (value) ? "true" : "false");
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    *text = g_strdup_printf ("%u", g_variant_get_uint32 (value));
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    {
      const char *string = g_variant_get_string (value, NULL);

      if (!is_clean (string, FALSE))
        return wrong (error, key, N_ ("must be one short line"));
      *text = *string != '\0' ? g_strdup (string) : NULL;
    }
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    {
      g_autofree const char **items = g_variant_get_strv (value, NULL);

      for (guint i = 0; items[i] != NULL; i++)
        if (!is_clean (items[i], TRUE))
          return wrong (error, key, N_ ("has an item with a \";\" or a line break in it"));
      *text = items[0] != NULL ? g_strjoinv (";", (char **) items) : NULL;
    }
  else
    return wrong (error, key, N_ ("must be text, a list, a number or yes or no"));
  return TRUE;
}

static void
change_clear (LlConfigChange *change)
{
  g_free ((char *) change->value);
}

GArray *
ll_bus_options_changes (GVariant *dictionary,
                        const char *group,
                        const char *const *except,
                        GError **error)
{
  g_autoptr (GArray) changes = g_array_new (FALSE, TRUE, sizeof (LlConfigChange));
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_array_set_clear_func (changes, (GDestroyNotify) change_clear);
  g_variant_iter_init (&iter, dictionary);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) owned = value;
      g_autofree char *name = g_strdelimit (g_strdup (key), "_", '-');
      const LlOption *option = ll_option_find (group, name);
      char *text;
      LlConfigChange change;

      if (g_strv_contains (except, key))
        continue;
      if (option == NULL)
        {
          wrong (error, key, N_ ("is not known here"));
          return NULL;
        }
      if (!text_of (key, owned, &text, error))
        return NULL;
      change.key = option->key;
      change.value = text;
      g_array_append_val (changes, change);
    }
  return g_steal_pointer (&changes);
}
