/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/key.h"

#include "api/intl.h"
#include "base/clock.h"

#include <string.h>

LlKey *
ll_key_new (LlMethod method, LlKeySource source)
{
  LlKey *key = g_new0 (LlKey, 1);

  key->ref_count = 1;
  key->method = method;
  key->source = source;
  key->trust = LL_TRUST_UNCHECKED;
  key->found = ll_clock_now ();
  return key;
}

LlKey *
ll_key_ref (LlKey *key)
{
  g_atomic_int_inc (&key->ref_count);
  return key;
}

void
ll_key_unref (LlKey *key)
{
  if (key == NULL || !g_atomic_int_dec_and_test (&key->ref_count))
    return;
  g_free (key->fingerprint);
  g_free (key->user_id);
  g_strfreev (key->addresses);
  g_free (key->algorithm);
  g_free (key->issuer);
  g_free (key->note);
  g_strfreev (key->ids);
  g_clear_pointer (&key->issuers, g_ptr_array_unref);
  g_clear_pointer (&key->blob, g_bytes_unref);
  g_clear_pointer (&key->pin, g_bytes_unref);
  g_free (key);
}

LlKey *
ll_key_copy (const LlKey *key)
{
  LlKey *copy = g_new (LlKey, 1);

  *copy = *key;
  copy->ref_count = 1;
  copy->fingerprint = g_strdup (key->fingerprint);
  copy->user_id = g_strdup (key->user_id);
  copy->addresses = g_strdupv (key->addresses);
  copy->algorithm = g_strdup (key->algorithm);
  copy->issuer = g_strdup (key->issuer);
  copy->note = g_strdup (key->note);
  copy->ids = g_strdupv (key->ids);
  copy->issuers = key->issuers != NULL ? g_ptr_array_ref (key->issuers) : NULL;
  copy->blob = key->blob != NULL ? g_bytes_ref (key->blob) : NULL;
  copy->pin = key->pin != NULL ? g_bytes_ref (key->pin) : NULL;
  return copy;
}

gboolean
ll_key_is_for (const LlKey *key, const char *address, gboolean loosely)
{
  for (guint i = 0; key->addresses != NULL && key->addresses[i] != NULL; i++)
    if (loosely ? g_ascii_strcasecmp (key->addresses[i], address) == 0
                : strcmp (key->addresses[i], address) == 0)
      return TRUE;
  return FALSE;
}

void
ll_key_expect (LlKey *key, const char *address)
{
  if (key->defect == LL_KEY_SOUND && !ll_key_is_for (key, address, TRUE))
    key->defect = LL_KEY_OTHER_ADDRESS;
}

gboolean
ll_key_is_sound (const LlKey *key, gint64 now)
{
  return key->defect == LL_KEY_SOUND && (key->expires == 0 || key->expires > now)
         && key->created <= now;
}

/* "2026-11-01" */
static char *
date (gint64 when)
{
  g_autofree char *text = ll_clock_format (when);

  return g_strndup (text != NULL ? text : "", 10);
}

/* Time alone makes a defect, too. */
static LlKeyDefect
defect_at (const LlKey *key, gint64 now)
{
  if (key->defect != LL_KEY_SOUND)
    return key->defect;
  if (key->expires > 0 && key->expires <= now)
    return LL_KEY_EXPIRED;
  return key->created > now ? LL_KEY_NOT_YET : LL_KEY_SOUND;
}

char *
ll_key_defect_text (const LlKey *key)
{
  gint64 now = ll_clock_now ();
  LlKeyDefect defect = defect_at (key, now);
  g_autofree char *end = date (key->expires);
  g_autofree char *start = date (key->created);

  switch (defect)
    {
    case LL_KEY_SOUND:
      return NULL;
    case LL_KEY_EXPIRED:
      return *end != '\0' ? g_strdup_printf (N_ ("expired on %s"), end)
                          : g_strdup (N_ ("has expired"));
    case LL_KEY_NOT_YET:
      return g_strdup_printf (N_ ("is valid only from %s on; check this computer's clock"), start);
    case LL_KEY_REVOKED:
      return g_strdup (key->method == LL_METHOD_SMIME ? N_ ("was revoked by its issuer")
                                                      : N_ ("was revoked by its owner"));
    case LL_KEY_DISABLED:
      return g_strdup (N_ ("is disabled in your keyring"));
    case LL_KEY_SIGN_ONLY:
      return g_strdup (N_ ("can sign but not encrypt"));
    case LL_KEY_WEAK:
      return g_strdup_printf (N_ ("is too weak (%s)"), key->algorithm);
    case LL_KEY_OTHER_ADDRESS:
      return g_strdup (N_ ("does not name this address"));
    case LL_KEY_UNSUPPORTED:
      return g_strdup (N_ ("has a format that the installed GnuPG does not support"));
    case LL_KEY_MALFORMED:
      return g_strdup (N_ ("is damaged"));
    case LL_KEY_ALGORITHM:
      return g_strdup (N_ ("asks for ciphers that protect nothing any more"));
    case LL_KEY_OTHER_USE:
      return g_strdup (N_ ("is not made for mail"));
    }
  g_return_val_if_reached (NULL);
}

static void
add (GVariantDict *dict, const char *name, const char *text)
{
  if (text != NULL && *text != '\0')
    g_variant_dict_insert (dict, name, "s", text);
}

static void
add_time (GVariantDict *dict, const char *name, gint64 when)
{
  g_autofree char *text = ll_clock_format (when);

  add (dict, name, text);
}

GVariant *
ll_key_to_variant (const LlKey *key)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  add (&dict, "method", ll_method_name (key->method));
  add (&dict, "fingerprint", key->fingerprint);
  add (&dict, "user_id", key->user_id);
  if (key->addresses != NULL)
    g_variant_dict_insert (&dict, "addresses", "^as", key->addresses);
  add (&dict, "source", ll_key_source_name (key->source));
  add (&dict, "trust", ll_trust_name (key->trust));
  add (&dict, "defect", ll_key_defect_name (key->defect));
  add_time (&dict, "found", key->found);
  add_time (&dict, "created", key->created);
  add_time (&dict, "expires", key->expires);
  if (key->bits != 0)
    g_variant_dict_insert (&dict, "bits", "u", (guint32) key->bits);
  add (&dict, "algorithm", key->algorithm);
  add (&dict, "issuer", key->issuer);
  add (&dict, "note", key->note);
  return g_variant_dict_end (&dict);
}

static gboolean
is_fingerprint (const char *text)
{
  gsize length = strlen (text);

  return length >= 40 && length <= 64 && strspn (text, "0123456789abcdef") == length;
}

/* What the web of trust of the user's own keyring says; numbers as in gpgme_validity_t. */
static LlTrust
trust_of (guint32 validity)
{
  switch (validity)
    {
    case 2: /* never */
      return LL_TRUST_REJECTED;
    case 4: /* full: he certified it, or somebody he trusts did */
    case 5: /* ultimate */
      return LL_TRUST_ACCEPTED;
    default:
      return LL_TRUST_KEPT;
    }
}

LlKey *
ll_key_from_engine (GVariant *dictionary, LlKeySource source)
{
  g_autoptr (LlKey) key = ll_key_new (LL_METHOD_PGP, source);
  const char *fingerprint = "";
  const char *defect = "malformed";
  guint32 validity = 0;

  g_variant_lookup (dictionary, "fingerprint", "&s", &fingerprint);
  key->fingerprint = g_ascii_strdown (fingerprint, -1);
  if (!is_fingerprint (key->fingerprint))
    return NULL;
  g_variant_lookup (dictionary, "user_id", "s", &key->user_id);
  g_variant_lookup (dictionary, "addresses", "^as", &key->addresses);
  g_variant_lookup (dictionary, "ids", "^as", &key->ids);
  g_variant_lookup (dictionary, "created", "x", &key->created);
  g_variant_lookup (dictionary, "expires", "x", &key->expires);
  g_variant_lookup (dictionary, "bits", "u", &key->bits);
  g_variant_lookup (dictionary, "algorithm", "s", &key->algorithm);
  g_variant_lookup (dictionary, "signs", "b", &key->signs);
  g_variant_lookup (dictionary, "defect", "&s", &defect);
  g_variant_lookup (dictionary, "validity", "u", &validity);
  if (source == LL_KEY_SOURCE_GNUPG)
    key->trust = trust_of (validity);
  if (*defect != '\0' && !ll_key_defect_from_name (defect, &key->defect))
    key->defect = LL_KEY_MALFORMED;
  return g_steal_pointer (&key);
}
