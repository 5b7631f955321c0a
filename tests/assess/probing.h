/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "assess/probe.h"
#include "fake.h"

#include <glib/gstdio.h>

/* Looks at a fake server, with certificates of a root that the probe trusts. */

#define MX "mx.example.lab"
#define ENOUGH 20000 /* ms */
#define HELLO "220 mx ESMTP\n|<|"
#define OFFERS "250-mx\n250 STARTTLS\n|<|"
#define GO "220 go\n|TLS|<|"
#define END "|<|221 bye\n"
#define GOOD HELLO OFFERS GO "250-mx\n250 REQUIRETLS\n" END

static Certificate root, leaf, rsa, weak, staple, revoked_leaf;
static char *ca_file;

static inline SSL_CTX *
server (const Certificate *own, const char *ciphers)
{
  SSL_CTX *context = SSL_CTX_new (TLS_server_method ());

  SSL_CTX_set_security_level (context, 0);
  SSL_CTX_set_dh_auto (context, 0);
  SSL_CTX_use_certificate (context, own->certificate);
  SSL_CTX_use_PrivateKey (context, own->key);
  if (ciphers != NULL)
    {
      SSL_CTX_set_max_proto_version (context, TLS1_2_VERSION);
      g_assert_cmpint (SSL_CTX_set_cipher_list (context, ciphers), ==, 1);
    }
  return context;
}

static inline void
ready_cb (LlSight *sight, gboolean final, gpointer data)
{
  LlSight **kept = data;

  ll_sight_unref (*kept);
  *kept = ll_sight_ref (sight);
}

static inline LlSight *
look_at (guint16 port, int milliseconds)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlProbe) probe = ll_probe_new (port, NULL, ca_file, &error);
  LlSight *sight = NULL;

  g_assert_no_error (error);
  ll_probe_look (probe, "127.0.0.1", MX, ll_deadline_in (milliseconds), NULL, ready_cb, &sight);
  g_test_message ("   %d: %s (%s)", sight->kind, sight->detail, sight->note);
  return sight;
}

static inline LlSight *
look_with (Fake *fake, const char *const *scripts, SSL_CTX *context, int milliseconds)
{
  LlSight *sight;

  fake_start (fake, scripts, context);
  sight = look_at (fake->port, milliseconds);
  fake_stop (fake);
  return sight;
}

#define SCRIPTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static inline void
make_all (void)
{
  BIO *file;
  int fd = g_file_open_tmp ("ll-ca-XXXXXX", &ca_file, NULL);

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  root = certificate_make (&(CertificateWish){ .name = "Root", .authority = TRUE }, NULL);
  leaf = certificate_make (&(CertificateWish){ .names = "DNS:" MX }, &root);
  rsa = certificate_make (&(CertificateWish){ .names = "DNS:" MX, .rsa = 2048 }, &root);
  weak = certificate_make (&(CertificateWish){ .names = "DNS:" MX, .rsa = 1024 }, &root);
  staple = certificate_make (&(CertificateWish){ .names = "DNS:" MX, .staple = TRUE }, &root);
  revoked_leaf = certificate_make (&(CertificateWish){ .names = "DNS:" MX }, &root);
  file = BIO_new_file (ca_file, "w");
  PEM_write_bio_X509 (file, root.certificate);
  BIO_free (file);
}

static inline void
clear_all (void)
{
  Certificate *all[] = { &root, &leaf, &rsa, &weak, &staple, &revoked_leaf };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    certificate_clear (all[i]);
  g_unlink (ca_file);
  g_free (ca_file);
}
