/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/parse.h"

#include "base/error.h"

#include <string.h>

static const char *const tags[] = { "encrypt", "tls", "pickup", "hold", NULL };

static LlMessageFacts *
inspect (const char *bytes, gssize length)
{
  g_autoptr (GError) error = NULL;
  LlMessageFacts *facts = ll_message_inspect (bytes, (gsize) length, tags, &error);

  g_assert_no_error (error);
  return facts;
}

/* What leaves: the bytes with the edits made. (transfer full) */
static GString *
edited (const char *bytes, gsize length, const GPtrArray *edits)
{
  GString *out = g_string_new (NULL);
  gsize at = 0;

  for (guint i = 0; i < edits->len; i++)
    {
      const LlEdit *edit = g_ptr_array_index (edits, i);

      g_assert_cmpuint (edit->offset, >=, at);
      g_assert_cmpuint (edit->offset + edit->length, <=, length);
      g_string_append_len (out, bytes + at, (gssize) (edit->offset - at));
      g_string_append (out, edit->replacement);
      at = edit->offset + edit->length;
    }
  g_string_append_len (out, bytes + at, (gssize) (length - at));
  return out;
}

/* -- edits ---------------------------------------------------------------------------------- */

static const struct
{
  const char *in;
  const char *out;
  const char *tags; /* space-separated */
} edit_cases[] = {
  { "Subject: hello\r\n\r\nbody", "Subject: hello\r\n\r\nbody", "" },
  { "Bcc: a@b\r\nSubject: x\r\n\r\nBcc: c@d\r\n", "Subject: x\r\n\r\nBcc: c@d\r\n", "" },
  { "To: a\r\nBCC : a@b,\r\n\tc@d\r\n e@f\r\nX: y\r\n\r\n", "To: a\r\nX: y\r\n\r\n", "" },
  { "Resent-Bcc: a\r\nbcc:\r\nBcc: b\r\n\r\n", "\r\n", "" },
  { "Bcc: a@b\n\nbody\n", "\nbody\n", "" },
  { "X: y\r\nBcc: a@b", "X: y\r\n", "" },
  { "X: y\r\nno field\r\nBcc: a@b\r\n\r\n", "X: y\r\nno field\r\n\r\n", "" },
  { "Bccc: a\r\nX-Bcc: b\r\n\r\n", "Bccc: a\r\nX-Bcc: b\r\n\r\n", "" },
  { "just text\r\nBcc: a@b\r\n", "just text\r\n", "" },
  { "just text\r\n\r\nBcc: a@b\r\n", "just text\r\n\r\nBcc: a@b\r\n", "" },
  { "Letterlock-Mode: exclusive\r\nX: y\r\n\r\n", "X: y\r\n\r\n", "" },
  { "X: y\r\n \r\nBcc: a\r\n\r\n", "X: y\r\n \r\n\r\n", "" },
  /* subject tags */
  { "Subject: [encrypt] Results\r\n\r\n", "Subject: Results\r\n\r\n", "encrypt" },
  { "Subject:[TLS]Results\r\n\r\n", "Subject:Results\r\n\r\n", "tls" },
  { "Subject: [hold] [Encrypt]  x\r\n\r\n", "Subject: x\r\n\r\n", "hold encrypt" },
  { "Subject: [encrypt]\r\n\r\n", "Subject: \r\n\r\n", "encrypt" },
  { "Subject: [encrypt] \t\r\n\r\n", "Subject: \r\n\r\n", "encrypt" },
  { "Subject: [encrypt]\r\n Results\r\n\r\n", "Subject: Results\r\n\r\n", "encrypt" },
  { "Subject:\r\n [encrypt] Results\r\n\r\n", "Subject:\r\n Results\r\n\r\n", "encrypt" },
  { "Subject: [encrypt]", "Subject: ", "encrypt" },
  { "Subject: Re: [encrypt] x\r\n\r\n", "Subject: Re: [encrypt] x\r\n\r\n", "" },
  { "Subject: Fwd: [hold] x\r\n\r\n", "Subject: Fwd: [hold] x\r\n\r\n", "" },
  { "Subject: x [encrypt]\r\n\r\n", "Subject: x [encrypt]\r\n\r\n", "" },
  { "Subject: [JIRA-1] [encrypt] x\r\n\r\n", "Subject: [JIRA-1] [encrypt] x\r\n\r\n", "" },
  { "Subject: [encrypt] [JIRA-1] x\r\n\r\n", "Subject: [JIRA-1] x\r\n\r\n", "encrypt" },
  { "Subject: [encrypted] x\r\n\r\n", "Subject: [encrypted] x\r\n\r\n", "" },
  { "Subject: [encrypt x\r\n\r\n", "Subject: [encrypt x\r\n\r\n", "" },
  { "X-Subject: [encrypt] x\r\n\r\n", "X-Subject: [encrypt] x\r\n\r\n", "" },
  { "Subject: [tls] caf\xe9\r\n\r\n", "Subject: caf\xe9\r\n\r\n", "tls" },
  /* in encoded words */
  { "Subject: =?utf-8?Q?[encrypt]_Gr=C3=BC=C3=9Fe?=\r\n\r\n",
    "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\r\n", "encrypt" },
  { "Subject: =?utf-8?q?=5Bencrypt=5D=20Gr=C3=BC?= =?utf-8?q?=C3=9Fe?=\r\n\r\n",
    "Subject: =?utf-8?Q?Gr=C3=BC?= =?utf-8?q?=C3=9Fe?=\r\n\r\n", "encrypt" },
  { "Subject: =?utf-8?B?W2VuY3J5cHRdIEdyw7zDn2U=?=\r\n\r\n",
    "Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\n\r\n", "encrypt" },
  { "Subject: =?utf-8?Q?[enc?= =?utf-8?Q?rypt]_x?=\r\n\r\n", "Subject: =?utf-8?Q?x?=\r\n\r\n",
    "encrypt" },
  { "Subject: =?utf-8?Q?[encrypt]?=\r\n =?utf-8?Q?x?=\r\n\r\n", "Subject: =?utf-8?Q?x?=\r\n\r\n",
    "encrypt" },
  { "Subject: =?utf-8?Q?[encrypt]?= plain\r\n\r\n", "Subject: plain\r\n\r\n", "encrypt" },
  { "Subject: [encrypt] =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\r\n",
    "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\r\n", "encrypt" },
  { "Subject: =?utf-8?Q?[encrypt]?=\r\n\r\n", "Subject: \r\n\r\n", "encrypt" },
  { "Subject: =?utf-16?B?/v8AWwBoAG8AbABkAF0AIABo?=\r\n\r\n", "Subject: =?utf-8?B?aA==?=\r\n\r\n",
    "hold" },
  { "Subject: =?iso-8859-1?Q?Re:_[encrypt]_x?=\r\n\r\n",
    "Subject: =?iso-8859-1?Q?Re:_[encrypt]_x?=\r\n\r\n", "" },
};

static void
test_edits (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (edit_cases); i++)
    {
      const char *in = edit_cases[i].in;
      g_autoptr (LlMessageFacts) facts = inspect (in, (gssize) strlen (in));
      g_autoptr (GString) out = edited (in, strlen (in), facts->edits);
      g_autofree char *found = g_strjoinv (" ", facts->tags);

      g_test_message ("case %u", i);
      g_assert_cmpstr (out->str, ==, edit_cases[i].out);
      g_assert_cmpstr (found, ==, edit_cases[i].tags);
      g_assert_cmpuint (facts->size, ==, strlen (in));
    }
}

static void
test_what (void)
{
  const char *in = "Bcc: a@b\r\nResent-Bcc: c@d\r\nLetterlock-Mode: tls\r\n"
                   "Subject: [hold] x\r\n\r\n";
  static const char *const what[] = { "Bcc header removed", "Resent-Bcc header removed",
                                      "Letterlock-Mode header removed", "subject tag removed" };
  g_autoptr (LlMessageFacts) facts = inspect (in, (gssize) strlen (in));

  g_assert_cmpuint (facts->edits->len, ==, G_N_ELEMENTS (what));
  for (guint i = 0; i < G_N_ELEMENTS (what); i++)
    g_assert_cmpstr (((LlEdit *) facts->edits->pdata[i])->what, ==, what[i]);
  g_assert_cmpstr (facts->mode, ==, "tls");
}

static void
test_too_many_bcc (void)
{
  g_autoptr (GString) message = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 20000; i++)
    g_string_append (message, "Bcc:\r\n");
  g_assert_null (ll_message_inspect (message->str, message->len, tags, &error));
  g_assert_error (error, LL_MESSAGE_ERROR, LL_MESSAGE_ERROR_TOO_LARGE);
}

/* -- header facts ------------------------------------------------------------------------------ */

static void
test_header (void)
{
  const char *in = "From: \"M\xc3\xbcller, J.\" <Me@A.Example>\r\n"
                   "To: friends: one@B.example, Two <two@c.example>;, three@d.example\r\n"
                   "Cc: =?utf-8?Q?x?= <four@b\xc3\xbc"
                   "cher.example>\r\n"
                   "Message-ID: <1@a.example>\r\n"
                   "In-Reply-To: <p@a>\r\nReferences: <q@a> <r@a>\r\n <s@a>\r\n"
                   "TLS-Required: no\r\n"
                   "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\r\nHello\r\n";
  static const char *const visible[]
      = { "one@b.example", "two@c.example", "three@d.example", "four@xn--bcher-kva.example", NULL };
  static const char *const references[] = { "q@a", "r@a", "s@a", "p@a", NULL };
  g_autoptr (LlMessageFacts) facts = inspect (in, (gssize) strlen (in));

  g_assert_cmpstr (facts->from, ==, "Me@a.example");
  g_assert_cmpstr (facts->message_id, ==, "1@a.example");
  g_assert_cmpstr (facts->subject, ==,
                   "Gr\xc3\xbc\xc3\x9f"
                   "e");
  g_assert_true (g_strv_equal ((const char *const *) facts->visible, visible));
  g_assert_true (g_strv_equal ((const char *const *) facts->references, references));
  g_assert_true (facts->reply);
  g_assert_true (facts->tls_required_no);
  g_assert_true (facts->header_8bit);
  g_assert_true (facts->cut_found);
  g_assert_cmpuint (facts->header_length, ==, strlen (in) - strlen ("Hello\r\n"));
  g_assert_cmpuint (facts->parts, ==, 1);
}

static void
test_nothing (void)
{
  static const struct
  {
    const char *in;
    gboolean cut;
    guint64 header;
  } cases[] = {
    { "", FALSE, 0 },
    { "\r\n", TRUE, 2 },
    { "\n", TRUE, 1 },
    { "text", FALSE, 0 },
    { "text\r\n\r\n", FALSE, 0 },
    { "A: b\r\n", FALSE, 6 },
    { "A: b\r\n\r\n", TRUE, 8 },
    { "From x\r\nA: b\r\n\r\n", TRUE, 16 },
    { "\r", FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LlMessageFacts) facts = inspect (cases[i].in, (gssize) strlen (cases[i].in));

      g_test_message ("case %u", i);
      g_assert_cmpint (facts->cut_found, ==, cases[i].cut);
      g_assert_cmpuint (facts->header_length, ==, cases[i].header);
      g_assert_null (facts->from);
      g_assert_cmpint (facts->kind, ==, LL_KIND_ORDINARY);
      g_assert_cmpint (facts->protection, ==, LL_PROTECTION_NONE);
    }
}

/* -- kinds ----------------------------------------------------------------------------------- */

static const struct
{
  const char *name;
  const char *in;
  LlKind kind;
} kind_cases[] = {
  { "ordinary", "A: b\r\n\r\n", LL_KIND_ORDINARY },
  { "auto", "Auto-Submitted: auto-replied; x\r\n\r\n", LL_KIND_AUTO },
  { "auto no", "Auto-Submitted: no\r\n\r\n", LL_KIND_ORDINARY },
  { "bulk", "Precedence: Bulk\r\n\r\n", LL_KIND_AUTO },
  { "first class", "Precedence: first-class\r\n\r\n", LL_KIND_ORDINARY },
  { "list", "List-Id: <x.y>\r\n\r\n", LL_KIND_LIST },
  { "list by precedence", "Precedence: list\r\n\r\n", LL_KIND_LIST },
  { "report", "Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n",
    LL_KIND_REPORT },
  { "calendar", "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\n",
    LL_KIND_CALENDAR },
  { "calendar part",
    "Content-Type: multipart/alternative; boundary=\"x\"\r\n\r\n--x\r\n\r\nhi\r\n--x\r\n"
    "Content-Type: text/calendar;\r\n charset=utf-8; method=\"REPLY\"\r\n\r\nB\r\n--x--\r\n",
    LL_KIND_CALENDAR },
  { "calendar by its content",
    "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/calendar\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\n"
    "QkVHSU46VkNBTEVOREFSDQpNRVRIT0Q6UkVRVUVTVA0K\r\n--x--\r\n",
    LL_KIND_CALENDAR },
  { "calendar without method", "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n",
    LL_KIND_ORDINARY },
  { "Autocrypt setup",
    "Autocrypt-Setup-Message: v1\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n"
    "Your setup code opens it.\r\n--x\r\nContent-Type: application/autocrypt-setup\r\n"
    "Content-Disposition: attachment; filename=\"autocrypt-setup-message.html\"\r\n\r\n"
    "<html>\r\n--x--\r\n",
    LL_KIND_SETUP },
  { "Autocrypt setup in name only", "Autocrypt-Setup-Message: v1\r\n\r\nhello\r\n",
    LL_KIND_ORDINARY },
  { "forwarded invitation",
    "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n"
    "Content-Type: text/calendar; method=REQUEST\r\n\r\nB\r\n--x--\r\n",
    LL_KIND_ORDINARY },
};

static void
test_kinds (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (kind_cases); i++)
    {
      g_autoptr (LlMessageFacts) facts
          = inspect (kind_cases[i].in, (gssize) strlen (kind_cases[i].in));

      g_test_message ("%s", kind_cases[i].name);
      g_assert_cmpint (facts->kind, ==, kind_cases[i].kind);
    }
}

/* -- Bcc ------------------------------------------------------------------------------------- */

static void
test_blind (void)
{
  const char *in = "To: One@b.example\r\nCc: x: two@c.example;\r\nBcc: three@d.example\r\n\r\n";
  static const struct
  {
    const char *address;
    gboolean blind;
  } cases[] = {
    { "One@b.example", FALSE },  { "one@b.example", FALSE },  { "two@c.example", FALSE },
    { "three@d.example", TRUE }, { "alias@c.example", TRUE },
  };
  g_autoptr (LlMessageFacts) facts = inspect (in, (gssize) strlen (in));

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      LlRecipient recipient
          = { .address = (char *) cases[i].address, .original = (char *) cases[i].address };

      g_assert_cmpint (ll_message_is_blind (facts, &recipient), ==, cases[i].blind);
    }
}

/* -- through the spool's dictionary ---------------------------------------------------------- */

static void
expect_survives (const LlMessageFacts *facts)
{
  g_autoptr (GVariant) variant = g_variant_ref_sink (ll_message_facts_to_variant (facts));
  g_autoptr (LlMessageFacts) again = ll_message_facts_from_variant (variant);
  g_autoptr (GVariant) twice = g_variant_ref_sink (ll_message_facts_to_variant (again));

  g_assert_true (g_variant_equal (variant, twice));
  g_assert_cmpuint (again->edits->len, ==, facts->edits->len);
  for (guint i = 0; i < facts->edits->len; i++)
    g_assert_cmpstr (((LlEdit *) again->edits->pdata[i])->what, ==,
                     ((LlEdit *) facts->edits->pdata[i])->what);
}

static void
test_variant (void)
{
  g_autoptr (GVariant) empty
      = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0));
  g_autoptr (LlMessageFacts) none = ll_message_facts_from_variant (empty);

  g_assert_nonnull (none->visible);
  g_assert_nonnull (none->edits);
  for (guint i = 0; i < G_N_ELEMENTS (edit_cases); i++)
    {
      g_autoptr (LlMessageFacts) facts
          = inspect (edit_cases[i].in, (gssize) strlen (edit_cases[i].in));

      expect_survives (facts);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/parse/edits", test_edits);
  g_test_add_func ("/parse/what", test_what);
  g_test_add_func ("/parse/too-many-bcc", test_too_many_bcc);
  g_test_add_func ("/parse/header", test_header);
  g_test_add_func ("/parse/nothing", test_nothing);
  g_test_add_func ("/parse/kinds", test_kinds);
  g_test_add_func ("/parse/blind", test_blind);
  g_test_add_func ("/parse/variant", test_variant);
  return g_test_run ();
}
