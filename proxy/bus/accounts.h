/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "bus/call.h"
#include "config/account.h"

G_BEGIN_DECLS

/* What accounts.c (showing), account-edit.c (changing) and account-secret.c share. */

/* Under which an account's upstream password rests in the secret store. */
#define LL_BUS_PASSWORD_PURPOSE "upstream-password"

/* *config: the snapshot that the account lives in (transfer full), also on failure. */
const LlAccount *
ll_bus_account_find (LlBusCall *call, LlConfig **config, const char *name, GError **error);

void ll_bus_account_show (GVariantDict *dict, const LlAccount *account);

GVariant *ll_bus_account_add (LlBusCall *call, GError **error);
GVariant *ll_bus_account_edit (LlBusCall *call, GError **error);
GVariant *ll_bus_account_remove (LlBusCall *call, GError **error);
GVariant *ll_bus_account_certificate (LlBusCall *call, GError **error);
GVariant *ll_bus_account_use_certificate (LlBusCall *call, GError **error);

/* A secret from the pipe of @handles (ah; none: *secret is NULL), one line without its end. @what
 * names it in errors: "The password". */
gboolean ll_bus_take_secret (
    LlBusCall *call, GVariant *handles, const char *what, LlSecret **secret, GError **error);

/* @secret (NULL: nothing to do) for the account as it is configured on the disk: its password, or
 * with auth = oauth2, where there is none, the secret of its client id. */
gboolean ll_bus_account_save_secret (LlBusCall *call,
                                     const char *name,
                                     const LlSecret *secret,
                                     GError **error);

/* @before: the account until now. A refresh token was given to one client id by one server: where
 * the account has another one on the disk, it is removed, as nobody else is to see it. */
gboolean ll_bus_account_drop_grant (LlBusCall *call, const LlAccount *before, GError **error);

gboolean ll_bus_account_remove_secrets (LlBusCall *call, const char *name, GError **error);

GVariant *ll_bus_account_new_password (LlBusCall *call, GError **error);

GVariant *ll_bus_find_provider (LlBusCall *call, GError **error);

G_END_DECLS
