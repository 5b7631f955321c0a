/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/ehlo.h"

#include "base/limits.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* A missed STARTTLS would be a wrong verdict: offered means a line behind the first whose first
 * word it is. */
static gboolean
is_offered (const char *text, const char *keyword)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", LL_REPLY_LINES_MAX + 1);

  for (guint i = 1; lines[0] != NULL && lines[i] != NULL && i < LL_REPLY_LINES_MAX; i++)
    {
      const char *word = lines[i] + strspn (lines[i], " \t");
      gsize length = strcspn (word, " \t");

      if (length == strlen (keyword) && g_ascii_strncasecmp (word, keyword, length) == 0)
        return TRUE;
    }
  return FALSE;
}

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
  g_assert_true (ehlo.starttls == is_offered (text, "STARTTLS"));
  g_assert_true (ehlo.requiretls == is_offered (text, "REQUIRETLS"));
  g_assert_true (ehlo.size_offered == is_offered (text, "SIZE"));
  g_assert_true (memcmp (&ehlo, &longer, sizeof ehlo) == 0);
  again.tampered = ehlo.tampered; /* the overwriting X is a capital one */
  g_assert_true (memcmp (&ehlo, &again, sizeof ehlo) == 0);
  return 0;
}
