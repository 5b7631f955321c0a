/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/value.h"

#include "base/error.h"
#include "base/limits.h"

#include <gio/gio.h>
#include <idn2.h>
#include <string.h>

/* Letters, digits and hyphens; underscores too, since such names exist. */
static gboolean
is_host_name (const char *name)
{
  gsize label = 0;
  gsize length = strlen (name);

  if (length == 0 || length > LL_DOMAIN_MAX)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      if (name[i] == '.')
        {
          if (label == 0 || name[i - 1] == '-')
            return FALSE;
          label = 0;
          continue;
        }
      if (!g_ascii_isalnum (name[i]) && name[i] != '_' && (name[i] != '-' || label == 0))
        return FALSE;
      if (++label > 63)
        return FALSE;
    }
  return label > 0 && name[length - 1] != '-';
}

char *
ll_value_domain (const char *text)
{
  g_autofree char *stripped = g_strdup (text);
  g_autofree char *lower = NULL;
  gsize length = strlen (stripped);
  char *ascii = NULL;

  if (length > 1 && stripped[length - 1] == '.')
    stripped[length - 1] = '\0';
  if (length > LL_DOMAIN_MAX * 4)
    return NULL;
  if (g_str_is_ascii (stripped))
    lower = g_ascii_strdown (stripped, -1); /* IDNA is dear, and refuses underscores */
  else if (idn2_to_ascii_8z (stripped, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) == IDN2_OK)
    lower = g_ascii_strdown (ascii, -1);
  idn2_free (ascii);
  if (lower == NULL || !is_host_name (lower))
    return NULL;
  return g_steal_pointer (&lower);
}

char *
ll_value_address (const char *text)
{
  const char *at = strrchr (text, '@');
  g_autofree char *domain = at != NULL ? ll_value_domain (at + 1) : NULL;

  if (domain == NULL || at == text || at - text > LL_LOCAL_PART_MAX)
    return NULL;
  for (const char *c = text; c < at; c++)
    if ((guchar) *c <= ' ' || *c == 0x7f || *c == '<' || *c == '>')
      return NULL;
  if (text[0] == '*' && at != text + 1)
    return NULL;
  return g_strdup_printf ("%.*s@%s", (int) (at - text), text, domain);
}

static gboolean
fail (GError **error, const char *text, const char *what)
{
  g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_TYPE, "\"%s\" %s", text, what);
  return FALSE;
}

gboolean
ll_value_endpoint (const char *text, char **host, guint *port, GError **error)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *name = NULL;
  g_autofree char *ascii = NULL;
  guint64 number = 0;

  if (colon == NULL || (text[0] == '[' && colon[-1] != ']'))
    return fail (error, text, "has no port: write host:port, such as smtp.example.net:465");
  if (!g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &number, NULL))
    return fail (error, text, "has no valid port: it is a number from 0 to 65535");
  name = g_strndup (text, (gsize) (colon - text));
  if (name[0] == '[')
    {
      name[strlen (name) - 1] = '\0';
      memmove (name, name + 1, strlen (name));
      if (!g_hostname_is_ip_address (name) || strchr (name, ':') == NULL)
        return fail (error, text, "has no IPv6 address inside its brackets");
    }
  else if (strchr (name, ':') != NULL)
    return fail (error, text, "needs brackets around its IPv6 address, as in [::1]:465");
  ascii = g_hostname_is_ip_address (name) ? g_strdup (name) : ll_value_domain (name);
  if (ascii == NULL)
    return fail (error, text, "has no valid host name");
  *host = g_steal_pointer (&ascii);
  *port = (guint) number;
  return TRUE;
}
