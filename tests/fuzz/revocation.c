/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/capabilities.h"
#include "keys/certificate.h"
#include "keys/revocation-answer.h"

#include "../support/certificates.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static Certificate issuer, leaf;

static void
make (void)
{
  const CertificateWish root = { .name = "Root", .from = -86400, .to = 86400, .authority = TRUE };
  const CertificateWish bob
      = { .name = "Bob", .address = "bob@b.example", .from = -86400, .to = 86400 };

  if (issuer.certificate != NULL)
    return;
  issuer = certificate_make (&root, NULL);
  leaf = certificate_make (&bob, &issuer);
}

/* Nobody who has not the issuer's key, made just now, can say anything of his certificates. */
static void
judge (LlRevocationJudge judge_answer, GBytes *answer)
{
  const char *why = NULL;

  g_assert_cmpint (judge_answer (answer, leaf.certificate, issuer.certificate,
                                 g_get_real_time () / G_USEC_PER_SEC, &why),
                   ==, LL_REVOCATION_UNKNOWN);
  g_assert_nonnull (why);
}

/* The first byte says what it is: a list, an answer of OCSP, a signed message. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GBytes) rest = size > 0 ? g_bytes_new (data + 1, size - 1) : NULL;

  make ();
  if (rest == NULL)
    return 0;
  if (data[0] % 3 == 0)
    judge (ll_revocation_of_crl, rest);
  else if (data[0] % 3 == 1)
    judge (ll_revocation_of_ocsp, rest);
  else
    {
      g_autoptr (GPtrArray) certificates = ll_certificate_read_all (rest);
      g_auto (GStrv) announced = ll_capabilities_announced (rest);

      g_assert_true (announced[0] == NULL || certificates->len > 0);
    }
  return 0;
}
