/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A key of somebody as people read it: lines of text for `key` and `check`. */

/* To stdout: three lines of one key. */
void ll_key_lines_print (GVariant *key);

/* To stdout: what can lock letters to the address of a check's answer; nothing for a domain. */
void ll_key_lines_print_locks (GVariant *verdict);

G_END_DECLS
