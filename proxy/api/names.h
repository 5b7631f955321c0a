/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The words of the program: every state, piece of evidence, method and code has
 * its one name here, and nowhere else. Window, tray, command line, ledger and
 * reports all print these. Names are lower case, as in the JSON.
 *
 * The numbers are stored in the ledger and the spool: never renumber, only append.
 */

/* What is known about the way to a domain. The first seven are ordered: weaker < stronger. */
typedef enum
{
  LL_EVIDENCE_PLAIN = 0, /* answers, offers no STARTTLS */
  LL_EVIDENCE_WEAK = 1,  /* TLS below the floor: counts as none */
  LL_EVIDENCE_OPP = 2,   /* encrypted, nobody proved who answers */
  LL_EVIDENCE_PKIX = 3,  /* certificate valid for the MX name; the name came from insecure DNS */
  LL_EVIDENCE_HALF = 4,  /* TLSA matches, but the MX record itself is not signed */
  LL_EVIDENCE_STS = 5,   /* MTA-STS enforce */
  LL_EVIDENCE_DANE = 6,
  /* outside the order */
  LL_EVIDENCE_NOMAIL = 7,  /* does not accept mail at all */
  LL_EVIDENCE_BROKEN = 8,  /* published security that fails */
  LL_EVIDENCE_UNKNOWN = 9, /* could not look; LlWhy says why */
} LlEvidence;

typedef enum
{
  LL_WHY_NONE,
  LL_WHY_PORT25,   /* this network blocks port 25 */
  LL_WHY_INTERNAL, /* VPN name, single label, private address */
  LL_WHY_DNS,      /* the network's DNS cannot be trusted or does not answer */
  LL_WHY_OFFLINE,
  LL_WHY_REFUSED,     /* the server will not talk to this address */
  LL_WHY_TEMPORARY,   /* 4xx, timeout, closed */
  LL_WHY_INTERCEPTED, /* HTTPS here is read by a locally installed root */
  LL_WHY_OVERDUE,     /* still being looked at when the answer was due */
} LlWhy;

typedef enum
{
  LL_SOURCE_NONE,
  LL_SOURCE_SEEN,      /* from this machine */
  LL_SOURCE_PUBLISHED, /* DNS and HTTPS only */
  LL_SOURCE_LISTED,    /* the shipped, dated table */
  LL_SOURCE_PORTAL,    /* looked at from outside */
} LlSource;

/* Who must use TLS for this letter. */
typedef enum
{
  LL_BOUND_NOBODY,
  LL_BOUND_HONOURS,    /* the provider is known to follow MTA-STS, DANE or both */
  LL_BOUND_DECLARED,   /* the user says that the provider bounces without TLS */
  LL_BOUND_REQUIRETLS, /* the provider accepted REQUIRETLS for this letter */
  LL_BOUND_INTERNAL,   /* the account's own domains */
  LL_BOUND_DIRECT,     /* Letterlock delivered to the MX itself */
  LL_BOUND_CONTENT,    /* the content is locked */
} LlBound;

typedef enum
{
  LL_CONFIDENCE_NONE, /* null: nothing is claimed */
  LL_CONFIDENCE_OBSERVED,
  LL_CONFIDENCE_LIKELY,
  LL_CONFIDENCE_ASSURED,
} LlConfidence;

typedef enum
{
  LL_METHOD_NONE, /* null while undecided */
  LL_METHOD_TLS,
  LL_METHOD_PGP,
  LL_METHOD_SMIME,
  LL_METHOD_ESCROW,
  LL_METHOD_OPEN, /* handed to the provider; the onward way unknown or not encrypted */
} LlMethod;

typedef enum
{
  LL_STATE_CHECKING,
  LL_STATE_HELD,    /* a person decides */
  LL_STATE_WAITING, /* for a key, the network or a sign-in */
  LL_STATE_QUEUED,  /* retry timer */
  LL_STATE_SENDING,
  LL_STATE_SENT,
  LL_STATE_UNCERTAIN, /* lost after the final dot */
  LL_STATE_REFUSED,   /* the mail program was told no */
  LL_STATE_DROPPED,   /* not sent, by rule or by hand */
  LL_STATE_BOUNCED,
  LL_STATE_FAILED,
  LL_STATE_EXPIRED,
  LL_STATE_OPENED,
  LL_STATE_REPLIED,
  LL_STATE_RETRACTED,
} LlState;

/* facts/assurance.md 2.9: TLSRPT names (RFC 8460 4.3) and our own */
typedef enum
{
  LL_CODE_NONE, /* null */
  LL_CODE_STARTTLS_NOT_SUPPORTED,
  LL_CODE_CERTIFICATE_HOST_MISMATCH,
  LL_CODE_CERTIFICATE_EXPIRED,
  LL_CODE_CERTIFICATE_NOT_TRUSTED,
  LL_CODE_VALIDATION_FAILURE,
  LL_CODE_TLSA_INVALID,
  LL_CODE_DNSSEC_INVALID,
  LL_CODE_DANE_REQUIRED,
  LL_CODE_STS_POLICY_FETCH_ERROR,
  LL_CODE_STS_POLICY_INVALID,
  LL_CODE_STS_WEBPKI_INVALID,
  LL_CODE_UNKNOWN_PORT25_BLOCKED,
  LL_CODE_UNKNOWN_REFUSED,
  LL_CODE_UNKNOWN_TEMP,
  LL_CODE_WEAK_PROTOCOL,
  LL_CODE_WEAK_CIPHER,
  LL_CODE_WEAK_KEY,
  LL_CODE_DNS_NETWORK_BROKEN,
  LL_CODE_DOWNGRADE_SUSPECTED,
  LL_CODE_NULL_MX,
  LL_CODE_NO_SUCH_DOMAIN,
} LlCode;

typedef enum
{
  LL_MODE_OPPORTUNISTIC = 0, /* ordered by strength up to EXCLUSIVE */
  LL_MODE_FORCED = 1,
  LL_MODE_EXCLUSIVE = 2,
  LL_MODE_ENCRYPT = 3,
} LlMode;

typedef enum
{
  LL_MINIMUM_ENCRYPTED, /* evidence >= opp; "listed" meets this one only */
  LL_MINIMUM_VERIFIED,  /* >= pkix */
  LL_MINIMUM_POLICY,    /* >= sts, half never */
  LL_MINIMUM_ASSURED,   /* confidence assured */
} LlMinimum;

typedef enum
{
  LL_UNKNOWN_SEND,
  LL_UNKNOWN_LOCK,
  LL_UNKNOWN_HOLD,
} LlUnknown;

typedef enum
{
  LL_PRESET_EVERYDAY,
  LL_PRESET_CAREFUL, /* the default */
  LL_PRESET_CONFIDENTIAL,
  LL_PRESET_REGULATED,
} LlPreset;

/* Where a key or certificate was found. */
typedef enum
{
  LL_KEY_SOURCE_GNUPG,     /* the user's own keyring */
  LL_KEY_SOURCE_IMPORTED,  /* from a file or a letter, by the user */
  LL_KEY_SOURCE_WKD,       /* the recipient's own domain, over verified HTTPS */
  LL_KEY_SOURCE_DANE,      /* the recipient's own domain, over DNSSEC */
  LL_KEY_SOURCE_KEYSERVER, /* anybody can put one there */
  LL_KEY_SOURCE_LDAP,
} LlKeySource;

/* Why it may be used, strongest last. */
typedef enum
{
  LL_TRUST_REJECTED,  /* the user said no */
  LL_TRUST_UNCHECKED, /* nobody vouches for it */
  LL_TRUST_KEPT,      /* lies in the user's own keyring */
  LL_TRUST_PUBLISHED, /* the recipient's own domain publishes it now */
  LL_TRUST_VERIFIED,  /* a certificate whose issuer is trusted */
  LL_TRUST_ACCEPTED,  /* the user said yes */
} LlTrust;

/* Why it cannot be used. */
typedef enum
{
  LL_KEY_SOUND, /* null: nothing is wrong */
  LL_KEY_EXPIRED,
  LL_KEY_NOT_YET,
  LL_KEY_REVOKED,
  LL_KEY_DISABLED,
  LL_KEY_SIGN_ONLY,
  LL_KEY_WEAK,
  LL_KEY_OTHER_ADDRESS, /* it does not name this recipient, or not any more */
  LL_KEY_UNSUPPORTED,   /* a format that the engine does not know */
  LL_KEY_MALFORMED,
  LL_KEY_ALGORITHM, /* a certificate that asks for ciphers that are none any more */
  LL_KEY_OTHER_USE, /* ... that its issuer did not make for mail */
} LlKeyDefect;

/* What stands outside of a locked letter as its subject. */
typedef enum
{
  LL_SUBJECT_AUTO, /* as the way, the method and the contact ask */
  LL_SUBJECT_HIDE, /* [...] */
  LL_SUBJECT_KEEP, /* the real one */
} LlSubject;

/* Whether an account with auth = oauth2 may send. */
typedef enum
{
  LL_SIGN_IN_NEVER,     /* nobody signed in yet */
  LL_SIGN_IN_SIGNED_IN, /* as far as is known: a permission is stored, and was not refused since */
  LL_SIGN_IN_AGAIN,     /* the permission ended: only the user can give a new one */
  LL_SIGN_IN_REFUSED,   /* the client id or the organisation's rules do not allow it */
  LL_SIGN_IN_LOCKED,    /* the keyring does not say */
} LlSignIn;

/* Each ll_X_name gives the lower-case word ("none" words give NULL: they are null in JSON);
 * each ll_X_from_name sets @value and returns TRUE, or returns FALSE for an unknown word. */
const char *ll_evidence_name (LlEvidence value);
gboolean ll_evidence_from_name (const char *name, LlEvidence *value);
const char *ll_why_name (LlWhy value);
gboolean ll_why_from_name (const char *name, LlWhy *value);
const char *ll_source_name (LlSource value);
gboolean ll_source_from_name (const char *name, LlSource *value);
const char *ll_bound_name (LlBound value);
gboolean ll_bound_from_name (const char *name, LlBound *value);
const char *ll_confidence_name (LlConfidence value);
gboolean ll_confidence_from_name (const char *name, LlConfidence *value);
const char *ll_method_name (LlMethod value);
gboolean ll_method_from_name (const char *name, LlMethod *value);
const char *ll_state_name (LlState value);
gboolean ll_state_from_name (const char *name, LlState *value);
const char *ll_code_name (LlCode value);
gboolean ll_code_from_name (const char *name, LlCode *value);
const char *ll_mode_name (LlMode value);
gboolean ll_mode_from_name (const char *name, LlMode *value);
const char *ll_minimum_name (LlMinimum value);
const char *ll_unknown_name (LlUnknown value);

const char *ll_key_source_name (LlKeySource value);
const char *ll_trust_name (LlTrust value);
const char *ll_key_defect_name (LlKeyDefect value);
gboolean ll_key_defect_from_name (const char *name, LlKeyDefect *value);

const char *ll_subject_name (LlSubject value);
gboolean ll_subject_from_name (const char *name, LlSubject *value);
const char *ll_sign_in_name (LlSignIn value);
gboolean ll_sign_in_from_name (const char *name, LlSignIn *value);

/* Whether @evidence is one of the seven ordered ones. */
gboolean ll_evidence_is_ordered (LlEvidence evidence);

/* A letter's own state: the first that any recipient has of uncertain, held, waiting, failed,
 * bounced, dropped, refused, checking, queued, sending, sent (design 4.6). @n > 0. */
LlState ll_state_of_letter (const LlState *recipients, gsize n);

/* Nothing but a sign-in of the user's lets it send. */
gboolean ll_sign_in_needs_person (LlSignIn value);

/* No more will happen to this recipient by itself or by a person. */
gboolean ll_state_is_final (LlState state);

/* Well-known names */
#define LL_BUS_NAME "org.letterlock.Letterlock1"
#define LL_BUS_PATH "/org/letterlock/Letterlock1"
#define LL_BUS_INTERFACE "org.letterlock.Letterlock1"
#define LL_BUS_SOCKET "bus" /* inside the runtime folder */

G_END_DECLS
