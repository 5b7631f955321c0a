/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/edits.h"

#include "base/error.h"

#include <string.h>

#define EDITS_MAX 4

static const struct
{
  const char *name;
  const char *letter;
  LlEdit edits[EDITS_MAX]; /* up to the one without offset, length and replacement */
  const char *expected;    /* NULL: must be refused */
} cases[] = {
  { "none", "abc", { { 0 } }, "abc" },
  { "removed", "abcdef", { { 2, 2, (char *) "", NULL } }, "abef" },
  { "removed without a replacement", "abcdef", { { 2, 2, NULL, "x" } }, "abef" },
  { "replaced", "abcdef", { { 2, 2, (char *) "XYZ", NULL } }, "abXYZef" },
  { "at the start", "abcdef", { { 0, 2, (char *) "X", NULL } }, "Xcdef" },
  { "at the end", "abcdef", { { 4, 2, (char *) "X", NULL } }, "abcdX" },
  { "all of it", "abcdef", { { 0, 6, (char *) "", NULL } }, "" },
  { "inserted", "abcdef", { { 3, 0, (char *) "X", NULL } }, "abcXdef" },
  { "two", "abcdef", { { 1, 1, (char *) "", NULL }, { 4, 1, (char *) "Y", NULL } }, "acdYf" },
  { "touching", "abcdef", { { 1, 2, (char *) "", NULL }, { 3, 2, (char *) "Y", NULL } }, "aYf" },
  { "over the end", "abc", { { 2, 100, (char *) "X", NULL } }, "abX" },
  { "behind the end", "abc", { { 3, 1, (char *) "X", NULL } }, "abc" },
  { "overlapping", "abcdef", { { 1, 3, (char *) "", NULL }, { 3, 1, (char *) "", NULL } }, NULL },
  { "descending", "abcdef", { { 4, 1, (char *) "", NULL }, { 1, 1, (char *) "", NULL } }, NULL },
  { "absurd", "abc", { { 1, G_MAXUINT64, (char *) "", NULL } }, NULL },
};

static GPtrArray *
list_of (gsize i)
{
  GPtrArray *list = g_ptr_array_new ();

  for (gsize k = 0; k < EDITS_MAX; k++)
    {
      const LlEdit *edit = &cases[i].edits[k];

      if (edit->length != 0 || edit->replacement != NULL)
        g_ptr_array_add (list, (gpointer) edit);
    }
  return list;
}

/* Where the letter is cut must not matter. */
static void
test_apply (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize cut = 1; cut <= 7; cut++)
      {
        g_autoptr (GPtrArray) list = list_of (i);
        g_autoptr (GError) error = NULL;
        g_autoptr (LlEdits) edits = ll_edits_new (list, &error);
        g_autoptr (GString) out = g_string_new (NULL);
        gsize length = strlen (cases[i].letter);

        g_test_message ("%s, cut at %zu", cases[i].name, cut);
        if (cases[i].expected == NULL)
          {
            g_assert_error (error, LL_MESSAGE_ERROR, LL_MESSAGE_ERROR_MALFORMED);
            continue;
          }
        g_assert_no_error (error);
        for (gsize at = 0; at < length; at += cut)
          ll_edits_push (edits, cases[i].letter + at, MIN (cut, length - at), out);
        g_assert_cmpstr (out->str, ==, cases[i].expected);
        g_assert_cmpuint (ll_edits_size (edits, length), ==, out->len);
      }
}

static void
test_null (void)
{
  g_autoptr (LlEdits) edits = ll_edits_new (NULL, NULL);
  g_autoptr (GString) out = g_string_new (NULL);

  ll_edits_push (edits, "a\0b", 3, out);
  g_assert_cmpuint (out->len, ==, 3);
  g_assert_cmpuint (ll_edits_size (edits, 3), ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/edits/apply", test_apply);
  g_test_add_func ("/message/edits/null", test_null);
  return g_test_run ();
}
