/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Handshakes over a socket pair, with certificates made here: what is accepted, what is not,
 * and the words for it. Case ids are those of the list of situations (C19, C21...). */

#include "base/error.h"
#include "wire/connection.h"
#include "wire/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  EVP_PKEY *key;
  X509 *certificate;
} Identity;

static void
add_extension (X509 *certificate, X509 *issuer, int nid, const char *value)
{
  X509V3_CTX context;
  X509_EXTENSION *extension;

  X509V3_set_ctx (&context, issuer, certificate, NULL, NULL, 0);
  extension = X509V3_EXT_conf_nid (NULL, &context, nid, value);
  g_assert_nonnull (extension);
  X509_add_ext (certificate, extension, -1);
  X509_EXTENSION_free (extension);
}

/* @names: a subjectAltName value, or NULL. @days may be negative: expired that long ago. */
static Identity
make_identity (const char *cn, const char *names, int days, const Identity *issuer, gboolean ca)
{
  Identity made = { EVP_EC_gen ("P-256"), X509_new () };
  X509_NAME *name = X509_get_subject_name (made.certificate);
  static long serial = 1;

  X509_set_version (made.certificate, 2);
  ASN1_INTEGER_set (X509_get_serialNumber (made.certificate), serial++);
  X509_gmtime_adj (X509_getm_notBefore (made.certificate), -400L * 86400);
  X509_gmtime_adj (X509_getm_notAfter (made.certificate), days * 86400L);
  X509_NAME_add_entry_by_txt (name, "CN", MBSTRING_UTF8, (const unsigned char *) cn, -1, -1, 0);
  X509_set_issuer_name (made.certificate,
                        issuer != NULL ? X509_get_subject_name (issuer->certificate) : name);
  X509_set_pubkey (made.certificate, made.key);
  if (ca)
    add_extension (made.certificate, made.certificate, NID_basic_constraints, "critical,CA:TRUE");
  if (names != NULL)
    add_extension (made.certificate, made.certificate, NID_subject_alt_name, names);
  X509_sign (made.certificate, issuer != NULL ? issuer->key : made.key, EVP_sha256 ());
  return made;
}

static void
identity_clear (Identity *identity)
{
  EVP_PKEY_free (identity->key);
  X509_free (identity->certificate);
}

static char *
write_ca (const Identity *ca)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("letterlock-ca-XXXXXX", &path, NULL);
  FILE *file = fdopen (fd, "w");

  PEM_write_X509 (file, ca->certificate);
  fclose (file);
  return g_steal_pointer (&path);
}

typedef struct
{
  int fd;
  const Identity *identity;
} Server;

static gpointer
serve (gpointer data)
{
  Server *server = data;
  g_autoptr (SSL_CTX) context = SSL_CTX_new (TLS_server_method ());
  g_autoptr (LlConnection) connection = ll_connection_new (server->fd);
  char byte;

  SSL_CTX_use_certificate (context, server->identity->certificate);
  SSL_CTX_use_PrivateKey (context, server->identity->key);
  if (ll_connection_handshake (connection, SSL_new (context), TRUE, ll_deadline_in (30000), NULL,
                               NULL)
      && ll_connection_read (connection, &byte, 1, ll_deadline_in (30000), NULL, NULL) == 1)
    ll_connection_write (connection, &byte, 1, ll_deadline_in (30000), NULL, NULL);
  ll_connection_close (connection);
  ERR_clear_error ();
  return NULL;
}

static Identity ca;
static char *ca_file;

static void
test_names (void)
{
  static const struct
  {
    const char *name;
    const char *cn;
    const char *san;
    int days;
    const char *host;
    gboolean trusted;
    const char *sentence; /* NULL: the handshake succeeds */
  } cases[] = {
    { "good", "x", "DNS:smtp.example", 30, "smtp.example", TRUE, NULL },
    { "root dot (C27)", "x", "DNS:smtp.example", 30, "smtp.example.", TRUE, NULL },
    { "wildcard (C25)", "x", "DNS:*.mail.example", 30, "smtp.mail.example", TRUE, NULL },
    { "wildcard too deep (C25)", "x", "DNS:*.mail.example", 30, "a.smtp.mail.example", TRUE,
      "the certificate is for *.mail.example, not for a.smtp.mail.example" },
    { "partial wildcard", "x", "DNS:smtp*.example", 30, "smtp1.example", TRUE,
      "the certificate is for smtp*.example, not for smtp1.example" },
    { "common name alone", "smtp.example", NULL, 30, "smtp.example", TRUE,
      "the certificate is for no host name, not for smtp.example" },
    { "common name beside mail name (C24)", "smtp.example", "email:a@b.example", 30, "smtp.example",
      TRUE, "the certificate is for no host name, not for smtp.example" },
    { "other name (C21)", "x", "DNS:mail.example,DNS:www.example", 30, "smtp.example", TRUE,
      "the certificate is for mail.example, www.example, not for smtp.example" },
    { "expired (C19)", "x", "DNS:smtp.example", -1, "smtp.example", TRUE,
      "the certificate of smtp.example expired on " },
    { "self-signed (C18)", "x", "DNS:smtp.example", 30, "smtp.example", FALSE,
      "the certificate of smtp.example is self-signed" },
    { "address", "x", "IP:127.0.0.1", 30, "127.0.0.1", TRUE, NULL },
    { "other address", "x", "IP:127.0.0.1", 30, "127.0.0.2", TRUE,
      "the certificate is for no host name, not for 127.0.0.2" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Identity leaf = make_identity (cases[i].cn, cases[i].san, cases[i].days,
                                     cases[i].trusted ? &ca : NULL, FALSE);
      g_autoptr (GError) error = NULL;
      g_autoptr (SSL_CTX) context = ll_tls_client_context (LL_TLS_UPSTREAM, ca_file, &error);
      SSL *ssl = ll_tls_client_new (context, cases[i].host, &error);
      g_autoptr (LlConnection) connection = NULL;
      g_autofree char *sentence = NULL;
      Server server = { .identity = &leaf };
      GThread *thread;
      int pair[2];
      char byte = 'x';
      gboolean ok;

      g_test_message ("%s", cases[i].name);
      g_assert_no_error (error);
      g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
      server.fd = pair[1];
      thread = g_thread_new ("server", serve, &server);
      connection = ll_connection_new (pair[0]);
      ok = ll_connection_handshake (connection, ssl, FALSE, ll_deadline_in (30000), NULL, &error);
      sentence = ll_tls_explain (ll_connection_ssl (connection), cases[i].host);
      if (cases[i].sentence == NULL)
        {
          g_autoptr (LlTlsFacts) facts = NULL;

          g_assert_no_error (error);
          g_assert_true (ok);
          facts = ll_tls_facts_new (ll_connection_ssl (connection));
          g_assert_cmpstr (facts->protocol, ==, "TLSv1.3");
          g_assert_cmpstr (facts->key, ==, "EC P-256");
          g_assert_true (facts->forward_secrecy);
          g_assert_cmpstr (facts->root, ==, "CN=test CA");
          g_assert_cmpuint (strlen (facts->fingerprint), ==, 64);
          g_assert_true (
              ll_connection_write (connection, "x", 1, ll_deadline_in (30000), NULL, &error));
          g_assert_cmpint (ll_connection_read (connection, &byte, 1, ll_deadline_in (30000), NULL,
                                               &error),
                           ==, 1);
          g_assert_cmpint (ll_connection_read (connection, &byte, 1, ll_deadline_in (30000), NULL,
                                               &error),
                           ==, 0);
        }
      else
        {
          g_assert_false (ok);
          g_assert_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TLS);
          g_assert_true (g_str_has_prefix (sentence, cases[i].sentence));
        }
      ll_connection_close (connection);
      g_thread_join (thread);
      identity_clear (&leaf);
    }
}

static void
test_bad_references (void)
{
  g_autoptr (SSL_CTX) context = ll_tls_client_context (LL_TLS_UPSTREAM, NULL, NULL);
  static const char *const hosts[] = { "", ".", ".example.com" };

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (ll_tls_client_new (context, hosts[i], &error));
      g_assert_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TLS);
    }
}

static void
test_deadline_and_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (LlConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  int pair[2];
  char byte;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  connection = ll_connection_new (pair[0]);
  g_assert_cmpint (ll_connection_read (connection, &byte, 1, ll_deadline_in (1), NULL, &error), ==,
                   -1);
  g_assert_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TIMEOUT);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (ll_connection_read (connection, &byte, 1, LL_DEADLINE_NEVER, cancellable,
                                       &error),
                   ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_cmpint (write (pair[1], "y", 1), ==, 1);
  g_assert_true (ll_connection_has_input (connection));
  close (pair[1]);
  g_assert_cmpint (ll_connection_read (connection, &byte, 1, LL_DEADLINE_NEVER, NULL, &error), ==,
                   1);
  g_assert_cmpint (ll_connection_read (connection, &byte, 1, LL_DEADLINE_NEVER, NULL, &error), ==,
                   0);
}

static void
test_open (void)
{
  g_autoptr (GError) error = NULL;

  /* port 1 on loopback: nobody there */
  g_assert_null (ll_connection_open ("127.0.0.1", 1, ll_deadline_in (30000), NULL, &error));
  g_assert_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_UNREACHABLE);
  g_clear_error (&error);
  g_assert_null (ll_connection_open ("localhost", 1, ll_deadline_in (30000), NULL, &error));
  g_assert_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_UNREACHABLE);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  ca = make_identity ("test CA", NULL, 30, NULL, TRUE);
  ca_file = write_ca (&ca);
  g_test_add_func ("/tls/names", test_names);
  g_test_add_func ("/tls/bad-references", test_bad_references);
  g_test_add_func ("/connection/deadline", test_deadline_and_cancel);
  g_test_add_func ("/connection/open", test_open);
  result = g_test_run ();
  unlink (ca_file);
  g_free (ca_file);
  identity_clear (&ca);
  return result;
}
