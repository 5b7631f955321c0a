/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/names.h"

G_BEGIN_DECLS

/*
 * Whether the subject of a locked letter is hidden from those who carry it. Pure.
 *
 *   the user said so for this contact   as he said
 *   the way does not do without a lock  hidden (design 4.4)
 *   [protect] subject                   as it says
 *   else                                hidden where the recipient's program shows the one inside:
 *                                       those for PGP do, those for S/MIME mostly do not
 */
gboolean
ll_policy_hides_subject (LlSubject contact, LlSubject setting, LlMethod method, gboolean way_holds);

G_END_DECLS
