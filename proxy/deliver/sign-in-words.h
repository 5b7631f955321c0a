/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What providers mean when they refuse a sign-in, in words that say who can do what about it.
 * For words only: what is done about a refusal never depends on the numbers of one provider, which
 * change without notice. Pure; the tables are data, with their day and sources.
 */

/* The mail server's answer to AUTH. NULL: nothing is known that it does not say itself. */
const char *ll_sign_in_words (guint code, const char *enhanced, const char *text);

/* The token server's. @error: of RFC 6749 5.2, 4.1.2.1 or RFC 8628 3.5; @description: or NULL.
 * Never NULL. */
const char *ll_oauth_words (const char *error, const char *description);

typedef enum
{
  LL_DENIAL_SIGN_IN,  /* the permission ended: only the user can give a new one */
  LL_DENIAL_FOR_GOOD, /* what was asked is not allowed: client id, organisation, scope */
  LL_DENIAL_LATER,    /* the server's own trouble: nothing is known about the permission */
} LlDenial;

/* What to make of @error while a permission is renewed. */
LlDenial ll_oauth_denial (const char *error);

G_END_DECLS
