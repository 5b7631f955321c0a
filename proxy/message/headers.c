/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/headers.h"

#include "base/limits.h"

#include <string.h>

/* Edits cost memory; a header with that many Bcc fields is an attack. */
#define REMOVALS_MAX 10000

/* Kept to be looked at. */
static const char *const kept_names[] = {
  "from",
  "to",
  "cc",
  "resent-to",
  "resent-cc",
  "subject",
  "message-id",
  "in-reply-to",
  "references",
  "content-type",
  "precedence",
  "content-transfer-encoding",
  "auto-submitted",
  "list-id",
  "list-post",
  "content-disposition",
  "tls-required",
  "list-help",
  "list-owner",
  "list-unsubscribe",
  "letterlock-mode",
  "list-subscribe",
  "list-archive",
};

/* Of these some are long for good reasons; they must not use up the room of the others. */
static const char *const long_names[]
    = { "from", "to", "cc", "resent-to", "resent-cc", "references" };

static const gsize kept_max[2] = { LL_HEADER_MAX / 4, LL_HEADER_MAX / 4 * 3 };

/* Never leave. */
static const struct
{
  const char *name;
  const char *what;
} removed_names[] = {
  { "bcc", LL_EDIT_BCC },
  { "resent-bcc", LL_EDIT_RESENT_BCC },
  { "letterlock-mode", LL_EDIT_MODE },
};

typedef enum
{
  AT_LINE_START,
  AFTER_CR, /* at the start of a line */
  IN_NAME,
  IN_VALUE,
  IN_GARBAGE, /* a line that is no field, and what is folded onto it */
} State;

struct _LlHeaders
{
  State state;
  gboolean in_field; /* what a folded line belongs to; else garbage */
  guint64 at;
  GString *name;
  guint64 name_offset;
  LlField *field;      /* (not owned) being kept, or NULL */
  guint is_long;       /* index into kept */
  const char *removal; /* why the field at hand goes, or NULL */
  GPtrArray *fields;
  GPtrArray *removals;
  gsize kept[2]; /* of small fields, of long ones */
  gboolean ended;
  gboolean cut_found;
  gboolean has_8bit;
  gboolean absurd;
};

LlEdit *
ll_edit_new (guint64 offset, guint64 length, const char *replacement, const char *what)
{
  LlEdit *edit = g_new0 (LlEdit, 1);

  edit->offset = offset;
  edit->length = length;
  edit->replacement = g_strdup (replacement);
  edit->what = what;
  return edit;
}

void
ll_edit_free (LlEdit *edit)
{
  if (edit == NULL)
    return;
  g_free (edit->replacement);
  g_free (edit);
}

const char *
ll_edit_what (const char *what)
{
  static const char *const words[]
      = { LL_EDIT_BCC, LL_EDIT_RESENT_BCC, LL_EDIT_MODE, LL_EDIT_TAG, LL_EDIT_TRACE };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i], what) == 0)
      return words[i];
  return "bytes changed";
}

static void
field_free (LlField *field)
{
  g_string_free (field->value, TRUE);
  g_free (field);
}

LlHeaders *
ll_headers_new (void)
{
  LlHeaders *headers = g_new0 (LlHeaders, 1);

  headers->name = g_string_new (NULL);
  headers->fields = g_ptr_array_new_with_free_func ((GDestroyNotify) field_free);
  headers->removals = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_edit_free);
  return headers;
}

void
ll_headers_free (LlHeaders *headers)
{
  if (headers == NULL)
    return;
  g_string_free (headers->name, TRUE);
  g_ptr_array_unref (headers->fields);
  g_clear_pointer (&headers->removals, g_ptr_array_unref);
  g_free (headers);
}

static gboolean
is_name_byte (char byte)
{
  return byte > ' ' && byte < 127 && byte != ':';
}

gssize
ll_field_name_length (const char *bytes, gsize length)
{
  gsize n = 0, blanks;

  while (n < length && n <= LL_FIELD_NAME_MAX && is_name_byte (bytes[n]))
    n++;
  blanks = n;
  while (blanks < length && (bytes[blanks] == ' ' || bytes[blanks] == '\t'))
    blanks++;
  return n > 0 && n <= LL_FIELD_NAME_MAX && blanks < length && bytes[blanks] == ':' ? (gssize) n
                                                                                    : -1;
}

/* Fields that no text begins a line with by chance. */
static gboolean
is_known_field (const char *bytes, gsize length)
{
  static const char *const names[]
      = { "bcc", "resent-bcc", "from", "to", "cc", "date", "subject", "message-id", "received" };
  gssize name = ll_field_name_length (bytes, length);

  for (guint i = 0; name > 0 && i < G_N_ELEMENTS (names); i++)
    if ((gsize) name == strlen (names[i])
        && g_ascii_strncasecmp (bytes, names[i], (gsize) name) == 0)
      return TRUE;
  return FALSE;
}

gboolean
ll_headers_are_there (const char *bytes, gsize length)
{
  const char *end = bytes + length;

  if (length > 0 && bytes[0] == '\n')
    return TRUE;
  if (length > 1 && bytes[0] == '\r' && bytes[1] == '\n')
    return TRUE;
  if (length >= 5 && memcmp (bytes, "From ", 5) == 0)
    return TRUE;
  if (ll_field_name_length (bytes, length) > 0)
    return TRUE;
  /* a first line that is no field, and then fields: what stands there as Bcc must not leave */
  while (bytes < end && *bytes != '\r' && *bytes != '\n')
    {
      if (is_known_field (bytes, (gsize) (end - bytes)))
        return TRUE;
      bytes = memchr (bytes, '\n', (gsize) (end - bytes));
      if (bytes == NULL)
        break;
      bytes++;
    }
  return FALSE;
}

static const char *
kept_name (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (kept_names); i++)
    if (g_ascii_strcasecmp (kept_names[i], name) == 0)
      return kept_names[i];
  return NULL;
}

/* The field or garbage line before this place is over. */
static void
end_field (LlHeaders *headers)
{
  if (headers->removal != NULL && headers->removals->len < REMOVALS_MAX)
    g_ptr_array_add (headers->removals,
                     ll_edit_new (headers->name_offset, headers->at - headers->name_offset, "",
                                  headers->removal));
  else if (headers->removal != NULL)
    headers->absurd = TRUE;
  headers->removal = NULL;
  headers->field = NULL;
  headers->in_field = FALSE;
}

/* At a colon: what stands in @name is a field. */
static void
begin_field (LlHeaders *headers)
{
  const char *name;

  g_strchomp (headers->name->str);
  name = kept_name (headers->name->str);
  headers->in_field = TRUE;
  headers->state = IN_VALUE;
  for (guint i = 0; i < G_N_ELEMENTS (removed_names); i++)
    if (g_ascii_strcasecmp (removed_names[i].name, headers->name->str) == 0)
      headers->removal = removed_names[i].what;
  if (name == NULL)
    return;
  headers->is_long = 0;
  for (guint i = 0; i < G_N_ELEMENTS (long_names); i++)
    if (strcmp (long_names[i], name) == 0)
      headers->is_long = 1;
  /* bounded also in the number of fields */
  if (headers->kept[headers->is_long] + sizeof (LlField) > kept_max[headers->is_long])
    return;
  headers->kept[headers->is_long] += sizeof (LlField);
  headers->field = g_new0 (LlField, 1);
  headers->field->name = name;
  headers->field->value_offset = headers->at + 1;
  headers->field->value = g_string_new (NULL);
  g_ptr_array_add (headers->fields, headers->field);
}

static void
feed_name (LlHeaders *headers, char byte)
{
  gsize length = headers->name->len;
  gboolean blank = byte == ' ' || byte == '\t';
  gboolean after_blank = length > 0 && g_ascii_isspace (headers->name->str[length - 1]);

  if (byte == ':' && length > 0)
    begin_field (headers);
  else if (length > LL_FIELD_NAME_MAX || !(is_name_byte (byte) || blank) || (after_blank && !blank))
    headers->state = byte == '\n' ? AT_LINE_START : IN_GARBAGE;
  else
    g_string_append_c (headers->name, byte);
}

static void
feed_line_start (LlHeaders *headers, char byte)
{
  if (byte == ' ' || byte == '\t')
    {
      headers->state = headers->in_field ? IN_VALUE : IN_GARBAGE;
      return;
    }
  end_field (headers);
  if (byte == '\r')
    {
      headers->state = AFTER_CR;
      return;
    }
  g_string_truncate (headers->name, 0);
  headers->name_offset = headers->at;
  headers->state = IN_NAME;
  feed_name (headers, byte);
}

static void
keep (LlHeaders *headers, char byte)
{
  gsize *kept = &headers->kept[headers->is_long];

  if (headers->field == NULL || *kept >= kept_max[headers->is_long])
    return;
  g_string_append_c (headers->field->value, byte);
  (*kept)++;
}

static void
feed_byte (LlHeaders *headers, char byte)
{
  headers->has_8bit = headers->has_8bit || (byte & 0x80);
  switch (headers->state)
    {
    case AFTER_CR:
      headers->state = IN_GARBAGE; /* unless it is the newline, which the caller saw */
      break;
    case AT_LINE_START:
      feed_line_start (headers, byte);
      if (headers->state == IN_VALUE)
        keep (headers, byte);
      break;
    case IN_NAME:
      feed_name (headers, byte);
      break;
    case IN_VALUE:
      keep (headers, byte);
      if (byte == '\n')
        headers->state = AT_LINE_START;
      break;
    case IN_GARBAGE:
      if (byte == '\n')
        headers->state = AT_LINE_START;
      break;
    }
}

/* Whether @byte is the newline of the blank line. */
static gboolean
is_cut (const LlHeaders *headers, char byte)
{
  return byte == '\n' && (headers->state == AT_LINE_START || headers->state == AFTER_CR);
}

gsize
ll_headers_feed (LlHeaders *headers, const char *bytes, gsize length)
{
  gsize i;

  for (i = 0; i < length && !headers->ended; i++)
    {
      if (is_cut (headers, bytes[i]))
        {
          /* a CR before it was no part of the field; end_field knows where that ended */
          if (headers->state == AT_LINE_START)
            end_field (headers);
          headers->ended = TRUE;
          headers->cut_found = TRUE;
        }
      else
        feed_byte (headers, bytes[i]);
      headers->at++;
    }
  return i;
}

void
ll_headers_finish (LlHeaders *headers)
{
  if (headers->ended)
    return;
  end_field (headers);
  headers->ended = TRUE;
}

gboolean
ll_headers_ended (const LlHeaders *headers)
{
  return headers->ended;
}

guint64
ll_headers_length (const LlHeaders *headers)
{
  return headers->at;
}

gboolean
ll_headers_have_8bit (const LlHeaders *headers)
{
  return headers->has_8bit;
}

gboolean
ll_headers_are_absurd (const LlHeaders *headers)
{
  return headers->absurd;
}

const LlField *
ll_headers_field (const LlHeaders *headers, const char *name, guint n)
{
  for (guint i = 0; i < headers->fields->len; i++)
    {
      const LlField *field = g_ptr_array_index (headers->fields, i);

      if (strcmp (field->name, name) == 0 && n-- == 0)
        return field;
    }
  return NULL;
}

char *
ll_headers_text (const LlHeaders *headers, const char *name)
{
  const LlField *field = ll_headers_field (headers, name, 0);
  GString *text;

  if (field == NULL)
    return NULL;
  text = g_string_sized_new (field->value->len);
  for (gsize i = 0; i < field->value->len; i++)
    if (field->value->str[i] != '\r' && field->value->str[i] != '\n')
      g_string_append_c (text, field->value->str[i]);
  return g_strstrip (g_string_free (text, FALSE));
}

gboolean
ll_headers_have_prefix (const LlHeaders *headers, const char *prefix)
{
  for (guint i = 0; i < headers->fields->len; i++)
    if (g_str_has_prefix (((LlField *) headers->fields->pdata[i])->name, prefix))
      return TRUE;
  return FALSE;
}

GPtrArray *
ll_headers_take_removals (LlHeaders *headers)
{
  return g_steal_pointer (&headers->removals);
}
