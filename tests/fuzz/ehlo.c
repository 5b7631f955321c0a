/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/ehlo.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* Upper case says the same as lower case, and a keyword nobody knows changes nothing. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *lower = g_ascii_strdown (text, -1);
  g_autofree char *more = g_strconcat (text, "\nNOBODY-KNOWS this one", NULL);
  LlEhlo ehlo, again, longer;

  ll_ehlo_parse (text, &ehlo);
  ll_ehlo_parse (lower, &again);
  ll_ehlo_parse (more, &longer);
  g_assert_true (ehlo.known);
  g_assert_true (memcmp (&ehlo, &longer, sizeof ehlo) == 0);
  again.tampered = ehlo.tampered; /* the overwriting X is a capital one */
  g_assert_true (memcmp (&ehlo, &again, sizeof ehlo) == 0);
  return 0;
}
