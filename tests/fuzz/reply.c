/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/reply.h"

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* The first reply, or NULL; @length: of its bytes. */
static LlServerReply *
first_of (const char *bytes, size_t size, size_t step, size_t *length)
{
  g_autoptr (LlReplyParser) parser = ll_reply_parser_new ();
  LlServerReply *reply = NULL;

  for (*length = 0; *length < size && reply == NULL;)
    {
      size_t at = *length;
      gssize taken = ll_reply_parser_push (parser, bytes + at, MIN (step, size - at), &reply, NULL);

      if (taken < 0)
        break;
      *length += (size_t) taken;
    }
  return reply;
}

/* RFC 5321 4.2.1, from the lines: all of one code, each but the last with a hyphen. */
static void
check_lines (const char *bytes, gsize size, guint code)
{
  g_autofree char *text = g_strndup (bytes, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n = g_strv_length (lines);

  g_assert_cmpuint (n, >=, 2);
  g_assert_cmpuint (n - 1, <=, LL_REPLY_LINES_MAX);
  g_assert_cmpstr (lines[n - 1], ==, "");
  for (guint i = 0; i < n - 1; i++)
    {
      g_assert_cmpuint (strlen (lines[i]), <=, LL_REPLY_LINE_MAX + 1);
      g_assert_cmpuint ((guint) strtoul (lines[i], NULL, 10), ==, code);
      g_assert_true ((lines[i][3] == '-') == (i + 2 < n));
    }
}

/* Whatever the bytes are cut into, the reply is the same one. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  const char *bytes = (const char *) data;
  size_t length, length_too;
  g_autoptr (LlServerReply) whole = first_of (bytes, size, size, &length);
  g_autoptr (LlServerReply) pieces = first_of (bytes, size, 1, &length_too);
  g_autofree char *line = NULL;

  g_assert_cmpint (whole != NULL, ==, pieces != NULL);
  if (whole == NULL)
    return 0;
  g_assert_cmpuint (length, ==, length_too);
  check_lines (bytes, length, whole->code);
  g_assert_cmpuint (whole->code, >=, 200);
  g_assert_cmpuint (whole->code, <=, 599);
  g_assert_true (g_utf8_validate (whole->text, -1, NULL));
  g_assert_null (strchr (whole->text, '\r'));
  g_assert_cmpuint (whole->code, ==, pieces->code);
  g_assert_cmpstr (whole->text, ==, pieces->text);
  g_assert_cmpstr (whole->enhanced, ==, pieces->enhanced);
  line = ll_server_reply_describe (whole);
  g_assert_null (strchr (line, '\n'));
  return 0;
}
