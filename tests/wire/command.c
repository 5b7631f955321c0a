/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/command.h"

#include <string.h>

/* @verb NULL: refused whole */
static const struct
{
  const char *line;
  const char *verb;
  const char *arguments;
} lines[] = {
  { "EHLO x", "EHLO", "x" },
  { "ehlo [127.0.0.1]", "EHLO", "[127.0.0.1]" },
  { "NOOP", "NOOP", "" },
  { "NOOP  a b \t ", "NOOP", "a b" },
  { "QUIT ", "QUIT", "" },
  { "MAIL FROM:<>", "MAIL", "FROM:<>" },
  { "MAIL\tFROM:<>", "MAIL", "FROM:<>" },
  { "MAILFROM:<>", "?", NULL },
  { "MAIL:", "?", NULL },
  { "AUTH PLAIN  x", "AUTH", "PLAIN  x" },
  { "AUTH=LOGIN", "AUTH", "LOGIN" },
  { "AUTH= LOGIN", "AUTH", "LOGIN" },
  { " NOOP", "?", NULL },
  { "", "?", NULL },
  { "XYZZY", "?", NULL },
  { "\xc3\xa4", "?", NULL },
  { "NOOP\r", NULL, NULL },
  { "NO\nOP", NULL, NULL },
  { "NOOP \x01", NULL, NULL },
  { "NOOP \x7f", NULL, NULL },
};

static void
test_lines (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      LlCommand command;

      g_test_message ("line %u", i);
      if (lines[i].verb == NULL)
        {
          g_assert_false (ll_command_parse (lines[i].line, strlen (lines[i].line), &command));
          continue;
        }
      g_assert_true (ll_command_parse (lines[i].line, strlen (lines[i].line), &command));
      g_assert_cmpstr (ll_verb_name (command.verb), ==, lines[i].verb);
      if (lines[i].arguments != NULL)
        g_assert_true (ll_scan_equals (&command.arguments, lines[i].arguments));
    }
  {
    LlCommand command;

    g_assert_false (ll_command_parse ("NOOP \0", 6, &command));
  }
}

static void
test_http (void)
{
  g_assert_true (ll_command_is_http ("GET / HTTP/1.1", 14));
  g_assert_true (ll_command_is_http ("POST /x HTTP/1.0", 16));
  g_assert_false (ll_command_is_http ("GET", 3));
  g_assert_false (ll_command_is_http ("NOOP", 4));
}

static const struct
{
  const char *arguments;
  guint64 size;
  gboolean last;
  gboolean good;
} chunks[] = {
  { "0", 0, FALSE, TRUE },
  { "10 LAST", 10, TRUE, TRUE },
  { "10  last", 10, TRUE, TRUE },
  { "9223372036854775807", 9223372036854775807u, FALSE, TRUE },
  { "9223372036854775808", 0, FALSE, FALSE },
  { "", 0, FALSE, FALSE },
  { "LAST", 0, FALSE, FALSE },
  { "-1", 0, FALSE, FALSE },
  { "+1", 0, FALSE, FALSE },
  { "1LAST", 0, FALSE, FALSE },
  { "1 LASTS", 0, FALSE, FALSE },
  { "1 2", 0, FALSE, FALSE },
  { "0x10", 0, FALSE, FALSE },
};

static void
test_bdat (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (chunks); i++)
    {
      LlCommand command
          = { .verb = LL_VERB_BDAT, .arguments = ll_scan_string (chunks[i].arguments) };
      guint64 size = 0;
      gboolean last = FALSE;

      g_test_message ("chunk %u", i);
      g_assert_cmpint (ll_command_read_bdat (&command, &size, &last), ==, chunks[i].good);
      if (!chunks[i].good)
        continue;
      g_assert_cmpuint (size, ==, chunks[i].size);
      g_assert_cmpint (last, ==, chunks[i].last);
    }
}

/* More of MAIL and RCPT stands in tests/chats; here what each limit is. */
static void
test_limits (void)
{
  static const struct
  {
    const char *format; /* %s: this many x */
    guint n;
    gboolean good;
  } mails[] = {
    { "MAIL FROM:<a@example.com> ENVID=%s", 100, TRUE },
    { "MAIL FROM:<a@example.com> ENVID=%s", 101, FALSE },
    { "MAIL FROM:<%s@example.com>", 64, TRUE },
    { "MAIL FROM:<%s@example.com>", 65, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (mails); i++)
    {
      g_autofree char *fill = g_strnfill (mails[i].n, 'x');
      g_auto (GStrv) parts = g_strsplit (mails[i].format, "%s", 2);
      g_autofree char *line = g_strconcat (parts[0], fill, parts[1], NULL);
      g_autoptr (LlEnvelope) envelope = ll_envelope_new ();
      g_auto (LlReply) refusal = { 0 };
      LlCommand command;

      g_assert_true (ll_command_parse (line, strlen (line), &command));
      g_assert_cmpint (ll_command_read_mail (&command, FALSE, envelope, &refusal), ==,
                       mails[i].good);
      g_assert_cmpint (refusal.code, ==, mails[i].good ? 0 : 501);
    }
}

static void
test_recipient (void)
{
  const char *line = "RCPT TO: <B@B\xc3\x9c"
                     "CHER.example> ORCPT=utf-8;\xc3\xbc@example.com NOTIFY=delay";
  g_auto (LlReply) refusal = { 0 };
  g_autoptr (LlRecipient) recipient = NULL;
  LlCommand command;

  g_assert_true (ll_command_parse (line, strlen (line), &command));
  recipient = ll_command_read_rcpt (&command, &refusal);
  g_assert_nonnull (recipient);
  g_assert_cmpstr (recipient->address, ==, "B@xn--bcher-kva.example");
  g_assert_cmpstr (recipient->orcpt, ==, "utf-8;ü@example.com");
  g_assert_cmpstr (recipient->notify, ==, "delay");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/command/lines", test_lines);
  g_test_add_func ("/command/http", test_http);
  g_test_add_func ("/command/bdat", test_bdat);
  g_test_add_func ("/command/limits", test_limits);
  g_test_add_func ("/command/recipient", test_recipient);
  return g_test_run ();
}
