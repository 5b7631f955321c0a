/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What can go wrong on the way to the provider, and on connections that are used again. */

#include "world.h"

/* -- what can be wrong ------------------------------------------------------------- */

typedef enum
{
  STARTTLS = 1 << 0,
  SHORT = 1 << 1, /* the server stalls: do not wait for long */
} Flags;

static const struct
{
  const char *name;
  const char *server; /* arguments of FaultServer */
  Flags flags;
  LlOutcome outcome;
  guint code;
  const char *enhanced;
  const char *text; /* with '*' */
  guint taken;      /* letters that the server has */
} cases[] = {
  { "all is well", "{\"certificate\": \"good\"}", 0, LL_OUTCOME_SENT, 250, "2.0.0", "taken", 1 },
  { "RSA", "{\"certificate\": \"rsa\"}", 0, LL_OUTCOME_SENT, 250, "2.0.0", "taken", 1 },
  { "all is well by STARTTLS", "{\"certificate\": \"good\", \"implicit\": false}", STARTTLS,
    LL_OUTCOME_SENT, 250, "2.0.0", "taken", 1 },
  /* certificates */
  { "expired", "{\"certificate\": \"expired\"}", 0, LL_OUTCOME_NO_TLS, 0, "",
    "the certificate of localhost expired on 20*-*-*", 0 },
  { "not yet valid", "{\"certificate\": \"early\"}", 0, LL_OUTCOME_NO_TLS, 0, "",
    "the certificate of localhost is not valid before 20*-*-*", 0 },
  { "wrong name", "{\"certificate\": \"wrong-name\"}", 0, LL_OUTCOME_NO_TLS, 0, "",
    "the certificate is for other.lab, not for localhost", 0 },
  { "name in the subject only", "{\"certificate\": \"cn-only\"}", 0, LL_OUTCOME_NO_TLS, 0, "",
    "the certificate is for no host name, not for localhost", 0 },
  { "self-signed", "{\"certificate\": \"self-signed\"}", 0, LL_OUTCOME_NO_TLS, 0, "",
    "the certificate of localhost is self-signed", 0 },
  { "untrusted", "{\"certificate\": \"untrusted\"}", 0, LL_OUTCOME_NO_TLS, 0, "",
    "the certificate of localhost comes from an issuer that is not trusted (CN=Other CA)", 0 },
  { "weak key", "{\"certificate\": \"weak\"}", 0, LL_OUTCOME_NO_TLS, 0, "", "*localhost*", 0 },
  { "expired, by STARTTLS", "{\"certificate\": \"expired\", \"implicit\": false}", STARTTLS,
    LL_OUTCOME_NO_TLS, 0, "", "the certificate of localhost expired on 20*-*-*", 0 },
  { "TLS 1.1", "{\"certificate\": \"rsa\", \"old\": true}", 0, LL_OUTCOME_NO_TLS, 0, "",
    "localhost: the server has no TLS 1.2 or newer", 0 },
  { "no TLS where it must be", "{\"implicit\": false}", 0, LL_OUTCOME_NO_TLS, 0, "",
    "localhost: no TLS on port *", 0 },
  { "handshake closed", "{\"certificate\": \"good\", \"faults\": {\"handshake\": \"close\"}}", 0,
    LL_OUTCOME_NO_TLS, 0, "", "localhost: the TLS handshake failed: the connection was closed", 0 },
  { "handshake stalls", "{\"certificate\": \"good\", \"faults\": {\"handshake\": \"stall\"}}",
    SHORT, LL_OUTCOME_NO_TLS, 0, "", "localhost: the TLS handshake failed: no answer in time", 0 },
  /* STARTTLS */
  { "no STARTTLS", "{\"implicit\": false, \"clear_offers\": [\"DSN\"]}", STARTTLS,
    LL_OUTCOME_NO_TLS, 0, "", "localhost: the server offers no STARTTLS; nothing was sent", 0 },
  { "STARTTLS overwritten", "{\"implicit\": false, \"clear_offers\": [\"XXXXXXXA\"]}", STARTTLS,
    LL_OUTCOME_NO_TLS, 0, "", "localhost: STARTTLS was overwritten on the way; nothing was sent",
    0 },
  { "454 to STARTTLS",
    "{\"certificate\": \"good\", \"implicit\": false, \"faults\": {\"starttls\": \"454 4.7.0 TLS "
    "is "
    "out of order\"}}",
    STARTTLS, LL_OUTCOME_NO_TLS, 454, "4.7.0",
    "localhost: STARTTLS was refused: 454 4.7.0 TLS is out of order", 0 },
  { "U02, T04: injected after STARTTLS",
    "{\"certificate\": \"good\", \"implicit\": false, \"faults\": {\"starttls\": \"inject "
    "250-REQUIRETLS\"}}",
    STARTTLS, LL_OUTCOME_NO_TLS, 0, "",
    "localhost: somebody put bytes in front of the encrypted part of the conversation", 0 },
  { "T34: 235 injected",
    "{\"certificate\": \"good\", \"implicit\": false, \"faults\": {\"starttls\": \"inject 235 "
    "2.7.0 "
    "in\"}}",
    STARTTLS, LL_OUTCOME_NO_TLS, 0, "",
    "localhost: somebody put bytes in front of the encrypted part of the conversation", 0 },
  { "STARTTLS closes",
    "{\"certificate\": \"good\", \"implicit\": false, \"faults\": {\"starttls\": \"close\"}}",
    STARTTLS, LL_OUTCOME_NO_CONNECTION, 0, "", "localhost: *", 0 },
  { "STARTTLS stalls",
    "{\"certificate\": \"good\", \"implicit\": false, \"faults\": {\"starttls\": \"stall\"}}",
    STARTTLS | SHORT, LL_OUTCOME_NO_CONNECTION, 0, "", "localhost: no answer in time", 0 },
  { "EHLO stalls",
    "{\"certificate\": \"good\", \"implicit\": false, \"faults\": {\"ehlo\": \"stall\"}}",
    STARTTLS | SHORT, LL_OUTCOME_NO_CONNECTION, 0, "", "localhost: no answer in time", 0 },
  /* greeting, EHLO */
  { "greeting 421", "{\"certificate\": \"good\", \"faults\": {\"greeting\": \"421 4.3.2 busy\"}}",
    0, LL_OUTCOME_TEMPORARY, 421, "4.3.2", "busy", 0 },
  { "greeting 554",
    "{\"certificate\": \"good\", \"faults\": {\"greeting\": \"554 5.7.1 go away\"}}", 0,
    LL_OUTCOME_TEMPORARY, 554, "5.7.1", "go away", 0 },
  { "greeting stalls", "{\"certificate\": \"good\", \"faults\": {\"greeting\": \"stall\"}}", SHORT,
    LL_OUTCOME_NO_CONNECTION, 0, "", "localhost: no answer in time", 0 },
  { "greeting closes", "{\"certificate\": \"good\", \"faults\": {\"greeting\": \"close\"}}", 0,
    LL_OUTCOME_NO_CONNECTION, 0, "", "localhost: *closed*", 0 },
  { "greeting of another protocol",
    "{\"certificate\": \"good\", \"faults\": {\"greeting\": \"HTTP/1.1 400 Bad Request\"}}", 0,
    LL_OUTCOME_NO_CONNECTION, 0, "", "localhost: the server's answer is not SMTP", 0 },
  { "EHLO 550", "{\"certificate\": \"good\", \"faults\": {\"ehlo-tls\": \"550 5.7.1 no\"}}", 0,
    LL_OUTCOME_TEMPORARY, 550, "5.7.1", "no", 0 },
  { "EHLO 451", "{\"certificate\": \"good\", \"faults\": {\"ehlo-tls\": \"451 4.3.0 later\"}}", 0,
    LL_OUTCOME_TEMPORARY, 451, "4.3.0", "later", 0 },
  { "EHLO in TLS stalls", "{\"certificate\": \"good\", \"faults\": {\"ehlo-tls\": \"stall\"}}",
    SHORT, LL_OUTCOME_NO_CONNECTION, 0, "", "localhost: no answer in time", 0 },
  /* sign-in */
  { "LOGIN", "{\"certificate\": \"good\", \"mechanisms\": [\"LOGIN\"]}", 0, LL_OUTCOME_SENT, 250,
    "2.0.0", "taken", 1 },
  { "SCRAM", "{\"certificate\": \"good\", \"mechanisms\": [\"PLAIN\", \"SCRAM-SHA-256\"]}", 0,
    LL_OUTCOME_SENT, 250, "2.0.0", "taken", 1 },
  { "SCRAM, wrong password",
    "{\"certificate\": \"good\", \"mechanisms\": [\"SCRAM-SHA-256\"], \"users\": {\"anna\": "
    "\"x\"}}",
    0, LL_OUTCOME_AUTH, 535, "5.7.8", "wrong name or password", 0 },
  { "SCRAM, the server does not know the password",
    "{\"certificate\": \"good\", \"mechanisms\": [\"SCRAM-SHA-256\"], \"faults\": "
    "{\"scram-proof\": "
    "\"x\"}}",
    0, LL_OUTCOME_AUTH, 0, "", "the server did not prove that it knows the password: not signed in",
    0 },
  { "wrong password", "{\"certificate\": \"good\", \"users\": {\"anna\": \"other\"}}", 0,
    LL_OUTCOME_AUTH, 535, "5.7.8", "wrong name or password", 0 },
  { "AUTH 454", "{\"certificate\": \"good\", \"faults\": {\"auth\": \"454 4.7.0 not now\"}}", 0,
    LL_OUTCOME_TEMPORARY, 454, "4.7.0", "not now", 0 },
  { "AUTH 535 5.7.139",
    "{\"certificate\": \"good\", \"faults\": {\"auth\": \"535 5.7.139 Authentication unsuccessful, "
    "SmtpClientAuthentication is disabled for the Tenant. [AM0]\"}}",
    0, LL_OUTCOME_AUTH, 535, "5.7.139",
    "your organisation has switched off sending by SMTP * (Authentication unsuccessful, * [AM0])",
    0 },
  { "AUTH 550 5.7.30",
    "{\"certificate\": \"good\", \"faults\": {\"auth\": \"550 5.7.30 Basic authentication is not "
    "supported for Client Submission.\"}}",
    0, LL_OUTCOME_AUTH, 550, "5.7.30", "your provider takes no passwords any more: *", 0 },
  { "AUTH stalls", "{\"certificate\": \"good\", \"faults\": {\"auth\": \"stall\"}}", SHORT,
    LL_OUTCOME_NO_CONNECTION, 0, "", "localhost: no answer in time", 0 },
  { "no AUTH", "{\"certificate\": \"good\", \"mechanisms\": []}", 0, LL_OUTCOME_AUTH, 0, "",
    "localhost: the server offers no sign-in", 0 },
  { "no AUTH that we know", "{\"certificate\": \"good\", \"mechanisms\": [\"NTLM\"]}", 0,
    LL_OUTCOME_AUTH, 0, "", "localhost: the server offers no sign-in that fits this account", 0 },
  /* the envelope */
  { "MAIL 451", "{\"certificate\": \"good\", \"faults\": {\"mail\": \"451 4.3.0 later\"}}", 0,
    LL_OUTCOME_TEMPORARY, 451, "4.3.0", "later", 0 },
  { "MAIL 550", "{\"certificate\": \"good\", \"faults\": {\"mail\": \"550 5.7.1 not as him\"}}", 0,
    LL_OUTCOME_REFUSED, 550, "5.7.1", "not as him", 0 },
  { "MAIL 421", "{\"certificate\": \"good\", \"faults\": {\"mail\": \"421 4.3.2 bye;close\"}}", 0,
    LL_OUTCOME_TEMPORARY, 421, "4.3.2", "bye", 0 },
  { "MAIL stalls", "{\"certificate\": \"good\", \"faults\": {\"mail\": \"stall\"}}", SHORT,
    LL_OUTCOME_TEMPORARY, 0, "", "localhost: no answer in time", 0 },
  { "MAIL closes", "{\"certificate\": \"good\", \"faults\": {\"mail\": \"close\"}}", 0,
    LL_OUTCOME_TEMPORARY, 0, "", "localhost: *closed*", 0 },
  { "RCPT 450", "{\"certificate\": \"good\", \"faults\": {\"rcpt\": \"450 4.2.0 greylisted\"}}", 0,
    LL_OUTCOME_TEMPORARY, 450, "4.2.0", "greylisted", 0 },
  { "RCPT 550", "{\"certificate\": \"good\", \"faults\": {\"rcpt\": \"550 5.1.1 nobody\"}}", 0,
    LL_OUTCOME_REFUSED, 550, "5.1.1", "nobody", 0 },
  { "RCPT stalls", "{\"certificate\": \"good\", \"faults\": {\"rcpt\": \"stall\"}}", SHORT,
    LL_OUTCOME_TEMPORARY, 0, "", "localhost: no answer in time", 0 },
  { "DATA 451", "{\"certificate\": \"good\", \"faults\": {\"data\": \"451 4.3.0 disk\"}}", 0,
    LL_OUTCOME_TEMPORARY, 451, "4.3.0", "disk", 0 },
  { "DATA 554", "{\"certificate\": \"good\", \"faults\": {\"data\": \"554 5.6.0 no\"}}", 0,
    LL_OUTCOME_REFUSED, 554, "5.6.0", "no", 0 },
  { "DATA stalls", "{\"certificate\": \"good\", \"faults\": {\"data\": \"stall\"}}", SHORT,
    LL_OUTCOME_TEMPORARY, 0, "", "localhost: no answer in time", 0 },
  { "DATA refused, without pipelining",
    "{\"certificate\": \"good\", \"offers\": [\"DSN\"], \"faults\": {\"data\": \"554 5.6.0 no\"}}",
    0, LL_OUTCOME_REFUSED, 554, "5.6.0", "no", 0 },
  /* after the content */
  { "dot 451", "{\"certificate\": \"good\", \"faults\": {\"dot\": \"451 4.3.0 disk\"}}", 0,
    LL_OUTCOME_TEMPORARY, 451, "4.3.0", "disk", 1 },
  { "dot 554", "{\"certificate\": \"good\", \"faults\": {\"dot\": \"554 5.7.1 spam\"}}", 0,
    LL_OUTCOME_REFUSED, 554, "5.7.1", "spam", 1 },
  { "dot 421", "{\"certificate\": \"good\", \"faults\": {\"dot\": \"421 4.3.2 bye;close\"}}", 0,
    LL_OUTCOME_TEMPORARY, 421, "4.3.2", "bye", 1 },
  { "closed after the dot", "{\"certificate\": \"good\", \"faults\": {\"dot\": \"close\"}}", 0,
    LL_OUTCOME_UNCERTAIN, 0, "",
    "localhost: *closed* after the whole letter was sent; whether it was taken is not known", 1 },
  { "reset after the dot", "{\"certificate\": \"good\", \"faults\": {\"dot\": \"reset\"}}", 0,
    LL_OUTCOME_UNCERTAIN, 0, "", "localhost: * is not known", 1 },
  { "garbage after the dot", "{\"certificate\": \"good\", \"faults\": {\"dot\": \"hello\"}}", 0,
    LL_OUTCOME_UNCERTAIN, 0, "", "localhost: the server's answer is not SMTP after the whole *",
    1 },
  /* BDAT */
  { "BDAT", "{\"certificate\": \"good\", \"offers\": [\"CHUNKING\", \"PIPELINING\"]}", 0,
    LL_OUTCOME_SENT, 250, "2.0.0", "30 bytes taken", 1 },
  { "BDAT 554",
    "{\"certificate\": \"good\", \"offers\": [\"CHUNKING\"], \"faults\": {\"bdat\": \"554 5.6.0 "
    "no\"}}",
    0, LL_OUTCOME_REFUSED, 554, "5.6.0", "no", 0 },
  { "closed after BDAT",
    "{\"certificate\": \"good\", \"offers\": [\"CHUNKING\"], \"faults\": {\"dot\": \"close\"}}", 0,
    LL_OUTCOME_UNCERTAIN, 0, "", "localhost: * is not known", 1 },
};

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      World world;
      guint port = faults_listen (&faults, cases[i].server);

      g_test_message ("%s", cases[i].name);
      world_begin (&world, port);
      if (cases[i].flags & STARTTLS)
        world.account.security = LL_SECURITY_STARTTLS;
      g_autoptr (LlDelivery) delivery
          = send_simple (&world, cases[i].flags & SHORT ? ll_deadline_in (1000) : soon ());
      for (guint k = 0; k < 2; k++)
        {
          LlResult *result = result_at (delivery, k);

          g_test_message ("-> %d %u %s %s", result->outcome, result->code, result->enhanced,
                          result->text);
          g_assert_cmpint (result->outcome, ==, cases[i].outcome);
          g_assert_cmpuint (result->code, ==, cases[i].code);
          g_assert_cmpstr (result->enhanced, ==, cases[i].enhanced);
          if (!g_pattern_match_simple (cases[i].text, result->text))
            g_assert_cmpstr (result->text, ==, cases[i].text);
        }
      g_autoptr (JsonObject) seen = faults_ask (&faults, port);
      JsonArray *letters = json_object_get_array_member (seen, "letters");
      g_assert_cmpuint (json_array_get_length (letters), ==, cases[i].taken);
      g_assert_cmpuint (world.dots, >=, cases[i].taken);
      if (cases[i].outcome == LL_OUTCOME_SENT)
        {
          JsonObject *letter = json_array_get_object_element (letters, 0);

          g_assert_cmpstr (json_object_get_string_member (letter, "content"), ==, LETTER);
          g_assert_nonnull (delivery->tls);
          g_assert_cmpuint (strlen (delivery->certificate), ==, 64);
          g_assert_null (delivery->local_root);
        }
      world_end (&world);
    }
}

/* -- connections --------------------------------------------------------------------------- */

static guint
connections (guint port)
{
  g_autoptr (JsonObject) seen = faults_ask (&faults, port);

  return (guint) json_object_get_int_member (seen, "connections");
}

static void
test_reuse (void)
{
  World world;
  guint port = faults_listen (&faults, "{\"certificate\": \"good\"}");

  world_begin (&world, port);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (LlDelivery) delivery = send_simple (&world, soon ());

      g_assert_cmpint (result_at (delivery, 0)->outcome, ==, LL_OUTCOME_SENT);
    }
  g_assert_cmpuint (connections (port), ==, 1);

  /* dropped: a new one, whose TLS session is a resumed one unless it was forgotten as well */
  ll_upstream_drop (world.upstream);
  g_autoptr (LlDelivery) delivery = send_simple (&world, soon ());
  g_assert_cmpint (result_at (delivery, 0)->outcome, ==, LL_OUTCOME_SENT);
  g_assert_cmpuint (connections (port), ==, 2);
  world_end (&world);
}

/* The provider closed the idle connection, says 421 on it, or nothing at all: once more on a fresh
 * one. */
static void
test_stale (void)
{
  static const char *const servers[] = {
    "{\"certificate\": \"good\", \"faults\": {\"dot\": [\"250 2.0.0 taken;close\", null]}}",
    "{\"certificate\": \"good\", \"faults\": {\"mail\": [null, \"421 4.3.2 idle;close\", null]}}",
    "{\"certificate\": \"good\", \"faults\": {\"mail\": [null, \"close\", null]}}",
    "{\"certificate\": \"good\", \"faults\": {\"mail\": [null, \"reset\", null]}}",
    "{\"certificate\": \"good\", \"faults\": {\"mail\": [null, \"stall\", null]}}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (servers); i++)
    {
      World world;
      guint port = faults_listen (&faults, servers[i]);

      world_begin (&world, port);
      for (guint k = 0; k < 2; k++)
        {
          g_autoptr (LlDelivery) delivery = send_simple (&world, soon ());

          g_assert_cmpint (result_at (delivery, 0)->outcome, ==, LL_OUTCOME_SENT);
        }
      g_assert_cmpuint (connections (port), ==, 2);
      g_autoptr (JsonObject) seen = faults_ask (&faults, port);
      JsonArray *sessions = json_object_get_array_member (seen, "sessions");
      g_assert_true (
          json_object_get_boolean_member (json_array_get_object_element (sessions, 1), "resumed"));
      g_assert_cmpuint (json_array_get_length (json_object_get_array_member (seen, "letters")), ==,
                        2);
      world_end (&world);
    }
}

/* A fresh connection that fails is no reason to try a third time. */
static void
test_not_stale (void)
{
  World world;
  guint port = faults_listen (&faults, "{\"certificate\": \"good\", \"faults\": {\"mail\": \"421 "
                                       "4.3.2 bye;close\"}}");

  world_begin (&world, port);
  g_autoptr (LlDelivery) delivery = send_simple (&world, soon ());
  g_assert_cmpint (result_at (delivery, 0)->outcome, ==, LL_OUTCOME_TEMPORARY);
  g_assert_cmpuint (connections (port), ==, 1);
  world_end (&world);
}

static void
test_unreachable (void)
{
  World world;
  guint port = faults_listen (&faults, "{\"certificate\": \"good\"}");

  world_begin (&world, port);
  world.account.host = (char *) "nosuch.invalid";
  g_autoptr (LlDelivery) unknown = send_simple (&world, soon ());
  g_assert_cmpint (result_at (unknown, 0)->outcome, ==, LL_OUTCOME_NO_CONNECTION);
  g_assert_cmpstr (result_at (unknown, 0)->text, ==,
                   "nosuch.invalid: no address is known for this name");
  world.account.host = (char *) "127.0.0.1";
  world.account.port = 1;
  g_autoptr (LlDelivery) refused = send_simple (&world, soon ());
  g_assert_cmpint (result_at (refused, 0)->outcome, ==, LL_OUTCOME_NO_CONNECTION);
  g_assert_cmpstr (result_at (refused, 0)->text, ==,
                   "127.0.0.1: cannot connect to 127.0.0.1 port 1: Connection refused");
  world_end (&world);
}

/* Many letters at once: never more than two connections, every letter once. */
static gpointer
send_thread (gpointer data)
{
  g_autoptr (LlDelivery) delivery = send_simple (data, soon ());

  g_assert_cmpint (result_at (delivery, 0)->outcome, ==, LL_OUTCOME_SENT);
  return NULL;
}

static void
test_at_once (void)
{
  World world;
  guint port = faults_listen (&faults, "{\"certificate\": \"good\"}");
  GThread *threads[8];

  world_begin (&world, port);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("send", send_thread, &world);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (connections (port), <=, 2);
  g_autoptr (JsonObject) seen = faults_ask (&faults, port);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (seen, "letters")), ==, 8);
  world_end (&world);
}

static void
test_warm (void)
{
  World world;
  guint port = faults_listen (&faults, "{\"certificate\": \"good\"}");

  world_begin (&world, port);
  ll_upstream_warm (world.upstream, &world.account);
  ll_upstream_warm (world.upstream, &world.account);
  g_autoptr (LlDelivery) delivery = send_simple (&world, soon ());
  g_assert_cmpint (result_at (delivery, 0)->outcome, ==, LL_OUTCOME_SENT);
  g_assert_cmpuint (connections (port), ==, 1);
  world_end (&world);

  /* in vain: who needs it hears the reason himself */
  world_begin (&world, faults_listen (&faults, "{\"certificate\": \"expired\"}"));
  ll_upstream_warm (world.upstream, &world.account);
  g_autoptr (LlDelivery) failed = send_simple (&world, soon ());
  g_assert_cmpint (result_at (failed, 0)->outcome, ==, LL_OUTCOME_NO_TLS);
  ll_upstream_warm (world.upstream, &world.account); /* and an end in the middle of it */
  world_end (&world);
}

int
main (int argc, char **argv)
{
  place_init (&argc, &argv);
  g_test_add_func ("/deliver/upstream/cases", test_cases);
  g_test_add_func ("/deliver/upstream/reuse", test_reuse);
  g_test_add_func ("/deliver/upstream/stale", test_stale);
  g_test_add_func ("/deliver/upstream/not-stale", test_not_stale);
  g_test_add_func ("/deliver/upstream/unreachable", test_unreachable);
  g_test_add_func ("/deliver/upstream/at-once", test_at_once);
  g_test_add_func ("/deliver/upstream/warm", test_warm);
  return world_run ();
}
