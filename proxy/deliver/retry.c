/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/retry.h"

#include "base/limits.h"

static const gint64 waits[] = { 60, 5 * 60, 15 * 60, 60 * 60 };

gint64
ll_retry_next (guint tries, gint64 now)
{
  gsize step = tries > 0 ? tries - 1 : 0;

  return now + waits[MIN (step, G_N_ELEMENTS (waits) - 1)];
}

gint64
ll_retry_next_sign_in (gint64 now)
{
  return now + LL_RETRY_SIGN_IN;
}

gboolean
ll_retry_is_delayed (gint64 received, gint64 now)
{
  return now - received >= LL_RETRY_DELAYED;
}

gboolean
ll_retry_is_expired (gint64 received, gint64 now, gint64 lifetime)
{
  return now - received >= lifetime;
}

gboolean
ll_retry_decide_anew (gint64 decided, gint64 now)
{
  return decided == 0 || decided > now || now - decided >= LL_RETRY_DECIDE_ANEW;
}

gint64
ll_retry_throttled (guint times, gint64 now)
{
  gsize step = times > 0 ? times - 1 : 0;

  return now + waits[MIN (step, 2)];
}
