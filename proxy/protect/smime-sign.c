/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "protect/smime.h"

#include "base/error.h"

#include <openssl/cms.h>
#include <openssl/err.h>

/* A line of base64 (RFC 2045 6.8). */
#define LINE_OCTETS 57

#define FLAGS (CMS_BINARY | CMS_DETACHED | CMS_STREAM | CMS_PARTIAL)

static gboolean
set_error (GError **error, int code)
{
  ERR_clear_error ();
  g_set_error_literal (error, LL_ENGINE_ERROR, code,
                       "Your own certificate cannot sign this letter");
  return FALSE;
}

static gboolean
digest (BIO *into, LlInner *inner, GError **error)
{
  const char *bytes;
  gsize length = 1;

  while (length > 0)
    {
      if (!ll_inner_next (inner, &bytes, &length, error))
        return FALSE;
      if (length > 0 && BIO_write (into, bytes, (int) length) != (int) length)
        return set_error (error, LL_ENGINE_ERROR_FAILED);
    }
  return TRUE;
}

static gboolean
append (CMS_ContentInfo *message, GString *signature)
{
  guint8 *bytes = NULL;
  int length = i2d_CMS_ContentInfo (message, &bytes);

  for (int at = 0; at < length; at += LINE_OCTETS)
    {
      g_autofree char *line = g_base64_encode (bytes + at, (gsize) MIN (LINE_OCTETS, length - at));

      g_string_append_printf (signature, "%s\r\n", line);
    }
  OPENSSL_free (bytes);
  return length > 0;
}

gboolean
ll_smime_sign (const LlSmimeSigner *signer, LlInner *inner, GString *signature, GError **error)
{
  CMS_ContentInfo *message = CMS_sign (NULL, NULL, signer->chain, NULL, FLAGS);
  BIO *into = NULL;
  gboolean done = FALSE;

  if (message != NULL
      && CMS_add1_signer (message, signer->certificate, signer->key, EVP_sha256 (), 0) != NULL)
    into = CMS_dataInit (message, NULL);
  if (into == NULL)
    set_error (error, LL_ENGINE_ERROR_NO_SECRET);
  else if (digest (into, inner, error))
    done = (CMS_dataFinal (message, into) == 1 && append (message, signature))
           || set_error (error, LL_ENGINE_ERROR_FAILED);
  BIO_free_all (into);
  CMS_ContentInfo_free (message);
  ERR_clear_error ();
  return done;
}
