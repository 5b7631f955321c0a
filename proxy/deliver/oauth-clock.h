/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When an access token is used, when it is renewed, and when it is over. Pure; all in seconds of
 * the boot clock, which goes on while the machine sleeps. */
typedef struct
{
  gint64 since;
  gint64 renew; /* from here on it is renewed, and still serves */
  gint64 end;
} LlOauthClock;

typedef enum
{
  LL_OAUTH_OVER, /* as good as over: it may end while it is on its way */
  LL_OAUTH_FRESH,
  LL_OAUTH_AGING, /* use it, and renew it meanwhile */
} LlOauthAge;

/* Of a token that came @now; @lifetime: as the server said, 0: it did not. */
LlOauthClock ll_oauth_clock (guint lifetime, gint64 now);

LlOauthAge ll_oauth_age (const LlOauthClock *clock, gint64 now);

/* Whether it is so new that who refuses it does not do so for its age. */
gboolean ll_oauth_is_young (const LlOauthClock *clock, gint64 now);

G_END_DECLS
