/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/aside.h"

#include "base/error.h"
#include "base/limits.h"
#include "spool/cipher.h"
#include "spool/store-private.h"

#include <openssl/rand.h>
#include <string.h>

#define VERSION 1
#define FRESH 16

/* What stands before the sealed text. */
#define FRAME (1 + LL_KEY_ID_LENGTH + FRESH + sizeof (LlSealedKey))

G_STATIC_ASSERT (sizeof (LlSealedKey) == 2 * LL_SEAL_HALF + LL_SEAL_KEY + LL_SEAL_TAG);

typedef struct
{
  guint8 key_id[LL_KEY_ID_LENGTH];
  guint8 fresh[FRESH]; /* one letter's text may be sealed more than once, a context may not */
  LlSealedKey sealed;
} Frame;

/* (transfer full) */
static GBytes *
make_context (const char *id, const char *purpose, const Frame *frame)
{
  GByteArray *context = g_byte_array_new ();

  /* with their zeros: what ends where is certain */
  g_byte_array_append (context, (const guint8 *) purpose, (guint) strlen (purpose) + 1);
  g_byte_array_append (context, (const guint8 *) id, (guint) strlen (id) + 1);
  g_byte_array_append (context, frame->key_id, sizeof frame->key_id);
  g_byte_array_append (context, frame->fresh, sizeof frame->fresh);
  return g_byte_array_free_to_bytes (context);
}

/* -- sealing ------------------------------------------------------------------------------- */

/* (transfer full) */
static GBytes *
join (const Frame *frame, GBytes *text)
{
  static const guint8 version = VERSION;
  GByteArray *whole = g_byte_array_new ();

  g_byte_array_append (whole, &version, 1);
  g_byte_array_append (whole, frame->key_id, sizeof frame->key_id);
  g_byte_array_append (whole, frame->fresh, sizeof frame->fresh);
  g_byte_array_append (whole, (const guint8 *) &frame->sealed, sizeof frame->sealed);
  g_byte_array_append (whole, g_bytes_get_data (text, NULL), (guint) g_bytes_get_size (text));
  return g_byte_array_free_to_bytes (whole);
}

GBytes *
ll_aside_seal (LlStore *store, const char *id, const char *purpose, const char *text)
{
  Frame frame;
  g_autoptr (LlSealer) sealer = ll_store_key_sealer (store->key, frame.key_id);
  g_autoptr (LlSecret) key = ll_seal_new_key ();
  g_autoptr (LlSeal) seal = ll_seal_new (key);
  g_autoptr (GBytes) clear = g_bytes_new_static (text, strlen (text));
  g_autoptr (GBytes) context = NULL;
  g_autoptr (GBytes) sealed = NULL;

  g_return_val_if_fail (strlen (text) <= LL_ASIDE_MAX, NULL);
  ll_cipher_must (RAND_bytes (frame.fresh, sizeof frame.fresh));
  context = make_context (id, purpose, &frame);
  ll_sealer_seal (sealer, key, g_bytes_get_data (context, NULL), g_bytes_get_size (context),
                  &frame.sealed);
  sealed = ll_seal_header (seal, context, clear);
  return join (&frame, sealed);
}

/* -- opening ------------------------------------------------------------------------------- */

struct _LlAsides
{
  LlStore *store; /* (not owned) */
  guint8 key_id[LL_KEY_ID_LENGTH];
  LlOpener *opener; /* for that key; */
  GError *failure;  /* or why there is none; both NULL: nothing was asked for yet */
};

LlAsides *
ll_asides_new (LlStore *store)
{
  LlAsides *asides = g_new0 (LlAsides, 1);

  asides->store = store;
  return asides;
}

void
ll_asides_free (LlAsides *asides)
{
  if (asides == NULL)
    return;
  ll_opener_free (asides->opener);
  g_clear_error (&asides->failure);
  g_free (asides);
}

/* The pieces of @bytes; *text: what follows them. */
static gboolean
parse (GBytes *bytes, Frame *frame, GBytes **text, GError **error)
{
  gsize length;
  const guint8 *at = g_bytes_get_data (bytes, &length);

  if (length > 0 && *at > VERSION)
    {
      g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_NEWER,
                   "The sealed text was written by a newer version of Letterlock");
      return FALSE;
    }
  if (length < FRAME + LL_SEAL_TAG || length > FRAME + LL_ASIDE_MAX + LL_SEAL_TAG || *at != VERSION)
    {
      g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT, "The seal is broken");
      return FALSE;
    }
  memcpy (frame->key_id, at + 1, sizeof frame->key_id);
  memcpy (frame->fresh, at + 1 + sizeof frame->key_id, sizeof frame->fresh);
  memcpy (&frame->sealed, at + FRAME - sizeof frame->sealed, sizeof frame->sealed);
  *text = g_bytes_new_from_bytes (bytes, FRAME, length - FRAME);
  return TRUE;
}

static gboolean
turn_to (LlAsides *asides, const guint8 key_id[LL_KEY_ID_LENGTH], GError **error)
{
  gboolean asked = (asides->opener != NULL || asides->failure != NULL)
                   && memcmp (asides->key_id, key_id, LL_KEY_ID_LENGTH) == 0;

  if (!asked)
    {
      g_autoptr (LlSecret) private_half = NULL;

      g_clear_pointer (&asides->opener, ll_opener_free);
      g_clear_error (&asides->failure);
      memcpy (asides->key_id, key_id, LL_KEY_ID_LENGTH);
      private_half = ll_store_key_private (asides->store->key, key_id, &asides->failure);
      if (private_half != NULL)
        asides->opener = ll_opener_new (private_half);
    }
  if (asides->opener == NULL && error != NULL)
    *error = g_error_copy (asides->failure);
  return asides->opener != NULL;
}

/* (transfer full) */
static char *
text_of (GBytes *clear, GError **error)
{
  gsize length;
  const char *bytes = g_bytes_get_data (clear, &length);

  if (g_utf8_validate_len (bytes, length, NULL))
    return g_strndup (bytes, length);
  g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT, "The seal is broken");
  return NULL;
}

char *
ll_asides_open (
    LlAsides *asides, const char *id, const char *purpose, GBytes *sealed, GError **error)
{
  Frame frame;
  g_autoptr (GBytes) text = NULL;
  g_autoptr (GBytes) context = NULL;
  g_autoptr (GBytes) clear = NULL;
  g_autoptr (LlSecret) key = NULL;
  g_autoptr (LlSeal) seal = NULL;

  if (!parse (sealed, &frame, &text, error) || !turn_to (asides, frame.key_id, error))
    return NULL;
  context = make_context (id, purpose, &frame);
  key = ll_opener_open (asides->opener, &frame.sealed, g_bytes_get_data (context, NULL),
                        g_bytes_get_size (context), error);
  if (key == NULL)
    return NULL;
  seal = ll_seal_new (key);
  clear = ll_seal_header_open (seal, context, text, error);
  return clear != NULL ? text_of (clear, error) : NULL;
}
