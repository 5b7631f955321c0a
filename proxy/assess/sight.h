/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "assess/chain.h"
#include "assess/finding.h"
#include "wire/tls.h"

G_BEGIN_DECLS

/*
 * What one look at one address showed. Immutable, shared by all names and domains
 * behind that address; what it is worth for one of them is judged later.
 */

typedef enum
{
  LL_SIGHT_TIMEOUT,     /* no connection in time: says nothing about the server */
  LL_SIGHT_UNREACHABLE, /* refused, no route */
  LL_SIGHT_UNWELCOME,   /* 5xx to us or to EHLO: it will not talk to this address */
  LL_SIGHT_TEMPORARY,   /* 4xx, silence, closed, or a handshake that broke off */
  LL_SIGHT_PROTOCOL,    /* not SMTP */
  LL_SIGHT_PLAIN,
  LL_SIGHT_WEAK, /* TLS below the floor: code says which */
  LL_SIGHT_TLS,
} LlSightKind;

typedef struct
{
  gint ref_count;
  LlSightKind kind;
  char *address;
  char *sni;
  gboolean greeted;  /* SMTP came from there: port 25 is open */
  gboolean tampered; /* keywords overwritten, or bytes put in before TLS */
  gboolean requiretls;
  gboolean revoked; /* a stapled answer says so */
  char *greeting;   /* first line, or NULL */
  LlCode code;
  char *detail;         /* one sentence, unless TLS */
  char *note;           /* beside it: "no forward secrecy" */
  LlChain *chain;       /* what the handshake showed, or NULL */
  gboolean classified;  /* that handshake allowed every old protocol: for the words only */
  LlChainFinding trust; /* of the chain, by WebPKI, for @sni */
  gint64 time;          /* wall seconds */
  LlStages ms;          /* from the begin of the look; dns -1 */
} LlSight;

LlSight *ll_sight_new (const char *address, const char *sni);
LlSight *ll_sight_copy (const LlSight *sight);
LlSight *ll_sight_ref (LlSight *sight);
void ll_sight_unref (LlSight *sight);

/* Whether the server's TLS is below the floor. */
LlCode ll_sight_floor (const LlTlsFacts *tls, int ephemeral_dh_bits, char **detail);

/* What may be compared with what is published: NULL when TLS did not come about as it should. */
const LlChain *ll_sight_chain (const LlSight *sight);

/* The conversation came to a result about TLS, one way or the other. */
gboolean ll_sight_is_conclusive (const LlSight *sight);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlSight, ll_sight_unref)

G_END_DECLS
