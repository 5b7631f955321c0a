/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "protect/smime.h"

#include "api/intl.h"
#include "base/error.h"
#include "protect/sink.h"

#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <string.h>

#define FLAGS (CMS_BINARY | CMS_STREAM | CMS_PARTIAL)

/* Consumes OpenSSL's own error. Returns FALSE. */
static gboolean
set_error (GError **error, int code, const char *what)
{
  char text[200];

  ERR_error_string_n (ERR_get_error (), text, sizeof text);
  ERR_clear_error ();
  g_set_error (error, LL_ENGINE_ERROR, code, "%s: %s", what, text);
  return FALSE;
}

/* -- who can open it ----------------------------------------------------------------------- */

static gboolean
wants_gcm (const LlSmimeLock *lock)
{
  for (guint i = 0; i < lock->keys->len; i++)
    if (!((const LlKey *) g_ptr_array_index (lock->keys, i))->gcm)
      return lock->gcm;
  return TRUE;
}

/* OpenSSL's default for ECDH is SHA-1. */
static gboolean
set_agreement (CMS_RecipientInfo *recipient)
{
  EVP_PKEY_CTX *context = CMS_RecipientInfo_get0_pkey_ctx (recipient);

  if (CMS_RecipientInfo_type (recipient) != CMS_RECIPINFO_AGREE)
    return TRUE;
  return context != NULL && EVP_PKEY_CTX_set_ecdh_kdf_md (context, EVP_sha256 ()) > 0;
}

static gboolean
add_recipient (CMS_ContentInfo *envelope, const LlKey *key, GError **error)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key->blob, &length);
  X509 *certificate = d2i_X509 (NULL, &bytes, (long) length);
  CMS_RecipientInfo *recipient = NULL;

  if (certificate != NULL)
    recipient = CMS_add1_recipient_cert (envelope, certificate, CMS_KEY_PARAM);
  X509_free (certificate);
  if (recipient != NULL && set_agreement (recipient))
    return TRUE;
  return set_error (error, LL_ENGINE_ERROR_BAD_KEY, key->user_id);
}

static CMS_ContentInfo *
new_envelope (const LlSmimeLock *lock, gboolean gcm, GError **error)
{
  CMS_ContentInfo *envelope
      = CMS_encrypt (NULL, NULL, gcm ? EVP_aes_256_gcm () : EVP_aes_256_cbc (), FLAGS);

  if (envelope == NULL)
    {
      set_error (error, LL_ENGINE_ERROR_FAILED, N_ ("The letter cannot be locked"));
      return NULL;
    }
  for (guint i = 0; i < lock->keys->len; i++)
    if (!add_recipient (envelope, g_ptr_array_index (lock->keys, i), error))
      {
        CMS_ContentInfo_free (envelope);
        return NULL;
      }
  return envelope;
}

static CMS_ContentInfo *
new_signed (const LlSmimeSigner *signer, GError **error)
{
  CMS_ContentInfo *message
      = CMS_sign (NULL, NULL, signer->chain, NULL, CMS_BINARY | CMS_STREAM | CMS_PARTIAL);

  if (message != NULL
      && CMS_add1_signer (message, signer->certificate, signer->key, EVP_sha256 (), 0) != NULL)
    return message;
  CMS_ContentInfo_free (message);
  set_error (error, LL_ENGINE_ERROR_NO_SECRET, N_ ("Your own certificate cannot be used"));
  return NULL;
}

/* -- the layers that bytes pass on their way out --------------------------------------------- */

/* From the outside in: sink, base64, CMS, and once more for what is signed. */
typedef struct
{
  BIO *out;
  BIO *envelope_text;
  BIO *envelope;
  BIO *signed_text;
  BIO *inside; /* where the letter goes */
} Layers;

/* A streaming CMS is a chain of filters before what it writes to; its end is written on flush. */
static gboolean
finish_layer (BIO *layer, BIO *below)
{
  gboolean done = layer == NULL || layer == below || BIO_flush (layer) > 0;

  while (layer != NULL && layer != below)
    {
      BIO *next = BIO_pop (layer);

      BIO_free (layer);
      layer = next;
    }
  return done;
}

static BIO *
push_base64 (BIO *below)
{
  return BIO_push (BIO_new (BIO_f_base64 ()), below);
}

static gboolean
put (BIO *bio, const char *text)
{
  int length = (int) strlen (text);

  return BIO_write (bio, text, length) == length;
}

#define ENTITY(type)                                                                               \
  "Content-Type: application/pkcs7-mime; smime-type=" type ";\r\n"                                 \
  "\tname=\"smime.p7m\"\r\n"                                                                       \
  "Content-Transfer-Encoding: base64\r\n"                                                          \
  "Content-Disposition: attachment; filename=\"smime.p7m\"\r\n"                                    \
  "\r\n"

static gboolean
open_layers (Layers *layers,
             const LlSmimeLock *lock,
             CMS_ContentInfo *envelope,
             CMS_ContentInfo *message,
             gboolean gcm)
{
  if (!put (layers->out, lock->outer)
      || !put (layers->out, gcm ? ENTITY ("authEnveloped-data") : ENTITY ("enveloped-data")))
    return FALSE;
  layers->envelope_text = push_base64 (layers->out);
  layers->envelope = BIO_new_CMS (layers->envelope_text, envelope);
  layers->inside = layers->envelope;
  if (layers->envelope == NULL || message == NULL)
    return layers->envelope != NULL;
  if (!put (layers->envelope, ENTITY ("signed-data")))
    return FALSE;
  layers->signed_text = BIO_push (ll_crlf_bio_new (), layers->envelope);
  layers->signed_text = push_base64 (layers->signed_text);
  layers->inside = BIO_new_CMS (layers->signed_text, message);
  return layers->inside != NULL;
}

/* From the inside out: each layer's end goes through those around it. */
static gboolean
close_layers (Layers *layers)
{
  gboolean done = TRUE;

  if (layers->signed_text != NULL)
    {
      done = finish_layer (layers->inside, layers->signed_text);
      done = finish_layer (layers->signed_text, layers->envelope) && done;
    }
  if (layers->envelope_text != NULL)
    {
      done = finish_layer (layers->envelope, layers->envelope_text) && done;
      done = finish_layer (layers->envelope_text, layers->out) && done;
    }
  return done;
}

/* -- the lock -------------------------------------------------------------------------------- */

static gboolean
pump (LlInner *inner, BIO *inside, GError **error)
{
  const char *bytes;
  gsize length = 1;

  while (length > 0)
    {
      if (!ll_inner_next (inner, &bytes, &length, error))
        return FALSE;
      if (length > 0 && BIO_write (inside, bytes, (int) length) != (int) length)
        return set_error (error, LL_ENGINE_ERROR_FAILED, N_ ("The letter cannot be locked"));
    }
  return TRUE;
}

static gboolean
inside_cb (const void *bytes, gsize length, gpointer data, GError **error)
{
  return BIO_write (data, bytes, (int) length) == (int) length
         || set_error (error, LL_ENGINE_ERROR_FAILED, N_ ("The letter cannot be locked"));
}

static gboolean
run (const LlSmimeLock *lock,
     CMS_ContentInfo *envelope,
     CMS_ContentInfo *message,
     gboolean gcm,
     LlInner *inner,
     BIO *out,
     GError **error)
{
  Layers layers = { .out = out };
  gboolean done = open_layers (&layers, lock, envelope, message, gcm);

  if (!done)
    set_error (error, LL_ENGINE_ERROR_FAILED, N_ ("The letter cannot be locked"));
  else if (lock->fill != NULL)
    done = lock->fill (inside_cb, layers.inside, lock->fill_data, error);
  else
    done = pump (inner, layers.inside, error);
  if (close_layers (&layers) || !done)
    return done;
  return set_error (error, LL_ENGINE_ERROR_FAILED, N_ ("The letter cannot be locked"));
}

gboolean
ll_smime_seal (const LlSmimeLock *lock, LlInner *inner, LlSink sink, gpointer data, GError **error)
{
  gboolean gcm = wants_gcm (lock);
  g_autoptr (GError) broken = NULL;
  LlSinkBio target = { sink, data, &broken };
  CMS_ContentInfo *envelope = new_envelope (lock, gcm, error);
  CMS_ContentInfo *message = NULL;
  gboolean done = envelope != NULL;
  BIO *out;

  if (done && lock->signer != NULL)
    {
      message = new_signed (lock->signer, error);
      done = message != NULL;
    }
  if (done)
    {
      out = ll_sink_bio_new (&target);
      done = run (lock, envelope, message, gcm, inner, out, error);
      BIO_free (out);
    }
  CMS_ContentInfo_free (message);
  CMS_ContentInfo_free (envelope);
  if (broken == NULL)
    return done;
  g_clear_error (error); /* what the sink said is the reason */
  g_propagate_error (error, g_steal_pointer (&broken));
  return FALSE;
}
