/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One locked copy, as it lies in the spool: what stands outside, what inside, and the lock. */

#include "sealing.h"

#include "base/error.h"
#include "base/limits.h"
#include "protect/pgp.h"
#include "protect/signed.h"
#include "protect/smime.h"
#include "spool/copy.h"

/* Where the copy goes, and how long it is. */
typedef struct
{
  LlCopyWriter *writer;
  guint64 size;
} Target;

static gboolean
sink_cb (const void *bytes, gsize length, gpointer data, GError **error)
{
  Target *target = data;

  target->size += length;
  return ll_copy_write (target->writer, bytes, length, error);
}

/* A lock makes a letter larger by a third; what its provider takes was said in its last EHLO. */
static gboolean
check_size (const LlSealing *copy, guint64 size, GError **error)
{
  LlUpstreamOffers offers = ll_upstream_offers (copy->pipeline->parts.upstream, copy->account);

  if (!offers.known || offers.size == 0 || size <= offers.size)
    return TRUE;
  g_set_error (error, LL_MESSAGE_ERROR, LL_MESSAGE_ERROR_TOO_LARGE,
               "%s (%lu bytes, and your provider takes %lu)", LL_TOO_LARGE_ONCE_LOCKED,
               (gulong) size, (gulong) offers.size);
  return FALSE;
}

gboolean
ll_sealing_hides_subject (const LlSealing *copy)
{
  for (guint i = 0; i < copy->recipients->len; i++)
    if (copy->live->hidden[g_array_index (copy->recipients, guint, i)] != 0)
      return TRUE;
  return FALSE;
}

/* Text shrinks; attachments are compressed already, in nearly all formats that are sent. */
static gboolean
is_compressible (const LlMessageFacts *facts)
{
  return facts->is_text && facts->size <= LL_COMPRESSED_MAX;
}

static gboolean
run_pgp (LlSealing *copy, const char *outer, LlInner *inner, Target *target, GError **error)
{
  LlPgpLock lock = {
    .keys = copy->keys,
    .signer = ll_signer_name (copy->signer),
    .prompt = copy->prompt,
    .compress = is_compressible (copy->live->facts),
    .outer = outer,
  };

  return ll_pgp_seal (copy->pipeline->parts.worker, &lock, inner, sink_cb, target,
                      ll_live_deadline (copy->live, copy->prompt), copy->pipeline->ended, error);
}

/* What gpgsm signs goes into the lock with its signature beside it. */
typedef struct
{
  const LlSealing *copy;
  LlLetterSource *source;
} Fill;

static gboolean
fill_cb (LlSink sink, gpointer sink_data, gpointer data, GError **error)
{
  Fill *fill = data;
  const LlSignedLetter letter = {
    .outer = "",
    .worker = fill->copy->pipeline->parts.worker,
    .fingerprint = fill->copy->signer->own->gpgsm,
    .prompt = fill->copy->prompt,
    .cms = TRUE,
    .as_is = TRUE,
  };

  return ll_signed_make (&letter, ll_letter_source_open, fill->source, sink, sink_data,
                         ll_live_deadline (fill->copy->live, fill->copy->prompt),
                         fill->copy->pipeline->ended, error);
}

static gboolean
run_smime (LlSealing *copy, LlLetterSource *source, LlInner *inner, Target *target, GError **error)
{
  const LlOwn *own = copy->signer->signs ? copy->signer->own : NULL;
  LlSmimeSigner signer = { 0 };
  Fill fill = { copy, source };
  LlSmimeLock lock = { .keys = copy->keys, .outer = source->surgery->outer };

  if (own != NULL && own->gpgsm != NULL)
    {
      lock.fill = fill_cb;
      lock.fill_data = &fill;
    }
  else if (own != NULL)
    {
      signer = (LlSmimeSigner){ own->certificate, own->secret, own->chain };
      lock.signer = &signer;
    }
  return ll_smime_seal (&lock, inner, sink_cb, target, error);
}

gboolean
ll_seal_copy (LlSealing *copy, GError **error)
{
  LlStore *store = copy->pipeline->parts.store;
  g_autofree char *gossip = ll_sealing_gossip (copy);
  g_autofree char *autocrypt = ll_sealing_autocrypt (copy);
  LlSurgeryOptions options = {
    .protection = copy->signer->signs ? LL_HEADER_PROTECTION_CIPHER : LL_HEADER_PROTECTION_OLD,
    .subject = ll_sealing_hides_subject (copy) ? LL_SUBJECT_HIDDEN : NULL,
    .gossip = gossip,
    .autocrypt = autocrypt,
  };
  gsize length;
  g_autofree char *header = ll_live_header (copy->pipeline, copy->live, &length, error);
  g_autoptr (LlSurgery) surgery = NULL;
  g_auto (LlLetterSource) source = { copy->pipeline, copy->live, NULL, NULL };
  g_autoptr (LlInner) inner = NULL;
  g_autoptr (LlCopyWriter) writer = NULL;
  Target target = { NULL, 0 };

  if (header == NULL)
    return FALSE;
  surgery = ll_surgery_new (header, length, copy->live->facts->edits, &options, error);
  if (surgery == NULL)
    return FALSE;
  source.surgery = surgery;
  inner = ll_letter_source_open (&source, error);
  if (inner != NULL)
    writer = ll_store_copy_begin (store, copy->live->letter, copy->number, error);
  target.writer = writer;
  if (writer == NULL
      || !(copy->method == LL_METHOD_SMIME ? run_smime (copy, &source, inner, &target, error)
                                           : run_pgp (copy, surgery->outer, inner, &target, error))
      || !check_size (copy, target.size, error))
    return FALSE;
  return ll_copy_commit (g_steal_pointer (&writer), error);
}
