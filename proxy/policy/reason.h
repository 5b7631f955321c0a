/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "policy/way.h"

G_BEGIN_DECLS

/*
 * Why a decision was made, as one sentence that a patient's receptionist understands
 * (promise 8): what was seen and when, who acts, what is not known. One table over
 * evidence, source, bound and confidence. No full stop at the end, since it ends SMTP
 * replies; the first 120 characters carry the reason.
 */

/* What tipped the scales. */
typedef enum
{
  LL_CAUSE_WAY,           /* the way is good enough, or the mode does not mind */
  LL_CAUSE_BELOW,         /* the way is not good enough */
  LL_CAUSE_NOMAIL,        /* no mail goes there at all */
  LL_CAUSE_ABSENT,        /* DNS says there is no such domain, without proof */
  LL_CAUSE_BROKEN,        /* published security that fails */
  LL_CAUSE_DOWNGRADE,     /* it was better before, and nobody signed off on that */
  LL_CAUSE_UNKNOWN,       /* could not look */
  LL_CAUSE_LOOKING,       /* still looking */
  LL_CAUSE_ASKED,         /* mode encrypt, [encrypt], [pickup] */
  LL_CAUSE_SEALED,        /* the mail program locked the content itself */
  LL_CAUSE_OVERRIDDEN,    /* a person took the risk for this domain */
  LL_CAUSE_RELEASED,      /* a person decided for this letter */
  LL_CAUSE_HOLD,          /* [hold] */
  LL_CAUSE_HEADER,        /* a Letterlock-Mode that means nothing */
  LL_CAUSE_CONTRADICTION, /* to be locked, and TLS or nothing */
  LL_CAUSE_REPLY,         /* answers a letter that went locked */
  LL_CAUSE_MISFIT,        /* the mail program locked it, but not for this recipient */
  LL_CAUSE_TLS_NO,        /* TLS-Required: No */
  LL_CAUSE_REQUIRETLS,    /* asked for, and the provider does not take it */
} LlCause;

/* Why nothing is locked where something should be. */
typedef enum
{
  LL_LOCK_USED,
  LL_LOCK_NONE,    /* none can be used now */
  LL_LOCK_ASKS,    /* there is a key that nobody vouches for: the user is asked */
  LL_LOCK_CHANGED, /* the key is another one than the last time: the user is asked */
  LL_LOCK_PICKUP,  /* it is to go behind a pickup link, and none can be made */
  LL_LOCK_KIND,    /* this kind of letter is never turned into another */
  LL_LOCK_MISFIT,  /* the mail program has locked it already, but not for this recipient */
  LL_LOCK_UNASKED, /* not wanted here */
} LlLockState;

typedef struct
{
  const char *domain;
  const char *provider; /* host of the account, or NULL */
  LlCause cause;
  LlLockState lock;
  LlDecisionKind kind;
  LlMethod method;
  LlMinimum minimum;
  LlEvidence evidence;
  LlSource source;
  LlWhy why;
  LlCode code;
  gboolean unaddressed; /* nomail: the domain exists, and none of its servers has an address */
  LlBound bound;
  LlConfidence confidence;
  gint64 when;         /* of the evidence; 0: none */
  guint seen;          /* hosts looked at */
  guint total;         /* of so many */
  const char *listed;  /* who handles its mail, by the shipped table; or NULL */
  const char *list_of; /* date of that table */
  const char *was;     /* what it was before, or NULL */
  const char *honours; /* date of the table that says what the provider follows, NULL: the user */
  gboolean stated;     /* the user said what the provider follows; else only what is known counts */
  gboolean same_provider; /* the account's provider takes the domain's mail, too */
  gboolean cannot_insist; /* REQUIRETLS is wished for, and the provider does not take it */
  gboolean tampered;      /* somebody on the way changed what a server said */
  gboolean void_override; /* a person overrode the domain, and may not here */
  gint64 declared;        /* when the user made his statement */
  const char *header;     /* Letterlock-Mode */
  LlKind letter;          /* what kind of letter it is */
  LlFits fits;            /* of a letter that is locked already */
  gboolean unchecked;     /* of LOCK: nobody vouches for the key */
  const char *no_lock;    /* of LL_LOCK_NONE: "its PGP key expired on 2026-11-01", or NULL */
} LlReason;

/* (transfer full) */
char *ll_reason (const LlReason *reason);

G_END_DECLS
