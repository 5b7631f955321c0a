/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/format.h"

#include "base/error.h"
#include "base/limits.h"
#include "spool/cipher.h"
#include "spool/identity.h"
#include "spool/states.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define VERSION 1
#define PROGRESS_TYPE "(uubuxxmsmsma{sv})"
#define HEADER_TYPE "(sxsmsstva" PROGRESS_TYPE ")"
#define CHANGES_TYPE "a(u" PROGRESS_TYPE ")"

#define CHECK_LENGTH 16
#define SHA256_LENGTH 32

static const char letter_magic[8] = "LLletter";
static const char footer_magic[8] = "LLfooter";
static const char journal_magic[8] = "LLjourna";

static gboolean
corrupt (GError **error, const char *what)
{
  g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT, "%s", what);
  return FALSE;
}

static void
put32 (guint8 *at, guint32 value)
{
  value = GUINT32_TO_BE (value);
  memcpy (at, &value, sizeof value);
}

static void
put64 (guint8 *at, guint64 value)
{
  value = GUINT64_TO_BE (value);
  memcpy (at, &value, sizeof value);
}

static guint32
get32 (const guint8 *at)
{
  guint32 value;

  memcpy (&value, at, sizeof value);
  return GUINT32_FROM_BE (value);
}

static guint64
get64 (const guint8 *at)
{
  guint64 value;

  memcpy (&value, at, sizeof value);
  return GUINT64_FROM_BE (value);
}

/* SHA-256 over up to three stretches, cut to @length. */
static void
check_of (const void *a,
          gsize a_length,
          const void *b,
          gsize b_length,
          const void *c,
          gsize c_length,
          guint8 *out,
          gsize length)
{
  EVP_MD_CTX *context = EVP_MD_CTX_new ();
  guint8 digest[SHA256_LENGTH];

  if (context == NULL || !EVP_DigestInit_ex (context, ll_cipher_sha256 (), NULL)
      || !EVP_DigestUpdate (context, a, a_length) || !EVP_DigestUpdate (context, b, b_length)
      || !EVP_DigestUpdate (context, c, c_length) || !EVP_DigestFinal_ex (context, digest, NULL))
    abort ();
  EVP_MD_CTX_free (context);
  memcpy (out, digest, length);
}

void
ll_format_check (
    const void *a, gsize a_length, const void *b, gsize b_length, guint8 *out, gsize length)
{
  check_of (a, a_length, b, b_length, NULL, 0, out, length);
}

/* -- GVariants on disk ------------------------------------------------------------------- */

static GBytes *
bytes_of (GVariant *variant)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (variant);
#if G_BYTE_ORDER == G_BIG_ENDIAN
  g_autoptr (GVariant) little = g_variant_byteswap (sunk);

  return g_variant_get_data_as_bytes (little);
#else
  return g_variant_get_data_as_bytes (sunk);
#endif
}

/* NULL when it is not in normal form. (transfer full) */
static GVariant *
variant_of (GBytes *bytes, const char *type)
{
  g_autoptr (GVariant) variant
      = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (type), bytes, FALSE));

#if G_BYTE_ORDER == G_BIG_ENDIAN
  {
    GVariant *big = g_variant_byteswap (variant);

    g_variant_unref (variant);
    variant = big;
  }
#endif
  return g_variant_is_normal_form (variant) ? g_steal_pointer (&variant) : NULL;
}

/* -- preamble and footer ------------------------------------------------------------------- */

void
ll_format_preamble_context (const LlPreamble *preamble, guint8 context[LL_PREAMBLE_CONTEXT])
{
  memcpy (context, letter_magic, sizeof letter_magic);
  put32 (context + 8, VERSION);
  memcpy (context + 12, preamble->id, LL_ID_LENGTH);
  memcpy (context + 24, preamble->key_id, LL_KEY_ID_LENGTH);
}

void
ll_format_preamble (const LlPreamble *preamble, guint8 out[LL_PREAMBLE_LENGTH])
{
  const LlSealedKey *sealed = &preamble->sealed;

  ll_format_preamble_context (preamble, out);
  memcpy (out + 32, sealed->ephemeral, sizeof sealed->ephemeral);
  memcpy (out + 64, sealed->sealed, sizeof sealed->sealed);
  memcpy (out + 112, sealed->commitment, sizeof sealed->commitment);
  check_of (out, 144, NULL, 0, NULL, 0, out + 144, CHECK_LENGTH);
}

gboolean
ll_parse_preamble (const guint8 *bytes, gsize length, LlPreamble *out, GError **error)
{
  LlPreamble preamble = { 0 };
  guint8 check[CHECK_LENGTH];

  if (length < LL_PREAMBLE_LENGTH || memcmp (bytes, letter_magic, sizeof letter_magic) != 0)
    return corrupt (error, "The file is not a letter of the spool");
  if (get32 (bytes + 8) > VERSION)
    {
      g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_NEWER,
                   "The letter was taken by a newer version of Letterlock");
      return FALSE;
    }
  check_of (bytes, 144, NULL, 0, NULL, 0, check, sizeof check);
  memcpy (preamble.id, bytes + 12, LL_ID_LENGTH);
  if (get32 (bytes + 8) != VERSION || memcmp (check, bytes + 144, sizeof check) != 0
      || !ll_identity_is_valid (preamble.id))
    return corrupt (error, "The beginning of the letter's file is damaged");
  memcpy (preamble.key_id, bytes + 24, LL_KEY_ID_LENGTH);
  memcpy (preamble.sealed.ephemeral, bytes + 32, sizeof preamble.sealed.ephemeral);
  memcpy (preamble.sealed.sealed, bytes + 64, sizeof preamble.sealed.sealed);
  memcpy (preamble.sealed.commitment, bytes + 112, sizeof preamble.sealed.commitment);
  *out = preamble;
  return TRUE;
}

guint64
ll_format_content_length (guint64 size)
{
  guint64 chunks = MAX (1, (size + LL_SEAL_CHUNK - 1) / LL_SEAL_CHUNK);

  return size + chunks * LL_SEAL_TAG;
}

GBytes *
ll_format_trailer (const guint8 preamble[LL_PREAMBLE_LENGTH],
                   guint64 size,
                   GBytes *header,
                   GBytes *facts)
{
  gsize header_length, facts_length, length;
  const guint8 *header_data = g_bytes_get_data (header, &header_length);
  const guint8 *facts_data = g_bytes_get_data (facts, &facts_length);
  guint8 *trailer, *footer;

  length = header_length + facts_length + LL_FOOTER_LENGTH;
  trailer = g_malloc (length);
  memcpy (trailer, header_data, header_length);
  memcpy (trailer + header_length, facts_data, facts_length);
  footer = trailer + header_length + facts_length;
  memcpy (footer, footer_magic, sizeof footer_magic);
  put64 (footer + 8, size);
  put64 (footer + 16, header_length);
  put64 (footer + 24, facts_length);
  check_of (preamble, LL_PREAMBLE_LENGTH, trailer, length - SHA256_LENGTH, NULL, 0, footer + 32,
            SHA256_LENGTH);
  return g_bytes_new_take (trailer, length);
}

gboolean
ll_parse_footer (const guint8 bytes[LL_FOOTER_LENGTH],
                 guint64 file_length,
                 LlFooter *out,
                 GError **error)
{
  LlFooter footer = {
    .size = get64 (bytes + 8),
    .header = get64 (bytes + 16),
    .facts = get64 (bytes + 24),
  };

  /* every number below the file's length first, so that no sum can wrap */
  if (memcmp (bytes, footer_magic, sizeof footer_magic) != 0 || footer.size > file_length
      || footer.header > LL_HEADER_VARIANT_MAX || footer.facts > LL_HEADER_VARIANT_MAX
      || footer.facts < LL_SEAL_TAG || file_length > G_MAXINT64
      || LL_PREAMBLE_LENGTH + ll_format_content_length (footer.size) + footer.header + footer.facts
                 + LL_FOOTER_LENGTH
             != file_length)
    return corrupt (error, "The letter's file is cut off or damaged");
  memcpy (footer.check, bytes + 32, sizeof footer.check);
  *out = footer;
  return TRUE;
}

gboolean
ll_check_trailer (const guint8 preamble[LL_PREAMBLE_LENGTH],
                  const guint8 *trailer,
                  gsize length,
                  GError **error)
{
  guint8 check[SHA256_LENGTH];

  check_of (preamble, LL_PREAMBLE_LENGTH, trailer, length - SHA256_LENGTH, NULL, 0, check,
            sizeof check);
  if (memcmp (check, trailer + length - SHA256_LENGTH, sizeof check) != 0)
    return corrupt (error, "The header of the letter's file is damaged");
  return TRUE;
}

/* -- header and progress ------------------------------------------------------------------- */

GVariant *
ll_format_progress (const LlProgress *progress)
{
  return g_variant_new ("(uubuxxmsms@ma{sv})", progress->state, progress->method,
                        progress->requiretls, progress->tries, progress->next_try,
                        progress->decided, progress->reason, progress->reply,
                        g_variant_new_maybe (G_VARIANT_TYPE_VARDICT,
                                             ll_extra_variant (progress->extra)));
}

gboolean
ll_progress_is (const LlProgress *progress, GVariant *formatted)
{
  GVariant *extra = ll_extra_variant (progress->extra);
  g_autoptr (GVariant) then_extra = NULL;
  LlProgress then;
  guint32 state, method;

  g_variant_get (formatted, "(uubuxxm&sm&sm@a{sv})", &state, &method, &then.requiretls, &then.tries,
                 &then.next_try, &then.decided, &then.reason, &then.reply, &then_extra);
  if (state != progress->state || method != progress->method
      || then.requiretls != progress->requiretls || then.tries != progress->tries
      || then.next_try != progress->next_try || then.decided != progress->decided
      || g_strcmp0 (then.reason, progress->reason) != 0
      || g_strcmp0 (then.reply, progress->reply) != 0 || (extra == NULL) != (then_extra == NULL))
    return FALSE;
  return extra == NULL || g_variant_equal (extra, then_extra);
}

LlProgress *
ll_parse_progress (GVariant *variant, GError **error)
{
  g_autoptr (GVariant) extra = NULL;
  LlProgress *progress;
  guint32 state, method;

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE (PROGRESS_TYPE)))
    return corrupt (error, "The progress of a recipient cannot be read"), NULL;
  g_variant_get_child (variant, 0, "u", &state);
  g_variant_get_child (variant, 1, "u", &method);
  if (!ll_states_is_state (state) || method > LL_METHOD_OPEN)
    return corrupt (error, "A recipient is in a state that there is not"), NULL;
  g_variant_get_child (variant, 8, "m@a{sv}", &extra);
  if (extra != NULL && g_variant_n_children (extra) > LL_PROGRESS_KEYS_MAX)
    return corrupt (error, "More is kept with a recipient than there is to be kept"), NULL;
  progress = ll_progress_new ();
  g_variant_get (variant, "(uubuxxmsms@ma{sv})", &state, &method, &progress->requiretls,
                 &progress->tries, &progress->next_try, &progress->decided, &progress->reason,
                 &progress->reply, NULL);
  progress->state = (LlState) state;
  progress->method = (LlMethod) method;
  if (extra != NULL)
    ll_extra_put_all (progress->extra, extra);
  return progress;
}

GBytes *
ll_format_header (const LlLetter *letter)
{
  GVariantBuilder progress;

  g_variant_builder_init (&progress, G_VARIANT_TYPE ("a" PROGRESS_TYPE));
  for (guint i = 0; i < letter->progress->len; i++)
    g_variant_builder_add_value (&progress, ll_format_progress (ll_letter_progress (letter, i)));
  return bytes_of (g_variant_new (HEADER_TYPE, letter->id, letter->received, letter->account,
                                  letter->message_id, letter->digest ? letter->digest : "",
                                  letter->size, ll_envelope_to_variant (letter->envelope),
                                  &progress));
}

gboolean
ll_parse_header (GBytes *bytes, LlLetter *letter, GError **error)
{
  g_autoptr (GVariant) header = variant_of (bytes, HEADER_TYPE);
  g_autoptr (GVariant) envelope = NULL;
  g_autoptr (GVariant) progress = NULL;
  gsize n;

  if (header == NULL)
    return corrupt (error, "The header of the letter cannot be read");
  g_variant_get (header, "(sxsmsstv@a" PROGRESS_TYPE ")", &letter->id, &letter->received,
                 &letter->account, &letter->message_id, &letter->digest, &letter->size, &envelope,
                 &progress);
  letter->envelope = ll_envelope_from_variant (envelope, error);
  if (letter->envelope == NULL)
    return FALSE;
  n = g_variant_n_children (progress);
  if (n != letter->envelope->recipients->len)
    return corrupt (error, "The header of the letter counts its recipients twice");
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (progress, i);
      LlProgress *one = ll_parse_progress (child, error);

      if (one == NULL)
        return FALSE;
      g_ptr_array_add (letter->progress, one);
    }
  return TRUE;
}

GBytes *
ll_format_dictionary (GVariant *dictionary)
{
  return bytes_of (dictionary ? dictionary
                              : g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0));
}

gboolean
ll_parse_dictionary (GBytes *bytes, GVariant **dictionary, GError **error)
{
  g_autoptr (GVariant) variant = variant_of (bytes, "a{sv}");

  if (variant == NULL)
    return corrupt (error, "The facts of the letter cannot be read");
  if (g_variant_n_children (variant) > 0)
    *dictionary = g_steal_pointer (&variant);
  return TRUE;
}

/* -- journal --------------------------------------------------------------------------------- */

void
ll_format_journal_header (const char *id, guint8 out[LL_JOURNAL_HEADER])
{
  memset (out, 0, LL_JOURNAL_HEADER);
  memcpy (out, journal_magic, sizeof journal_magic);
  put32 (out + 8, VERSION);
  memcpy (out + 12, id, LL_ID_LENGTH);
}

gboolean
ll_parse_journal_header (const guint8 *bytes, gsize length, const char *id, GError **error)
{
  static const guint8 zeros[LL_JOURNAL_HEADER];
  guint8 expected[LL_JOURNAL_HEADER];

  /* shorter or zero: made at the commit, and nothing recorded yet */
  if (length < LL_JOURNAL_HEADER || memcmp (bytes, zeros, sizeof zeros) == 0)
    return FALSE;
  if (memcmp (bytes, journal_magic, sizeof journal_magic) == 0 && get32 (bytes + 8) > VERSION)
    {
      g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_NEWER,
                   "The letter's journal was written by a newer version of Letterlock");
      return FALSE;
    }
  ll_format_journal_header (id, expected);
  if (memcmp (bytes, expected, sizeof expected) != 0)
    return corrupt (error, "The beginning of the letter's journal is damaged");
  return TRUE;
}

static void
record_check (const guint8 *record, gsize payload, const char *id, guint8 out[CHECK_LENGTH])
{
  check_of (id, LL_ID_LENGTH, record, 16, record + LL_RECORD_HEADER, payload, out, CHECK_LENGTH);
}

static gsize
padded (gsize length)
{
  return (length + 7) & ~(gsize) 7;
}

GBytes *
ll_format_record (const char *id, guint32 sequence, guint32 base, GVariant *changes)
{
  g_autoptr (GBytes) payload = bytes_of (changes);
  gsize length = g_bytes_get_size (payload);
  gsize whole = padded (LL_RECORD_HEADER + length);
  guint8 *record = g_malloc0 (whole);

  put32 (record, (guint32) length);
  put32 (record + 4, sequence);
  put32 (record + 8, base);
  memcpy (record + LL_RECORD_HEADER, g_bytes_get_data (payload, NULL), length);
  record_check (record, length, id, record + 16);
  return g_bytes_new_take (record, whole);
}

gboolean
ll_parse_record (const guint8 *bytes, gsize length, const char *id, LlRecord *out, gsize *taken)
{
  guint8 check[CHECK_LENGTH];
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GVariant) changes = NULL;
  guint32 size;

  if (length < LL_RECORD_HEADER)
    return FALSE;
  size = get32 (bytes);
  if (size == 0 || size > LL_HEADER_VARIANT_MAX || size > length - LL_RECORD_HEADER)
    return FALSE;
  record_check (bytes, size, id, check);
  if (memcmp (check, bytes + 16, sizeof check) != 0)
    return FALSE;
  payload = g_bytes_new (bytes + LL_RECORD_HEADER, size);
  changes = variant_of (payload, CHANGES_TYPE);
  if (changes == NULL)
    return FALSE;
  *out = (LlRecord){
    .sequence = get32 (bytes + 4),
    .base = get32 (bytes + 8),
    .changes = g_steal_pointer (&changes),
  };
  *taken = padded (LL_RECORD_HEADER + size); /* the file may end before the padding does */
  return TRUE;
}
