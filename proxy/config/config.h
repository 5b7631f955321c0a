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
  char *tag_encrypt; /* the subject tags, lower case, without brackets */
  char *tag_tls;
  char *tag_pickup;
  char *tag_hold;
  GStrv tags; /* those four in that order, then the tags that rules name */
  gboolean trace_headers;

  /* [keys] */
  guint key_trust; /* LlTrustLevel (keys/trust.h) */
  gboolean plus_tags;
  char *keyserver; /* URL, or NULL */
  GStrv ldap;      /* URLs; empty: none */

  /* [protect] */
  LlSubject subject;
  gboolean gossip;
  gboolean autocrypt;

  /* [queue] */
  guint lifetime;           /* seconds, default 5 days */
  gboolean metered_ignored; /* large letters are tried again on metered networks, too */

  /* [record] */
  guint retention; /* seconds, default 1 year, 0: for ever */
  guint originals; /* seconds, default 90 days, 0: none; never longer than retention */
  gboolean subjects;

  /* [notices] */
  gboolean sent_told;

  GPtrArray *accounts; /* of LlAccount, in file order */
  GPtrArray *rules;    /* of LlRule, in order */
  GPtrArray *foreign;  /* of LlForeign */
  GStrv locked;        /* "policy.mode", "rule": fixed by the administrator */
  GStrv warnings;      /* sentences for `doctor`: what was overruled and why; never NULL */
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

/* The same from memory: what @system and @user contain, NULL: missing; the names are for
 * sentences. */
typedef struct
{
  const char *name;
  const char *bytes;
  gsize length;
} LlConfigText;

LlConfig *ll_config_parse (const LlConfigText *system, const LlConfigText *user, GError **error);

/* Whether the administrator fixed @key ("policy.mode", "account.ca-file", "rule"). */
gboolean ll_config_is_locked (const LlConfig *config, const char *key);

LlConfig *ll_config_ref (LlConfig *config);
void ll_config_unref (LlConfig *config);

/* NULL when there is none. (transfer none) */
const LlAccount *ll_config_account (const LlConfig *config, const char *name);

#define LL_CONFIG_SYSTEM_PATH "/etc/letterlock/letterlock.conf"

/* $XDG_CONFIG_HOME/letterlock/letterlock.conf (transfer full) */
char *ll_config_user_path (void);

/* -- changing the user's file: comments and order stay; durable; one writer -------- */

/* Sets (or, with a value of NULL, removes) keys of one group at once, after validating the whole
 * result; @n 0 removes the group. A key that the administrator fixed is LL_CONFIG_ERROR_LOCKED.
 * @system, @path: as in ll_config_load. */
typedef struct
{
  const char *key;
  const char *value; /* NULL: the key goes */
} LlConfigChange;

gboolean ll_config_edit (const char *system,
                         const char *path,
                         const char *group,
                         const LlConfigChange *changes,
                         gsize n,
                         GError **error);

/* "policy.mode", "account work.mode", "rule 2.note" -> the value in force, as it would stand in
 * the file; "" when there is none. (transfer full) */
char *ll_config_get (const LlConfig *config, const char *key, GError **error);

/* Every key in force, for `config get` and the window: aa{sv} with key group name value default
 * valid doc locked. (transfer floating) */
GVariant *ll_config_to_variant (const LlConfig *config);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlConfig, ll_config_unref)

G_END_DECLS
