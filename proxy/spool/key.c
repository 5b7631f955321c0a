/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/key.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hex.h"
#include "spool/cipher.h"
#include "spool/store-private.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define PURPOSE "spool-key"
#define FILE_LENGTH 56

/* One ephemeral pair serves that many letters. */
#define SEALER_LETTERS 1000

/* A locked keyring is not asked for each of a hundred letters. */
#define ASK_AGAIN 2000

struct _LlStoreKey
{
  char *path;
  LlSecretStore *secrets; /* (not owned) */
  GThread *thread;
  GCancellable *stop;
  GMutex lock; /* of all below; never held while the keyring is asked */
  guint8 public_half[LL_SEAL_HALF];
  guint8 id[LL_KEY_ID_LENGTH];
  LlSealer *sealer;           /* to the public half, or NULL */
  guint sealed;               /* letters by it */
  GHashTable *private_halves; /* key id in hex -> LlSecret */
  LlDeadline ask_again;
};

static const char magic[8] = "LLkey\0\0\1";

static void
id_of (const guint8 public_half[LL_SEAL_HALF], guint8 id[LL_KEY_ID_LENGTH])
{
  guint8 digest[EVP_MAX_MD_SIZE];

  if (!EVP_Digest (public_half, LL_SEAL_HALF, digest, NULL, ll_cipher_sha256 (), NULL))
    abort ();
  memcpy (id, digest, LL_KEY_ID_LENGTH);
}

/* The private half rests as hex: keyrings are made for text. (transfer full) */
static LlSecret *
to_text (const LlSecret *raw)
{
  char hex[2 * LL_SEAL_HALF + 1];
  LlSecret *text;

  for (gsize i = 0; i < LL_SEAL_HALF; i++)
    g_snprintf (hex + 2 * i, 3, "%02x", (guint8) ll_secret_peek (raw)[i]);
  text = ll_secret_new_string (hex);
  ll_secret_wipe (hex, sizeof hex);
  return text;
}

/* NULL when it is no private half. (transfer full) */
static LlSecret *
from_text (const LlSecret *text)
{
  char raw[LL_SEAL_HALF];
  const char *hex = ll_secret_peek (text);
  LlSecret *secret;

  if (ll_secret_length (text) != 2 * LL_SEAL_HALF
      || strspn (hex, "0123456789abcdef") != 2 * LL_SEAL_HALF)
    return NULL;
  for (gsize i = 0; i < sizeof raw; i++)
    raw[i]
        = (char) (g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
  secret = ll_secret_new (raw, sizeof raw);
  ll_secret_wipe (raw, sizeof raw);
  return secret;
}

static gboolean
keep_private (LlStoreKey *key, const char *name, const LlSecret *text, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (ll_secret_store_save (key->secrets, PURPOSE, name, text, key->stop, &local))
    return TRUE;
  /* A keyring that is locked on the very first day: the file keeps it until that opens. */
  g_clear_error (&local);
  if (ll_secret_store_save_here (key->secrets, PURPOSE, name, text, &local))
    return TRUE;
  g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_IO,
               "The key of the spool cannot be kept anywhere: %s", local->message);
  return FALSE;
}

/* The private half is kept before the public one can be used. */
static gboolean
make_pair (LlStoreKey *key, GError **error)
{
  guint8 file[FILE_LENGTH];
  guint8 digest[EVP_MAX_MD_SIZE];
  guint8 id[LL_KEY_ID_LENGTH];
  g_autoptr (LlSecret) raw = ll_seal_new_pair (file + sizeof magic);
  g_autoptr (LlSecret) text = to_text (raw);
  g_autoptr (GError) local = NULL;
  g_autofree char *name = NULL;

  memcpy (file, magic, sizeof magic);
  if (!EVP_Digest (file, 40, digest, NULL, ll_cipher_sha256 (), NULL))
    abort ();
  memcpy (file + 40, digest, 16);
  id_of (file + sizeof magic, id);
  name = ll_hex (id, sizeof id);
  if (!keep_private (key, name, text, error))
    return FALSE;
  if (!ll_file_replace (key->path, file, sizeof file, &local))
    return ll_store_take_error (error, g_steal_pointer (&local));
  g_mutex_lock (&key->lock);
  memcpy (key->public_half, file + sizeof magic, LL_SEAL_HALF);
  memcpy (key->id, id, sizeof id);
  g_clear_pointer (&key->sealer, ll_sealer_unref);
  g_hash_table_insert (key->private_halves, g_steal_pointer (&name), g_steal_pointer (&raw));
  g_mutex_unlock (&key->lock);
  return TRUE;
}

static gboolean
load_public (LlStoreKey *key)
{
  g_autoptr (GBytes) bytes = ll_file_load (key->path, FILE_LENGTH, NULL);
  guint8 digest[EVP_MAX_MD_SIZE];
  const guint8 *file;

  if (bytes == NULL || g_bytes_get_size (bytes) != FILE_LENGTH)
    return FALSE;
  file = g_bytes_get_data (bytes, NULL);
  if (!EVP_Digest (file, 40, digest, NULL, ll_cipher_sha256 (), NULL))
    abort ();
  if (memcmp (file, magic, sizeof magic) != 0 || memcmp (file + 40, digest, 16) != 0)
    return FALSE;
  memcpy (key->public_half, file + sizeof magic, LL_SEAL_HALF);
  id_of (key->public_half, key->id);
  return TRUE;
}

static gpointer
look_thread (gpointer data)
{
  LlStoreKey *key = data;
  guint8 id[LL_KEY_ID_LENGTH];
  g_autoptr (GError) error = NULL;
  g_autoptr (LlSecret) found = NULL;

  g_mutex_lock (&key->lock);
  memcpy (id, key->id, sizeof id);
  g_mutex_unlock (&key->lock);
  found = ll_store_key_private (key, id, &error);
  if (g_error_matches (error, LL_STORE_ERROR, LL_STORE_ERROR_LOST))
    {
      g_clear_error (&error);
      if (!make_pair (key, &error))
        g_warning ("%s", error->message);
    }
  return NULL;
}

LlStoreKey *
ll_store_key_new (const char *folder, LlSecretStore *secrets, GError **error)
{
  LlStoreKey *key = g_new0 (LlStoreKey, 1);

  key->path = g_build_filename (folder, "key.pub", NULL);
  key->secrets = secrets;
  key->stop = g_cancellable_new ();
  g_mutex_init (&key->lock);
  key->private_halves
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) ll_secret_free);
  if (load_public (key))
    key->thread = g_thread_new ("spool-key", look_thread, key);
  else if (!make_pair (key, error))
    g_clear_pointer (&key, ll_store_key_free);
  return key;
}

void
ll_store_key_free (LlStoreKey *key)
{
  if (key == NULL)
    return;
  g_cancellable_cancel (key->stop);
  if (key->thread != NULL)
    g_thread_join (key->thread);
  g_object_unref (key->stop);
  ll_sealer_unref (key->sealer);
  g_hash_table_unref (key->private_halves);
  g_mutex_clear (&key->lock);
  g_free (key->path);
  g_free (key);
}

LlSealer *
ll_store_key_sealer (LlStoreKey *key, guint8 key_id[LL_KEY_ID_LENGTH])
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&key->lock);

  if (key->sealer == NULL || key->sealed == SEALER_LETTERS)
    {
      ll_sealer_unref (key->sealer);
      key->sealer = ll_sealer_new (key->public_half);
      key->sealed = 0;
    }
  key->sealed++;
  memcpy (key_id, key->id, LL_KEY_ID_LENGTH);
  return ll_sealer_ref (key->sealer);
}

/* NULL and no *again: ask. (transfer full) */
static LlSecret *
remembered (LlStoreKey *key, const char *name, gboolean *again)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&key->lock);
  LlSecret *secret = g_hash_table_lookup (key->private_halves, name);

  *again = key->ask_again != 0 && ll_deadline_left (key->ask_again) > 0;
  return ll_secret_copy (secret);
}

static LlSecret *
set_unavailable (LlStoreKey *key, const GError *cause, GError **error)
{
  if (g_error_matches (cause, LL_SECRET_ERROR, LL_SECRET_ERROR_ABSENT))
    {
      g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_LOST,
                   "The key that opens the letter is gone: %s", cause->message);
      return NULL;
    }
  g_mutex_lock (&key->lock);
  key->ask_again = ll_deadline_in (ASK_AGAIN);
  g_mutex_unlock (&key->lock);
  g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_LOCKED,
               "The key that opens the letter cannot be had now: %s", cause->message);
  return NULL;
}

LlSecret *
ll_store_key_private (LlStoreKey *key, const guint8 key_id[LL_KEY_ID_LENGTH], GError **error)
{
  g_autofree char *name = ll_hex (key_id, LL_KEY_ID_LENGTH);
  g_autoptr (GError) local = NULL;
  g_autoptr (LlSecret) text = NULL;
  gboolean again;
  LlSecret *raw = remembered (key, name, &again);

  if (raw != NULL)
    return raw;
  if (again)
    {
      g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_LOCKED,
                   "The key that opens the letter cannot be had now: the keyring is locked");
      return NULL;
    }
  text = ll_secret_store_lookup (key->secrets, PURPOSE, name, key->stop, &local);
  if (text == NULL)
    return set_unavailable (key, local, error);
  raw = from_text (text);
  if (raw == NULL)
    {
      g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_LOST,
                   "What the keyring has is not the key that opens the letter");
      return NULL;
    }
  g_mutex_lock (&key->lock);
  g_hash_table_replace (key->private_halves, g_steal_pointer (&name), ll_secret_copy (raw));
  g_mutex_unlock (&key->lock);
  return raw;
}
