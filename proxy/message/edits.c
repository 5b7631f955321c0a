/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/edits.h"

#include "base/error.h"

#include <string.h>

struct _LlEdits
{
  const GPtrArray *edits; /* (not owned) */
  guint next;             /* the first one that is not done */
  gboolean replaced;      /* its replacement is out */
  guint64 at;             /* in the original */
};

static const LlEdit *
edit_at (const LlEdits *edits, guint i)
{
  return edits->edits != NULL && i < edits->edits->len ? g_ptr_array_index (edits->edits, i) : NULL;
}

LlEdits *
ll_edits_new (const GPtrArray *list, GError **error)
{
  g_autoptr (LlEdits) edits = g_new0 (LlEdits, 1);
  guint64 end = 0;

  edits->edits = list;
  for (guint i = 0; edit_at (edits, i) != NULL; i++)
    {
      const LlEdit *edit = edit_at (edits, i);

      if (edit->offset < end || edit->length > G_MAXINT64 || edit->offset > G_MAXINT64)
        {
          g_set_error_literal (error, LL_MESSAGE_ERROR, LL_MESSAGE_ERROR_MALFORMED,
                               "the changes to this letter overlap");
          return NULL;
        }
      end = edit->offset + edit->length;
    }
  return g_steal_pointer (&edits);
}

void
ll_edits_free (LlEdits *edits)
{
  g_free (edits);
}

/* What is put in between two octets leaves as soon as the first one has. */
static void
insert_here (LlEdits *edits, GString *out)
{
  for (const LlEdit *edit = edit_at (edits, edits->next);
       edit != NULL && edit->length == 0 && edit->offset == edits->at;
       edit = edit_at (edits, edits->next))
    {
      if (edit->replacement != NULL)
        g_string_append (out, edit->replacement);
      edits->next++;
    }
}

void
ll_edits_push (LlEdits *edits, const char *bytes, gsize length, GString *out)
{
  insert_here (edits, out);
  while (length > 0)
    {
      const LlEdit *edit = edit_at (edits, edits->next);
      gsize take = length;

      if (edit == NULL || edits->at < edit->offset)
        {
          if (edit != NULL)
            take = (gsize) MIN (edit->offset - edits->at, length);
          g_string_append_len (out, bytes, (gssize) take);
        }
      else
        {
          if (!edits->replaced && edit->replacement != NULL)
            g_string_append (out, edit->replacement);
          edits->replaced = TRUE;
          take = (gsize) MIN (edit->offset + edit->length - edits->at, length);
          if (edits->at + take == edit->offset + edit->length)
            {
              edits->next++;
              edits->replaced = FALSE;
            }
        }
      bytes += take;
      length -= take;
      edits->at += take;
      insert_here (edits, out);
    }
}

guint64
ll_edits_size (const LlEdits *edits, guint64 size)
{
  guint64 result = size;

  /* an edit that reaches over the end of the letter ends with it */
  for (guint i = 0; edit_at (edits, i) != NULL; i++)
    {
      const LlEdit *edit = edit_at (edits, i);

      if (edit->offset > size || (edit->offset == size && edit->length > 0))
        break;
      result -= MIN (edit->length, size - edit->offset);
      if (edit->replacement != NULL)
        result += strlen (edit->replacement);
    }
  return result;
}
