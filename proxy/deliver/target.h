/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "config/account.h"

G_BEGIN_DECLS

/*
 * Whom to talk to, and as whom: the part of an account that one connection depends on, as a
 * copy, because a warm connection outlives the configuration it was made under.
 */

typedef struct
{
  char *account; /* its name */
  char *host;
  guint16 port;
  LlSecurity security;
  LlAuth auth;
  char *username;
  char *password_command;
  char *certificate_file;
  char *ca_file;
  GStrv pins;
  LlOauth2 oauth2; /* auth = oauth2, and all below */
  char *client_id;
  char *authorization_url;
  char *token_url;
  char *device_url;
  char *scope;
  char *key; /* of what a connection and a token depend on: equal keys may share them */
} LlTarget;

LlTarget *ll_target_new (const LlAccount *account);
void ll_target_free (LlTarget *target);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlTarget, ll_target_free)

G_END_DECLS
