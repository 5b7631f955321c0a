/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "keys/key.h"

G_BEGIN_DECLS

/*
 * Autocrypt-Gossip: the keys of those who can be seen in a letter, told to each other inside of
 * its lock, so that each can answer all (Autocrypt Level 1, "Key Gossip"). A key is told with what
 * is needed to lock for it and no more: its primary key, the user id of the address, the newest
 * subkey that encrypts, and the self-signatures of both. Pure.
 *
 * @address: as in To or Cc. @material: the transferable public key of @key, in packets or in ASCII
 * armour (RFC 9580 10.1, 6.). NULL: that is not in it, or the field would be longer than
 * LL_GOSSIP_MAX, or @address cannot stand there. (transfer full)
 */
char *ll_gossip_field (const char *address, const LlKey *key, GBytes *material);

/* Autocrypt Level 1: readers ignore fields over 10 KiB. */
#define LL_GOSSIP_MAX (10 * 1024)

G_END_DECLS
