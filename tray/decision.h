/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

G_BEGIN_DECLS

/*
 * What a person can decide about a held letter, as menu and notifications offer it. Only what the
 * daemon says would work for every held recipient of the letter.
 */
typedef enum
{
  LL_DECIDE_PGP,
  LL_DECIDE_SMIME,
  LL_DECIDE_ANYWAY,
  LL_DECIDE_DROP,
  LL_N_DECISIONS
} LlDecide;

/* Whether @letter, as ListLetters gives it, offers it. */
gboolean ll_decide_is_offered (GVariant *letter, LlDecide decide);
/* "Lock with PGP" */
const char *ll_decide_label (LlDecide decide);
/* The name of a notification's action: "pgp". */
const char *ll_decide_name (LlDecide decide);
gboolean ll_decide_from_name (const char *name, LlDecide *decide);

/* Asks the daemon for it. @done (may be NULL) gets its answer as of ll_daemon_call. */
void ll_decide_do (
    LlDaemon *daemon, const char *id, LlDecide decide, GAsyncReadyCallback done, gpointer data);

G_END_DECLS
