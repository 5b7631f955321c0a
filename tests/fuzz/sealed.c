/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/sealed.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

typedef gboolean (*Reader) (LlSealed *sealed, const guint8 *bytes, gsize length);

static void
check (Reader read, const guint8 *data, gsize size)
{
  g_auto (LlSealed) sealed;

  ll_sealed_init (&sealed);
  if (!read (&sealed, data, size))
    return;
  g_assert_true (!sealed.whole || sealed.ids->len > 0);
  for (guint i = 0; i < sealed.ids->len; i++)
    g_assert_true (g_str_is_ascii (g_ptr_array_index (sealed.ids, i)));
}

/* "For nobody else" is said only where somebody is named. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  if (size > LL_SEALED_HEAD_MAX)
    return 0;
  check (ll_sealed_read_pgp, data, size);
  check (ll_sealed_read_cms, data, size);
  return 0;
}
