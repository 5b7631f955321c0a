/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What came back into the mailbox: a report of the provider (RFC 3464), or the letter itself. */

#include "deliver/onward.h"

#include <gmime/gmime.h>
#include <string.h>

/* Nested reports are somebody's game. */
#define DEPTH_MAX 5

gboolean
ll_onward_is_tls (const char *status)
{
  /* RFC 3463: security features not supported, cryptographic failure; RFC 7504 registry: encryption
   * needed; RFC 8689: REQUIRETLS support required. 4.7.x is what a retry that was given up says. */
  static const char *const details[] = { "7.4", "7.5", "7.10", "7.30" };

  if ((status[0] != '4' && status[0] != '5') || status[1] != '.')
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (details); i++)
    if (strcmp (status + 2, details[i]) == 0)
      return TRUE;
  return FALSE;
}

/* "Name: value" of a block of the report, folded lines joined; lower-case names. */
static GHashTable *
fields_of (const char *block)
{
  GHashTable *fields = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) lines = g_strsplit (block, "\n", -1);
  g_autofree char *last = NULL;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *colon = strchr (lines[i], ':');

      if ((lines[i][0] == ' ' || lines[i][0] == '\t') && last != NULL)
        {
          const char *before = g_hash_table_lookup (fields, last);

          g_hash_table_replace (fields, g_strdup (last),
                                g_strconcat (before, " ", g_strstrip (lines[i]), NULL));
        }
      else if (colon != NULL)
        {
          g_free (last);
          last = g_ascii_strdown (lines[i], colon - lines[i]);
          g_strstrip (last);
          g_hash_table_replace (fields, g_strdup (last), g_strdup (g_strstrip (colon + 1)));
        }
    }
  return fields;
}

/* What stands behind "rfc822;" or "dns;". */
static const char *
value_of (GHashTable *fields, const char *name)
{
  const char *value = g_hash_table_lookup (fields, name);
  const char *semicolon = value != NULL ? strchr (value, ';') : NULL;

  if (semicolon == NULL)
    return value != NULL ? value : "";
  return semicolon + 1 + strspn (semicolon + 1, " \t");
}

static gboolean
is_below (const char *host, const char *domain)
{
  gsize length = strlen (host);
  gsize tail = strlen (domain);

  if (length < tail || g_ascii_strcasecmp (host + length - tail, domain) != 0)
    return FALSE;
  return length == tail || host[length - tail - 1] == '.';
}

/* The status may have a comment behind it. */
static char *
status_of (GHashTable *fields)
{
  const char *status = value_of (fields, "status");

  return g_strndup (status, strcspn (status, " \t("));
}

static LlOnwardOutcome
read_recipient (GHashTable *fields, const char *address, char **detail)
{
  const char *action = value_of (fields, "action");
  g_autofree char *status = status_of (fields);

  if (g_ascii_strcasecmp (value_of (fields, "final-recipient"), address) != 0
      && g_ascii_strcasecmp (value_of (fields, "original-recipient"), address) != 0)
    return LL_ONWARD_OPEN;
  *detail = g_utf8_make_valid (value_of (fields, "diagnostic-code"), -1);
  if (**detail == '\0')
    {
      g_free (*detail);
      *detail = g_utf8_make_valid (status, -1);
    }
  if (g_ascii_strcasecmp (action, "failed") == 0)
    return ll_onward_is_tls (status) ? LL_ONWARD_NO_TLS : LL_ONWARD_RETURNED;
  if (g_ascii_strcasecmp (action, "delivered") == 0 || g_ascii_strcasecmp (action, "relayed") == 0
      || g_ascii_strcasecmp (action, "expanded") == 0)
    return LL_ONWARD_ARRIVED;
  g_clear_pointer (detail, g_free); /* delayed: it goes on trying */
  return LL_ONWARD_OPEN;
}

static LlOnwardOutcome
read_report (const char *text, const char *address, char **detail)
{
  g_autoptr (GString) plain = g_string_new (text);
  g_auto (GStrv) blocks = NULL;
  const char *at = strrchr (address, '@');
  LlOnwardOutcome outcome = LL_ONWARD_OPEN;
  gboolean foreign = TRUE; /* until somebody says that he reports it */

  g_string_replace (plain, "\r\n", "\n", 0);
  blocks = g_strsplit (plain->str, "\n\n", -1);
  for (guint i = 0; blocks[i] != NULL && outcome == LL_ONWARD_OPEN; i++)
    {
      g_autoptr (GHashTable) fields = fields_of (blocks[i]);
      const char *reporter = value_of (fields, "reporting-mta");

      if (i == 0)
        foreign = *reporter == '\0' || at == NULL || is_below (reporter, at + 1);
      outcome = read_recipient (fields, address, detail);
    }
  /* the server that it was for may say that it got it; when it sends it back, it had it */
  if (outcome == LL_ONWARD_ARRIVED || !foreign)
    return outcome;
  g_clear_pointer (detail, g_free);
  return LL_ONWARD_OPEN;
}

static char *
text_of (GMimeObject *part)
{
  GMimeDataWrapper *content
      = GMIME_IS_PART (part) ? g_mime_part_get_content (GMIME_PART (part)) : NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  GMimeStream *stream;

  if (content == NULL)
    return NULL;
  stream = g_mime_stream_mem_new ();
  g_mime_stream_mem_set_owner (GMIME_STREAM_MEM (stream), FALSE);
  g_mime_stream_mem_set_byte_array (GMIME_STREAM_MEM (stream), bytes);
  g_mime_data_wrapper_write_to_stream (content, stream);
  g_object_unref (stream);
  return g_strndup ((const char *) bytes->data, bytes->len);
}

/* The machine-readable part of a report, wherever it stands in it. */
static char *
find_report (GMimeObject *part, guint depth)
{
  char *text = NULL;

  if (g_mime_content_type_is_type (g_mime_object_get_content_type (part), "message",
                                   "delivery-status")
      || g_mime_content_type_is_type (g_mime_object_get_content_type (part), "message",
                                      "global-delivery-status"))
    return text_of (part);
  if (!GMIME_IS_MULTIPART (part) || depth == DEPTH_MAX)
    return NULL;
  for (int i = 0; i < g_mime_multipart_get_count (GMIME_MULTIPART (part)) && text == NULL; i++)
    text = find_report (g_mime_multipart_get_part (GMIME_MULTIPART (part), i), depth + 1);
  return text;
}

void
ll_onward_start (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      g_mime_init ();
      g_once_init_leave (&once, 1);
    }
}

static GMimeMessage *
parse (const char *bytes, gsize length)
{
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (bytes, length);
  GMimeParser *parser;
  GMimeMessage *message;

  ll_onward_start ();
  parser = g_mime_parser_new_with_stream (stream);
  message = g_mime_parser_construct_message (parser, NULL);
  g_object_unref (parser);
  g_object_unref (stream);
  return message;
}

static LlOnwardOutcome
read_message (GMimeMessage *message, const char *token, const char *address, char **detail)
{
  GMimeObject *body = g_mime_message_get_mime_part (message);
  g_autofree char *report = body != NULL ? find_report (body, 0) : NULL;
  const char *id = g_mime_message_get_message_id (message);

  if (report != NULL)
    return read_report (report, address, detail);
  /* an answer to it proves nothing: it may be somebody's way to say that it was not taken */
  if (id != NULL && strstr (id, token) != NULL)
    return LL_ONWARD_ARRIVED;
  return LL_ONWARD_OPEN;
}

LlOnwardOutcome
ll_onward_read (
    const char *message, gsize length, const char *token, const char *address, char **detail)
{
  GMimeMessage *parsed;
  LlOnwardOutcome outcome;

  *detail = NULL;
  if (g_strstr_len (message, (gssize) length, token) == NULL)
    return LL_ONWARD_OPEN;
  parsed = parse (message, length);
  if (parsed == NULL)
    return LL_ONWARD_OPEN;
  outcome = read_message (parsed, token, address, detail);
  g_object_unref (parsed);
  return outcome;
}
