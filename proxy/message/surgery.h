/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "message/parse.h"

G_BEGIN_DECLS

/*
 * Where a letter is cut so that it can be locked: what stands outside, for those who carry it,
 * and how the inside differs from the letter as it came. The inside is the letter itself with a
 * few edits in its header, so its body cannot change (promise 5).
 *
 *   inside   every field but those of the transport (Received...), what never leaves (Bcc...) and
 *            header protection that the mail program cannot have meant (HP-Outer); Content-Type
 *            gains its parameters; fields that are gained stand first
 *   outside  every field but Content-*, what never leaves, and fields that vouch for the open
 *            bytes (DKIM-Signature); where the subject is hidden, Comments and Keywords go too
 *            (hcp_baseline). Lines that are no field stay inside. A trace field that is
 *            added (message/trace.h) stands first.
 *
 * Pure: bytes in, edits and bytes out. RFC 9788 (header protection), and protected-headers="v1"
 * for readers that are older.
 */

typedef enum
{
  LL_HEADER_PROTECTION_OLD,    /* encrypted, unsigned: protected-headers="v1" alone */
  LL_HEADER_PROTECTION_CIPHER, /* signed and encrypted: hp="cipher", with HP-Outer fields */
  LL_HEADER_PROTECTION_CLEAR,  /* signed only: hp="clear" */
} LlHeaderProtection;

typedef struct
{
  LlHeaderProtection protection;
  const char *subject;   /* stands outside in place of the real one; NULL: that stays readable */
  const char *gossip;    /* whole Autocrypt-Gossip fields for the inside, or NULL */
  const char *autocrypt; /* a whole Autocrypt field for the outside, where there is none; or NULL */
} LlSurgeryOptions;

typedef struct
{
  GPtrArray *inner; /* of LlEdit, ascending: the inside is the letter with these */
  char *outer;      /* whole fields, MIME-Version among them; the caller adds Content-* and the
                     * blank line */
  const char *tail; /* (not owned) follows the inside: the blank line of a letter that has none */
} LlSurgery;

/* @header: the @length octets up to and including the blank line (LlMessageFacts.header_length),
 * as they lie in the spool; @edits: of LlEdit, the letter's own (LlMessageFacts.edits). Headers
 * over LL_HEADER_MAX are LL_MESSAGE_ERROR_TOO_LARGE. (transfer full) */
LlSurgery *ll_surgery_new (const char *header,
                           gsize length,
                           const GPtrArray *edits,
                           const LlSurgeryOptions *options,
                           GError **error);
void ll_surgery_free (LlSurgery *surgery);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlSurgery, ll_surgery_free)

G_END_DECLS
