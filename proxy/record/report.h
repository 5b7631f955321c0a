/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "record/ledger.h"

G_BEGIN_DECLS

/*
 * What share of the mail went how, over time, and why: for the owner and for whoever
 * asks him. Counts recipients, not letters. As text, CSV, JSON, or one HTML page that
 * needs nothing from outside.
 */

/* @query: {since s, until s, account s}; default: the last 30 days. @format: table, csv, json,
 * html. (transfer full) LL_API_ERROR_INVALID names what is wrong. */
char *ll_report_render (LlLedger *ledger, GVariant *query, const char *format, GError **error);

G_END_DECLS
