/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is said for one copy of a letter, and what each recipient gets. */

#include "deliver/transaction.h"

#include "message/parse.h"

#include "world.h"

/* -- what goes out ------------------------------------------------------------------- */

static void
expect_commands (guint port, const char *expected)
{
  g_autofree char *all = faults_commands (&faults, port);
  const char *mail = strstr (all, "MAIL");

  g_assert_cmpstr (mail != NULL ? mail : all, ==, expected);
}

static const struct
{
  const char *name;
  const char *offers; /* JSON */
  gboolean dsn;       /* RET, ENVID, NOTIFY, ORCPT are wanted */
  gboolean eightbit;
  gboolean utf8;
  gboolean requiretls;
  const char *commands; /* from MAIL on; NULL: nothing is said */
  LlOutcome outcome;
  guint code;
  const char *text;
  guint notes;
} envelopes[] = {
  { "nothing is offered", "[\"HELP\"]", FALSE, FALSE, FALSE, FALSE,
    "MAIL FROM:<me@a.example>|RCPT TO:<one@b.example>|RCPT TO:<two@c.example>|DATA|",
    LL_OUTCOME_SENT, 250, "taken", 0 },
  { "size", "[\"SIZE 30\"]", FALSE, FALSE, FALSE, FALSE,
    "MAIL FROM:<me@a.example> SIZE=30|RCPT TO:<one@b.example>|RCPT TO:<two@c.example>|DATA|",
    LL_OUTCOME_SENT, 250, "taken", 0 },
  { "too large", "[\"SIZE 29\"]", FALSE, FALSE, FALSE, FALSE, NULL, LL_OUTCOME_REFUSED, 552,
    "localhost takes letters of at most 29 bytes, this one has 30", 0 },
  { "everything", "[\"DSN\", \"8BITMIME\", \"SMTPUTF8\", \"REQUIRETLS\", \"CHUNKING\"]", TRUE, TRUE,
    TRUE, TRUE,
    "MAIL FROM:<me@a.example> BODY=8BITMIME SMTPUTF8 REQUIRETLS RET=HDRS ENVID=e1|"
    "RCPT TO:<one@b.example> NOTIFY=FAILURE ORCPT=rfc822;o@b.example|RCPT TO:<two@c.example>|"
    "BDAT 30 LAST|",
    LL_OUTCOME_SENT, 250, "30 bytes taken", 0 },
  { "DSN dropped", "[\"HELP\"]", TRUE, FALSE, FALSE, FALSE,
    "MAIL FROM:<me@a.example>|RCPT TO:<one@b.example>|RCPT TO:<two@c.example>|DATA|",
    LL_OUTCOME_SENT, 250, "taken", 1 },
  { "no 8BITMIME", "[\"HELP\"]", FALSE, TRUE, FALSE, FALSE, NULL, LL_OUTCOME_REFUSED, 554,
    "localhost takes no 8-bit letters (8BITMIME)", 0 },
  { "no SMTPUTF8", "[\"HELP\"]", FALSE, FALSE, TRUE, FALSE, NULL, LL_OUTCOME_REFUSED, 553,
    "localhost takes no addresses with international characters (SMTPUTF8)", 0 },
  { "no REQUIRETLS", "[\"HELP\"]", FALSE, FALSE, FALSE, TRUE, NULL, LL_OUTCOME_REQUIRETLS_REFUSED,
    0, "localhost does not offer REQUIRETLS on this connection", 0 },
};

static void
test_envelopes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (envelopes); i++)
    {
      World world;
      g_autofree char *server
          = g_strdup_printf ("{\"certificate\": \"good\", \"offers\": %s}", envelopes[i].offers);
      guint port = faults_listen (&faults, server);
      LlCopy copy = { .requiretls = envelopes[i].requiretls };

      g_test_message ("%s", envelopes[i].name);
      world_begin (&world, port);
      g_autoptr (LlLetter) letter = place_letter ();
      letter->envelope->body_8bit = envelopes[i].eightbit;
      letter->envelope->smtputf8 = envelopes[i].utf8;
      if (envelopes[i].dsn)
        {
          letter->envelope->ret = g_strdup ("HDRS");
          letter->envelope->envid = g_strdup ("e1");
          ll_envelope_recipient (letter->envelope, 0)->notify = g_strdup ("FAILURE");
          ll_envelope_recipient (letter->envelope, 0)->orcpt = g_strdup ("rfc822;o@b.example");
        }
      place_take (&world.place, letter, LETTER, strlen (LETTER), 1000);
      g_autoptr (LlDelivery) delivery = send_letter (&world, letter, &copy, soon (), NULL);
      g_assert_cmpstr (result_at (delivery, 0)->text, ==, envelopes[i].text);
      g_assert_cmpint (result_at (delivery, 1)->outcome, ==, envelopes[i].outcome);
      g_assert_cmpuint (result_at (delivery, 1)->code, ==, envelopes[i].code);
      g_assert_cmpuint (g_strv_length (delivery->notes), ==, envelopes[i].notes);
      if (envelopes[i].commands != NULL)
        expect_commands (port, envelopes[i].commands);
      else
        g_assert_cmpuint (world.dots, ==, 0);
      world_end (&world);
    }
}

/* REQUIRETLS is refused at MAIL: no byte of the content was shown. */
static void
test_requiretls_refused (void)
{
  World world;
  guint port
      = faults_listen (&faults,
                       "{\"certificate\": \"good\", \"offers\": [\"REQUIRETLS\", \"PIPELINING\"], "
                       "\"faults\": {\"mail-requiretls\": \"550 5.7.30 cannot\"}}");
  LlCopy copy = { .requiretls = TRUE };

  world_begin (&world, port);
  g_autoptr (LlLetter) letter
      = place_take (&world.place, place_letter (), LETTER, strlen (LETTER), 1000);
  g_autoptr (LlDelivery) first = send_letter (&world, letter, &copy, soon (), NULL);
  g_assert_cmpint (result_at (first, 0)->outcome, ==, LL_OUTCOME_REQUIRETLS_REFUSED);
  g_assert_cmpuint (result_at (first, 0)->code, ==, 550);
  g_assert_cmpstr (result_at (first, 0)->enhanced, ==, "5.7.30");
  g_assert_cmpuint (world.dots, ==, 0);
  /* decided again without it: the same connection, after RSET */
  copy.requiretls = FALSE;
  g_autoptr (LlDelivery) second = send_letter (&world, letter, &copy, soon (), NULL);
  g_assert_cmpint (result_at (second, 0)->outcome, ==, LL_OUTCOME_SENT);
  expect_commands (port, "MAIL FROM:<me@a.example> REQUIRETLS|RCPT TO:<one@b.example>|"
                         "RCPT TO:<two@c.example>|DATA|RSET|MAIL FROM:<me@a.example>|"
                         "RCPT TO:<one@b.example>|RCPT TO:<two@c.example>|DATA|");
  world_end (&world);
}

static void
test_one_of_three (void)
{
  static const char *const offers[]
      = { "[\"PIPELINING\"]", "[\"HELP\"]", "[\"CHUNKING\", \"PIPELINING\"]" };

  for (gsize i = 0; i < G_N_ELEMENTS (offers); i++)
    {
      World world;
      g_autofree char *server
          = g_strdup_printf ("{\"certificate\": \"good\", \"offers\": %s, \"faults\": "
                             "{\"rcpt two@c.example\": \"550 5.1.1 nobody\", \"rcpt "
                             "four@d.example\": \"452 4.5.3 too "
                             "many\"}}",
                             offers[i]);
      guint port = faults_listen (&faults, server);
      LlCopy copy = { 0 };

      world_begin (&world, port);
      g_autoptr (LlLetter) letter = place_letter ();
      place_add_recipient (letter, "three@d.example");
      place_add_recipient (letter, "four@d.example");
      place_take (&world.place, letter, LETTER, strlen (LETTER), 1000);
      g_autoptr (LlDelivery) delivery = send_letter (&world, letter, &copy, soon (), NULL);
      g_assert_cmpint (result_at (delivery, 0)->outcome, ==, LL_OUTCOME_SENT);
      g_assert_cmpint (result_at (delivery, 1)->outcome, ==, LL_OUTCOME_REFUSED);
      g_assert_cmpuint (result_at (delivery, 1)->code, ==, 550);
      g_assert_cmpint (result_at (delivery, 2)->outcome, ==, LL_OUTCOME_SENT);
      g_assert_cmpint (result_at (delivery, 3)->outcome, ==, LL_OUTCOME_TEMPORARY);
      g_assert_cmpuint (result_at (delivery, 3)->code, ==, 452);
      g_assert_cmpuint (world.accepted, ==, 2);
      g_autoptr (JsonObject) seen = faults_ask (&faults, port);
      JsonArray *letters = json_object_get_array_member (seen, "letters");
      g_assert_cmpuint (json_array_get_length (letters), ==, 1);
      JsonObject *one = json_array_get_object_element (letters, 0);
      g_assert_cmpuint (json_array_get_length (json_object_get_array_member (one, "recipients")),
                        ==, 2);
      world_end (&world);
    }
}

/* 120 recipients: three flights of commands, one letter. */
static void
test_many_recipients (void)
{
  World world;
  guint port = faults_listen (&faults, "{\"certificate\": \"good\"}");
  LlCopy copy = { 0 };

  world_begin (&world, port);
  g_autoptr (LlLetter) letter = place_letter ();
  for (guint i = 0; i < 118; i++)
    {
      g_autofree char *address = g_strdup_printf ("r%u@d.example", i);

      place_add_recipient (letter, address);
    }
  place_take (&world.place, letter, LETTER, strlen (LETTER), 1000);
  g_autoptr (LlDelivery) delivery = send_letter (&world, letter, &copy, soon (), NULL);
  for (guint i = 0; i < 120; i++)
    g_assert_cmpint (result_at (delivery, i)->outcome, ==, LL_OUTCOME_SENT);
  world_end (&world);
}

/* -- large letters ----------------------------------------------------------------------- */

/* Lines with dots, and with an edit in the middle. */
static char *
large_letter (gsize lines)
{
  GString *text = g_string_new ("Subject: [tls] x\r\n\r\n");

  for (gsize i = 0; i < lines; i++)
    g_string_append_printf (text, "%s%zu line of a letter that is long enough\r\n",
                            i % 3 == 0 ? "." : "", i);
  return g_string_free (text, FALSE);
}

static void
test_large (void)
{
  static const char *const offers[] = { "PIPELINING", "CHUNKING" };
  g_autofree char *text = large_letter (20000);
  g_autoptr (GPtrArray) edits = g_ptr_array_new ();
  LlEdit edit = { 9, 6, (char *) "", "subject tag removed" };

  g_ptr_array_add (edits, &edit);
  for (gsize i = 0; i < G_N_ELEMENTS (offers); i++)
    {
      World world;
      g_autofree char *server
          = g_strdup_printf ("{\"certificate\": \"good\", \"offers\": [\"%s\"]}", offers[i]);
      guint port = faults_listen (&faults, server);
      LlCopy copy = { .edits = edits };

      world_begin (&world, port);
      g_autoptr (LlLetter) letter
          = place_take (&world.place, place_letter (), text, strlen (text), 65536);
      g_autoptr (LlDelivery) delivery = send_letter (&world, letter, &copy, soon (), NULL);
      g_assert_cmpint (result_at (delivery, 0)->outcome, ==, LL_OUTCOME_SENT);
      g_autoptr (JsonObject) seen = faults_ask (&faults, port);
      JsonArray *letters = json_object_get_array_member (seen, "letters");
      const char *got
          = json_object_get_string_member (json_array_get_object_element (letters, 0), "content");
      g_autofree char *expected = g_strconcat ("Subject: x", text + 16, NULL);
      g_assert_true (strcmp (got, expected) == 0);
      g_assert_cmpuint (world.dots, ==, 1);
      world_end (&world);
    }
}

/* Lost in the middle of the content is not uncertain, and before_dot was never asked. */
static void
test_lost_in_the_middle (void)
{
  static const struct
  {
    const char *offer;
    const char *fault;
    LlOutcome outcome;
    guint code;
  } losses[] = {
    { "PIPELINING", "close", LL_OUTCOME_TEMPORARY, 0 },
    { "PIPELINING", "reset", LL_OUTCOME_TEMPORARY, 0 },
    { "CHUNKING", "close", LL_OUTCOME_TEMPORARY, 0 },
    { "CHUNKING", "reset", LL_OUTCOME_TEMPORARY, 0 },
  };
  g_autofree char *text = large_letter (200000);

  for (gsize i = 0; i < G_N_ELEMENTS (losses); i++)
    {
      World world;
      g_autofree char *server = g_strdup_printf ("{\"certificate\": \"good\", \"offers\": "
                                                 "[\"%s\"], \"faults\": {\"content\": \"%s\"}}",
                                                 losses[i].offer, losses[i].fault);
      guint port = faults_listen (&faults, server);
      LlCopy copy = { 0 };

      world_begin (&world, port);
      g_autoptr (LlLetter) letter
          = place_take (&world.place, place_letter (), text, strlen (text), 65536);
      g_autoptr (LlDelivery) delivery = send_letter (&world, letter, &copy, soon (), NULL);
      g_test_message ("%s", result_at (delivery, 0)->text);
      g_assert_cmpint (result_at (delivery, 0)->outcome, ==, losses[i].outcome);
      g_assert_cmpuint (result_at (delivery, 0)->code, ==, losses[i].code);
      g_assert_cmpuint (world.dots, ==, 0);
      world_end (&world);
    }
}

/* The point of no return is asked for before the letter is whole, also where its last piece fills
 * our buffer. */
static void
test_stopped_at_the_dot (void)
{
  static const char *const offers[] = { "PIPELINING", "CHUNKING" };
  static const gsize sizes[] = { 30, 64 * 1024 - 1, 64 * 1024, 128 * 1024 };

  for (gsize i = 0; i < G_N_ELEMENTS (offers) * G_N_ELEMENTS (sizes); i++)
    {
      World world;
      g_autofree char *server
          = g_strdup_printf ("{\"certificate\": \"good\", \"offers\": [\"%s\"]}",
                             offers[i % G_N_ELEMENTS (offers)]);
      guint port = faults_listen (&faults, server);
      g_autofree char *text = large_letter (4000);
      gsize length = sizes[i / G_N_ELEMENTS (offers)];
      LlCopy copy = { 0 };

      memcpy (text + length - 2, "\r\n", 2);
      world_begin (&world, port);
      world.stop_at_dot = TRUE;
      g_autoptr (LlLetter) letter = place_take (&world.place, place_letter (), text, length, 65536);
      g_autoptr (LlDelivery) delivery = send_letter (&world, letter, &copy, soon (), NULL);
      g_assert_cmpint (result_at (delivery, 0)->outcome, ==, LL_OUTCOME_CANCELLED);
      g_assert_cmpuint (world.dots, ==, 1);
      g_autoptr (JsonObject) seen = faults_ask_idle (&faults, port);
      g_assert_cmpuint (json_array_get_length (json_object_get_array_member (seen, "letters")), ==,
                        0);
      world_end (&world);
    }
}

static void
test_cancelled (void)
{
  World world;
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  LlCopy copy = { 0 };

  world_begin (&world, faults_listen (&faults, "{\"certificate\": \"good\"}"));
  g_autoptr (LlLetter) letter
      = place_take (&world.place, place_letter (), LETTER, strlen (LETTER), 1000);
  g_cancellable_cancel (cancel);
  g_autoptr (LlDelivery) delivery = send_letter (&world, letter, &copy, soon (), cancel);
  g_assert_cmpint (result_at (delivery, 0)->outcome, ==, LL_OUTCOME_CANCELLED);
  world_end (&world);
}

/* A shutdown in the last moment waits for the answer that decides between sent and uncertain. */
static gboolean
cancel_at_dot_cb (LlCopy *copy, gpointer data)
{
  g_cancellable_cancel (data);
  return TRUE;
}

static void
test_cancelled_at_the_dot (void)
{
  World world;
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  guint only = 1;

  world_begin (&world, faults_listen (&faults, "{\"certificate\": \"good\"}"));
  g_autoptr (LlLetter) letter
      = place_take (&world.place, place_letter (), LETTER, strlen (LETTER), 1000);
  LlCopy copy = { .letter = letter, .recipients = g_array_new (FALSE, FALSE, sizeof (guint)) };
  g_array_append_val (copy.recipients, only);
  g_autoptr (LlDelivery) delivery
      = ll_upstream_send (world.upstream, &world.account, &copy, NULL, NULL, cancel_at_dot_cb,
                          cancel, soon (), cancel);
  g_assert_cmpuint (delivery->results->len, ==, 1);
  g_assert_cmpint (result_at (delivery, 0)->outcome, ==, LL_OUTCOME_SENT);
  expect_commands (world.account.port,
                   "MAIL FROM:<me@a.example> SIZE=30|RCPT TO:<two@c.example>|DATA|");
  g_array_unref (copy.recipients);
  world_end (&world);
}

/* An address with a line end would be a command of its own. */
static void
test_line_end_in_address (void)
{
  World world;
  guint port = faults_listen (&faults, "{\"certificate\": \"good\"}");
  LlCopy copy = { 0 };

  world_begin (&world, port);
  g_autoptr (LlLetter) letter = place_letter ();
  place_take (&world.place, letter, LETTER, strlen (LETTER), 1000);
  LlRecipient *recipient = ll_envelope_recipient (letter->envelope, 1);
  g_free (recipient->original);
  recipient->original = g_strdup ("a@b.example>\r\nRCPT TO:<eve@e.example");
  g_autoptr (LlDelivery) delivery = send_letter (&world, letter, &copy, soon (), NULL);
  g_assert_cmpint (result_at (delivery, 0)->outcome, ==, LL_OUTCOME_REFUSED);
  g_assert_cmpuint (result_at (delivery, 0)->code, ==, 501);
  g_assert_cmpuint (world.dots, ==, 0);
  g_autofree char *all = faults_commands (&faults, port);
  g_assert_null (strstr (all, "MAIL"));
  world_end (&world);
}

/* A stored letter that broke is never sent in part. */
static void
test_broken_letter (void)
{
  static const char *const offers[] = { "PIPELINING", "CHUNKING" };
  g_autofree char *text = large_letter (20000);

  for (gsize i = 0; i < G_N_ELEMENTS (offers); i++)
    {
      World world;
      g_autofree char *server
          = g_strdup_printf ("{\"certificate\": \"good\", \"offers\": [\"%s\"]}", offers[i]);
      guint port = faults_listen (&faults, server);
      LlCopy copy = { 0 };

      world_begin (&world, port);
      g_autoptr (LlLetter) letter
          = place_take (&world.place, place_letter (), text, strlen (text), 65536);
      g_autofree char *name = g_strconcat (letter->id, ".letter", NULL);
      g_autofree char *path = g_build_filename (world.place.folder, "letters", name, NULL);
      FILE *file = fopen (path, "r+");
      g_assert_nonnull (file);
      fseek (file, 500000, SEEK_SET);
      fputs ("broken", file);
      fclose (file);
      g_autoptr (LlDelivery) delivery = send_letter (&world, letter, &copy, soon (), NULL);
      g_assert_cmpint (result_at (delivery, 0)->outcome, ==, LL_OUTCOME_REFUSED);
      g_assert_true (
          g_str_has_prefix (result_at (delivery, 0)->text, "the stored letter cannot be read: "));
      g_assert_cmpuint (world.dots, ==, 0);
      g_autoptr (JsonObject) seen = faults_ask (&faults, port);
      g_assert_cmpuint (json_array_get_length (json_object_get_array_member (seen, "letters")), ==,
                        0);
      world_end (&world);
    }
}

int
main (int argc, char **argv)
{
  place_init (&argc, &argv);
  g_test_add_func ("/deliver/transaction/envelopes", test_envelopes);
  g_test_add_func ("/deliver/transaction/requiretls-refused", test_requiretls_refused);
  g_test_add_func ("/deliver/transaction/one-of-three", test_one_of_three);
  g_test_add_func ("/deliver/transaction/many-recipients", test_many_recipients);
  g_test_add_func ("/deliver/transaction/large", test_large);
  g_test_add_func ("/deliver/transaction/lost-in-the-middle", test_lost_in_the_middle);
  g_test_add_func ("/deliver/transaction/stopped-at-the-dot", test_stopped_at_the_dot);
  g_test_add_func ("/deliver/transaction/cancelled", test_cancelled);
  g_test_add_func ("/deliver/transaction/cancelled-at-the-dot", test_cancelled_at_the_dot);
  g_test_add_func ("/deliver/transaction/line-end-in-address", test_line_end_in_address);
  g_test_add_func ("/deliver/transaction/broken-letter", test_broken_letter);
  return world_run ();
}
