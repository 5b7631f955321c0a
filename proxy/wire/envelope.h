/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The envelope of a letter: MAIL and RCPT with their parameters (RFC 5321 4.1.1,
 * RFC 3461 DSN, RFC 6531 SMTPUTF8, RFC 6152 8BITMIME, RFC 8689 REQUIRETLS).
 * Plain values; filled by listen, read by everybody after it.
 */

typedef struct
{
  char *address;  /* "a@xn--bcher-kva.example": local part as given, domain lower case A-label */
  char *original; /* as the mail program wrote it, for RCPT upstream and for people */
  char *domain;   /* A-label, lower case, no root dot; an address literal keeps its brackets */
  char *notify;   /* NOTIFY= as given, or NULL */
  char *orcpt;    /* ORCPT= as given, or NULL */
} LlRecipient;

typedef struct
{
  char *sender; /* "" for <>; as given otherwise */
  guint64 size; /* SIZE=, 0 when not given */
  gboolean body_8bit;
  gboolean smtputf8;
  gboolean requiretls;
  char *ret;             /* "FULL", "HDRS" or NULL */
  char *envid;           /* or NULL */
  GPtrArray *recipients; /* of LlRecipient */
} LlEnvelope;

LlEnvelope *ll_envelope_new (void);
LlEnvelope *ll_envelope_copy (const LlEnvelope *envelope);
void ll_envelope_free (LlEnvelope *envelope);

LlRecipient *ll_recipient_copy (const LlRecipient *recipient);
void ll_recipient_free (LlRecipient *recipient);

/* For the spool's header; from() refuses what to() would not write (LL_STORE_ERROR_CORRUPT). */
GVariant *ll_envelope_to_variant (const LlEnvelope *envelope);
LlEnvelope *ll_envelope_from_variant (GVariant *variant, GError **error);

#define ll_envelope_recipient(envelope, i)                                                         \
  ((LlRecipient *) g_ptr_array_index ((envelope)->recipients, (i)))

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlEnvelope, ll_envelope_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlRecipient, ll_recipient_free)

G_END_DECLS
