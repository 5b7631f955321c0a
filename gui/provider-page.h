/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/*
 * The provider of an address: the servers that its domain names, of which the user confirms one, or
 * one that he types in; and how he signs in there, with a password or with OAuth2.
 *
 * Signals: confirmed ()  Return was pressed in a field.
 */
#define LL_TYPE_PROVIDER_PAGE (ll_provider_page_get_type ())
G_DECLARE_FINAL_TYPE (LlProviderPage, ll_provider_page, LL, PROVIDER_PAGE, AdwBin)

/* @found: as FindProvider answers. What was typed for another address is gone. */
void ll_provider_page_show (LlProviderPage *page, const char *address, GVariant *found);

/* Typing begins where something is still to be said. */
void ll_provider_page_begin (LlProviderPage *page);

/* As of AddAccount. (transfer floating); NULL: what is missing, in words. */
GVariant *ll_provider_page_settings (LlProviderPage *page, GError **error);

/* The password, or the secret of the client id; NULL: none. As long as nothing is typed. */
const char *ll_provider_page_secret (LlProviderPage *page);
void ll_provider_page_forget_secret (LlProviderPage *page);

/* Whether the permission is given on another device, with a code. */
gboolean ll_provider_page_wants_device (LlProviderPage *page);

G_END_DECLS
