/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "record/tally.h"

G_BEGIN_DECLS

/* The counts as text for a terminal, as JSON (one object per line), as a page. (transfer full) */
char *ll_report_table (const LlTallies *tallies);
char *ll_report_json (const LlTallies *tallies);
char *ll_report_html (const LlTallies *tallies);

G_END_DECLS
