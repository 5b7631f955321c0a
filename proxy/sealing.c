/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One locked copy, as it lies in the spool: what stands outside, what inside, and the lock. */

#include "sealing.h"

#include "base/limits.h"
#include "protect/pgp.h"
#include "protect/smime.h"
#include "spool/copy.h"

static gssize
pull_cb (gpointer data, void *bytes, gsize length, GError **error)
{
  return ll_reader_read (data, bytes, length, error);
}

static gboolean
sink_cb (const void *bytes, gsize length, gpointer data, GError **error)
{
  return ll_copy_write (data, bytes, length, error);
}

gboolean
ll_sealing_hides_subject (const LlSealing *copy)
{
  for (guint i = 0; i < copy->recipients->len; i++)
    if (copy->live->hidden[g_array_index (copy->recipients, guint, i)] != 0)
      return TRUE;
  return FALSE;
}

static gboolean
run_lock (
    LlSealing *copy, const LlSurgery *surgery, LlInner *inner, LlCopyWriter *writer, GError **error)
{
  LlPgpLock pgp = {
    .keys = copy->keys,
    .signer = ll_signer_name (copy->signer),
    .prompt = copy->prompt,
    .outer = surgery->outer,
  };
  const LlOwn *own = copy->signer->own;
  LlSmimeSigner signer = { 0 };
  LlSmimeLock smime = { .keys = copy->keys, .outer = surgery->outer };

  if (own != NULL && copy->signer->signs)
    {
      signer = (LlSmimeSigner){ own->certificate, own->secret, own->chain };
      smime.signer = &signer;
    }
  if (copy->method == LL_METHOD_SMIME)
    return ll_smime_seal (&smime, inner, sink_cb, writer, error);
  return ll_pgp_seal (copy->pipeline->parts.worker, &pgp, inner, sink_cb, writer,
                      ll_deadline_in (LL_LOCK_DEADLINE), copy->pipeline->ended, error);
}

gboolean
ll_seal_copy (LlSealing *copy, GError **error)
{
  LlStore *store = copy->pipeline->parts.store;
  g_autofree char *gossip = ll_sealing_gossip (copy);
  LlSurgeryOptions options = {
    .protection = copy->signer->signs ? LL_HEADER_PROTECTION_CIPHER : LL_HEADER_PROTECTION_OLD,
    .subject = ll_sealing_hides_subject (copy) ? LL_SUBJECT_HIDDEN : NULL,
    .gossip = gossip,
  };
  gsize length;
  g_autofree char *header = ll_live_header (copy->pipeline, copy->live, &length, error);
  g_autoptr (LlSurgery) surgery = NULL;
  g_autoptr (LlReader) reader = NULL;
  g_autoptr (LlInner) inner = NULL;
  g_autoptr (LlCopyWriter) writer = NULL;

  if (header == NULL)
    return FALSE;
  surgery = ll_surgery_new (header, length, copy->live->facts->edits, &options, error);
  reader = surgery != NULL ? ll_store_read (store, copy->live->letter, error) : NULL;
  if (reader == NULL)
    return FALSE;
  inner = ll_inner_new (pull_cb, reader, surgery, error);
  if (inner != NULL)
    writer = ll_store_copy_begin (store, copy->live->letter, copy->number, error);
  if (writer == NULL || !run_lock (copy, surgery, inner, writer, error))
    return FALSE;
  return ll_copy_commit (g_steal_pointer (&writer), error);
}
