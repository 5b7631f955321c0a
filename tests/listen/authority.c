/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "listen/authority.h"

#include "base/clock.h"
#include "wire/tls.h"

#include <glib/gstdio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/stat.h>

#define DAY (24 * 60 * 60)

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("letterlock-XXXXXX", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "ca.pem", "ca-key.pem", "server.pem" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, names[i], NULL);

      g_remove (path);
    }
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
}

static LlAuthority *
open_at (Fixture *fixture, gint64 now)
{
  g_autoptr (GError) error = NULL;
  LlAuthority *authority = ll_authority_open_at (fixture->folder, now, &error);

  g_assert_no_error (error);
  return authority;
}

static X509 *
read_pem (const char *pem)
{
  BIO *memory = BIO_new_mem_buf (pem, -1);
  X509 *certificate = PEM_read_bio_X509 (memory, NULL, NULL, NULL);

  g_assert_nonnull (certificate);
  BIO_free (memory);
  return certificate;
}

static X509 *
exported (LlAuthority *authority)
{
  g_autofree char *pem = ll_authority_export (authority);

  return read_pem (pem);
}

static X509 *
leaf (LlAuthority *authority)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SSL_CTX) context = ll_authority_server_context (authority, &error);

  g_assert_no_error (error);
  return X509_dup (SSL_CTX_get0_certificate (context));
}

/* X509_V_OK or what is wrong with @certificate under @ca at @when. */
static int
verify (X509 *ca, X509 *certificate, gint64 when, const char *host, const char *address)
{
  X509_STORE *store = X509_STORE_new ();
  X509_STORE_CTX *context = X509_STORE_CTX_new ();
  X509_VERIFY_PARAM *parameters;
  int result;

  X509_STORE_add_cert (store, ca);
  X509_STORE_CTX_init (context, store, certificate, NULL);
  parameters = X509_STORE_CTX_get0_param (context);
  X509_STORE_CTX_set_purpose (context, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set_flags (parameters, X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_time (parameters, when);
  X509_VERIFY_PARAM_set_hostflags (parameters, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  if (host != NULL)
    X509_VERIFY_PARAM_set1_host (parameters, host, 0);
  if (address != NULL)
    X509_VERIFY_PARAM_set1_ip_asc (parameters, address);
  X509_verify_cert (context);
  result = X509_STORE_CTX_get_error (context);
  X509_STORE_CTX_free (context);
  X509_STORE_free (store);
  ERR_clear_error ();
  return result;
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  gint64 now = ll_clock_now ();
  g_autoptr (LlAuthority) authority = open_at (fixture, now);
  X509 *ca = exported (authority);
  X509 *server = leaf (authority);

  g_assert_cmpint (verify (ca, server, now, "localhost", NULL), ==, X509_V_OK);
  g_assert_cmpint (verify (ca, server, now, NULL, "127.0.0.1"), ==, X509_V_OK);
  g_assert_cmpint (verify (ca, server, now, NULL, "::1"), ==, X509_V_OK);
  g_assert_cmpint (verify (ca, server, now, "example.com", NULL), ==, X509_V_ERR_HOSTNAME_MISMATCH);
  g_assert_cmpint (X509_check_purpose (server, X509_PURPOSE_SSL_CLIENT, 0), ==, 0);
  g_assert_cmpint (X509_check_purpose (server, X509_PURPOSE_SMIME_SIGN, 0), ==, 0);
  X509_free (ca);
  X509_free (server);
}

/* Outlook 2007 reads the first name only. */
static void
test_first_name (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LlAuthority) authority = open_at (fixture, 0);
  X509 *server = leaf (authority);
  GENERAL_NAMES *names = X509_get_ext_d2i (server, NID_subject_alt_name, NULL, NULL);
  int kind;
  const ASN1_IA5STRING *first = GENERAL_NAME_get0_value (sk_GENERAL_NAME_value (names, 0), &kind);

  g_assert_cmpint (sk_GENERAL_NAME_num (names), ==, 3);
  g_assert_cmpint (kind, ==, GEN_DNS);
  g_assert_cmpstr ((const char *) ASN1_STRING_get0_data (first), ==, "localhost");
  GENERAL_NAMES_free (names);
  X509_free (server);
}

/* What somebody with the authority's key could make: worth nothing beyond loopback. */
static X509 *
forge (X509 *ca, EVP_PKEY *ca_key, const char *name, const char *usage)
{
  X509 *certificate = X509_new ();
  EVP_PKEY *key = EVP_EC_gen ("P-256");
  X509V3_CTX context;
  const struct
  {
    int nid;
    const char *value;
  } extensions[] = { { NID_basic_constraints, "critical,CA:FALSE" },
                     { NID_key_usage, "critical,digitalSignature" },
                     { NID_ext_key_usage, usage },
                     { NID_subject_alt_name, name },
                     { NID_subject_key_identifier, "hash" },
                     { NID_authority_key_identifier, "keyid:always" } };

  X509_set_version (certificate, X509_VERSION_3);
  ASN1_INTEGER_set (X509_get_serialNumber (certificate), 7);
  X509_NAME_add_entry_by_txt (X509_get_subject_name (certificate), "O", MBSTRING_ASC,
                              (const guchar *) "forged", -1, -1, 0);
  X509_set_issuer_name (certificate, X509_get_subject_name (ca));
  X509_gmtime_adj (X509_getm_notBefore (certificate), -DAY);
  X509_gmtime_adj (X509_getm_notAfter (certificate), DAY);
  X509_set_pubkey (certificate, key);
  X509V3_set_ctx (&context, ca, certificate, NULL, NULL, 0);
  for (guint i = 0; i < G_N_ELEMENTS (extensions); i++)
    {
      X509_EXTENSION *extension
          = X509V3_EXT_conf_nid (NULL, &context, extensions[i].nid, extensions[i].value);

      g_assert_nonnull (extension);
      X509_add_ext (certificate, extension, -1);
      X509_EXTENSION_free (extension);
    }
  g_assert_cmpint (X509_sign (certificate, ca_key, EVP_sha256 ()), >, 0);
  EVP_PKEY_free (key);
  return certificate;
}

static void
test_constraints (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *name;
    const char *usage;
    int result;
  } forgeries[] = {
    { "DNS:localhost", "serverAuth", X509_V_OK },
    { "IP:127.0.0.1", "serverAuth", X509_V_OK },
    { "DNS:smtp.example.com", "serverAuth", X509_V_ERR_PERMITTED_VIOLATION },
    { "DNS:localhost,DNS:example.com", "serverAuth", X509_V_ERR_PERMITTED_VIOLATION },
    { "IP:127.0.0.2", "serverAuth", X509_V_ERR_PERMITTED_VIOLATION },
    { "IP:192.0.2.1", "serverAuth", X509_V_ERR_PERMITTED_VIOLATION },
    { "IP:2001:db8::1", "serverAuth", X509_V_ERR_PERMITTED_VIOLATION },
    { "DNS:localhost,email:me@example.com", "serverAuth", X509_V_ERR_PERMITTED_VIOLATION },
    { "DNS:localhost", "clientAuth", X509_V_ERR_INVALID_PURPOSE },
    { "DNS:localhost", "emailProtection", X509_V_ERR_INVALID_PURPOSE },
  };
  gint64 now = ll_clock_now ();
  g_autoptr (LlAuthority) authority = open_at (fixture, now);
  g_autofree char *path = g_build_filename (fixture->folder, "ca-key.pem", NULL);
  BIO *file = BIO_new_file (path, "r");
  EVP_PKEY *key = PEM_read_bio_PrivateKey (file, NULL, NULL, NULL);
  X509 *ca = exported (authority);

  g_assert_nonnull (key);
  for (guint i = 0; i < G_N_ELEMENTS (forgeries); i++)
    {
      X509 *forged = forge (ca, key, forgeries[i].name, forgeries[i].usage);

      g_test_message ("%s for %s", forgeries[i].name, forgeries[i].usage);
      g_assert_cmpint (verify (ca, forged, now, NULL, NULL), ==, forgeries[i].result);
      X509_free (forged);
    }
  EVP_PKEY_free (key);
  BIO_free (file);
  X509_free (ca);
}

static void
test_files (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "ca.pem", "ca-key.pem", "server.pem" };
  g_autoptr (LlAuthority) authority = open_at (fixture, 0);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, names[i], NULL);
      struct stat status;

      g_assert_cmpint (g_stat (path, &status), ==, 0);
      g_assert_cmpuint (status.st_mode & 07777, ==, 0600);
      g_chmod (path, 0644);
      g_clear_pointer (&authority, ll_authority_free);
      authority = open_at (fixture, 0);
      g_assert_cmpint (g_stat (path, &status), ==, 0);
      g_assert_cmpuint (status.st_mode & 07777, ==, 0600);
    }
}

static void
test_kept (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LlAuthority) first = open_at (fixture, 0);
  g_autofree char *pem = ll_authority_export (first);
  X509 *one = leaf (first);
  g_autoptr (LlAuthority) second = open_at (fixture, 0);
  g_autofree char *again = ll_authority_export (second);
  X509 *two = leaf (second);

  g_assert_cmpstr (pem, ==, again);
  g_assert_cmpint (X509_cmp (one, two), ==, 0);
  X509_free (one);
  X509_free (two);
}

/* The authority stays, the leaf changes, at any clock. */
static void
test_renewed (Fixture *fixture, gconstpointer data)
{
  gint64 now = ll_clock_now ();
  static const gint64 days[] = { 0, 300, 340, 800, -900, 0 };
  g_autofree char *pem = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (days); i++)
    {
      gint64 then = now + days[i] * DAY;
      time_t month = (time_t) (then + 30 * DAY);
      g_autoptr (LlAuthority) authority = open_at (fixture, then);
      g_autofree char *again = ll_authority_export (authority);
      X509 *ca = exported (authority);
      g_autofree char *shown = ll_authority_export_server (authority);
      X509 *server = leaf (authority);
      X509 *shown_server = read_pem (shown);

      g_test_message ("day %d", (int) days[i]);
      g_assert_cmpint (X509_cmp (server, shown_server), ==, 0);
      X509_free (shown_server);
      g_assert_cmpint (verify (ca, server, then, "localhost", NULL), ==, X509_V_OK);
      g_assert_cmpint (X509_cmp_time (X509_get0_notAfter (server), &month), ==, 1);
      if (pem == NULL)
        pem = g_strdup (again);
      g_assert_cmpstr (pem, ==, again);
      X509_free (ca);
      X509_free (server);
    }
}

/* Damaged files never keep the daemon from starting. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *name;
    const char *content;
    gboolean new_authority;
  } damages[] = {
    { "server.pem", "", FALSE },
    { "server.pem", NULL, FALSE },
    { "ca.pem", "-----BEGIN CERTIFICATE-----\nx\n", TRUE },
    { "ca-key.pem", NULL, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (damages); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, damages[i].name, NULL);
      g_autoptr (LlAuthority) before = open_at (fixture, 0);
      g_autofree char *old = ll_authority_export (before);
      g_autoptr (LlAuthority) after = NULL;
      g_autofree char *new = NULL;
      X509 *ca, *server;

      if (damages[i].content == NULL)
        g_remove (path);
      else
        g_file_set_contents (path, damages[i].content, -1, NULL);
      if (damages[i].new_authority)
        g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "*authority*");
      after = open_at (fixture, 0);
      g_test_assert_expected_messages ();
      new = ll_authority_export (after);
      g_assert_cmpint (strcmp (old, new) != 0, ==, damages[i].new_authority);
      ca = exported (after);
      server = leaf (after);
      g_assert_cmpint (verify (ca, server, ll_clock_now (), "localhost", NULL), ==, X509_V_OK);
      X509_free (ca);
      X509_free (server);
    }
}

static void
test_no_folder (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ll_authority_open ("/proc/nowhere", &error));
  g_assert_true (error->domain == G_FILE_ERROR);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
  g_test_add ("/authority/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("names", test_names);
  ADD ("first-name", test_first_name);
  ADD ("constraints", test_constraints);
  ADD ("files", test_files);
  ADD ("kept", test_kept);
  ADD ("renewed", test_renewed);
  ADD ("damaged", test_damaged);
  g_test_add_func ("/authority/no-folder", test_no_folder);
  return g_test_run ();
}
