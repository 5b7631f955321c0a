/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "assess/finding.h"
#include "assess/memory.h"

G_BEGIN_DECLS

/*
 * What failed stays failed until it was seen whole: a look that saw nothing (a timeout,
 * another network, a deadline) does not lift it. Who can break a way once can also make it
 * unreachable afterwards, and unknown may be sent.
 *
 * Remembered over restarts, and for no longer than a letter waits. A look-up that merely
 * failed (no DNSSEC) is not remembered: it was no published security. Nor is what had only begun to
 * fail at a deadline: it is looked at once more.
 *
 * design 1, promise 7.
 */

/* @verdict: of a whole look (@learn), or of one that is still under way, which lifts nothing. */
void ll_failure_apply (LlMemory *memory, LlVerdict *verdict, gboolean learn);

/* The person accepted what the domain is now. */
void ll_failure_forget (LlMemory *memory, const char *domain);

G_END_DECLS
