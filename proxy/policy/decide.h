/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "assess/finding.h"
#include "config/account.h"
#include "config/rules.h"
#include "message/parse.h"
#include "spool/extra.h"

G_BEGIN_DECLS

/*
 * The security decision, on one page: pure, no I/O, no clock of its own.
 * One recipient in, one decision out; the same function serves RCPT, end of
 * data, release, retry and `preview` (design 4.4; promises 4, 7, 8).
 */

/* What a person decided for this recipient (release, override). */
typedef enum
{
  LL_RELEASE_NONE,
  LL_RELEASE_SEND, /* "Send anyway": never for broken, exclusive, locked policy */
  LL_RELEASE_PGP,
  LL_RELEASE_SMIME,
  LL_RELEASE_ESCROW,
} LlRelease;

/* For whom a letter is that the mail program locked itself. */
typedef enum
{
  LL_FITS_UNKNOWN,
  LL_FITS_KEY,      /* for a key that is known as this recipient's */
  LL_FITS_ACCEPTED, /* ... and that the user accepted */
  LL_FITS_OTHERS,   /* for none of this recipient's, as far as they are known */
} LlFits;

typedef struct
{
  const LlConfig *config;
  const LlRule *tried; /* as if it stood before all others; or NULL */
  const LlAccount *account;
  const LlRecipient *recipient;
  const LlMessageFacts *facts;  /* NULL before the content is known (RCPT, preview) */
  const LlVerdict *verdict;     /* NULL: not looked yet */
  gboolean verdict_done;        /* FALSE: overdue, more may come */
  guint recipients;             /* how many the letter has (20-recipient rule) */
  guint honours;                /* LL_HONOURS_*: the provider, table or measured */
  const char *honours_date;     /* of the table that says so, NULL: the user says so */
  gboolean offers_known;        /* the provider's EHLO after TLS was seen */
  gboolean requiretls_offered;  /* in the EHLO after TLS of the connection that will carry it */
  gboolean requiretls_refused;  /* MAIL said no: decided again without it */
  gboolean requiretls_measured; /* `account test --onward` showed that it is kept */
  gboolean requiretls_broken;   /* ... that it is not: it binds nobody */
  gboolean requiretls_asked;    /* the mail program's own MAIL parameter */
  gboolean bounce;              /* MAIL FROM:<>: there REQUIRETLS is a wish (RFC 8689 5) */
  gboolean declared_measured;   /* ... that the provider keeps to what the user declared */
  gboolean declared_broken;     /* ... that it does not */
  guint locks;                  /* bit LlMethod: (1u << LL_METHOD_PGP)... that can be used now */
  guint asks;               /* ... for which there is a key that the user has to be asked about */
  guint changed;            /* ... whose key is another one than the last time */
  guint unchecked;          /* ... among @locks, whose key nobody vouches for */
  guint sure;               /* ... among @locks, whose key the user accepted */
  LlMethod preferred;       /* the contact's first one, NONE: the order of the rules */
  const char *no_lock;      /* why there is none: a clause about the best key, or NULL */
  LlFits fits;              /* of a letter that is locked already */
  gboolean overridden;      /* `override DOMAIN` is in force */
  gboolean same_provider;   /* the account's provider takes the domain's mail, too */
  gboolean reply_to_locked; /* the letter answers one that went locked */
  LlRelease release;
  gint64 received; /* wall seconds of our 250 to DATA; 0: the mail program still waits */
  gint64 now;
} LlPolicyInput;

typedef enum
{
  LL_DECISION_SEND,
  LL_DECISION_LOCK,
  LL_DECISION_HOLD,
  LL_DECISION_REFUSE, /* 5xx at RCPT or DATA; after 250: failed and told */
  LL_DECISION_DROP,   /* not sent, recorded, told */
  LL_DECISION_LATER,  /* looked at again (exclusive with unknown: up to 4 h) */
} LlDecisionKind;

typedef struct
{
  LlDecisionKind kind;
  LlMethod method; /* for SEND: TLS or OPEN; for LOCK: which; else NONE */
  LlMode mode;     /* in force */
  LlMinimum minimum;
  LlUnknown unknown;
  guint rule; /* number of the rule that matched, 0: none */
  LlEvidence evidence;
  LlSource source;
  LlWhy why;
  LlBound bound;
  LlConfidence confidence;
  LlCode code;
  gboolean requiretls;      /* MAIL carries REQUIRETLS */
  gint64 until;             /* for LATER: when patience ends (wall seconds), 0: no end */
  gboolean way_holds;       /* the way would do without a lock */
  gboolean wants_key;       /* held for want of a key, or of the user's word about one */
  gboolean settled;         /* may be said at RCPT */
  gboolean may_send_anyway; /* "Send anyway" may be offered */
  gboolean overridden;
  guint offers;    /* bit LlMethod: what may be offered to the person when held */
  char *reason;    /* one sentence that a patient's receptionist understands */
  char *smtp_code; /* for REFUSE: "550 5.7.10" and the like */
} LlDecision;

/* (transfer full) */
LlDecision *ll_policy_decide (const LlPolicyInput *input);
void ll_decision_free (LlDecision *decision);

/* send | lock | hold | refuse, for `preview` */
const char *ll_decision_name (LlDecisionKind kind);

/* How long an unknown way under `exclusive` is looked at again, and a domain that DNS denies
 * without proof (design 4.4, 4.5); seconds. */
#define LL_UNKNOWN_PATIENCE (4 * 3600)
#define LL_ABSENT_PATIENCE (10 * 60)

/* What is kept of it, and what the JSON shows of it beside the verdict: method evidence source
 * bound confidence reason code rule... */
void ll_decision_keep (const LlDecision *decision, LlExtra *extra);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlDecision, ll_decision_free)

G_END_DECLS
