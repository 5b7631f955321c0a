/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * logins.json, in which Thunderbird keeps saved passwords: whose they are in clear, names and
 * passwords sealed (see setup/vault.h). Pure; what is not ours stays as it is, order included, and
 * a file of which that cannot be said is refused.
 *
 * Errors: LL_CONFIG_ERROR_FILE.
 */

typedef struct
{
  JsonNode *root; /* (owned) */
} LlLogins;

/* @bytes NULL: there is no such file yet. */
LlLogins *ll_logins_parse (GBytes *bytes, GError **error);
void ll_logins_free (LlLogins *logins);

typedef struct
{
  const char *guid;     /* (not owned), like the others: they live as long as the LlLogins */
  const char *username; /* sealed */
  const char *password; /* sealed */
} LlLogin;

/* Those for @origin ("smtp://mail.example.org"). (transfer full) of LlLogin */
GArray *ll_logins_find (const LlLogins *logins, const char *origin);

/* @now: milliseconds since 1970 */
void ll_logins_add (LlLogins *logins, const char *origin, const LlLogin *login, gint64 now);

/* Whether it was there, and for @origin. */
gboolean ll_logins_remove (LlLogins *logins, const char *guid, const char *origin);

/* Puts back, from @other, the login with this guid, where it is not here. */
void ll_logins_take_back (LlLogins *logins, const LlLogins *other, const char *guid);

/* As Thunderbird would write it. (transfer full) */
GBytes *ll_logins_write (const LlLogins *logins);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlLogins, ll_logins_free)

G_END_DECLS
