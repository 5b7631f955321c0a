/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Whether the icon starts when the user logs in, as his session reads it: the entry in the user's
 * autostart folder, else in the system's (Desktop Application Autostart Specification). What the
 * user wants stands in his own folder; the system's entry is never touched.
 */

typedef enum
{
  LL_AUTOSTART_ABSENT, /* there is no entry here that could be started */
  LL_AUTOSTART_OFF,
  LL_AUTOSTART_ON,
} LlAutostart;

LlAutostart ll_autostart_get (void);

/* FALSE: G_FILE_ERROR, or nothing is there that could be started. */
gboolean ll_autostart_set (gboolean on, GError **error);

G_END_DECLS
