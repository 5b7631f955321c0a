/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/trust.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <glib/gstdio.h>
#include <stdio.h>

#define BUNDLE "/etc/ssl/certs/ca-certificates.crt"

typedef X509_STORE Store;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Store, X509_STORE_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)

static X509 *
first_of (const char *path)
{
  FILE *file = fopen (path, "re");
  X509 *certificate = file != NULL ? PEM_read_X509 (file, NULL, NULL, NULL) : NULL;

  if (file != NULL)
    fclose (file);
  return certificate;
}

static guint
count_of (X509_STORE *store)
{
  return (guint) sk_X509_OBJECT_num (X509_STORE_get0_objects (store));
}

static gboolean
trusts (X509_STORE *store, X509 *root)
{
  X509_STORE_CTX *context = X509_STORE_CTX_new ();
  X509_OBJECT *found;

  X509_STORE_CTX_init (context, store, NULL, NULL);
  found = X509_STORE_CTX_get_obj_by_subject (context, X509_LU_X509, X509_get_subject_name (root));
  X509_STORE_CTX_free (context);
  X509_OBJECT_free (found);
  return found != NULL;
}

/* Debian's roots are trusted, and none of them is read before it is asked for. */
static void
test_on_demand (void)
{
  g_autoptr (Store) store = X509_STORE_new ();
  g_autoptr (X509) root = first_of (BUNDLE);

  if (root == NULL)
    {
      g_test_skip ("package ca-certificates is not installed");
      return;
    }
  g_assert_true (ll_trust_fill (store, NULL));
  g_assert_cmpuint (count_of (store), ==, 0);
  g_assert_true (trusts (store, root));
  g_assert_cmpuint (count_of (store), ==, 1);
}

/* Who says where his roots are has those and no others. */
static void
test_environment (void)
{
  g_autoptr (Store) store = X509_STORE_new ();
  g_autoptr (X509) root = first_of (BUNDLE);

  if (root == NULL)
    {
      g_test_skip ("package ca-certificates is not installed");
      return;
    }
  g_setenv ("SSL_CERT_FILE", "/nonexistent/roots.pem", TRUE);
  g_setenv ("SSL_CERT_DIR", "/nonexistent", TRUE);
  g_assert_true (ll_trust_fill (store, NULL));
  g_assert_false (trusts (store, root));
}

/* A file of one's own is read beside them; one that holds none is an error, with its reason. */
static void
test_file (void)
{
  g_autoptr (Store) store = X509_STORE_new ();
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "letterlock-trust-XXXXXX", NULL);
  int fd = g_mkstemp (path);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_false (ll_trust_fill (store, path));
  g_assert_cmpuint (ERR_peek_error (), !=, 0);
  ERR_clear_error ();
  if (g_file_test (BUNDLE, G_FILE_TEST_EXISTS))
    {
      g_assert_true (ll_trust_fill (store, BUNDLE));
      g_assert_cmpuint (count_of (store), >, 1);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("SSL_CERT_FILE");
  g_unsetenv ("SSL_CERT_DIR");
  g_test_add_func ("/base/trust/on-demand", test_on_demand);
  g_test_add_func ("/base/trust/file", test_file);
  g_test_add_func ("/base/trust/environment", test_environment);
  return g_test_run ();
}
