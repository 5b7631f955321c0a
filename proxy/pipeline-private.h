/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "pipeline.h"

#include "api/intl.h"
#include "bus/actions.h"
#include "deliver/onward.h"
#include "keys/own.h"
#include "protect/inner.h"
#include "wire/status.h"

G_BEGIN_DECLS

/*
 * What the files of the journey share, and nobody else sees.
 *
 * A live letter is one that is in the spool: its envelope, state and content key
 * in memory. The step that owns it (ll_store_claim) is the only one that touches
 * letter and facts; the lock in it guards the answer to the waiting mail program.
 */

typedef struct
{
  gint ref_count;
  LlLetter *letter;
  LlMessageFacts *facts;

  GPtrArray *keys;  /* of LlKey or NULL: whose each recipient's lock is, while a step decides */
  GPtrArray *waits; /* of char* or NULL: why each waits, as it was last told; since the start */
  guint8 *hidden;   /* for each recipient: the subject is not to be read outside of his lock */
  guint *failed;    /* bit LlMethod, for each recipient: locks that failed in this step */
  char *failure;    /* why, of the last one, or NULL */

  /* for each recipient: the provider refused REQUIRETLS in this step */
  guint8 *no_requiretls;

  gboolean in_line; /* (the step's) it waits for its account's turn to send */
  gint keys_came;   /* (atomic) whoever is held for want of a key is decided anew */
  gint certain;     /* (atomic) it survives power loss: the mail program may hear 250 */
  gint anew;        /* (atomic) what waits is tried at the next step, whatever its time */
  gint states;      /* (atomic) a bit for each state that a recipient has, for who counts */

  GMutex lock;

  /* auth = client: the mail program's own credentials, until its letter has to wait */
  char *login;
  LlSecret *password;

  GCond answered_cond;
  gboolean client_waits; /* a mail program waits for the answer to its final dot */
  gboolean answering;    /* its answer is being made: it waits on past its time */
  gboolean answered;
  LlReply answer;
} LlLive;

struct _LlPipeline
{
  LlPipelineParts parts;
  LlQueue *queue;
  LlOnwardBook *onward; /* what was measured of the providers */

  GMutex lock;
  LlConfig *config;
  GHashTable *live;     /* id -> LlLive; what is done is not among them */
  GHashTable *digests;  /* digest -> LlLive, of those that the ledger may not have yet */
  GPtrArray *done;      /* of LlLive: their files may go once the ledger is on disk */
  GPtrArray *unread;    /* of char: ids whose files could not be read just then */
  GHashTable *sign_ins; /* permissions.c: account -> GCancellable, of those under way */
  gint64 paused_until;  /* pausing.c: wall seconds, 0: not paused */
  gint64 looked_anew;   /* reached.c: wall seconds, and boot seconds of what was in vain; or 0 */
  gint64 in_vain;

  GCancellable *ended; /* nothing new leaves any more; its descriptor is kept, for all waits */

  GMutex news_lock; /* held while the listener is called */
  LlPipelineListener listener;
  gpointer listener_data;
};

/* -- live.c ---------------------------------------------------------------------- */

LlLive *ll_live_new (LlLetter *letter, LlMessageFacts *facts); /* takes over both */
LlLive *ll_live_ref (LlLive *live);
void ll_live_unref (LlLive *live);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlLive, ll_live_unref)

/* The owner of the letter has changed states. */
void ll_live_count (LlLive *live);

/* The one answer to the waiting mail program. FALSE: it does not wait any more, so what happened
 * has to be told in another way. */
gboolean ll_live_answer (LlLive *live, guint code, const char *enhanced, const char *text);

/* 250, and where the first recipient stands that the letter has not left for. */
void ll_live_answer_taken (LlLive *live);

/* Whoever is still to be served rests in @state. What a person decides (held, uncertain) stays
 * that person's: only without any hope (@state is final) is a held one taken from him too. One that
 * is held until it was looked at again is no person's. */
void ll_live_rest (LlLive *live, LlState state, const char *reason);

/* The mail program's own, for auth = client; else NULL. (transfer full) */
void ll_live_credentials (LlLive *live, char **login, LlSecret **password);

/* The letter as it lies in the spool with the edits of @surgery, as often as it is asked for. */
typedef struct
{
  LlPipeline *pipeline;
  LlLive *live;
  const LlSurgery *surgery;
  LlReader *reader; /* of the last one */
} LlLetterSource;

/* @source: LlLetterSource; an LlInnerOpen (protect/signed.h). */
LlInner *ll_letter_source_open (gpointer source, GError **error);
void ll_letter_source_clear (LlLetterSource *source);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LlLetterSource, ll_letter_source_clear)

/* Until when an engine may work on it; with @prompt, a person has to find his passphrase. */
LlDeadline ll_live_deadline (const LlLive *live, gboolean prompt);

/* The letter's header as it lies in the spool, NUL-terminated. (transfer full) */
char *ll_live_header (LlPipeline *pipeline, LlLive *live, gsize *length, GError **error);

/* -- pipeline.c ---------------------------------------------------------------- */

/* From here on it can be found. */
void ll_pipeline_keep (LlPipeline *pipeline, LlLive *live);

/* The letter is durable: takes the first step soon, on a delivery thread. */
void ll_pipeline_take (LlPipeline *pipeline, LlLive *live);

/* (transfer full) or NULL; what is done is not found any more */
LlLive *ll_pipeline_find (LlPipeline *pipeline, const char *id);

/* Spool first, then the ledger, then those who watch. Called by the owner of the letter. */
gboolean ll_pipeline_save (LlPipeline *pipeline, LlLive *live, gboolean durable);

/* The ledger gets the letter as it is, and its subject where that can be read. */
void ll_pipeline_enter (LlPipeline *pipeline, const LlLive *live);

/* A point of the timeline. */
void ll_pipeline_note (LlPipeline *pipeline, LlLive *live, const char *event, const char *text);
void ll_pipeline_tell (LlPipeline *pipeline, LlPipelineNews news, const char *id, const char *text);

gboolean ll_pipeline_is_done (const LlLetter *letter);

/* When to come back: the earliest retry of any recipient, or 0 when only a person can help. */
gint64 ll_pipeline_next_time (const LlLetter *letter);

/* Nothing is left to do for it but to clear away its files; its original is kept, if it left
 * locked, and where that fails it is tried again. Called by its owner. */
void ll_pipeline_close (LlPipeline *pipeline, LlLive *live);

/* -- retention.c: what is kept, and until when ------------------------------------------- */

/* In the queue, beside the letters: time to let go what is old. */
#define LL_PIPELINE_PRUNING "pruning"

/* Ledger and originals, by the configuration in force; comes back by itself. */
void ll_pipeline_prune (LlPipeline *pipeline);

/* As [record] subjects says. */
void ll_pipeline_keep_subjects (LlPipeline *pipeline, const LlConfig *config);

/* How long originals are kept (seconds); 0: none are. */
guint ll_originals_time (LlPipeline *pipeline);

/* -- originals.c: what was sent locked, readable ------------------------------------------ */

/* FALSE: it could not be, now. */
gboolean ll_keep_original (LlPipeline *pipeline, const LlLive *live);

/* Adds to what a person is shown of a letter until when its original is kept. */
GVariant *ll_original_shown (LlPipeline *pipeline, GVariant *letter);

/* -- returning.c: letters that were here before we were ------------------------------- */

/* In the queue, beside the letters: time to read again what could not be read. */
#define LL_PIPELINE_UNREAD "unread"

void ll_pipeline_take_up (LlPipeline *pipeline);
void ll_pipeline_take_up_unread (LlPipeline *pipeline);

/* Whether the letter's facts are there; else its recipients say what they wait for, or that it is
 * lost. */
gboolean ll_pipeline_open (LlPipeline *pipeline, LlLive *live);

/* -- reached.c ------------------------------------------------------------------------ */

/* Between decision and departure: where nothing is known of a way for want of a network, and the
 * provider can be reached nevertheless, the way is looked at again first. */
void ll_reach (LlPipeline *pipeline, LlConfig *config, const LlAccount *account, LlLive *live);

/* A letter of @account was taken: what waits for the same is tried. */
void ll_reached (LlPipeline *pipeline, const char *account);

/* -- waking.c ----------------------------------------------------------------------- */

/* What waits for a network, a keyring, a sign-in or evidence is due now. */
void ll_try_anew (LlLetter *letter);

/* Who is held for want of a key is decided anew. */
void ll_try_keys (LlLetter *letter);

/* Keys of @addresses came, or the user said yes to one: letters to them that are held for want of
 * it take a step. */
void ll_pipeline_keys_came (LlPipeline *pipeline, const char *const *addresses);

/* All letters take a step, and what waits in them is tried. */
void ll_pipeline_wake (LlPipeline *pipeline);

/* auth = client: the mail program signed in, so what waited for that can go. */
void ll_pipeline_signed_in (LlPipeline *pipeline,
                            const char *account,
                            const char *login,
                            const LlSecret *password);

/* -- telling.c: mail to the user himself --------------------------------------------- */

/* Writes about the recipients that are marked "mail_due", and takes the marks away. It may take
 * long, so it comes after the answer to the mail program; a crash before repeats it. Returns
 * whether there were any. */
gboolean ll_pipeline_write_due (LlPipeline *pipeline, LlLive *live);

/* The codes of a refusal by our own rules. *enhanced is part of @progress. */
void ll_refusal_code (const LlProgress *progress, guint *code, const char **enhanced);

/* -- pausing.c ----------------------------------------------------------------------------- */

#define LL_PIPELINE_RESUMING "resuming" /* in the queue */
#define LL_PAUSED_UNTIL_RESUME G_MAXINT64

void ll_pipeline_take_up_pause (LlPipeline *pipeline);
/* 0: not paused; LL_PAUSED_UNTIL_RESUME: it has no end of its own. */
gint64 ll_pipeline_paused_until (LlPipeline *pipeline);
/* @minutes: 0 for no end. */
gboolean ll_pipeline_pause (LlPipeline *pipeline, guint minutes, GError **error);
void ll_pipeline_resume (LlPipeline *pipeline);
void ll_pipeline_resume_if_due (LlPipeline *pipeline);

/* Sets state and sentence of one recipient. */
void ll_progress_set (LlProgress *progress, LlState state, const char *reason);

/* The sentence of the decision, whatever was said since. (transfer none) */
const char *ll_progress_sentence (const LlProgress *progress);

/* Whether it is this recipient's turn: new, or its time to be tried again has come. */
gboolean ll_progress_is_due (const LlProgress *progress);

/* Marks that stay with a recipient: "told" (that it will not get the letter), "told_now" (that it
 * waits), "told_delayed", "mail_due" (a notice is to be written), "reminded" (by mail), "late"
 * (looked at once more), "wants_key" (held, and a key would do), "again" (held until it was looked
 * at again, at next_try, by itself), "ask" (the user is there: he may be asked for a passphrase,
 * once), "unsigned" (it is to be signed, and is not yet: it does not leave). */
gboolean ll_progress_has (const LlProgress *progress, const char *mark);
void ll_progress_mark (LlProgress *progress, const char *mark);
void ll_progress_unmark (LlProgress *progress, const char *mark);

/* Puts @value (floating: taken) in the place of @key with a recipient; NULL removes it. */
void ll_progress_keep (LlProgress *progress, const char *key, GVariant *value);

/* The same in its proof, which `show` prints. */
void ll_progress_prove (LlProgress *progress, const char *key, GVariant *value);

/* -- certificates.c --------------------------------------------------------------- */

/* The user's own certificate for @account (a name), NULL: none; and its key, with the errors of
 * ll_own_open. */
LlOwn *ll_own_of (LlPipeline *pipeline, const char *account);
gboolean ll_own_unlock (LlPipeline *pipeline, const char *account, LlOwn *own, GError **error);

/* -- signing.c -------------------------------------------------------------------- */

/* The sender's own PGP key or certificate: letters are locked for it too, so that he can read what
 * he sent, and it signs. */
typedef struct
{
  LlKey *key; /* NULL: he has none */
  LlOwn *own; /* a certificate, with its key if it signs */
  gboolean signs;
  char *unsigned_why; /* why it does not sign, a clause; or NULL */
} LlSigner;

void ll_signer_clear (LlSigner *signer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LlSigner, ll_signer_clear)

/* FALSE with LL_SECRET_ERROR_LOCKED: its key is there, and cannot be read now: later. */
gboolean ll_signer_find (
    LlPipeline *pipeline, const LlLive *live, LlMethod method, LlSigner *signer, GError **error);

/* The fingerprint of what signs, or NULL. */
const char *ll_signer_name (const LlSigner *signer);

/* -- signatures.c ----------------------------------------------------------------- */

/* Makes the signed copy for those who get the letter unlocked, where the account wants it (`sign
 * =`). Where it cannot be made they wait; nothing goes unsigned in its place. */
void ll_sign_letter (LlPipeline *pipeline, const LlAccount *account, LlLive *live);

/* The copy that was made leaves as it is, although its recipient was decided again. @before: what
 * was kept with him, or NULL. */
void ll_sign_carry (LlProgress *progress, const LlExtra *before);

/* -- locks.c -------------------------------------------------------------------- */

/* What can lock a letter to one address: bits are 1u << LlMethod. */
typedef struct
{
  guint ready;
  guint asks;
  guint changed;
  guint sure;
  guint unchecked; /* among the ready ones, those that nobody vouches for */
  LlMethod preferred;
  char *no_lock; /* a clause, or NULL */
  LlKey *keys[LL_METHOD_OPEN];
} LlLocks;

void ll_locks_clear (LlLocks *locks);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LlLocks, ll_locks_clear)

/* Waits for the search for keys, until the deadline. */
void ll_locks_find (LlPipeline *pipeline, const char *address, LlDeadline deadline, LlLocks *locks);

/* Begins to look for keys of @address, in the background. */
void ll_locks_start (LlPipeline *pipeline, const char *address);

/* The same, past what the sources keep: a person asks. */
void ll_locks_ask_anew (LlPipeline *pipeline, const char *address);

/* What was found by the deadline. *whose: the address that the keys are of: @address, or the one
 * without its tag (transfer full). (transfer full) */
LlKeyring *
ll_locks_keyring (LlPipeline *pipeline, const char *address, LlDeadline deadline, char **whose);

/* As ll_trust_choose, with the user's level of trust. */
LlLockChoice ll_locks_choose (LlPipeline *pipeline,
                              const LlKeyring *ring,
                              LlMethod method,
                              const char *address,
                              const LlContactKey *contact);

/* A letter to @address was locked for @key; the user says yes to it. */
void ll_locks_used (LlPipeline *pipeline, const char *address, const LlKey *key);
void ll_locks_accept (LlPipeline *pipeline, const char *address, const LlKey *key);

/* -- locking.c -------------------------------------------------------------------- */

/* Makes the locked copies that are decided and not there yet. Returns whether the letter must be
 * judged again: a lock failed. */
gboolean ll_lock_letter (LlPipeline *pipeline, const LlAccount *account, LlLive *live);

/* The provider does not take the locked copy that recipient @i would get: this lock is out of the
 * choice until the letter is decided at another time. */
#define LL_TOO_LARGE_ONCE_LOCKED N_ ("it is too large once locked")
void ll_lock_too_large (LlLive *live, guint i, const char *why);

/* A copy that was made for this very key leaves as it is, although its recipient was decided again:
 * the same bytes at every try. @before: what was kept with him, or NULL. */
void ll_lock_carry (LlProgress *progress, const LlExtra *before, const LlKey *key);

/* The number of the copy that this recipient gets, 0: the letter as it is. */
guint ll_locked_copy (const LlProgress *progress);

/* -- wanting.c -------------------------------------------------------------------- */

/* Their copy cannot be made now: they wait, and the user is told. @recipients: of guint;
 * @next_try: 0: until he does something. */
void ll_wait (LlPipeline *pipeline,
              LlLive *live,
              const GArray *recipients,
              const char *reason,
              gint64 next_try);

/* Whether @error passes with time, or once the user did something; then they wait for that. @copy:
 * what is made, "locked" or "signed". */
gboolean ll_wants_time (LlPipeline *pipeline,
                        LlLive *live,
                        const GArray *recipients,
                        const char *copy,
                        const GError *error);

/* -- fitting.c -------------------------------------------------------------------- */

/* For whom the letter is, if the mail program locked it itself: waits for the search for keys,
 * until the deadline. */
LlFits ll_fits (LlPipeline *pipeline, const LlLive *live, guint i, LlDeadline deadline);

/* Beside the proof, for `show`. */
void ll_fits_keep (LlProgress *progress, const LlMessageFacts *facts, LlFits fits);

/* -- measuring.c: `account test --onward` --------------------------------------------- */

/* As the actions of the bus (bus/actions.h). */
gboolean ll_measure (gpointer data,
                     const char *name,
                     const char *const *addresses,
                     guint wait,
                     LlBusProgress step,
                     gpointer step_data,
                     GCancellable *cancellable,
                     GError **error);
GVariant *ll_measured (gpointer data, const char *name);

/* -- judgement.c ------------------------------------------------------------------ */

typedef struct
{
  const LlConfig *config;
  const LlRule *tried; /* as if it stood before all others; or NULL */
  const LlAccount *account;
  gint64 received;             /* wall seconds of our 250; 0: the mail program still waits */
  gboolean requiretls_asked;   /* by the mail program, in MAIL */
  gboolean bounce;             /* MAIL FROM:<> */
  const LlMessageFacts *facts; /* NULL before the content is known */
  const LlRecipient *recipient;
  guint recipients;
  gboolean requiretls_refused;
  LlRelease release;
  LlFits fits;         /* of a letter that is locked already */
  guint failed;        /* bit LlMethod: locks that failed in this step */
  const char *failure; /* why, or NULL */
  LlLocks *locks;      /* filled when the way alone does not do; may be NULL */
  LlDeadline deadline;
} LlJudgement;

/* Waits for the evidence until the deadline, then decides. *verdict: (transfer full), may be
 * NULL. (transfer full) */
LlDecision *ll_judge (LlPipeline *pipeline, const LlJudgement *judgement, LlVerdict **verdict);

/* Keeps what the decision rests on with the recipient, for ledger, window and command line.
 * (transfer full) what was kept before, of which only marks of the journey stay. */
LlExtra *
ll_keep_evidence (LlProgress *progress, const LlDecision *decision, const LlVerdict *verdict);

/* Judges every recipient of @live that may be judged now, writes decisions into its progress. */
void
ll_judge_letter (LlPipeline *pipeline, LlConfig *config, const LlAccount *account, LlLive *live);

/* What a person chose for this recipient (kept in its progress). */
LlRelease ll_release_of (const LlProgress *progress);
void ll_release_set (LlProgress *progress, LlRelease release);

/* -- leaving.c --------------------------------------------------------------------- */

/* What leaves in one transaction. */
typedef struct
{
  guint locked; /* number of the locked copy, 0: the letter as it is */
  gboolean requiretls;
  GArray *recipients; /* of guint */
  gboolean spared;    /* not now, see sparing.c */
} LlLeaving;

/* All that leaves now. (transfer full) of LlLeaving */
GPtrArray *ll_leaving (const LlLetter *letter);

/* Whether a decided recipient is to leave now. */
gboolean ll_departs (const LlProgress *progress);

/* -- sparing.c -------------------------------------------------------------------- */

/* Whether these recipients of the letter wait for a network that is not metered. */
gboolean ll_is_spared (LlPipeline *pipeline, const LlLetter *letter, const LlLeaving *leaving);

/* The same of one, who need not be looked at anew before. */
gboolean
ll_is_spared_for (LlPipeline *pipeline, const LlLetter *letter, const LlProgress *progress);

/* -- departure.c ------------------------------------------------------------------- */

/* Sends what departs, writes the results into the progress, answers the mail program when it
 * still waits. Returns whether the letter must be judged again (REQUIRETLS was refused). */
gboolean ll_depart (LlPipeline *pipeline, LlConfig *config, const LlAccount *account, LlLive *live);

G_END_DECLS
