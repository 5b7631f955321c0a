/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/certificate-ids.h"

#include "base/hex.h"

static char *
id_of (const char *kind, const guint8 *bytes, gsize length)
{
  g_autofree char *hex = ll_hex (bytes, length);

  return g_strconcat (kind, hex, NULL);
}

GStrv
ll_certificate_ids (X509 *certificate)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  const ASN1_OCTET_STRING *ski = X509_get0_subject_key_id (certificate);
  guint8 *issuer = NULL;
  guint8 *serial = NULL;
  int length = i2d_X509_NAME (X509_get_issuer_name (certificate), &issuer);
  int digits = i2d_ASN1_INTEGER (X509_get_serialNumber (certificate), &serial);

  /* after tag and length; RFC 5280 4.1.2.2: 20 octets at most */
  if (length > 0 && digits > 2 && serial[1] < 0x80)
    {
      g_autofree char *hash
          = g_compute_checksum_for_data (G_CHECKSUM_SHA256, issuer, (gsize) length);
      g_autofree char *kind = g_strdup_printf ("cms:%s:", hash);
      g_autofree char *id = id_of (kind, serial + 2, (gsize) digits - 2);

      g_strv_builder_add (ids, id);
    }
  OPENSSL_free (issuer);
  OPENSSL_free (serial);
  if (ski != NULL)
    {
      g_autofree char *word
          = id_of ("ski:", ASN1_STRING_get0_data (ski), (gsize) ASN1_STRING_length (ski));

      g_strv_builder_add (ids, word);
    }
  return g_strv_builder_end (ids);
}
