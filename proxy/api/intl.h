/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/*
 * Marks for texts that people read, as gettext knows them: _() where the text is used, N_() where
 * it only stands in a table. Programs that bind no domain (daemon, command line) speak English:
 * what they print is read by scripts too. What the daemon says is marked with N_() all the same:
 * the window and the tray put it into the user's language (api/sentence.h). Messages of GError are
 * found without a mark (po/keywords).
 */

#ifndef GETTEXT_PACKAGE
#define GETTEXT_PACKAGE "letterlock"
#endif

#include <glib/gi18n-lib.h>

/* Without the brackets of GLib's, so that a marked text can be a part of a longer one. */
#undef N_
#define N_(text) text
