/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/names.h"

G_BEGIN_DECLS

/*
 * What may follow what in a recipient's journey. states.c opens with the table of
 * legal states on disk and with the file formats.
 */

/* Whether a letter may be taken into the spool with a recipient in @state. */
gboolean ll_states_may_begin (LlState state);

/* Whether @to may be recorded after @from. A state may always be recorded again (other reason,
 * next try). */
gboolean ll_states_may_follow (LlState from, LlState to);

/* Whether @number is a state at all (what was read from disk). */
gboolean ll_states_is_state (guint32 number);

G_END_DECLS
