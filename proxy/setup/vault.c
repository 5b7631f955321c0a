/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/vault.h"

#include "base/error.h"

#include <cert.h>
#include <certdb.h>
#include <nss.h>
#include <pk11pub.h>
#include <pk11sdr.h>
#include <prerror.h>
#include <secasn1.h>
#include <secerr.h>
#include <secitem.h>
#include <string.h>

#define NICKNAME "Letterlock on this computer"

/* The one id under which every profile has the key of its passwords (NSS, pk11sdr.c). */
static guchar default_id[] = { 0xf8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 };

struct _LlVault
{
  PK11SlotInfo *slot;
};

typedef struct
{
  SECItem key_id;
  SECAlgorithmID algorithm;
  SECItem data;
} Sealed;

SEC_ASN1_MKSUB (SECOID_AlgorithmIDTemplate)

static const SEC_ASN1Template sealed_template[] = {
  { SEC_ASN1_SEQUENCE, 0, NULL, sizeof (Sealed) },
  { SEC_ASN1_OCTET_STRING, offsetof (Sealed, key_id) },
  { SEC_ASN1_INLINE | SEC_ASN1_XTRN, offsetof (Sealed, algorithm),
    SEC_ASN1_SUB (SECOID_AlgorithmIDTemplate) },
  { SEC_ASN1_OCTET_STRING, offsetof (Sealed, data) },
  { 0 },
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PK11SymKey, PK11_FreeSymKey)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CERTCertificate, CERT_DestroyCertificate)

static void
arena_free (PLArenaPool *arena)
{
  PORT_FreeArena (arena, PR_TRUE);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PLArenaPool, arena_free)

static gboolean
fail (GError **error, const char *what)
{
  const char *name = PR_ErrorToName (PR_GetError ());

  g_set_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_FAILED, "Cannot %s (NSS: %s)", what,
               name != NULL ? name : "unknown");
  return FALSE;
}

LlVault *
ll_vault_open (const char *folder, GError **error)
{
  g_autofree char *place = g_strconcat ("sql:", folder, NULL);
  LlVault *vault;

  /* without pkcs11.txt: it names the profile, and modules that would be started */
  if (NSS_Initialize (place, "", "", SECMOD_DB, NSS_INIT_NOMODDB | NSS_INIT_NOROOTINIT)
      != SECSuccess)
    {
      fail (error, "open the certificates and keys");
      return NULL;
    }
  vault = g_new0 (LlVault, 1);
  vault->slot = PK11_GetInternalKeySlot ();
  return vault;
}

void
ll_vault_close (LlVault *vault)
{
  if (vault == NULL)
    return;
  PK11_FreeSlot (vault->slot);
  NSS_Shutdown ();
  g_free (vault);
}

gboolean
ll_vault_is_locked (LlVault *vault)
{
  return PK11_NeedLogin (vault->slot) && !PK11_IsLoggedIn (vault->slot, NULL);
}

gboolean
ll_vault_unlock (LlVault *vault, const LlSecret *password, GError **error)
{
  if (PK11_CheckUserPassword (vault->slot, ll_secret_peek (password)) == SECSuccess)
    return TRUE;
  g_set_error_literal (error, LL_SECRET_ERROR, LL_SECRET_ERROR_DENIED,
                       "This is not the primary password");
  return FALSE;
}

/* -- saved passwords ------------------------------------------------------- */

static gboolean
has_attribute (PK11SymKey *key, CK_ATTRIBUTE_TYPE type, const void *bytes, gsize length)
{
  SECItem item = { 0 };
  gboolean same;

  if (PK11_ReadRawAttribute (PK11_TypeSymKey, key, type, &item) != SECSuccess)
    return FALSE;
  same = item.len == length && memcmp (item.data, bytes, length) == 0;
  SECITEM_FreeItem (&item, PR_FALSE);
  return same;
}

/* The key with this id and of this type: a profile that is older than 2025 has two with one id. */
static PK11SymKey *
find_key (LlVault *vault, const SECItem *id, CK_KEY_TYPE type)
{
  PK11SymKey *found = NULL;
  PK11SymKey *key = PK11_ListFixedKeysInSlot (vault->slot, NULL, NULL);

  while (key != NULL)
    {
      PK11SymKey *next = PK11_GetNextSymKey (key);

      if (found == NULL && has_attribute (key, CKA_ID, id->data, id->len)
          && has_attribute (key, CKA_KEY_TYPE, &type, sizeof type))
        found = PK11_ReferenceSymKey (key);
      PK11_FreeSymKey (key);
      key = next;
    }
  return found;
}

static LlSecret *
decrypt (LlVault *vault, Sealed *sealed)
{
  CK_MECHANISM_TYPE mechanism
      = PK11_AlgtagToMechanism (SECOID_GetAlgorithmTag (&sealed->algorithm));
  CK_KEY_TYPE type = mechanism == CKM_AES_CBC ? CKK_AES : CKK_DES3;
  g_autoptr (PK11SymKey) key = NULL;
  SECItem *parameters;
  LlSecret *secret = NULL;
  g_autofree guchar *out = g_malloc (sealed->data.len + 1);
  unsigned int length = 0;

  if (mechanism != CKM_AES_CBC && mechanism != CKM_DES3_CBC)
    return NULL;
  key = find_key (vault, &sealed->key_id, type);
  parameters = PK11_ParamFromAlgid (&sealed->algorithm);
  if (key != NULL && parameters != NULL
      && PK11_Decrypt (key, PK11_GetPadMechanism (mechanism), parameters, out, &length,
                       sealed->data.len, sealed->data.data, sealed->data.len)
             == SECSuccess)
    secret = ll_secret_new ((const char *) out, length);
  ll_secret_wipe (out, sealed->data.len + 1);
  if (parameters != NULL)
    SECITEM_ZfreeItem (parameters, PR_TRUE);
  return secret;
}

LlSecret *
ll_vault_decrypt (LlVault *vault, const char *text, GError **error)
{
  g_autoptr (PLArenaPool) arena = PORT_NewArena (DER_DEFAULT_CHUNKSIZE);
  gsize length;
  g_autofree guchar *bytes = g_base64_decode (text, &length);
  SECItem item = { siBuffer, bytes, (unsigned int) length };
  Sealed sealed = { 0 };
  LlSecret *secret = NULL;

  if (SEC_QuickDERDecodeItem (arena, &sealed, sealed_template, &item) == SECSuccess)
    secret = decrypt (vault, &sealed);
  if (secret == NULL)
    fail (error, "read a saved password");
  return secret;
}

static gboolean
encrypt (PK11SymKey *key, SECOidTag tag, PLArenaPool *arena, const char *text, Sealed *sealed)
{
  CK_MECHANISM_TYPE mechanism = PK11_AlgtagToMechanism (tag);
  guchar vector[16];
  SECItem iv = { siBuffer, vector, (unsigned int) PK11_GetIVLength (mechanism) };
  SECItem *parameters;
  gsize length = strlen (text);
  unsigned int room = (unsigned int) length + sizeof vector;

  g_assert (iv.len <= sizeof vector);
  if (PK11_GenerateRandom (vector, (int) iv.len) != SECSuccess)
    return FALSE;
  parameters = SEC_ASN1EncodeItem (arena, NULL, &iv, SEC_ASN1_GET (SEC_OctetStringTemplate));
  sealed->key_id = (SECItem){ siBuffer, default_id, sizeof default_id };
  sealed->data.data = PORT_ArenaAlloc (arena, room);
  return parameters != NULL && sealed->data.data != NULL
         && SECOID_SetAlgorithmID (arena, &sealed->algorithm, tag, parameters) == SECSuccess
         && PK11_Encrypt (key, PK11_GetPadMechanism (mechanism), &iv, sealed->data.data,
                          &sealed->data.len, room, (const guchar *) text, (unsigned int) length)
                == SECSuccess;
}

/* A profile without any saved password has no key yet: NSS makes it. */
static char *
encrypt_with_new_key (const char *text, GError **error)
{
  SECItem id = { 0 }, out = { 0 };
  SECItem in = { siBuffer, (guchar *) (gpointer) text, (unsigned int) strlen (text) };
  char *sealed;

  if (PK11SDR_Encrypt (&id, &in, &out, NULL) != SECSuccess)
    {
      fail (error, "save a password");
      return NULL;
    }
  sealed = g_base64_encode (out.data, out.len);
  SECITEM_FreeItem (&out, PR_FALSE);
  return sealed;
}

char *
ll_vault_encrypt (LlVault *vault, const char *text, GError **error)
{
  static const struct
  {
    CK_KEY_TYPE type;
    SECOidTag tag;
  } kinds[] = { { CKK_AES, SEC_OID_AES_256_CBC }, { CKK_DES3, SEC_OID_DES_EDE3_CBC } };
  g_autoptr (PLArenaPool) arena = PORT_NewArena (DER_DEFAULT_CHUNKSIZE);
  const SECItem id = { siBuffer, default_id, sizeof default_id };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (PK11SymKey) key = find_key (vault, &id, kinds[i].type);
      Sealed sealed = { 0 };
      SECItem *out = NULL;

      if (key == NULL)
        continue;
      if (encrypt (key, kinds[i].tag, arena, text, &sealed))
        out = SEC_ASN1EncodeItem (arena, NULL, &sealed, sealed_template);
      if (out != NULL)
        return g_base64_encode (out->data, out->len);
      fail (error, "save a password");
      return NULL;
    }
  return encrypt_with_new_key (text, error);
}

/* -- whom it trusts -------------------------------------------------------- */

static gboolean
read_certificate (const char *pem, CERTCertificate **out, GError **error)
{
  g_autofree char *copy = g_strdup (pem);

  *out = CERT_DecodeCertFromPackage (copy, (int) strlen (copy));
  return *out != NULL || fail (error, "read Letterlock's certificate");
}

static gboolean
is_trusted (CERTCertificate *certificate)
{
  CERTCertTrust trust;

  return CERT_GetCertTrust (certificate, &trust) == SECSuccess
         && (trust.sslFlags & CERTDB_TRUSTED_CA) != 0;
}

gboolean
ll_vault_trust (LlVault *vault, const char *pem, gboolean *added, GError **error)
{
  g_autoptr (CERTCertificate) certificate = NULL;
  CERTCertTrust trust = { 0 };

  if (!read_certificate (pem, &certificate, error))
    return FALSE;
  *added = !is_trusted (certificate);
  if (!*added)
    return TRUE;
  if (PK11_ImportCert (vault->slot, certificate, CK_INVALID_HANDLE, NICKNAME, PR_FALSE)
          != SECSuccess
      || CERT_DecodeTrustString (&trust, "C,,") != SECSuccess
      || CERT_ChangeCertTrust (CERT_GetDefaultCertDB (), certificate, &trust) != SECSuccess)
    return fail (error, "let Letterlock's certificate be trusted");
  return TRUE;
}

gboolean
ll_vault_forget (LlVault *vault, const char *pem, GError **error)
{
  g_autoptr (CERTCertificate) certificate = NULL;

  if (!read_certificate (pem, &certificate, error))
    return FALSE;
  if (certificate->slot == NULL || !certificate->isperm)
    return TRUE;
  return SEC_DeletePermCertificate (certificate) == SECSuccess
         || fail (error, "take Letterlock's certificate out");
}
