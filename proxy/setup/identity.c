/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/identity.h"

#include "base/error.h"

#include <cert.h>
#include <p12.h>
#include <pk11pub.h>
#include <prerror.h>
#include <secport.h>
#include <string.h>

/* As good as the key in it. */
#define PASSPHRASE_BYTES 32

static void
list_free (CERTCertList *list)
{
  CERT_DestroyCertList (list);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CERTCertList, list_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CERTCertificate, CERT_DestroyCertificate)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PK11SlotInfo, PK11_FreeSlot)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SEC_PKCS12ExportContext, SEC_PKCS12DestroyExportContext)

/* -- which one ------------------------------------------------------------------------------ */

static const char *
name_of (const CERTCertificate *certificate)
{
  return certificate->nickname != NULL ? certificate->nickname : "";
}

static PRTime
end_of (const CERTCertificate *certificate)
{
  PRTime begin, end;

  return CERT_GetCertTimes (certificate, &begin, &end) == SECSuccess ? end : 0;
}

static gboolean
refuse (GError **error, const GString *names, const char *name)
{
  if (names->len == 0)
    g_set_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_ABSENT,
                 name != NULL
                     ? "There is no certificate \"%s\" with its key here that is still good"
                     : "There is no certificate with its key here that is still good%s",
                 name != NULL ? name : "");
  else
    g_set_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_ABSENT,
                 "There is more than one certificate here; say which after a #: %s", names->str);
  return FALSE;
}

/* One that was renewed keeps its name: of each, the one that lasts longest. (transfer full) of
 * names to certificates of @list */
static GHashTable *
latest_of_each (CERTCertList *list, const char *name)
{
  GHashTable *latest = g_hash_table_new (g_str_hash, g_str_equal);
  PRTime now = PR_Now ();

  for (CERTCertListNode *node = list != NULL ? CERT_LIST_HEAD (list) : NULL;
       node != NULL && !CERT_LIST_END (node, list); node = CERT_LIST_NEXT (node))
    {
      const char *its = name_of (node->cert);
      const CERTCertificate *other = g_hash_table_lookup (latest, its);

      if (end_of (node->cert) > now && (name == NULL || strcmp (its, name) == 0)
          && (other == NULL || end_of (node->cert) > end_of (other)))
        g_hash_table_replace (latest, (gpointer) its, node->cert);
    }
  return latest;
}

/* NULL: none, or more than one. */
static CERTCertificate *
find (const char *name, GError **error)
{
  g_autoptr (CERTCertList) list = PK11_ListCerts (PK11CertListUserUnique, NULL);
  g_autoptr (GHashTable) latest = latest_of_each (list, name);
  g_autoptr (GString) names = g_string_new (NULL);
  GHashTableIter iter;
  gpointer key, value = NULL;

  g_hash_table_iter_init (&iter, latest);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_string_append_printf (names, "%s\"%s\"", names->len > 0 ? ", " : "", (char *) key);
  if (g_hash_table_size (latest) == 1)
    return CERT_DupCertificate (value);
  refuse (error, names, name);
  return NULL;
}

/* -- out of it ------------------------------------------------------------------------------ */

/* RFC 7292 wants passphrases in UCS-2, and NSS leaves the conversion to us; ours are ASCII. The
 * types are NSS's. */
static PRBool
convert (PRBool to_ucs2,
         guchar *in,
         guint in_length,
         guchar *out,
         guint out_max,
         guint *out_length,
         PRBool swap)
{
  if (!to_ucs2 || 2 * in_length > out_max)
    return PR_FALSE;
  for (guint i = 0; i < in_length; i++)
    {
      out[2 * i] = 0;
      out[2 * i + 1] = in[i];
    }
  *out_length = 2 * in_length;
  return PR_TRUE;
}

static void
take_cb (void *data, const char *bytes, unsigned long length)
{
  g_byte_array_append (data, (const guint8 *) bytes, (guint) length);
}

static gboolean
encode (PK11SlotInfo *slot,
        CERTCertificate *certificate,
        const LlSecret *passphrase,
        GByteArray *out)
{
  SECItem password
      = { siBuffer, (guchar *) ll_secret_peek (passphrase), (guint) ll_secret_length (passphrase) };
  g_autoptr (SEC_PKCS12ExportContext) context
      = SEC_PKCS12CreateExportContext (NULL, NULL, slot, NULL);
  SEC_PKCS12SafeInfo *keys, *certificates;

  PORT_SetUCS2_ASCIIConversionFunction (convert);
  if (context == NULL
      || SEC_PKCS12AddPasswordIntegrity (context, &password, SEC_OID_SHA256) != SECSuccess)
    return FALSE;
  keys = SEC_PKCS12CreateUnencryptedSafe (context); /* the key in it is encrypted by itself */
  certificates = SEC_PKCS12CreatePasswordPrivSafe (context, &password, SEC_OID_AES_256_CBC);
  return keys != NULL && certificates != NULL
         && SEC_PKCS12AddCertAndKey (context, certificates, NULL, certificate,
                                     CERT_GetDefaultCertDB (), keys, NULL, PR_TRUE, &password,
                                     SEC_OID_AES_256_CBC)
                == SECSuccess
         && SEC_PKCS12Encode (context, take_cb, out) == SECSuccess;
}

static LlSecret *
passphrase_new (void)
{
  guchar random[PASSPHRASE_BYTES];
  char text[2 * PASSPHRASE_BYTES + 1];
  LlSecret *passphrase = NULL;

  if (PK11_GenerateRandom (random, sizeof random) == SECSuccess)
    {
      for (guint i = 0; i < PASSPHRASE_BYTES; i++)
        g_snprintf (text + 2 * i, 3, "%02x", random[i]);
      passphrase = ll_secret_new_string (text);
    }
  ll_secret_wipe (random, sizeof random);
  ll_secret_wipe (text, sizeof text);
  return passphrase;
}

GBytes *
ll_vault_export_identity (LlVault *vault, const char *name, LlSecret **passphrase, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (PK11SlotInfo) slot = PK11_GetInternalKeySlot ();
  g_autoptr (CERTCertificate) certificate = NULL;
  g_autoptr (LlSecret) made = NULL;
  const char *why;

  if (ll_vault_is_locked (vault))
    {
      g_set_error_literal (error, LL_SECRET_ERROR, LL_SECRET_ERROR_LOCKED,
                           "The primary password is needed first");
      return NULL;
    }
  certificate = find (name, error);
  if (certificate == NULL)
    return NULL;
  made = passphrase_new ();
  if (made != NULL && encode (slot, certificate, made, out))
    {
      *passphrase = g_steal_pointer (&made);
      return g_byte_array_free_to_bytes (g_steal_pointer (&out));
    }
  why = PR_ErrorToName (PR_GetError ());
  g_set_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_FAILED,
               "The certificate and its key cannot be taken out (NSS: %s)",
               why != NULL ? why : "unknown");
  return NULL;
}
