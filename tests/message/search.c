/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/search.h"

#include "base/error.h"
#include "base/limits.h"

#include <string.h>

#define HEAD "From: Anna <anna@a.example>\r\nTo: bob@b.example\r\nSubject: Results\r\n"
#define TEXT(more) HEAD "Content-Type: text/plain" more "\r\n"
#define HTML HEAD "Content-Type: text/html; charset=utf-8\r\n\r\n"
#define MIXED HEAD "Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n"

static const struct
{
  const char *name;
  const char *message;
  const char *wanted;
  gboolean found;
} cases[] = {
  { "body", TEXT ("") "\r\nThe blood count is fine.\r\n", "blood count", TRUE },
  { "case and blanks", TEXT ("") "\r\nThe BLOOD\r\n  count\r\n", "  blood   COUNT ", TRUE },
  { "not there", TEXT ("") "\r\nThe blood count is fine.\r\n", "blood pressure", FALSE },
  { "part of a word", TEXT ("") "\r\nThe bloodhound\r\n", "blood", TRUE },
  { "subject", TEXT ("") "\r\n", "results", TRUE },
  { "encoded subject", "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= an Bob\r\n\r\n",
    "gr\xc3\xbc\xc3\x9f"
    "e an",
    TRUE },
  { "folded subject", "Subject: the blood\r\n count\r\n\r\n", "blood count", TRUE },
  { "address", TEXT ("") "\r\n", "bob@b.example", TRUE },
  { "other header", "X-Note: blood\r\n\r\n", "blood", FALSE },
  { "name of a header", TEXT ("") "\r\n", "subject:", FALSE },
  { "not across fields", "From: blood\r\nSubject: count\r\n\r\n", "blood count", FALSE },
  { "header only", "Subject: blood", "blood", TRUE },
  { "quoted-printable",
    TEXT ("\r\nContent-Transfer-Encoding: quoted-printable") "\r\nblo=\r\nod co=75nt\r\n",
    "blood count", TRUE },
  { "base64", TEXT ("\r\nContent-Transfer-Encoding: base64") "\r\nVGhlIGJsb29kIGNv\r\ndW50\r\n",
    "blood count", TRUE },
  { "latin 1",
    TEXT ("; charset=iso-8859-1") "\r\nGr\xfc\xdf"
                                  "e\r\n",
    "GR\xc3\x9cSSE", TRUE },
  { "utf-8",
    TEXT ("; charset=utf-8") "\r\nGr\xc3\xbc\xc3\x9f"
                             "e\r\n",
    "gr\xc3\xbc\xc3\x9f"
    "e",
    TRUE },
  { "decomposed", TEXT ("; charset=utf-8") "\r\nGru\xcc\x88n\r\n", "gr\xc3\xbcn", TRUE },
  { "utf-16",
    TEXT ("; charset=utf-16le\r\nContent-Transfer-Encoding: base64") "\r\nYgBsAG8AbwBkAA==\r\n",
    "blood", TRUE },
  { "unknown charset", TEXT ("; charset=x-none") "\r\nblood\r\n", "blood", TRUE },
  { "not utf-8", TEXT ("; charset=utf-8") "\r\nb\xff blood\r\n", "blood", TRUE },
  { "html", HTML "<p>The <b>bl</b>ood<br>count</p>", "blood count", TRUE },
  { "html tag", HTML "<p class=\"blood\">fine</p>", "blood", FALSE },
  { "html entity", HTML "R&uuml;diger &amp; S&#246;hne&nbsp;AG",
    "r\xc3\xbc"
    "diger & s\xc3\xb6hne ag",
    TRUE },
  { "html ampersand", HTML "blood & count &lt;3 <b", "blood & count <3", TRUE },
  { "first part", MIXED "--b\r\n\r\nblood count\r\n--b--\r\n", "blood count", TRUE },
  { "second part",
    MIXED "--b\r\n\r\nx\r\n--b\r\nContent-Type: text/plain\r\n\r\nblood\r\n--b--\r\n", "blood",
    TRUE },
  { "not across parts", MIXED "--b\r\n\r\nblood\r\n--b\r\n\r\ncount\r\n--b--\r\n", "blood count",
    FALSE },
  { "attachment", MIXED "--b\r\nContent-Type: application/pdf\r\n\r\nblood\r\n--b--\r\n", "blood",
    FALSE },
  { "preamble", MIXED "--b\r\n\r\nx\r\n--b--\r\n", "preamble", FALSE },
};

/* In pieces of @step. */
static gboolean
says (LlSearch *search, const char *message, gsize length, gsize step)
{
  ll_search_begin (search);
  for (gsize at = 0; at < length; at += step)
    if (!ll_search_feed (search, message + at, MIN (step, length - at)))
      break;
  return ll_search_finish (search);
}

static void
test_cases (void)
{
  static const gsize steps[] = { 1, 2, 7, 100000 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LlSearch) search = ll_search_new (cases[i].wanted, &error);

      g_assert_no_error (error);
      for (guint s = 0; s < G_N_ELEMENTS (steps); s++)
        if (says (search, cases[i].message, strlen (cases[i].message), steps[s]) != cases[i].found)
          g_error ("%s, in pieces of %" G_GSIZE_FORMAT, cases[i].name, steps[s]);
    }
}

/* Wherever it stands in a line without an end, in a letter far larger than what is kept of it. */
static void
test_far (void)
{
  g_autoptr (LlSearch) search = ll_search_new ("gr\xc3\xbc\xc3\x9f"
                                               "e an Bob",
                                               NULL);

  for (gsize before = 4080; before < 4110; before++)
    {
      g_autoptr (GString) message = g_string_new (TEXT ("; charset=utf-8") "\r\n");

      for (gsize i = 0; i < before; i++)
        g_string_append_c (message, 'x');
      g_string_append (message, "Gr\xc3\xbc\xc3\x9f"
                                "e an Bob");
      g_assert_true (says (search, message->str, message->len, 1000));
    }
}

static void
test_address_beside (void)
{
  g_autoptr (LlSearch) search = ll_search_new ("carl@", NULL);

  ll_search_feed (search, HEAD "\r\n", strlen (HEAD "\r\n"));
  ll_search_feed_text (search, "carl@c.example");
  g_assert_true (ll_search_finish (search));
  g_assert_false (says (search, HEAD "\r\n", strlen (HEAD "\r\n"), 10));
}

static void
test_refuses (void)
{
  g_autofree char *lengthy = g_strnfill (LL_SEARCH_TEXT_MAX + 1, 'x');
  const char *const wrong[] = { "", " \t", lengthy };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (ll_search_new (wrong[i], &error));
      g_assert_error (error, LL_API_ERROR, LL_API_ERROR_INVALID);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/search/cases", test_cases);
  g_test_add_func ("/message/search/far", test_far);
  g_test_add_func ("/message/search/address-beside", test_address_beside);
  g_test_add_func ("/message/search/refuses", test_refuses);
  return g_test_run ();
}
