/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/anchor.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "net/rdata.h"

#include <string.h>

/* "name [ttl] [class] DS|DNSKEY rdata": the words in front of the rdata. */
#define WORDS_BEFORE_RDATA 3

void
ll_anchor_free (LlAnchor *anchor)
{
  if (anchor == NULL)
    return;
  g_free (anchor->zone);
  g_strfreev (anchor->records);
  g_free (anchor);
}

static gboolean
is_anchor_type (const char *word)
{
  return g_ascii_strcasecmp (word, "DS") == 0 || g_ascii_strcasecmp (word, "DNSKEY") == 0;
}

/* The record without comment and outer blanks; "" for a line without one. (transfer full) */
static char *
strip_line (const char *line)
{
  const char *comment = strchr (line, ';');
  char *record = comment != NULL ? g_strndup (line, (gsize) (comment - line)) : g_strdup (line);

  return g_strstrip (g_strdelimit (record, "\t", ' '));
}

/* The owner of @record, or NULL when it is not an anchor. (transfer full) */
static char *
owner_of (const char *record)
{
  g_auto (GStrv) words = g_strsplit (record, " ", -1);
  guint seen = 0;

  if (words[0] == NULL || !ll_dns_name_is_valid (words[0]))
    return NULL;
  for (guint i = 1; words[i] != NULL && seen < WORDS_BEFORE_RDATA; i++)
    {
      if (words[i][0] == '\0')
        continue;
      if (is_anchor_type (words[i]))
        return words[i + 1] != NULL ? g_ascii_strdown (words[0], -1) : NULL;
      seen++;
    }
  return NULL;
}

LlAnchor *
ll_anchor_parse (const char *text, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *zone = NULL;
  LlAnchor *anchor;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *record = strip_line (lines[i]);
      g_autofree char *owner = NULL;

      if (record[0] == '\0')
        continue;
      owner = owner_of (record);
      if (owner == NULL)
        {
          g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE,
                       "Line %u is not a DS or DNSKEY record", i + 1);
          return NULL;
        }
      if (zone == NULL || g_str_equal (owner, "."))
        {
          g_free (zone);
          zone = g_steal_pointer (&owner);
        }
      g_ptr_array_add (records, g_steal_pointer (&record));
    }
  if (zone == NULL)
    {
      g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE, "There is no trust anchor in it");
      return NULL;
    }
  g_ptr_array_add (records, NULL);
  anchor = g_new0 (LlAnchor, 1);
  anchor->zone = g_steal_pointer (&zone);
  anchor->records = (GStrv) g_ptr_array_free (g_steal_pointer (&records), FALSE);
  return anchor;
}

LlAnchor *
ll_anchor_load (const char *path, GError **error)
{
  const char *remedy
      = path == NULL ? "; remedy: apt install dns-root-data" : "; remedy: correct trust-anchor";
  g_autoptr (GError) failure = NULL;
  g_autoptr (GBytes) bytes = NULL;
  LlAnchor *anchor = NULL;

  if (path == NULL)
    path = LL_ANCHOR_DEFAULT;
  bytes = ll_file_load (path, LL_CONFIG_FILE_MAX, &failure);
  if (bytes != NULL)
    anchor = ll_anchor_parse (g_bytes_get_data (bytes, NULL), &failure);
  if (anchor == NULL)
    g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE,
                 "The DNSSEC trust anchor %s cannot be used: %s%s", path, failure->message, remedy);
  return anchor;
}
