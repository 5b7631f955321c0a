/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/names.h"

#include <string.h>

/* One table of words for each enum, indexed by its value; NULL where the word is "nothing". */

static const char *const evidence_names[]
    = { "plain", "weak", "opp", "pkix", "half", "sts", "dane", "nomail", "broken", "unknown" };
static const char *const why_names[] = { NULL,      "port25",    "internal",    "dns",    "offline",
                                         "refused", "temporary", "intercepted", "overdue" };
static const char *const source_names[] = { NULL, "seen", "published", "listed", "portal" };
static const char *const bound_names[]
    = { "nobody", "honours", "declared", "requiretls", "internal", "direct", "content" };
static const char *const confidence_names[] = { NULL, "observed", "likely", "assured" };
static const char *const method_names[] = { NULL, "tls", "pgp", "smime", "escrow", "open" };
static const char *const state_names[]
    = { "checking", "held",    "waiting", "queued",  "sending", "sent",    "uncertain", "refused",
        "dropped",  "bounced", "failed",  "expired", "opened",  "replied", "retracted" };
static const char *const code_names[] = {
  NULL,
  "starttls-not-supported",
  "certificate-host-mismatch",
  "certificate-expired",
  "certificate-not-trusted",
  "validation-failure",
  "tlsa-invalid",
  "dnssec-invalid",
  "dane-required",
  "sts-policy-fetch-error",
  "sts-policy-invalid",
  "sts-webpki-invalid",
  "unknown-port25-blocked",
  "unknown-refused",
  "unknown-temp",
  "weak-protocol",
  "weak-cipher",
  "weak-key",
  "dns-network-broken",
  "downgrade-suspected",
  "null-mx",
  "no-such-domain",
};
static const char *const mode_names[] = { "opportunistic", "forced", "exclusive", "encrypt" };
static const char *const minimum_names[] = { "encrypted", "verified", "policy", "assured" };
static const char *const unknown_names[] = { "send", "lock", "hold" };
static const char *const key_source_names[]
    = { "gnupg", "imported", "wkd", "dane", "keyserver", "ldap" };
static const char *const trust_names[]
    = { "rejected", "unchecked", "kept", "published", "verified", "accepted" };
static const char *const subject_names[] = { "auto", "hide", "keep" };
static const char *const sign_in_names[]
    = { "never", "signed-in", "sign-in-again", "refused", "locked" };
static const char *const key_defect_names[]
    = { NULL,   "expired",       "not-yet",     "revoked",   "disabled",  "sign-only",
        "weak", "other-address", "unsupported", "malformed", "algorithm", "other-use" };

static const char *
word_of (const char *const *words, gsize n, guint value)
{
  g_return_val_if_fail (value < n, NULL);
  return words[value];
}

static gboolean
value_of (const char *const *words, gsize n, const char *word, guint *value)
{
  for (guint i = 0; word != NULL && i < n; i++)
    if (words[i] != NULL && strcmp (words[i], word) == 0)
      {
        *value = i;
        return TRUE;
      }
  return FALSE;
}

#define DEFINE_NAME(Type, prefix)                                                                  \
  const char *ll_##prefix##_name (Type value)                                                      \
  {                                                                                                \
    return word_of (prefix##_names, G_N_ELEMENTS (prefix##_names), (guint) value);                 \
  }

#define DEFINE_NAMES(Type, prefix)                                                                 \
  DEFINE_NAME (Type, prefix)                                                                       \
                                                                                                   \
  gboolean ll_##prefix##_from_name (const char *name, Type *value)                                 \
  {                                                                                                \
    guint found;                                                                                   \
                                                                                                   \
    if (!value_of (prefix##_names, G_N_ELEMENTS (prefix##_names), name, &found))                   \
      return FALSE;                                                                                \
    *value = (Type) found;                                                                         \
    return TRUE;                                                                                   \
  }

DEFINE_NAMES (LlEvidence, evidence)
DEFINE_NAMES (LlWhy, why)
DEFINE_NAMES (LlSource, source)
DEFINE_NAMES (LlBound, bound)
DEFINE_NAMES (LlConfidence, confidence)
DEFINE_NAMES (LlMethod, method)
DEFINE_NAMES (LlState, state)
DEFINE_NAMES (LlCode, code)
DEFINE_NAMES (LlMode, mode)
DEFINE_NAME (LlMinimum, minimum)
DEFINE_NAME (LlUnknown, unknown)
DEFINE_NAME (LlKeySource, key_source)
DEFINE_NAME (LlTrust, trust)
DEFINE_NAMES (LlKeyDefect, key_defect)
DEFINE_NAMES (LlSubject, subject)
DEFINE_NAMES (LlSignIn, sign_in)

gboolean
ll_evidence_is_ordered (LlEvidence evidence)
{
  return evidence <= LL_EVIDENCE_DANE;
}

LlState
ll_state_of_letter (const LlState *recipients, gsize n)
{
  /* design 4.6; what a pickup adds comes after, in the order of its life */
  static const LlState order[] = {
    LL_STATE_UNCERTAIN, LL_STATE_HELD,    LL_STATE_WAITING,   LL_STATE_FAILED, LL_STATE_BOUNCED,
    LL_STATE_DROPPED,   LL_STATE_REFUSED, LL_STATE_CHECKING,  LL_STATE_QUEUED, LL_STATE_SENDING,
    LL_STATE_SENT,      LL_STATE_EXPIRED, LL_STATE_RETRACTED, LL_STATE_OPENED, LL_STATE_REPLIED,
  };

  g_return_val_if_fail (n > 0, LL_STATE_CHECKING);
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    for (gsize j = 0; j < n; j++)
      if (recipients[j] == order[i])
        return order[i];
  g_return_val_if_reached (LL_STATE_CHECKING);
}

gboolean
ll_sign_in_needs_person (LlSignIn value)
{
  switch (value)
    {
    case LL_SIGN_IN_NEVER:
    case LL_SIGN_IN_AGAIN:
    case LL_SIGN_IN_REFUSED:
      return TRUE;
    case LL_SIGN_IN_SIGNED_IN:
    case LL_SIGN_IN_LOCKED:
      return FALSE;
    }
  g_return_val_if_reached (FALSE);
}

gboolean
ll_state_is_final (LlState state)
{
  switch (state)
    {
    case LL_STATE_SENT:
    case LL_STATE_REFUSED:
    case LL_STATE_DROPPED:
    case LL_STATE_BOUNCED:
    case LL_STATE_FAILED:
    case LL_STATE_EXPIRED:
    case LL_STATE_OPENED:
    case LL_STATE_REPLIED:
    case LL_STATE_RETRACTED:
      return TRUE;
    case LL_STATE_CHECKING:
    case LL_STATE_HELD:
    case LL_STATE_WAITING:
    case LL_STATE_QUEUED:
    case LL_STATE_SENDING:
    case LL_STATE_UNCERTAIN:
      return FALSE;
    }
  g_return_val_if_reached (FALSE);
}
