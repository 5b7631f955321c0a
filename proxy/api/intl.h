/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/*
 * Marks for texts that people read, as gettext knows them: _() where the text is used, N_() where
 * it only stands in a table. There is no translation yet, so both are the text itself.
 */

#define _(text) (text)
#define N_(text) text
