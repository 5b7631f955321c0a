/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "message/safe.h"

/* What is signed of these bytes, given in pieces of @piece octets. (transfer full), NULL: refused
 */
static inline GString *
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
