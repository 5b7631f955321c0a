/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/json.h"

#include <string.h>

#define DEPTH 3

static const struct
{
  const char *text;
  gboolean good;
} cases[] = {
  { "{\"a\":[1,-2.5e+3,true,false,null,\"\"]}", TRUE },
  { " [\t\r\n] ", TRUE },
  { "[[[1]]]", TRUE },
  { "[[[]],[[]]]", TRUE },
  { "[[[[1]]]]", FALSE },
  { "[[[", FALSE },
  { "]", FALSE },
  { "[1]]", FALSE },
  { "[\"[[[[\\\"[[[[\"]", TRUE },
  { "[\"\\\\\",[[1]]]", TRUE },
  { "[\"\\\\\",[[[1]]]]", FALSE },
  /* what the library takes for an end */
  { "[\"a\\u0000b\"]", FALSE },
  { "[\"a\\0b\"]", FALSE },
  { "[\"a\\\\u0000b\"]", TRUE },
  { "[\"a\\u0001b\"]", TRUE },
  /* marks in a comment are none */
  { "[/*\"*/[[[1]]]]", FALSE },
  { "[1]//", FALSE },
  { "var a = [1]", FALSE },
  { "['a']", FALSE },
  { "[\"\\q\"]", FALSE },
  { "[\"a", FALSE },
  { "[\"a\\", FALSE },
  { "[\"\xff\"]", FALSE },
  { "", FALSE },
};

static void
test_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      JsonNode *root = ll_json_read (cases[i].text, strlen (cases[i].text), DEPTH);
      g_autofree char *shown = g_strescape (cases[i].text, NULL);

      g_test_message ("%s", shown);
      g_assert_cmpint (root != NULL, ==, cases[i].good);
      g_clear_pointer (&root, json_node_unref);
    }
}

/* It ends where it is said to end. */
static void
test_length (void)
{
  const char text[] = "[1]]]]";
  JsonNode *root = ll_json_read (text, 3, DEPTH);

  g_assert_nonnull (root);
  json_node_unref (root);
  g_assert_null (ll_json_read ("[1\0]", 4, DEPTH));
  g_assert_null (ll_json_read ("[\"\0\"]", 5, DEPTH));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/cases", test_cases);
  g_test_add_func ("/json/length", test_length);
  return g_test_run ();
}
