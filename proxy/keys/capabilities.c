/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/capabilities.h"

#include "keys/certificate.h"

#include <openssl/err.h>

/* -- the ciphers that it announces (RFC 8551 2.5.2) ------------------------------------------ */

static void
look_at_cipher (LlCapabilities *ciphers, int nid)
{
  switch (nid)
    {
    case NID_aes_256_cbc:
    case NID_aes_192_cbc: /* who reads one length reads all: they came together */
    case NID_aes_128_cbc:
      ciphers->any = ciphers->aes = TRUE;
      break;
    case NID_aes_256_gcm:
      ciphers->any = ciphers->aes = ciphers->gcm = TRUE;
      break;
    case NID_des_ede3_cbc:
    case NID_rc2_cbc:
    case NID_des_cbc:
      ciphers->any = TRUE;
      break;
    default: /* digests, signatures, what we do not know */
      break;
    }
}

static LlCapabilities
ciphers_in (const ASN1_STRING *value)
{
  LlCapabilities ciphers = { FALSE, FALSE, FALSE };
  const guint8 *bytes = ASN1_STRING_get0_data (value);
  STACK_OF (X509_ALGOR) *list = d2i_X509_ALGORS (NULL, &bytes, ASN1_STRING_length (value));

  for (int i = 0; list != NULL && i < sk_X509_ALGOR_num (list); i++)
    {
      const ASN1_OBJECT *algorithm;

      X509_ALGOR_get0 (&algorithm, NULL, NULL, sk_X509_ALGOR_value (list, i));
      look_at_cipher (&ciphers, OBJ_obj2nid (algorithm));
    }
  sk_X509_ALGOR_pop_free (list, X509_ALGOR_free);
  return ciphers;
}

LlCapabilities
ll_capabilities_of (X509 *certificate)
{
  int at = X509_get_ext_by_NID (certificate, NID_SMIMECapabilities, -1);

  if (at < 0)
    return (LlCapabilities){ FALSE, FALSE, FALSE };
  return ciphers_in (X509_EXTENSION_get_data (X509_get_ext (certificate, at)));
}

CMS_ContentInfo *
ll_capabilities_message (BIO *memory)
{
  CMS_ContentInfo *message = BIO_reset (memory) >= 0 ? d2i_CMS_bio (memory, NULL) : NULL;

  if (message == NULL && BIO_reset (memory) >= 0)
    message = PEM_read_bio_CMS (memory, NULL, NULL, NULL);
  return message;
}

/* -- what a signed message says of its signer ------------------------------------------------ */

/* The list of ciphers is his only if his key signed it: the attributes are checked without the
 * letter. */
static gboolean
announces_gcm (CMS_SignerInfo *signer)
{
  int at = CMS_signed_get_attr_by_NID (signer, NID_SMIMECapabilities, -1);
  X509_ATTRIBUTE *attribute = at >= 0 ? CMS_signed_get_attr (signer, at) : NULL;
  const ASN1_TYPE *value = attribute != NULL ? X509_ATTRIBUTE_get0_type (attribute, 0) : NULL;

  return value != NULL && value->type == V_ASN1_SEQUENCE && ciphers_in (value->value.sequence).gcm
         && CMS_SignerInfo_verify (signer) == 1;
}

GStrv
ll_capabilities_announced (GBytes *bytes)
{
  g_autoptr (GStrvBuilder) found = g_strv_builder_new ();
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);
  BIO *memory = BIO_new_mem_buf (data, (int) MIN (length, LL_CERTIFICATE_MAX * LL_CHAIN_MAX));
  CMS_ContentInfo *message = ll_capabilities_message (memory);
  STACK_OF (CMS_SignerInfo) *signers = NULL;

  if (message != NULL && CMS_set1_signers_certs (message, NULL, 0) >= 0)
    signers = CMS_get0_SignerInfos (message);
  for (int i = 0; signers != NULL && i < MIN (sk_CMS_SignerInfo_num (signers), LL_CHAIN_MAX); i++)
    {
      CMS_SignerInfo *signer = sk_CMS_SignerInfo_value (signers, i);
      X509 *certificate = NULL;

      CMS_SignerInfo_get0_algs (signer, NULL, &certificate, NULL, NULL);
      if (certificate != NULL && announces_gcm (signer))
        {
          g_autofree char *fingerprint = ll_certificate_fingerprint (certificate);

          g_strv_builder_add (found, fingerprint);
        }
    }
  CMS_ContentInfo_free (message);
  BIO_free (memory);
  ERR_clear_error ();
  return g_strv_builder_end (found);
}
