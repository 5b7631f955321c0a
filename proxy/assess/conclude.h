/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "assess/memory.h"
#include "assess/verdict.h"

G_BEGIN_DECLS

/*
 * What is added to a fold from outside the look: the provider's name, the shipped
 * table where nothing was seen, and how the domain was seen before. And for how
 * long the result may be used again.
 */

typedef struct
{
  LlMemory *memory;
  LlResolver *resolver;
  LlNetwork *network;
} LlConcludeParts;

/* More may come: nothing is settled, nothing is learnt. */
void ll_conclude_partial (const LlConcludeParts *parts, LlVerdict *verdict);

/* @before: what was concluded of the same look a moment ago; the memory has learnt from that one
 * (and a legitimate change is told once). NULL: it learns from this one. */
void ll_conclude (const LlConcludeParts *parts, LlVerdict *verdict, const LlVerdict *before);

/* Seconds; @ttl: the least of all DNS answers that it rests on (facts/assurance.md 2.6). */
gint64 ll_conclude_keep (const LlVerdict *verdict, guint32 ttl);

G_END_DECLS
