/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/structure.h"

#include "base/limits.h"
#include "message/leaf.h"

#include <string.h>

/* A line that may be a boundary is kept until its end is seen (RFC 2046 5.1.1 allows 70). */
#define LINE_KEPT 1024

/* What the top layer is told by: PGP/MIME has two parts, Exchange's mixed-up form three. */
#define TOP_PARTS 3

/* More parts are counted, not looked at. */
#define PARTS_MAX 10000

typedef enum
{
  IN_HEADER,
  IN_LEAF,
  BETWEEN, /* before the first part, after the last, or where nobody looks */
} Place;

typedef struct
{
  char *boundary;
  gsize length;
  gboolean closed; /* its last part is over */
} Level;

typedef struct
{
  char *type;
  char *name;
  LlLeafFound found;
} TopPart;

struct _LlStructure
{
  const LlStructureWatch *watch; /* or NULL */
  gpointer watch_data;
  Place place;
  GArray *levels;     /* of Level */
  LlHeaders *headers; /* of the part at hand, IN_HEADER */
  LlLeaf *leaf;       /* IN_LEAF, as long as it wants more */
  gboolean leaf_done; /* it wants no more */
  GByteArray *line;   /* a line of which the end was not seen yet */
  gboolean in_line;   /* the rest of a line that cannot be a boundary */
  LlPartType top;
  gboolean top_is_leaf;
  TopPart top_parts[TOP_PARTS]; /* direct children of the top */
  guint top_count;
  guint parts;
  gboolean calendar;
  gboolean pgp_text;     /* a text that is armour */
  gboolean only_pgp;     /* every leaf with content is an OpenPGP message */
  gboolean only_text;    /* every leaf is text */
  LlLeafFound top_found; /* when the top is a leaf */
  LlSealed sealed;       /* of the first locked leaf */
};

static gboolean
is_multipart (const LlPartType *type)
{
  return g_str_has_prefix (type->type, "multipart/") && type->boundary != NULL
         && *type->boundary != '\0' && strlen (type->boundary) < LINE_KEPT - 8;
}

static void
level_clear (gpointer data)
{
  g_free (((Level *) data)->boundary);
}

/* A header has ended: either more parts inside, or a leaf. */
static void
begin_part (LlStructure *structure, LlPartType *type, const LlHeaders *headers)
{
  if (is_multipart (type) && structure->levels->len < LL_MIME_DEPTH_MAX)
    {
      Level level = { .boundary = g_strdup (type->boundary), .length = strlen (type->boundary) };

      g_array_append_val (structure->levels, level);
      structure->place = BETWEEN;
      return;
    }
  structure->parts++;
  if (structure->parts > PARTS_MAX)
    {
      /* nothing is known of it, so it is not locked */
      structure->only_pgp = FALSE;
      structure->only_text = FALSE;
      structure->place = BETWEEN;
      return;
    }
  structure->leaf = ll_leaf_new (type, headers);
  structure->leaf_done = FALSE;
  structure->place = IN_LEAF;
  if (structure->watch != NULL)
    structure->watch->begin (headers, structure->watch_data);
}

LlStructure *
ll_structure_new (const LlHeaders *headers)
{
  return ll_structure_new_watched (headers, NULL, NULL);
}

LlStructure *
ll_structure_new_watched (const LlHeaders *headers, const LlStructureWatch *watch, gpointer data)
{
  LlStructure *structure = g_new0 (LlStructure, 1);
  LlPartType type;

  structure->watch = watch;
  structure->watch_data = data;
  structure->levels = g_array_new (FALSE, FALSE, sizeof (Level));
  g_array_set_clear_func (structure->levels, level_clear);
  structure->line = g_byte_array_new ();
  structure->only_pgp = TRUE;
  structure->only_text = TRUE;
  ll_sealed_init (&structure->sealed);
  ll_part_type_init (&structure->top, headers);
  ll_part_type_init (&type, headers);
  begin_part (structure, &type, headers);
  structure->top_is_leaf = structure->place == IN_LEAF;
  ll_part_type_clear (&type);
  return structure;
}

void
ll_structure_free (LlStructure *structure)
{
  if (structure == NULL)
    return;
  g_array_unref (structure->levels);
  g_byte_array_unref (structure->line);
  ll_headers_free (structure->headers);
  ll_leaf_free (structure->leaf);
  ll_part_type_clear (&structure->top);
  ll_sealed_clear (&structure->sealed);
  for (guint i = 0; i < TOP_PARTS; i++)
    {
      g_free (structure->top_parts[i].type);
      g_free (structure->top_parts[i].name);
    }
  g_free (structure);
}

static gboolean
is_pgp_attachment (const LlPartType *type)
{
  static const char *const endings[] = { ".pgp", ".gpg", ".asc" };

  for (guint i = 0; type->name != NULL && i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (type->name, endings[i]))
      return TRUE;
  return FALSE;
}

static void
count_leaf (LlStructure *structure, const LlPartType *type, LlLeafFound found)
{
  gboolean text = g_str_has_prefix (type->type, "text/");

  structure->only_text = structure->only_text && text;
  if (found == LL_LEAF_PGP && text && !is_pgp_attachment (type))
    structure->pgp_text = TRUE;
  else if (found != LL_LEAF_EMPTY && !(found == LL_LEAF_PGP && is_pgp_attachment (type)))
    structure->only_pgp = FALSE;
  if (structure->levels->len == 0)
    structure->top_found = found;
  if (structure->levels->len != 1)
    return;
  if (structure->top_count < TOP_PARTS)
    structure->top_parts[structure->top_count]
        = (TopPart){ .type = g_strdup (type->type), .name = g_strdup (type->name), .found = found };
  structure->top_count++;
}

/* Keys are named only by what is locked, so the first that names any is kept. */
static void
keep_sealed (LlStructure *structure, LlLeafFound found, const LlSealed *sealed)
{
  if ((found != LL_LEAF_PGP && found != LL_LEAF_ENVELOPED) || structure->sealed.ids->len > 0)
    return;
  for (guint i = 0; i < sealed->ids->len; i++)
    g_ptr_array_add (structure->sealed.ids, g_strdup (g_ptr_array_index (sealed->ids, i)));
  structure->sealed.whole = sealed->whole;
}

/* The part at hand is over. */
static void
end_part (LlStructure *structure)
{
  if (structure->place == IN_HEADER)
    {
      /* its header never ended: an empty leaf */
      LlPartType type;

      ll_headers_finish (structure->headers);
      ll_part_type_init (&type, structure->headers);
      count_leaf (structure, &type, LL_LEAF_EMPTY);
      structure->parts++;
      ll_part_type_clear (&type);
    }
  if (structure->leaf != NULL)
    {
      LlLeafFound found = ll_leaf_finish (structure->leaf);

      count_leaf (structure, ll_leaf_type (structure->leaf), found);
      keep_sealed (structure, found, ll_leaf_sealed (structure->leaf));
      structure->calendar = structure->calendar || ll_leaf_is_calendar (structure->leaf);
      if (structure->watch != NULL)
        structure->watch->end (structure->watch_data);
    }
  g_clear_pointer (&structure->leaf, ll_leaf_free);
  g_clear_pointer (&structure->headers, ll_headers_free);
  structure->place = BETWEEN;
}

/* Which level's boundary the line is, -1: none. */
static int
boundary_level (const LlStructure *structure, const char *line, gsize length, gboolean *closes)
{
  while (length > 0 && g_ascii_isspace (line[length - 1]))
    length--;
  if (length < 3 || line[0] != '-' || line[1] != '-')
    return -1;
  for (int i = (int) structure->levels->len - 1; i >= 0; i--)
    {
      const Level *level = &g_array_index (structure->levels, Level, i);

      if (level->closed || length < level->length + 2
          || memcmp (line + 2, level->boundary, level->length) != 0)
        continue;
      *closes = length == level->length + 4 && memcmp (line + length - 2, "--", 2) == 0;
      if (*closes || length == level->length + 2)
        return i;
    }
  return -1;
}

/* A multipart child of the top that ends: it counts as one of its parts. */
static void
leave_levels (LlStructure *structure, guint depth)
{
  if (structure->levels->len > 1 && depth == 1)
    {
      if (structure->top_count < TOP_PARTS)
        structure->top_parts[structure->top_count]
            = (TopPart){ .type = g_strdup ("multipart"), .found = LL_LEAF_OTHER };
      structure->top_count++;
    }
  g_array_set_size (structure->levels, depth);
}

static gboolean
take_boundary (LlStructure *structure, const char *line, gsize length)
{
  gboolean closes = FALSE;
  int level = boundary_level (structure, line, length, &closes);

  if (level < 0)
    return FALSE;
  end_part (structure);
  leave_levels (structure, (guint) level + 1);
  if (closes)
    g_array_index (structure->levels, Level, level).closed = TRUE;
  else
    {
      structure->headers = ll_headers_new ();
      structure->place = IN_HEADER;
    }
  return TRUE;
}

/* Text after the last boundary or before the first is shown by nobody, but it is sent. */
static void
feed_between (LlStructure *structure, const char *bytes, gsize length)
{
  for (gsize i = 0; i < length && structure->only_pgp; i++)
    if (!g_ascii_isspace (bytes[i]))
      structure->only_pgp = FALSE;
}

static void
feed_content (LlStructure *structure, const char *bytes, gsize length)
{
  switch (structure->place)
    {
    case IN_HEADER:
      ll_headers_feed (structure->headers, bytes, length);
      if (ll_headers_ended (structure->headers))
        {
          g_autoptr (LlHeaders) headers = g_steal_pointer (&structure->headers);
          LlPartType type;

          ll_part_type_init (&type, headers);
          begin_part (structure, &type, headers);
          ll_part_type_clear (&type);
        }
      break;
    case IN_LEAF:
      if (!structure->leaf_done)
        structure->leaf_done = !ll_leaf_feed (structure->leaf, bytes, length);
      if (structure->watch != NULL)
        structure->watch->bytes (bytes, length, structure->watch_data);
      break;
    case BETWEEN:
      feed_between (structure, bytes, length);
      break;
    }
}

/* @bytes end in a newline, or are all there is of the line. */
static void
feed_line (LlStructure *structure, const char *bytes, gsize length)
{
  if (bytes[0] == '-' && take_boundary (structure, bytes, length))
    return;
  feed_content (structure, bytes, length);
}

/* A piece of a line of which the newline is not here. */
static void
keep_piece (LlStructure *structure, const char *bytes, gsize length)
{
  gboolean candidate = structure->line->len > 0 ? TRUE : bytes[0] == '-';

  if (!structure->in_line && (candidate || structure->place == IN_HEADER)
      && structure->line->len + length <= LINE_KEPT)
    {
      g_byte_array_append (structure->line, (const guint8 *) bytes, (guint) length);
      return;
    }
  structure->in_line = TRUE;
  if (structure->line->len > 0)
    feed_content (structure, (const char *) structure->line->data, structure->line->len);
  g_byte_array_set_size (structure->line, 0);
  feed_content (structure, bytes, length);
}

void
ll_structure_feed (LlStructure *structure, const char *bytes, gsize length)
{
  const char *end = bytes + length;

  while (bytes < end)
    {
      const char *newline = memchr (bytes, '\n', (gsize) (end - bytes));
      gsize piece = (gsize) ((newline ? newline + 1 : end) - bytes);

      if (newline == NULL)
        keep_piece (structure, bytes, piece);
      else if (structure->in_line)
        {
          feed_content (structure, bytes, piece);
          structure->in_line = FALSE;
        }
      else if (structure->line->len > 0)
        {
          g_byte_array_append (structure->line, (const guint8 *) bytes, (guint) piece);
          feed_line (structure, (const char *) structure->line->data, structure->line->len);
          g_byte_array_set_size (structure->line, 0);
        }
      else
        feed_line (structure, bytes, piece);
      bytes += piece;
    }
}

void
ll_structure_finish (LlStructure *structure)
{
  if (structure->line->len > 0)
    feed_line (structure, (const char *) structure->line->data, structure->line->len);
  end_part (structure);
  leave_levels (structure, MIN (structure->levels->len, 1));
}

guint
ll_structure_parts (const LlStructure *structure)
{
  return structure->parts;
}

gboolean
ll_structure_is_text (const LlStructure *structure)
{
  return structure->only_text;
}

gboolean
ll_structure_is_report (const LlStructure *structure)
{
  return strcmp (structure->top.type, "multipart/report") == 0
         || g_str_has_prefix (structure->top.type, "message/disposition-notification")
         || g_str_has_prefix (structure->top.type, "message/delivery-status");
}

static gboolean
has_type (const TopPart *part, const char *type)
{
  return part->type != NULL && strcmp (part->type, type) == 0;
}

/* Its second part is locked with a passphrase; the first one says what to do. */
gboolean
ll_structure_is_setup (const LlStructure *structure)
{
  return strcmp (structure->top.type, "multipart/mixed") == 0 && structure->top_count == 2
         && has_type (&structure->top_parts[1], "application/autocrypt-setup");
}

gboolean
ll_structure_is_calendar (const LlStructure *structure)
{
  return structure->calendar;
}

static gboolean
is_pgp_mime (const LlStructure *structure)
{
  const TopPart *parts = structure->top_parts;

  if (strcmp (structure->top.type, "multipart/encrypted") == 0)
    return structure->top_count == 2 && structure->top.protocol != NULL
           && strcmp (structure->top.protocol, "application/pgp-encrypted") == 0
           && parts[0].found == LL_LEAF_VERSION && has_type (&parts[1], "application/octet-stream")
           && parts[1].found == LL_LEAF_PGP;
  /* Exchange rewrites it like this on the way in, and people forward what they got */
  return strcmp (structure->top.type, "multipart/mixed") == 0 && structure->top_count == 3
         && has_type (&parts[0], "text/plain") && parts[0].found == LL_LEAF_EMPTY
         && parts[1].found == LL_LEAF_VERSION && has_type (&parts[2], "application/octet-stream")
         && parts[2].found == LL_LEAF_PGP;
}

LlProtection
ll_structure_protection (const LlStructure *structure)
{
  if (structure->top_is_leaf && structure->top_found == LL_LEAF_ENVELOPED)
    return LL_PROTECTION_SMIME;
  if (is_pgp_mime (structure))
    return LL_PROTECTION_PGP_MIME;
  if (structure->pgp_text && structure->only_pgp)
    return LL_PROTECTION_PGP_INLINE;
  return LL_PROTECTION_NONE;
}

const LlSealed *
ll_structure_sealed (const LlStructure *structure)
{
  return &structure->sealed;
}

gboolean
ll_structure_is_signed (const LlStructure *structure)
{
  static const char *const signatures[]
      = { "application/pgp-signature", "application/pkcs7-signature",
          "application/x-pkcs7-signature", NULL };

  if (structure->top_is_leaf)
    return structure->top_found == LL_LEAF_SIGNED;
  return strcmp (structure->top.type, "multipart/signed") == 0 && structure->top_count == 2
         && structure->top_parts[1].type != NULL
         && g_strv_contains (signatures, structure->top_parts[1].type)
         && structure->top_parts[1].found != LL_LEAF_EMPTY;
}
