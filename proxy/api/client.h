/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/error.h" /* LL_API_ERROR: what callers switch on */

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

/*
 * The way to the daemon: its private socket first, else the session bus, so that
 * cron, ssh and containers work like a desktop does.
 *
 * Errors are LL_API_ERROR; UNAVAILABLE with a sentence when no daemon answers.
 */

typedef struct _LlClient LlBusClient;

/* Blocks for at most a few seconds. */
LlBusClient *ll_bus_client_new (GCancellable *cancellable, GError **error);
void ll_bus_client_free (LlBusClient *client);

/* Calls @method of the interface. @arguments: a tuple, may be floating, NULL for none.
 * Descriptors in @descriptors are the caller's. @milliseconds: -1 for none. (transfer full) */
GVariant *ll_bus_client_call (LlBusClient *client,
                              const char *method,
                              GVariant *arguments,
                              GUnixFDList *descriptors,
                              int milliseconds,
                              GCancellable *cancellable,
                              GError **error);

/* As above on the thread-default main context, for programs with a window. */
void ll_bus_client_call_async (LlBusClient *client,
                               const char *method,
                               GVariant *arguments,
                               GUnixFDList *descriptors,
                               int milliseconds,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data);
GVariant *ll_bus_client_call_finish (GAsyncResult *result, GError **error);

/* For an argument "ah" that a secret goes through: a pipe with the @length bytes at @secret (NULL:
 * none), and in @handles the argument, which is floating. A pipe takes 64 KB, and what does not fit
 * is not handed over. (transfer full) */
GUnixFDList *ll_bus_client_hand_over (const char *secret, gsize length, GVariant **handles);

/* Signals, on the thread-default main context; @arguments as in the XML. Returns an id. */
typedef void (*LlBusClientSignal) (const char *name, GVariant *arguments, gpointer data);
guint ll_bus_client_subscribe (LlBusClient *client,
                               const char *signal,
                               LlBusClientSignal callback,
                               gpointer data);
void ll_bus_client_unsubscribe (LlBusClient *client, guint id);

/* The session bus; NULL: there is none, and none is started. Blocks for at most a few seconds.
 * (transfer full) */
GDBusConnection *ll_bus_session (GCancellable *cancellable);

GDBusConnection *ll_bus_client_connection (LlBusClient *client);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlBusClient, ll_bus_client_free)

G_END_DECLS
