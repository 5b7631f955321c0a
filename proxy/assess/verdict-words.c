/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/verdict.h"

#include "api/intl.h"

/* One sentence per evidence: who, what was seen or published, what is not known. */

static char *
no_mail (const LlVerdict *verdict)
{
  if (verdict->code == LL_CODE_NULL_MX)
    return g_strdup_printf (N_ ("%s accepts no mail"), verdict->domain);
  if (verdict->nxdomain)
    return g_strdup_printf (N_ ("%s does not exist%s"), verdict->domain,
                            verdict->proven ? "" : N_ (" according to DNS (not signed)"));
  return g_strdup_printf (N_ ("%s has no mail server with an address%s"), verdict->domain,
                          verdict->proven ? "" : N_ (" according to DNS (not signed)"));
}

static char *
unknown (const LlVerdict *verdict)
{
  switch (verdict->why)
    {
    case LL_WHY_PORT25:
      return g_strdup_printf (N_ ("the mail servers of %s cannot be seen from this network"),
                              verdict->domain);
    case LL_WHY_INTERNAL:
      return g_strdup_printf (N_ ("%s belongs to an internal network and is not looked at"),
                              verdict->domain);
    case LL_WHY_DNS:
      return g_strdup (
          N_ ("the name service of this network cannot be trusted, so nothing is known"));
    case LL_WHY_OFFLINE:
      return g_strdup (N_ ("there is no working network connection, so nothing is known"));
    case LL_WHY_REFUSED:
      return g_strdup_printf (N_ ("the mail servers of %s do not talk to this address, which says "
                                  "nothing about their encryption"),
                              verdict->domain);
    case LL_WHY_INTERCEPTED:
      return g_strdup_printf (N_ ("the policy of %s was read through a device of your network, "
                                  "which proves nothing"),
                              verdict->domain);
    case LL_WHY_OVERDUE:
      return g_strdup_printf (N_ ("the look at %s was not finished in time"), verdict->domain);
    case LL_WHY_TEMPORARY:
      return g_strdup_printf (N_ ("the mail servers of %s could not be looked at just now%s%s"),
                              verdict->domain, verdict->detail ? ": " : "",
                              verdict->detail ? verdict->detail : "");
    case LL_WHY_NONE:
      return g_strdup_printf (N_ ("the mail servers of %s were not looked at"), verdict->domain);
    }
  g_assert_not_reached ();
}

static char *
broken (const LlVerdict *verdict)
{
  if (verdict->dns_broken && verdict->hosts->len == 0)
    return g_strdup_printf (verdict->code == LL_CODE_DNSSEC_INVALID
                                ? N_ (
                                    "the signed address book entry (DNS) of %s does not verify%s%s")
                                : N_ ("the mail servers of %s cannot be looked up%s%s"),
                            verdict->domain, verdict->detail ? ": " : "",
                            verdict->detail ? verdict->detail : "");
  return g_strdup_printf (N_ ("%s publishes rules for its mail that are not met right now%s%s"),
                          verdict->domain, verdict->detail ? ": " : "",
                          verdict->detail ? verdict->detail : "");
}

static const char *
seen_words (const LlVerdict *verdict)
{
  return verdict->source == LL_SOURCE_SEEN ? "" : N_ ("; its servers were not seen from here");
}

static char *
known (const LlVerdict *verdict)
{
  const char *domain = verdict->domain;

  switch (verdict->evidence)
    {
    case LL_EVIDENCE_PLAIN:
      return g_strdup_printf (N_ ("a mail server of %s offers no encryption"), domain);
    case LL_EVIDENCE_WEAK:
      return g_strdup_printf (N_ ("the encryption of a mail server of %s is too weak to count%s%s"),
                              domain, verdict->detail ? ": " : "",
                              verdict->detail ? verdict->detail : "");
    case LL_EVIDENCE_OPP:
      if (verdict->source == LL_SOURCE_LISTED)
        return g_strdup_printf (N_ ("%s is known to encrypt (list of %s); it was not seen from "
                                    "here"),
                                verdict->provider, verdict->listed_date);
      return g_strdup_printf (N_ ("%s encrypts, but who answers there was not proved%s%s"), domain,
                              verdict->detail ? ": " : "", verdict->detail ? verdict->detail : "");
    case LL_EVIDENCE_PKIX:
      return g_strdup_printf (N_ ("%s encrypts with a valid certificate; which server is the right "
                                  "one is not protected"),
                              domain);
    case LL_EVIDENCE_HALF:
      return g_strdup_printf (N_ ("%s publishes a key for its mail server (DANE), but its list of "
                                  "servers is not signed%s"),
                              domain, seen_words (verdict));
    case LL_EVIDENCE_STS:
      return g_strdup_printf (N_ ("%s requires encryption by policy (MTA-STS)%s"), domain,
                              seen_words (verdict));
    case LL_EVIDENCE_DANE:
      return g_strdup_printf (N_ ("%s publishes signed keys for its mail servers (DANE)%s"), domain,
                              verdict->source == LL_SOURCE_SEEN ? N_ (", and they match")
                                                                : seen_words (verdict));
    case LL_EVIDENCE_NOMAIL:
      return no_mail (verdict);
    case LL_EVIDENCE_BROKEN:
      return broken (verdict);
    case LL_EVIDENCE_UNKNOWN:
      return unknown (verdict);
    }
  g_assert_not_reached ();
}

char *
ll_verdict_sentence (const LlVerdict *verdict)
{
  g_autofree char *plain = known (verdict);
  g_autofree char *sentence
      = g_strconcat (plain,
                     verdict->tampered
                         ? N_ ("; somebody on the way seems to change what its server says")
                         : NULL,
                     NULL);

  if (verdict->suspected_downgrade && verdict->was != NULL)
    return g_strdup_printf (N_ ("%s; it was %s"), sentence, verdict->was);
  if (verdict->seen < verdict->total && verdict->source == LL_SOURCE_SEEN)
    return g_strdup_printf (N_ ("%s (%u of %u servers seen)"), sentence, verdict->seen,
                            verdict->total);
  return g_steal_pointer (&sentence);
}
