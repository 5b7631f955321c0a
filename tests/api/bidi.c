/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/bidi.h"

#include "api/text.h"

#include <libintl.h>
#include <locale.h>

/* With GTK's own catalogues: it decides by them in which direction a window is laid out. */
static void
speak (const char *language)
{
  g_setenv ("LANGUAGE", language, TRUE);
  setlocale (LC_ALL, ""); /* what was looked up before is forgotten */
  g_assert_cmpstr (gettext ("default:LTR"), ==,
                   g_str_equal (language, "de") ? "default:LTR" : "default:RTL");
}

static const struct
{
  const char *text;
  const char *line;
  const char *isolate;
} cases[] = {
  { "eve@plain.lab", "\u200feve@plain.lab", "\u2068eve@plain.lab\u2069" },
  { "256 bits", "\u200f256 bits", "\u2068256 bits\u2069" },
  { "\u05d0\u05d1: b", "\u200f\u05d0\u05d1: b", "\u2068\u05d0\u05d1: b\u2069" },
  { "", "\u200f", "\u2068\u2069" },
};

static void
test_right_to_left (void)
{
  static const char *const languages[] = { "he", "ar", "fa" };

  for (guint i = 0; i < G_N_ELEMENTS (languages); i++)
    {
      speak (languages[i]);
      for (guint j = 0; j < G_N_ELEMENTS (cases); j++)
        {
          g_autofree char *line = ll_bidi_line (cases[j].text);
          g_autofree char *isolate = ll_bidi_isolate (cases[j].text);

          g_assert_cmpstr (line, ==, cases[j].line);
          g_assert_cmpstr (isolate, ==, cases[j].isolate);
        }
    }
}

static void
test_left_to_right (void)
{
  speak ("de");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *line = ll_bidi_line (cases[i].text);
      g_autofree char *isolate = ll_bidi_isolate (cases[i].text);

      g_assert_cmpstr (line, ==, cases[i].text);
      g_assert_cmpstr (isolate, ==, cases[i].text);
    }
}

/* The address is the isolate, whatever stands beside it. */
static void
test_people (void)
{
  g_autofree char *one = NULL, *three = NULL, *plain = NULL;

  speak ("he");
  one = ll_text_people ("eve@plain.lab", 0);
  three = ll_text_people ("eve@plain.lab", 2);
  g_assert_cmpstr (one, ==, "\u200f\u2068eve@plain.lab\u2069");
  g_assert_true (g_str_has_prefix (three, one));
  speak ("de");
  plain = ll_text_people ("eve@plain.lab", 2);
  g_assert_cmpstr (plain, ==, "eve@plain.lab and 2 more");
}

int
main (int argc, char **argv)
{
  textdomain ("gtk40");
  bind_textdomain_codeset ("gtk40", "UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bidi/right-to-left", test_right_to_left);
  g_test_add_func ("/bidi/left-to-right", test_left_to_right);
  g_test_add_func ("/bidi/people", test_people);
  return g_test_run ();
}
