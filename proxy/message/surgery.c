/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/surgery.h"

#include "base/error.h"
#include "base/limits.h"
#include "message/headers.h"
#include "message/trace.h"

#include <string.h>

/* One field of the header, or one line that is none; with what is folded onto it. */
typedef struct
{
  gsize start;
  gsize value;                      /* the octet after the colon */
  gsize end;                        /* after its newline */
  char name[LL_FIELD_NAME_MAX + 1]; /* lower case; "" for a line that is no field */
} Field;

typedef struct
{
  const char *header;
  gsize length;
  const GPtrArray *edits;
  const LlSurgeryOptions *options;
  GString *front;   /* what the inside gains, before all else */
  gsize front_at;   /* 0, or behind a folded line that nothing came before: it must fold nothing */
  GPtrArray *inner; /* of LlEdit */
  GString *outer;
  gboolean typed; /* there was a Content-Type */
  gboolean versioned;
  gboolean titled;
  gboolean has_autocrypt;
} Cut;

/* -- fields -------------------------------------------------------------------------------- */

/* The end of the line that begins at @at: after its newline, or of the header. */
static gsize
line_end (const Cut *cut, gsize at)
{
  const char *newline = memchr (cut->header + at, '\n', cut->length - at);

  return newline != NULL ? (gsize) (newline - cut->header) + 1 : cut->length;
}

static gboolean
is_blank_line (const Cut *cut, gsize at)
{
  const char *line = cut->header + at;

  return line[0] == '\n' || (line[0] == '\r' && at + 1 < cut->length && line[1] == '\n');
}

/* FALSE: the header is over. */
static gboolean
next_field (const Cut *cut, gsize at, Field *field)
{
  gssize name;

  if (at >= cut->length || is_blank_line (cut, at))
    return FALSE;
  *field = (Field){ .start = at, .end = line_end (cut, at) };
  while (field->end < cut->length
         && (cut->header[field->end] == ' ' || cut->header[field->end] == '\t'))
    field->end = line_end (cut, field->end);
  name = ll_field_name_length (cut->header + at, field->end - at);
  if (name < 0)
    return TRUE;
  for (gssize i = 0; i < name; i++)
    field->name[i] = g_ascii_tolower (cut->header[at + (gsize) i]);
  field->value
      = (gsize) ((const char *) memchr (cut->header + at, ':', field->end - at) - cut->header) + 1;
  return TRUE;
}

static gboolean
is_one_of (const char *name, const char *const *names)
{
  return g_strv_contains (names, name);
}

/* Added on the way, and about the way. */
static gboolean
is_transport (const Field *field)
{
  static const char *const names[] = { "received", "return-path", "delivered-to", NULL };

  return is_one_of (field->name, names);
}

/* Header protection is ours to say. */
static gboolean
is_protection (const Field *field)
{
  return strcmp (field->name, "hp-outer") == 0;
}

/* The edit that removes the whole of @field, or NULL. */
static gboolean
is_removed (const Cut *cut, const Field *field)
{
  for (guint i = 0; cut->edits != NULL && i < cut->edits->len; i++)
    {
      const LlEdit *edit = g_ptr_array_index (cut->edits, i);

      if (edit->offset == field->start && edit->offset + edit->length >= field->end)
        return TRUE;
    }
  return FALSE;
}

/* "From somebody Mon Jan 1": the line that begins a message in an mbox file. */
static gboolean
is_mbox_line (const Cut *cut, const Field *field)
{
  return field->start == 0 && *field->name == '\0' && cut->length > 5
         && memcmp (cut->header, "From ", 5) == 0;
}

static gboolean
stays_inside (const Cut *cut, const Field *field)
{
  return !is_transport (field) && !is_protection (field) && !is_mbox_line (cut, field);
}

static gboolean
stays_outside (const Cut *cut, const Field *field)
{
  static const char *const never[]
      = { "dkim-signature", "domainkey-signature", "autocrypt-gossip", NULL };
  /* Outlook says the subject once more as its thread's topic */
  static const char *const with_subject[] = { "comments", "keywords", "thread-topic", NULL };

  if (*field->name == '\0' || is_protection (field) || is_one_of (field->name, never))
    return FALSE;
  if (cut->options->subject != NULL && is_one_of (field->name, with_subject))
    return FALSE;
  return !g_str_has_prefix (field->name, "content-");
}

/* -- what stands outside ----------------------------------------------------------------------- */

/* The octets from @start to @end as they leave. */
static void
append_edited (const Cut *cut, gsize start, gsize end, GString *out)
{
  for (guint i = 0; cut->edits != NULL && i < cut->edits->len; i++)
    {
      const LlEdit *edit = g_ptr_array_index (cut->edits, i);

      if (edit->offset < start || edit->offset + edit->length > end)
        continue;
      g_string_append_len (out, cut->header + start, (gssize) (edit->offset - start));
      g_string_append (out, edit->replacement);
      start = edit->offset + edit->length;
    }
  g_string_append_len (out, cut->header + start, (gssize) (end - start));
}

/* A header may end without its last newline. */
static void
end_line (GString *out)
{
  if (out->len == 0 || out->str[out->len - 1] != '\n')
    g_string_append (out, "\r\n");
}

static void
put_outside (Cut *cut, const Field *field)
{
  gsize name = strlen (field->name);
  g_autoptr (GString) line = g_string_new_len (cut->header + field->start, (gssize) name);
  gboolean subject = strcmp (field->name, "subject") == 0;

  if (subject && cut->options->subject != NULL && cut->titled)
    return;
  g_string_append_c (line, ':');
  if (subject && cut->options->subject != NULL)
    g_string_append_printf (line, " %s", cut->options->subject);
  else
    append_edited (cut, field->value, field->end, line);
  end_line (line);
  cut->titled = cut->titled || subject;
  cut->versioned = cut->versioned || strcmp (field->name, "mime-version") == 0;
  cut->has_autocrypt = cut->has_autocrypt || strcmp (field->name, "autocrypt") == 0;
  g_string_append_len (cut->outer, line->str, (gssize) line->len);
  if (cut->options->protection == LL_HEADER_PROTECTION_CIPHER && stays_inside (cut, field)
      && strcmp (field->name, "mime-version") != 0)
    g_string_append_printf (cut->front, "HP-Outer: %s", line->str);
}

/* -- what stands inside ---------------------------------------------------------------------- */

/* Whether parameters can be added after this value: no quote and no comment is left open. */
static gboolean
can_grow (const char *value, gsize length)
{
  gboolean quoted = FALSE;
  guint comments = 0;

  for (gsize i = 0; i < length; i++)
    {
      if (value[i] == '\\')
        i++;
      else if (value[i] == '"' && comments == 0)
        quoted = !quoted;
      else if (!quoted && value[i] == '(')
        comments++;
      else if (!quoted && value[i] == ')' && comments > 0)
        comments--;
    }
  return !quoted && comments == 0 && length > 0;
}

/* Appended to a Content-Type. */
static char *
parameters (LlHeaderProtection protection)
{
  static const char *const hp[] = {
    [LL_HEADER_PROTECTION_OLD] = "",
    [LL_HEADER_PROTECTION_CIPHER] = ";\r\n\thp=\"cipher\"",
    [LL_HEADER_PROTECTION_CLEAR] = ";\r\n\thp=\"clear\"",
  };

  return g_strdup_printf ("%s;\r\n\tprotected-headers=\"v1\"", hp[protection]);
}

static gboolean
is_space (char byte)
{
  return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static void
extend_type (Cut *cut, const Field *field)
{
  g_autofree char *gained = parameters (cut->options->protection);
  gsize end = field->end;

  while (end > field->value && is_space (cut->header[end - 1]))
    end--;
  if (!can_grow (cut->header + field->value, end - field->value))
    return;
  g_ptr_array_add (cut->inner,
                   ll_edit_new (end, 0, cut->header[end - 1] == ';' ? gained + 1 : gained, NULL));
}

static void
put_inside (Cut *cut, const Field *field)
{
  gboolean type = strcmp (field->name, "content-type") == 0;

  if (!stays_inside (cut, field))
    g_ptr_array_add (cut->inner, ll_edit_new (field->start, field->end - field->start, "", NULL));
  else if (type && !cut->typed)
    extend_type (cut, field);
  cut->typed = cut->typed || type;
}

/* What was added on the way stands before what came with the letter. */
static void
put_trace (Cut *cut)
{
  for (guint i = 0; cut->edits != NULL && i < cut->edits->len; i++)
    {
      const LlEdit *edit = g_ptr_array_index (cut->edits, i);

      if (ll_edit_is_trace (edit))
        g_string_append (cut->outer, edit->replacement);
    }
}

/* The letter's own edits in @field. */
static void
take_edits (Cut *cut, const Field *field)
{
  for (guint i = 0; cut->edits != NULL && i < cut->edits->len; i++)
    {
      const LlEdit *edit = g_ptr_array_index (cut->edits, i);

      if (!ll_edit_is_trace (edit) && edit->offset >= field->start && edit->offset < field->end)
        g_ptr_array_add (cut->inner,
                         ll_edit_new (edit->offset, edit->length, edit->replacement, edit->what));
    }
}

/* -- the cut --------------------------------------------------------------------------------- */

static void
cut_field (Cut *cut, const Field *field)
{
  if (is_removed (cut, field))
    {
      take_edits (cut, field);
      return;
    }
  if (stays_inside (cut, field))
    take_edits (cut, field);
  put_inside (cut, field);
  if (stays_outside (cut, field))
    put_outside (cut, field);
}

static void
finish_outer (Cut *cut)
{
  if (cut->options->autocrypt != NULL && !cut->has_autocrypt)
    g_string_append (cut->outer, cut->options->autocrypt);
  if (!cut->versioned)
    g_string_append (cut->outer, "MIME-Version: 1.0\r\n");
}

static void
finish_inner (Cut *cut)
{
  g_autofree char *gained = parameters (cut->options->protection);

  if (cut->options->gossip != NULL)
    g_string_append (cut->front, cut->options->gossip);
  if (!cut->typed)
    g_string_append_printf (cut->front, "Content-Type: text/plain; charset=us-ascii%s\r\n", gained);
  if (cut->length == 0)
    g_string_append (cut->front, "\r\n");
  if (cut->front->len > 0)
    g_ptr_array_insert (cut->inner, 0, ll_edit_new (cut->front_at, 0, cut->front->str, NULL));
}

/* What ends a letter that is all header, without a blank line; @at: where its fields end. */
static const char *
missing_end (const Cut *cut, gsize at)
{
  if (at < cut->length || cut->length == 0)
    return "";
  return cut->header[cut->length - 1] == '\n' ? "\r\n" : "\r\n\r\n";
}

LlSurgery *
ll_surgery_new (const char *header,
                gsize length,
                const GPtrArray *edits,
                const LlSurgeryOptions *options,
                GError **error)
{
  g_autoptr (LlSurgery) surgery = g_new0 (LlSurgery, 1);
  g_autoptr (GString) front = g_string_new (NULL);
  Cut cut = { .header = header, .length = length, .edits = edits, .options = options };
  Field field;
  gsize at = 0;

  if (length > LL_HEADER_MAX)
    {
      g_set_error_literal (error, LL_MESSAGE_ERROR, LL_MESSAGE_ERROR_TOO_LARGE,
                           "The letter's header is too long to be locked");
      return NULL;
    }
  surgery->inner = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_edit_free);
  cut.inner = surgery->inner;
  cut.front = front;
  cut.outer = g_string_new (NULL);
  put_trace (&cut);
  for (; next_field (&cut, at, &field); at = field.end)
    {
      if (at == 0 && (header[0] == ' ' || header[0] == '\t'))
        cut.front_at = field.end;
      cut_field (&cut, &field);
    }
  finish_inner (&cut);
  finish_outer (&cut);
  surgery->outer = g_string_free (cut.outer, FALSE);
  surgery->tail = missing_end (&cut, at);
  return g_steal_pointer (&surgery);
}

void
ll_surgery_free (LlSurgery *surgery)
{
  if (surgery == NULL)
    return;
  g_clear_pointer (&surgery->inner, g_ptr_array_unref);
  g_free (surgery->outer);
  g_free (surgery);
}
