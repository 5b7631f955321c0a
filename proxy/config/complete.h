/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "config/config.h"

G_BEGIN_DECLS

/* What only the whole can tell: subject tags, listeners used twice, logins and addresses that
 * leave no choice. Adds to config->warnings what is odd but harmless. */
gboolean ll_config_complete (LlConfig *config, GError **error);

G_END_DECLS
