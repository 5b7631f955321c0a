/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/status.h"

#include <string.h>

static const struct
{
  guint code;
  const char *enhanced;
  const char *text;
  const char *wire;
} replies[] = {
  { 250, "2.0.0", "taken", "250 2.0.0 taken\r\n" },
  { 354, NULL, "go on", "354 go on\r\n" },
  { 550, "5.7.10", "one\ntwo", "550-5.7.10 one\r\n550 5.7.10 two\r\n" },
  { 250, "", "", "250 \r\n" },
  { 550, "5.1.1", "a\r\tb\x7f", "550 5.1.1 a  b \r\n" }, /* nothing can end the line */
  { 550, "5.1.1", "a\xff", "550 5.1.1 a\xef\xbf\xbd\r\n" },
};

static void
test_wire (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      g_auto (LlReply) reply = { 0 };
      g_autoptr (GString) out = g_string_new (NULL);

      ll_reply_set (&reply, replies[i].code, replies[i].enhanced, "%s", replies[i].text);
      ll_reply_append (&reply, out);
      g_assert_cmpstr (out->str, ==, replies[i].wire);
    }
}

static void
test_own_text (void)
{
  g_auto (LlReply) reply = { 0 };
  g_auto (LlReply) copy = { 0 };

  ll_reply_set (&reply, 550, "5.0.0", "no");
  ll_reply_set (&reply, 450, "4.0.0", "said %s", reply.text);
  g_assert_cmpstr (reply.text, ==, "said no");
  ll_reply_copy (&reply, &copy);
  ll_reply_copy (&copy, &copy);
  g_assert_cmpstr (copy.text, ==, "said no");
  g_assert_cmpstr (copy.enhanced, ==, "4.0.0");
  g_assert_cmpuint (copy.code, ==, 450);
}

/* Lines stay below 512 bytes, and their text put together is the text. */
static void
test_fold (void)
{
  g_autofree char *words = g_strnfill (1800, 'x');
  g_autofree char *umlauts = NULL;
  g_autoptr (GString) many = g_string_new (NULL);

  for (guint i = 7; i < 1800; i += 9)
    words[i] = ' ';
  for (guint i = 0; i < 700; i++)
    g_string_append (many, "ü");
  umlauts = g_string_free (g_steal_pointer (&many), FALSE);
  for (guint i = 0; i < 2; i++)
    {
      const char *text = i == 0 ? words : umlauts;
      g_auto (LlReply) reply = { 0 };
      g_autoptr (GString) out = g_string_new (NULL);
      g_autoptr (GString) joined = g_string_new (NULL);
      g_auto (GStrv) lines = NULL;

      ll_reply_set (&reply, 550, "5.7.1", "%s", text);
      ll_reply_append (&reply, out);
      lines = g_strsplit (out->str, "\r\n", -1);
      for (guint n = 0; lines[n + 1] != NULL; n++)
        {
          g_assert_cmpuint (strlen (lines[n]), <=, 510);
          g_assert_true (g_utf8_validate (lines[n], -1, NULL));
          g_assert_cmpint (lines[n][3], ==, lines[n + 2] == NULL ? ' ' : '-');
          if (n > 0 && i == 0)
            g_string_append_c (joined, ' ');
          g_string_append (joined, lines[n] + strlen ("550 5.7.1 "));
        }
      g_assert_cmpstr (joined->str, ==, text);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/status/wire", test_wire);
  g_test_add_func ("/status/own-text", test_own_text);
  g_test_add_func ("/status/fold", test_fold);
  return g_test_run ();
}
