/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/decide.h"

G_BEGIN_DECLS

/*
 * A decision about a held letter, made a rule: to the same domain it will be done without a
 * question. The rule comes before the user's others and behind the administrator's.
 */

/* Whether there is a rule that says it. */
gboolean ll_remember_can (LlDecide decide);

void ll_remember (LlDaemon *daemon,
                  const char *domain,
                  LlDecide decide,
                  GAsyncReadyCallback callback,
                  gpointer data);
/* The same with any @rule, as of AddRule, may be floating. */
void
ll_remember_rule (LlDaemon *daemon, GVariant *rule, GAsyncReadyCallback callback, gpointer data);
gboolean ll_remember_finish (GAsyncResult *result, GError **error);

G_END_DECLS
