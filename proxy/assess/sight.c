/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/sight.h"

#include "api/intl.h"
#include "base/clock.h"
#include "base/limits.h"

#include <string.h>

LlSight *
ll_sight_new (const char *address, const char *sni)
{
  LlSight *sight = g_new0 (LlSight, 1);

  sight->ref_count = 1;
  sight->address = g_strdup (address);
  sight->sni = g_strdup (sni);
  sight->kind = LL_SIGHT_TEMPORARY;
  sight->time = ll_clock_now ();
  sight->ms = (LlStages){ -1, -1, -1, -1, -1 };
  return sight;
}

LlSight *
ll_sight_copy (const LlSight *sight)
{
  LlSight *copy = g_memdup2 (sight, sizeof *sight);

  copy->ref_count = 1;
  copy->address = g_strdup (sight->address);
  copy->sni = g_strdup (sight->sni);
  copy->greeting = g_strdup (sight->greeting);
  copy->detail = g_strdup (sight->detail);
  copy->note = g_strdup (sight->note);
  copy->chain = sight->chain != NULL ? ll_chain_ref (sight->chain) : NULL;
  copy->trust.detail = g_strdup (sight->trust.detail);
  return copy;
}

LlSight *
ll_sight_ref (LlSight *sight)
{
  g_atomic_int_inc (&sight->ref_count);
  return sight;
}

void
ll_sight_unref (LlSight *sight)
{
  if (sight == NULL || !g_atomic_int_dec_and_test (&sight->ref_count))
    return;
  g_free (sight->address);
  g_free (sight->sni);
  g_free (sight->greeting);
  g_free (sight->detail);
  g_free (sight->note);
  ll_chain_unref (sight->chain);
  ll_chain_finding_clear (&sight->trust);
  g_free (sight);
}

const LlChain *
ll_sight_chain (const LlSight *sight)
{
  return sight->classified ? NULL : sight->chain;
}

gboolean
ll_sight_is_conclusive (const LlSight *sight)
{
  switch (sight->kind)
    {
    case LL_SIGHT_PLAIN:
    case LL_SIGHT_WEAK:
    case LL_SIGHT_TLS:
      return TRUE;
    case LL_SIGHT_TIMEOUT:
    case LL_SIGHT_UNREACHABLE:
    case LL_SIGHT_UNWELCOME:
    case LL_SIGHT_TEMPORARY:
    case LL_SIGHT_PROTOCOL:
      return FALSE;
    }
  g_assert_not_reached ();
}

static gboolean
is_weak_cipher (const LlTlsFacts *tls)
{
  static const char *const words[]
      = { "NULL", "RC4", "DES", "EXP", "anon", "ADH", "AECDH", "MD5", "CCM8", "CCM_8" };

  if (tls->bits < LL_TLS_CIPHER_BITS_MIN)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (tls->cipher != NULL && strstr (tls->cipher, words[i]) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
is_weak_key (const LlTlsFacts *tls)
{
  gboolean rsa_like = tls->key != NULL
                      && (g_str_has_prefix (tls->key, "RSA") || g_str_has_prefix (tls->key, "DSA"));

  return tls->key_bits < (rsa_like ? LL_TLS_RSA_BITS_MIN : LL_TLS_EC_BITS_MIN);
}

LlCode
ll_sight_floor (const LlTlsFacts *tls, int ephemeral_dh_bits, char **detail)
{
  if (g_strcmp0 (tls->protocol, "TLSv1.2") != 0 && g_strcmp0 (tls->protocol, "TLSv1.3") != 0)
    {
      *detail = g_strdup_printf (N_ ("its encryption is outdated (%s)"), tls->protocol);
      return LL_CODE_WEAK_PROTOCOL;
    }
  if (is_weak_cipher (tls))
    {
      *detail = g_strdup_printf (N_ ("its encryption is too weak (%s, %d bit)"), tls->cipher,
                                 tls->bits);
      return LL_CODE_WEAK_CIPHER;
    }
  if (is_weak_key (tls))
    {
      *detail = g_strdup_printf (N_ ("its key is too short (%s)"), tls->key);
      return LL_CODE_WEAK_KEY;
    }
  if (ephemeral_dh_bits > 0 && ephemeral_dh_bits < LL_TLS_RSA_BITS_MIN)
    {
      *detail
          = g_strdup_printf (N_ ("its key exchange is too weak (DH %d bit)"), ephemeral_dh_bits);
      return LL_CODE_WEAK_KEY;
    }
  return LL_CODE_NONE;
}
