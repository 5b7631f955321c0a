/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/names.h"
#include "config/account.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * What a provider really does with letters that it cannot deliver over TLS, measured (`account
 * test --onward`, design 4.3). Small letters go to addresses whose mail server was seen to offer
 * no TLS, or none that verifies: one without a condition and, where it is offered, one with
 * REQUIRETLS. Each arrives, or comes back and says why. All that is claimed follows from these
 * letters and from nothing else; after LL_ONWARD_SECONDS they are forgotten.
 */

typedef enum
{
  LL_ONWARD_OPEN,     /* no answer yet */
  LL_ONWARD_ARRIVED,  /* delivered */
  LL_ONWARD_NO_TLS,   /* refused or returned, because of TLS by its status (RFC 3463, RFC 8689) */
  LL_ONWARD_RETURNED, /* refused or returned for another reason: says nothing */
} LlOnwardOutcome;

const char *ll_onward_outcome_name (LlOnwardOutcome outcome);

typedef struct
{
  char *token;      /* 32 hex digits: in its Message-ID and envelope id, and nowhere else */
  char *account;    /* name */
  char *server;     /* ll_onward_server */
  char *address;    /* to whom */
  LlEvidence sight; /* what its domain showed then: PLAIN, OPP or UNKNOWN */
  gboolean requiretls;
  gint64 sent;    /* wall seconds */
  gint64 settled; /* 0: open */
  LlOnwardOutcome outcome;
  char *detail; /* the status and words of the answer, or NULL */
} LlOnwardLetter;

void ll_onward_letter_free (LlOnwardLetter *letter);

/* At which server and as whom: what was measured holds for no other. (transfer full) */
char *ll_onward_server (const LlAccount *account);

typedef enum
{
  LL_KEPT_UNKNOWN, /* not measured */
  LL_KEPT_YES,
  LL_KEPT_NO, /* a letter arrived that must not have */
} LlKept;

const char *ll_kept_name (LlKept kept); /* "kept", "broken", NULL */

typedef struct
{
  LlKept requiretls;
  LlKept declared;  /* what the account states now, of the domains that it states it of */
  gboolean returns; /* it returned a letter for want of TLS, whether that is declared or not */
  guint open;       /* letters without an answer */
  gint64 time;      /* of the oldest letter that this rests on; 0: of none */
} LlOnward;

/* Pure. @letters: of LlOnwardLetter, of any account. */
LlOnward ll_onward_judge (const GPtrArray *letters, const LlAccount *account, gint64 now);

/* Pure, for a message of anybody: what it says of the letter @token to @address. A report
 * (RFC 3464) of the server that the letter was for is no word of the provider. @detail: may be set
 * (transfer full). OPEN: it says nothing. */
LlOnwardOutcome ll_onward_read (
    const char *message, gsize length, const char *token, const char *address, char **detail);

/* Gets GMime ready, which must not happen in two threads at once: by ll_onward_book_new. */
void ll_onward_start (void);

/* "5.7.10": whether the status says that TLS is what was missing. */
gboolean ll_onward_is_tls (const char *status);

/* -- the letters, kept over restarts. Thread-safe. ----------------------------------------- */

typedef struct _LlOnwardBook LlOnwardBook;

/* A file that cannot be read counts as empty. */
LlOnwardBook *ll_onward_book_new (const char *folder);
void ll_onward_book_free (LlOnwardBook *book);

/* Writes it down, in the place of one to the same address on the same condition. Takes it over. */
gboolean ll_onward_book_put (LlOnwardBook *book, LlOnwardLetter *letter, GError **error);

/* Its outcome. */
void ll_onward_book_settle (LlOnwardBook *book,
                            const char *token,
                            LlOnwardOutcome outcome,
                            const char *detail);

/* Copies; those of @account at its server. (transfer full) */
GPtrArray *ll_onward_book_letters (LlOnwardBook *book, const LlAccount *account);

LlOnward ll_onward_book_judge (LlOnwardBook *book, const LlAccount *account, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlOnwardLetter, ll_onward_letter_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlOnwardBook, ll_onward_book_free)

G_END_DECLS
