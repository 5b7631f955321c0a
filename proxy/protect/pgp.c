/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "protect/pgp.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "protect/addressed.h"
#include "protect/armored.h"
#include "protect/frame.h"
#include "protect/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

/* What a pipe holds. */
#define BLOCK 65536

/* One end of the worker: a thread that feeds it, a thread that takes what it makes. */
typedef struct
{
  LlInner *inner;
  int to;
  LlSink sink;
  gpointer data;
  int from;
  gboolean seals;   /* it makes a locked letter, else a signature: that is bounded by its sink */
  LlAddressed came; /* what it made, looked at on its way */
  LlArmored armored;
  atomic_size_t given;
  GError *fed;
  GError *drained;
} Pumps;

/* -- into the worker -------------------------------------------------------------------------- */

static gpointer
feed (gpointer data)
{
  Pumps *pumps = data;
  const char *bytes;
  gsize length = 1;

  while (length > 0 && ll_inner_next (pumps->inner, &bytes, &length, &pumps->fed))
    {
      atomic_fetch_add (&pumps->given, length);
      if (!ll_file_write_all (pumps->to, bytes, length, NULL))
        break; /* the worker closed its end: it says why itself */
    }
  close (pumps->to);
  return NULL;
}

/* -- out of it ------------------------------------------------------------------------------- */

/* What is no locked letter, or is far more than the letter, is not written on: an engine gone wild
 * must not fill the disk. */
static gboolean
look_at (Pumps *pumps, const guint8 *block, gsize length, gsize *taken)
{
  *taken += length;
  if (!pumps->seals)
    return TRUE;
  if (ll_addressed_feed (&pumps->came, block, length)
      && *taken <= 2 * atomic_load (&pumps->given) + LL_SESSION_KEYS_MAX)
    return TRUE;
  g_set_error_literal (&pumps->drained, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED,
                       "GnuPG wrote something that is no locked letter");
  return FALSE;
}

/* FALSE: nothing more can be taken. */
static gboolean
take (Pumps *pumps, const guint8 *block, gsize length, gsize *taken, GString *out)
{
  if (!look_at (pumps, block, length, taken))
    return FALSE;
  if (pumps->seals)
    ll_armored_push (&pumps->armored, block, length, out);
  else
    ll_append_crlf (out, (const char *) block, length); /* gpg ends lines as this system does */
  if (!pumps->sink (out->str, out->len, pumps->data, &pumps->drained))
    return FALSE;
  g_string_truncate (out, 0);
  return TRUE;
}

static gpointer
drain (gpointer data)
{
  Pumps *pumps = data;
  g_autofree guint8 *block = g_malloc (BLOCK);
  g_autoptr (GString) out = g_string_sized_new (BLOCK / 2 * 3);
  gsize taken = 0;
  gssize got;

  if (pumps->seals)
    ll_armored_begin (&pumps->armored, out);
  while ((got = read (pumps->from, block, BLOCK)) != 0)
    {
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        ll_file_set_error (&pumps->drained, "Cannot read from the engine: %m");
      if (got < 0 || !take (pumps, block, (gsize) got, &taken, out))
        break; /* the worker cannot write on, and ends */
    }
  close (pumps->from);
  if (pumps->seals)
    ll_armored_end (&pumps->armored, out);
  if (pumps->drained == NULL)
    pumps->sink (out->str, out->len, pumps->data, &pumps->drained);
  return NULL;
}

/* -- the lock -------------------------------------------------------------------------------- */

static GVariant *
request (const LlPgpLock *lock)
{
  GVariantBuilder fingerprints, blobs;
  GVariantDict dict;

  g_variant_builder_init (&fingerprints, G_VARIANT_TYPE_STRING_ARRAY);
  g_variant_builder_init (&blobs, G_VARIANT_TYPE ("aay"));
  for (guint i = 0; i < lock->keys->len; i++)
    {
      const LlKey *key = g_ptr_array_index (lock->keys, i);

      if (key->blob == NULL)
        g_variant_builder_add (&fingerprints, "s", key->fingerprint);
      else
        g_variant_builder_add_value (&blobs, g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING,
                                                                       key->blob, TRUE));
    }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "fingerprints", g_variant_builder_end (&fingerprints));
  g_variant_dict_insert_value (&dict, "blobs", g_variant_builder_end (&blobs));
  if (lock->signer != NULL)
    g_variant_dict_insert (&dict, "signer", "s", lock->signer);
  g_variant_dict_insert (&dict, "prompt", "b", lock->prompt);
  g_variant_dict_insert (&dict, "compress", "b", lock->compress);
  return g_variant_dict_end (&dict);
}

/* The worker between two pipes. @arguments: sunk. (transfer full): its reply, or NULL */
static GVariant *
run (LlWorker *worker,
     const char *verb,
     GVariant *arguments,
     Pumps *pumps,
     LlDeadline deadline,
     GCancellable *cancellable,
     GError **error)
{
  g_autoptr (GVariant) kept = g_variant_ref_sink (arguments);
  int in[2], out[2], fds[2];
  GVariant *reply;
  GThread *feeder, *drainer;

  if (pipe2 (in, O_CLOEXEC) < 0)
    {
      ll_file_set_error (error, "Cannot make a pipe for the engine: %m");
      return NULL;
    }
  if (pipe2 (out, O_CLOEXEC) < 0)
    {
      ll_file_set_error (error, "Cannot make a pipe for the engine: %m");
      close (in[0]);
      close (in[1]);
      return NULL;
    }
  pumps->to = in[1];
  pumps->from = out[0];
  fds[0] = in[0];
  fds[1] = out[1];
  feeder = g_thread_new ("feed", feed, pumps);
  drainer = g_thread_new ("drain", drain, pumps);
  reply = ll_worker_call (worker, verb, kept, fds, 2, deadline, cancellable, error);
  close (fds[0]);
  close (fds[1]);
  g_thread_join (feeder);
  g_thread_join (drainer);
  /* what broke first is the reason */
  if (pumps->fed == NULL && pumps->drained == NULL)
    return reply;
  g_clear_pointer (&reply, g_variant_unref);
  g_clear_error (error);
  g_propagate_error (error, pumps->fed != NULL ? pumps->fed : pumps->drained);
  if (pumps->fed != NULL)
    g_clear_error (&pumps->drained);
  return NULL;
}

gboolean
ll_pgp_seal (LlWorker *worker,
             const LlPgpLock *lock,
             LlInner *inner,
             LlSink sink,
             gpointer data,
             LlDeadline deadline,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (LlPgpFrame) frame = ll_pgp_frame_new (lock->outer);
  Pumps pumps = { .inner = inner, .sink = sink, .data = data, .seals = TRUE };
  g_autoptr (GVariant) reply = NULL;
  gboolean done;

  if (!sink (frame->head, strlen (frame->head), data, error))
    return FALSE;
  ll_addressed_init (&pumps.came);
  reply = run (worker, "seal", request (lock), &pumps, deadline, cancellable, error);
  done = reply != NULL && ll_addressed_check (&pumps.came, lock->keys, error);
  ll_addressed_clear (&pumps.came);
  return done && sink (frame->tail, strlen (frame->tail), data, error);
}

/* -- a signature beside the letter ----------------------------------------------------------- */

static gboolean
signature_cb (const void *bytes, gsize length, gpointer data, GError **error)
{
  GString *signature = data;

  if (signature->len + length > LL_SIGNATURE_MAX)
    {
      g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED,
                           "The engine's signature is too long");
      return FALSE;
    }
  g_string_append_len (signature, bytes, (gssize) length);
  return TRUE;
}

static gboolean
is_word (const char *text)
{
  return *text != '\0' && strlen (text) <= 32
         && strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen (text);
}

char *
ll_pgp_sign (LlWorker *worker,
             const char *signer,
             gboolean cms,
             gboolean prompt,
             LlInner *inner,
             GString *signature,
             LlDeadline deadline,
             GCancellable *cancellable,
             GError **error)
{
  Pumps pumps = { .inner = inner, .sink = signature_cb, .data = signature };
  g_autoptr (GVariant) reply = NULL;
  const char *micalg = "";
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "signer", "s", signer);
  g_variant_dict_insert (&dict, "prompt", "b", prompt);
  reply = run (worker, cms ? "cms-sign" : "sign", g_variant_dict_end (&dict), &pumps, deadline,
               cancellable, error);
  if (reply == NULL)
    return NULL;
  g_variant_lookup (reply, "micalg", "&s", &micalg);
  if (is_word (micalg) && signature->len > 0)
    return g_strdup (micalg);
  g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED,
                       "The engine did not give a signature");
  return NULL;
}
