/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "protect/inner.h"

#include "message/edits.h"

#include <string.h>

#define BLOCK 65536

struct _LlInner
{
  LlPull pull;
  gpointer data;
  LlEdits *edits;
  const char *tail;
  gboolean read; /* to its end */
  GString *out;
  char block[BLOCK];
};

LlInner *
ll_inner_new (LlPull pull, gpointer data, const LlSurgery *surgery, GError **error)
{
  g_autoptr (LlEdits) edits = ll_edits_new (surgery->inner, error);
  LlInner *inner;

  if (edits == NULL)
    return NULL;
  inner = g_new (LlInner, 1);
  inner->pull = pull;
  inner->data = data;
  inner->edits = g_steal_pointer (&edits);
  inner->tail = surgery->tail;
  inner->read = FALSE;
  inner->out = g_string_sized_new (BLOCK);
  return inner;
}

void
ll_inner_free (LlInner *inner)
{
  if (inner == NULL)
    return;
  ll_edits_free (inner->edits);
  g_string_free (inner->out, TRUE);
  g_free (inner);
}

gboolean
ll_inner_next (LlInner *inner, const char **bytes, gsize *length, GError **error)
{
  g_string_truncate (inner->out, 0);
  while (inner->out->len == 0 && !inner->read)
    {
      gssize got = inner->pull (inner->data, inner->block, BLOCK, error);

      if (got < 0)
        return FALSE;
      ll_edits_push (inner->edits, inner->block, (gsize) got, inner->out);
      inner->read = got == 0;
      if (inner->read)
        g_string_append (inner->out, inner->tail);
    }
  *bytes = inner->out->str;
  *length = inner->out->len;
  return TRUE;
}
