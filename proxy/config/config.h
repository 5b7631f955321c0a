/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/names.h"

#include <glib.h>

G_BEGIN_DECLS

/*
 * The configuration as an immutable snapshot: read once, shared by reference,
 * replaced as a whole on reload, so that nobody sees half a change.
 *
 * What options exist, their types, defaults, limits and words for people stand in
 * one table, config/options.c. This struct is what that table fills.
 */

typedef struct _LlAccount LlAccount; /* config/account.h */
typedef struct _LlRule LlRule;       /* config/rules.h */

typedef struct
{
  gint ref_count;

  /* [listen] */
  GStrv listen_smtp; /* address:port, default 127.0.0.1:1587 and [::1]:1587; empty entry "": none */
  GStrv listen_smtps; /* default 127.0.0.1:1465 and [::1]:1465 */
  gboolean auth_required;
  gboolean bare_lf_refused;

  /* [network] */
  GStrv resolvers; /* empty: the system's */
  char *trust_anchor;
  char *ca_file;
  gboolean allow_private_addresses;
  GStrv control_hosts; /* NULL: the default ones; empty: none */
  gboolean control_hosts_set;
  guint mx_port;    /* 25 */
  guint https_port; /* 443; where policies are fetched */
  gboolean probe_never;
  char *portal;
  char *proxy;

  /* [policy]; preset first, explicit keys win */
  LlPreset preset;
  LlMode mode;
  LlMinimum minimum;
  LlUnknown unknown;
  GArray *fallback; /* of LlMethod */
  gboolean together;
  GStrv tags; /* "encrypt" "tls" "pickup" "hold" as written without brackets */
  gboolean trace_headers;

  /* [queue] */
  guint lifetime; /* seconds, default 5 days */

  /* [record] */
  guint retention; /* seconds, default 1 year, 0: for ever */
  gboolean subjects;

  GPtrArray *accounts; /* of LlAccount, in file order */
  GPtrArray *rules;    /* of LlRule, in order */
  GPtrArray *foreign;  /* of LlForeign */
  GStrv locked;        /* "policy.mode": fixed by the administrator */
} LlConfig;

/* [foreign NAME]: listeners for others than the user's own processes */
typedef struct
{
  char *name;
  GStrv smtp;
  GStrv smtps;
} LlForeign;

/* Reads @system (may be missing), then @user (may be missing) over it. NULL paths: the default
 * places. LL_CONFIG_ERROR; the message names file, group, key and what would be valid. */
LlConfig *ll_config_load (const char *system, const char *user, GError **error);
LlConfig *ll_config_ref (LlConfig *config);
void ll_config_unref (LlConfig *config);

/* NULL when there is none. (transfer none) */
const LlAccount *ll_config_account (const LlConfig *config, const char *name);

/* $XDG_CONFIG_HOME/letterlock/letterlock.conf (transfer full) */
char *ll_config_user_path (void);

/* -- changing the user's file: comments and order stay; durable; one writer -------- */

/* Sets (or, with @value NULL, removes) one key after validating the whole result. */
gboolean ll_config_set (
    const char *path, const char *group, const char *key, const char *value, GError **error);
gboolean ll_config_remove_group (const char *path, const char *group, GError **error);

/* "policy.mode" -> the value in force, as it would stand in the file. (transfer full) */
char *ll_config_get (const LlConfig *config, const char *key, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlConfig, ll_config_unref)

G_END_DECLS
