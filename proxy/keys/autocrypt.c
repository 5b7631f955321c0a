/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/autocrypt.h"

#include "keys/blob.h"
#include "wire/address.h"

#include <string.h>

/* Base64 of the largest key, with a fold after every few letters. */
#define VALUE_MAX (3 * LL_BLOB_MAX)

void
ll_autocrypt_clear (LlAutocrypt *autocrypt)
{
  g_clear_pointer (&autocrypt->address, g_free);
  g_clear_pointer (&autocrypt->key, g_bytes_unref);
}

/* Base64 with white space anywhere; NULL: anything else in it, or a length that it cannot have. */
static GBytes *
decode (const char *text)
{
  g_autoptr (GString) dense = g_string_new (NULL);
  gsize length, letters, padding = 0;
  guchar *bytes;

  for (const char *at = text; *at != '\0'; at++)
    if (!g_ascii_isspace (*at))
      g_string_append_c (dense, *at);
  letters = strspn (dense->str, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
  while (letters + padding < dense->len && dense->str[letters + padding] == '=')
    padding++;
  if (letters == 0 || letters + padding != dense->len || padding > 2 || dense->len % 4 != 0)
    return NULL;
  bytes = g_base64_decode (dense->str, &length);
  if (length <= LL_BLOB_MAX)
    return g_bytes_new_take (bytes, length);
  g_free (bytes);
  return NULL;
}

/* An attribute comes once; what it is not needs not be known when its name begins with "_". */
static gboolean
take (LlAutocrypt *autocrypt, const char *name, const char *value)
{
  if (strcmp (name, "addr") == 0)
    {
      if (autocrypt->address != NULL)
        return FALSE;
      autocrypt->address = ll_address_normalise (value, NULL, NULL);
      return autocrypt->address != NULL;
    }
  if (strcmp (name, "keydata") == 0)
    {
      if (autocrypt->key != NULL)
        return FALSE;
      autocrypt->key = decode (value);
      return autocrypt->key != NULL;
    }
  if (strcmp (name, "prefer-encrypt") == 0)
    {
      autocrypt->mutual = strcmp (value, "mutual") == 0; /* any other word is no preference */
      return TRUE;
    }
  return name[0] == '_';
}

static gboolean
take_attribute (LlAutocrypt *autocrypt, char *attribute)
{
  char *equals;

  if (*g_strstrip (attribute) == '\0')
    return TRUE; /* a semicolon at the end */
  equals = strchr (attribute, '=');
  if (equals == NULL)
    return FALSE;
  *equals = '\0';
  return take (autocrypt, g_strstrip (attribute), g_strstrip (equals + 1));
}

gboolean
ll_autocrypt_parse (const char *value, LlAutocrypt *out)
{
  g_auto (LlAutocrypt) found = { NULL, FALSE, NULL };
  g_auto (GStrv) attributes = NULL;

  if (strlen (value) > VALUE_MAX)
    return FALSE;
  attributes = g_strsplit (value, ";", -1);
  for (guint i = 0; attributes[i] != NULL; i++)
    if (!take_attribute (&found, attributes[i]))
      return FALSE;
  if (found.address == NULL || found.key == NULL)
    return FALSE;
  *out = found;
  found = (LlAutocrypt){ NULL, FALSE, NULL };
  return TRUE;
}
