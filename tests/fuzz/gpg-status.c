/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/gpg-status.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* What is said once stays said; the key is always a string. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  LlGpgStatus status = { 0 }, again;

  ll_gpg_status_read (&status, (const char *) data, size);
  again = status;
  ll_gpg_status_read (&again, (const char *) data, size);
  g_assert_true (memcmp (&status, &again, sizeof status) == 0);
  g_assert_nonnull (memchr (status.key, '\0', sizeof status.key));
  return 0;
}
