/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/error.h"
#include "base/file.h"
#include "base/hex.h"
#include "spool/cipher.h"
#include "spool/states.h"
#include "spool/store-private.h"

#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* For what is in memory, at first. */
#define ROOM 8192

/* Chunks that are worth a request to the disk: 2 MB. */
#define WRITE_OUT 32

struct _LlIntake
{
  LlStore *store; /* (not owned) */
  char id[LL_ID_LENGTH + 1];
  LlSecret *key;
  LlSeal *seal;
  guint8 preamble[LL_PREAMBLE_LENGTH];
  EVP_MAC_CTX *bytes; /* of all octets so far */
  int fd;             /* -1 until the first whole chunk, or the commit */
  char *path;         /* of the file in tmp/ */
  guint64 size;       /* octets so far */
  guint64 chunks;     /* that many are in the file */
  guint8 *chunk;      /* what is not yet, LL_SEAL_CHUNK at most */
  gsize room;         /* of it so far: most letters are small */
  gsize filled;
  guint8 *sealed; /* room for one sealed chunk, once there is a whole one */
  gboolean failed;
};

static void
must (int result)
{
  if (result <= 0)
    abort ();
}

static void
seal_preamble (LlIntake *intake)
{
  LlPreamble preamble = { 0 };
  g_autoptr (LlSealer) sealer = ll_store_key_sealer (intake->store->key, preamble.key_id);
  guint8 context[LL_PREAMBLE_CONTEXT];

  memcpy (preamble.id, intake->id, sizeof preamble.id);
  ll_format_preamble_context (&preamble, context);
  ll_sealer_seal (sealer, intake->key, context, sizeof context, &preamble.sealed);
  ll_format_preamble (&preamble, intake->preamble);
}

/* Four times as fast as SHA-256, which took as long as TLS did. Two letters that look the same can
 * be made by who has the key alone, and he is the one who writes them. */
static EVP_MAC_CTX *
mac_new (const LlStore *store)
{
  static guchar nonce[12]; /* the result is hashed once more before anybody sees it */
  char cipher[] = "AES-128-GCM";
  OSSL_PARAM parameters[] = {
    OSSL_PARAM_construct_utf8_string (OSSL_MAC_PARAM_CIPHER, cipher, 0),
    OSSL_PARAM_construct_octet_string (OSSL_MAC_PARAM_IV, nonce, sizeof nonce),
    OSSL_PARAM_construct_end (),
  };
  EVP_MAC *gmac = EVP_MAC_fetch (NULL, "GMAC", NULL);
  EVP_MAC_CTX *context = gmac != NULL ? EVP_MAC_CTX_new (gmac) : NULL;

  must (context != NULL);
  must (EVP_MAC_init (context, store->repeats, sizeof store->repeats, parameters));
  EVP_MAC_free (gmac);
  return context;
}

static void
intake_free (LlIntake *intake)
{
  ll_fd_clear (&intake->fd);
  ll_secret_free (intake->key);
  ll_seal_free (intake->seal);
  EVP_MAC_CTX_free (intake->bytes);
  ll_secret_wipe (intake->chunk, intake->room);
  g_free (intake->chunk);
  g_free (intake->sealed);
  g_free (intake->path);
  g_free (intake);
}

LlIntake *
ll_store_begin (LlStore *store, GError **error)
{
  LlIntake *intake = g_new0 (LlIntake, 1);
  g_autoptr (GError) local = NULL;

  if (!ll_identity_next (store->identity, intake->id, &local))
    {
      g_free (intake);
      ll_store_take_error (error, g_steal_pointer (&local));
      return NULL;
    }
  ll_room_refill (store);
  intake->store = store;
  intake->fd = -1;
  intake->path = ll_store_incoming_path (store, intake->id);
  intake->key = ll_seal_new_key ();
  intake->seal = ll_seal_new (intake->key);
  intake->room = ROOM;
  intake->chunk = g_malloc (ROOM);
  intake->bytes = mac_new (store);
  seal_preamble (intake);
  return intake;
}

const char *
ll_intake_id (LlIntake *intake)
{
  return intake->id;
}

static gboolean
write_out (LlIntake *intake, const void *bytes, gsize length, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (ll_file_write_all (intake->fd, bytes, length, &local))
    return TRUE;
  intake->failed = TRUE;
  return ll_store_take_error (error, g_steal_pointer (&local));
}

/* Small letters reach the disk at their commit only. */
static gboolean
open_file (LlIntake *intake, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (intake->fd >= 0)
    return TRUE;
  intake->fd = open (intake->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (intake->fd >= 0)
    return write_out (intake, intake->preamble, sizeof intake->preamble, error);
  intake->failed = TRUE;
  ll_file_set_error (&local, "Cannot create %s: %m", intake->path);
  return ll_store_take_error (error, g_steal_pointer (&local));
}

/* The disk begins with what has come so far, so that less is left to wait for at the commit. */
static void
begin_writing_out (LlIntake *intake)
{
  const off_t length = (off_t) WRITE_OUT * (LL_SEAL_CHUNK + LL_SEAL_TAG);

  if (intake->chunks % WRITE_OUT == 0)
    (void) sync_file_range (intake->fd, (off_t) (intake->chunks / WRITE_OUT - 1) * length, length,
                            SYNC_FILE_RANGE_WRITE);
}

static gboolean
flush_chunk (LlIntake *intake, gboolean last, GError **error)
{
  if (!open_file (intake, error))
    return FALSE;
  if (intake->sealed == NULL)
    intake->sealed = g_malloc (LL_SEAL_CHUNK + LL_SEAL_TAG);
  ll_seal_chunk (intake->seal, intake->chunks, last, intake->chunk, intake->filled, intake->sealed);
  if (!write_out (intake, intake->sealed, intake->filled + LL_SEAL_TAG, error))
    return FALSE;
  intake->chunks++;
  intake->filled = 0;
  begin_writing_out (intake);
  return TRUE;
}

static gboolean
set_failed (GError **error)
{
  g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_IO,
               "The letter could not be written before, and is not complete");
  return FALSE;
}

/* No copy stays behind. */
static void
make_room (LlIntake *intake, gsize wanted)
{
  guint8 *chunk;

  if (wanted <= intake->room)
    return;
  wanted = MIN (LL_SEAL_CHUNK, MAX (wanted, 2 * intake->room));
  chunk = g_malloc (wanted);
  memcpy (chunk, intake->chunk, intake->filled);
  ll_secret_wipe (intake->chunk, intake->room);
  g_free (intake->chunk);
  intake->chunk = chunk;
  intake->room = wanted;
}

gboolean
ll_intake_write (LlIntake *intake, const char *bytes, gsize length, GError **error)
{
  if (intake->failed)
    return set_failed (error);
  must (EVP_MAC_update (intake->bytes, (const guchar *) bytes, length));
  while (length > 0)
    {
      gsize n;

      /* a full chunk waits for the byte after it: it may be the last one */
      if (intake->filled == LL_SEAL_CHUNK && !flush_chunk (intake, FALSE, error))
        return FALSE;
      n = MIN (length, LL_SEAL_CHUNK - intake->filled);
      make_room (intake, intake->filled + n);
      memcpy (intake->chunk + intake->filled, bytes, n);
      intake->filled += n;
      intake->size += n;
      bytes += n;
      length -= n;
    }
  return TRUE;
}

/* With its length first, so that no two envelopes give the same bytes. */
static void
digest_text (EVP_MD_CTX *context, const char *text)
{
  guint64 length = GUINT64_TO_BE ((guint64) strlen (text));

  must (EVP_DigestUpdate (context, &length, sizeof length));
  must (EVP_DigestUpdate (context, text, strlen (text)));
}

char *
ll_intake_digest (LlIntake *intake, const char *account, const LlEnvelope *envelope)
{
  EVP_MD_CTX *context = EVP_MD_CTX_new ();
  EVP_MAC_CTX *bytes = EVP_MAC_CTX_dup (intake->bytes); /* more may come */
  guint8 digest[EVP_MAX_MD_SIZE], mac[LL_IDENTITY_KEY];
  gsize mac_length;
  guint length;

  must (context != NULL && bytes != NULL);
  must (EVP_MAC_final (bytes, mac, &mac_length, sizeof mac));
  EVP_MAC_CTX_free (bytes);
  must (EVP_DigestInit_ex (context, ll_cipher_sha256 (), NULL));
  must (EVP_DigestUpdate (context, mac, mac_length));
  digest_text (context, account);
  digest_text (context, envelope->sender);
  for (guint i = 0; i < envelope->recipients->len; i++)
    digest_text (context, ll_envelope_recipient (envelope, i)->address);
  must (EVP_DigestFinal_ex (context, digest, &length));
  EVP_MD_CTX_free (context);
  return ll_hex (digest, length);
}

/* -- the end ------------------------------------------------------------------------------- */

void
ll_intake_abandon (LlIntake *intake)
{
  if (intake == NULL)
    return;
  if (intake->fd >= 0)
    unlink (intake->path);
  intake_free (intake);
}

static gboolean
may_begin (const LlLetter *letter, GError **error)
{
  gboolean sound = letter->envelope != NULL && letter->envelope->recipients->len > 0
                   && letter->progress->len == letter->envelope->recipients->len
                   && letter->account != NULL;

  for (guint i = 0; sound && i < letter->progress->len; i++)
    sound = ll_states_may_begin (ll_letter_progress (letter, i)->state);
  if (!sound)
    {
      g_critical ("A letter without recipients, or with one in a state to come, was to be kept");
      g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT,
                   "The letter is not in a state to be kept");
    }
  return sound;
}

/* What stands behind the content. (transfer full) */
static GBytes *
make_trailer (LlIntake *intake, LlLetter *letter, GError **error)
{
  g_autoptr (GBytes) header = ll_format_header (letter);
  g_autoptr (GBytes) dictionary = ll_format_dictionary (letter->facts);
  g_autoptr (GBytes) facts = ll_seal_header (intake->seal, header, dictionary);

  if (g_bytes_get_size (header) > LL_HEADER_VARIANT_MAX
      || g_bytes_get_size (facts) > LL_HEADER_VARIANT_MAX)
    {
      g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_IO,
                   "The letter's envelope is too large to be kept");
      return NULL;
    }
  return ll_format_trailer (intake->preamble, intake->size, header, facts);
}

static gboolean
write_whole (LlIntake *intake, GBytes *trailer, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (!flush_chunk (intake, TRUE, error)
      || !write_out (intake, g_bytes_get_data (trailer, NULL), g_bytes_get_size (trailer), error))
    return FALSE;
  if (fdatasync (intake->fd) == 0)
    return TRUE;
  ll_file_set_error (&local, "Cannot sync %s: %m", intake->path);
  return ll_store_take_error (error, g_steal_pointer (&local));
}

/* From here on the letter is ours; @path must not outlive a failure. */
static gboolean
move_in (LlIntake *intake, const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (rename (intake->path, path) < 0)
    {
      ll_file_set_error (&local, "Cannot keep %s: %m", path);
      return ll_store_take_error (error, g_steal_pointer (&local));
    }
  if (ll_folder_sync (intake->store->letters, &local))
    return TRUE;
  unlink (path);
  return ll_store_take_error (error, g_steal_pointer (&local));
}

/* The letter gets files. */
static gboolean
commit_files (LlIntake *intake, LlLetter *letter, GBytes *trailer, GError **error)
{
  LlStore *store = intake->store;
  g_autofree char *path = ll_store_path (store, intake->id, ".letter");
  g_autofree char *journal = ll_store_path (store, intake->id, ".journal");

  if (!write_whole (intake, trailer, error)
      || !ll_journal_prepare (store, intake->id, letter->progress->len, error))
    return FALSE;
  if (move_in (intake, path, error))
    return TRUE;
  unlink (journal);
  return FALSE;
}

/* A letter of one chunk goes into the log. FALSE: no room there. */
static gboolean
add_to_log (LlIntake *intake, LlLetter *letter, GBytes *trailer, LlLogPlace *place)
{
  g_autoptr (GByteArray) bytes = NULL;
  g_autoptr (GBytes) whole = NULL;
  gsize sealed = intake->filled + LL_SEAL_TAG;

  if (intake->fd >= 0)
    return FALSE;
  bytes = g_byte_array_sized_new (
      (guint) (sizeof intake->preamble + sealed + g_bytes_get_size (trailer)));
  g_byte_array_append (bytes, intake->preamble, sizeof intake->preamble);
  g_byte_array_set_size (bytes, (guint) (sizeof intake->preamble + sealed));
  ll_seal_chunk (intake->seal, 0, TRUE, intake->chunk, intake->filled,
                 bytes->data + sizeof intake->preamble);
  g_byte_array_append (bytes, g_bytes_get_data (trailer, NULL), (guint) g_bytes_get_size (trailer));
  whole = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  return ll_log_add (intake->store->log, intake->id, whole,
                     ll_journal_space (letter->progress->len), place);
}

static gboolean
commit (LlIntake *intake, LlLetter *letter, gboolean durable, GError **error)
{
  LlStore *store = intake->store;
  LlLogPlace place = { 0 };
  g_autoptr (GBytes) trailer = NULL;
  g_autoptr (GError) local = NULL;
  LlLetterKept *kept;
  gboolean logged;

  if (intake->failed)
    return set_failed (error);
  if (!may_begin (letter, error))
    return FALSE;
  g_free (letter->id);
  letter->id = g_strdup (intake->id);
  letter->size = intake->size;
  if (letter->digest == NULL)
    letter->digest = ll_intake_digest (intake, letter->account, letter->envelope);
  trailer = make_trailer (intake, letter, error);
  if (trailer == NULL)
    return FALSE;
  logged = add_to_log (intake, letter, trailer, &place);
  if (logged && durable && !ll_log_sync (store->log, &place, &local))
    {
      ll_log_leave (store->log, intake->id, &place);
      return ll_store_take_error (error, g_steal_pointer (&local));
    }
  if (!logged && !commit_files (intake, letter, trailer, error))
    return FALSE;
  kept = ll_letter_keep (store, letter);
  kept->key = g_steal_pointer (&intake->key);
  kept->logged = logged;
  kept->unsynced = logged && !durable;
  kept->place = place;
  return TRUE;
}

gboolean
ll_intake_commit (LlIntake *intake, LlLetter *letter, gboolean durable, GError **error)
{
  if (!commit (intake, letter, durable, error))
    {
      ll_intake_abandon (intake);
      return FALSE;
    }
  intake_free (intake);
  return TRUE;
}
