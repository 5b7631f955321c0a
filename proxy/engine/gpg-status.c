/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/gpg-status.h"

#include "base/scan.h"

#define KEYWORD "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"

/* libgpg-error has where an error comes from above the code. */
#define CODE_MASK 0xffff

/* "REASON KEY" */
static void
read_unusable (LlGpgStatus *status, LlScan *scan)
{
  guint64 reason;
  gsize length;

  if (!ll_scan_number (scan, G_MAXUINT, &reason) || ll_scan_blanks (scan) == 0)
    return;
  length = MIN (ll_scan_length (scan), sizeof status->key - 1);
  status->reason = (guint) reason;
  for (gsize i = 0; i < length; i++)
    status->key[i] = g_ascii_isgraph (scan->at[i]) ? scan->at[i] : '?';
  status->key[length] = '\0';
}

/* "WHERE CODE": the first is the reason; at its end gpg only says once more that there was one. */
static void
read_failure (LlGpgStatus *status, LlScan *scan)
{
  guint64 code;
  LlScan where;

  if (ll_scan_until (scan, ' ', &where) && !ll_scan_equals (&where, "gpg-exit")
      && ll_scan_blanks (scan) > 0 && ll_scan_number (scan, G_MAXUINT, &code)
      && status->failure == 0)
    status->failure = (guint) code & CODE_MASK;
}

/* "TYPE PUBKEY_ALGO HASH_ALGO CLASS TIME FINGERPRINT" */
static void
read_signature (LlGpgStatus *status, LlScan *scan)
{
  guint64 public, digest;
  LlScan type;

  if (!ll_scan_until (scan, ' ', &type) || ll_scan_blanks (scan) == 0
      || !ll_scan_number (scan, G_MAXUINT, &public) || ll_scan_blanks (scan) == 0
      || !ll_scan_number (scan, G_MAXUINT, &digest))
    return;
  status->digest = (guint) digest;
  status->done = TRUE;
}

void
ll_gpg_status_read (LlGpgStatus *status, const char *line, gsize length)
{
  LlScan scan = ll_scan (line, length);
  LlScan keyword;

  if (!ll_scan_literal (&scan, "[GNUPG:] ") || !ll_scan_span (&scan, KEYWORD, &keyword))
    return;
  ll_scan_blanks (&scan);
  if (ll_scan_equals (&keyword, "INV_RECP") || ll_scan_equals (&keyword, "INV_SGNR"))
    read_unusable (status, &scan);
  else if (ll_scan_equals (&keyword, "FAILURE"))
    read_failure (status, &scan);
  else if (ll_scan_equals (&keyword, "SIG_CREATED"))
    read_signature (status, &scan);
  else if (ll_scan_equals (&keyword, "END_ENCRYPTION"))
    status->done = TRUE;
}
