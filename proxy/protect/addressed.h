/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "message/armour.h"

G_BEGIN_DECLS

/*
 * Whether what an engine made is what it was asked for: an OpenPGP message in armour, to its end,
 * locked for the keys that were chosen and for no others. An engine that is broken, or is none,
 * may say that all went well; its word is not taken for it (promise 1 of the letter's content,
 * promise 6). Pure.
 *
 * Key ids that the user's GnuPG hides (throw-keyids) cannot be compared and are not refused; no key
 * that is named may be another's.
 */

/* @armour: finished with what came; @keys: of LlKey. LL_ENGINE_ERROR_FAILED, in words for people.
 */
gboolean ll_addressed_check (LlArmour *armour, const GPtrArray *keys, GError **error);

G_END_DECLS
