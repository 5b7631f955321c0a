/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * For whom a mail program locked a letter: the keys that its session key is encrypted for, as
 * they are named at the beginning of an OpenPGP message or a CMS enveloped-data. Nothing is
 * decrypted. Each key is a word that LlKey.ids can hold too:
 *
 *   pgp:0123456789abcdef        key id of a subkey
 *   cms:<sha256 of issuer>:<serial number in hex>
 *   ski:<subject key identifier in hex>
 *
 * Pure; reads the beginning of a message, at most LL_SEALED_HEAD_MAX. RFC 9580 5.1 (PKESK), 5652 6
 * (RecipientInfo, DER or BER), 5083 (authEnveloped-data).
 */

/* A hundred recipients with keys of 4096 bits. */
#define LL_SEALED_HEAD_MAX (64 * 1024)

typedef struct
{
  GPtrArray *ids; /* of char */
  gboolean whole; /* nobody else can open it: all of them were read, none is hidden, none is a
                   * passphrase */
} LlSealed;

void ll_sealed_init (LlSealed *sealed);
void ll_sealed_clear (LlSealed *sealed);

/* Both: FALSE when it is not an encrypted message, as far as it was read. */
gboolean ll_sealed_read_pgp (LlSealed *sealed, const guint8 *bytes, gsize length);
gboolean ll_sealed_read_cms (LlSealed *sealed, const guint8 *bytes, gsize length);

/* Whether it is a CMS signed-data. */
gboolean ll_sealed_is_signed_cms (const guint8 *bytes, gsize length);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LlSealed, ll_sealed_clear)

G_END_DECLS
