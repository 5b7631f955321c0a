/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What leaves unlocked is signed where the account wants it: one copy for all who get the letter
 * so, since a signature names no recipient. Made before anything of it leaves, kept for every
 * try. Nothing goes unsigned in its place: a key that cannot be used makes the letter wait.
 */

#include "pipeline-private.h"

#include "api/intl.h"
#include "protect/signed.h"
#include "spool/copy.h"

/* Seconds until a key of the user's, or an engine that works, is looked for again: he may have made
 * one. */
#define KEY_SECONDS (15 * 60)

typedef struct
{
  LlPipeline *pipeline;
  const LlAccount *account;
  LlLive *live;
  LlMethod method;    /* PGP or SMIME */
  GArray *recipients; /* of guint */
  gboolean prompt;
} Job;

/* -- who is it for --------------------------------------------------------------------------- */

/* Lists, calendars, reports and robots are read by programs, and what the mail program signed or
 * locked is its own (facts/protection.md A.8, A.9). */
static gboolean
wants_signature (const LlAccount *account, const LlLive *live)
{
  const LlMessageFacts *facts = live->facts;

  return account->sign != LL_SIGN_NONE && facts->kind == LL_KIND_ORDINARY
         && facts->protection == LL_PROTECTION_NONE && !facts->is_signed
         && *live->letter->envelope->sender != '\0';
}

static gboolean
is_open (const LlProgress *progress)
{
  return (progress->method == LL_METHOD_TLS || progress->method == LL_METHOD_OPEN)
         && progress->decided != 0 && ll_progress_is_due (progress);
}

/* Those whose copy is still to be made; they do not leave without it. (transfer full) */
static GArray *
unsigned_of (LlLive *live, gboolean *prompt)
{
  GArray *recipients = g_array_new (FALSE, FALSE, sizeof (guint));

  *prompt = FALSE;
  for (guint i = 0; i < live->letter->progress->len; i++)
    {
      LlProgress *progress = ll_letter_progress (live->letter, i);

      ll_progress_unmark (progress, "unsigned");
      if (!is_open (progress) || ll_locked_copy (progress) > 0)
        continue;
      ll_progress_mark (progress, "unsigned");
      *prompt = *prompt || ll_progress_has (progress, "ask");
      ll_progress_unmark (progress, "ask");
      g_array_append_val (recipients, i);
    }
  return recipients;
}

/* A copy that others of this letter have: it is for everybody. 0: there is none. */
static guint
copy_there (const LlLive *live)
{
  for (guint i = 0; i < live->letter->progress->len; i++)
    {
      const LlProgress *progress = ll_letter_progress (live->letter, i);

      if (ll_progress_has (progress, "signed"))
        return ll_locked_copy (progress);
    }
  return 0;
}

/* -- what is kept with them ------------------------------------------------------------------ */

static void
keep (LlProgress *progress, GVariant *signature, guint number)
{
  ll_progress_prove (progress, "signature", signature);
  ll_progress_keep (progress, "copy", g_variant_new_uint32 (number));
  ll_progress_mark (progress, "signed");
  ll_progress_unmark (progress, "unsigned");
}

void
ll_sign_carry (LlProgress *progress, const LlExtra *before)
{
  GVariant *proof = ll_extra_get (before, "proof", G_VARIANT_TYPE_VARDICT);
  guint32 number = ll_extra_number (before, "copy");
  g_autoptr (GVariant) signature = NULL;

  if (number == 0 || proof == NULL || !ll_extra_flag (before, "signed"))
    return;
  signature = g_variant_lookup_value (proof, "signature", G_VARIANT_TYPE_VARDICT);
  if (signature != NULL)
    keep (progress, signature, number);
}

/* {method, signer, user_id} */
static GVariant *
describe (const Job *job, const LlSigner *signer)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "method", "s", ll_method_name (job->method));
  g_variant_dict_insert (&dict, "signer", "s", ll_signer_name (signer));
  g_variant_dict_insert (&dict, "user_id", "s", signer->key->user_id);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/* -- the copy -------------------------------------------------------------------------------- */

static gboolean
sink_cb (const void *bytes, gsize length, gpointer data, GError **error)
{
  return ll_copy_write (data, bytes, length, error);
}

static gboolean
write_copy (
    Job *job, const LlSigner *signer, const LlSurgery *surgery, guint number, GError **error)
{
  const LlOwn *own = signer->own;
  LlSmimeSigner certificate = { 0 };
  LlSignedLetter letter = { .outer = surgery->outer,
                            .worker = job->pipeline->parts.worker,
                            .fingerprint = ll_signer_name (signer),
                            .prompt = job->prompt };
  g_auto (LlLetterSource) source = { job->pipeline, job->live, surgery, NULL };
  g_autoptr (LlCopyWriter) writer
      = ll_store_copy_begin (job->pipeline->parts.store, job->live->letter, number, error);

  if (writer == NULL)
    return FALSE;
  if (own != NULL && own->gpgsm != NULL)
    {
      letter.cms = TRUE;
      letter.fingerprint = own->gpgsm;
    }
  else if (own != NULL)
    {
      certificate = (LlSmimeSigner){ own->certificate, own->secret, own->chain };
      letter.signer = &certificate;
    }
  return ll_signed_make (&letter, ll_letter_source_open, &source, sink_cb, writer,
                         ll_live_deadline (job->live, job->prompt), job->pipeline->ended, error)
         && ll_copy_commit (g_steal_pointer (&writer), error);
}

static gboolean
make_copy (Job *job, const LlSigner *signer, guint number, GError **error)
{
  const LlSurgeryOptions options = { .protection = LL_HEADER_PROTECTION_CLEAR };
  gsize length;
  g_autofree char *header = ll_live_header (job->pipeline, job->live, &length, error);
  g_autoptr (LlSurgery) surgery = NULL;

  if (header == NULL)
    return FALSE;
  surgery = ll_surgery_new (header, length, job->live->facts->edits, &options, error);
  return surgery != NULL && write_copy (job, signer, surgery, number, error);
}

/* -- where there is none --------------------------------------------------------------------- */

static void
settle_failure (Job *job, const GError *error)
{
  g_autofree char *text = NULL;

  if (ll_wants_time (job->pipeline, job->live, job->recipients, "signed", error))
    return;
  text = g_strdup_printf (N_ ("it could not be signed: %s; letterlock account edit %s --sign none "
                              "sends without"),
                          error->message, job->account->name);
  ll_wait (job->pipeline, job->live, job->recipients, text, ll_clock_now () + KEY_SECONDS);
}

static void
settle_absence (Job *job, const LlSigner *signer)
{
  const char *missing = job->method == LL_METHOD_PGP
                            ? N_ ("there is no PGP key of your own for this sender")
                            : N_ ("this account has no certificate");
  g_autofree char *text
      = g_strdup_printf (N_ ("waiting for your key: %s; letterlock account edit %s --sign none "
                             "sends without"),
                         signer->unsigned_why != NULL ? signer->unsigned_why : missing,
                         job->account->name);

  ll_wait (job->pipeline, job->live, job->recipients, text, 0);
}

/* -- all of a letter ------------------------------------------------------------------------- */

static void
run (Job *job)
{
  g_auto (LlSigner) signer = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) signature = NULL;
  guint number = g_array_index (job->recipients, guint, 0) + 1;

  if (!ll_signer_find (job->pipeline, job->live, job->method, &signer, &error))
    {
      settle_failure (job, error);
      return;
    }
  if (!signer.signs)
    {
      settle_absence (job, &signer);
      return;
    }
  if (copy_there (job->live) > 0)
    number = copy_there (job->live);
  else if (!make_copy (job, &signer, number, &error))
    {
      settle_failure (job, error);
      return;
    }
  signature = describe (job, &signer);
  for (guint i = 0; i < job->recipients->len; i++)
    keep (ll_letter_progress (job->live->letter, g_array_index (job->recipients, guint, i)),
          signature, number);
  ll_pipeline_note (job->pipeline, job->live, "signed", ll_method_name (job->method));
}

void
ll_sign_letter (LlPipeline *pipeline, const LlAccount *account, LlLive *live)
{
  Job job = { .pipeline = pipeline,
              .account = account,
              .live = live,
              .method = account->sign == LL_SIGN_PGP ? LL_METHOD_PGP : LL_METHOD_SMIME };

  if (!wants_signature (account, live))
    {
      for (guint i = 0; i < live->letter->progress->len; i++)
        ll_progress_unmark (ll_letter_progress (live->letter, i), "unsigned");
      return;
    }
  job.recipients = unsigned_of (live, &job.prompt);
  if (job.recipients->len > 0 && !g_cancellable_is_cancelled (pipeline->ended))
    run (&job);
  g_array_unref (job.recipients);
}
