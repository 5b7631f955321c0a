/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Every error domain of the program, on one page.
 *
 * A domain answers one question: what can the caller do? Messages are sentences
 * that name the thing; g_prefix_error adds context on the way up. What is *known*
 * about a recipient's way is never an error: see assess/finding.h.
 */

#define LL_WIRE_ERROR (ll_wire_error_quark ())
GQuark ll_wire_error_quark (void);

typedef enum
{
  LL_WIRE_ERROR_SYNTAX,       /* the bytes are not what the grammar says */
  LL_WIRE_ERROR_TOO_LONG,     /* over a limit of base/limits.h */
  LL_WIRE_ERROR_BARE_NEWLINE, /* CR or LF alone where CRLF must stand */
  LL_WIRE_ERROR_CLOSED,       /* the peer closed the connection */
  LL_WIRE_ERROR_TIMEOUT,      /* the deadline passed */
  LL_WIRE_ERROR_TLS,          /* handshake or certificate; the message says which */
  LL_WIRE_ERROR_INJECTED,     /* bytes came before TLS that belong after it */
  LL_WIRE_ERROR_UNREACHABLE,  /* no connection: refused, no route, name without address */
} LlWireError;

#define LL_CONFIG_ERROR (ll_config_error_quark ())
GQuark ll_config_error_quark (void);

typedef enum
{
  LL_CONFIG_ERROR_UNKNOWN_KEY, /* the message names the nearest valid key */
  LL_CONFIG_ERROR_TYPE,
  LL_CONFIG_ERROR_RANGE,
  LL_CONFIG_ERROR_LOCKED, /* the administrator fixed this key */
  LL_CONFIG_ERROR_FILE,   /* cannot be read or written */
} LlConfigError;

#define LL_SECRET_ERROR (ll_secret_error_quark ())
GQuark ll_secret_error_quark (void);

typedef enum
{
  LL_SECRET_ERROR_LOCKED, /* ask again once the keyring is open */
  LL_SECRET_ERROR_ABSENT, /* there is no such secret */
  LL_SECRET_ERROR_DENIED, /* the store answered, and refused */
  LL_SECRET_ERROR_FAILED, /* the store cannot be used; the message says why */
} LlSecretError;

#define LL_MESSAGE_ERROR (ll_message_error_quark ())
GQuark ll_message_error_quark (void);

typedef enum
{
  LL_MESSAGE_ERROR_MALFORMED,
  LL_MESSAGE_ERROR_TOO_LARGE,
} LlMessageError;

#define LL_STORE_ERROR (ll_store_error_quark ())
GQuark ll_store_error_quark (void);

typedef enum
{
  LL_STORE_ERROR_FULL,    /* no space; nothing was kept */
  LL_STORE_ERROR_LOCKED,  /* the key that opens it is not available now */
  LL_STORE_ERROR_CORRUPT, /* checksum, seal or structure is wrong */
  LL_STORE_ERROR_NEWER,   /* written by a newer version */
  LL_STORE_ERROR_ABSENT,  /* no such letter */
  LL_STORE_ERROR_IO,
  LL_STORE_ERROR_LOST, /* the key that opens it is gone for good */
} LlStoreError;

#define LL_DELIVER_ERROR (ll_deliver_error_quark ())
GQuark ll_deliver_error_quark (void);

typedef enum
{
  LL_DELIVER_ERROR_TEMPORARY,    /* try again later; nothing was taken */
  LL_DELIVER_ERROR_PERMANENT,    /* the provider refused */
  LL_DELIVER_ERROR_AUTH,         /* the provider refused our credentials */
  LL_DELIVER_ERROR_TLS_REQUIRED, /* no verified TLS: nothing was said */
  LL_DELIVER_ERROR_UNCERTAIN,    /* lost after the final dot: never repeat blindly */
} LlDeliverError;

#define LL_ENGINE_ERROR (ll_engine_error_quark ())
GQuark ll_engine_error_quark (void);

/* Of gpg and other engines that work in a process of their own. */
typedef enum
{
  LL_ENGINE_ERROR_MISSING,   /* gpg or our worker is not installed */
  LL_ENGINE_ERROR_NO_AGENT,  /* nothing holds the user's secret keys now */
  LL_ENGINE_ERROR_TIMEOUT,   /* was ended at its deadline */
  LL_ENGINE_ERROR_CRASHED,   /* ended by itself in the middle */
  LL_ENGINE_ERROR_LOCKED,    /* would have to ask the user: waiting for the key */
  LL_ENGINE_ERROR_DECLINED,  /* the user was asked, and said no */
  LL_ENGINE_ERROR_BAD_KEY,   /* the engine does not take this recipient's key */
  LL_ENGINE_ERROR_NO_SECRET, /* the user's own key is not there */
  LL_ENGINE_ERROR_FAILED,
} LlEngineError;

#define LL_API_ERROR (ll_api_error_quark ())
GQuark ll_api_error_quark (void);

/* The public ones; registered with D-Bus names org.letterlock.Error.* */
typedef enum
{
  LL_API_ERROR_FAILED,
  LL_API_ERROR_NOT_FOUND,   /* unknown id, account, rule, key of the configuration */
  LL_API_ERROR_INVALID,     /* arguments */
  LL_API_ERROR_REFUSED,     /* understood, and not allowed now; the message says why */
  LL_API_ERROR_LOCKED,      /* keyring or administrator */
  LL_API_ERROR_UNAVAILABLE, /* network or daemon */
} LlApiError;

#define LL_API_ERROR_COUNT (LL_API_ERROR_UNAVAILABLE + 1)

G_END_DECLS
