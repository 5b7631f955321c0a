/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The form of a letter that can be signed (RFC 3156 3. and 5., RFC 8551 3.1.3): 7 bit, no
 * blanks at the ends of lines, no line that begins with "From ", none longer than 998
 * octets, so that nobody on the way has a reason to change it. First the whole letter is
 * looked at, then it streams through: text that is not safe becomes quoted-printable,
 * other content base64; what is safe, and the tree of parts, stays as it is.
 *
 * A forwarded message (message/rfc822) is never changed inside, where its own signatures
 * are: one that is not safe becomes an attached .eml file. Fields with octets beyond
 * ASCII (SMTPUTF8) stay as they are.
 *
 * Pure; memory depends on the number of parts.
 */

/* -- looking --------------------------------------------------------------------------------- */

typedef struct _LlSafePlan LlSafePlan;

LlSafePlan *ll_safe_plan_new (void);
void ll_safe_plan_free (LlSafePlan *plan);
void ll_safe_plan_feed (LlSafePlan *plan, const char *bytes, gsize length);

/* All has come: once. FALSE: LL_MESSAGE_ERROR_MALFORMED: it cannot be made safe (parts too deep or
 * too many, an encoding that nobody knows). */
gboolean ll_safe_plan_finish (LlSafePlan *plan, GError **error);

/* -- writing --------------------------------------------------------------------------------- */

typedef struct _LlSafe LlSafe;

/* @plan: finished; not owned. */
LlSafe *ll_safe_new (const LlSafePlan *plan);
void ll_safe_free (LlSafe *safe);

/* The same octets as before, in pieces of any size; appends to @out. */
void ll_safe_push (LlSafe *safe, const char *bytes, gsize length, GString *out);
void ll_safe_end (LlSafe *safe, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlSafePlan, ll_safe_plan_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlSafe, ll_safe_free)

G_END_DECLS
