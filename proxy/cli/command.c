/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/command.h"

#include "cli/table.h"

#include <stdio.h>
#include <string.h>

gboolean ll_json_wanted = FALSE;
char **ll_command_line;

/* -- how it ends ------------------------------------------------------------------------- */

static void G_GNUC_PRINTF (1, 0) complain_va (const char *format, va_list arguments)
{
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  g_autofree char *clean = ll_table_clean (text);

  fprintf (stderr, "letterlock: %s\n", clean);
}

void
ll_complain (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  complain_va (format, arguments);
  va_end (arguments);
}

int
ll_usage_error (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  complain_va (format, arguments);
  va_end (arguments);
  return LL_EXIT_USAGE;
}

static int
status_of (const GError *error)
{
  if (error->domain != LL_API_ERROR)
    return LL_EXIT_COULD_NOT;
  switch ((LlApiError) error->code)
    {
    case LL_API_ERROR_NOT_FOUND:
    case LL_API_ERROR_REFUSED:
      return LL_EXIT_NO;
    case LL_API_ERROR_INVALID:
      return LL_EXIT_USAGE;
    case LL_API_ERROR_FAILED:
    case LL_API_ERROR_LOCKED:
    case LL_API_ERROR_UNAVAILABLE:
      return LL_EXIT_COULD_NOT;
    }
  return LL_EXIT_COULD_NOT;
}

int
ll_fail (GError *error)
{
  int status = status_of (error);

  ll_complain ("%s", error->message);
  g_error_free (error);
  return status;
}

/* -- arguments ------------------------------------------------------------------------------ */

static gboolean
count_left (const LlUsage *usage, GStrv left)
{
  guint n = left != NULL ? g_strv_length (left) : 0;

  if (n >= usage->min && n <= usage->max)
    return TRUE;
  if (n > usage->max)
    ll_complain ("%s: \"%s\" is too much; it takes %s", usage->command, left[usage->max],
                 usage->max == 0 ? "no arguments" : usage->arguments);
  else
    ll_complain ("%s needs %s; see letterlock %s --help", usage->command, usage->arguments,
                 usage->command);
  return FALSE;
}

gboolean
ll_usage_parse (const LlUsage *usage, int argc, char **argv, GStrv *left)
{
  g_auto (GStrv) rest = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (usage->arguments);
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strconcat ("letterlock ", usage->command, NULL);
  const GOptionEntry common[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &ll_json_wanted, "One JSON object per line", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &rest, NULL, NULL },
    { NULL },
  };

  g_set_prgname (name);
  argv[0] = name;
  g_option_context_set_summary (context, usage->summary);
  g_option_context_set_description (context, usage->more);
  if (usage->entries != NULL)
    g_option_context_add_main_entries (context, usage->entries, NULL);
  g_option_context_add_main_entries (context, common, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      ll_complain ("%s: %s", usage->command, error->message);
      return FALSE;
    }
  if (!count_left (usage, rest))
    return FALSE;
  *left = rest != NULL ? g_steal_pointer (&rest) : g_new0 (char *, 1);
  return TRUE;
}

static void
print_verbs (const char *name, const LlCommand *verbs)
{
  printf ("Usage: letterlock %s VERB [OPTION...]\n\n", name);
  for (guint i = 0; verbs[i].name != NULL; i++)
    printf ("  %-11s %-28s %s\n", verbs[i].name, verbs[i].arguments, verbs[i].summary);
  printf ("\nletterlock %s VERB --help tells more.\n", name);
}

int
ll_verbs_run (const char *name, const LlCommand *verbs, int argc, char **argv)
{
  if (argc < 2)
    return ll_usage_error ("%s needs a verb; see letterlock %s --help", name, name);
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0)
    {
      print_verbs (name, verbs);
      return LL_EXIT_YES;
    }
  for (guint i = 0; verbs[i].name != NULL; i++)
    if (strcmp (verbs[i].name, argv[1]) == 0)
      return verbs[i].run (argc - 1, argv + 1);
  return ll_usage_error ("%s has no verb \"%s\"; see letterlock %s --help", name, argv[1], name);
}

/* -- asking the daemon ----------------------------------------------------------------------- */

static LlBusClient *the_daemon = NULL;

LlBusClient *
ll_daemon (GError **error)
{
  if (the_daemon == NULL)
    the_daemon = ll_bus_client_new (NULL, error);
  return the_daemon;
}

void
ll_daemon_close (void)
{
  g_clear_pointer (&the_daemon, ll_bus_client_free);
}

GVariant *
ll_ask_with (const char *method,
             GVariant *arguments,
             GUnixFDList *descriptors,
             int milliseconds,
             int *status)
{
  g_autoptr (GVariant) owned = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;
  GError *error = NULL;
  LlBusClient *daemon = ll_daemon (&error);
  GVariant *reply = NULL;

  if (daemon != NULL)
    reply = ll_bus_client_call (daemon, method, owned, descriptors, milliseconds, NULL, &error);
  if (reply == NULL)
    *status = ll_fail (error);
  return reply;
}

GVariant *
ll_ask (const char *method, GVariant *arguments, int milliseconds, int *status)
{
  return ll_ask_with (method, arguments, NULL, milliseconds, status);
}

GVariant *
ll_ask_one (const char *method, GVariant *arguments, int milliseconds, int *status)
{
  g_autoptr (GVariant) reply = ll_ask (method, arguments, milliseconds, status);

  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

/* -- dictionaries ---------------------------------------------------------------------------- */

void
ll_dict_text (GVariantDict *dict, const char *key, const char *value)
{
  if (value != NULL)
    g_variant_dict_insert (dict, key, "s", value);
}

void
ll_dict_list (GVariantDict *dict, const char *key, const char *const *values)
{
  if (values != NULL)
    g_variant_dict_insert (dict, key, "^as", values);
}

const char *
ll_text (GVariant *dict, const char *key)
{
  const char *text = "";

  g_variant_lookup (dict, key, "&s", &text);
  return text;
}

gboolean
ll_flag (GVariant *dict, const char *key)
{
  gboolean flag = FALSE;

  return g_variant_lookup (dict, key, "b", &flag) && flag;
}

gint64
ll_number (GVariant *dict, const char *key)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (dict, key, NULL);

  if (value == NULL)
    return -1;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    return g_variant_get_uint32 (value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT32))
    return g_variant_get_int32 (value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64))
    return (gint64) MIN (g_variant_get_uint64 (value), G_MAXINT64);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    return g_variant_get_int64 (value);
  return -1;
}

GVariant *
ll_below (GVariant *dict, const char *key)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (dict, key, NULL);

  if (value == NULL
      || (!g_variant_is_of_type (value, G_VARIANT_TYPE ("aa{sv}"))
          && !g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT)))
    return NULL;
  return g_steal_pointer (&value);
}
