/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/bidi.h"

#include "api/intl.h"

#define RIGHT_TO_LEFT_MARK "\u200f"
#define FIRST_STRONG_ISOLATE "\u2068"
#define POP_DIRECTIONAL_ISOLATE "\u2069"

/* What GTK asks as well: the window has the same direction. GLib translates neither where the
 * program has no translation into that language. */
static gboolean
is_right_to_left (void)
{
  return g_str_equal (g_dgettext ("gtk40", "default:LTR"), "default:RTL");
}

/* Not an isolate: Pango does not see past it where it looks for the direction of a line. */
char *
ll_bidi_line (const char *text)
{
  return is_right_to_left () ? g_strconcat (RIGHT_TO_LEFT_MARK, text, NULL) : g_strdup (text);
}

char *
ll_bidi_isolate (const char *text)
{
  return is_right_to_left ()
             ? g_strconcat (FIRST_STRONG_ISOLATE, text, POP_DIRECTIONAL_ISOLATE, NULL)
             : g_strdup (text);
}
