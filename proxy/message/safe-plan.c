/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/safe-private.h"

#include "api/intl.h"
#include "base/error.h"
#include "base/limits.h"
#include "message/leaf.h"

#include <string.h>

/* A longer line cannot be a boundary (RFC 2046 5.1.1). */
#define LINE_KEPT 1024

/* RFC 5321 4.5.3.1.6, without CRLF. */
#define LINE_LONGEST 998

/* Places that have to change: a letter with more is made to be a burden. */
#define STRETCHES_MAX 20000

typedef enum
{
  IN_HEADER,
  IN_LEAF,
  BETWEEN,
} Place;

typedef struct
{
  char *boundary;
  gboolean begun; /* it has a part */
  gboolean closed;
  gboolean written; /* text beyond ASCII stands before its first part */
} Level;

typedef enum
{
  AS_IS, /* 7bit, 8bit, binary, or none */
  QUOTED,
  BASE64,
  OTHER,
} Encoding;

/* A part without parts. */
typedef struct
{
  guint64 header; /* where its header begins */
  guint64 body;
  LlHeaders *headers;
  char *type;
  gboolean unsafe;
} Leaf;

struct _LlSafePlan
{
  GArray *stretches; /* of LlSafeStretch */
  GPtrArray *levels; /* of Level */
  Place place;
  guint64 at;
  guint64 header; /* of the part at hand */
  LlHeaders *headers;
  Leaf leaf;
  char line[LINE_KEPT];
  guint64 line_start;
  guint64 line_length; /* its newline not counted */
  gboolean line_8bit;
  gboolean line_odd; /* a NUL, or a CR alone */
  char last;         /* of the line, so far */
  gboolean held;     /* a CR after that: the line's end, if LF follows */
  guint ended_by;    /* octets of the newline before this line */
  const char *trouble;
};

static void
level_free (gpointer data)
{
  Level *level = data;

  g_free (level->boundary);
  g_free (level);
}

static void
stretch_clear (gpointer data)
{
  g_free (((LlSafeStretch *) data)->before);
}

LlSafePlan *
ll_safe_plan_new (void)
{
  LlSafePlan *plan = g_new0 (LlSafePlan, 1);

  ll_message_start ();
  plan->stretches = g_array_new (FALSE, FALSE, sizeof (LlSafeStretch));
  g_array_set_clear_func (plan->stretches, stretch_clear);
  plan->levels = g_ptr_array_new_with_free_func (level_free);
  plan->headers = ll_headers_new ();
  plan->place = IN_HEADER;
  return plan;
}

static void
leaf_clear (Leaf *leaf)
{
  g_clear_pointer (&leaf->headers, ll_headers_free);
  g_clear_pointer (&leaf->type, g_free);
}

void
ll_safe_plan_free (LlSafePlan *plan)
{
  if (plan == NULL)
    return;
  g_array_unref (plan->stretches);
  g_ptr_array_unref (plan->levels);
  ll_headers_free (plan->headers);
  leaf_clear (&plan->leaf);
  g_free (plan);
}

const GArray *
ll_safe_plan_stretches (const LlSafePlan *plan)
{
  return plan->stretches;
}

/* @before: (transfer full) or NULL */
static void
add (LlSafePlan *plan, guint64 start, guint64 end, LlSafeMode mode, char *before)
{
  LlSafeStretch stretch = { start, end, mode, before };

  if (plan->stretches->len >= STRETCHES_MAX)
    {
      plan->trouble = N_ ("it has too many parts to be signed");
      g_free (before);
      return;
    }
  g_array_append_val (plan->stretches, stretch);
}

/* -- fields of a part ------------------------------------------------------------------------ */

/* Puts @value into the field, which is made if there is none. @header: where the header begins. */
static void
set_field (
    LlSafePlan *plan, const LlHeaders *headers, guint64 header, const char *name, const char *value)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);
  const LlField *field = ll_headers_field (headers, lower, 0);

  if (field == NULL)
    add (plan, header, header, LL_SAFE_REPLACE, g_strdup_printf ("%s: %s\r\n", name, value));
  else if (field->value->len == 0 || field->value->str[field->value->len - 1] != '\n')
    plan->trouble = N_ ("the header of one of its parts is too long for it to be signed");
  else
    add (plan, header + field->value_offset, header + field->value_offset + field->value->len,
         LL_SAFE_REPLACE, g_strdup_printf (" %s\r\n", value));
}

static Encoding
encoding_of (const LlHeaders *headers, gboolean *plain)
{
  g_autofree char *text = ll_headers_text (headers, "content-transfer-encoding");

  *plain = text == NULL || g_ascii_strcasecmp (text, "7bit") == 0;
  if (*plain || g_ascii_strcasecmp (text, "8bit") == 0 || g_ascii_strcasecmp (text, "binary") == 0)
    return AS_IS;
  if (g_ascii_strcasecmp (text, "quoted-printable") == 0)
    return QUOTED;
  return g_ascii_strcasecmp (text, "base64") == 0 ? BASE64 : OTHER;
}

/* A forwarded message becomes a file, so that nothing in it changes. */
static void
make_file (LlSafePlan *plan, const Leaf *leaf)
{
  set_field (plan, leaf->headers, leaf->header, "Content-Type",
             "application/octet-stream; name=\"forwarded.eml\"");
  if (ll_headers_field (leaf->headers, "content-disposition", 0) == NULL)
    set_field (plan, leaf->headers, leaf->header, "Content-Disposition",
               "attachment; filename=\"forwarded.eml\"");
}

static void
encode_leaf (LlSafePlan *plan, const Leaf *leaf, guint64 end)
{
  gboolean text = g_str_has_prefix (leaf->type, "text/");

  if (g_str_has_prefix (leaf->type, "multipart/"))
    {
      plan->trouble = N_ ("its parts lie too deep for it to be signed");
      return;
    }
  if (g_str_has_prefix (leaf->type, "message/"))
    make_file (plan, leaf);
  set_field (plan, leaf->headers, leaf->header, "Content-Transfer-Encoding",
             text ? "quoted-printable" : "base64");
  add (plan, leaf->body, end, text ? LL_SAFE_QUOTED : LL_SAFE_BASE64, NULL);
}

/* @end: of its body. */
static void
settle_leaf (LlSafePlan *plan, guint64 end)
{
  Leaf *leaf = &plan->leaf;
  gboolean plain;
  Encoding encoding = encoding_of (leaf->headers, &plain);

  if (!leaf->unsafe)
    {
      if (encoding == AS_IS && !plain)
        set_field (plan, leaf->headers, leaf->header, "Content-Transfer-Encoding", "7bit");
    }
  else if (encoding == AS_IS)
    encode_leaf (plan, leaf, end);
  else if (encoding == QUOTED)
    add (plan, leaf->body, end, LL_SAFE_TIDY_QUOTED, NULL);
  else if (encoding == BASE64)
    add (plan, leaf->body, end, LL_SAFE_TIDY_BASE64, NULL);
  else
    plan->trouble = N_ ("one of its parts has an encoding that cannot be signed");
  leaf_clear (leaf);
}

/* -- parts ----------------------------------------------------------------------------------- */

static void
end_part (LlSafePlan *plan, guint64 end)
{
  if (plan->place == IN_LEAF)
    settle_leaf (plan, MAX (end, plan->leaf.body));
  g_clear_pointer (&plan->headers, ll_headers_free);
  plan->place = BETWEEN;
}

/* The header is over; the next octet is the first of the body. */
static void
begin_body (LlSafePlan *plan)
{
  g_autoptr (LlHeaders) headers = g_steal_pointer (&plan->headers);
  LlPartType type;
  gboolean plain;

  ll_part_type_init (&type, headers);
  if (g_str_has_prefix (type.type, "multipart/") && type.boundary != NULL && *type.boundary != '\0'
      && strlen (type.boundary) < LINE_KEPT - 8 && plan->levels->len < LL_MIME_DEPTH_MAX)
    {
      Level *level = g_new0 (Level, 1);

      level->boundary = g_strdup (type.boundary);
      g_ptr_array_add (plan->levels, level);
      if (encoding_of (headers, &plain) == AS_IS && !plain)
        set_field (plan, headers, plan->header, "Content-Transfer-Encoding", "7bit");
      plan->place = BETWEEN;
    }
  else
    {
      plan->leaf = (Leaf){ .header = plan->header, .body = plan->at };
      plan->leaf.headers = g_steal_pointer (&headers);
      plan->leaf.type = g_strdup (type.type);
      plan->place = IN_LEAF;
    }
  ll_part_type_clear (&type);
}

/* Which level's boundary the line is, -1: none. */
static int
boundary_level (const LlSafePlan *plan, gboolean *closes)
{
  gsize length = (gsize) MIN (plan->line_length, LINE_KEPT);

  if (plan->line_length > LINE_KEPT)
    return -1;
  while (length > 0 && (plan->line[length - 1] == ' ' || plan->line[length - 1] == '\t'))
    length--;
  if (length < 3 || memcmp (plan->line, "--", 2) != 0)
    return -1;
  for (guint i = plan->levels->len; i-- > 0;)
    {
      const Level *level = g_ptr_array_index (plan->levels, i);
      gsize own = strlen (level->boundary);

      if (level->closed || length < own + 2 || memcmp (plan->line + 2, level->boundary, own) != 0)
        continue;
      *closes = length == own + 4 && memcmp (plan->line + length - 2, "--", 2) == 0;
      if (*closes || length == own + 2)
        return (int) i;
    }
  return -1;
}

/* The levels from @depth on are over. What has no part at all is read as text by many programs: it
 * must not lose a letter. */
static void
leave_levels (LlSafePlan *plan, guint depth)
{
  for (guint i = depth; i < plan->levels->len; i++)
    {
      const Level *level = g_ptr_array_index (plan->levels, i);

      if (level->written && !level->begun)
        plan->trouble = N_ ("it says that it has parts, and has none, so it cannot be signed");
    }
  g_ptr_array_set_size (plan->levels, (int) depth);
}

static gboolean
take_boundary (LlSafePlan *plan)
{
  gboolean closes = FALSE;
  int level = boundary_level (plan, &closes);

  if (level < 0)
    return FALSE;
  end_part (plan, plan->line_start - plan->ended_by);
  leave_levels (plan, (guint) level + 1);
  if (closes)
    ((Level *) g_ptr_array_index (plan->levels, level))->closed = TRUE;
  else
    {
      ((Level *) g_ptr_array_index (plan->levels, level))->begun = TRUE;
      plan->headers = ll_headers_new ();
      plan->header = plan->at;
      plan->place = IN_HEADER;
    }
  return TRUE;
}

/* -- lines ----------------------------------------------------------------------------------- */

static gboolean
begins_from (const LlSafePlan *plan)
{
  return plan->line_length >= 5 && memcmp (plan->line, "From ", 5) == 0;
}

/* A line of a header. One with nothing but blanks would end it once they are gone. */
static void
look_at_field (LlSafePlan *plan, gboolean blank_end)
{
  gsize length = (gsize) MIN (plan->line_length, LINE_KEPT);
  gboolean empty = plan->line_length <= LINE_KEPT;

  if (!blank_end)
    return;
  for (gsize i = 0; i < length && empty; i++)
    empty = plan->line[i] == ' ' || plan->line[i] == '\t';
  add (plan, plan->line_start, plan->at, empty ? LL_SAFE_REPLACE : LL_SAFE_TIDY_FIELD, NULL);
}

/* A line between parts that is not safe. */
static void
look_between (LlSafePlan *plan)
{
  Level *level
      = plan->levels->len > 0 ? g_ptr_array_index (plan->levels, plan->levels->len - 1) : NULL;

  if (level != NULL)
    level->written = level->written || plan->line_8bit;
  add (plan, plan->line_start, plan->at, LL_SAFE_TIDY_TEXT,
       begins_from (plan) ? g_strdup (">") : NULL);
}

/* A line is there, up to plan->at. @newline: octets of its end. */
static void
look_at_line (LlSafePlan *plan, guint newline)
{
  gboolean blank_end = plan->line_length > 0 && (plan->last == ' ' || plan->last == '\t');
  gboolean unsafe = blank_end || plan->line_8bit || plan->line_odd || newline == 1
                    || plan->line_length > LINE_LONGEST || begins_from (plan);

  if (plan->place == IN_HEADER)
    {
      look_at_field (plan, blank_end);
      if (ll_headers_ended (plan->headers))
        begin_body (plan);
    }
  else if (take_boundary (plan))
    {
      if (blank_end)
        add (plan, plan->line_start, plan->at, LL_SAFE_TIDY_TEXT, NULL);
    }
  else if (plan->place == IN_LEAF)
    plan->leaf.unsafe = plan->leaf.unsafe || unsafe;
  else if (unsafe)
    look_between (plan);
  plan->ended_by = newline;
  plan->line_start = plan->at;
  plan->line_length = 0;
  plan->line_8bit = FALSE;
  plan->line_odd = FALSE;
}

/* What the line gains before its newline; a CR counts only when no LF follows. */
static void
look_at_octet (LlSafePlan *plan, char octet)
{
  if (plan->line_length < LINE_KEPT)
    plan->line[plan->line_length] = octet;
  plan->line_length++;
  plan->line_8bit = plan->line_8bit || (octet & 0x80) != 0;
  plan->line_odd = plan->line_odd || octet == '\0' || octet == '\r';
  plan->last = octet;
}

/* @bytes: of one line. */
static void
feed_piece (LlSafePlan *plan, const char *bytes, gsize length)
{
  if (plan->place == IN_HEADER)
    ll_headers_feed (plan->headers, bytes, length);
  for (gsize i = 0; i < length; i++)
    {
      gboolean held = plan->held;

      plan->at++;
      plan->held = bytes[i] == '\r';
      if (bytes[i] == '\n')
        look_at_line (plan, held ? 2 : 1);
      else if (held)
        look_at_octet (plan, '\r');
      if (bytes[i] != '\n' && bytes[i] != '\r')
        look_at_octet (plan, bytes[i]);
    }
}

void
ll_safe_plan_feed (LlSafePlan *plan, const char *bytes, gsize length)
{
  const char *end = bytes + length;

  while (bytes < end)
    {
      const char *newline = memchr (bytes, '\n', (gsize) (end - bytes));
      gsize piece = (gsize) ((newline != NULL ? newline + 1 : end) - bytes);

      feed_piece (plan, bytes, piece);
      bytes += piece;
    }
}

/* -- the whole ------------------------------------------------------------------------------- */

static int
compare (gconstpointer a, gconstpointer b)
{
  const LlSafeStretch *one = a, *other = b;

  if (one->start != other->start)
    return one->start < other->start ? -1 : 1;
  if (one->end != other->end)
    return one->end < other->end ? -1 : 1;
  return 0;
}

/* A line that is tidied gives way to a field that is replaced in it. */
static void
drop_overlaps (GArray *stretches)
{
  for (guint i = 1; i < stretches->len;)
    {
      const LlSafeStretch *one = &g_array_index (stretches, LlSafeStretch, i - 1);
      const LlSafeStretch *other = &g_array_index (stretches, LlSafeStretch, i);

      if (other->start >= one->end)
        i++;
      else if (other->mode == LL_SAFE_REPLACE)
        {
          g_array_remove_index (stretches, i - 1);
          i = MAX (i - 1, 1);
        }
      else
        g_array_remove_index (stretches, i);
    }
}

gboolean
ll_safe_plan_finish (LlSafePlan *plan, GError **error)
{
  if (plan->held)
    look_at_octet (plan, '\r');
  if (plan->line_length > 0)
    look_at_line (plan, 0);
  end_part (plan, plan->at);
  leave_levels (plan, 0);
  g_array_sort (plan->stretches, compare);
  drop_overlaps (plan->stretches);
  if (plan->trouble == NULL)
    return TRUE;
  g_set_error_literal (error, LL_MESSAGE_ERROR, LL_MESSAGE_ERROR_MALFORMED, plan->trouble);
  return FALSE;
}
