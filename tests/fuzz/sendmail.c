/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/sendmail.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* The first byte says whether a lone dot ends the letter; the rest is what a program pipes to
 * sendmail. What it wrote stands in the letter, what is put before it has no line of its own. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  const char *input = (const char *) data + 1;
  g_autoptr (LlSendmailLetter) letter = NULL;
  g_autoptr (LlSendmailLetter) again = NULL;

  if (size < 1)
    return 0;
  size--;
  letter = ll_sendmail_letter (input, size, data[0] & 1, "me@lab.example", "Me");
  for (guint i = 0; i < letter->to->len; i++)
    g_assert_nonnull (letter->to->pdata[i]);
  /* it lacks nothing any more */
  again = ll_sendmail_letter (letter->text->str, letter->text->len, TRUE, "you@lab.example", "You");
  g_assert_cmpmem (again->text->str, again->text->len, letter->text->str, letter->text->len);
  g_assert_cmpuint (again->to->len, ==, letter->to->len);
  for (guint i = 0; i < letter->to->len; i++)
    g_assert_cmpstr (again->to->pdata[i], ==, letter->to->pdata[i]);
  return 0;
}
