/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/tls.h"

#include "base/error.h"
#include "base/trust.h"
#include "wire/tls-private.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

static void
free_leaf_cb (void *parent, void *leaf, CRYPTO_EX_DATA *data, int index, long argl, void *argp)
{
  X509_free (leaf);
}

/* The leaf of a chain that failed: OpenSSL forgets it with the handshake, the report needs it. */
int
ll_tls_leaf_index (void)
{
  static gsize once = 0;
  static int index = -1;

  if (g_once_init_enter (&once))
    {
      index = SSL_get_ex_new_index (0, NULL, NULL, NULL, free_leaf_cb);
      g_once_init_leave (&once, 1);
    }
  return index;
}

static int
keep_leaf_cb (int ok, X509_STORE_CTX *chain)
{
  SSL *ssl = X509_STORE_CTX_get_ex_data (chain, SSL_get_ex_data_X509_STORE_CTX_idx ());
  X509 *leaf = X509_STORE_CTX_get0_cert (chain);

  if (ssl != NULL && leaf != NULL && SSL_get_ex_data (ssl, ll_tls_leaf_index ()) == NULL)
    {
      X509_up_ref (leaf);
      SSL_set_ex_data (ssl, ll_tls_leaf_index (), leaf);
    }
  return ok;
}

char *
ll_tls_last_error (void)
{
  unsigned long code = ERR_peek_error ();
  const char *reason = code != 0 ? ERR_reason_error_string (code) : NULL;
  char *text = g_strdup (reason != NULL ? reason : "unknown TLS error");

  ERR_clear_error ();
  return text;
}

/* -- trust ------------------------------------------------------------------- */

static GMutex stores_lock;
static GHashTable *stores; /* ca_file or "" -> X509_STORE; NULL: none was read yet */

static X509_STORE *
make_store (const char *ca_file, GError **error)
{
  X509_STORE *store = X509_STORE_new ();

  if (!ll_trust_fill (store, ca_file))
    {
      g_autofree char *reason = ll_tls_last_error ();

      g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE,
                   "%s cannot be read as certificates: %s", ca_file, reason);
      X509_STORE_free (store);
      return NULL;
    }
  return store;
}

/* (transfer full) */
static X509_STORE *
store_for (const char *ca_file, GError **error)
{
  const char *key = ca_file != NULL ? ca_file : "";
  X509_STORE *store;

  g_mutex_lock (&stores_lock);
  if (stores == NULL)
    stores
        = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) X509_STORE_free);
  store = g_hash_table_lookup (stores, key);
  if (store == NULL)
    {
      store = make_store (ca_file, error);
      if (store != NULL)
        g_hash_table_insert (stores, g_strdup (key), store);
    }
  if (store != NULL)
    X509_STORE_up_ref (store);
  g_mutex_unlock (&stores_lock);
  return store;
}

void
ll_tls_forget_roots (void)
{
  g_mutex_lock (&stores_lock);
  g_clear_pointer (&stores, g_hash_table_unref);
  g_mutex_unlock (&stores_lock);
}

/* -- contexts ------------------------------------------------------------------ */

static void
set_floor (SSL_CTX *context, LlTlsUse use)
{
  SSL_CTX_set_options (context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode (context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                                 | SSL_MODE_RELEASE_BUFFERS);
  if (use == LL_TLS_CLASSIFY)
    {
      SSL_CTX_set_security_level (context, 0);
      SSL_CTX_set_min_proto_version (context, TLS1_VERSION);
      SSL_CTX_set_cipher_list (context, "ALL:COMPLEMENTOFALL");
      SSL_CTX_set_options (context, SSL_OP_LEGACY_SERVER_CONNECT);
      return;
    }
  SSL_CTX_set_security_level (context, 2);
  SSL_CTX_set_min_proto_version (context, TLS1_2_VERSION);
}

SSL_CTX *
ll_tls_client_context (LlTlsUse use, const char *ca_file, GError **error)
{
  X509_STORE *store = store_for (ca_file, error);
  SSL_CTX *context;

  if (store == NULL)
    return NULL;
  context = SSL_CTX_new (TLS_client_method ());
  SSL_CTX_set_cert_store (context, store);
  set_floor (context, use);
  SSL_CTX_set_read_ahead (context, 1); /* one read for a record, not two */
  if (use == LL_TLS_UPSTREAM)
    {
      SSL_CTX_set_verify (context, SSL_VERIFY_PEER, keep_leaf_cb);
      SSL_CTX_set_session_cache_mode (context,
                                      SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    }
  else
    {
      SSL_CTX_set_verify (context, SSL_VERIFY_NONE, NULL);
      SSL_CTX_set_session_cache_mode (context, SSL_SESS_CACHE_OFF);
      SSL_CTX_set_options (context, SSL_OP_NO_TICKET);
    }
  return context;
}

static gboolean
is_address (const char *host)
{
  unsigned char bytes[16];

  return inet_pton (AF_INET, host, bytes) == 1 || inet_pton (AF_INET6, host, bytes) == 1;
}

SSL *
ll_tls_client_new (SSL_CTX *context, const char *host, GError **error)
{
  g_autofree char *name = g_strdup (host);
  SSL *ssl = SSL_new (context);
  X509_VERIFY_PARAM *wanted = SSL_get0_param (ssl);
  gsize length = strlen (name);
  gboolean ok;

  if (length > 0 && name[length - 1] == '.')
    name[length - 1] = '\0';
  X509_VERIFY_PARAM_set_hostflags (wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS
                                               | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  /* a leading dot would match any depth below (facts/assurance.md 7.1) */
  if (name[0] == '\0' || name[0] == '.')
    ok = FALSE;
  else if (is_address (name))
    ok = X509_VERIFY_PARAM_set1_ip_asc (wanted, name) == 1;
  else
    ok = X509_VERIFY_PARAM_set1_host (wanted, name, 0) == 1
         && SSL_set_tlsext_host_name (ssl, name) == 1;
  if (!ok)
    {
      ERR_clear_error ();
      g_set_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TLS, "\"%s\" is not a host name", host);
      SSL_free (ssl);
      return NULL;
    }
  return ssl;
}
