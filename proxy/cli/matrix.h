/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The answer of Check as a matrix: a line for the domain, one for MTA-STS, a row
 * for each mail server with its stages. (transfer full), lines ended. */
char *ll_matrix_format (GVariant *verdict);

/* While the look goes on: no evidence for the domain yet, "…" for servers still looked at. */
char *ll_matrix_format_partial (GVariant *verdict);

/* Whether the way reaches TLS at all: what `check` ends with. */
gboolean ll_matrix_is_yes (GVariant *verdict);

G_END_DECLS
