/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "policy/reason-private.h"

#include "api/intl.h"

#include <string.h>

/* So that the reason stands within the first 120 characters of an SMTP reply. */
#define DOMAIN_SHOWN 48

/* -- what is known of the way: evidence by source ------------------------------------------ */

typedef struct
{
  const char *seen;      /* from here */
  const char *published; /* DNS and HTTPS only: the server itself was not looked at */
  const char *listed;    /* the shipped table */
  const char *portal;    /* from outside */
} Row;

static const Row ways[] = {
  [LL_EVIDENCE_PLAIN]
  = { N_ ("mail server offers no TLS"), N_ ("mail server is known to offer no TLS"),
      N_ ("mail server is listed as one without TLS"),
      N_ ("mail server offers no TLS, as seen from outside") },
  [LL_EVIDENCE_WEAK]
  = { N_ ("mail server offers only outdated encryption, which counts as none"),
      N_ ("mail server is known to offer only outdated encryption, which counts as none"),
      N_ ("mail server is listed as one with outdated encryption, which counts as none"),
      N_ ("mail server offers only outdated encryption, as seen from outside") },
  [LL_EVIDENCE_OPP]
  = { N_ ("mail server encrypts, but nothing proves that it is the right one"),
      N_ ("mail server has to encrypt by its published keys, none of which is usable"),
      N_ ("mail server is listed as one that encrypts; it was not seen from here"),
      N_ ("mail server encrypts, as seen from outside, without proof of who it is") },
  [LL_EVIDENCE_PKIX]
  = { N_ ("mail server encrypts with a valid certificate; that it is the right server is not "
          "proven"),
      N_ ("mail server is said to encrypt with a valid certificate; it was not seen from here"),
      N_ ("mail server is listed as one with a valid certificate; it was not seen from here"),
      N_ ("mail server encrypts with a valid certificate, as seen from outside") },
  [LL_EVIDENCE_HALF]
  = { N_ ("mail server shows the key published for it; that it is the right server is not proven"),
      N_ ("a key is published for the mail server; that it is the right server is not proven"),
      N_ ("mail server is listed as one with a published key; it was not seen from here"),
      N_ ("mail server shows the key published for it, as seen from outside") },
  [LL_EVIDENCE_STS]
  = { N_ ("the domain asks for verified TLS (MTA-STS) and its mail server showed it"),
      N_ ("the domain asks for verified TLS (MTA-STS); its mail server was not seen from here"),
      N_ ("the domain is listed as one that asks for verified TLS (MTA-STS)"),
      N_ ("the domain asks for verified TLS (MTA-STS), and from outside its mail server showed "
          "it") },
  [LL_EVIDENCE_DANE]
  = { N_ ("the domain publishes signed keys (DANE) and its mail server showed them"),
      N_ ("the domain publishes signed keys (DANE); its mail server was not seen from here"),
      N_ ("the domain is listed as one that publishes signed keys (DANE)"),
      N_ ("the domain publishes signed keys (DANE), and from outside its mail server showed "
          "them") },
};

static const char *
way_of (LlEvidence evidence, LlSource source)
{
  const Row *row = &ways[evidence];

  switch (source)
    {
    case LL_SOURCE_NONE:
    case LL_SOURCE_SEEN:
      return row->seen;
    case LL_SOURCE_PUBLISHED:
      return row->published;
    case LL_SOURCE_LISTED:
      return row->listed;
    case LL_SOURCE_PORTAL:
      return row->portal;
    }
  g_return_val_if_reached (row->seen);
}

/* Why could nobody look? */
static const char *const unknown_whys[] = {
  [LL_WHY_NONE] = N_ ("mail server was not looked at"),
  [LL_WHY_PORT25]
  = N_ ("mail server cannot be looked at, since this network blocks or diverts port 25"),
  [LL_WHY_INTERNAL] = N_ ("mail server is inside a private network and was not looked at"),
  [LL_WHY_DNS] = N_ ("mail server is not known, since this network's DNS cannot be trusted"),
  [LL_WHY_OFFLINE]
  = N_ ("mail server cannot be looked at, since there is no working network connection"),
  [LL_WHY_REFUSED] = N_ ("mail server does not talk to this computer, so nothing is known of it"),
  [LL_WHY_TEMPORARY] = N_ ("mail server gave no usable answer"),
  [LL_WHY_INTERCEPTED]
  = N_ ("its policy cannot be relied on, since this network opens encrypted connections"),
  [LL_WHY_OVERDUE] = N_ ("mail server was still being looked at"),
};

/* Published security that fails: what does not fit. */
static const struct
{
  LlCode code;
  const char *text;
} failures[] = {
  { LL_CODE_DNSSEC_INVALID, N_ ("its signed DNS entries do not check out or cannot be had") },
  { LL_CODE_TLSA_INVALID, N_ ("mail server's certificate is not the one it publishes (DANE)") },
  { LL_CODE_DANE_REQUIRED, N_ ("it publishes keys (DANE) that could not be checked") },
  { LL_CODE_STARTTLS_NOT_SUPPORTED, N_ ("it promises TLS, but its mail server offers none") },
  { LL_CODE_CERTIFICATE_HOST_MISMATCH,
    N_ ("it promises verified TLS, but its certificate is for another name") },
  { LL_CODE_CERTIFICATE_EXPIRED,
    N_ ("it promises verified TLS, but its certificate has expired or is not valid yet") },
  { LL_CODE_CERTIFICATE_NOT_TRUSTED,
    N_ ("it promises verified TLS, but its certificate is not from an issuer known here") },
  { LL_CODE_STS_POLICY_INVALID,
    N_ ("its published policy (MTA-STS) excludes all its mail servers") },
  { LL_CODE_WEAK_PROTOCOL, N_ ("it promises verified TLS, but offers an outdated kind") },
  { LL_CODE_WEAK_CIPHER, N_ ("it promises verified TLS, but offers an outdated kind") },
  { LL_CODE_WEAK_KEY, N_ ("it promises verified TLS, but its key is too short") },
  { LL_CODE_VALIDATION_FAILURE, N_ ("mail server does not fit what is published about it") },
  { LL_CODE_UNKNOWN_TEMP, N_ ("its mail servers could not be looked up in DNS") },
};

static const char *
failure_of (LlCode code)
{
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    if (failures[i].code == code)
      return failures[i].text;
  return N_ ("mail server does not keep to what the domain publishes");
}

static const char *
nomail_of (const LlReason *reason)
{
  if (reason->code == LL_CODE_NULL_MX)
    return N_ ("this domain accepts no mail at all");
  if (reason->cause == LL_CAUSE_ABSENT)
    return reason->unaddressed
               ? N_ ("DNS says, without proof, that this domain has no mail server with an address")
               : N_ ("DNS says, without proof, that this domain does not exist");
  if (reason->unaddressed)
    return N_ ("this domain has no mail server with an address");
  return N_ ("this domain does not exist");
}

static char *
state_of (const LlReason *reason)
{
  if (reason->cause == LL_CAUSE_DOWNGRADE)
    return reason->was != NULL
               ? g_strdup_printf (N_ ("it was better protected before (%s); why that changed is "
                                      "not known"),
                                  reason->was)
               : g_strdup (N_ ("it was better protected before; why that changed is not known"));
  if (ll_evidence_is_ordered (reason->evidence))
    return g_strdup (way_of (reason->evidence, reason->source));
  if (reason->evidence == LL_EVIDENCE_NOMAIL)
    return g_strdup (nomail_of (reason));
  if (reason->evidence == LL_EVIDENCE_BROKEN)
    return g_strdup (failure_of (reason->code));
  return g_strdup (unknown_whys[reason->why]);
}

/* -- when, and how much of it ------------------------------------------------------------------ */

static gboolean
was_tried (LlWhy why)
{
  return why != LL_WHY_NONE && why != LL_WHY_INTERNAL && why != LL_WHY_OVERDUE;
}

/* "seen 2026-11-22 16:31 UTC, 2 of 3 servers"; NULL when there is nothing to say. */
static char *
when_of (const LlReason *reason)
{
  g_autofree char *time
      = reason->when > 0 ? ll_reason_time (reason->when, "%Y-%m-%d %H:%M UTC") : NULL;
  gboolean known = reason->evidence != LL_EVIDENCE_UNKNOWN;

  if (reason->source == LL_SOURCE_LISTED && known)
    return g_strdup_printf (N_ ("%s%slist of %s"), reason->listed != NULL ? reason->listed : "",
                            reason->listed != NULL ? ", " : "",
                            reason->list_of != NULL ? reason->list_of : N_ ("this version"));
  if (time == NULL || (!known && !was_tried (reason->why)))
    return NULL;
  if (!known)
    return g_strdup_printf (N_ ("tried %s"), time);
  if (reason->source == LL_SOURCE_SEEN && reason->seen < reason->total)
    return g_strdup_printf (N_ ("seen %s, %u of %u servers"), time, reason->seen, reason->total);
  if (reason->source == LL_SOURCE_SEEN || reason->source == LL_SOURCE_PORTAL)
    return g_strdup_printf (N_ ("seen %s"), time);
  return g_strdup_printf (N_ ("looked up %s"), time);
}

/* -- what is done ---------------------------------------------------------------------------- */

static const char *
lock_words (const LlReason *reason)
{
  switch ((guint) reason->method)
    {
    case LL_METHOD_PGP:
      return reason->unchecked ? N_ ("locked with PGP for a key that nobody vouches for")
                               : N_ ("locked with PGP");
    case LL_METHOD_SMIME:
      return reason->unchecked ? N_ ("locked with S/MIME for a certificate that nobody vouches for")
                               : N_ ("locked with S/MIME");
    default:
      return N_ ("locked behind a pickup link");
    }
}

/* Evidence of encryption that is still not enough. */
static const char *
wish_of (const LlReason *reason)
{
  if (!ll_evidence_is_ordered (reason->evidence) || reason->evidence < LL_EVIDENCE_OPP)
    return NULL;
  switch (reason->minimum)
    {
    case LL_MINIMUM_ENCRYPTED:
      return NULL;
    case LL_MINIMUM_VERIFIED:
      return N_ ("your settings ask for a server whose certificate verifies");
    case LL_MINIMUM_POLICY:
      return N_ ("your settings ask for MTA-STS or DANE");
    case LL_MINIMUM_ASSURED:
      return N_ ("your settings ask that somebody is bound to use TLS");
    }
  g_return_val_if_reached (NULL);
}

/* Each is read by a program, by many, or by nobody, and a locked one by none of them. */
static const char *
kind_words (const LlReason *reason)
{
  switch (reason->letter)
    {
    case LL_KIND_CALENDAR:
      return N_ (
          "held, since invitations and their answers are never locked by themselves: calendars "
          "could not read them");
    case LL_KIND_REPORT:
      return N_ ("held, since reports about other letters are never locked by themselves: programs "
                 "read them");
    case LL_KIND_AUTO:
      return N_ ("held, since automatic letters are never locked by themselves");
    case LL_KIND_LIST:
      return N_ (
          "held, since letters of a mailing list are never locked by themselves: many read them");
    case LL_KIND_SETUP:
      return N_ ("held, since a letter that takes your key to another device is never locked by "
                 "itself: that device could not open it");
    case LL_KIND_ORDINARY:
      return N_ ("held, since letters to an address that takes no answers are never locked by "
                 "themselves: a program reads them");
    }
  g_return_val_if_reached ("held");
}

static const char *
held_words (const LlReason *reason)
{
  switch (reason->lock)
    {
    case LL_LOCK_NONE:
      return N_ ("held, since no way to lock it can be used now");
    case LL_LOCK_ASKS:
      return N_ ("held, since a key was found that nobody vouches for: accept it or not in the "
                 "window, or with letterlock key");
    case LL_LOCK_CHANGED:
      return N_ ("held, since the recipient's key is another one than before: accept it or not in "
                 "the window, or with letterlock key");
    case LL_LOCK_KIND:
      return kind_words (reason);
    case LL_LOCK_PICKUP:
      return N_ ("held, since it is to go behind a pickup link and none can be made here");
    case LL_LOCK_MISFIT:
      return "held, since " LL_REASON_MISFIT;
    case LL_LOCK_USED:
    case LL_LOCK_UNASKED:
      return N_ ("held for your decision");
    }
  g_return_val_if_reached ("held");
}

static const char *
later_words (LlCause cause)
{
  if (cause == LL_CAUSE_ABSENT)
    return N_ ("asked again in 10 minutes, then not sent");
  if (cause == LL_CAUSE_LOOKING)
    return N_ ("waits for the result");
  return N_ ("looked at again for 4 hours, then not sent");
}

static const char *
action_of (const LlReason *reason)
{
  switch (reason->kind)
    {
    case LL_DECISION_SEND:
      if (reason->cause == LL_CAUSE_RELEASED)
        return N_ ("sent, as you decided");
      return reason->cause == LL_CAUSE_OVERRIDDEN
                 ? N_ ("sent, since you took this risk for the domain")
                 : NULL;
    case LL_DECISION_LOCK:
      return lock_words (reason);
    case LL_DECISION_HOLD:
      return held_words (reason);
    case LL_DECISION_LATER:
      return later_words (reason->cause);
    case LL_DECISION_REFUSE:
    case LL_DECISION_DROP:
      return N_ ("not sent");
    }
  g_return_val_if_reached (NULL);
}

/* -- what the letter itself asks, whatever the way is worth ---------------------------------- */

static char *
header_words (const char *header)
{
  g_autofree char *word = g_utf8_make_valid (header != NULL ? header : "", -1);
  g_autofree char *shown = g_utf8_substring (word, 0, MIN (g_utf8_strlen (word, -1), 30));

  for (char *c = shown; *c != '\0'; c++)
    if ((guchar) *c < ' ' || *c == 0x7f || *c == '"')
      *c = '?';
  return g_strdup_printf (N_ ("held, since its header Letterlock-Mode says \"%s\", which is no "
                              "mode"),
                          shown);
}

/* NULL: the way is the reason. */
static char *
question_of (const LlReason *reason)
{
  switch (reason->cause)
    {
    case LL_CAUSE_HOLD:
      return g_strdup (N_ ("held, since the letter itself asks for that"));
    case LL_CAUSE_HEADER:
      return header_words (reason->header);
    case LL_CAUSE_CONTRADICTION:
      return g_strdup (
          N_ ("held, since it is to be locked, and to go over TLS or not at all: choose one"));
    case LL_CAUSE_REPLY:
      return g_strdup (N_ ("held, since it answers a letter that went locked and would itself go "
                           "unlocked"));
    case LL_CAUSE_MISFIT:
      return g_strdup_printf (N_ ("held, since %s"), LL_REASON_MISFIT);
    case LL_CAUSE_TLS_NO:
      return g_strdup (
          N_ ("held, since the letter asks to go even without TLS and your settings do not "
              "allow that"));
    case LL_CAUSE_REQUIRETLS:
      return g_strdup (N_ ("the letter asks for verified TLS all the way (REQUIRETLS), which your "
                           "provider does not offer; not sent"));
    case LL_CAUSE_ASKED:
      return reason->kind == LL_DECISION_LOCK
                 ? g_strdup_printf (N_ ("%s, as the letter or your settings ask"),
                                    lock_words (reason))
                 : g_strdup_printf (N_ ("it is to be locked; %s"), held_words (reason));
    case LL_CAUSE_WAY:
    case LL_CAUSE_BELOW:
    case LL_CAUSE_NOMAIL:
    case LL_CAUSE_ABSENT:
    case LL_CAUSE_BROKEN:
    case LL_CAUSE_DOWNGRADE:
    case LL_CAUSE_UNKNOWN:
    case LL_CAUSE_LOOKING:
    case LL_CAUSE_SEALED:
    case LL_CAUSE_OVERRIDDEN:
    case LL_CAUSE_RELEASED:
      return NULL;
    }
  g_return_val_if_reached (NULL);
}

/* -- the sentence ---------------------------------------------------------------------------- */

static void
add_part (GString *text, const char *part)
{
  if (part != NULL && *part != '\0')
    g_string_append_printf (text, "%s%s", text->str[text->len - 1] == ' ' ? "" : "; ", part);
}

/* Why there is no lock, where there should be one. */
static void
add_lock (GString *text, const LlReason *reason)
{
  if (reason->kind == LL_DECISION_HOLD && reason->lock == LL_LOCK_NONE)
    add_part (text, reason->no_lock);
}

static GString *
begin (const char *domain)
{
  gsize length = strlen (domain);
  GString *text = g_string_new (NULL);

  if (length <= DOMAIN_SHOWN)
    g_string_append (text, domain);
  else
    g_string_append_printf (text, "...%s", domain + length - (DOMAIN_SHOWN - 3));
  g_string_append (text, ": ");
  return text;
}

char *
ll_reason (const LlReason *reason)
{
  GString *text = begin (reason->domain);
  g_autofree char *question = question_of (reason);
  g_autofree char *state = state_of (reason);
  g_autofree char *when = when_of (reason);
  g_autofree char *bound = reason->kind == LL_DECISION_SEND ? ll_reason_bound (reason) : NULL;

  if (question != NULL)
    {
      add_part (text, question);
      add_lock (text, reason);
      return g_string_free (text, FALSE);
    }
  add_part (text, state);
  add_part (text, action_of (reason));
  add_lock (text, reason);
  add_part (text, reason->tampered
                      ? N_ ("somebody on the way seems to change what its mail server says")
                      : NULL);
  if (reason->cause == LL_CAUSE_BELOW)
    add_part (text, wish_of (reason));
  if (reason->cause == LL_CAUSE_BROKEN)
    add_part (text, N_ ("this may be an attack or a mistake there"));
  if (reason->cause == LL_CAUSE_BROKEN || reason->cause == LL_CAUSE_DOWNGRADE)
    add_part (text, reason->void_override
                        ? N_ ("your override does not count where TLS or nothing is "
                              "asked for, or your administrator decides")
                        : NULL);
  add_part (text, bound);
  if (bound != NULL && reason->cannot_insist)
    add_part (text,
              N_ ("your provider does not take REQUIRETLS, so it cannot be told to insist on TLS"));
  if (bound != NULL && reason->bound == LL_BOUND_NOBODY && reason->same_provider)
    add_part (text, N_ ("your provider is theirs too, so it probably does not cross the Internet"));
  if (bound != NULL && reason->letter == LL_KIND_LIST)
    add_part (text, N_ ("who gets it from the list, and how, is not known"));
  if (bound != NULL && reason->fits == LL_FITS_OTHERS)
    add_part (text, LL_REASON_MISFIT);
  if (reason->evidence != LL_EVIDENCE_NOMAIL)
    add_part (text, when);
  return g_string_free (text, FALSE);
}
