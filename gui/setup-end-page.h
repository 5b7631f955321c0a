/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* The end of the set-up: what holds from now on, and what Letterlock does not cover. */
#define LL_TYPE_SETUP_END_PAGE (ll_setup_end_page_get_type ())
G_DECLARE_FINAL_TYPE (LlSetupEndPage, ll_setup_end_page, LL, SETUP_END_PAGE, AdwBin)

typedef enum
{
  LL_SETUP_CHOSE_NOTHING, /* every account was there before, and keeps what it had */
  LL_SETUP_CHOSE_CAREFUL,
  LL_SETUP_CHOSE_EVERYDAY,
} LlSetupChoice;

/* @program: the mail program that was set up; NULL: one that the user sets up by hand. */
void ll_setup_end_page_show (LlSetupEndPage *page, const char *program, LlSetupChoice choice);

G_END_DECLS
