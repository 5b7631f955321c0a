/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "net/https.h"

G_BEGIN_DECLS

/* What one question over HTTPS needs to know, the same from its begin to its end. Shared by
 * https.c and https-settings.c alone. Immutable. */
typedef struct
{
  gint ref_count;
  LlResolver *resolver; /* (owned) pinned */
  char *ca_file;
  char *proxy; /* or NULL */
  gboolean allow_private;
  guint16 port;
} LlHttpsSettings;

/* Those in force. (transfer full) */
LlHttpsSettings *ll_https_settings (LlHttps *https);
void ll_https_settings_unref (LlHttpsSettings *settings);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlHttpsSettings, ll_https_settings_unref)

G_END_DECLS
