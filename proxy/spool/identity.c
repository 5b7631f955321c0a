/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/identity.h"

#include "base/file.h"
#include "spool/cipher.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#define AHEAD 1000
#define HALF_BITS 24
#define HALF_MASK ((1u << HALF_BITS) - 1)
#define ROUNDS 6

/* The file: magic, key of the permutation, first number that was never handed out. */
typedef struct
{
  char magic[8];
  guint8 key[16];
  guint64 ahead; /* big-endian */
} Record;

struct _LlIdentity
{
  char *path;
  GMutex lock;
  Record record;
  guint64 next;
};

static const char magic[8] = "LLids\0\0\1";

static gboolean
reserve (LlIdentity *identity, GError **error)
{
  Record record = identity->record;

  record.ahead = GUINT64_TO_BE (identity->next + AHEAD);
  if (!ll_file_replace (identity->path, &record, sizeof record, error))
    return FALSE;
  identity->record = record;
  return TRUE;
}

LlIdentity *
ll_identity_new (const char *path)
{
  g_autoptr (LlIdentity) identity = g_new0 (LlIdentity, 1);
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes = ll_file_load (path, sizeof identity->record, &local);

  g_mutex_init (&identity->lock);
  identity->path = g_strdup (path);
  if (bytes != NULL && g_bytes_get_size (bytes) == sizeof identity->record)
    memcpy (&identity->record, g_bytes_get_data (bytes, NULL), sizeof identity->record);
  if (memcmp (identity->record.magic, magic, sizeof magic) != 0)
    {
      /* New, or damaged: another permutation makes old ids as unlikely as chance allows. */
      memcpy (identity->record.magic, magic, sizeof magic);
      if (RAND_bytes (identity->record.key, sizeof identity->record.key) <= 0)
        abort ();
      identity->record.ahead = 0;
    }
  identity->next = GUINT64_FROM_BE (identity->record.ahead);
  /* on a full disk we start all the same: the first id is where it is missed */
  (void) reserve (identity, NULL);
  return g_steal_pointer (&identity);
}

void
ll_identity_free (LlIdentity *identity)
{
  if (identity == NULL)
    return;
  g_mutex_clear (&identity->lock);
  g_free (identity->path);
  g_free (identity);
}

static guint32
round_value (const Record *record, guint round, guint32 half)
{
  guint8 input[sizeof record->key + 5];
  guint8 digest[EVP_MAX_MD_SIZE];
  guint32 big = GUINT32_TO_BE (half);
  guint32 value;

  memcpy (input, record->key, sizeof record->key);
  input[sizeof record->key] = (guint8) round;
  memcpy (input + sizeof record->key + 1, &big, sizeof big);
  if (!EVP_Digest (input, sizeof input, digest, NULL, ll_cipher_sha256 (), NULL))
    abort ();
  memcpy (&value, digest, sizeof value);
  return GUINT32_FROM_BE (value) & HALF_MASK;
}

/* A Feistel network: a permutation whatever the round function is, so no id comes twice. */
static guint64
permute (const Record *record, guint64 number)
{
  guint32 left = (guint32) (number >> HALF_BITS) & HALF_MASK;
  guint32 right = (guint32) number & HALF_MASK;

  for (guint i = 0; i < ROUNDS; i++)
    {
      guint32 next = left ^ round_value (record, i, right);

      left = right;
      right = next;
    }
  return ((guint64) left << HALF_BITS) | right;
}

gboolean
ll_identity_next (LlIdentity *identity, char id[LL_ID_LENGTH + 1], GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&identity->lock);

  if (identity->next == GUINT64_FROM_BE (identity->record.ahead) && !reserve (identity, error))
    return FALSE;
  g_snprintf (id, LL_ID_LENGTH + 1, "%012" G_GINT64_MODIFIER "x",
              permute (&identity->record, identity->next));
  identity->next++;
  return TRUE;
}

guint64
ll_identity_number (LlIdentity *identity, const char *id)
{
  guint64 value = g_ascii_strtoull (id, NULL, 16);
  guint32 left = (guint32) (value >> HALF_BITS) & HALF_MASK;
  guint32 right = (guint32) value & HALF_MASK;

  /* the key never changes while we live, so no lock */
  for (guint i = ROUNDS; i-- > 0;)
    {
      guint32 before = right ^ round_value (&identity->record, i, left);

      right = left;
      left = before;
    }
  return ((guint64) left << HALF_BITS) | right;
}

void
ll_identity_derive (LlIdentity *identity, const char *purpose, guint8 key[LL_IDENTITY_KEY])
{
  const Record *record = &identity->record;
  guint8 digest[EVP_MAX_MD_SIZE];
  guint length;

  if (HMAC (ll_cipher_sha256 (), record->key, sizeof record->key, (const guint8 *) purpose,
            strlen (purpose), digest, &length)
      == NULL)
    abort ();
  memcpy (key, digest, LL_IDENTITY_KEY);
}

gboolean
ll_identity_is_valid (const char *id)
{
  return strlen (id) == LL_ID_LENGTH && strspn (id, "0123456789abcdef") == LL_ID_LENGTH;
}
