/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/onward.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

#define TOKEN "0123456789abcdef0123456789abcdef"

/* What somebody wrote never says more than it has: words only with a report, an end only for our
 * own letter. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  const char *message = (const char *) data;
  g_autofree char *detail = NULL;
  LlOnwardOutcome outcome = ll_onward_read (message, size, TOKEN, "bob@plain.lab", &detail);

  if (outcome != LL_ONWARD_OPEN)
    g_assert_nonnull (g_strstr_len (message, (gssize) size, TOKEN));
  if (outcome == LL_ONWARD_NO_TLS || outcome == LL_ONWARD_RETURNED)
    g_assert_nonnull (detail);
  if (detail != NULL)
    g_assert_true (g_utf8_validate (detail, -1, NULL));
  return 0;
}
