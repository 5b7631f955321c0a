/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

G_BEGIN_DECLS

/*
 * What a person can decide about a letter: in the window, in the menu and in notifications. Only
 * what the daemon says would work, recipient by recipient. In this order they are offered: what
 * protects, what changes nothing, what gives up.
 */
typedef enum
{
  LL_DECIDE_PGP,
  LL_DECIDE_SMIME,
  LL_DECIDE_ESCROW,
  LL_DECIDE_CHECK,  /* look at the way anew */
  LL_DECIDE_TRY,    /* now, not at its time */
  LL_DECIDE_REPEAT, /* what may have been taken already */
  LL_DECIDE_ANYWAY,
  LL_DECIDE_DROP,
  LL_N_DECISIONS
} LlDecide;

/* Whether it can be decided for @recipient, one of those of a letter. */
gboolean ll_decide_fits (GVariant *recipient, LlDecide decide);

/* All that can be decided for @recipient: bits of LlDecide. */
guint ll_decide_offered (GVariant *recipient);

/* Those of @letter, as ListLetters gives it, for whom it can be decided; @address (NULL: any)
 * alone. (transfer full) */
GStrv ll_decide_recipients (GVariant *letter, const char *address, LlDecide decide);

/* Whether one press in a notification or menu settles the letter: it can be decided for every held
 * recipient, and needs no look at the letter itself. */
gboolean ll_decide_settles (GVariant *letter, LlDecide decide);

/* "Lock with PGP" */
const char *ll_decide_label (LlDecide decide);
/* What the window asks before, where there is room for it, because it cannot be taken back; NULL:
 * nothing. A notification or menu names the letter beside it, and asks nothing. */
const char *ll_decide_question (LlDecide decide);
/* The name of a notification's action: "pgp". */
const char *ll_decide_name (LlDecide decide);
gboolean ll_decide_from_name (const char *name, LlDecide *decide);

/* Asks the daemon for it, for @recipients alone (NULL: all for whom it can be done); TRY and REPEAT
 * are for all of the letter, whatever @recipients says. @done (may be
 * NULL) gets its answer as of ll_daemon_call. */
void ll_decide_do (LlDaemon *daemon,
                   const char *id,
                   const char *const *recipients,
                   LlDecide decide,
                   GAsyncReadyCallback done,
                   gpointer data);

G_END_DECLS
