/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/scan.h"

static void
test_numbers (void)
{
  static const struct
  {
    const char *name;
    const char *text;
    guint64 max;
    gboolean found;
    guint64 value;
  } cases[] = {
    { "one digit", "7", 9, TRUE, 7 },
    { "at the limit", "250", 250, TRUE, 250 },
    { "over the limit", "251", 250, FALSE, 0 },
    { "over 64 bits", "18446744073709551616", G_MAXUINT64, FALSE, 0 },
    { "the largest", "18446744073709551615", G_MAXUINT64, TRUE, G_MAXUINT64 },
    { "sign", "-1", 9, FALSE, 0 },
    { "nothing", "", 9, FALSE, 0 },
    { "leading zeros", "007", 9, TRUE, 7 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      LlScan scan = ll_scan_string (cases[i].text);
      guint64 value = 0;

      g_test_message ("%s", cases[i].name);
      g_assert_cmpint (ll_scan_number (&scan, cases[i].max, &value), ==, cases[i].found);
      g_assert_cmpuint (value, ==, cases[i].value);
      g_assert_true (ll_scan_at_end (&scan) == (cases[i].found || *cases[i].text == '\0'));
    }
}

static void
test_words (void)
{
  LlScan scan = ll_scan_string ("Mail FROM:<a>");
  LlScan run;

  g_assert_false (ll_scan_word (&scan, "RCPT"));
  g_assert_true (ll_scan_word (&scan, "MAIL"));
  g_assert_cmpuint (ll_scan_blanks (&scan), ==, 1);
  g_assert_false (ll_scan_literal (&scan, "from:"));
  g_assert_true (ll_scan_literal (&scan, "FROM:"));
  g_assert_true (ll_scan_byte (&scan, '<'));
  g_assert_false (ll_scan_until (&scan, '}', &run));
  g_assert_true (ll_scan_until (&scan, '>', &run));
  g_assert_true (ll_scan_equals (&run, "A"));
  g_assert_true (ll_scan_byte (&scan, '>'));
  g_assert_true (ll_scan_at_end (&scan));
  g_assert_false (ll_scan_byte (&scan, '>'));
}

static void
test_nul_is_no_member_of_a_set (void)
{
  LlScan scan = ll_scan ("ab\0c", 4);
  LlScan run;

  g_assert_true (ll_scan_span (&scan, "abc", &run));
  g_assert_cmpuint (ll_scan_length (&run), ==, 2);
  g_assert_false (ll_scan_span (&scan, "abc", &run));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scan/numbers", test_numbers);
  g_test_add_func ("/scan/words", test_words);
  g_test_add_func ("/scan/nul", test_nul_is_no_member_of_a_set);
  return g_test_run ();
}
