/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/prefs.h"

#include "base/error.h"

#include <string.h>

static LlPrefs *
parse (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return ll_prefs_parse (bytes, error);
}

static const struct
{
  const char *name;
  const char *text;
  const char *value; /* of "a"; NULL: must be refused */
} cases[] = {
  { "string", "user_pref(\"a\", \"b\");\n", "b" },
  { "empty string", "user_pref(\"a\", \"\");", "" },
  { "single quotes", "user_pref('a', 'b\"c');", "b\"c" },
  { "number", "user_pref(\"a\", 465);", "465" },
  { "negative", "user_pref(\"a\", -1);", "-1" },
  { "positive", "user_pref(\"a\", +7);", "7" },
  { "smallest", "user_pref(\"a\", -2147483648);", "-2147483648" },
  { "true", "user_pref(\"a\", true);", "true" },
  { "false", "user_pref(\"a\", false);", "false" },
  { "not ours", "pref(\"a\", 1);", "1" },
  { "the last counts", "user_pref(\"a\", 1);\nuser_pref(\"a\", 2);\n", "2" },
  { "one line", "user_pref(\"b\",1);user_pref(\"a\",2);", "2" },
  { "space", " user_pref ( \"a\" ,\n\t2 ) ; ", "2" },
  { "comments", "# x\n// y\n/* z\n; */ user_pref(\"a\", /* 1 */ 2); # end", "2" },
  { "CRLF", "user_pref(\"a\", 1);\r\n", "1" },
  { "escapes", "user_pref(\"a\", \"\\\"\\\\\\'\\n\\r\\x41\\u00e9\");", "\"\\'\n\rAé" },
  { "two halves", "user_pref(\"a\", \"\\ud83d\\ude00\");", "😀" },
  { "UTF-8", "user_pref(\"a\", \"Grüße\");", "Grüße" },
  { "a bracket in it", "user_pref(\"a\", \");\");", ");" },
  { "half a character", "user_pref(\"a\", \"\\ud83d\");", NULL },
  { "the wrong half", "user_pref(\"a\", \"\\ude00\\ud83d\");", NULL },
  { "not UTF-8", "user_pref(\"a\", \"x\xff\");", "x\357\277\275" },
  { "a zero", "user_pref(\"a\", \"\\x00\");", NULL },
  { "unknown escape", "user_pref(\"a\", \"\\t\");", NULL },
  { "no end of string", "user_pref(\"a\", \"b);\n", NULL },
  { "no end of comment", "user_pref(\"a\", 1); /* ", NULL },
  { "no semicolon", "user_pref(\"a\", 1)\n", NULL },
  { "no value", "user_pref(\"a\");", NULL },
  { "no name", "user_pref(, 1);", NULL },
  { "too large", "user_pref(\"a\", 2147483648);", NULL },
  { "too small", "user_pref(\"a\", -2147483649);", NULL },
  { "a word", "user_pref(\"a\", trueish);", NULL },
  { "another function", "lockPref(\"a\", 1);", NULL },
  { "something behind", "user_pref(\"a\", 1); x", NULL },
};

static void
test_parse (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LlPrefs) prefs = parse (cases[i].text, &error);

      g_test_message ("%s", cases[i].name);
      if (cases[i].value == NULL)
        {
          g_assert_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE);
          g_assert_null (prefs);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpstr (ll_prefs_find (prefs, "a")->text, ==, cases[i].value);
    }
}

static void
test_read (void)
{
  g_autoptr (LlPrefs) prefs
      = parse ("user_pref(\"n\", 5);\nuser_pref(\"s\", \"a\\\"b\");\nuser_pref(\"f\", true);\n",
               NULL);
  g_autofree char *value = ll_prefs_value (prefs, "s");
  g_autofree char *quoted = ll_prefs_quote ("a\"b");

  g_assert_cmpint (ll_prefs_number (prefs, "n", 7), ==, 5);
  g_assert_cmpint (ll_prefs_number (prefs, "s", 7), ==, 7);
  g_assert_cmpint (ll_prefs_number (prefs, "none", 7), ==, 7);
  g_assert_cmpstr (ll_prefs_text (prefs, "s"), ==, "a\"b");
  g_assert_cmpstr (ll_prefs_text (prefs, "n"), ==, "");
  g_assert_null (ll_prefs_find (prefs, "none"));
  g_assert_cmpstr (value, ==, "\"a\\\"b\"");
  g_assert_cmpstr (quoted, ==, value);
}

static const struct
{
  const char *name;
  const char *before;
  const char *value; /* of "a"; NULL: it goes */
  const char *after;
} changes[] = {
  { "replaced", "// x\nuser_pref(\"a\", 1);\nuser_pref(\"b\", 2);\n", "\"y\"",
    "// x\nuser_pref(\"a\", \"y\");\nuser_pref(\"b\", 2);\n" },
  { "its layout stays", "user_pref ( \"a\",  1 ) ; // why\n", "2",
    "user_pref ( \"a\",  2 ) ; // why\n" },
  { "new", "user_pref(\"b\", 2);\n", "1", "user_pref(\"b\", 2);\nuser_pref(\"a\", 1);\n" },
  { "new, no line's end", "user_pref(\"b\", 2);", "1",
    "user_pref(\"b\", 2);\nuser_pref(\"a\", 1);\n" },
  { "beside what is not UTF-8", "user_pref(\"b\", \"\xff\");\nuser_pref(\"a\", 1);\n", "2",
    "user_pref(\"b\", \"\xff\");\nuser_pref(\"a\", 2);\n" },
  { "new in nothing", "", "1", "user_pref(\"a\", 1);\n" },
  { "gone", "user_pref(\"a\", 1);\nuser_pref(\"b\", 2);\n", NULL, "user_pref(\"b\", 2);\n" },
  { "gone with CRLF", "user_pref(\"a\", 1);\r\nuser_pref(\"b\", 2);\r\n", NULL,
    "user_pref(\"b\", 2);\r\n" },
  { "gone from the middle", "user_pref(\"b\", 2);user_pref(\"a\", 1);\n", NULL,
    "user_pref(\"b\", 2);\n" },
  { "gone was not there", "user_pref(\"b\", 2);\n", NULL, "user_pref(\"b\", 2);\n" },
  { "all of it", "user_pref(\"a\", 1);\nuser_pref(\"a\", 2);\n", "3",
    "user_pref(\"a\", 3);\nuser_pref(\"a\", 3);\n" },
};

static void
test_change (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (LlPrefs) prefs = parse (changes[i].before, NULL);
      g_autoptr (GArray) list = ll_pref_changes_new ();
      g_autoptr (GBytes) after = NULL;

      ll_pref_changes_add (list, g_strdup ("a"), g_strdup (changes[i].value));
      after = ll_prefs_change (prefs, list);
      g_test_message ("%s", changes[i].name);
      g_assert_cmpmem (g_bytes_get_data (after, NULL), g_bytes_get_size (after), changes[i].after,
                       strlen (changes[i].after));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/prefs/parse", test_parse);
  g_test_add_func ("/prefs/read", test_read);
  g_test_add_func ("/prefs/change", test_change);
  return g_test_run ();
}
