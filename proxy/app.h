/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Builds all parts in order, runs them, and takes them down in the reverse order. */

typedef struct
{
  const char *config;        /* the user's file; NULL: the default place */
  const char *config_system; /* the administrator's; NULL: the default place */
} LlAppOptions;

typedef struct _LlApp LlApp;

LlApp *ll_app_new (const LlAppOptions *options, GError **error);

/* Until SIGTERM or SIGINT; SIGHUP reads the configuration again. */
void ll_app_run (LlApp *app);
void ll_app_free (LlApp *app);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlApp, ll_app_free)

G_END_DECLS
