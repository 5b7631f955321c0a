/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "bus/actions.h"

#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

/*
 * One method call on its way: arguments checked by GDBus against the interface, run
 * on a thread of the pool, answered by a tuple or an error. For this room only.
 */

typedef struct
{
  const LlBusActions *actions;
  GVariant *arguments;       /* the tuple */
  GUnixFDList *descriptors;  /* or NULL */
  GCancellable *cancellable; /* the caller went away, or the service ends */
  gpointer service;
  GDBusMethodInvocation *invocation;
} LlBusCall;

/* Returns the reply's tuple, floating or not; an empty tuple for "done". NULL: @error. */
typedef GVariant *(*LlBusFunction) (LlBusCall *call, GError **error);

typedef struct
{
  const char *name;
  LlBusFunction run;
} LlBusMethod;

/* One table per file, ended by a NULL name. */
extern const LlBusMethod ll_bus_manager_methods[];
extern const LlBusMethod ll_bus_key_methods[];
extern const LlBusMethod ll_bus_message_methods[];
extern const LlBusMethod ll_bus_setting_methods[];
extern const LlBusMethod ll_bus_account_methods[];
extern const LlBusMethod ll_bus_submit_methods[];

/* NULL: no such method. */
const LlBusMethod *ll_bus_method_find (const char *name);

/* Runs the method, answers the invocation; consumes it. On a thread of the pool. */
void ll_bus_call_run (LlBusCall *call, const LlBusMethod *method);

/* -- for the methods ------------------------------------------------------------------ */

/* "()" */
GVariant *ll_bus_done (void);

/* "(v)" of one value; NULL stays NULL (the error is set). Consumes a floating @value. */
GVariant *ll_bus_reply (GVariant *value);

/* Sets LL_API_ERROR_UNAVAILABLE "This daemon cannot ...". Returns NULL. */
GVariant *ll_bus_cannot (GError **error, const char *what);

/* The @i-th descriptor of the message, or -1 with @error; the caller closes it. */
int ll_bus_take_descriptor (LlBusCall *call, gint32 handle, GError **error);

/* Emits @signal (u cookie, a{sv} partial) to the caller of @call alone. */
typedef struct
{
  LlBusCall *call;
  const char *signal;
  guint32 cookie;
} LlBusProgressTo;
void ll_bus_progress_cb (GVariant *partial, gpointer progress_to);

/* A string of @dictionary; NULL when it is not there. FALSE with LL_API_ERROR_INVALID when it is
 * of another type. (transfer none), as long as @dictionary lives. */
gboolean
ll_bus_take_text (GVariant *dictionary, const char *key, const char **text, GError **error);

/* The same for a list. (transfer full) */
gboolean ll_bus_take_list (GVariant *dictionary, const char *key, GStrv *list, GError **error);

/* LL_API_ERROR_INVALID naming the first key of @dictionary that is not in @known. */
gboolean ll_bus_check_keys (GVariant *dictionary, const char *const *known, GError **error);

/* Domain of a domain or address, A-label, lower case; or NULL with LL_API_ERROR_INVALID. */
char *ll_bus_domain_of (const char *target, GError **error);

G_END_DECLS
