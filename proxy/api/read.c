/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/read.h"

const char *
ll_read_text (GVariant *dict, const char *key)
{
  const char *text = "";

  if (dict != NULL)
    (void) g_variant_lookup (dict, key, "&s", &text);
  return text;
}

gboolean
ll_read_flag (GVariant *dict, const char *key)
{
  gboolean flag = FALSE;

  return dict != NULL && g_variant_lookup (dict, key, "b", &flag) && flag;
}

gint64
ll_read_number (GVariant *dict, const char *key)
{
  g_autoptr (GVariant) value = dict != NULL ? g_variant_lookup_value (dict, key, NULL) : NULL;

  if (value == NULL)
    return -1;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    return g_variant_get_uint32 (value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT32))
    return g_variant_get_int32 (value);
  return g_variant_is_of_type (value, G_VARIANT_TYPE_INT64) ? g_variant_get_int64 (value) : -1;
}

GVariant *
ll_read_below (GVariant *dict, const char *key)
{
  return dict != NULL ? g_variant_lookup_value (dict, key, G_VARIANT_TYPE_VARDICT) : NULL;
}

GVariant *
ll_read_list (GVariant *dict, const char *key)
{
  const GVariantType *type = G_VARIANT_TYPE ("aa{sv}");
  GVariant *list = dict != NULL ? g_variant_lookup_value (dict, key, type) : NULL;

  return list != NULL ? list
                      : g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARDICT, NULL, 0));
}

const char **
ll_read_words (GVariant *dict, const char *key)
{
  const char **words = NULL;

  if (dict != NULL && g_variant_lookup (dict, key, "^a&s", &words))
    return words;
  return g_new0 (const char *, 1);
}

char *
ll_read_as_heading (const char *text)
{
  g_autofree char *first = NULL;

  if (*text == '\0')
    return g_strdup ("");
  first = g_utf8_strup (text, g_utf8_next_char (text) - text);
  return g_strconcat (first, g_utf8_next_char (text), NULL);
}
