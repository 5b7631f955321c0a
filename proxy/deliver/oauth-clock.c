/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/oauth-clock.h"

#include "base/limits.h"

/* A token that ends in that many seconds may be refused while it is on its way. */
#define TOO_LATE 10

LlOauthClock
ll_oauth_clock (guint lifetime, gint64 now)
{
  gint64 seconds = lifetime > 0 ? lifetime : LL_OAUTH_LIFETIME;

  return (LlOauthClock){
    .since = now,
    .renew = now + MAX (seconds - LL_OAUTH_AHEAD, seconds / 2),
    .end = now + seconds,
  };
}

LlOauthAge
ll_oauth_age (const LlOauthClock *clock, gint64 now)
{
  if (now >= clock->end - TOO_LATE)
    return LL_OAUTH_OVER;
  return now >= clock->renew ? LL_OAUTH_AGING : LL_OAUTH_FRESH;
}

gboolean
ll_oauth_is_young (const LlOauthClock *clock, gint64 now)
{
  return now - clock->since < LL_OAUTH_YOUNG;
}
