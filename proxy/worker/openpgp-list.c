/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "worker/openpgp.h"

#include "api/names.h"
#include "base/clock.h"
#include "base/error.h"
#include "wire/address.h"
#include "worker/worker.h"

#include <string.h>

/* More keys for one address are an attack or a mess; the first ones are told. */
#define KEYS_MAX 64

#define BITS_MIN 2048

/* -- which user ids are the address ---------------------------------------------------------- */

/* The address of a user id as gpgme found it, between its first brackets. Local parts are compared
 * to the letter first, then without case (facts/protection.md A.4). */
static gboolean
is_address (gpgme_user_id_t uid, const char *address, gboolean exactly)
{
  g_autofree char *normal = NULL;

  if (uid->address == NULL || *uid->address == '\0')
    return FALSE;
  normal = ll_address_normalise (uid->address, NULL, NULL);
  if (normal == NULL)
    return FALSE;
  return exactly ? strcmp (normal, address) == 0 : g_ascii_strcasecmp (normal, address) == 0;
}

static gpgme_user_id_t
find_uid (gpgme_key_t key, const char *address)
{
  for (guint exactly = 2; exactly-- > 0;)
    for (gpgme_user_id_t uid = key->uids; uid != NULL; uid = uid->next)
      if (is_address (uid, address, exactly != 0))
        return uid;
  return NULL;
}

/* -- what is wrong with a key ------------------------------------------------------------------ */

static gboolean
is_over (gpgme_subkey_t subkey, gint64 now)
{
  return subkey->expired || (subkey->expires > 0 && subkey->expires <= now);
}

static gboolean
is_weak (gpgme_subkey_t subkey)
{
  switch (subkey->pubkey_algo)
    {
    case GPGME_PK_RSA:
    case GPGME_PK_RSA_E:
    case GPGME_PK_RSA_S:
    case GPGME_PK_ELG:
    case GPGME_PK_ELG_E:
    case GPGME_PK_DSA:
      return subkey->length < BITS_MIN;
    case GPGME_PK_ECC: /* of curves, the weakest that gpg knows will do */
    case GPGME_PK_ECDSA:
    case GPGME_PK_ECDH:
    case GPGME_PK_EDDSA:
      return FALSE;
    }
  return FALSE; /* what a newer gpg knows */
}

static LlKeyDefect
subkey_defect (gpgme_subkey_t subkey, gint64 now)
{
  if (subkey->revoked)
    return LL_KEY_REVOKED;
  if (is_over (subkey, now))
    return LL_KEY_EXPIRED;
  if (subkey->disabled)
    return LL_KEY_DISABLED;
  if (subkey->timestamp > now)
    return LL_KEY_NOT_YET; /* gpg does not take it */
  return subkey->invalid ? LL_KEY_MALFORMED : LL_KEY_SOUND;
}

/* Gpg takes the newest subkey that can encrypt. Where none can: the newest that could, if any. */
typedef struct
{
  gpgme_subkey_t subkey;
  LlKeyDefect defect; /* why gpg does not take it */
  guint count;        /* of those that gpg could take */
} Encryption;

static Encryption
encryption_of (gpgme_key_t key, gint64 now)
{
  Encryption best = { NULL, LL_KEY_SIGN_ONLY, 0 };

  for (gpgme_subkey_t subkey = key->subkeys; subkey != NULL; subkey = subkey->next)
    {
      LlKeyDefect defect = subkey_defect (subkey, now);
      gboolean sound = defect == LL_KEY_SOUND;

      if (!subkey->can_encrypt || (best.count > 0 && !sound))
        continue;
      if (best.subkey == NULL || (sound && best.count == 0)
          || subkey->timestamp >= best.subkey->timestamp)
        {
          best.subkey = subkey;
          best.defect = defect;
        }
      best.count += sound;
    }
  return best;
}

/* Whatever it is to be used for. */
static LlKeyDefect
primary_defect (gpgme_key_t key, gpgme_user_id_t uid, gint64 now)
{
  if (key->revoked)
    return LL_KEY_REVOKED;
  if (key->expired || is_over (key->subkeys, now))
    return LL_KEY_EXPIRED;
  if (key->disabled)
    return LL_KEY_DISABLED;
  if (key->subkeys->timestamp > now)
    return LL_KEY_NOT_YET; /* gpg calls it invalid */
  if (key->invalid)
    return LL_KEY_MALFORMED;
  if (uid == NULL || uid->revoked || uid->invalid)
    return LL_KEY_OTHER_ADDRESS;
  return is_weak (key->subkeys) ? LL_KEY_WEAK : LL_KEY_SOUND;
}

static LlKeyDefect
defect_of (gpgme_key_t key, gpgme_user_id_t uid, const Encryption *encryption, gint64 now)
{
  LlKeyDefect defect = primary_defect (key, uid, now);

  if (defect != LL_KEY_SOUND)
    return defect;
  if (encryption->defect != LL_KEY_SOUND)
    return encryption->defect;
  return is_weak (encryption->subkey) ? LL_KEY_WEAK : LL_KEY_SOUND;
}

static gboolean
can_sign (gpgme_key_t key, gpgme_user_id_t uid, gint64 now)
{
  gboolean sound = FALSE;

  for (gpgme_subkey_t subkey = key->subkeys; subkey != NULL; subkey = subkey->next)
    sound |= subkey->can_sign && subkey_defect (subkey, now) == LL_KEY_SOUND;
  return sound && primary_defect (key, uid, now) == LL_KEY_SOUND;
}

/* Whichever ends first, 0: neither does. */
static gint64
end_of (gpgme_subkey_t one, gpgme_subkey_t other)
{
  if (one->expires == 0 || other->expires == 0)
    return MAX (one->expires, other->expires);
  return MIN (one->expires, other->expires);
}

/* What a sentence about @defect is about. */
static gpgme_subkey_t
shown_of (gpgme_key_t key, const Encryption *encryption, LlKeyDefect defect)
{
  if (encryption->subkey == NULL || (defect == LL_KEY_WEAK && !is_weak (encryption->subkey)))
    return key->subkeys;
  return encryption->subkey;
}

/* -- as a dictionary ------------------------------------------------------------------------- */

static GVariant *
addresses_of (gpgme_key_t key)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (gpgme_user_id_t uid = key->uids; uid != NULL; uid = uid->next)
    {
      g_autofree char *normal = NULL;

      if (uid->revoked || uid->invalid || uid->address == NULL)
        continue;
      normal = ll_address_normalise (uid->address, NULL, NULL);
      if (normal != NULL)
        g_variant_builder_add (&builder, "s", normal);
    }
  return g_variant_builder_end (&builder);
}

/* Of all subkeys that can or could encrypt: an old letter may name an old one. */
static GVariant *
ids_of (gpgme_key_t key)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (gpgme_subkey_t subkey = key->subkeys; subkey != NULL; subkey = subkey->next)
    {
      g_autofree char *id = g_ascii_strdown (subkey->keyid, -1);
      g_autofree char *word = g_strconcat ("pgp:", id, NULL);

      if (subkey->can_encrypt || subkey->expired || subkey->revoked)
        g_variant_builder_add (&builder, "s", word);
    }
  return g_variant_builder_end (&builder);
}

static void
add_text (GVariantDict *dict, const char *key, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);

  g_variant_dict_insert (dict, key, "s", valid);
}

static GVariant *
to_variant (gpgme_key_t key, const char *address)
{
  gpgme_user_id_t uid = find_uid (key, address);
  gint64 now = ll_clock_now ();
  Encryption encryption = encryption_of (key, now);
  LlKeyDefect defect = defect_of (key, uid, &encryption, now);
  gpgme_subkey_t shown = shown_of (key, &encryption, defect);
  gpgme_subkey_t start = defect == LL_KEY_NOT_YET ? shown : key->subkeys;
  g_autofree char *algorithm = gpgme_pubkey_algo_string (shown);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  add_text (&dict, "fingerprint", key->subkeys->fpr);
  add_text (&dict, "user_id", uid != NULL ? uid->uid : key->uids != NULL ? key->uids->uid : NULL);
  g_variant_dict_insert_value (&dict, "addresses", addresses_of (key));
  g_variant_dict_insert_value (&dict, "ids", ids_of (key));
  g_variant_dict_insert (&dict, "created", "x", (gint64) start->timestamp);
  g_variant_dict_insert (&dict, "expires", "x", end_of (key->subkeys, shown));
  g_variant_dict_insert (&dict, "bits", "u", (guint32) shown->length);
  add_text (&dict, "algorithm", algorithm);
  add_text (&dict, "subkey", shown->fpr);
  g_variant_dict_insert (&dict, "subkeys", "u", (guint32) encryption.count);
  add_text (&dict, "defect", ll_key_defect_name (defect));
  g_variant_dict_insert (&dict, "validity", "u",
                         (guint32) (uid != NULL ? uid->validity : GPGME_VALIDITY_UNKNOWN));
  g_variant_dict_insert (&dict, "signs", "b", can_sign (key, uid, now));
  return g_variant_dict_end (&dict);
}

/* -- the verbs ------------------------------------------------------------------------------- */

/* All keys of the listing that was begun, those of @address only, or all with @any. */
static GVariant *
collect (gpgme_ctx_t context, const char *address, gboolean any, GError **error)
{
  GVariantBuilder builder;
  gpgme_error_t code;
  gpgme_key_t key;
  guint n = 0;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  while ((code = gpgme_op_keylist_next (context, &key)) == 0)
    {
      if (n < KEYS_MAX && key->subkeys != NULL && (any || find_uid (key, address) != NULL))
        {
          g_variant_builder_add_value (&builder, to_variant (key, address));
          n++;
        }
      gpgme_key_unref (key);
    }
  if (gpgme_err_code (code) != GPG_ERR_EOF)
    {
      g_variant_builder_clear (&builder);
      openpgp_set_error (error, code, FALSE, "The keys cannot be read");
      return NULL;
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
with_keys (GVariant *keys)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "keys", keys);
  return g_variant_dict_end (&dict);
}

/* The whole keyring is listed and compared here: an address is never a pattern for an engine
 * (facts/protection.md 0.2). */
static GVariant *
list (GVariant *arguments, gboolean secret, GError **error)
{
  g_autofree char *address = NULL;
  gpgme_ctx_t context;
  GVariant *keys = NULL;
  gpgme_error_t code;

  if (!g_variant_lookup (arguments, "address", "s", &address))
    {
      g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED, "no address was given");
      return NULL;
    }
  context = openpgp_new (error);
  if (context == NULL)
    return NULL;
  code = gpgme_op_keylist_start (context, NULL, secret);
  if (code != 0)
    openpgp_set_error (error, code, FALSE, "The keyring cannot be read");
  else
    keys = collect (context, address, FALSE, error);
  gpgme_release (context);
  return keys != NULL ? with_keys (keys) : NULL;
}

GVariant *
worker_list (GVariant *arguments, const int *fds, guint n_fds, GError **error)
{
  return list (arguments, FALSE, error);
}

GVariant *
worker_own (GVariant *arguments, const int *fds, guint n_fds, GError **error)
{
  if (!openpgp_has_secrets ())
    return with_keys (g_variant_new ("aa{sv}", NULL));
  return openpgp_needs_agent (error) ? list (arguments, TRUE, error) : NULL;
}

GVariant *
worker_inspect (GVariant *arguments, const int *fds, guint n_fds, GError **error)
{
  g_autoptr (GVariant) blob = g_variant_lookup_value (arguments, "blob", G_VARIANT_TYPE_BYTESTRING);
  g_autofree char *address = NULL;
  gpgme_data_t data = NULL;
  gpgme_ctx_t context;
  GVariant *keys = NULL;
  gpgme_error_t code;

  if (blob == NULL || !g_variant_lookup (arguments, "address", "s", &address))
    {
      g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED, "no key was given");
      return NULL;
    }
  context = openpgp_new (error);
  if (context == NULL)
    return NULL;
  code = gpgme_data_new_from_mem (&data, g_variant_get_data (blob), g_variant_get_size (blob), 0);
  if (code == 0)
    code = gpgme_op_keylist_from_data_start (context, data, 0);
  if (code != 0)
    openpgp_set_error (error, code, FALSE, "The key cannot be read");
  else
    keys = collect (context, address, TRUE, error);
  gpgme_release (context);
  if (data != NULL)
    gpgme_data_release (data);
  return keys != NULL ? with_keys (keys) : NULL;
}

/* What gpg wrote, as text. (transfer full) */
static char *
text_of (gpgme_data_t data)
{
  gsize length = 0;
  char *bytes = gpgme_data_release_and_get_mem (data, &length);
  char *text = g_strndup (bytes != NULL ? bytes : "", length);

  gpgme_free (bytes);
  return text;
}

GVariant *
worker_export (GVariant *arguments, const int *fds, guint n_fds, GError **error)
{
  g_autofree char *fingerprint = NULL;
  g_autofree char *text = NULL;
  gpgme_data_t data = NULL;
  gpgme_ctx_t context;
  GVariantDict dict;
  gpgme_error_t code;

  /* a whole fingerprint and nothing else: what is a pattern for gpg could be anybody's */
  if (!g_variant_lookup (arguments, "fingerprint", "s", &fingerprint) || strlen (fingerprint) != 40
      || strspn (fingerprint, "0123456789abcdef") != 40)
    {
      g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED, "no key was named");
      return NULL;
    }
  context = openpgp_new (error);
  if (context == NULL)
    return NULL;
  gpgme_set_armor (context, 1);
  code = gpgme_data_new (&data);
  if (code == 0)
    code = gpgme_op_export (context, fingerprint, GPGME_EXPORT_MODE_MINIMAL, data);
  gpgme_release (context);
  text = data != NULL ? text_of (data) : NULL;
  if (code != 0)
    {
      openpgp_set_error (error, code, FALSE, "The key cannot be exported");
      return NULL;
    }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "key", "s", text);
  return g_variant_dict_end (&dict);
}
