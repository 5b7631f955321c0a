/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "listen/session.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The loopback server: sockets, peer-owner check (promise 9), TLS, one pooled
 * thread per connection that feeds an LlSession.
 *
 * The handler for each connection is made by a factory that the pipeline gives,
 * so this room never calls a later one.
 */

typedef struct
{
  const char *address; /* (not owned) "127.0.0.1", "::1"... */
  guint16 port;
  gboolean implicit_tls;
  gboolean foreign; /* other users and hosts may connect: TLS and AUTH always */
  int fd;           /* from socket activation, or -1 */
} LlListenerAddress;

typedef struct
{
  /* Called for each accepted connection, in its thread. What it returns is handed to the
   * handler; NULL: nothing can be served now (421). @options is preset; of what it says, tls,
   * tls_available, still_ours and (for foreign) AUTH and TLS are not the factory's to change. */
  gpointer (*open) (gpointer factory_data,
                    const char *peer,
                    gboolean foreign,
                    LlSessionOptions *options);
  void (*close) (gpointer data);
  /* @tls: the connection is in TLS now */
  void (*secured) (gpointer data);
  const LlSessionHandler *handler;
  gpointer factory_data;
} LlListenerFactory;

typedef struct _LlListener LlListener;

/* @certificate_folder: where the per-user CA and leaf live (listen/authority.h). */
LlListener *
ll_listener_new (const LlListenerFactory *factory, const char *certificate_folder, GError **error);

/* Binds and serves. A taken port: LL_CONFIG_ERROR_RANGE with a sentence that names the owner
 * (program and user, where it can be found) and the next free port. */
gboolean ll_listener_add (LlListener *listener, const LlListenerAddress *address, GError **error);

/* Stops accepting at the n-th address; those after it move up. Sessions that came that way go on.
 */
void ll_listener_remove (LlListener *listener, guint n);

/* Sockets that systemd passed (LISTEN_FDS); *n may be 0. A FileDescriptorName= that starts with
 * "smtps" says implicit TLS; what is no listening TCP socket is left alone. Once, early: it
 * removes the variables. (transfer full) */
LlListenerAddress *ll_listener_activated (guint *n);

/* Stops accepting; sessions get 421 at their next command; waits until @deadline (LlDeadline),
 * then cuts off what is left. */
void ll_listener_stop (LlListener *listener, gint64 deadline);

/* The authority's certificate in PEM, to be trusted by mail programs. (transfer full) */
char *ll_listener_export_authority (LlListener *listener);
char *ll_listener_export_server (LlListener *listener);

/* The port of the n-th address, counted from 0 (after binding port 0). Adding and removing are the
 * caller's to keep apart. */
guint16 ll_listener_port (LlListener *listener, guint n);

/* Stops at once, and waits until the last handler has returned. */
void ll_listener_free (LlListener *listener);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlListener, ll_listener_free)

G_END_DECLS
