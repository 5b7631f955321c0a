/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "message/parse.h"

G_BEGIN_DECLS

/*
 * The trace field (RFC 5321 4.4) of those who switched it on: through whom the letter went and
 * when, and nothing of the machine, its name or its network.
 */

/* Adds it to what leaves, before all else: an edit that puts in and takes nothing. @id: the
 * letter's; @received: wall seconds. */
void ll_message_trace (LlMessageFacts *facts, const char *id, gint64 received);

/* Whether @edit is that one. It is of the way: a lock leaves it outside. */
gboolean ll_edit_is_trace (const LlEdit *edit);

G_END_DECLS
