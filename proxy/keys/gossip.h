/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "keys/key.h"

G_BEGIN_DECLS

/*
 * How a letter tells keys (Autocrypt Level 1). Autocrypt-Gossip: those of who can be seen in it,
 * told to each other inside of its lock, so that each can answer all. Autocrypt: its author's own,
 * outside, so that he can be answered. A key is told with what is needed to lock for it and no
 * more: its primary key, the user id of the address, the newest subkey that encrypts, and the
 * self-signatures of both. Pure.
 *
 * @name: LL_GOSSIP or LL_AUTOCRYPT. @address: as in To, Cc or From. @material: the transferable
 * public key of @key, in packets or in ASCII armour (RFC 9580 10.1, 6.). NULL: that is not in it,
 * or the field would be longer than LL_GOSSIP_MAX, or @address cannot stand there. (transfer full)
 */
char *ll_gossip_field (const char *name, const char *address, const LlKey *key, GBytes *material);

#define LL_GOSSIP "Autocrypt-Gossip"
#define LL_AUTOCRYPT "Autocrypt"

/* Autocrypt Level 1: readers ignore fields over 10 KiB. */
#define LL_GOSSIP_MAX (10 * 1024)

G_END_DECLS
