/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* The user signs in at his provider (OAuth2): in the browser, or on another device with a code. */
#define LL_TYPE_PERMISSION_PAGE (ll_permission_page_get_type ())
G_DECLARE_FINAL_TYPE (LlPermissionPage, ll_permission_page, LL, PERMISSION_PAGE, AdwBin)

/* @step: as SignInProgress has it. */
void ll_permission_page_show (LlPermissionPage *page, GVariant *step);

/* The provider's page, in the browser. */
void ll_permission_page_open (LlPermissionPage *page);

G_END_DECLS
