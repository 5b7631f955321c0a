/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/scan.h"
#include "wire/envelope.h"

G_BEGIN_DECLS

/*
 * Mail addresses as they stand in MAIL and RCPT, and domain names as DNS wants
 * them. Not for header fields: those are message/'s.
 *
 * RFC 5321 4.1.2 and 4.1.3, RFC 6531 3.3 (UTF-8), RFC 5891 (IDNA2008 by libidn2).
 * Kinder than the RFC in three points that real addresses need: "a..b@" and "a.@"
 * (what a local part means is its own host's business), "_" in domain names, and
 * a missing pair of angle brackets.
 *
 * Errors: LL_WIRE_ERROR SYNTAX and TOO_LONG, with a sentence for a person.
 */

/* A mailbox taken apart. */
typedef struct
{
  char *written; /* as given, without brackets and source route */
  char *local;   /* as given, quotes included; case kept */
  char *domain;  /* lower-case A-label, or an address literal in its brackets */
} LlMailbox;

void ll_mailbox_clear (LlMailbox *mailbox);

/* "a@example.com", nothing around it. */
gboolean ll_address_parse_mailbox (const char *text, LlMailbox *mailbox, GError **error);

/* The path at the start of @scan ("<a@b>", "<@relay:a@b>", "<>", "a@b" up to a blank), moved
 * past it. "<>" gives a mailbox whose three fields are "". */
gboolean ll_address_take_path (LlScan *scan, LlMailbox *mailbox, GError **error);

/* The argument of RCPT, alone: one path. Refuses "<>". (transfer full) */
LlRecipient *ll_address_parse_recipient (const char *path, GError **error);

/* (transfer full) */
LlRecipient *ll_address_recipient_from_mailbox (const LlMailbox *mailbox);

/* "A@BÜCHER.example" becomes "A@xn--bcher-kva.example"; @domain (out) (optional) is the part
 * behind the @. What two addresses are compared by. (transfer full) */
char *ll_address_normalise (const char *mailbox, char **domain, GError **error);

/* Lower-case A-label without root dot; NULL when it is not a domain name (address literals,
 * addresses in numbers, empty labels...). A single label is one: networks have them.
 * (transfer full) */
char *ll_address_domain_ascii (const char *domain);

/* The domain of "example.com", "a@example.com" or "a@[192.0.2.1]" as recipients have it: a name as
 * above, or an address literal in its brackets. NULL when it is neither. (transfer full) */
char *ll_address_domain_of (const char *target);

/* An address in brackets instead of a name. */
gboolean ll_address_is_literal (const char *domain);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LlMailbox, ll_mailbox_clear)

G_END_DECLS
