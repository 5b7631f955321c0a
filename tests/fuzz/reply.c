/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/reply.h"

#include "base/limits.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* Up to the first reply, or NULL. */
static LlServerReply *
first_of (const char *bytes, size_t size, size_t step)
{
  g_autoptr (LlReplyParser) parser = ll_reply_parser_new ();
  LlServerReply *reply = NULL;

  for (size_t at = 0; at < size && reply == NULL;)
    {
      gssize taken = ll_reply_parser_push (parser, bytes + at, MIN (step, size - at), &reply, NULL);

      if (taken < 0)
        break;
      at += (size_t) taken;
    }
  return reply;
}

/* Whatever the bytes are cut into, the reply is the same one. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  const char *bytes = (const char *) data;
  g_autoptr (LlServerReply) whole = first_of (bytes, size, size);
  g_autoptr (LlServerReply) pieces = first_of (bytes, size, 1);
  g_autofree char *line = NULL;

  g_assert_cmpint (whole != NULL, ==, pieces != NULL);
  if (whole == NULL)
    return 0;
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
