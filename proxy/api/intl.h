/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/*
 * Marks for texts that people read, as gettext knows them: _() where the text is used, N_() where
 * it only stands in a table. Programs that bind no domain (daemon, command line) speak English:
 * what they print is read by scripts too.
 */

#ifndef GETTEXT_PACKAGE
#define GETTEXT_PACKAGE "letterlock"
#endif

#include <glib/gi18n-lib.h>
