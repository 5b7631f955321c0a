/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "bus/actions.h"
#include "pipeline.h"

G_BEGIN_DECLS

/* What a person asks for (bus/actions.h), answered by the journey. Fills all that needs the
 * pipeline; status, reload and submit_open are the app's. */
void ll_requests_fill (LlBusActions *actions, LlPipeline *pipeline);

/* held, waiting, queued, uncertain (letters) and paused, for Status. */
void ll_requests_count (LlPipeline *pipeline, GVariantDict *status);

/* Letters that are on their way or wait for it, not for a person; *moving: one of them is being
 * looked at or sent right now. */
guint ll_requests_unsent (LlPipeline *pipeline, gboolean *moving);

/* Only for requests.c: the enquiries' part of the table (enquiries.c). */
void ll_enquiries_fill (LlBusActions *actions);

/* ... and that about keys (people.c). */
void ll_people_fill (LlBusActions *actions);

/* ... and about the user's own certificates (certificates.c). */
void ll_certificates_fill (LlBusActions *actions);

/* A line of `doctor` for each certificate of an account. */
void ll_certificates_check (LlPipeline *pipeline, GVariantBuilder *lines);

/* ... and about sign-ins with OAuth2 (permissions.c). */
void ll_permissions_fill (LlBusActions *actions);

/* No sign-in that is under way for @account counts: it is another one now, or gone. */
void ll_permissions_end (LlPipeline *pipeline, const char *account);

/* Accounts for which a person has to sign in, for Status. (transfer full) */
GStrv ll_permissions_missing (LlPipeline *pipeline);

/* ... and that about what was sent locked (originals.c). */
void ll_originals_fill (LlBusActions *actions);

G_END_DECLS
