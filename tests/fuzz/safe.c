/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/safe.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* (transfer full), NULL: refused */
static GString *
make_safe (const char *bytes, gsize length, gsize piece)
{
  g_autoptr (LlSafePlan) plan = ll_safe_plan_new ();
  g_autoptr (LlSafe) safe = NULL;
  GString *out;

  for (gsize at = 0; at < length; at += piece)
    ll_safe_plan_feed (plan, bytes + at, MIN (piece, length - at));
  if (!ll_safe_plan_finish (plan, NULL))
    return NULL;
  safe = ll_safe_new (plan);
  out = g_string_new (NULL);
  for (gsize at = 0; at < length; at += piece)
    ll_safe_push (safe, bytes + at, MIN (piece, length - at), out);
  ll_safe_end (safe, out);
  return out;
}

/* The same in pieces of any size; and what is safe stays as it is. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GString) whole = make_safe ((const char *) data, size, size + 1);
  g_autoptr (GString) again = NULL;
  g_autoptr (GString) pieces = make_safe ((const char *) data, size, 3);

  g_assert_true ((whole == NULL) == (pieces == NULL));
  if (whole == NULL)
    return 0;
  g_assert_true (g_string_equal (whole, pieces));
  again = make_safe (whole->str, whole->len, 4096);
  g_assert_nonnull (again);
  g_assert_true (g_string_equal (whole, again));
  return 0;
}
