/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/surgery.h"

#include "base/error.h"
#include "base/limits.h"
#include "message/edits.h"
#include "message/headers.h"
#include "message/trace.h"

#include <string.h>

#define CIPHER ";\r\n\thp=\"cipher\";\r\n\tprotected-headers=\"v1\""
#define OLD ";\r\n\tprotected-headers=\"v1\""

typedef struct
{
  char *inside;
  char *outside;
} Parts;

static void
parts_clear (Parts *parts)
{
  g_free (parts->inside);
  g_free (parts->outside);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parts, parts_clear)

static LlMessageFacts *
inspect (const char *letter)
{
  static const char *const tags[] = { "encrypt", NULL };
  g_autoptr (GError) error = NULL;
  LlMessageFacts *facts = ll_message_inspect (letter, strlen (letter), tags, &error);

  g_assert_no_error (error);
  return facts;
}

static Parts
cut_facts (const char *letter, const LlMessageFacts *facts, const LlSurgeryOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlSurgery) surgery
      = ll_surgery_new (letter, (gsize) facts->header_length, facts->edits, options, &error);
  g_autoptr (LlEdits) edits = NULL;
  GString *inside = g_string_new (NULL);

  g_assert_no_error (error);
  edits = ll_edits_new (surgery->inner, &error);
  g_assert_no_error (error);
  ll_edits_push (edits, letter, strlen (letter), inside);
  g_string_append (inside, surgery->tail);
  return (Parts){ g_string_free (inside, FALSE), g_strdup (surgery->outer) };
}

static Parts
cut (const char *letter, const LlSurgeryOptions *options)
{
  g_autoptr (LlMessageFacts) facts = inspect (letter);

  return cut_facts (letter, facts, options);
}

static const LlSurgeryOptions hide = { LL_HEADER_PROTECTION_CIPHER, "[...]", NULL };
static const LlSurgeryOptions keep = { LL_HEADER_PROTECTION_OLD, NULL, NULL };

static void
test_hides_subject (void)
{
  g_auto (Parts) parts = cut ("Received: from here\r\n"
                              "From: ann@a.example\r\n"
                              "To: bob@b.example\r\n"
                              "Bcc: carl@c.example\r\n"
                              "Subject: Blood\r\n count\r\n"
                              "Keywords: hiv\r\n"
                              "Comments: positive\r\n"
                              "Thread-Topic: Blood count\r\n"
                              "MIME-Version: 1.0\r\n"
                              "Content-Type: text/plain; charset=utf-8\r\n"
                              "\r\n"
                              "From here on \r\n\r\nbytes stay\r\n",
                              &hide);

  g_assert_cmpstr (parts.outside, ==,
                   "Received: from here\r\n"
                   "From: ann@a.example\r\n"
                   "To: bob@b.example\r\n"
                   "Subject: [...]\r\n"
                   "MIME-Version: 1.0\r\n");
  g_assert_cmpstr (parts.inside, ==,
                   "HP-Outer: From: ann@a.example\r\n"
                   "HP-Outer: To: bob@b.example\r\n"
                   "HP-Outer: Subject: [...]\r\n"
                   "From: ann@a.example\r\n"
                   "To: bob@b.example\r\n"
                   "Subject: Blood\r\n count\r\n"
                   "Keywords: hiv\r\n"
                   "Comments: positive\r\n"
                   "Thread-Topic: Blood count\r\n"
                   "MIME-Version: 1.0\r\n"
                   "Content-Type: text/plain; charset=utf-8" CIPHER "\r\n"
                   "\r\n"
                   "From here on \r\n\r\nbytes stay\r\n");
}

/* What says that it passed here stays with what says where else it passed. */
static void
test_trace (void)
{
  static const char letter[] = "Bcc: carl@c.example\r\nSubject: Lunch\r\n\r\nbody\r\n";
  static const char trace[] = "Received: from localhost by localhost (Letterlock) with ESMTP id "
                              "0123456789ab;\r\n\tThu, 01 Jan 1970 00:00:01 +0000\r\n";
  g_autoptr (LlMessageFacts) facts = inspect (letter);
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) open = g_string_new (NULL);
  g_autoptr (LlEdits) edits = NULL;
  g_auto (Parts) parts = { NULL, NULL };

  ll_message_trace (facts, "0123456789ab", 1);
  edits = ll_edits_new (facts->edits, &error);
  g_assert_no_error (error);
  ll_edits_push (edits, letter, strlen (letter), open);
  g_assert_true (g_str_has_prefix (open->str, trace));
  g_assert_cmpstr (open->str + strlen (trace), ==, "Subject: Lunch\r\n\r\nbody\r\n");
  g_assert_cmpuint (ll_edits_size (edits, strlen (letter)), ==, open->len);

  parts = cut_facts (letter, facts, &keep);
  g_assert_true (g_str_has_prefix (parts.outside, trace));
  g_assert_cmpstr (parts.outside + strlen (trace), ==, "Subject: Lunch\r\nMIME-Version: 1.0\r\n");
  g_assert_null (strstr (parts.inside, "Received:"));
  g_assert_true (g_str_has_suffix (parts.inside, "Subject: Lunch\r\n\r\nbody\r\n"));
}

static void
test_keeps_subject (void)
{
  g_auto (Parts) parts = cut ("Subject: [encrypt] Lunch\r\n"
                              "Keywords: food\r\n"
                              "Content-Type: text/plain;\r\n"
                              "Content-Transfer-Encoding: 8bit\r\n"
                              "\r\nbody",
                              &keep);

  g_assert_cmpstr (parts.outside, ==,
                   "Subject: Lunch\r\n"
                   "Keywords: food\r\n"
                   "MIME-Version: 1.0\r\n");
  g_assert_cmpstr (parts.inside, ==,
                   "Subject: Lunch\r\n"
                   "Keywords: food\r\n"
                   "Content-Type: text/plain;\r\n\tprotected-headers=\"v1\"\r\n"
                   "Content-Transfer-Encoding: 8bit\r\n"
                   "\r\nbody");
}

/* A type that is missing is the default one; what the fold hides is found. */
static void
test_without_type (void)
{
  g_auto (Parts) parts = cut ("To: bob@b.example\r\n\r\nbody\r\n", &keep);

  g_assert_cmpstr (parts.inside, ==,
                   "Content-Type: text/plain; charset=us-ascii" OLD "\r\n"
                   "To: bob@b.example\r\n\r\nbody\r\n");
}

/* What stands first must not be folded into what a line before it gained. */
static void
test_first_is_folded (void)
{
  g_auto (Parts) parts = cut (" folds nothing\r\nTo: bob@b.example\r\n\r\nbody\r\n", &keep);

  g_assert_cmpstr (parts.inside, ==,
                   " folds nothing\r\n"
                   "Content-Type: text/plain; charset=us-ascii" OLD "\r\n"
                   "To: bob@b.example\r\n\r\nbody\r\n");
}

static void
test_without_header (void)
{
  g_auto (Parts) body = cut ("no header here, just words\r\n", &keep);
  g_auto (Parts) blank = cut ("\r\nbody\r\n", &keep);
  g_auto (Parts) header = cut ("Subject: all\r\n", &keep);
  g_auto (Parts) nothing = cut ("", &keep);

  g_assert_cmpstr (body.inside, ==,
                   "Content-Type: text/plain; charset=us-ascii" OLD "\r\n\r\n"
                   "no header here, just words\r\n");
  g_assert_cmpstr (blank.inside, ==,
                   "Content-Type: text/plain; charset=us-ascii" OLD "\r\n\r\nbody\r\n");
  g_assert_cmpstr (header.inside, ==,
                   "Content-Type: text/plain; charset=us-ascii" OLD "\r\nSubject: all\r\n\r\n");
  g_assert_cmpstr (nothing.inside, ==, "Content-Type: text/plain; charset=us-ascii" OLD "\r\n\r\n");
  g_assert_cmpstr (nothing.outside, ==, "MIME-Version: 1.0\r\n");
}

/* What is no field stays where the recipient's program met it, and never stands outside. */
static void
test_garbage (void)
{
  g_auto (Parts) parts = cut ("From ann Mon Jan 1\r\n"
                              "To: bob@b.example\r\n"
                              "not a field\r\n folded\r\n"
                              "HP-Outer: Subject: lie\r\n"
                              "Content-Type: text/plain; name=\"open\r\n"
                              "\r\nbody\r\n",
                              &keep);

  g_assert_cmpstr (parts.outside, ==, "To: bob@b.example\r\nMIME-Version: 1.0\r\n");
  g_assert_cmpstr (parts.inside, ==,
                   "To: bob@b.example\r\n"
                   "not a field\r\n folded\r\n"
                   "Content-Type: text/plain; name=\"open\r\n"
                   "\r\nbody\r\n");
}

static void
test_gossip (void)
{
  LlSurgeryOptions options = hide;
  g_auto (Parts) parts = { NULL, NULL };

  options.gossip = "Autocrypt-Gossip: addr=eve@e.example; keydata=AAAA\r\n";
  parts = cut ("Autocrypt-Gossip: addr=dan@d.example; keydata=BBBB\r\n"
               "To: bob@b.example, eve@e.example\r\n\r\nbody\r\n",
               &options);
  g_assert_null (strstr (parts.outside, "Gossip"));
  g_assert_nonnull (strstr (parts.inside, "\r\nAutocrypt-Gossip: addr=eve@e.example"));
}

static void
test_too_long (void)
{
  g_autofree char *header = g_strnfill (LL_HEADER_MAX + 1, 'a');
  g_autoptr (GError) error = NULL;

  g_assert_null (ll_surgery_new (header, LL_HEADER_MAX + 1, NULL, &keep, &error));
  g_assert_error (error, LL_MESSAGE_ERROR, LL_MESSAGE_ERROR_TOO_LARGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/surgery/hides-subject", test_hides_subject);
  g_test_add_func ("/message/surgery/trace", test_trace);
  g_test_add_func ("/message/surgery/keeps-subject", test_keeps_subject);
  g_test_add_func ("/message/surgery/without-type", test_without_type);
  g_test_add_func ("/message/surgery/first-is-folded", test_first_is_folded);
  g_test_add_func ("/message/surgery/without-header", test_without_header);
  g_test_add_func ("/message/surgery/garbage", test_garbage);
  g_test_add_func ("/message/surgery/gossip", test_gossip);
  g_test_add_func ("/message/surgery/too-long", test_too_long);
  return g_test_run ();
}
