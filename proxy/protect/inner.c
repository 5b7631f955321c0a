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
  LlSafe *safe;  /* or NULL */
  GString *raw;  /* before it is made safe */
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
  inner->safe = NULL;
  inner->raw = NULL;
  return inner;
}

void
ll_inner_make_safe (LlInner *inner, const LlSafePlan *plan)
{
  inner->safe = ll_safe_new (plan);
  inner->raw = g_string_sized_new (BLOCK);
}

void
ll_inner_free (LlInner *inner)
{
  if (inner == NULL)
    return;
  ll_edits_free (inner->edits);
  g_string_free (inner->out, TRUE);
  ll_safe_free (inner->safe);
  if (inner->raw != NULL)
    g_string_free (inner->raw, TRUE);
  g_free (inner);
}

/* The block that was read; the end when it is empty. */
static void
take (LlInner *inner, gsize length)
{
  GString *to = inner->safe != NULL ? inner->raw : inner->out;

  ll_edits_push (inner->edits, inner->block, length, to);
  if (inner->read)
    g_string_append (to, inner->tail);
  if (inner->safe == NULL)
    return;
  ll_safe_push (inner->safe, to->str, to->len, inner->out);
  g_string_truncate (to, 0);
  if (inner->read)
    ll_safe_end (inner->safe, inner->out);
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
      inner->read = got == 0;
      take (inner, (gsize) got);
    }
  *bytes = inner->out->str;
  *length = inner->out->len;
  return TRUE;
}
