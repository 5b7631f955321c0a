/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/dots.h"

#include <string.h>

/* @rest: what must be left behind the end of data; NULL: the end must not be seen */
static const struct
{
  const char *name;
  const char *wire;
  gsize length;
  const char *content;
  const char *rest;
  const char *fault;
} cases[] = {
#define BYTES(s) s, sizeof (s) - 1
  { "empty", BYTES (".\r\n"), "", "", NULL },
  { "one line", BYTES ("a\r\n.\r\nQUIT\r\n"), "a\r\n", "QUIT\r\n", NULL },
  { "dots", BYTES ("..\r\n...x\r\n.y\r\n.\r\n"), ".\r\n..x\r\ny\r\n", "", NULL },
  { "empty lines", BYTES ("\r\n\r\na\r\n\r\n.\r\n"), "\r\n\r\na\r\n\r\n", "", NULL },
  { "dot inside", BYTES ("a.\r\nb\r\n.\r\n"), "a.\r\nb\r\n", "", NULL },
  { "open", BYTES ("a\r\n."), "a\r\n", NULL, NULL },
  /* smuggling, in every spelling: none of them is the end of data */
  { "LF.LF", BYTES ("a\n.\nb\r\n.\r\n"), "a\r\n.\r\nb\r\n", "", NULL },
  { "LF.CRLF", BYTES ("a\n.\r\nb\r\n.\r\n"), "a\r\n.\r\nb\r\n", "", NULL },
  { "CRLF.LF", BYTES ("a\r\n.\nb\r\n.\r\n"), "a\r\n\r\nb\r\n", "", NULL },
  { "CR.CR", BYTES ("a\r.\rb\r\n.\r\n"), NULL, "", "carriage" },
  { "CRLF.CR", BYTES ("a\r\n.\rb\r\n.\r\n"), NULL, "", "carriage" },
  { "CRLF.CRCRLF", BYTES ("a\r\n.\r\r\nb\r\n.\r\n"), NULL, "", "carriage" },
  { "CR.CRLF", BYTES ("a\r.\r\nb\r\n.\r\n"), NULL, "", "carriage" },
  { "CRCRLF", BYTES ("a\r\r\nb\r\n.\r\n"), NULL, "", "carriage" },
  { "LFCR.CRLF", BYTES ("a\n\r.\r\nb\r\n.\r\n"), NULL, "", "carriage" },
  { "NUL", BYTES ("a\0b\r\n.\r\n"), NULL, "", "NUL" },
  { "CRLF.NUL", BYTES ("a\r\n.\0\r\n.\r\n"), NULL, "", "NUL" },
  { "CRNULLF", BYTES ("a\r\0\n.\r\n.\r\n"), NULL, "", "carriage" },
};

static void
undot (guint i, gsize step, gboolean refused, GString *content, LlUndot *out, gsize *taken)
{
  gboolean ended = FALSE;

  ll_undot_init (out, TRUE, refused);
  *taken = 0;
  while (*taken < cases[i].length && !ended)
    {
      gsize n = MIN (step, cases[i].length - *taken);

      *taken += ll_undot_feed (out, cases[i].wire + *taken, n, content, &ended);
    }
  g_assert_cmpint (ended, ==, cases[i].rest != NULL);
}

static void
test_undot (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize step = 1; step <= cases[i].length; step++)
      {
        g_autoptr (GString) content = g_string_new (NULL);
        LlUndot state;
        gsize taken;

        g_test_message ("%s by %" G_GSIZE_FORMAT, cases[i].name, step);
        undot (i, step, FALSE, content, &state, &taken);
        if (cases[i].rest != NULL)
          g_assert_cmpstr (cases[i].wire + taken, ==, cases[i].rest);
        if (cases[i].fault != NULL)
          g_assert_nonnull (strstr (state.fault, cases[i].fault));
        else
          {
            g_assert_null (state.fault);
            g_assert_cmpstr (content->str, ==, cases[i].content);
          }
      }
}

static void
test_bare_lf (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gboolean has = strstr (cases[i].name, "LF.LF") == cases[i].name
                     || strcmp (cases[i].name, "LF.CRLF") == 0
                     || strcmp (cases[i].name, "CRLF.LF") == 0;
      g_autoptr (GString) content = g_string_new (NULL);
      LlUndot state;
      gsize taken;

      undot (i, 4096, FALSE, content, &state, &taken);
      if (cases[i].fault == NULL)
        g_assert_cmpint (state.saw_bare_lf, ==, has);
      undot (i, 4096, TRUE, content, &state, &taken);
      if (has)
        g_assert_nonnull (strstr (state.fault, "line feed"));
    }
}

static void
test_chunks (void)
{
  static const struct
  {
    const char *wire;
    const char *content;
    gboolean added;
    gboolean fault;
  } bodies[] = {
    { "a\r\n", "a\r\n", FALSE, FALSE },
    { "a", "a\r\n", TRUE, FALSE },
    { "", "", FALSE, FALSE },
    { "a\n", "a\r\n", FALSE, FALSE },
    { ".\r\n..\r\n", ".\r\n..\r\n", FALSE, FALSE },
    { "a\r", NULL, FALSE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (GString) content = g_string_new (NULL);
      gboolean ended;
      LlUndot state;

      ll_undot_init (&state, FALSE, FALSE);
      g_assert_cmpuint (ll_undot_feed (&state, bodies[i].wire, strlen (bodies[i].wire), content,
                                       &ended),
                        ==, strlen (bodies[i].wire));
      g_assert_false (ended);
      ll_undot_finish (&state, content);
      g_assert_cmpint (state.fault != NULL, ==, bodies[i].fault);
      if (bodies[i].content != NULL)
        g_assert_cmpstr (content->str, ==, bodies[i].content);
      g_assert_cmpint (state.added_crlf, ==, bodies[i].added);
    }
}

static void
test_chunk_take (void)
{
  LlChunk chunk = { .left = 10 };

  g_assert_cmpuint (ll_chunk_take (&chunk, 4), ==, 4);
  g_assert_cmpuint (ll_chunk_take (&chunk, 100), ==, 6);
  g_assert_cmpuint (ll_chunk_take (&chunk, 100), ==, 0);
}

/* What stuffing puts in, undotting takes away, in any split; and it never shows an end early. */
static void
test_stuff (void)
{
  static const char *const letters[]
      = { "", ".\r\n", "a\r\n.\r\nb\r\n", "...\r\n.\r\n", "a", "a\r\n.b", "\r\n\r\n." };

  for (guint i = 0; i < G_N_ELEMENTS (letters); i++)
    for (gsize step = 1; step < 8; step++)
      {
        g_autoptr (GString) wire = g_string_new (NULL);
        g_autoptr (GString) content = g_string_new (NULL);
        g_autofree char *expected = NULL;
        gsize length = strlen (letters[i]);
        LlStuff stuff = LL_STUFF_INIT;
        LlUndot state;
        gboolean ended;

        for (gsize at = 0; at < length; at += step)
          ll_stuff_feed (&stuff, letters[i] + at, MIN (step, length - at), wire);
        ll_stuff_finish (&stuff, wire);
        ll_undot_init (&state, TRUE, TRUE);
        g_assert_cmpuint (ll_undot_feed (&state, wire->str, wire->len, content, &ended), ==,
                          wire->len);
        g_assert_true (ended);
        expected = g_strconcat (letters[i],
                                length == 0 || g_str_has_suffix (letters[i], "\r\n") ? "" : "\r\n",
                                NULL);
        g_assert_cmpstr (content->str, ==, expected);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dots/undot", test_undot);
  g_test_add_func ("/dots/bare-lf", test_bare_lf);
  g_test_add_func ("/dots/chunks", test_chunks);
  g_test_add_func ("/dots/chunk-take", test_chunk_take);
  g_test_add_func ("/dots/stuff", test_stuff);
  return g_test_run ();
}
