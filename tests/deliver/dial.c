/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Certificates, pins, signing in, and what `account test` says. */

#include "deliver/dial.h"

#include "world.h"

/* -- pins, roots, certificates of our own ---------------------------------------------------- */

static const struct
{
  const char *server;
  const char *pin; /* name of the certificate whose key is pinned */
  LlOutcome outcome;
  const char *text;
} pins[] = {
  { "good", "good", LL_OUTCOME_SENT, "taken" },
  { "self-signed", "self-signed", LL_OUTCOME_SENT, "taken" },
  { "expired", "expired", LL_OUTCOME_SENT, "taken" },
  { "wrong-name", "wrong-name", LL_OUTCOME_SENT, "taken" },
  { "good", "expired", LL_OUTCOME_NO_TLS,
    "localhost: the server's key is not the pinned one; it is *" },
  { "self-signed", "good", LL_OUTCOME_NO_TLS,
    "localhost: the server's key is not the pinned one; it is *" },
};

static void
test_pins (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pins); i++)
    {
      World world;
      g_autofree char *server = g_strdup_printf ("{\"certificate\": \"%s\"}", pins[i].server);
      g_autofree char *pin = faults_certificate (&faults, pins[i].pin, "pin");
      char *list[] = { (char *) "00", pin, NULL };
      guint port = faults_listen (&faults, server);

      world_begin (&world, port);
      world.account.pins = list;
      g_autoptr (LlDelivery) delivery = send_simple (&world, soon ());
      g_assert_cmpint (result_at (delivery, 0)->outcome, ==, pins[i].outcome);
      g_assert_true (g_pattern_match_simple (pins[i].text, result_at (delivery, 0)->text));
      world_end (&world);
    }
}

static void
test_account_ca (void)
{
  World world;
  guint port = faults_listen (&faults, "{\"certificate\": \"self-signed\"}");
  g_autofree char *file = faults_certificate (&faults, "self-signed", "chain");

  world_begin (&world, port);
  world.account.ca_file = file;
  g_autoptr (LlDelivery) delivery = send_simple (&world, soon ());
  g_assert_cmpint (result_at (delivery, 0)->outcome, ==, LL_OUTCOME_SENT);
  g_assert_null (delivery->local_root); /* configured: no surprise */
  world.account.ca_file = (char *) "/nonexistent/ca.pem";
  g_autoptr (LlDelivery) unreadable = send_simple (&world, soon ());
  g_assert_cmpint (result_at (unreadable, 0)->outcome, ==, LL_OUTCOME_NO_TLS);
  g_assert_nonnull (strstr (result_at (unreadable, 0)->text, "/nonexistent/ca.pem"));
  world_end (&world);
}

static void
test_certificate (void)
{
  World world;
  guint port = faults_listen (&faults, "{\"certificate\": \"good\", \"client_certificates\": true, "
                                       "\"mechanisms\": [\"EXTERNAL\", \"PLAIN\"]}");
  g_autofree char *file = faults_certificate (&faults, "client", "both");

  world_begin (&world, port);
  world.account.auth = LL_AUTH_CERTIFICATE;
  world.account.certificate_file = file;
  g_autoptr (LlDelivery) delivery = send_simple (&world, soon ());
  g_assert_cmpint (result_at (delivery, 0)->outcome, ==, LL_OUTCOME_SENT);
  world.account.certificate_file = (char *) "/nonexistent/me.pem";
  g_autoptr (LlDelivery) unreadable = send_simple (&world, soon ());
  g_assert_cmpint (result_at (unreadable, 0)->outcome, ==, LL_OUTCOME_NO_TLS);
  world_end (&world);
}

/* -- signing in -------------------------------------------------------------------------------- */

static void
test_client (void)
{
  World world;
  guint port = faults_listen (&faults, "{\"certificate\": \"good\", \"mechanisms\": [\"PLAIN\"]}");
  g_autoptr (LlSecret) good = ll_secret_new_string ("secret");
  g_autoptr (LlSecret) bad = ll_secret_new_string ("wrong");
  LlUpstreamOffers offers = { 0 };

  world_begin (&world, port);
  world.account.auth = LL_AUTH_CLIENT;
  g_autoptr (LlResult) refused
      = ll_upstream_sign_in (world.upstream, &world.account, "anna", bad, &offers, soon (), NULL);
  g_assert_cmpint (refused->outcome, ==, LL_OUTCOME_AUTH);
  g_assert_cmpuint (refused->code, ==, 535);
  g_assert_false (offers.known);
  g_autoptr (LlResult) taken
      = ll_upstream_sign_in (world.upstream, &world.account, "anna", good, &offers, soon (), NULL);
  g_assert_cmpint (taken->outcome, ==, LL_OUTCOME_SENT);
  g_assert_true (offers.known);
  g_assert_true (offers.dsn);
  /* signed in as anna with that password only: another one is asked for at the provider */
  g_autoptr (LlResult) again
      = ll_upstream_sign_in (world.upstream, &world.account, "anna", bad, &offers, soon (), NULL);
  g_assert_cmpint (again->outcome, ==, LL_OUTCOME_AUTH);
  /* and a letter without the mail program's password waits */
  g_autoptr (LlDelivery) delivery = send_simple (&world, soon ());
  g_assert_cmpint (result_at (delivery, 0)->outcome, ==, LL_OUTCOME_AUTH);
  g_assert_cmpstr (result_at (delivery, 0)->text, ==,
                   "account work waits for the mail program's next sign-in");
  world_end (&world);
}

static const struct
{
  const char *command;
  LlOutcome outcome;
  const char *text;
} commands[] = {
  { "echo secret", LL_OUTCOME_SENT, "taken" },
  { "printf 'secret\\nsecond line\\n'", LL_OUTCOME_SENT, "taken" },
  { "echo wrong", LL_OUTCOME_AUTH, "wrong name or password" },
  { "echo secret; exit 3", LL_OUTCOME_AUTH,
    "no password for account work: the password command ended with status 3" },
  { "true", LL_OUTCOME_AUTH, "no password for account work: the password command printed nothing" },
  { "head -c 100000 /dev/zero", LL_OUTCOME_AUTH,
    "no password for account work: the password command printed too much" },
};

static void
test_password_command (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      World world;

      world_begin (&world, faults_listen (&faults, "{\"certificate\": \"good\"}"));
      world.account.password_command = (char *) commands[i].command;
      g_autoptr (LlDelivery) delivery = send_simple (&world, soon ());
      g_assert_cmpstr (result_at (delivery, 0)->text, ==, commands[i].text);
      g_assert_cmpint (result_at (delivery, 0)->outcome, ==, commands[i].outcome);
      world_end (&world);
    }
}

static void
test_no_password (void)
{
  World world;

  world_begin (&world, faults_listen (&faults, "{\"certificate\": \"good\"}"));
  world.account.name = (char *) "home";
  g_autoptr (LlDelivery) delivery = send_simple (&world, soon ());
  g_assert_cmpint (result_at (delivery, 0)->outcome, ==, LL_OUTCOME_AUTH);
  g_assert_cmpstr (result_at (delivery, 0)->text, ==,
                   "no password is stored for account home (letterlock account edit home "
                   "--password-stdin)");
  world_end (&world);
}

/* T32: no credential and no byte of a letter before verified TLS. */
static void
test_nothing_in_clear (void)
{
  World world;
  guint port = faults_listen (&faults, "{\"certificate\": \"expired\", \"implicit\": false, "
                                       "\"clear_offers\": [\"STARTTLS\", \"AUTH PLAIN\"]}");

  world_begin (&world, port);
  world.account.security = LL_SECURITY_STARTTLS;
  g_autoptr (LlDelivery) delivery = send_simple (&world, soon ());
  g_assert_cmpint (result_at (delivery, 0)->outcome, ==, LL_OUTCOME_NO_TLS);
  g_autofree char *all = faults_commands (&faults, port);
  g_assert_cmpstr (all, ==, "EHLO [127.0.0.1]|STARTTLS|");
  world_end (&world);
}

/* -- offers and `account test` --------------------------------------------------------------- */

static void
test_offers (void)
{
  World world;
  guint port
      = faults_listen (&faults,
                       "{\"certificate\": \"good\", \"offers\": [\"SIZE 1000\", \"REQUIRETLS\", "
                       "\"DSN\"], "
                       "\"implicit\": false, \"clear_offers\": [\"STARTTLS\", \"SMTPUTF8\"]}");

  world_begin (&world, port);
  world.account.security = LL_SECURITY_STARTTLS;
  g_assert_false (ll_upstream_offers (world.upstream, &world.account).known);
  g_autoptr (LlDelivery) delivery = send_simple (&world, soon ());
  g_assert_cmpint (result_at (delivery, 0)->outcome, ==, LL_OUTCOME_SENT);
  for (guint i = 0; i < 2; i++)
    {
      LlUpstreamOffers offers = ll_upstream_offers (world.upstream, &world.account);

      g_assert_true (offers.known);
      g_assert_true (offers.requiretls);
      g_assert_true (offers.dsn);
      g_assert_false (offers.smtputf8); /* was said in clear only: forgotten */
      g_assert_cmpuint (offers.size, ==, 1000);
      /* kept over a restart */
      LlUpstreamOptions options = { .store = world.place.store,
                                    .secrets = world.place.secrets,
                                    .ca_file = world.ca_file,
                                    .folder = world.place.folder };
      ll_upstream_free (world.upstream);
      world.upstream = ll_upstream_new (&options);
    }
  world.account.port++;
  g_assert_false (ll_upstream_offers (world.upstream, &world.account).known);
  world_end (&world);
}

static void
step_cb (const char *step, gboolean ok, const char *detail, gpointer data)
{
  g_string_append_printf (data, "%s%s: %s|", ok ? "" : "!", step, detail);
}

static const struct
{
  const char *server;
  gboolean good;
  const char *steps;
} walks[] = {
  { "{\"certificate\": \"good\"}", TRUE,
    "connect: 127.0.0.1 port *|tls: TLSv1.3 *|certificate: *, issued by CN=Practice CA|"
    "sign-in: as anna (PLAIN)|offers: PIPELINING 8BITMIME SMTPUTF8 DSN SIZE 10240000|" },
  { "{\"certificate\": \"good\", \"users\": {\"anna\": \"x\"}}", FALSE,
    "connect: *|tls: *|certificate: *|!problem: localhost: 535 5.7.8 wrong name or password|" },
  { "{\"certificate\": \"self-signed\"}", FALSE,
    "connect: *|!problem: the certificate of localhost is self-signed|suggestion: if you know from "
    "your provider that this is its key, accept it with --pin *|" },
  { "{\"certificate\": \"good\", \"faults\": {\"greeting\": \"554 5.7.1 no\"}}", FALSE,
    "connect: *|tls: *|certificate: *|!problem: localhost: 554 5.7.1 no|" },
};

static void
test_walk (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (walks); i++)
    {
      World world;
      g_autoptr (GString) steps = g_string_new (NULL);
      g_autoptr (GError) error = NULL;

      world_begin (&world, faults_listen (&faults, walks[i].server));
      gboolean good = ll_upstream_test (world.upstream, &world.account, step_cb, steps, soon (),
                                        NULL, &error);
      g_test_message ("%s", steps->str);
      g_assert_cmpint (good, ==, walks[i].good);
      g_assert_cmpint (error == NULL, ==, walks[i].good);
      g_assert_true (g_pattern_match_simple (walks[i].steps, steps->str));
      world_end (&world);
    }
}

int
main (int argc, char **argv)
{
  place_init (&argc, &argv);
  g_test_add_func ("/deliver/dial/pins", test_pins);
  g_test_add_func ("/deliver/dial/account-ca", test_account_ca);
  g_test_add_func ("/deliver/dial/certificate", test_certificate);
  g_test_add_func ("/deliver/dial/client", test_client);
  g_test_add_func ("/deliver/dial/password-command", test_password_command);
  g_test_add_func ("/deliver/dial/no-password", test_no_password);
  g_test_add_func ("/deliver/dial/nothing-in-clear", test_nothing_in_clear);
  g_test_add_func ("/deliver/dial/offers", test_offers);
  g_test_add_func ("/deliver/dial/walk", test_walk);
  return world_run ();
}
