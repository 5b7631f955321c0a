/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "listen/authority.h"
#include "listen/listener.h"
#include "wire/connection.h"

G_BEGIN_DECLS

/*
 * One accepted connection from its greeting to its end: bytes between the socket
 * and the session, TLS, deadlines, and the slowing down after wrong passwords.
 * Runs in a thread of its own and owns all it touches but what stands in LlServe.
 */

typedef struct
{
  LlListenerFactory factory;
  LlAuthority *authority; /* (not owned) */
  GCancellable *stopping; /* (not owned) no new letters */
  GCancellable *cut_off;  /* (not owned) now */
  int *wrong_passwords;   /* (not owned) of all sessions since the last right one; atomic */
  gboolean implicit_tls;
  gboolean foreign;
} LlServe;

/* Takes over @fd. */
void ll_serve_connection (const LlServe *serve, int fd);

/* Promise 9: whether the process behind @fd is one of this user's. */
gboolean ll_serve_is_own (int fd);

G_END_DECLS
