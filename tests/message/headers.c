/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/headers.h"

#include "base/limits.h"

#include <string.h>

static LlHeaders *
feed (const char *bytes, gsize step)
{
  LlHeaders *headers = ll_headers_new ();
  gsize length = strlen (bytes);

  for (gsize at = 0; at < length && !ll_headers_ended (headers); at += step)
    ll_headers_feed (headers, bytes + at, MIN (step, length - at));
  ll_headers_finish (headers);
  return headers;
}

static const struct
{
  const char *in;
  guint64 length;
  const char *subject; /* NULL: there is none */
} cases[] = {
  { "Subject: x\r\n\r\nbody", 14, "x" },
  { "Subject: x\n\nbody", 12, "x" },
  { "SUBJECT:x", 9, "x" },
  { "Subject : x\r\n\r\n", 15, "x" },
  { "Subject: a\r\n b\r\n\tc\r\n\r\n", 22, "a b\tc" },
  { "Subject:\r\n\r\n", 12, "" },
  { "Subject: x\r\n\r\r\n\r\n", 17, "x" },
  { "Sub ject: x\r\n\r\n", 15, NULL },
  { ": x\r\n\r\n", 7, NULL },
  { "X-Subject: x\r\n\r\n", 16, NULL },
  { "\r\nSubject: x\r\n", 2, NULL },
  { "garbage\r\n folded garbage\r\nSubject: x\r\n\r\n", 40, "x" },
};

/* The same whatever the pieces. */
static void
test_fields (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize step = 1; step < 50; step++)
      {
        g_autoptr (LlHeaders) headers = feed (cases[i].in, step);
        g_autofree char *subject = ll_headers_text (headers, "subject");

        g_test_message ("case %u", i);
        g_assert_cmpuint (ll_headers_length (headers), ==, cases[i].length);
        g_assert_cmpstr (subject, ==, cases[i].subject);
      }
}

static void
test_offsets (void)
{
  const char *in = "To: a\r\nSubject:  one\r\nsubject:two\r\n\r\n";
  g_autoptr (LlHeaders) headers = feed (in, 1000);

  for (guint i = 0; i < 2; i++)
    {
      const LlField *field = ll_headers_field (headers, "subject", i);

      g_assert_cmpint (memcmp (in + field->value_offset, field->value->str, field->value->len), ==,
                       0);
    }
  g_assert_null (ll_headers_field (headers, "subject", 2));
  g_assert_true (ll_headers_have_prefix (headers, "sub"));
  g_assert_false (ll_headers_have_prefix (headers, "list-"));
}

/* A To that would fill all the room there is leaves the Subject its own. */
static void
test_huge (void)
{
  g_autoptr (GString) in = g_string_new ("To:");
  g_autoptr (LlHeaders) headers = NULL;
  g_autofree char *subject = NULL;

  while (in->len < 2 * LL_HEADER_MAX)
    g_string_append (in, " a@b.example,\r\n");
  g_string_append (in, " c@d.example\r\nSubject: still seen\r\nBcc: x@y\r\n\r\n");
  headers = feed (in->str, 65536);
  subject = ll_headers_text (headers, "subject");
  g_assert_cmpstr (subject, ==, "still seen");
  g_assert_cmpuint (ll_headers_field (headers, "to", 0)->value->len, <, LL_HEADER_MAX);
  {
    g_autoptr (GPtrArray) removals = ll_headers_take_removals (headers);

    g_assert_cmpuint (removals->len, ==, 1);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/headers/fields", test_fields);
  g_test_add_func ("/headers/offsets", test_offsets);
  g_test_add_func ("/headers/huge", test_huge);
  return g_test_run ();
}
