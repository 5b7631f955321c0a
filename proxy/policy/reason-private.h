/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "policy/reason.h"

G_BEGIN_DECLS

/* What the files of the sentence share, and nobody else sees. */

#define LL_REASON_MISFIT                                                                           \
  N_ ("your mail program locked it, but for no key of this recipient that is known here")

/* In UTC. (transfer full) */
char *ll_reason_time (gint64 when, const char *format);

/* (transfer full) */
char *ll_reason_bound (const LlReason *reason);

G_END_DECLS
