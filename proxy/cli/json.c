/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void append_value (GString *out, GVariant *value);
static void append_object (GString *out, GVariant *dict, const LlField *fields);

/* RFC 8259 7. D-Bus strings are valid UTF-8. */
static void
append_string (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const char *at = text; *at != '\0'; at++)
    {
      guchar byte = (guchar) *at;

      if (byte == '"' || byte == '\\')
        g_string_append_printf (out, "\\%c", byte);
      else if (byte == '\n')
        g_string_append (out, "\\n");
      else if (byte == '\r')
        g_string_append (out, "\\r");
      else if (byte == '\t')
        g_string_append (out, "\\t");
      else if (byte < 0x20 || byte == 0x7f)
        g_string_append_printf (out, "\\u%04x", byte);
      else
        g_string_append_c (out, *at);
    }
  g_string_append_c (out, '"');
}

static void
append_double (GString *out, double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (out,
                   isfinite (number) ? g_ascii_dtostr (buffer, sizeof buffer, number) : "null");
}

static void
append_list (GString *out, GVariant *list, const LlField *fields)
{
  g_string_append_c (out, '[');
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) item = g_variant_get_child_value (list, i);

      if (i > 0)
        g_string_append_c (out, ',');
      if (fields != NULL && g_variant_is_of_type (item, G_VARIANT_TYPE_VARDICT))
        append_object (out, item, fields);
      else
        append_value (out, item);
    }
  g_string_append_c (out, ']');
}

static void
append_value (GString *out, GVariant *value)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_BOOLEAN:
      g_string_append (out, g_variant_get_boolean (value) ? "true" : "false");
      break;
    case G_VARIANT_CLASS_BYTE:
      g_string_append_printf (out, "%u", g_variant_get_byte (value));
      break;
    case G_VARIANT_CLASS_INT16:
      g_string_append_printf (out, "%d", g_variant_get_int16 (value));
      break;
    case G_VARIANT_CLASS_UINT16:
      g_string_append_printf (out, "%u", g_variant_get_uint16 (value));
      break;
    case G_VARIANT_CLASS_INT32:
      g_string_append_printf (out, "%d", g_variant_get_int32 (value));
      break;
    case G_VARIANT_CLASS_UINT32:
      g_string_append_printf (out, "%u", g_variant_get_uint32 (value));
      break;
    case G_VARIANT_CLASS_INT64:
      g_string_append_printf (out, "%" G_GINT64_FORMAT, g_variant_get_int64 (value));
      break;
    case G_VARIANT_CLASS_UINT64:
      g_string_append_printf (out, "%" G_GUINT64_FORMAT, g_variant_get_uint64 (value));
      break;
    case G_VARIANT_CLASS_DOUBLE:
      append_double (out, g_variant_get_double (value));
      break;
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
      append_string (out, g_variant_get_string (value, NULL));
      break;
    case G_VARIANT_CLASS_VARIANT:
      {
        g_autoptr (GVariant) inner = g_variant_get_variant (value);

        append_value (out, inner);
        break;
      }
    case G_VARIANT_CLASS_ARRAY:
      if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
        append_object (out, value, NULL);
      else
        append_list (out, value, NULL);
      break;
    case G_VARIANT_CLASS_HANDLE:
    case G_VARIANT_CLASS_MAYBE:
    case G_VARIANT_CLASS_TUPLE:
    case G_VARIANT_CLASS_DICT_ENTRY:
    default:
      g_string_append (out, "null");
      break;
    }
}

/* One of a dictionary's: taken out once, for looking a key up in a variant walks it each time. */
typedef struct
{
  const char *name;
  GVariant *value;
} Entry;

static void
entry_clear (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->value, g_variant_unref);
}

static GArray *
entries_of (GVariant *dict)
{
  GArray *entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  GVariantIter iter;
  Entry entry;

  g_array_set_clear_func (entries, entry_clear);
  g_variant_iter_init (&iter, dict);
  while (g_variant_iter_next (&iter, "{&sv}", &entry.name, &entry.value))
    g_array_append_val (entries, entry);
  return entries;
}

/* @value: NULL is null */
static void
append_field (GString *out, const LlField *field, GVariant *value)
{
  append_string (out, field->name);
  g_string_append_c (out, ':');
  if (value == NULL)
    g_string_append (out, field->kind == LL_FIELD_LIST ? "[]" : "null");
  else if (field->kind == LL_FIELD_OBJECT && g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
    append_object (out, value, field->fields);
  else if (field->kind == LL_FIELD_LIST && g_variant_is_container (value))
    append_list (out, value, field->fields);
  else
    append_value (out, value);
}

static GVariant *
value_of (const GArray *entries, const char *name)
{
  for (guint i = 0; i < entries->len; i++)
    if (strcmp (g_array_index (entries, Entry, i).name, name) == 0)
      return g_array_index (entries, Entry, i).value;
  return NULL;
}

static gboolean
is_in (const LlField *fields, const char *name)
{
  for (; fields != NULL && fields->name != NULL; fields++)
    if (strcmp (fields->name, name) == 0)
      return TRUE;
  return FALSE;
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (((const Entry *) a)->name, ((const Entry *) b)->name);
}

static void
append_object (GString *out, GVariant *dict, const LlField *fields)
{
  g_autoptr (GArray) entries = entries_of (dict);

  g_string_append_c (out, '{');
  for (const LlField *field = fields; field != NULL && field->name != NULL; field++)
    {
      if (field != fields)
        g_string_append_c (out, ',');
      append_field (out, field, value_of (entries, field->name));
    }
  /* what the schema does not name (newer daemons say more), in the order of the alphabet */
  g_array_sort (entries, compare_names);
  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *entry = &g_array_index (entries, Entry, i);
      const LlField other = { .name = entry->name, .kind = LL_FIELD_VALUE };

      if (is_in (fields, entry->name))
        continue;
      if (out->str[out->len - 1] != '{')
        g_string_append_c (out, ',');
      append_field (out, &other, entry->value);
    }
  g_string_append_c (out, '}');
}

char *
ll_json_line (GVariant *dict, const LlField *schema)
{
  GString *out = g_string_new (NULL);

  append_object (out, dict, schema);
  return g_string_free (out, FALSE);
}

void
ll_json_print (GVariant *dict, const LlField *schema)
{
  g_autofree char *line = ll_json_line (dict, schema);

  puts (line);
  fflush (stdout);
}

void
ll_json_print_list (GVariant *list, const LlField *schema)
{
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) dict = g_variant_get_child_value (list, i);

      ll_json_print (dict, schema);
    }
}
