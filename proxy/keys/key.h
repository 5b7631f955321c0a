/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/names.h"

#include <glib.h>

G_BEGIN_DECLS

/*
 * One key or certificate of somebody, as it was found: immutable, shared by reference.
 * Says what it is and what is wrong with it; whether it is used is decided in
 * keys/trust.h.
 */

typedef struct
{
  gint ref_count;
  LlMethod method;   /* PGP or SMIME */
  char *fingerprint; /* lower-case hex: of the primary key (v4: 40 digits), SHA-256 of a
                      * certificate */
  char *user_id;     /* for people: "Bob <bob@b.example>" or the certificate's subject */
  GStrv addresses;   /* that it names, normalised (wire/address.h) */
  LlKeySource source;
  LlTrust trust; /* by itself; what a contact says comes on top */
  LlKeyDefect defect;
  gint64 found; /* wall seconds */
  gint64 created;
  gint64 expires; /* 0: never */
  guint bits;
  char *algorithm;    /* "rsa3072", "cv25519", "P-256" */
  char *issuer;       /* of a certificate, else NULL */
  char *note;         /* a sentence beside it ("revocation could not be checked"), or NULL */
  gboolean signs;     /* of an OpenPGP key: it can sign */
  gboolean gcm;       /* a certificate that announces AES-GCM */
  GPtrArray *issuers; /* of GBytes (DER): who vouches for a verified certificate, its own issuer
                       * first; or NULL */
  GStrv ids;          /* how locked letters name it (message/sealed.h), or NULL */
  GBytes *blob;       /* OpenPGP packets or DER; NULL: in the user's GnuPG keyring */
  GBytes *pin;        /* no key at all, but what DNS says of one (keys/smimea.h); else NULL */
} LlKey;

LlKey *ll_key_new (LlMethod method, LlKeySource source);
LlKey *ll_key_ref (LlKey *key);
void ll_key_unref (LlKey *key);

/* A copy with another defect, trust or note. (transfer full) */
LlKey *ll_key_copy (const LlKey *key);

/* Whether it names @address: to the letter first; without case if @loosely. */
gboolean ll_key_is_for (const LlKey *key, const char *address, gboolean loosely);

/* It was found for @address: what does not name it has that defect. */
void ll_key_expect (LlKey *key, const char *address);

/* Nothing is wrong with it at @now (wall seconds). */
gboolean ll_key_is_sound (const LlKey *key, gint64 now);

/* What is wrong, as a clause for people: "expired on 2026-11-01", "is too weak (rsa1024)"; NULL:
 * nothing. (transfer full) */
char *ll_key_defect_text (const LlKey *key);

/* What ledger, bus and command line show: method fingerprint user_id addresses source trust
 * defect found created expires (RFC 3339) bits algorithm issuer note; what is absent is not there.
 * (transfer floating) */
GVariant *ll_key_to_variant (const LlKey *key);

/* What the worker says of a key (worker/worker.h); NULL when it is malformed. (transfer full) */
LlKey *ll_key_from_engine (GVariant *dictionary, LlKeySource source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlKey, ll_key_unref)

G_END_DECLS
