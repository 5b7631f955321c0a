/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "listen/authority.h"

#include "api/intl.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "wire/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <sys/stat.h>

#define DAY (24 * 60 * 60)

/* A year suits every client's rule; the rest is time to notice before it ends. */
#define SERVER_LIFE (365LL * DAY)
#define SERVER_RENEW (30LL * DAY)

/* A new authority has to be trusted by hand in every mail program, so it is rare. */
#define AUTHORITY_LIFE (20 * 365LL * DAY)
#define AUTHORITY_RENEW (90LL * DAY)

/* 2020-01-01: a clock that was wrong when the authority was made must not matter later. */
#define AUTHORITY_SINCE 1577836800

#define PEM_MAX 65536

G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_EXTENSION, X509_EXTENSION_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free_all)

struct _LlAuthority
{
  GMutex lock;
  char *folder;
  gint64 fixed_now; /* 0: the clock */
  X509 *ca;
  EVP_PKEY *ca_key;
  X509 *server;
  SSL_CTX *context;
};

static gboolean
fail (GError **error, const char *what)
{
  g_autofree char *reason = ll_tls_last_error ();

  g_set_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TLS, "%s%s", what, reason);
  return FALSE;
}

static gint64
now_of (const LlAuthority *authority)
{
  return authority->fixed_now != 0 ? authority->fixed_now : ll_clock_now ();
}

static char *
path_of (const LlAuthority *authority, const char *name)
{
  return g_build_filename (authority->folder, name, NULL);
}

/* -- making ------------------------------------------------------------------ */

static gboolean
add_extension (X509 *certificate, X509 *issuer, int nid, const char *value)
{
  g_autoptr (X509_EXTENSION) extension = NULL;
  X509V3_CTX context;

  X509V3_set_ctx (&context, issuer, certificate, NULL, NULL, 0);
  extension = X509V3_EXT_conf_nid (NULL, &context, nid, value);
  return extension != NULL && X509_add_ext (certificate, extension, -1) == 1;
}

typedef struct
{
  int nid;
  const char *value;
} Extension;

/* design 4.1; "no e-mail names": only a host that can never have mail is permitted. */
static const Extension authority_extensions[] = {
  { NID_basic_constraints, "critical,CA:TRUE,pathlen:0" },
  { NID_key_usage, "critical,keyCertSign,cRLSign" },
  { NID_ext_key_usage, "serverAuth" },
  { NID_name_constraints, "critical,permitted;DNS:localhost,permitted;IP:127.0.0.1/255.255.255.255,"
                          "permitted;IP:0:0:0:0:0:0:0:1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,"
                          "permitted;email:nobody.invalid" },
  { NID_subject_key_identifier, "hash" },
};

/* Old Outlook reads the first name only. */
static const Extension server_extensions[] = {
  { NID_basic_constraints, "critical,CA:FALSE" },
  { NID_key_usage, "critical,digitalSignature" },
  { NID_ext_key_usage, "serverAuth" },
  { NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1" },
  { NID_subject_key_identifier, "hash" },
  { NID_authority_key_identifier, "keyid:always" },
};

static gboolean
set_serial (X509 *certificate)
{
  guchar bytes[16];
  BIGNUM *number;
  gboolean done;

  if (RAND_bytes (bytes, sizeof bytes) != 1)
    return FALSE;
  bytes[0] = (bytes[0] & 0x7f) | 0x40; /* positive, and of the same length always */
  number = BN_bin2bn (bytes, sizeof bytes, NULL);
  done = number != NULL && BN_to_ASN1_INTEGER (number, X509_get_serialNumber (certificate)) != NULL;
  BN_free (number);
  return done;
}

/* @issuer NULL: signs itself with @issuer_key, which is then @key. */
static X509 *
make_certificate (const char *name,
                  EVP_PKEY *key,
                  X509 *issuer,
                  EVP_PKEY *issuer_key,
                  gint64 from,
                  gint64 to,
                  const Extension *extensions,
                  guint n_extensions)
{
  g_autoptr (X509) certificate = X509_new ();
  X509_NAME *subject = certificate ? X509_get_subject_name (certificate) : NULL;

  if (certificate == NULL || X509_set_version (certificate, X509_VERSION_3) != 1
      || !set_serial (certificate)
      || X509_NAME_add_entry_by_txt (subject, "CN", MBSTRING_UTF8, (const guchar *) name, -1, -1, 0)
             != 1
      || X509_set_issuer_name (certificate, issuer ? X509_get_subject_name (issuer) : subject) != 1
      || ASN1_TIME_set (X509_getm_notBefore (certificate), from) == NULL
      || ASN1_TIME_set (X509_getm_notAfter (certificate), to) == NULL
      || X509_set_pubkey (certificate, key) != 1)
    return NULL;
  for (guint i = 0; i < n_extensions; i++)
    if (!add_extension (certificate, issuer ? issuer : certificate, extensions[i].nid,
                        extensions[i].value))
      return NULL;
  if (X509_sign (certificate, issuer_key, EVP_sha256 ()) == 0)
    return NULL;
  return g_steal_pointer (&certificate);
}

/* -- files --------------------------------------------------------------------- */

static gboolean
save (LlAuthority *authority, const char *name, X509 *certificate, EVP_PKEY *key, GError **error)
{
  g_autofree char *path = path_of (authority, name);
  g_autoptr (BIO) memory = BIO_new (BIO_s_secmem ());
  char *bytes = NULL;
  long length;

  if (memory == NULL || (certificate != NULL && PEM_write_bio_X509 (memory, certificate) != 1)
      || (key != NULL
          && PEM_write_bio_PKCS8PrivateKey (memory, key, NULL, NULL, 0, NULL, NULL) != 1))
    return fail (error, N_ ("Cannot write the certificate: "));
  length = BIO_get_mem_data (memory, &bytes);
  return ll_file_replace (path, bytes, (gsize) length, error);
}

/* NULL when the file is missing or does not hold what it should. */
static BIO *
open_pem (LlAuthority *authority, const char *name, GBytes **bytes)
{
  g_autofree char *path = path_of (authority, name);
  gconstpointer data;
  gsize length;

  *bytes = ll_file_load (path, PEM_MAX, NULL);
  if (*bytes == NULL)
    return NULL;
  (void) chmod (path, 0600); /* a backup tool may have put it back too open */
  data = g_bytes_get_data (*bytes, &length);
  return BIO_new_mem_buf (data, (int) length);
}

/* Without this a key with a passphrase would ask on the terminal. */
static int
no_passphrase (char *buffer, int size, int writing, void *data)
{
  return -1;
}

static X509 *
load_certificate (LlAuthority *authority, const char *name)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (BIO) memory = open_pem (authority, name, &bytes);

  return memory ? PEM_read_bio_X509 (memory, NULL, no_passphrase, NULL) : NULL;
}

static EVP_PKEY *
load_key (LlAuthority *authority, const char *name)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (BIO) memory = open_pem (authority, name, &bytes);
  EVP_PKEY *key = memory ? PEM_read_bio_PrivateKey (memory, NULL, no_passphrase, NULL) : NULL;

  if (bytes != NULL)
    OPENSSL_cleanse ((gpointer) g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return key;
}

/* Whether @certificate is good from now on for at least @margin seconds. */
static gboolean
is_in_time (X509 *certificate, gint64 now, gint64 margin)
{
  time_t start = now;
  time_t end = now + margin;

  return X509_cmp_time (X509_get0_notBefore (certificate), &start) < 0
         && X509_cmp_time (X509_get0_notAfter (certificate), &end) > 0;
}

/* -- the authority --------------------------------------------------------------- */

static gboolean
load_authority (LlAuthority *authority)
{
  g_autoptr (X509) ca = load_certificate (authority, "ca.pem");
  g_autoptr (EVP_PKEY) key = load_key (authority, "ca-key.pem");

  ERR_clear_error ();
  if (ca == NULL || key == NULL || X509_check_private_key (ca, key) != 1
      || !is_in_time (ca, now_of (authority), AUTHORITY_RENEW))
    {
      ERR_clear_error ();
      return FALSE;
    }
  authority->ca = g_steal_pointer (&ca);
  authority->ca_key = g_steal_pointer (&key);
  return TRUE;
}

static gboolean
make_authority (LlAuthority *authority, GError **error)
{
  g_autofree char *name
      = g_strdup_printf ("Letterlock for %s on %s", g_get_user_name (), g_get_host_name ());
  g_autofree char *path = path_of (authority, "ca.pem");
  g_autoptr (EVP_PKEY) key = EVP_EC_gen ("P-256");
  g_autoptr (X509) ca = NULL;

  /* RFC 5280 A.1: ub-common-name is 64 */
  if (g_utf8_strlen (name, -1) > 64)
    *g_utf8_offset_to_pointer (name, 64) = '\0';
  if (key != NULL)
    ca = make_certificate (name, key, NULL, key, AUTHORITY_SINCE,
                           now_of (authority) + AUTHORITY_LIFE, authority_extensions,
                           G_N_ELEMENTS (authority_extensions));
  if (ca == NULL)
    return fail (error, N_ ("Cannot make the local certificate authority: "));
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    g_warning ("The local certificate authority is damaged or at its end; a new one is made, mail "
               "programs have to trust it anew");
  /* The key first: a certificate without its key would be thrown away at the next start. */
  if (!save (authority, "ca-key.pem", NULL, key, error)
      || !save (authority, "ca.pem", ca, NULL, error))
    return FALSE;
  authority->ca = g_steal_pointer (&ca);
  authority->ca_key = g_steal_pointer (&key);
  return TRUE;
}

/* -- the server's certificate ------------------------------------------------------ */

static gboolean
use_server (LlAuthority *authority, X509 *server, EVP_PKEY *key, GError **error)
{
  g_autoptr (SSL_CTX) context = SSL_CTX_new (TLS_server_method ());

  if (context == NULL || SSL_CTX_set_min_proto_version (context, TLS1_2_VERSION) != 1
      || SSL_CTX_use_certificate (context, server) != 1
      || SSL_CTX_use_PrivateKey (context, key) != 1 || SSL_CTX_check_private_key (context) != 1
      || SSL_CTX_set_session_id_context (context, (const guchar *) "letterlock", 10) != 1
      || SSL_CTX_set_cipher_list (context, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1)
    return fail (error, N_ ("Cannot use the local certificate: "));
  SSL_CTX_set_options (context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION
                                    | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode (context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead (context, 1); /* one read for a record, not two */
  X509_free (authority->server);
  authority->server = X509_dup (server);
  SSL_CTX_free (authority->context);
  authority->context = g_steal_pointer (&context);
  return TRUE;
}

static gboolean
load_server (LlAuthority *authority)
{
  g_autoptr (X509) server = load_certificate (authority, "server.pem");
  g_autoptr (EVP_PKEY) key = load_key (authority, "server.pem");
  gboolean good = server != NULL && key != NULL && X509_verify (server, authority->ca_key) == 1
                  && is_in_time (server, now_of (authority), SERVER_RENEW)
                  && use_server (authority, server, key, NULL);

  ERR_clear_error ();
  return good;
}

static gboolean
make_server (LlAuthority *authority, GError **error)
{
  gint64 now = now_of (authority);
  g_autoptr (EVP_PKEY) key = EVP_EC_gen ("P-256");
  g_autoptr (X509) server = NULL;

  /* A day back: the mail program may run in a machine whose clock is a little behind. */
  if (key != NULL)
    server
        = make_certificate ("localhost", key, authority->ca, authority->ca_key, now - DAY,
                            now + SERVER_LIFE, server_extensions, G_N_ELEMENTS (server_extensions));
  if (server == NULL)
    return fail (error, N_ ("Cannot make the local certificate: "));
  return save (authority, "server.pem", server, key, error)
         && use_server (authority, server, key, error);
}

/* -- the public side ------------------------------------------------------------------ */

LlAuthority *
ll_authority_open_at (const char *folder, gint64 now, GError **error)
{
  g_autoptr (LlAuthority) authority = g_new0 (LlAuthority, 1);

  g_mutex_init (&authority->lock);
  authority->folder = g_strdup (folder);
  authority->fixed_now = now;
  if (!ll_file_make_folder (folder, error))
    return NULL;
  if (!load_authority (authority) && !make_authority (authority, error))
    return NULL;
  if (!load_server (authority) && !make_server (authority, error))
    return NULL;
  return g_steal_pointer (&authority);
}

LlAuthority *
ll_authority_open (const char *folder, GError **error)
{
  return ll_authority_open_at (folder, 0, error);
}

void
ll_authority_free (LlAuthority *authority)
{
  if (authority == NULL)
    return;
  SSL_CTX_free (authority->context);
  X509_free (authority->server);
  X509_free (authority->ca);
  EVP_PKEY_free (authority->ca_key);
  g_mutex_clear (&authority->lock);
  g_free (authority->folder);
  g_free (authority);
}

SSL_CTX *
ll_authority_server_context (LlAuthority *authority, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&authority->lock);
  g_autoptr (GError) local = NULL;
  gint64 now = now_of (authority);

  if (!is_in_time (authority->server, now, SERVER_RENEW) && !make_server (authority, &local))
    {
      if (!is_in_time (authority->server, now, 0))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
      g_warning ("The local certificate cannot be renewed: %s", local->message);
    }
  SSL_CTX_up_ref (authority->context);
  return authority->context;
}

static char *
export_one (X509 *certificate)
{
  g_autoptr (BIO) memory = BIO_new (BIO_s_mem ());
  char *bytes = NULL;
  long length;

  PEM_write_bio_X509 (memory, certificate);
  length = BIO_get_mem_data (memory, &bytes);
  return g_strndup (bytes, (gsize) length);
}

char *
ll_authority_export (LlAuthority *authority)
{
  return export_one (authority->ca);
}

char *
ll_authority_export_server (LlAuthority *authority)
{
  SSL_CTX *context = ll_authority_server_context (authority, NULL);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&authority->lock);

  SSL_CTX_free (context);
  return export_one (authority->server);
}
