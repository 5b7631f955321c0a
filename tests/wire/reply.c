/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/reply.h"

#include "base/error.h"
#include "base/limits.h"

#include <string.h>

static const struct
{
  const char *name;
  const char *line;
  guint code; /* 0: must be refused */
  gboolean is_last;
  const char *text;
} lines[] = {
  { "last", "250 Ok", 250, TRUE, "Ok" },
  { "more", "250-SIZE 1000", 250, FALSE, "SIZE 1000" },
  { "bare code", "250", 250, TRUE, "" },
  { "bare code with blank", "250 ", 250, TRUE, "" },
  { "bare code with hyphen", "250-", 250, FALSE, "" },
  { "tab in the text", "220 a\tb", 220, TRUE, "a\tb" },
  { "UTF-8", "550 nö", 550, TRUE, "nö" },
  { "empty", "", 0, FALSE, NULL },
  { "two digits", "25", 0, FALSE, NULL },
  { "four digits", "2500 x", 0, FALSE, NULL },
  { "tab after the code", "250\tOk", 0, FALSE, NULL },
  { "one hundred", "199 x", 0, FALSE, NULL },
  { "six hundred", "600 x", 0, FALSE, NULL },
  { "HTTP", "HTTP/1.1 400 Bad Request", 0, FALSE, NULL },
  { "SSH", "SSH-2.0-OpenSSH_9.2", 0, FALSE, NULL },
  { "control", "250 a\rb", 0, FALSE, NULL },
  { "escape", "250 \033[31m", 0, FALSE, NULL },
  { "delete", "250 a\177", 0, FALSE, NULL },
};

static void
test_lines (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      LlReplyLine line = { 0 };
      g_autoptr (GError) error = NULL;
      gboolean ok = ll_reply_line_parse (lines[i].line, &line, &error);

      g_test_message ("%s", lines[i].name);
      g_assert_cmpint (ok, ==, lines[i].code != 0);
      g_assert_cmpuint (line.code, ==, lines[i].code);
      g_assert_cmpint (line.is_last, ==, lines[i].is_last);
      g_assert_cmpstr (line.text, ==, lines[i].text);
      if (!ok)
        g_assert_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_SYNTAX);
    }
}

#define MORE 1

static const struct
{
  const char *name;
  const char *bytes;
  guint code; /* 0: must be refused, MORE: not whole yet */
  const char *enhanced;
  const char *text;
} replies[] = {
  { "one line", "250 2.0.0 Ok\r\n", 250, "2.0.0", "Ok" },
  { "LF alone", "250 Ok\n", 250, "", "Ok" },
  { "several", "550-5.7.1 not\r\n550 5.7.1 you\r\n", 550, "5.7.1", "not\nyou" },
  { "greeting", "220-mail.example\r\n220 ESMTP\r\n", 220, "", "mail.example\nESMTP" },
  { "class of another code", "250 5.1.1 Ok\r\n", 250, "", "5.1.1 Ok" },
  { "no code for 3xx", "334 3.0.0 x\r\n", 334, "", "3.0.0 x" },
  { "only an enhanced code", "250 2.1.5\r\n", 250, "2.1.5", "" },
  { "long enhanced code", "550 5.123.456 x\r\n", 550, "5.123.456", "x" },
  { "too long enhanced code", "550 5.1234.1 x\r\n", 550, "", "5.1234.1 x" },
  { "number, not a code", "250 2.0.0.1 Ok\r\n", 250, "", "2.0.0.1 Ok" },
  { "zeros", "250 2.000000000.0 Ok\r\n", 250, "", "2.000000000.0 Ok" },
  { "Latin-1", "550 n\xf6\r\n", 550, "", "n\357\277\275" },
  { "changed code", "250-a\r\n550 b\r\n", 0, NULL, NULL },
  { "not whole", "250-a\r\n", MORE, NULL, NULL },
  { "no line end", "250 a", MORE, NULL, NULL },
  { "CR inside", "250 a\rb\r\n", 0, NULL, NULL },
  { "two CR", "250 a\r\r\n", 0, NULL, NULL },
  { "empty", "", MORE, NULL, NULL },
  { "empty line", "\r\n", 0, NULL, NULL },
};

/* NULL where it is refused, and where more has to come. */
static LlServerReply *
parse (const char *bytes, gsize length, GError **error)
{
  g_autoptr (LlReplyParser) parser = ll_reply_parser_new ();
  LlServerReply *reply = NULL;
  gssize taken = ll_reply_parser_push (parser, bytes, length, &reply, error);

  if (taken < 0)
    g_assert_null (reply);
  else
    g_assert_cmpint (taken, ==, length);
  return reply;
}

static void
check_reply (gsize i, const LlServerReply *reply, const GError *error)
{
  g_test_message ("%s", replies[i].name);
  if (replies[i].code == 0)
    {
      g_assert_null (reply);
      g_assert_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_SYNTAX);
      return;
    }
  g_assert_no_error (error);
  if (replies[i].code == MORE)
    {
      g_assert_null (reply);
      return;
    }
  g_assert_cmpuint (reply->code, ==, replies[i].code);
  g_assert_cmpstr (reply->enhanced, ==, replies[i].enhanced);
  g_assert_cmpstr (reply->text, ==, replies[i].text);
}

static void
test_whole (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LlServerReply) reply = parse (replies[i].bytes, strlen (replies[i].bytes), &error);

      check_reply (i, reply, error);
    }
}

/* Where the bytes are cut must not matter. */
static void
test_bytewise (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      g_autoptr (LlReplyParser) parser = ll_reply_parser_new ();
      g_autoptr (LlServerReply) reply = NULL;
      g_autoptr (GError) error = NULL;

      if (replies[i].code == 0)
        continue;
      for (const char *at = replies[i].bytes; *at != '\0'; at++)
        {
          g_assert_null (reply);
          g_assert_cmpint (ll_reply_parser_push (parser, at, 1, &reply, &error), ==, 1);
          g_assert_cmpint (ll_reply_parser_is_inside (parser), ==, reply == NULL);
        }
      check_reply (i, reply, error);
    }
}

static void
test_rest (void)
{
  const char *bytes = "250 2.1.0 a\r\n354 go\r\n";
  g_autoptr (LlReplyParser) parser = ll_reply_parser_new ();
  g_autoptr (LlServerReply) first = NULL;
  g_autoptr (LlServerReply) second = NULL;

  g_assert_cmpint (ll_reply_parser_push (parser, bytes, strlen (bytes), &first, NULL), ==, 13);
  g_assert_cmpuint (first->code, ==, 250);
  g_assert_cmpint (ll_reply_parser_push (parser, bytes + 13, 8, &second, NULL), ==, 8);
  g_assert_cmpuint (second->code, ==, 354);
  g_assert_cmpstr (second->enhanced, ==, "");
  g_assert_cmpstr (second->text, ==, "go");
}

static void
test_limits (void)
{
  g_autoptr (GString) bytes = g_string_new ("250 ");
  g_autoptr (LlServerReply) reply = NULL;
  g_autoptr (GError) error = NULL;

  while (bytes->len < LL_REPLY_LINE_MAX)
    g_string_append_c (bytes, 'x');
  g_string_append (bytes, "\r\n");
  reply = parse (bytes->str, bytes->len, &error);
  g_assert_no_error (error);
  g_string_insert_c (bytes, 5, 'x');
  g_assert_null (parse (bytes->str, bytes->len, &error));
  g_assert_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TOO_LONG);
  g_clear_error (&error);

  g_string_truncate (bytes, 0);
  for (guint i = 1; i < LL_REPLY_LINES_MAX; i++)
    g_string_append (bytes, "250-x\r\n");
  g_string_append (bytes, "250 x\r\n");
  g_clear_pointer (&reply, ll_server_reply_free);
  reply = parse (bytes->str, bytes->len, &error);
  g_assert_no_error (error);
  g_string_prepend (bytes, "250-x\r\n");
  g_assert_null (parse (bytes->str, bytes->len, &error));
  g_assert_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TOO_LONG);
  g_clear_error (&error);

  /* garbage is refused at its first byte, not when a line end comes at last */
  g_assert_null (parse ("\x16\x03\x01", 3, &error));
  g_assert_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_SYNTAX);
}

static void
test_describe (void)
{
  const char *bytes = "550-5.7.1 not\r\n550 5.7.1 you\r\n";
  g_autoptr (LlServerReply) reply = parse (bytes, strlen (bytes), NULL);
  g_autofree char *text = ll_server_reply_describe (reply);

  g_assert_cmpstr (text, ==, "550 5.7.1 not you");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/reply/lines", test_lines);
  g_test_add_func ("/wire/reply/whole", test_whole);
  g_test_add_func ("/wire/reply/bytewise", test_bytewise);
  g_test_add_func ("/wire/reply/rest", test_rest);
  g_test_add_func ("/wire/reply/limits", test_limits);
  g_test_add_func ("/wire/reply/describe", test_describe);
  return g_test_run ();
}
