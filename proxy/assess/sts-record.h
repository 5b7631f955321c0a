/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The TXT record at _mta-sts.DOMAIN, which says that there is a policy and which.
 *
 * Pure. Strict: what the grammar does not allow is no record, because a sender
 * that guesses would disagree with every other one.
 *
 * RFC 8461 3.1.
 */

#define LL_STS_ID_MAX 32

typedef enum
{
  LL_STS_RECORD_ABSENT,
  LL_STS_RECORD_VALID,
  LL_STS_RECORD_INVALID, /* counts as absent; *detail says what is wrong, for people */
} LlStsRecord;

/* @text without the DNS string lengths. *id (transfer full) on VALID only; *detail (transfer full)
 * on INVALID only. */
LlStsRecord ll_sts_record_parse (const char *text, gsize length, char **id, char **detail);

/* @records: GBytes of TXT rdata; strings of one record are joined without blanks. More than one
 * record that begins with the version is as good as none. */
LlStsRecord ll_sts_record_choose (const GPtrArray *records, char **id, char **detail);

G_END_DECLS
