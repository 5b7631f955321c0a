/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/names.h"
#include "config/account.h"
#include "deliver/onward.h"
#include "net/resolver.h"
#include "secrets/store.h"
#include "spool/store.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The way to the provider: verified TLS, sign-in, one copy of a letter at a time
 * over warm connections (at most 2 per account). Says what happened; what that
 * means is decided in deliver/trouble.c alone.
 *
 * Promise 1 lives here: no byte of a letter and no credential on a connection
 * whose certificate did not verify for the configured name (or pin, or DANE).
 */

/* The EHLO after TLS, kept per account over restarts (what RCPT and MAIL answers rest on). */
typedef struct
{
  gboolean known;
  gboolean requiretls;
  gboolean smtputf8;
  gboolean eightbitmime;
  gboolean dsn;
  gboolean chunking;
  gboolean pipelining;
  guint64 size; /* 0: no limit said */
} LlUpstreamOffers;

typedef enum
{
  LL_OUTCOME_SENT,
  LL_OUTCOME_REFUSED,   /* 5xx */
  LL_OUTCOME_TEMPORARY, /* 4xx */
  LL_OUTCOME_NO_CONNECTION,
  LL_OUTCOME_NO_TLS,             /* no STARTTLS, handshake failed, certificate not verified */
  LL_OUTCOME_AUTH,               /* sign-in refused, or its secret is not to be had (waiting) */
  LL_OUTCOME_UNCERTAIN,          /* lost after the final dot */
  LL_OUTCOME_REQUIRETLS_REFUSED, /* MAIL with REQUIRETLS was refused: decide again without */
  LL_OUTCOME_TOO_LARGE, /* a locked copy, for this provider: decide again without this lock */
  LL_OUTCOME_CANCELLED, /* before the final dot */
  LL_OUTCOME_LOCKED,    /* the content's key or the password is behind a locked keyring */
  LL_OUTCOME_PACED,     /* not tried: the account sends no faster (deliver/queue.h) */
} LlOutcome;

/* What one recipient of a copy got. */
typedef struct
{
  LlOutcome outcome;
  guint code;
  char enhanced[12];
  char *text; /* the provider's words, or ours when there was no reply */
} LlResult;

/* What leaves in one transaction: some recipients of a letter, one MAIL command. */
typedef struct
{
  LlLetter *letter;
  GArray *recipients;     /* of guint: indexes into the envelope */
  const GPtrArray *edits; /* of LlEdit (message/parse.h): stretches left out; NULL: none */
  guint locked; /* number of the locked copy that leaves (spool/copy.h), 0: the letter itself */
  gboolean requiretls;
  GArray *accepted; /* of guint, set while before_dot is asked: those of recipients whom the
                     * provider accepted, and whom the letter is about to reach */
} LlCopy;

typedef struct
{
  GArray *results;   /* of LlResult, as copy->recipients */
  char *tls;         /* "TLSv1.3 TLS_AES_256_GCM_SHA384", or NULL */
  char *certificate; /* fingerprint */
  char *local_root;  /* "your network can read this connection": its name, or NULL */
  GStrv notes;       /* "DSN parameters were dropped: the provider does not offer DSN"... */
} LlDelivery;

void ll_delivery_free (LlDelivery *delivery);

/* Called right before the final dot (or the last BDAT chunk): the point of no return must be on
 * disk first. FALSE stops: nothing was sent. */
typedef gboolean (*LlBeforeDot) (LlCopy *copy, gpointer data);

typedef struct _LlUpstream LlUpstream;

typedef struct
{
  LlResolver *resolver;   /* (not owned) */
  LlStore *store;         /* (not owned) */
  LlSecretStore *secrets; /* (not owned) */
  const char *ca_file;
  const char *folder; /* where offers are kept */
  const char *proxy;
} LlUpstreamOptions;

LlUpstream *ll_upstream_new (const LlUpstreamOptions *options);
void ll_upstream_free (LlUpstream *upstream);

/* Other [network] settings (resolver, ca_file, proxy): connections are made by these from now on.
 * Those that there are stay until ll_upstream_drop. */
void ll_upstream_follow (LlUpstream *upstream, const LlUpstreamOptions *options);

/* Begins to connect and sign in, in the background, when no warm connection is there. */
void ll_upstream_warm (LlUpstream *upstream, const LlAccount *account);

/* From the last EHLO; known FALSE when there never was one. */
LlUpstreamOffers ll_upstream_offers (LlUpstream *upstream, const LlAccount *account);

/* Blocks (a delivery thread). A connection that is already signed in is used; offers of that very
 * connection are in *offers (promise 4). @client: credentials of the mail program for auth =
 * client, else NULL. (transfer full), never NULL. */
LlDelivery *ll_upstream_send (LlUpstream *upstream,
                              const LlAccount *account,
                              LlCopy *copy,
                              const char *client_login,
                              const LlSecret *client_password,
                              LlBeforeDot before_dot,
                              gpointer data,
                              LlDeadline deadline,
                              GCancellable *cancellable);

/* The delivery of a copy that may not go yet: nothing was tried. @rate: letters a minute, 0: the
 * provider throttles. (transfer full) */
LlDelivery *ll_upstream_pace (guint recipients, guint rate);

/* ... and that of one that waits for a network that is not metered. */
LlDelivery *ll_upstream_spare (guint recipients, guint64 size, const char *id);

/* Connects and signs in, for AUTH pass-through (auth = client) and before deciding: fills @offers.
 * SENT means signed in. (transfer full result text) */
LlResult *ll_upstream_sign_in (LlUpstream *upstream,
                               const LlAccount *account,
                               const char *client_login,
                               const LlSecret *client_password,
                               LlUpstreamOffers *offers,
                               LlDeadline deadline,
                               GCancellable *cancellable);
void ll_result_free (LlResult *result);

/* `account test`: each step as it happens ("connected to ...", "TLS 1.3...", "signed in"). */
typedef void (*LlUpstreamStep) (const char *step, gboolean ok, const char *detail, gpointer data);
gboolean ll_upstream_test (LlUpstream *upstream,
                           const LlAccount *account,
                           LlUpstreamStep step,
                           gpointer data,
                           LlDeadline deadline,
                           GCancellable *cancellable,
                           GError **error);

/* auth = oauth2: a person gives the account its permission (deliver/oauth-sign-in.h). @tell: what
 * he has to open, and to type there (or NULL). FALSE: LL_API_ERROR or LL_SECRET_ERROR. */
typedef void (*LlOauthTell) (const char *address, const char *code, gpointer data);
gboolean ll_upstream_give_permission (LlUpstream *upstream,
                                      const LlAccount *account,
                                      gboolean device,
                                      LlOauthTell tell,
                                      gpointer data,
                                      LlDeadline deadline,
                                      GCancellable *cancellable,
                                      GError **error);

/* ... and whether it has it. *reason (transfer full): a sentence, or NULL. */
LlSignIn ll_upstream_permission (LlUpstream *upstream, const LlAccount *account, char **reason);

/* Closes idle connections (network change, configuration change, idle too long). */
void ll_upstream_drop (LlUpstream *upstream);

/* A test letter (deliver/onward.h) from @sender, as it is. SENT, or why not. (transfer full) */
LlResult *ll_upstream_send_onward (LlUpstream *upstream,
                                   const LlAccount *account,
                                   const LlOnwardLetter *letter,
                                   const char *sender,
                                   LlDeadline deadline,
                                   GCancellable *cancellable);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlUpstream, ll_upstream_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlDelivery, ll_delivery_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlResult, ll_result_free)

G_END_DECLS
