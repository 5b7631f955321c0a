/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/own.h"

#include "api/intl.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "keys/certificate.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>
#include <unistd.h>

#define PURPOSE "certificate-key"
#define FOLDER "own"

/* The first line of a file whose key is with gpg-agent. */
#define GPGSM "gpgsm: "

/* What the worker found in a file. */
typedef struct
{
  LlKey *certificate;
  GPtrArray *chain; /* of GBytes */
  LlSecret *secret;
} Contents;

static void
contents_clear (Contents *contents)
{
  g_clear_pointer (&contents->certificate, ll_key_unref);
  g_clear_pointer (&contents->chain, g_ptr_array_unref);
  g_clear_pointer (&contents->secret, ll_secret_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Contents, contents_clear)

void
ll_own_free (LlOwn *own)
{
  if (own == NULL)
    return;
  ll_key_unref (own->key);
  X509_free (own->certificate);
  sk_X509_pop_free (own->chain, X509_free);
  EVP_PKEY_free (own->secret);
  g_free (own->gpgsm);
  g_free (own);
}

/* Accounts have any name; files do not. */
static char *
path_of (const LlOwnPlace *place, const char *account)
{
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, account, -1);
  g_autofree char *name = g_strconcat (digest, ".pem", NULL);

  return g_build_filename (place->folder, FOLDER, name, NULL);
}

/* -- opening a file ---------------------------------------------------------------------------- */

static gboolean
write_passphrase (int fd, const LlSecret *passphrase, GError **error)
{
  return passphrase == NULL
         || ll_file_write_all (fd, ll_secret_peek (passphrase), ll_secret_length (passphrase),
                               error);
}

/* @length octets that lie in the pipe. */
static LlSecret *
read_key (int fd, guint32 length, GError **error)
{
  guint8 bytes[LL_OWN_KEY_MAX];
  LlSecret *secret = NULL;

  if (length > 0 && length <= sizeof bytes
      && ll_file_read_full (fd, bytes, length, error) == (gssize) length)
    secret = ll_secret_new ((const char *) bytes, length);
  ll_secret_wipe (bytes, sizeof bytes);
  if (secret == NULL && error != NULL && *error == NULL)
    g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED,
                         "The engine did not hand over the key");
  return secret;
}

static gboolean
take_reply (GVariant *reply, int fd, Contents *contents, GError **error)
{
  g_autoptr (GVariant) der
      = g_variant_lookup_value (reply, "certificate", G_VARIANT_TYPE_BYTESTRING);
  g_autoptr (GVariant) chain = g_variant_lookup_value (reply, "chain", G_VARIANT_TYPE ("aay"));
  g_autoptr (GBytes) bytes
      = der != NULL ? g_variant_get_data_as_bytes (der) : g_bytes_new (NULL, 0);
  guint32 length = 0;

  contents->certificate = ll_certificate_parse (bytes, LL_KEY_SOURCE_IMPORTED, error);
  if (contents->certificate == NULL)
    return FALSE;
  contents->chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (gsize i = 0; chain != NULL && i < MIN (g_variant_n_children (chain), LL_CHAIN_MAX); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (chain, i);

      g_ptr_array_add (contents->chain, g_variant_get_data_as_bytes (one));
    }
  g_variant_lookup (reply, "length", "u", &length);
  contents->secret = read_key (fd, length, error);
  return contents->secret != NULL;
}

/* Passphrase in, key out, each through a pipe of its own; both fit one. */
static gboolean
open_file (const LlOwnPlace *place,
           GBytes *file,
           const LlSecret *passphrase,
           Contents *contents,
           GCancellable *cancellable,
           GError **error)
{
  int in[2] = { -1, -1 }, out[2] = { -1, -1 };
  g_autoptr (GVariant) reply = NULL;
  GVariantDict dict;
  gboolean done = pipe2 (in, O_CLOEXEC) == 0 && pipe2 (out, O_CLOEXEC) == 0;

  if (!done)
    ll_file_set_error (error, "Cannot make a pipe for the engine: %m");
  done = done && write_passphrase (in[1], passphrase, error);
  ll_fd_clear (&in[1]);
  if (done)
    {
      int fds[] = { in[0], out[1] };

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert_value (&dict, "blob",
                                   g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, file,
                                                             TRUE));
      reply = ll_worker_call (place->worker, "pkcs12", g_variant_dict_end (&dict), fds, 2,
                              ll_deadline_in (LL_OWN_DEADLINE), cancellable, error);
    }
  done = reply != NULL && take_reply (reply, out[0], contents, error);
  ll_fd_clear (&in[0]);
  ll_fd_clear (&out[0]);
  ll_fd_clear (&out[1]);
  return done;
}

/* -- what is refused --------------------------------------------------------------------------- */

static gboolean
names_account (const LlKey *certificate, const LlAccount *account)
{
  for (guint i = 0; certificate->addresses != NULL && certificate->addresses[i] != NULL; i++)
    if (ll_account_has_address (account, certificate->addresses[i]))
      return TRUE;
  return FALSE;
}

static void
set_other_address (const LlKey *certificate, const LlAccount *account, GError **error)
{
  g_autofree char *theirs = g_strjoinv (", ", certificate->addresses);
  g_autofree char *ours = g_strjoinv (", ", account->addresses);

  g_set_error (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_BAD_KEY,
               "This certificate is for %s; the account \"%s\" writes as %s",
               *theirs != '\0' ? theirs : N_ ("no e-mail address"), account->name, ours);
}

/* What makes it useless for its owner, usages aside. */
static LlKeyDefect
defect_of (const LlKey *certificate)
{
  gint64 now = ll_clock_now ();
  guint least
      = g_str_has_prefix (certificate->algorithm, "rsa") ? LL_TLS_RSA_BITS_MIN : LL_TLS_EC_BITS_MIN;

  if (certificate->expires <= now)
    return LL_KEY_EXPIRED;
  if (certificate->created > now)
    return LL_KEY_NOT_YET;
  return certificate->bits < least ? LL_KEY_WEAK : LL_KEY_SOUND;
}

/* One that can sign and not encrypt is taken: its owner's letters are signed, but he cannot open
 * their locked copies. */
static gboolean
is_fit (const LlKey *certificate, const LlAccount *account, GError **error)
{
  g_autoptr (LlKey) judged = ll_key_copy (certificate);
  g_autofree char *defect = NULL;

  judged->defect = defect_of (certificate);
  defect = ll_key_defect_text (judged);
  if (defect != NULL)
    g_set_error (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_BAD_KEY, "This certificate %s", defect);
  else if (!ll_certificate_can_sign (certificate))
    g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_BAD_KEY,
                         "This certificate is not made for signing letters");
  else if (!names_account (certificate, account))
    set_other_address (certificate, account, error);
  else
    return TRUE;
  return FALSE;
}

/* -- keeping it -------------------------------------------------------------------------------- */

static gboolean
append_pem (BIO *memory, GBytes *der)
{
  X509 *certificate = ll_certificate_open (der);
  gboolean done = certificate != NULL && PEM_write_bio_X509 (memory, certificate) == 1;

  X509_free (certificate);
  return done;
}

static gboolean
write_certificates (const LlOwnPlace *place,
                    const char *account,
                    const Contents *contents,
                    const char *gpgsm,
                    GError **error)
{
  g_autofree char *path = path_of (place, account);
  g_autofree char *folder = g_path_get_dirname (path);
  BIO *memory = BIO_new (BIO_s_mem ());
  gboolean done = (gpgsm == NULL || BIO_printf (memory, GPGSM "%s\n", gpgsm) > 0)
                  && append_pem (memory, contents->certificate->blob);
  char *text = NULL;
  long length;

  for (guint i = 0; contents->chain != NULL && i < contents->chain->len; i++)
    append_pem (memory, g_ptr_array_index (contents->chain, i));
  length = BIO_get_mem_data (memory, &text);
  done = done && ll_file_make_folder (folder, error)
         && ll_file_replace (path, text, (gsize) length, error);
  BIO_free (memory);
  return done;
}

LlKey *
ll_own_take (const LlOwnPlace *place,
             const LlAccount *account,
             GBytes *file,
             const LlSecret *passphrase,
             GCancellable *cancellable,
             GError **error)
{
  g_auto (Contents) contents = { NULL, NULL, NULL };

  if (!open_file (place, file, passphrase, &contents, cancellable, error)
      || !is_fit (contents.certificate, account, error)
      || !ll_secret_store_save (place->secrets, PURPOSE, account->name, contents.secret,
                                cancellable, error)
      || !write_certificates (place, account->name, &contents, NULL, error))
    return NULL;
  return ll_key_ref (contents.certificate);
}

LlKey *
ll_own_take_gpgsm (const LlOwnPlace *place,
                   const LlAccount *account,
                   const char *gpgsm,
                   GCancellable *cancellable,
                   GError **error)
{
  g_auto (Contents) contents = { NULL, NULL, NULL };
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) der = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "fingerprint", "s", gpgsm);
  reply = ll_worker_call (place->worker, "cms-own", g_variant_dict_end (&dict), NULL, 0,
                          ll_deadline_in (LL_OWN_DEADLINE), cancellable, error);
  if (reply == NULL)
    return NULL;
  der = g_variant_lookup_value (reply, "certificate", G_VARIANT_TYPE_BYTESTRING);
  bytes = der != NULL ? g_variant_get_data_as_bytes (der) : g_bytes_new (NULL, 0);
  contents.certificate = ll_certificate_parse (bytes, LL_KEY_SOURCE_GNUPG, error);
  if (contents.certificate == NULL || !is_fit (contents.certificate, account, error)
      || !write_certificates (place, account->name, &contents, gpgsm, error)
      || !ll_secret_store_remove (place->secrets, PURPOSE, account->name, cancellable, error))
    return NULL;
  return ll_key_ref (contents.certificate);
}

gboolean
ll_own_remove (const LlOwnPlace *place, const char *account, GError **error)
{
  g_autofree char *path = path_of (place, account);

  if (g_unlink (path) < 0 && errno != ENOENT)
    return ll_file_set_error (error, "Cannot remove %s: %m", path);
  return ll_secret_store_remove (place->secrets, PURPOSE, account, NULL, error);
}

/* -- using it ---------------------------------------------------------------------------------- */

/* NULL: its key is ours. (transfer full) */
static char *
gpgsm_of (GBytes *file)
{
  gsize length;
  const char *text = g_bytes_get_data (file, &length);

  if (length <= strlen (GPGSM) || memcmp (text, GPGSM, strlen (GPGSM)) != 0)
    return NULL;
  text += strlen (GPGSM);
  return g_strndup (text, strspn (text, "0123456789abcdefABCDEF"));
}

LlOwn *
ll_own_find (const LlOwnPlace *place, const char *account)
{
  g_autofree char *path = path_of (place, account);
  g_autoptr (GBytes) bytes = ll_file_load (path, LL_CERTIFICATE_MAX * (LL_CHAIN_MAX + 1), NULL);
  g_autoptr (GPtrArray) ders = bytes != NULL ? ll_certificate_read_all (bytes) : NULL;
  g_autoptr (LlOwn) own = NULL;

  if (ders == NULL || ders->len == 0)
    return NULL;
  own = g_new0 (LlOwn, 1);
  own->key = ll_certificate_parse (g_ptr_array_index (ders, 0), LL_KEY_SOURCE_IMPORTED, NULL);
  own->certificate = ll_certificate_open (g_ptr_array_index (ders, 0));
  own->chain = sk_X509_new_null ();
  own->gpgsm = gpgsm_of (bytes);
  for (guint i = 1; i < ders->len; i++)
    {
      X509 *issuer = ll_certificate_open (g_ptr_array_index (ders, i));

      if (issuer != NULL)
        sk_X509_push (own->chain, issuer);
    }
  return own->key != NULL && own->certificate != NULL ? g_steal_pointer (&own) : NULL;
}

gboolean
ll_own_open (const LlOwnPlace *place, const char *account, LlOwn *own, GError **error)
{
  g_autoptr (LlSecret) secret = NULL;
  const guint8 *bytes;

  if (own->gpgsm != NULL)
    return TRUE;
  secret = ll_secret_store_lookup (place->secrets, PURPOSE, account, NULL, error);
  if (secret == NULL)
    return FALSE;
  bytes = (const guint8 *) ll_secret_peek (secret);
  own->secret = d2i_AutoPrivateKey (NULL, &bytes, (long) ll_secret_length (secret));
  if (own->secret != NULL && X509_check_private_key (own->certificate, own->secret) == 1)
    return TRUE;
  ERR_clear_error ();
  g_clear_pointer (&own->secret, EVP_PKEY_free);
  g_set_error_literal (error, LL_SECRET_ERROR, LL_SECRET_ERROR_FAILED,
                       "the key that is kept is not the certificate's");
  return FALSE;
}
