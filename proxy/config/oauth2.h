/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What is known of providers before anybody signs in: where their OAuth2 servers are, and where
 * they want an app password instead. Data with its day and its sources, in oauth2.c.
 *
 * No client id is shipped: Google and Microsoft register programs, and this one is not; the user's
 * or his organisation's own is needed.
 */

typedef enum
{
  LL_OAUTH2_OWN, /* the addresses are in the configuration */
  LL_OAUTH2_GOOGLE,
  LL_OAUTH2_MICROSOFT,
} LlOauth2;

typedef struct
{
  const char *name;
  const char *upstream;      /* host:port of the submission server */
  const char *also;          /* another name of that host; or NULL */
  const char *authorization; /* %s: the tenant */
  const char *token;
  const char *device;   /* NULL: the provider does not allow it for mail */
  const char *scope;    /* what is asked for, with blanks between */
  const char *more;     /* added to the address for the browser, or "" */
  const char *redirect; /* the host in the loopback address as it is registered there */
  const char *tenant;   /* where none is configured; NULL: there are none */
  const char *checked;
  const char *source;
} LlOauth2Preset;

typedef struct
{
  const char *name;
  const char *upstream;
  const char *page; /* where the user makes an app password */
  const char *checked;
} LlAppPassword;

/* NULL for LL_OAUTH2_OWN. */
const LlOauth2Preset *ll_oauth2_preset (LlOauth2 provider);

/* By its name, "google"; NULL: there is none. */
const LlOauth2Preset *ll_oauth2_find (const char *name);

/* Providers whose users sign in with an app password; NULL: not among them. */
const LlAppPassword *ll_app_password_find (const char *name);

/* Whose submission server @host is; NULL: of none of these. */
const LlOauth2Preset *ll_oauth2_of_server (const char *host);
const LlAppPassword *ll_app_password_of_server (const char *host);

/* "fastmail, google, ..." (transfer full) */
char *ll_app_password_names (void);

/* @address with the tenant in it. (transfer full) */
char *ll_oauth2_address (const char *address, const char *tenant);

/* Letters, digits, '.' and '-': a tenant stands in the path of an address. */
gboolean ll_oauth2_is_tenant (const char *text);

G_END_DECLS
