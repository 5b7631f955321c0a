/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/reply.h"

#include "base/limits.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* Whatever the bytes are cut into, the replies are the same ones. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  const char *bytes = (const char *) data;
  g_autoptr (LlServerReply) whole = ll_reply_parse (bytes, size, NULL);
  g_autoptr (LlReplyParser) parser = ll_reply_parser_new ();
  g_autoptr (LlServerReply) first = NULL;
  gboolean ok = TRUE;

  for (size_t i = 0; i < size && ok; i++)
    {
      g_autoptr (LlServerReply) reply = NULL;

      ok = ll_reply_parser_push (parser, bytes + i, 1, &reply, NULL) == 1;
      if (reply == NULL)
        continue;
      g_assert_cmpuint (reply->code, >=, 200);
      g_assert_cmpuint (reply->code, <=, 599);
      g_assert_true (g_utf8_validate (reply->text, -1, NULL));
      g_assert_null (strchr (reply->text, '\r'));
      if (first == NULL)
        first = g_steal_pointer (&reply);
    }
  if (whole != NULL)
    {
      g_assert_nonnull (first);
      g_assert_cmpuint (whole->code, ==, first->code);
      g_assert_cmpstr (whole->text, ==, first->text);
      g_assert_cmpstr (whole->enhanced, ==, first->enhanced);
      g_autofree char *line = ll_server_reply_describe (whole);
      g_assert_null (strchr (line, '\n'));
    }
  return 0;
}
