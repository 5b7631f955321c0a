/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "policy/decide.h"

G_BEGIN_DECLS

/*
 * What is asked for one recipient: the account's policy, the first rule that
 * matches, then the letter's own tags and header, which only strengthen. Says
 * nothing about the way.
 */

typedef struct
{
  LlMode mode;     /* OPPORTUNISTIC, FORCED or EXCLUSIVE */
  gboolean lock;   /* always locked: mode encrypt, [encrypt], [pickup] */
  gboolean pickup; /* ... as a pickup page */
  gboolean hold;   /* [hold] */
  LlMinimum minimum;
  LlUnknown unknown;
  const GArray *fallback; /* of LlMethod (not owned) */
  guint rule;             /* its number, 0: none */
  gboolean requiretls;    /* by rule or [tls] */
  gboolean fixed;         /* the administrator locked the mode */
  gboolean open_question; /* the content, not known yet, may change the rule */
  const char *bad_mode;   /* a Letterlock-Mode that means nothing (not owned) */
} LlDemand;

LlDemand ll_demand (const LlPolicyInput *input);

/* What people call it: ENCRYPT where everything is locked. */
LlMode ll_demand_mode (const LlDemand *demand);

/* Whether this letter to this recipient may be turned into another (design 4.4: calendars,
 * reports, automatic mail, lists and no-reply addresses are not). */
gboolean ll_policy_is_convertible (const LlPolicyInput *input);

/* "noreply@", "do-not-reply@"... */
gboolean ll_policy_is_no_reply (const char *address);

G_END_DECLS
