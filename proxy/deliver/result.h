/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "deliver/upstream.h"
#include "wire/reply.h"

G_BEGIN_DECLS

/* Making LlResult: what happened, as a value. Within deliver/ only. */

/* In our words; no code. */
LlResult *ll_result_new (LlOutcome outcome, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* In the server's words. */
LlResult *ll_result_new_reply (LlOutcome outcome, const LlServerReply *reply);

LlResult *ll_result_copy (const LlResult *result);

/* An error of wire/: @otherwise, but CANCELLED for a cancelled one. "@host: message". */
LlResult *ll_result_new_error (LlOutcome otherwise, const char *host, const GError *error);

/* For a GArray of LlResult by value: takes over the text of @result and frees the rest. */
void ll_result_move (LlResult *result, LlResult *to);
void ll_result_clear (LlResult *result);

G_END_DECLS
