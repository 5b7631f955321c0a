/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/value.h"

#include "base/clock.h"
#include "base/error.h"
#include "config/account.h"
#include "config/list.h"

#include <string.h>

#define FIELD(type, target, offset) (*(type *) ((char *) (target) + (offset)))
#define CONST_FIELD(type, target, offset) (*(type const *) ((const char *) (target) + (offset)))

static gboolean
fail (const LlOption *option, const char *text, LlConfigError code, GError **error)
{
  g_autofree char *valid = ll_option_valid (option);

  g_set_error (error, LL_CONFIG_ERROR, (int) code, "\"%s\" is not valid; it is %s", text, valid);
  return FALSE;
}

static gboolean
word_index (const LlOption *option, const char *text, guint *index)
{
  for (guint i = 0; option->words[i] != NULL; i++)
    if (strcmp (option->words[i], text) == 0)
      {
        *index = i;
        return TRUE;
      }
  return FALSE;
}

/* Promise 1: what people write when they look for a way around TLS. */
static gboolean
refuse_cleartext (const LlOption *option, const char *text, GError **error)
{
  static const char *const wishes[]
      = { "none", "plain", "cleartext", "off", "no", "accept-any", "insecure", "never", "any" };

  if (strcmp (option->key, "security") != 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (wishes); i++)
    if (g_ascii_strcasecmp (text, wishes[i]) == 0)
      {
        g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_TYPE,
                     "\"%s\" does not exist: no password and no letter goes to a provider without "
                     "verified TLS; use tls or starttls, and ca-file or pins for a certificate of "
                     "the provider's own",
                     text);
        return TRUE;
      }
  return FALSE;
}

static gboolean
parse_duration (const char *text, guint64 *seconds)
{
  static const struct
  {
    const char *units;
    guint64 seconds;
  } units[] = {
    { " s second seconds ", 1 }, { " m min minute minutes ", 60 }, { " h hour hours ", 3600 },
    { " d day days ", 86400 },   { " w week weeks ", 604800 },     { " y year years ", 31536000 },
  };
  char *end = NULL;
  guint64 number = g_ascii_strtoull (text, &end, 10);
  g_autofree char *unit = NULL;

  if (!g_ascii_isdigit (text[0]) || number > G_MAXUINT)
    return FALSE;
  while (*end == ' ')
    end++;
  unit = g_strdup_printf (" %s ", *end != '\0' ? end : "s");
  if (strchr (end, ' ') != NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (strstr (units[i].units, unit) != NULL)
      {
        *seconds = number * units[i].seconds;
        return TRUE;
      }
  return FALSE;
}

static char *
format_duration (guint seconds)
{
  if (seconds > 0 && seconds % 86400 == 0)
    return g_strdup_printf ("%ud", seconds / 86400);
  if (seconds > 0 && seconds % 3600 == 0)
    return g_strdup_printf ("%uh", seconds / 3600);
  if (seconds > 0 && seconds % 60 == 0)
    return g_strdup_printf ("%um", seconds / 60);
  return g_strdup_printf ("%us", seconds);
}

static gboolean
parse_number (const LlOption *option, const char *text, guint *value, GError **error)
{
  gboolean is_duration = option->type == LL_OPTION_DURATION;
  guint64 number = 0;
  gboolean is_number = is_duration
                           ? parse_duration (text, &number)
                           : g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT, &number, NULL);

  if (is_duration && option->words != NULL && strcmp (text, option->words[0]) == 0)
    {
      *value = 0;
      return TRUE;
    }
  if (!is_number)
    return fail (option, text, LL_CONFIG_ERROR_TYPE, error);
  if (number < option->min || number > option->max)
    return fail (option, text, LL_CONFIG_ERROR_RANGE, error);
  *value = (guint) number;
  return TRUE;
}

static gboolean
parse_flag (const char *text, gboolean *value)
{
  *value = strcmp (text, "true") == 0;
  return *value || strcmp (text, "false") == 0;
}

/* A tag is compared with the start of subjects, in lower case. */
static gboolean
is_tag (const char *text)
{
  gsize length = strlen (text);

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '-')
      return FALSE;
  return length > 0 && length <= 32;
}

gboolean
ll_value_is_url (const char *const *schemes, const char *text)
{
  for (guint i = 0; schemes[i] != NULL; i++)
    {
      gsize length = strlen (schemes[i]);

      if (g_ascii_strncasecmp (text, schemes[i], length) == 0
          && g_str_has_prefix (text + length, "://") && text[length + 3] != '\0')
        return strpbrk (text, " \t\r\n\\\"") == NULL;
    }
  return FALSE;
}

static char *
parse_text (const LlOption *option, const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      return NULL;
  if (option->type == LL_OPTION_PATH)
    return g_path_is_absolute (text) ? g_strdup (text) : NULL;
  if (option->type == LL_OPTION_TAG)
    return is_tag (text) ? g_ascii_strdown (text, -1) : NULL;
  if (option->type == LL_OPTION_URL && !ll_value_is_url (option->words, text))
    return NULL;
  return g_strdup (text);
}

static gboolean
set_text (const LlOption *option, const char *text, gpointer target, GError **error)
{
  char *value = NULL;

  if (text[0] == '\0' && option->type != LL_OPTION_TAG)
    {
      ll_value_clear (option, target); /* "key =" takes back what is below */
      return TRUE;
    }
  if (option->type == LL_OPTION_HOST_PORT)
    {
      g_autofree char *host = NULL;
      guint port;

      if (!ll_value_endpoint (text, &host, &port, error))
        return FALSE;
      value = g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, port);
    }
  else
    value = parse_text (option, text);
  if (value == NULL)
    return fail (option, text, LL_CONFIG_ERROR_TYPE, error);
  g_free (FIELD (char *, target, option->offset));
  FIELD (char *, target, option->offset) = value;
  return TRUE;
}

static gboolean
set_upstream (const LlOption *option, const char *text, gpointer target, GError **error)
{
  g_autofree char *host = NULL;
  guint port;

  if (!ll_value_endpoint (text, &host, &port, error))
    return FALSE;
  if (port == 0)
    return fail (option, text, LL_CONFIG_ERROR_RANGE, error);
  g_free (FIELD (char *, target, option->offset));
  FIELD (char *, target, option->offset) = g_steal_pointer (&host);
  FIELD (guint, target, option->second) = port;
  return TRUE;
}

static gboolean
set_date (const LlOption *option, const char *text, gpointer target, GError **error)
{
  gint64 when;

  if (!ll_clock_parse (text, &when))
    return fail (option, text, LL_CONFIG_ERROR_TYPE, error);
  FIELD (gint64, target, option->offset) = when;
  return TRUE;
}

static gboolean
set_word (const LlOption *option, const char *text, gpointer target, GError **error)
{
  guint index;

  if (!word_index (option, text, &index))
    return !refuse_cleartext (option, text, error)
               ? fail (option, text, LL_CONFIG_ERROR_TYPE, error)
               : FALSE;
  if (option->type == LL_OPTION_DECLARED)
    {
      FIELD (gboolean, target, option->offset) = index > 0;
      FIELD (guint, target, option->second) = index > 0 ? index - 1 : 0;
      return TRUE;
    }
  FIELD (guint, target, option->offset) = index;
  return TRUE;
}

static gboolean
set_value (const LlOption *option, const char *text, gpointer target, GError **error)
{
  switch (option->type)
    {
    case LL_OPTION_TEXT:
    case LL_OPTION_PATH:
    case LL_OPTION_URL:
    case LL_OPTION_HOST_PORT:
    case LL_OPTION_TAG:
      return set_text (option, text, target, error);
    case LL_OPTION_UPSTREAM:
      return set_upstream (option, text, target, error);
    case LL_OPTION_FLAG:
      return parse_flag (text, &FIELD (gboolean, target, option->offset))
             || fail (option, text, LL_CONFIG_ERROR_TYPE, error);
    case LL_OPTION_NUMBER:
    case LL_OPTION_DURATION:
      return parse_number (option, text, &FIELD (guint, target, option->offset), error);
    case LL_OPTION_DATE:
      return set_date (option, text, target, error);
    case LL_OPTION_WORD:
    case LL_OPTION_DECLARED:
      return set_word (option, text, target, error);
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
      return ll_list_parse (option, text, target, error);
    }
  g_return_val_if_reached (FALSE);
}

gboolean
ll_value_parse (const LlOption *option, const char *text, gpointer target, GError **error)
{
  if (!set_value (option, text, target, error))
    return FALSE;
  if (option->set != 0)
    FIELD (gboolean, target, option->set) = TRUE;
  return TRUE;
}

char *
ll_value_format (const LlOption *option, gconstpointer target)
{
  gsize at = option->offset;

  switch (option->type)
    {
    case LL_OPTION_TEXT:
    case LL_OPTION_PATH:
    case LL_OPTION_URL:
    case LL_OPTION_HOST_PORT:
    case LL_OPTION_TAG:
      return g_strdup (CONST_FIELD (char *, target, at));
    case LL_OPTION_UPSTREAM:
      {
        const char *host = CONST_FIELD (char *, target, at);

        return host == NULL ? NULL
                            : g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u",
                                               host, CONST_FIELD (guint, target, option->second));
      }
    case LL_OPTION_FLAG:
      return g_strdup (CONST_FIELD (gboolean, target, at) ? "true" : "false");
    case LL_OPTION_NUMBER:
      return g_strdup_printf ("%u", CONST_FIELD (guint, target, at));
    case LL_OPTION_DURATION:
      if (option->words != NULL && CONST_FIELD (guint, target, at) == 0)
        return g_strdup (option->words[0]);
      return format_duration (CONST_FIELD (guint, target, at));
    case LL_OPTION_DATE:
      return ll_clock_format (CONST_FIELD (gint64, target, at));
    case LL_OPTION_WORD:
      if (option->set != 0 && !CONST_FIELD (gboolean, target, option->set))
        return NULL;
      return g_strdup (option->words[CONST_FIELD (guint, target, at)]);
    case LL_OPTION_DECLARED:
      return g_strdup (option->words[CONST_FIELD (gboolean, target, at)
                                         ? CONST_FIELD (guint, target, option->second) + 1
                                         : 0]);
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
      return ll_list_format (option, target);
    }
  g_return_val_if_reached (NULL);
}

void
ll_value_clear (const LlOption *option, gpointer target)
{
  switch (option->type)
    {
    case LL_OPTION_TEXT:
    case LL_OPTION_PATH:
    case LL_OPTION_URL:
    case LL_OPTION_HOST_PORT:
    case LL_OPTION_UPSTREAM:
    case LL_OPTION_TAG:
      g_clear_pointer (&FIELD (char *, target, option->offset), g_free);
      break;
    case LL_OPTION_METHODS:
      g_clear_pointer (&FIELD (GArray *, target, option->offset), g_array_unref);
      break;
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
      g_clear_pointer (&FIELD (GStrv, target, option->offset), g_strfreev);
      break;
    case LL_OPTION_FLAG:
    case LL_OPTION_NUMBER:
    case LL_OPTION_DURATION:
    case LL_OPTION_DATE:
    case LL_OPTION_WORD:
    case LL_OPTION_DECLARED:
    case LL_OPTION_HONOURS:
      break;
    }
}

void
ll_value_clear_group (const char *group, gpointer target)
{
  for (const LlOption *option = ll_options; option->group != NULL; option++)
    if (strcmp (option->group, group) == 0)
      ll_value_clear (option, target);
}
