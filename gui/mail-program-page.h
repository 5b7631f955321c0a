/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "gui/mail-program.h"

#include <adwaita.h>

G_BEGIN_DECLS

/*
 * What would change in a mail program, and what the user has to say for it: a password that it has
 * not saved, or the client id for a server that takes no password.
 *
 * Signals: confirmed ()  Return was pressed in a field.
 */
#define LL_TYPE_MAIL_PROGRAM_PAGE (ll_mail_program_page_get_type ())
G_DECLARE_FINAL_TYPE (LlMailProgramPage, ll_mail_program_page, LL, MAIL_PROGRAM_PAGE, AdwBin)

/* @name: of the program. Nothing is planned for it yet. */
void ll_mail_program_page_begin (LlMailProgramPage *page, const char *name);

/* @plan: made for what is typed; NULL: there is none, since @trouble stands against it. */
void ll_mail_program_page_show (LlMailProgramPage *page, const char *plan, const char *trouble);

/* Whether the plan is the one for what is typed. */
gboolean ll_mail_program_page_is_planned (LlMailProgramPage *page);

/* What has to be typed before there can be a plan, in words; NULL: nothing. */
const char *ll_mail_program_page_missing (LlMailProgramPage *page);

/* What was typed. (transfer full) */
LlMailProgramWishes *ll_mail_program_page_wishes (LlMailProgramPage *page);
void ll_mail_program_page_forget_secrets (LlMailProgramPage *page);

G_END_DECLS
