/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/clock.h"
#include "secrets/secret.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The first line that `/bin/sh -c @command` prints, within LL_PASSWORD_COMMAND_TIMEOUT; then its
 * whole process group is killed. What it prints is in no error. LL_SECRET_ERROR_FAILED. */
LlSecret *ll_password_run (const char *command,
                           LlDeadline deadline,
                           GCancellable *cancellable,
                           GError **error);

G_END_DECLS
