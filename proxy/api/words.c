/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/words.h"

#include "api/intl.h"

static const struct
{
  const char *key;
  const char *value;
  const char *words;
} table[] = {
  { "security", "tls", N_ ("TLS from the first byte") },
  { "security", "starttls", N_ ("STARTTLS, or not at all") },

  { "auth", "password", N_ ("with a password") },
  { "auth", "oauth2", N_ ("with a permission of the provider (OAuth2)") },
  { "auth", "client", N_ ("with the password that your mail program sends") },
  { "auth", "certificate", N_ ("with a certificate") },
  { "auth", "none", N_ ("without") },

  { "sign_in", "never", N_ ("not given yet") },
  { "sign_in", "signed-in", N_ ("given") },
  { "sign_in", "sign-in-again", N_ ("ended: sign in again") },
  { "sign_in", "refused", N_ ("refused by the provider") },
  { "sign_in", "locked", N_ ("not known while your keyring is locked") },

  { "preset", "everyday", N_ ("Everyday") },
  { "preset", "careful", N_ ("Careful") },
  { "preset", "confidential", N_ ("Confidential") },
  { "preset", "regulated", N_ ("Regulated") },

  { "sign", "none", N_ ("no") },
  { "sign", "pgp", N_ ("with PGP") },
  { "sign", "smime", N_ ("with S/MIME") },

  { "mode", "opportunistic", N_ ("Send it, and say how it went") },
  { "mode", "forced", N_ ("Lock it where the way is open") },
  { "mode", "exclusive", N_ ("TLS, or not at all") },
  { "mode", "encrypt", N_ ("Always lock it") },

  { "minimum", "encrypted", N_ ("encrypted") },
  { "minimum", "verified", N_ ("encrypted, with a verified server") },
  { "minimum", "policy", N_ ("protected by a policy of the domain") },
  { "minimum", "assured", N_ ("assured") },

  { "unknown", "send", N_ ("send it") },
  { "unknown", "lock", N_ ("lock it") },
  { "unknown", "hold", N_ ("hold it") },

  { "source", "gnupg", N_ ("your GnuPG keyring") },
  { "source", "imported", N_ ("what you imported") },
  { "source", "wkd", N_ ("the web key directory of their domain") },
  { "source", "dane", N_ ("the signed DNS of their domain") },
  { "source", "keyserver", N_ ("the key server") },
  { "source", "ldap", N_ ("the directory") },

  { "trust", "rejected", N_ ("you said no") },
  { "trust", "unchecked", N_ ("nobody vouches for it") },
  { "trust", "kept", N_ ("lies in your own keyring") },
  { "trust", "published", N_ ("their own domain publishes it now") },
  { "trust", "verified", N_ ("its issuer is trusted") },
  { "trust", "accepted", N_ ("you accepted it") },

  { "defect", "expired", N_ ("has ended") },
  { "defect", "not-yet", N_ ("is not valid yet") },
  { "defect", "revoked", N_ ("was revoked") },
  { "defect", "disabled", N_ ("is switched off") },
  { "defect", "sign-only", N_ ("can only sign") },
  { "defect", "weak", N_ ("is too short") },
  { "defect", "other-address", N_ ("is not for this address") },
  { "defect", "unsupported", N_ ("of a kind that is not known here") },
  { "defect", "malformed", N_ ("is damaged") },
  { "defect", "algorithm", N_ ("asks for ciphers that are none any more") },
  { "defect", "other-use", N_ ("was not made for mail") },

  { "dane", "published", N_ ("keys are published") },
  { "dane", "match", N_ ("the certificate is the one that is published") },
  { "dane", "mismatch", N_ ("the certificate is not the one that is published") },
  { "dane", "unusable", N_ ("what is published cannot be used") },
  { "dane", "unobtainable", N_ ("what is published could not be had") },

  { "step", "connect", N_ ("Connected") },
  { "step", "tls", N_ ("Encryption") },
  { "step", "certificate", N_ ("Certificate") },
  { "step", "root", N_ ("Issuer") },
  { "step", "sign-in", N_ ("Sign-in") },
  { "step", "offers", N_ ("Offers") },
  { "step", "suggestion", N_ ("Suggestion") },
  { "step", "problem", N_ ("Problem") },
};

const char *
ll_words_of (const char *key, const char *value)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_str_equal (table[i].key, key) && g_str_equal (table[i].value, value))
      return _ (table[i].words);
  return value;
}
