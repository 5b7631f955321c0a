/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/certificate.h"

#include "api/intl.h"
#include "keys/certificate-ids.h"

#include "base/error.h"
#include "base/hex.h"
#include "base/limits.h"
#include "keys/capabilities.h"
#include "wire/address.h"

#include <openssl/pem.h> /* before cms.h, which then knows PEM */

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)

X509 *
ll_certificate_open (GBytes *der)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (der, &length);
  const guint8 *start = bytes;
  X509 *certificate = NULL;

  if (length > 0 && length <= LL_CERTIFICATE_MAX)
    certificate = d2i_X509 (NULL, &bytes, (long) length);
  ERR_clear_error ();
  if (certificate != NULL && (gsize) (bytes - start) == length)
    return certificate;
  X509_free (certificate);
  return NULL;
}

/* -- what it says ------------------------------------------------------------------------------ */

/* An address that needs SMTPUTF8, as another name (RFC 9598). */
static const ASN1_STRING *
utf8_mailbox (const OTHERNAME *name)
{
  gboolean is = OBJ_obj2nid (name->type_id) == NID_id_on_SmtpUTF8Mailbox
                && name->value->type == V_ASN1_UTF8STRING;

  return is ? name->value->value.utf8string : NULL;
}

static void
add_address (GStrvBuilder *found, const ASN1_STRING *text)
{
  g_autofree char *written
      = g_strndup ((const char *) ASN1_STRING_get0_data (text), (gsize) ASN1_STRING_length (text));
  g_autofree char *normal = NULL;

  /* a NUL inside is a lie about where the name ends */
  if (strlen (written) != (gsize) ASN1_STRING_length (text))
    return;
  normal = ll_address_normalise (written, NULL, NULL);
  if (normal != NULL)
    g_strv_builder_add (found, normal);
}

/* The alternative names; those of the subject only where there is no alternative one (RFC 8550
 * 3.). *legacy: the subject had to do. */
static GStrv
addresses_of (X509 *certificate, gboolean *legacy)
{
  g_autoptr (GStrvBuilder) found = g_strv_builder_new ();
  GENERAL_NAMES *names = X509_get_ext_d2i (certificate, NID_subject_alt_name, NULL, NULL);
  X509_NAME *subject = X509_get_subject_name (certificate);
  GStrv addresses;
  int at = -1;

  for (int i = 0; names != NULL && i < sk_GENERAL_NAME_num (names); i++)
    {
      const GENERAL_NAME *name = sk_GENERAL_NAME_value (names, i);

      if (name->type == GEN_EMAIL)
        add_address (found, name->d.rfc822Name);
      else if (name->type == GEN_OTHERNAME && utf8_mailbox (name->d.otherName) != NULL)
        add_address (found, utf8_mailbox (name->d.otherName));
    }
  GENERAL_NAMES_free (names);
  addresses = g_strv_builder_end (found);
  *legacy = addresses[0] == NULL;
  if (!*legacy)
    return addresses;
  g_strfreev (addresses);
  found = (g_strv_builder_unref (found), g_strv_builder_new ());
  while ((at = X509_NAME_get_index_by_NID (subject, NID_pkcs9_emailAddress, at)) >= 0)
    add_address (found, X509_NAME_ENTRY_get_data (X509_NAME_get_entry (subject, at)));
  return g_strv_builder_end (found);
}

/* "CN=Bob,O=Clinic" in UTF-8. */
static char *
name_text (const X509_NAME *name)
{
  BIO *memory = BIO_new (BIO_s_mem ());
  char *bytes = NULL;
  g_autofree char *text = NULL;
  long length;

  X509_NAME_print_ex (memory, name, 0, XN_FLAG_RFC2253 & ~(unsigned long) ASN1_STRFLGS_ESC_MSB);
  length = BIO_get_mem_data (memory, &bytes);
  text = g_strndup (bytes != NULL ? bytes : "", (gsize) MAX (length, 0));
  BIO_free (memory);
  return g_utf8_make_valid (text, -1);
}

char *
ll_certificate_fingerprint (X509 *certificate)
{
  guint8 digest[EVP_MAX_MD_SIZE];
  guint length = 0;

  X509_digest (certificate, EVP_sha256 (), digest, &length);
  return ll_hex (digest, length);
}

static gint64
seconds (const ASN1_TIME *time)
{
  ASN1_TIME *epoch = ASN1_TIME_set (NULL, 0);
  int days = 0, rest = 0;

  ASN1_TIME_diff (&days, &rest, epoch, time);
  ASN1_TIME_free (epoch);
  return (gint64) days * 86400 + rest;
}

static void
describe_key (LlKey *key, EVP_PKEY *public_key)
{
  char group[64] = "";

  key->bits = (guint) EVP_PKEY_get_bits (public_key);
  if (EVP_PKEY_get_group_name (public_key, group, sizeof group, NULL) == 1)
    key->algorithm = g_strdup (group);
  else
    key->algorithm
        = g_strdup_printf ("%s%u", EVP_PKEY_is_a (public_key, "RSA") ? "rsa" : "key", key->bits);
}

/* -- what is wrong with it ------------------------------------------------------------------- */

static gboolean
is_for_mail (X509 *certificate)
{
  EXTENDED_KEY_USAGE *uses = X509_get_ext_d2i (certificate, NID_ext_key_usage, NULL, NULL);
  gboolean found = uses == NULL;

  for (int i = 0; uses != NULL && i < sk_ASN1_OBJECT_num (uses); i++)
    {
      int nid = OBJ_obj2nid (sk_ASN1_OBJECT_value (uses, i));

      found |= nid == NID_email_protect || nid == NID_anyExtendedKeyUsage;
    }
  EXTENDED_KEY_USAGE_free (uses);
  return found;
}

/* Key transport for RSA, key agreement for EC; a certificate without usages may do all. */
static gboolean
can_encrypt (X509 *certificate, EVP_PKEY *public_key)
{
  guint32 usage = X509_get_key_usage (certificate);
  guint32 needed = EVP_PKEY_is_a (public_key, "RSA") ? KU_KEY_ENCIPHERMENT : KU_KEY_AGREEMENT;

  if (!EVP_PKEY_is_a (public_key, "RSA") && !EVP_PKEY_is_a (public_key, "EC"))
    return FALSE;
  return (usage & needed) != 0;
}

gboolean
ll_certificate_can_sign (const LlKey *key)
{
  g_autoptr (X509) certificate = ll_certificate_open (key->blob);

  return certificate != NULL && is_for_mail (certificate)
         && (X509_get_key_usage (certificate) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0;
}

static gboolean
is_weak (EVP_PKEY *public_key)
{
  int least = EVP_PKEY_is_a (public_key, "RSA") ? LL_TLS_RSA_BITS_MIN : LL_TLS_EC_BITS_MIN;

  return EVP_PKEY_get_bits (public_key) < least;
}

static LlKeyDefect
defect_of (X509 *certificate, EVP_PKEY *public_key, const LlCapabilities *ciphers)
{
  if (!is_for_mail (certificate))
    return LL_KEY_OTHER_USE;
  if (!can_encrypt (certificate, public_key))
    return LL_KEY_SIGN_ONLY;
  if (is_weak (public_key))
    return LL_KEY_WEAK;
  if (ciphers->any && !ciphers->aes)
    return LL_KEY_ALGORITHM;
  return LL_KEY_SOUND;
}

/* -- reading --------------------------------------------------------------------------------- */

LlKey *
ll_certificate_parse (GBytes *der, LlKeySource source, GError **error)
{
  g_autoptr (X509) certificate = ll_certificate_open (der);
  EVP_PKEY *public_key = certificate != NULL ? X509_get0_pubkey (certificate) : NULL;
  g_autoptr (LlKey) key = ll_key_new (LL_METHOD_SMIME, source);
  gboolean legacy;
  LlCapabilities ciphers;

  if (public_key == NULL)
    {
      ERR_clear_error ();
      g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_BAD_KEY,
                           "This is not a certificate with a key that can be read");
      return NULL;
    }
  ciphers = ll_capabilities_of (certificate);
  key->fingerprint = ll_certificate_fingerprint (certificate);
  key->user_id = name_text (X509_get_subject_name (certificate));
  key->issuer = name_text (X509_get_issuer_name (certificate));
  key->addresses = addresses_of (certificate, &legacy);
  key->created = seconds (X509_get0_notBefore (certificate));
  key->expires = seconds (X509_get0_notAfter (certificate));
  key->gcm = ciphers.gcm;
  key->ids = ll_certificate_ids (certificate);
  key->blob = g_bytes_ref (der);
  describe_key (key, public_key);
  key->defect = defect_of (certificate, public_key, &ciphers);
  if (legacy && key->addresses[0] != NULL)
    key->note = g_strdup (N_ ("names its address in the old way, in the subject"));
  ERR_clear_error ();
  return g_steal_pointer (&key);
}

/* -- who vouches for it ---------------------------------------------------------------------- */

static STACK_OF (X509) * stack_of (const GPtrArray *others)
{
  STACK_OF (X509) *stack = sk_X509_new_null ();

  for (guint i = 0; others != NULL && i < others->len && i < LL_CHAIN_MAX; i++)
    {
      X509 *certificate = ll_certificate_open (g_ptr_array_index (others, i));

      if (certificate != NULL)
        sk_X509_push (stack, certificate);
    }
  return stack;
}

static void
add_der (GPtrArray *found, X509 *certificate)
{
  guint8 *bytes = NULL;
  int length = i2d_X509 (certificate, &bytes);

  if (length > 0 && length <= LL_CERTIFICATE_MAX && found->len < LL_CHAIN_MAX)
    g_ptr_array_add (found, g_bytes_new (bytes, (gsize) length));
  OPENSSL_free (bytes);
}

/* All but the first one. (transfer full) of GBytes */
static GPtrArray *
issuers_in (STACK_OF (X509) * chain)
{
  GPtrArray *issuers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (int i = 1; i < sk_X509_num (chain); i++)
    add_der (issuers, sk_X509_value (chain, i));
  return issuers;
}

/* X509_V_OK, or why not. OpenSSL's purpose for S/MIME refuses EC keys, so usages are looked at
 * above and not here (facts/protection.md A.5). */
static int
verify (
    X509 *certificate, STACK_OF (X509) * others, X509_STORE *roots, gint64 now, GPtrArray **issuers)
{
  X509_STORE_CTX *context = X509_STORE_CTX_new ();
  int result = X509_V_ERR_UNSPECIFIED;

  if (X509_STORE_CTX_init (context, roots, certificate, others) == 1)
    {
      X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param (context);

      X509_VERIFY_PARAM_set_time (parameters, (time_t) now);
      X509_VERIFY_PARAM_set_auth_level (parameters, 2);
      X509_VERIFY_PARAM_set_depth (parameters, LL_CHAIN_MAX);
      X509_VERIFY_PARAM_set_purpose (parameters, X509_PURPOSE_ANY);
      X509_verify_cert (context);
      result = X509_STORE_CTX_get_error (context);
      if (result == X509_V_OK)
        *issuers = issuers_in (X509_STORE_CTX_get0_chain (context));
    }
  X509_STORE_CTX_free (context);
  ERR_clear_error ();
  return result;
}

LlKey *
ll_certificate_verify (const LlKey *key, const GPtrArray *others, X509_STORE *roots, gint64 now)
{
  LlKey *verified = ll_key_copy (key);
  g_autoptr (X509) certificate = ll_certificate_open (key->blob);
  STACK_OF (X509) *stack = stack_of (others);
  GPtrArray *issuers = NULL;
  int result = verify (certificate, stack, roots, now, &issuers);

  sk_X509_pop_free (stack, X509_free);
  if (result == X509_V_OK)
    {
      verified->trust = LL_TRUST_VERIFIED;
      g_clear_pointer (&verified->issuers, g_ptr_array_unref);
      verified->issuers = issuers;
      return verified;
    }
  g_free (verified->note);
  verified->note = g_strdup_printf (N_ ("its issuer %s is not trusted here (%s)"), key->issuer,
                                    X509_verify_cert_error_string (result));
  return verified;
}

/* -- files that hold some -------------------------------------------------------------------- */

static void
add_stack (GPtrArray *found, STACK_OF (X509) * stack)
{
  for (int i = 0; stack != NULL && i < sk_X509_num (stack); i++)
    add_der (found, sk_X509_value (stack, i));
  sk_X509_pop_free (stack, X509_free);
}

static void
add_pem (GPtrArray *found, BIO *memory)
{
  X509 *certificate;

  while (found->len < LL_CHAIN_MAX
         && (certificate = PEM_read_bio_X509 (memory, NULL, NULL, NULL)) != NULL)
    {
      add_der (found, certificate);
      X509_free (certificate);
    }
}

GPtrArray *
ll_certificate_read_all (GBytes *bytes)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (X509) single = ll_certificate_open (bytes);
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);
  BIO *memory = BIO_new_mem_buf (data, (int) MIN (length, LL_CERTIFICATE_MAX * LL_CHAIN_MAX));
  CMS_ContentInfo *message = NULL;

  if (single != NULL)
    add_der (found, single);
  if (found->len == 0)
    add_pem (found, memory);
  if (found->len == 0)
    message = ll_capabilities_message (memory);
  if (message != NULL)
    add_stack (found, CMS_get1_certs (message));
  CMS_ContentInfo_free (message);
  BIO_free (memory);
  ERR_clear_error ();
  return found;
}
