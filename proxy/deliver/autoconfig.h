/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "deliver/submission.h"

G_BEGIN_DECLS

/*
 * The XML in which a provider describes its mail servers: its <outgoingServer type="smtp">, in
 * their order, and for those that sign in with OAuth2 its <oAuth2>. Those without TLS, and those
 * that sign in with what Letterlock cannot, are left out.
 *
 * Pure. Not XML at large: no DTD and so no entities of anybody's own, one encoding (UTF-8), bounded
 * by LL_AUTOCONFIG_MAX and LL_SUBMISSIONS_MAX. What is not known is skipped.
 *
 * draft-ietf-mailmaint-autoconfig.
 */

/* @address: what %EMAILADDRESS% and its parts stand for. Source and proven are for the caller to
 * fill in. (transfer full) of LlSubmission, may be empty; NULL: LL_CONFIG_ERROR_FILE. */
GPtrArray *
ll_autoconfig_parse (const char *text, gsize length, const char *address, GError **error);

G_END_DECLS
