/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/rules.h"

static const struct
{
  const char *pattern;
  const char *address;
  gboolean matches;
} cases[] = {
  { "*", "a@b.example", TRUE },
  { "b.example", "a@b.example", TRUE },
  { "@b.example", "a@b.example", TRUE },
  { "*@b.example", "a@b.example", TRUE },
  { "b.example", "a@B.EXAMPLE", TRUE },
  { "b.example", "a@sub.b.example", FALSE },
  { "b.example", "a@xb.example", FALSE },
  { "*.b.example", "a@sub.b.example", TRUE },
  { "*.b.example", "a@deep.sub.b.example", TRUE },
  { "*.b.example", "a@b.example", FALSE },
  { "*.b.example", "a@xb.example", FALSE },
  { "@*.b.example", "a@sub.b.example", TRUE },
  { "a@b.example", "a@b.example", TRUE },
  { "A@b.example", "a@b.example", TRUE },
  { "a@b.example", "aa@b.example", FALSE },
  { "a@b.example", "a@c.example", FALSE },
  { "[192.0.2.1]", "a@[192.0.2.1]", TRUE },
};

static void
test_patterns (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s %s", cases[i].pattern, cases[i].address);
      g_assert_cmpint (ll_rule_pattern_matches (cases[i].pattern, cases[i].address), ==,
                       cases[i].matches);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/patterns", test_patterns);
  return g_test_run ();
}
