/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "policy/rule.h"

G_BEGIN_DECLS

/*
 * What the way is worth for this letter: the evidence as this provider meets it,
 * who is bound to use it, and how sure that is (design 4.3). Two scales, never one
 * score. Decides nothing.
 */

typedef struct
{
  LlEvidence evidence;
  LlSource source;
  LlWhy why;
  LlCode code;
  LlBound bound;
  LlConfidence confidence;
  gboolean requiretls; /* MAIL will carry it */
  gboolean done;       /* no more will come by waiting */
  gboolean settled;
  gboolean downgrade; /* suspected */
  gboolean absent;    /* DNS says that there is nothing to deliver to, and nobody signed that */
} LlWay;

LlWay ll_way (const LlPolicyInput *input, const LlDemand *demand);

/* Whether the way reaches @minimum. */
gboolean ll_way_meets (const LlWay *way, LlMinimum minimum);

/* TLS where there is evidence of it or somebody bound to it, else OPEN. */
LlMethod ll_way_method (const LlWay *way);

/* The mail program locked the content itself, and not for others only. */
gboolean ll_way_is_sealed (const LlPolicyInput *input);

G_END_DECLS
