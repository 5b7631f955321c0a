/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/leaf.h"

#include <gmime/gmime.h>
#include <string.h>

/* Where a calendar's METHOD stands, and whether a Version part says more than that. */
#define HEAD_MAX 4096

/* Decoded at a time. */
#define PIECE 4096

struct _LlLeaf
{
  LlPartType type;
  GMimeEncoding decoder;
  gboolean plain;      /* needs no decoding */
  gboolean wants_head; /* calendar, CMS */
  gboolean wants_all;  /* as long as it may be armour */
  gboolean blank;      /* only blanks so far */
  GString *head;
  gsize head_max;
  LlArmour armour;
  LlSealed sealed;
  gboolean calendar;
};

void
ll_message_start (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      g_mime_init ();
      g_once_init_leave (&once, 1);
    }
}

/* -- types ------------------------------------------------------------------------------------ */

static char *
lower_parameter (GMimeParamList *list, const char *name)
{
  GMimeParam *param = g_mime_param_list_get_parameter (list, name);

  return param && g_mime_param_get_value (param)
             ? g_ascii_strdown (g_mime_param_get_value (param), -1)
             : NULL;
}

static char *
file_name (GMimeContentType *content, const LlHeaders *headers)
{
  g_autofree char *text = ll_headers_text (headers, "content-disposition");
  GMimeContentDisposition *disposition;
  char *name = NULL;

  if (text != NULL)
    {
      disposition = g_mime_content_disposition_parse (NULL, text);
      name = lower_parameter (g_mime_content_disposition_get_parameters (disposition), "filename");
      g_object_unref (disposition);
    }
  if (name == NULL)
    name = lower_parameter (g_mime_content_type_get_parameters (content), "name");
  return name;
}

void
ll_part_type_init (LlPartType *type, const LlHeaders *headers)
{
  g_autofree char *text = ll_headers_text (headers, "content-type");
  GMimeContentType *content
      = text ? g_mime_content_type_parse (NULL, text) : g_mime_content_type_new ("text", "plain");
  const char *media = g_mime_content_type_get_media_type (content);
  const char *subtype = g_mime_content_type_get_media_subtype (content);
  const char *boundary = g_mime_content_type_get_parameter (content, "boundary");
  g_autofree char *whole
      = g_strconcat (media ? media : "text", "/", subtype ? subtype : "plain", NULL);

  *type = (LlPartType){
    .type = g_ascii_strdown (whole, -1),
    .boundary = g_strdup (boundary),
    .name = file_name (content, headers),
    .protocol = lower_parameter (g_mime_content_type_get_parameters (content), "protocol"),
    .calendar_method = g_mime_content_type_get_parameter (content, "method") != NULL,
  };
  g_object_unref (content);
}

void
ll_part_type_clear (LlPartType *type)
{
  g_free (type->type);
  g_free (type->boundary);
  g_free (type->name);
  g_free (type->protocol);
  *type = (LlPartType){ 0 };
}

/* -- leaves ----------------------------------------------------------------------------------- */

static gboolean
is_pkcs7 (const LlPartType *type)
{
  return strcmp (type->type, "application/pkcs7-mime") == 0
         || strcmp (type->type, "application/x-pkcs7-mime") == 0
         || (strcmp (type->type, "application/octet-stream") == 0 && type->name != NULL
             && g_str_has_suffix (type->name, ".p7m"));
}

/* The first part of PGP/MIME (RFC 3156 4.). */
static gboolean
is_version (const LlPartType *type)
{
  return strcmp (type->type, "application/pgp-encrypted") == 0;
}

LlLeaf *
ll_leaf_new (LlPartType *type, const LlHeaders *headers)
{
  LlLeaf *leaf = g_new0 (LlLeaf, 1);
  g_autofree char *encoding = ll_headers_text (headers, "content-transfer-encoding");
  GMimeContentEncoding known
      = encoding ? g_mime_content_encoding_from_string (encoding) : GMIME_CONTENT_ENCODING_DEFAULT;

  leaf->type = *type;
  *type = (LlPartType){ 0 };
  leaf->plain
      = known != GMIME_CONTENT_ENCODING_BASE64 && known != GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
  g_mime_encoding_init_decode (&leaf->decoder, known);
  leaf->blank = TRUE;
  leaf->wants_all = TRUE;
  leaf->head = g_string_new (NULL);
  leaf->calendar = strcmp (leaf->type.type, "text/calendar") == 0;
  leaf->wants_head = is_pkcs7 (&leaf->type) || is_version (&leaf->type)
                     || (leaf->calendar && !leaf->type.calendar_method);
  /* session keys stand at the beginning of what is binary */
  leaf->head_max
      = g_str_has_prefix (leaf->type.type, "application/") ? LL_SEALED_HEAD_MAX : HEAD_MAX;
  ll_sealed_init (&leaf->sealed);
  ll_armour_init (&leaf->armour, strcmp (leaf->type.type, "text/html") == 0);
  return leaf;
}

void
ll_leaf_free (LlLeaf *leaf)
{
  if (leaf == NULL)
    return;
  ll_part_type_clear (&leaf->type);
  ll_armour_clear (&leaf->armour);
  ll_sealed_clear (&leaf->sealed);
  g_string_free (leaf->head, TRUE);
  g_free (leaf);
}

static void
feed_decoded (LlLeaf *leaf, const char *bytes, gsize length)
{
  for (gsize i = 0; i < length && leaf->blank; i++)
    leaf->blank = strchr (" \t\r\n", bytes[i]) != NULL && bytes[i] != '\0';
  if (leaf->wants_all)
    leaf->wants_all = ll_armour_feed (&leaf->armour, bytes, length);
  /* the first octets of every leaf: a binary OpenPGP packet shows there */
  if (leaf->head->len < leaf->head_max)
    g_string_append_len (leaf->head, bytes,
                         (gssize) MIN (length, leaf->head_max - leaf->head->len));
}

gboolean
ll_leaf_feed (LlLeaf *leaf, const char *bytes, gsize length)
{
  char decoded[PIECE + 64];

  while (length > 0 && (leaf->wants_all || (leaf->wants_head && leaf->head->len < leaf->head_max)))
    {
      gsize piece = MIN (length, PIECE);

      if (leaf->plain)
        feed_decoded (leaf, bytes, piece);
      else
        feed_decoded (leaf, decoded, g_mime_encoding_step (&leaf->decoder, bytes, piece, decoded));
      bytes += piece;
      length -= piece;
    }
  return length == 0;
}

static gboolean
head_has_method (const GString *head)
{
  for (const char *line = head->str; line != NULL; line = strchr (line, '\n'))
    {
      line += *line == '\n';
      if (g_ascii_strncasecmp (line, "METHOD:", 7) == 0)
        return TRUE;
    }
  return FALSE;
}

LlLeafFound
ll_leaf_finish (LlLeaf *leaf)
{
  const guint8 *head = (const guint8 *) leaf->head->str;
  LlArmourFound armour = ll_armour_finish (&leaf->armour);

  if (leaf->calendar && !leaf->type.calendar_method)
    leaf->calendar = head_has_method (leaf->head);
  if (leaf->blank)
    return LL_LEAF_EMPTY;
  if (is_pkcs7 (&leaf->type) && ll_sealed_read_cms (&leaf->sealed, head, leaf->head->len))
    return LL_LEAF_ENVELOPED;
  if (is_pkcs7 (&leaf->type) && ll_sealed_is_signed_cms (head, leaf->head->len))
    return LL_LEAF_SIGNED;
  if (is_version (&leaf->type) && leaf->head->len < HEAD_MAX
      && g_ascii_strcasecmp (g_strstrip (leaf->head->str), "Version: 1") == 0)
    return LL_LEAF_VERSION;
  if (armour == LL_ARMOUR_MESSAGE)
    {
      LlSealed sealed = leaf->sealed;

      leaf->sealed = leaf->armour.sealed;
      leaf->armour.sealed = sealed;
      return LL_LEAF_PGP;
    }
  /* an attachment may be binary; a text never is */
  if (!g_str_has_prefix (leaf->type.type, "text/")
      && ll_sealed_read_pgp (&leaf->sealed, head, leaf->head->len))
    return LL_LEAF_PGP;
  return LL_LEAF_OTHER;
}

const LlPartType *
ll_leaf_type (const LlLeaf *leaf)
{
  return &leaf->type;
}

const LlSealed *
ll_leaf_sealed (const LlLeaf *leaf)
{
  return &leaf->sealed;
}

gboolean
ll_leaf_is_calendar (const LlLeaf *leaf)
{
  return leaf->calendar;
}
