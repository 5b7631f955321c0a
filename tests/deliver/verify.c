/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Keys that a provider publishes (DANE), against real handshakes. Ids are those of the cases. */

#include "deliver/verify.h"

#include "wire/client.h"

#include "world.h"

static const struct
{
  const char *name;
  const char *server;    /* the certificate that is shown */
  const char *published; /* usage, selector and matching type; then '=' and whose key, or hex */
  const char *text;      /* NULL: accepted */
} cases[] = {
  { "DC01 3 1 1, valid certificate", "good", "030101=good", NULL },
  { "3 1 1, self-signed", "self-signed", "030101=self-signed", NULL },
  { "DC03 3 1 1, expired", "expired", "030101=expired", NULL },
  { "DC04 3 1 1, wrong name", "wrong-name", "030101=wrong-name", NULL },
  { "3 1 1, another key, valid certificate", "good", "030101=expired",
    "the certificate of localhost does not match the key that localhost publishes (DANE)" },
  { "DC21 one of two", "good", "030101=expired 030101=good", NULL },
  { "DC22 a malformed one beside it", "good", "03010200 030101=good", NULL },
  { "DC25 only 3 1 9: the certificate decides", "good", "030109=good", NULL },
  { "DC25 only 3 1 9, self-signed", "self-signed", "030109=self-signed",
    "the certificate of localhost is self-signed" },
  { "too short to be one", "good", "0301", NULL },
};

static GBytes *
record_of (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "=", 2);
  g_autofree char *data
      = parts[1] != NULL ? faults_certificate (&faults, parts[1], "pin") : g_strdup ("");
  g_autofree char *hex = g_strconcat (parts[0], data, NULL);
  GByteArray *bytes = g_byte_array_new ();

  for (const char *at = hex; at[0] != '\0' && at[1] != '\0'; at += 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (at[0]) * 16 + g_ascii_xdigit_value (at[1]));

      g_byte_array_append (bytes, &byte, 1);
    }
  return g_byte_array_free_to_bytes (bytes);
}

static GPtrArray *
records_of (const char *text)
{
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_auto (GStrv) parts = g_strsplit (text, " ", -1);

  for (char **part = parts; *part != NULL; part++)
    g_ptr_array_add (records, record_of (*part));
  return records;
}

/* What dial.c does, without the look-up. */
static char *
try_handshake (LlVerifier *verifier, const LlTarget *target, GPtrArray *tlsa)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlTlsFacts) facts = NULL;
  g_autofree char *root = NULL;
  LlLookup lookup = { .tlsa = tlsa, .base = target->host };
  SSL *ssl = ll_verifier_start (verifier, target, &lookup, &error);
  g_autoptr (LlClient) client
      = ll_client_new (ll_connection_open ("127.0.0.1", target->port, soon (), NULL, NULL));

  g_assert_no_error (error);
  if (!ll_client_handshake (client, ssl, soon (), NULL, &error))
    return ll_verifier_explain (target, ll_connection_ssl (ll_client_connection (client)), error);
  facts = ll_tls_facts_new (ssl);
  if (!ll_verifier_check (verifier, target, ssl, facts, &root, &error))
    return g_strdup (error->message);
  return NULL;
}

static void
test_published (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      World world;
      g_autofree char *server = g_strdup_printf ("{\"certificate\": \"%s\"}", cases[i].server);

      g_test_message ("%s", cases[i].name);
      world_begin (&world, faults_listen (&faults, server));
      g_autoptr (GPtrArray) tlsa = records_of (cases[i].published);
      g_autoptr (LlTarget) target = ll_target_new (&world.account);
      g_autoptr (LlVerifier) verifier = ll_verifier_new (world.ca_file);
      g_autofree char *problem = try_handshake (verifier, target, tlsa);
      g_assert_cmpstr (problem, ==, cases[i].text);
      world_end (&world);
    }
}

/* Records change: a session that was begun under old ones is not resumed. */
static void
test_not_resumed (void)
{
  World world;
  guint port = faults_listen (&faults, "{\"certificate\": \"good\"}");

  world_begin (&world, port);
  g_autoptr (GPtrArray) right = records_of ("030101=good");
  g_autoptr (GPtrArray) wrong = records_of ("030101=expired");
  g_autoptr (LlTarget) target = ll_target_new (&world.account);
  g_autoptr (LlVerifier) verifier = ll_verifier_new (world.ca_file);
  g_assert_null (try_handshake (verifier, target, NULL));
  g_assert_null (try_handshake (verifier, target, right));
  g_autofree char *problem = try_handshake (verifier, target, wrong);
  g_assert_cmpstr (problem, ==,
                   "the certificate of localhost does not match the key that localhost publishes "
                   "(DANE)");
  world_end (&world);
}

/* A root that nobody configured here and Debian does not ship is shown by its name. Where no
 * roots are shipped there is nothing to compare with. */
static void
test_local_root (void)
{
  World world;
  guint port = faults_listen (&faults, "{\"certificate\": \"good\"}");

  world_begin (&world, port);
  g_setenv ("SSL_CERT_FILE", world.ca_file, TRUE);
  g_autoptr (LlTarget) target = ll_target_new (&world.account);
  g_autoptr (LlVerifier) verifier = ll_verifier_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (LlTlsFacts) facts = NULL;
  g_autofree char *root = NULL;
  const LlLookup nothing = { 0 };
  SSL *ssl = ll_verifier_start (verifier, target, &nothing, &error);
  g_autoptr (LlClient) client
      = ll_client_new (ll_connection_open ("127.0.0.1", target->port, soon (), NULL, NULL));
  g_assert_true (ll_client_handshake (client, ssl, soon (), NULL, &error));
  facts = ll_tls_facts_new (ssl);
  g_assert_true (ll_verifier_check (verifier, target, ssl, facts, &root, &error));
  if (g_file_test ("/usr/share/ca-certificates/mozilla", G_FILE_TEST_IS_DIR))
    g_assert_cmpstr (root, ==, "CN=Practice CA");
  world_end (&world);
}

int
main (int argc, char **argv)
{
  place_init (&argc, &argv);
  /* first: the system's roots are read once */
  g_test_add_func ("/deliver/verify/local-root", test_local_root);
  g_test_add_func ("/deliver/verify/published", test_published);
  g_test_add_func ("/deliver/verify/not-resumed", test_not_resumed);
  return world_run ();
}
