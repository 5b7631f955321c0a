/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "bus/sender.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* SPF, DMARC and DKIM records as strangers publish them. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static const char *const tags[] = { "p", "v", "rua", "" };
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *appended = g_strconcat (text, " -all", NULL);
  const char *all = ll_sender_spf_all (text);

  g_assert_true (all == NULL || (strlen (all) == 4 && g_str_has_suffix (all, "all")));
  /* the first one counts */
  g_assert_cmpstr (ll_sender_spf_all (appended), ==, all != NULL ? all : "-all");
  for (guint i = 0; i < G_N_ELEMENTS (tags); i++)
    {
      g_autofree char *value = ll_sender_tag (text, tags[i]);
      g_autofree char *rebuilt = g_strdup_printf (" %s = %s ;%s", tags[i], value, text);
      g_autofree char *again = value != NULL ? ll_sender_tag (rebuilt, tags[i]) : NULL;

      g_assert_cmpstr (again, ==, value);
      g_assert_true (value == NULL || strpbrk (value, ";") == NULL);
    }
  return 0;
}
