/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/structure.h"

#include "base/limits.h"
#include "message/parse.h"

#include <string.h>

/* hQ...: a packet of tag 1, as encrypted messages begin with; yM...: tag 18; owE...: compressed,
 * as "gpg --sign" writes it, which locks nothing */
#define ARMOUR                                                                                     \
  "-----BEGIN PGP MESSAGE-----\r\nVersion: GnuPG\r\n\r\nhQEMAxxx\r\n=abcd\r\n"                     \
  "-----END PGP MESSAGE-----\r\n"
#define SIGNED                                                                                     \
  "-----BEGIN PGP MESSAGE-----\r\n\r\nowEBxxxx\r\n=abcd\r\n-----END PGP MESSAGE-----\r\n"
#define PGP_MIME                                                                                   \
  "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\r\n\r\n"
#define VERSION_PART "--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
#define OCTETS "--b\r\nContent-Type: application/octet-stream\r\n\r\n"
#define MIXED "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
#define BASE64 "Content-Transfer-Encoding: base64\r\n"
#define ENVELOPED "MIAGCSqGSIb3DQEHA6CAMIACAQA=\r\n"
#define AUTH_ENVELOPED "MIAGCyqGSIb3DQEJEAEXoIAwgAIBAA==\r\n"
#define COMPRESSED_DATA "MIAGCyqGSIb3DQEJEAEJoIAwgAIBAA==\r\n"
#define INNER_PGP_MIME                                                                             \
  "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=c\r\n\r\n"  \
  "--c\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"                           \
  "--c\r\nContent-Type: application/octet-stream\r\n\r\n" ARMOUR "--c--\r\n"
#define SIGNED_DATA "MIAGCSqGSIb3DQEHAqCAMIACAQA=\r\n"

static const struct
{
  const char *name;
  const char *in;
  LlProtection protection;
} cases[] = {
  { "PGP/MIME", PGP_MIME VERSION_PART OCTETS ARMOUR "--b--\r\n", LL_PROTECTION_PGP_MIME },
  { "PGP/MIME with words around it, as mail programs write it",
    "Content-Type: Multipart/Encrypted; protocol=\"Application/PGP-Encrypted\"; boundary=b\r\n\r\n"
    "This is an OpenPGP/MIME encrypted message (RFC 4880 and 3156)\r\n" VERSION_PART OCTETS ARMOUR
    "--b--\r\n",
    LL_PROTECTION_PGP_MIME },
  { "PGP/MIME without armour",
    PGP_MIME VERSION_PART "--b\r\n" BASE64
                          "Content-Type: application/octet-stream\r\n\r\nhQEMAxxx\r\n--b--\r\n",
    LL_PROTECTION_PGP_MIME },
  { "PGP/MIME for S/MIME",
    "Content-Type: multipart/encrypted; protocol=\"application/pkcs7-mime\"; "
    "boundary=b\r\n\r\n" VERSION_PART OCTETS ARMOUR "--b--\r\n",
    LL_PROTECTION_NONE },
  { "PGP/MIME in clear", PGP_MIME VERSION_PART OCTETS "in clear\r\n--b--\r\n", LL_PROTECTION_NONE },
  { "PGP/MIME signed only", PGP_MIME VERSION_PART OCTETS SIGNED "--b--\r\n", LL_PROTECTION_NONE },
  { "PGP/MIME with text in its first part",
    PGP_MIME
    "--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\nmeet me\r\n" OCTETS ARMOUR
    "--b--\r\n",
    LL_PROTECTION_NONE },
  { "PGP/MIME one part", PGP_MIME VERSION_PART "--b--\r\n", LL_PROTECTION_NONE },
  { "PGP/MIME three parts", PGP_MIME VERSION_PART OCTETS ARMOUR OCTETS "clear\r\n--b--\r\n",
    LL_PROTECTION_NONE },
  { "PGP/MIME and text behind it", PGP_MIME VERSION_PART OCTETS ARMOUR "in clear\r\n--b--\r\n",
    LL_PROTECTION_NONE },
  { "mixed up by Exchange",
    MIXED "--b\r\nContent-Type: text/plain\r\n\r\n\r\n" VERSION_PART OCTETS ARMOUR "--b--\r\n",
    LL_PROTECTION_PGP_MIME },
  { "mixed up, with text",
    MIXED "--b\r\nContent-Type: text/plain\r\n\r\nclear\r\n" VERSION_PART OCTETS ARMOUR "--b--\r\n",
    LL_PROTECTION_NONE },
  { "claimed", "X-Encrypted: yes\r\n\r\nclear\r\n", LL_PROTECTION_NONE },
  /* inline: cases/protection.md D08 to D13 */
  { "inline", "A: b\r\n\r\n\r\n" ARMOUR "\r\n", LL_PROTECTION_PGP_INLINE },
  { "inline, quoted-printable",
    "Content-Transfer-Encoding: quoted-printable\r\n\r\n-----BEGIN PGP "
    "MESSAGE-----\r\n\r\nhQEM=\r\n"
    "AxxxAA=3D=3D\r\n-----END PGP MESSAGE-----\r\n",
    LL_PROTECTION_PGP_INLINE },
  { "inline and a paragraph", "A: b\r\n\r\nHello\r\n" ARMOUR, LL_PROTECTION_NONE },
  { "inline, a paragraph behind", "A: b\r\n\r\n" ARMOUR "Hello\r\n", LL_PROTECTION_NONE },
  { "quoted",
    "A: b\r\n\r\n> -----BEGIN PGP MESSAGE-----\r\n>\r\n> hQ\r\n> -----END PGP MESSAGE-----\r\n",
    LL_PROTECTION_NONE },
  { "without its end", "A: b\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMAxxx\r\n",
    LL_PROTECTION_NONE },
  { "text within the armour",
    "A: b\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nmeet me at noon\r\n-----END PGP "
    "MESSAGE-----\r\n",
    LL_PROTECTION_NONE },
  { "inline signed only", "A: b\r\n\r\n" SIGNED, LL_PROTECTION_NONE },
  { "empty armour", "A: b\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\n-----END PGP MESSAGE-----\r\n",
    LL_PROTECTION_NONE },
  { "armour in an attachment only",
    MIXED "--b\r\n\r\nHello\r\n--b\r\nContent-Type: text/plain; name=x.asc\r\n\r\n" ARMOUR
          "--b--\r\n",
    LL_PROTECTION_NONE },
  { "only an attachment",
    MIXED "--b\r\n\r\n\r\n--b\r\nContent-Type: text/plain; name=x.asc\r\n\r\n" ARMOUR "--b--\r\n",
    LL_PROTECTION_NONE },
  { "inline and a locked attachment",
    MIXED "--b\r\n\r\n" ARMOUR "--b\r\nContent-Type: application/octet-stream\r\n"
          "Content-Disposition: attachment; filename=\"a.pdf.pgp\"\r\n" BASE64
          "\r\nhQEMAxxx\r\n--b--\r\n",
    LL_PROTECTION_PGP_INLINE },
  { "inline and a clear attachment",
    MIXED "--b\r\n\r\n" ARMOUR "--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF\r\n"
          "--b--\r\n",
    LL_PROTECTION_NONE },
  { "inline and a clear attachment that bears the name",
    MIXED "--b\r\n\r\n" ARMOUR "--b\r\nContent-Type: application/pdf; name=a.pgp\r\n\r\n%PDF\r\n"
          "--b--\r\n",
    LL_PROTECTION_NONE },
  { "inline and a preamble", MIXED "clear\r\n--b\r\n\r\n" ARMOUR "--b--\r\n", LL_PROTECTION_NONE },
  { "both alternatives",
    "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\n" ARMOUR
    "--b\r\nContent-Type: text/html\r\n\r\n<html><head><style>p{}</style></head><body><pre>" ARMOUR
    "</pre></body></html>\r\n--b--\r\n",
    LL_PROTECTION_PGP_INLINE },
  { "clear HTML beside it",
    "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\n" ARMOUR
    "--b\r\nContent-Type: text/html\r\n\r\n<p>meet me</p>\r\n--b--\r\n",
    LL_PROTECTION_NONE },
  /* S/MIME */
  { "enveloped", "Content-Type: application/pkcs7-mime\r\n" BASE64 "\r\n" ENVELOPED,
    LL_PROTECTION_SMIME },
  { "auth-enveloped", "Content-Type: application/x-pkcs7-mime\r\n" BASE64 "\r\n" AUTH_ENVELOPED,
    LL_PROTECTION_SMIME },
  { "by its name",
    "Content-Type: application/octet-stream; name=\"smime.P7M\"\r\n" BASE64 "\r\n" ENVELOPED,
    LL_PROTECTION_SMIME },
  { "no name", "Content-Type: application/octet-stream\r\n" BASE64 "\r\n" ENVELOPED,
    LL_PROTECTION_NONE },
  { "signed-data",
    "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n" BASE64 "\r\n" SIGNED_DATA,
    LL_PROTECTION_NONE },
  { "nothing in it", "Content-Type: application/pkcs7-mime\r\n" BASE64 "\r\n", LL_PROTECTION_NONE },
  { "only certificates in it",
    "Content-Type: application/pkcs7-mime; smime-type=certs-only; name=smime.p7c\r\n" BASE64
    "\r\n" SIGNED_DATA,
    LL_PROTECTION_NONE },
  { "compressed",
    "Content-Type: application/pkcs7-mime; smime-type=compressed-data; name=smime.p7z\r\n" BASE64
    "\r\n" COMPRESSED_DATA,
    LL_PROTECTION_NONE },
  /* only the top layer counts: D16, D17 */
  { "a locked letter as an attachment",
    MIXED "--b\r\n\r\nHello\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" INNER_PGP_MIME
          "--b--\r\n",
    LL_PROTECTION_NONE },
  { "nothing but a locked letter, forwarded", "Content-Type: message/rfc822\r\n\r\n" INNER_PGP_MIME,
    LL_PROTECTION_NONE },
  { "locked in a part", MIXED "--b\r\n\r\nHello\r\n--b\r\n" INNER_PGP_MIME "--b--\r\n",
    LL_PROTECTION_NONE },
  { "locked, and signed around it",
    "Content-Type: multipart/signed; boundary=b; protocol=\"application/pkcs7-signature\"\r\n\r\n"
    "--b\r\n" INNER_PGP_MIME "--b\r\nContent-Type: application/pkcs7-signature\r\n\r\nxxx\r\n"
    "--b--\r\n",
    LL_PROTECTION_NONE },
  { "S/MIME, and signed around it",
    "Content-Type: multipart/signed; boundary=b; protocol=\"application/pgp-signature\"\r\n\r\n"
    "--b\r\nContent-Type: application/pkcs7-mime\r\n" BASE64 "\r\n" ENVELOPED
    "--b\r\nContent-Type: application/pgp-signature\r\n\r\nxxx\r\n--b--\r\n",
    LL_PROTECTION_NONE },
  { "enveloped in a part",
    MIXED "--b\r\nContent-Type: application/pkcs7-mime\r\n" BASE64 "\r\n" ENVELOPED "--b--\r\n",
    LL_PROTECTION_NONE },
};

/* What the mail program signed is not signed again; S/MIME and PGP, all of the letter only. */
static const struct
{
  const char *name;
  const char *in;
  gboolean is_signed;
} signatures[] = {
  { "PGP",
    "Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n"
    "--b\r\nContent-Type: application/pgp-signature\r\n\r\nxxx\r\n--b--\r\n",
    TRUE },
  { "S/MIME",
    "Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n"
    "--b\r\nContent-Type: application/x-pkcs7-signature\r\n\r\nxxx\r\n--b--\r\n",
    TRUE },
  { "opaque", "Content-Type: application/pkcs7-mime\r\n" BASE64 "\r\n" SIGNED_DATA, TRUE },
  { "opaque in name only",
    "Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n\r\nHello\r\n", FALSE },
  { "claimed", "Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b--\r\n",
    FALSE },
  { "no signature in it",
    "Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n"
    "--b\r\nContent-Type: application/pgp-signature\r\n\r\n\r\n--b--\r\n",
    FALSE },
  { "a part of it",
    MIXED "--b\r\nContent-Type: multipart/signed; boundary=c\r\n\r\n--c\r\n\r\nHello\r\n"
          "--c\r\nContent-Type: application/pgp-signature\r\n\r\nxxx\r\n--c--\r\n--b--\r\n",
    FALSE },
  { "enveloped", "Content-Type: application/pkcs7-mime\r\n" BASE64 "\r\n" ENVELOPED, FALSE },
};

static LlMessageFacts *
inspect (const char *bytes, gsize length)
{
  LlMessageFacts *facts = ll_message_inspect (bytes, length, NULL, NULL);

  g_assert_nonnull (facts);
  return facts;
}

static void
test_protection (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LlMessageFacts) facts = inspect (cases[i].in, strlen (cases[i].in));

      g_test_message ("%s", cases[i].name);
      g_assert_cmpint (facts->protection, ==, cases[i].protection);
    }
}

static void
test_signed (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (signatures); i++)
    {
      g_autoptr (LlMessageFacts) facts = inspect (signatures[i].in, strlen (signatures[i].in));

      g_test_message ("%s", signatures[i].name);
      g_assert_cmpint (facts->is_signed, ==, signatures[i].is_signed);
    }
}

/* In whatever pieces the bytes come. */
static void
test_pieces (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize step = 1; step < 40; step++)
      {
        g_autoptr (LlHeaders) headers = ll_headers_new ();
        g_autoptr (LlStructure) structure = NULL;
        const char *in = cases[i].in;
        gsize length = strlen (in);
        gsize at = ll_headers_feed (headers, in, length);

        ll_headers_finish (headers);
        structure = ll_structure_new (headers);
        for (; at < length; at += step)
          ll_structure_feed (structure, in + at, MIN (step, length - at));
        ll_structure_finish (structure);
        g_assert_cmpint (ll_structure_protection (structure), ==, cases[i].protection);
      }
}

/* The address sanitizer keeps what was freed. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
static const gboolean memory_is_watched = TRUE;
#else
static const gboolean memory_is_watched = FALSE;
#endif

static gsize
memory_in_use (void)
{
  g_autofree char *status = NULL;
  const char *at;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL)
      || (at = strstr (status, "VmHWM:")) == NULL)
    return 0;
  return (gsize) g_ascii_strtoull (at + strlen ("VmHWM:"), NULL, 10) * 1024;
}

/* A stream of parts without end: what it would take to keep them all is never used. */
static void
test_many_parts (void)
{
  g_autoptr (LlHeaders) headers = ll_headers_new ();
  g_autoptr (LlStructure) structure = NULL;
  static const char part[] = "--b\r\nContent-Type: text/plain; name=x\r\n\r\nx\r\n";
  gsize before;

  ll_headers_feed (headers, MIXED, strlen (MIXED));
  structure = ll_structure_new (headers);
  ll_structure_feed (structure, part, strlen (part));
  before = memory_in_use ();
  for (guint i = 0; i < 1000000; i++)
    ll_structure_feed (structure, part, strlen (part));
  ll_structure_finish (structure);
  g_assert_cmpuint (ll_structure_parts (structure), ==, 1000001);
  if (!memory_is_watched)
    g_assert_cmpuint (memory_in_use () - before, <, 16 * 1024 * 1024);
}

/* Parts inside parts: counted down to the limit, passed over below it. */
static void
test_depth (void)
{
  static const guint depths[] = { 1, 40, LL_MIME_DEPTH_MAX, LL_MIME_DEPTH_MAX + 1, 5000 };

  for (guint i = 0; i < G_N_ELEMENTS (depths); i++)
    {
      g_autoptr (GString) message = g_string_new (NULL);
      g_autoptr (LlMessageFacts) facts = NULL;

      for (guint level = 0; level < depths[i]; level++)
        g_string_append_printf (message,
                                "Content-Type: multipart/mixed; boundary=l%u\r\n\r\n--l%u\r\n",
                                level, level);
      g_string_append (message, "Content-Type: text/calendar; method=REQUEST\r\n\r\nx\r\n");
      facts = inspect (message->str, message->len);
      g_assert_cmpuint (facts->parts, ==, 1);
      g_assert_cmpint (facts->kind, ==,
                       depths[i] <= LL_MIME_DEPTH_MAX ? LL_KIND_CALENDAR : LL_KIND_ORDINARY);
    }
}

/* What compression may be worth its time for. */
static void
test_text (void)
{
  static const struct
  {
    const char *in;
    gboolean text;
  } letters[] = {
    { "A: b\r\n\r\nhello\r\n", TRUE },
    { "Content-Type: text/html\r\n\r\nhello\r\n", TRUE },
    { MIXED "--b\r\n\r\nx\r\n--b\r\nContent-Type: text/html\r\n\r\nx\r\n--b--\r\n", TRUE },
    { MIXED "--b\r\n\r\nx\r\n--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n", FALSE },
    { MIXED "--b\r\n\r\nx\r\n" OCTETS "--b--\r\n", FALSE },
    { "Content-Type: application/pdf\r\n\r\nx\r\n", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (letters); i++)
    {
      g_autoptr (LlMessageFacts) facts = inspect (letters[i].in, strlen (letters[i].in));

      g_assert_true (facts->is_text == letters[i].text);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/structure/protection", test_protection);
  g_test_add_func ("/structure/signed", test_signed);
  g_test_add_func ("/structure/pieces", test_pieces);
  g_test_add_func ("/structure/many-parts", test_many_parts);
  g_test_add_func ("/structure/depth", test_depth);
  g_test_add_func ("/structure/text", test_text);
  return g_test_run ();
}
