/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/verify.h"

#include "api/intl.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"
#include "net/roots.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

typedef struct
{
  SSL_SESSION *session;
  gint64 since; /* boot seconds */
} Kept;

struct _LlVerifier
{
  gint ref_count;
  char *ca_file;
  GMutex lock;
  GHashTable *contexts; /* ca_file and certificate_file -> SSL_CTX */
  GHashTable *sessions; /* target key -> Kept */
  GHashTable *locals;   /* target key -> name of a local root seen in its last full handshake */
};

/* Hangs on an SSL, so that tickets that come later find their place. */
typedef struct
{
  LlVerifier *verifier; /* (owned) */
  char *key;
} Slot;

static void
free_slot_cb (void *parent, void *data, CRYPTO_EX_DATA *ex, int index, long argl, void *argp)
{
  Slot *slot = data;

  if (slot == NULL)
    return;
  ll_verifier_unref (slot->verifier);
  g_free (slot->key);
  g_free (slot);
}

static int
slot_index (void)
{
  static gsize once = 0;
  static int index = -1;

  if (g_once_init_enter (&once))
    {
      index = SSL_get_ex_new_index (0, NULL, NULL, NULL, free_slot_cb);
      g_once_init_leave (&once, 1);
    }
  return index;
}

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  SSL_SESSION_free (kept->session);
  g_free (kept);
}

static int
keep_session_cb (SSL *ssl, SSL_SESSION *session)
{
  Slot *slot = SSL_get_ex_data (ssl, slot_index ());

  if (slot == NULL)
    return 0;
  Kept *kept = g_new0 (Kept, 1);
  /* a copy: OpenSSL spoils its own when the provider closes without saying so */
  kept->session = SSL_SESSION_dup (session);
  kept->since = ll_clock_boot ();
  g_mutex_lock (&slot->verifier->lock);
  g_hash_table_replace (slot->verifier->sessions, g_strdup (slot->key), kept);
  g_mutex_unlock (&slot->verifier->lock);
  return 0;
}

LlVerifier *
ll_verifier_new (const char *ca_file)
{
  LlVerifier *verifier = g_new0 (LlVerifier, 1);

  verifier->ref_count = 1;
  verifier->ca_file = g_strdup (ca_file);
  g_mutex_init (&verifier->lock);
  verifier->contexts
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) SSL_CTX_free);
  verifier->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, kept_free);
  verifier->locals = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return verifier;
}

LlVerifier *
ll_verifier_ref (LlVerifier *verifier)
{
  g_atomic_int_inc (&verifier->ref_count);
  return verifier;
}

void
ll_verifier_unref (LlVerifier *verifier)
{
  if (verifier == NULL || !g_atomic_int_dec_and_test (&verifier->ref_count))
    return;
  g_hash_table_unref (verifier->sessions);
  g_hash_table_unref (verifier->contexts);
  g_hash_table_unref (verifier->locals);
  g_mutex_clear (&verifier->lock);
  g_free (verifier->ca_file);
  g_free (verifier);
}

void
ll_verifier_forget (LlVerifier *verifier)
{
  g_mutex_lock (&verifier->lock);
  g_hash_table_remove_all (verifier->sessions);
  g_hash_table_remove_all (verifier->contexts); /* files may have changed */
  g_mutex_unlock (&verifier->lock);
}

/* -- before the handshake ------------------------------------------------------- */

/* An encrypted key would make OpenSSL ask on a terminal. */
static int
no_passphrase_cb (char *buffer, int size, int writing, void *data)
{
  return 0;
}

static gboolean
load_certificate (SSL_CTX *context, const char *file, GError **error)
{
  SSL_CTX_set_default_passwd_cb (context, no_passphrase_cb);
  if (SSL_CTX_use_certificate_chain_file (context, file) == 1
      && SSL_CTX_use_PrivateKey_file (context, file, SSL_FILETYPE_PEM) == 1)
    return TRUE;
  g_autofree char *reason = ll_tls_last_error ();
  g_set_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TLS,
               "%s cannot be used as certificate and key: %s", file, reason);
  return FALSE;
}

static SSL_CTX *
make_context (LlVerifier *verifier, const LlTarget *target, GError **error)
{
  const char *ca_file = target->ca_file != NULL ? target->ca_file : verifier->ca_file;
  g_autoptr (SSL_CTX) context = ll_tls_client_context (LL_TLS_UPSTREAM, ca_file, error);

  if (context == NULL)
    return NULL;
  /* trusted as if shipped: beside the account's own file as well */
  if (target->ca_file != NULL && verifier->ca_file != NULL
      && SSL_CTX_load_verify_locations (context, verifier->ca_file, NULL) != 1)
    {
      g_autofree char *reason = ll_tls_last_error ();

      g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE,
                   "%s cannot be read as certificates: %s", verifier->ca_file, reason);
      return NULL;
    }
  if (target->certificate_file != NULL
      && !load_certificate (context, target->certificate_file, error))
    return NULL;
  SSL_CTX_dane_enable (context);
  SSL_CTX_dane_mtype_set (context, EVP_sha512 (), 2, 2);
  SSL_CTX_sess_set_new_cb (context, keep_session_cb);
  return g_steal_pointer (&context);
}

/* (transfer full): a new reference */
static SSL_CTX *
context_for (LlVerifier *verifier, const LlTarget *target, GError **error)
{
  g_autofree char *key
      = g_strdup_printf ("%s\n%s", target->ca_file != NULL ? target->ca_file : "",
                         target->certificate_file != NULL ? target->certificate_file : "");
  SSL_CTX *context;

  g_mutex_lock (&verifier->lock);
  context = g_hash_table_lookup (verifier->contexts, key);
  if (context == NULL)
    {
      context = make_context (verifier, target, error);
      if (context != NULL)
        g_hash_table_insert (verifier->contexts, g_steal_pointer (&key), context);
    }
  if (context != NULL)
    SSL_CTX_up_ref (context);
  g_mutex_unlock (&verifier->lock);
  return context;
}

/* How many records OpenSSL accepted: with none, the certificate alone decides. Behind a CNAME the
 * certificate may bear that name or the configured one, and the server is asked for the name that
 * the keys stand at (RFC 7672 3.2.2, 8.1). */
static guint
add_keys (SSL *ssl, const char *host, const LlLookup *lookup)
{
  guint accepted = 0;

  if (SSL_dane_enable (ssl, lookup->base) <= 0)
    return 0;
  SSL_dane_set_flags (ssl, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
  for (guint i = 0; i < lookup->tlsa->len; i++)
    {
      gsize size;
      const guint8 *record = g_bytes_get_data (g_ptr_array_index (lookup->tlsa, i), &size);

      if (size > 3
          && SSL_dane_tlsa_add (ssl, record[0], record[1], record[2], record + 3, size - 3) > 0)
        accepted++;
    }
  ERR_clear_error ();
  if (accepted == 0)
    SSL_set1_host (ssl, host);
  else if (strcmp (lookup->base, host) != 0)
    {
      SSL_add1_host (ssl, host);
      SSL_set_tlsext_host_name (ssl, lookup->base);
    }
  return accepted;
}

static void
resume (LlVerifier *verifier, const LlTarget *target, SSL *ssl)
{
  Slot *slot = g_new0 (Slot, 1);

  slot->verifier = ll_verifier_ref (verifier);
  slot->key = g_strdup (target->key);
  SSL_set_ex_data (ssl, slot_index (), slot);

  g_mutex_lock (&verifier->lock);
  Kept *kept = g_hash_table_lookup (verifier->sessions, target->key);
  if (kept != NULL && ll_clock_boot () - kept->since < LL_UPSTREAM_SESSION_SECONDS
      && SSL_SESSION_is_resumable (kept->session))
    SSL_set_session (ssl, kept->session);
  /* TLS 1.3 tickets are for one use (RFC 8446 C.4) */
  if (kept != NULL && SSL_SESSION_get_protocol_version (kept->session) >= TLS1_3_VERSION)
    g_hash_table_remove (verifier->sessions, target->key);
  g_mutex_unlock (&verifier->lock);
}

static gboolean
has_pins (const LlTarget *target)
{
  return target->pins != NULL && target->pins[0] != NULL;
}

SSL *
ll_verifier_start (LlVerifier *verifier,
                   const LlTarget *target,
                   const LlLookup *lookup,
                   GError **error)
{
  g_autoptr (SSL_CTX) context = context_for (verifier, target, error);
  SSL *ssl = context != NULL ? ll_tls_client_new (context, target->host, error) : NULL;

  if (ssl == NULL)
    return NULL;
  if (has_pins (target))
    SSL_set_verify (ssl, SSL_VERIFY_NONE, NULL); /* judged by ll_verifier_check */
  else if (lookup->tlsa != NULL && add_keys (ssl, target->host, lookup) > 0)
    return ssl; /* records change: a resumed session would keep an old verdict */
  resume (verifier, target, ssl);
  return ssl;
}

/* -- after it --------------------------------------------------------------------- */

static gboolean
is_pinned (const LlTarget *target, const LlTlsFacts *facts)
{
  for (char **pin = target->pins; *pin != NULL; pin++)
    if (facts->spki != NULL && g_ascii_strcasecmp (*pin, facts->spki) == 0)
      return TRUE;
  return FALSE;
}

static char *
find_local_root (LlVerifier *verifier, const LlTarget *target, SSL *ssl, const LlTlsFacts *facts)
{
  STACK_OF (X509) *chain = SSL_get0_verified_chain (ssl);
  int length = chain != NULL ? sk_X509_num (chain) : 0;
  char *name = NULL;

  if (SSL_session_reused (ssl))
    {
      g_mutex_lock (&verifier->lock);
      name = g_strdup (g_hash_table_lookup (verifier->locals, target->key));
      g_mutex_unlock (&verifier->lock);
      return name;
    }
  /* a root that was configured by its file is no surprise */
  if (length > 0 && SSL_get0_dane_authority (ssl, NULL, NULL) < 0)
    {
      X509 *root = sk_X509_value (chain, length - 1);

      if (ll_roots_is_local (root, verifier->ca_file) && ll_roots_is_local (root, target->ca_file))
        name = g_strdup (facts->root);
    }
  g_mutex_lock (&verifier->lock);
  if (name != NULL)
    g_hash_table_replace (verifier->locals, g_strdup (target->key), g_strdup (name));
  else
    g_hash_table_remove (verifier->locals, target->key);
  g_mutex_unlock (&verifier->lock);
  return name;
}

static gboolean
refuse (GError **error, char *sentence)
{
  g_set_error_literal (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TLS, sentence);
  g_free (sentence);
  return FALSE;
}

gboolean
ll_verifier_check (LlVerifier *verifier,
                   const LlTarget *target,
                   SSL *ssl,
                   const LlTlsFacts *facts,
                   char **local_root,
                   GError **error)
{
  *local_root = NULL;
  if (facts == NULL)
    return refuse (error, g_strdup_printf (N_ ("%s: no certificate was shown"), target->host));
  if (has_pins (target))
    return is_pinned (target, facts)
               ? TRUE
               : refuse (error, g_strdup_printf (N_ ("%s: the server's key is not the pinned one; "
                                                     "it is %s"),
                                                 target->host, facts->spki));
  /* the callback lets nothing else through; asked again, because everything rests on it */
  if (SSL_get_verify_result (ssl) != X509_V_OK)
    return refuse (error, ll_tls_explain (ssl, target->host));
  /* a session that was begun before the certificate ran out */
  if (SSL_session_reused (ssl) && facts->not_after < ll_clock_now ())
    {
      ll_verifier_forget (verifier);
      return refuse (error, g_strdup_printf (N_ ("the certificate of %s expired"), target->host));
    }
  *local_root = find_local_root (verifier, target, ssl, facts);
  return TRUE;
}

char *
ll_verifier_explain (const LlTarget *target, SSL *ssl, const GError *error)
{
  long result = ssl != NULL ? SSL_get_verify_result (ssl) : X509_V_OK;

  if (result == X509_V_ERR_DANE_NO_MATCH)
    return g_strdup_printf (N_ ("the certificate of %s does not match the key that %s publishes "
                                "(DANE)"),
                            target->host, target->host);
  if (result != X509_V_OK && !has_pins (target))
    return ll_tls_explain (ssl, target->host);
  if (strstr (error->message, "wrong version number") != NULL
      || strstr (error->message, "packet length too long") != NULL)
    return g_strdup_printf (N_ ("%s: no TLS on port %u"), target->host, target->port);
  if (strstr (error->message, "unsupported protocol") != NULL
      || strstr (error->message, "protocol version") != NULL)
    return g_strdup_printf (N_ ("%s: the server has no TLS 1.2 or newer"), target->host);
  return g_strdup_printf (N_ ("%s: the TLS handshake failed: %s"), target->host, error->message);
}
