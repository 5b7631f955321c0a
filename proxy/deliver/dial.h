/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "deliver/oauth.h"
#include "deliver/target.h"
#include "deliver/upstream.h"
#include "wire/client.h"
#include "wire/tls.h"

G_BEGIN_DECLS

/*
 * From a name to a connection over which letters may go: look-up, TCP, TLS (at once, or by
 * STARTTLS, which is required), the certificate, EHLO, sign-in. Nothing that belongs to the user
 * is said before the certificate was verified.
 */

typedef struct
{
  LlClient *client; /* signed in */
  char *address;
  LlTlsFacts *facts; /* NULL: no certificate was seen */
  char *tls;         /* "TLSv1.3 TLS_AES_256_GCM_SHA384" */
  char *local_root;  /* or NULL */
  gboolean resumed;
} LlDialed;

void ll_dialed_free (LlDialed *dialed); /* closes; NULL is fine */

typedef struct _LlDialer LlDialer;

LlDialer *ll_dialer_new (const LlUpstreamOptions *options);
void ll_dialer_free (LlDialer *dialer);

/* Other [network] settings: connections are made by these from now on. */
void ll_dialer_follow (LlDialer *dialer, const LlUpstreamOptions *options);

/* Who keeps the tokens. (transfer none) */
LlOauth *ll_dialer_oauth (LlDialer *dialer);

/* Forgets passwords and TLS sessions. */
void ll_dialer_forget (LlDialer *dialer);

typedef struct
{
  const LlTarget *target;
  const char *client_login; /* auth = client; else NULL */
  const LlSecret *client_password;
  LlUpstreamStep step; /* or NULL */
  gpointer data;
  LlDeadline deadline;
  GCancellable *cancellable;
} LlDial;

/* Tells who walks the way with us (dial->step) of one step. */
void ll_dial_tell (const LlDial *dial, const char *step, gboolean ok, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/* For one command. */
LlDeadline ll_dial_command_deadline (const LlDial *dial);

/* (transfer full) NULL: *problem says why, @seen (may be NULL) what was seen until then: it is
 * for words only. */
LlDialed *ll_dial (LlDialer *dialer, const LlDial *dial, LlDialed **seen, LlResult **problem);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlDialed, ll_dialed_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlDialer, ll_dialer_free)

G_END_DECLS
