/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/revocation-answer.h"

#include "../support/certificates.h"

#define DAY 86400

/* OCSP is asked of a real responder in tests/system/revocation.py. */

typedef struct
{
  Certificate root;
  Certificate other; /* of the same name */
  Certificate bob;
} Lab;

static void
set_up (Lab *lab, gconstpointer data)
{
  const CertificateWish root
      = { .name = "Root", .from = -90 * DAY, .to = 90 * DAY, .authority = TRUE };
  const CertificateWish bob
      = { .name = "Bob", .address = "bob@b.example", .from = -90 * DAY, .to = 90 * DAY };

  lab->root = certificate_make (&root, NULL);
  lab->other = certificate_make (&root, NULL);
  lab->bob = certificate_make (&bob, &lab->root);
}

static void
tear_down (Lab *lab, gconstpointer data)
{
  certificate_clear (&lab->bob);
  certificate_clear (&lab->other);
  certificate_clear (&lab->root);
}

/* @from, @to: seconds from now; @revoked: NULL: nobody. (transfer full) */
static GBytes *
list_new (const Certificate *issuer, const Certificate *revoked, long from, long to)
{
  X509_CRL *list = X509_CRL_new ();
  ASN1_TIME *time = X509_gmtime_adj (NULL, from);
  guint8 *bytes = NULL;
  GBytes *der;
  int length;

  X509_CRL_set_version (list, X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name (list, X509_get_subject_name (issuer->certificate));
  X509_CRL_set1_lastUpdate (list, time);
  if (revoked != NULL)
    {
      X509_REVOKED *entry = X509_REVOKED_new ();

      X509_REVOKED_set_serialNumber (entry, X509_get_serialNumber (revoked->certificate));
      X509_REVOKED_set_revocationDate (entry, time);
      X509_CRL_add0_revoked (list, entry);
    }
  X509_gmtime_adj (time, to);
  X509_CRL_set1_nextUpdate (list, time);
  g_assert_cmpint (X509_CRL_sign (list, issuer->key, EVP_sha256 ()), >, 0);
  length = i2d_X509_CRL (list, &bytes);
  der = g_bytes_new (bytes, (gsize) length);
  OPENSSL_free (bytes);
  ASN1_TIME_free (time);
  X509_CRL_free (list);
  return der;
}

static const struct
{
  const char *name;
  gboolean by_other;
  gboolean revoked;
  long from, to;
  LlRevocationState state;
} cases[] = {
  { "good", FALSE, FALSE, -DAY, DAY, LL_REVOCATION_GOOD },
  { "revoked", FALSE, TRUE, -DAY, DAY, LL_REVOCATION_REVOKED },
  { "another key, same name", TRUE, FALSE, -DAY, DAY, LL_REVOCATION_UNKNOWN },
  { "another key says revoked", TRUE, TRUE, -DAY, DAY, LL_REVOCATION_UNKNOWN },
  { "old", FALSE, FALSE, -9 * DAY, -DAY, LL_REVOCATION_UNKNOWN },
  { "old says revoked", FALSE, TRUE, -9 * DAY, -DAY, LL_REVOCATION_WAS },
  { "old of another says revoked", TRUE, TRUE, -9 * DAY, -DAY, LL_REVOCATION_UNKNOWN },
  { "to come", FALSE, FALSE, DAY, 2 * DAY, LL_REVOCATION_UNKNOWN },
};

static void
test_list (Lab *lab, gconstpointer data)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) list
          = list_new (cases[i].by_other ? &lab->other : &lab->root,
                      cases[i].revoked ? &lab->bob : NULL, cases[i].from, cases[i].to);
      const char *why = NULL;

      g_test_message ("%s", cases[i].name);
      g_assert_cmpint (ll_revocation_of_crl (list, lab->bob.certificate, lab->root.certificate, now,
                                             &why),
                       ==, cases[i].state);
      g_assert_nonnull (why);
    }
}

static void
test_places (void)
{
  CertificateWish wish = { .name = "Bob", .from = -DAY, .to = DAY };
  Certificate bob = certificate_make (&wish, NULL);
  g_auto (GStrv) ocsp = NULL, crl = NULL;

  certificate_extend (bob.certificate, bob.certificate, NID_info_access,
                      "OCSP;URI:http://ocsp.b.example/,OCSP;URI:https://not.b.example/,"
                      "caIssuers;URI:http://issuer.b.example/");
  certificate_extend (bob.certificate, bob.certificate, NID_crl_distribution_points,
                      "URI:ldap://not.b.example/,URI:http://crl.b.example/a.crl");
  ocsp = ll_revocation_ocsp_places (bob.certificate);
  crl = ll_revocation_crl_places (bob.certificate);
  g_assert_cmpuint (g_strv_length (ocsp), ==, 1);
  g_assert_cmpstr (ocsp[0], ==, "http://ocsp.b.example/");
  g_assert_cmpuint (g_strv_length (crl), ==, 1);
  g_assert_cmpstr (crl[0], ==, "http://crl.b.example/a.crl");
  certificate_clear (&bob);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/keys/revocation/list", Lab, NULL, set_up, test_list, tear_down);
  g_test_add_func ("/keys/revocation/places", test_places);
  return g_test_run ();
}
