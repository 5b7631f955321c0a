/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/notice.h"

#include "deliver/inbox.h"

#include "world.h"

#define RECEIVED 1795365060 /* 2026-11-22T16:31:00Z */

static const LlNoticeRecipient recipients[] = {
  { "bob@b.example", "b.example: no such user", "550 5.1.1 nobody\nhere" },
  { "eve@e.example", NULL, NULL },
};

static LlNotice
example (LlNoticeKind kind)
{
  return (LlNotice){
    .kind = kind,
    .id = "7f3a00000001",
    .to = "anna@a.example",
    .now = RECEIVED + 60,
    .received = RECEIVED,
    .message_id = "1@a.example",
    .subject = "Lab results\r\nBcc: x@y.example",
    .recipients = recipients,
    .n_recipients = G_N_ELEMENTS (recipients),
  };
}

static void
test_text (void)
{
  static const char *const expected[] = {
    "From: Letterlock <anna@a.example>\r\nTo: <anna@a.example>\r\n",
    "\r\nSubject: Not delivered (7f3a00000001)\r\n",
    "\r\nDate: Sun, 22 Nov 2026 16:32:00 +0000\r\n",
    "@a.example>\r\nIn-Reply-To: <1@a.example>\r\n",
    "\r\nAuto-Submitted: auto-generated\r\n",
    "\r\nContent-Transfer-Encoding: 7bit\r\n\r\nThis letter was not delivered",
    "\r\nTaken:      2026-11-22T16:31:00Z\r\n",
    "\r\nSubject:    Lab results  Bcc: x@y.example\r\n",
    ("\r\nTo:         bob@b.example\r\nReason:     b.example: no such user\r\n"
     "Provider:   550 5.1.1 nobody here\r\n\r\nTo:         eve@e.example\r\n"),
    "\r\nMore: letterlock explain 7f3a00000001\r\n",
  };
  LlNotice notice = example (LL_NOTICE_FAILED);
  g_autofree char *text = ll_notice_text (&notice);

  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    if (strstr (text, expected[i]) == NULL)
      g_error ("\"%s\" is not in:\n%s", expected[i], text);
  /* every LF has its CR, and the other way round */
  for (const char *at = text; *at != '\0'; at++)
    {
      g_assert_true (*at != '\n' || at[-1] == '\r');
      g_assert_true (*at != '\r' || at[1] == '\n');
    }
}

static void
test_kinds (void)
{
  static const char *const subjects[] = {
    [LL_NOTICE_FAILED] = "Subject: Not delivered (",
    [LL_NOTICE_DELAYED] = "Subject: Not yet delivered (",
    [LL_NOTICE_HELD] = "Subject: Held, waits for you (",
    [LL_NOTICE_UNCERTAIN] = "Subject: Perhaps delivered, perhaps not (",
  };

  for (guint kind = 0; kind < G_N_ELEMENTS (subjects); kind++)
    {
      LlNotice notice = example (kind);
      g_autofree char *text = ll_notice_text (&notice);

      g_assert_nonnull (strstr (text, subjects[kind]));
    }
}

static void
test_confidential (void)
{
  LlNotice notice = example (LL_NOTICE_FAILED);

  notice.subject = NULL;
  g_autofree char *text = ll_notice_text (&notice);
  g_assert_null (strstr (text, "Lab results"));
  g_assert_null (strstr (text, "Subject:    "));
}

static void
test_not_ascii (void)
{
  LlNotice notice = example (LL_NOTICE_FAILED);

  notice.subject = "Grüße";
  g_autofree char *text = ll_notice_text (&notice);
  const char *body = strstr (text, "base64\r\n\r\n");
  gsize length;

  g_assert_true (g_str_is_ascii (text));
  g_assert_nonnull (body);
  g_autofree guchar *decoded = g_base64_decode (body + 10, &length);
  g_assert_nonnull (g_strstr_len ((char *) decoded, (gssize) length, "Grüße"));
}

static void
test_envelope (void)
{
  g_autoptr (LlEnvelope) envelope = ll_notice_envelope ("Anna@A.example");

  g_assert_cmpstr (envelope->sender, ==, "");
  g_assert_cmpuint (envelope->recipients->len, ==, 1);
  g_assert_cmpstr (ll_envelope_recipient (envelope, 0)->address, ==, "Anna@A.example");
  g_assert_cmpstr (ll_envelope_recipient (envelope, 0)->domain, ==, "a.example");
  g_assert_cmpstr (ll_envelope_recipient (envelope, 0)->notify, ==, "NEVER");
}

static const struct
{
  const char *box; /* arguments of ImapBox */
  int code;        /* of LL_DELIVER_ERROR, -1: none */
  const char *text;
} boxes[] = {
  { "{\"certificate\": \"good\"}", -1, NULL },
  { "{\"certificate\": \"good\", \"users\": {\"anna\": \"other\"}}", LL_DELIVER_ERROR_AUTH,
    "localhost: the mailbox refused the password" },
  { "{\"certificate\": \"expired\"}", LL_DELIVER_ERROR_TLS_REQUIRED,
    "localhost: no verified TLS for the mailbox: *" },
  { "{\"certificate\": \"cn-only\"}", LL_DELIVER_ERROR_TLS_REQUIRED,
    "localhost: no verified TLS for the mailbox: *" },
  { "{\"certificate\": \"good\", \"starttls\": false}", LL_DELIVER_ERROR_TLS_REQUIRED,
    "localhost: no verified TLS for the mailbox: *" },
  { "{\"certificate\": \"good\", \"append\": \"NO over quota\"}", LL_DELIVER_ERROR_TEMPORARY,
    "localhost: nothing was put into the mailbox: *" },
};

static void
test_append (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (boxes); i++)
    {
      g_autoptr (JsonObject) answer = faults_order (&faults, "{\"imap\": %s}", boxes[i].box);
      guint port = (guint) json_object_get_int_member (answer, "port");
      g_autofree char *imap = g_strdup_printf ("localhost:%u", port);
      g_autoptr (GError) error = NULL;
      World world;

      world_begin (&world, 1);
      world.account.imap = imap;
      LlInbox mailbox = { .secrets = world.place.secrets, .ca_file = world.ca_file };
      LlNotice notice = example (LL_NOTICE_FAILED);
      g_autofree char *text = ll_notice_text (&notice);
      gboolean done = ll_inbox_append (&mailbox, &world.account, text, soon (), NULL, &error);
      g_assert_cmpint (done, ==, boxes[i].code < 0);
      g_autoptr (JsonObject) seen = faults_ask (&faults, port);
      JsonArray *messages = json_object_get_array_member (seen, "messages");
      if (done)
        {
          JsonObject *message = json_array_get_object_element (messages, 0);

          g_assert_cmpstr (json_object_get_string_member (message, "text"), ==, text);
          g_assert_cmpstr (json_object_get_string_member (message, "flags"), ==, "");
        }
      else
        {
          g_test_message ("%s", error->message);
          g_assert_error (error, LL_DELIVER_ERROR, boxes[i].code);
          g_assert_true (g_pattern_match_simple (boxes[i].text, error->message));
        }
      world_end (&world);
    }
}

static void
test_append_nowhere (void)
{
  g_autoptr (GError) error = NULL;
  World world;

  world_begin (&world, 1);
  LlInbox mailbox = { .secrets = world.place.secrets };
  g_assert_false (ll_inbox_append (&mailbox, &world.account, "x", soon (), NULL, &error));
  g_assert_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_UNREACHABLE);
  world_end (&world);
}

int
main (int argc, char **argv)
{
  place_init (&argc, &argv);
  g_test_add_func ("/deliver/notice/text", test_text);
  g_test_add_func ("/deliver/notice/kinds", test_kinds);
  g_test_add_func ("/deliver/notice/confidential", test_confidential);
  g_test_add_func ("/deliver/notice/not-ascii", test_not_ascii);
  g_test_add_func ("/deliver/notice/envelope", test_envelope);
  g_test_add_func ("/deliver/notice/append", test_append);
  g_test_add_func ("/deliver/notice/append-nowhere", test_append_nowhere);
  return world_run ();
}
