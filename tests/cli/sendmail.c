/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/sendmail.h"

#include <string.h>

/* Command lines as cron, git, mutt, PHP and mailx write them. */
static const struct
{
  const char *line;
  const char *sender;
  const char *recipients;
  gboolean headers, dots, queue;
} lines[] = {
  { "sendmail -t -i", NULL, "", TRUE, TRUE, FALSE },
  { "sendmail -ti", NULL, "", TRUE, TRUE, FALSE },
  { "sendmail -oi -f me@a.lab -- -odd@b.lab", "me@a.lab", "-odd@b.lab", FALSE, TRUE, FALSE },
  { "sendmail -fme@a.lab b@b.lab c@c.lab", "me@a.lab", "b@b.lab c@c.lab", FALSE, FALSE, FALSE },
  { "sendmail -FCronDaemon -i -B8BITMIME -oem root", NULL, "root", FALSE, TRUE, FALSE },
  { "sendmail -odb -oem -bm -r me@a.lab b@b.lab", "me@a.lab", "b@b.lab", FALSE, FALSE, FALSE },
  { "sendmail -N never -V id -R hdrs b@b.lab", NULL, "b@b.lab", FALSE, FALSE, FALSE },
  { "sendmail -bp", NULL, "", FALSE, FALSE, TRUE },
  { "sendmail -f <> b@b.lab", "<>", "b@b.lab", FALSE, FALSE, FALSE },
};

static void
test_lines (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_auto (GStrv) argv = g_strsplit (lines[i].line, " ", -1);
      LlSendmailArguments arguments;
      g_autofree char *recipients = NULL;
      const char *wrong = NULL;

      g_test_message ("%s", lines[i].line);
      g_assert_true (ll_sendmail_parse ((int) g_strv_length (argv), argv, &arguments, &wrong));
      g_ptr_array_add (arguments.recipients, NULL);
      recipients = g_strjoinv (" ", (char **) arguments.recipients->pdata);
      g_assert_cmpstr (recipients, ==, lines[i].recipients);
      g_assert_cmpstr (arguments.sender, ==, lines[i].sender);
      g_assert_cmpint (arguments.from_headers, ==, lines[i].headers);
      g_assert_cmpint (arguments.ignore_dots, ==, lines[i].dots);
      g_assert_cmpint (arguments.print_queue, ==, lines[i].queue);
      g_ptr_array_unref (arguments.recipients);
    }
}

static void
test_wrong_lines (void)
{
  static const char *const wrong_lines[] = { "sendmail -bs", "sendmail -Z", "sendmail x -f" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong_lines); i++)
    {
      g_auto (GStrv) argv = g_strsplit (wrong_lines[i], " ", -1);
      LlSendmailArguments arguments;
      const char *wrong = NULL;

      g_assert_false (ll_sendmail_parse ((int) g_strv_length (argv), argv, &arguments, &wrong));
      g_assert_nonnull (wrong);
      g_ptr_array_unref (arguments.recipients);
    }
}

static LlSendmailLetter *
read_letter (const char *input, gboolean dots, const char *sender)
{
  return ll_sendmail_letter (input, strlen (input), dots, sender, "Cron");
}

static void
test_letter (void)
{
  static const char whole[] = "From: Me <me@a.lab>\nTo: Ada <ada@b.lab>,\n  \"B, C\" <bc@b.lab>\n"
                              "cc: team: x@b.lab, y@b.lab;\nBCC: =?utf-8?q?=C3=A9?= <z@b.lab>\n"
                              "Date: Sun, 22 Nov 2026 16:31:00 +0000\nMessage-Id: <m@a.lab>\n"
                              "\nbody\n.\nmore\n";
  g_autoptr (LlSendmailLetter) letter = read_letter (whole, TRUE, NULL);
  g_autoptr (LlSendmailLetter) dotted = read_letter (whole, FALSE, NULL);
  g_autofree char *to = NULL;

  g_assert_cmpstr (letter->text->str, ==, whole); /* nothing was missing */
  g_assert_cmpstr (letter->from, ==, "me@a.lab");
  g_ptr_array_add (letter->to, NULL);
  to = g_strjoinv (" ", (char **) letter->to->pdata);
  g_assert_cmpstr (to, ==, "ada@b.lab bc@b.lab x@b.lab y@b.lab z@b.lab");
  g_assert_true (g_str_has_suffix (dotted->text->str, "\nbody\n"));
}

static void
test_missing (void)
{
  static const struct
  {
    const char *input, *rest;
  } cases[] = {
    { "Subject: hi\n\nbody\n", "Subject: hi\n\nbody\n" },
    { "From root Sun Nov 22\nSubject: hi\n\nbody\n", "Subject: hi\n\nbody\n" },
    { "just text\n", "\njust text\n" },
    { "\nbody\n", "\nbody\n" },
    { "", "" },
    { "Subject: hi\r\n\r\nbody", "Subject: hi\r\n\r\nbody" },
    { "No colon here\nX: y\n", "\nNo colon here\nX: y\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LlSendmailLetter) letter = read_letter (cases[i].input, TRUE, "me@a.lab");

      g_assert_true (g_str_has_prefix (letter->text->str, "From: Cron <me@a.lab>\nDate: "));
      g_assert_nonnull (strstr (letter->text->str, "\nMessage-ID: <"));
      g_assert_true (g_str_has_suffix (letter->text->str, cases[i].rest));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/sendmail/lines", test_lines);
  g_test_add_func ("/cli/sendmail/wrong lines", test_wrong_lines);
  g_test_add_func ("/cli/sendmail/letter", test_letter);
  g_test_add_func ("/cli/sendmail/missing", test_missing);
  return g_test_run ();
}
