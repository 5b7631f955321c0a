/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "record/ledger.h"

#include "base/clock.h"
#include "base/error.h"
#include "record/row.h"
#include "record/schema.h"
#include "record/subject.h"

/*
 * One thread writes. What waits when it comes round goes into one transaction, so
 * that a burst of letters costs one commit. Commits are not synced by themselves:
 * the spool is the truth until ll_ledger_flush, which syncs everything before it.
 *
 * When the disk is full or the file cannot be written, what waits stays in memory
 * and is tried again; only those who wait for an answer get the error.
 */

/* One transaction takes at most that many jobs, so that a flush never waits for long. */
#define GROUP_MAX 512

/* Kept in memory while the disk is full; beyond it the oldest go (the spool still has them). */
#define PENDING_MAX 20000

#define RETRY_AFTER (2 * G_USEC_PER_SEC)

/* A letter is put several times on its way: what comes within this time is one transaction. */
#define GATHER (40 * G_USEC_PER_SEC / 1000)

typedef enum
{
  JOB_PUT,
  JOB_EVENT,
  JOB_FLUSH,
  JOB_CALL,
  JOB_STOP,
} JobKind;

/* Who waits for a job; on the waiter's stack. */
typedef struct
{
  GMutex lock;
  GCond done_cond;
  gboolean done;
  GError *error;
} Waiter;

typedef struct
{
  JobKind kind;
  LlRow *row;
  char *id;
  gint64 when;
  char *event;
  char *text;
  LlLedgerCall call;
  gpointer call_data;
  Waiter *waiter;
} Job;

struct _LlLedger
{
  LlLedgerReaders readers;
  GThread *thread;
  LlLedgerFollows follows;

  GMutex lock; /* of all up to the empty line */
  GCond wanted;
  GQueue jobs;    /* of Job: given, not yet taken by the writer */
  gboolean rests; /* the writer waits for the first job of a group */
  gboolean hurry; /* somebody waits for an answer: no more gathering */

  GMutex watch_lock;
  LlLedgerChanged changed;
  gpointer changed_data;

  /* the writer thread's own */
  sqlite3 *database;
  LlRowStatements statements;
  GQueue pending; /* of Job: taken, not yet committed */
  gboolean unsynced;
};

static void
job_free (Job *job)
{
  ll_row_free (job->row);
  g_free (job->id);
  g_free (job->event);
  g_free (job->text);
  g_free (job);
}

static Job *
job_new (JobKind kind)
{
  Job *job = g_new0 (Job, 1);

  job->kind = kind;
  return job;
}

/* @error may be NULL: done. */
static void
job_answer (Job *job, const GError *error)
{
  Waiter *waiter = job->waiter;

  if (waiter == NULL)
    return;
  g_mutex_lock (&waiter->lock);
  if (waiter->error == NULL && error != NULL)
    waiter->error = g_error_copy (error);
  waiter->done = TRUE;
  g_cond_signal (&waiter->done_cond);
  g_mutex_unlock (&waiter->lock);
}

/* -- the writer thread ---------------------------------------------------------------- */

/* A call may fail for reasons of its own (an override without reason): its changes alone are
 * taken back, the group goes on. */
static gboolean
run_call (LlLedger *ledger, Job *job, GError **error)
{
  g_autoptr (GError) own = NULL;

  if (!ll_database_run (ledger->database, "SAVEPOINT call", error))
    return FALSE;
  if (!job->call (ledger->database, job->call_data, &own))
    {
      job->waiter->error = g_steal_pointer (&own);
      return ll_database_run (ledger->database, "ROLLBACK TO call; RELEASE call", error);
    }
  return ll_database_run (ledger->database, "RELEASE call", error);
}

static gboolean
run_job (LlLedger *ledger, Job *job, GError **error)
{
  switch (job->kind)
    {
    case JOB_PUT:
      return ll_row_write (job->row, &ledger->statements,
                           g_atomic_int_get (&ledger->follows.subjects), error);
    case JOB_EVENT:
      return ll_row_write_event (&ledger->statements, job->id, job->when, job->event, job->text,
                                 error);
    case JOB_CALL:
      return run_call (ledger, job, error);
    case JOB_FLUSH:
      /* something must be written for the commit to sync what earlier ones left */
      return !ledger->unsynced
             || ll_database_run (ledger->database,
                                 "UPDATE meta SET value = value + 1 WHERE name = 'synced'", error);
    case JOB_STOP:
      return TRUE;
    }
  g_return_val_if_reached (FALSE);
}

/* Of several snapshots of a letter in one group only the last one is written, but for those that
 * say that a person had to decide (reports count them) or what no later one says again. */
static gboolean
is_outdated (GHashTable *latest, const Job *job)
{
  return job->kind == JOB_PUT && !ll_row_is_held (job->row) && !ll_row_has_subject (job->row)
         && g_hash_table_lookup (latest, job->id) != job;
}

static GHashTable *
latest_rows (LlLedger *ledger, guint n)
{
  GHashTable *latest = g_hash_table_new (g_str_hash, g_str_equal);
  GList *link = ledger->pending.head;

  for (guint i = 0; i < n; i++, link = link->next)
    if (((Job *) link->data)->kind == JOB_PUT)
      g_hash_table_replace (latest, ((Job *) link->data)->id, link->data);
  return latest;
}

static gboolean
commit_group (LlLedger *ledger, guint n, gboolean synced, GError **error)
{
  g_autoptr (GHashTable) latest = latest_rows (ledger, n);
  LlStore *store = g_atomic_pointer_get (&ledger->follows.store);
  guint i = 0;

  /* where that fails, who waits for it hears so; the letters that it concerns are still told of */
  if (store != NULL)
    (void) ll_store_sync (store, NULL);
  if (!ll_database_run (ledger->database,
                        synced ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", error)
      || !ll_database_run (ledger->database, "BEGIN IMMEDIATE", error))
    return FALSE;
  for (GList *link = ledger->pending.head; link != NULL && i < n; link = link->next, i++)
    if (!is_outdated (latest, link->data) && !run_job (ledger, link->data, error))
      {
        sqlite3_exec (ledger->database, "ROLLBACK", NULL, NULL, NULL);
        return FALSE;
      }
  if (!ll_database_run (ledger->database, "COMMIT", error))
    {
      sqlite3_exec (ledger->database, "ROLLBACK", NULL, NULL, NULL);
      return FALSE;
    }
  ledger->unsynced = !synced;
  return TRUE;
}

static void
tell_changed (LlLedger *ledger, GHashTable *ids)
{
  g_autofree const char **list = NULL;

  if (g_hash_table_size (ids) == 0)
    return;
  list = (const char **) g_hash_table_get_keys_as_array (ids, NULL);
  g_mutex_lock (&ledger->watch_lock);
  if (ledger->changed != NULL)
    ledger->changed (list, ledger->changed_data);
  g_mutex_unlock (&ledger->watch_lock);
}

/* The first @n jobs are on disk. */
static void
finish_group (LlLedger *ledger, guint n)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  GQueue done = G_QUEUE_INIT;

  for (guint i = 0; i < n; i++)
    {
      Job *job = g_queue_pop_head (&ledger->pending);

      if (job->id != NULL)
        g_hash_table_add (ids, job->id);
      g_queue_push_tail (&done, job);
    }
  tell_changed (ledger, ids);
  for (Job *job = g_queue_pop_head (&done); job != NULL; job = g_queue_pop_head (&done))
    {
      job_answer (job, NULL);
      job_free (job);
    }
}

/* Nothing could be written: who waits hears it, the rest stays for the next try. */
static void
fail_group (LlLedger *ledger, guint n, const GError *error)
{
  GList *link = ledger->pending.head;

  for (guint i = 0; i < n && link != NULL; i++)
    {
      GList *next = link->next;
      Job *job = link->data;

      if (job->kind != JOB_PUT && job->kind != JOB_EVENT)
        {
          job_answer (job, error);
          job_free (job);
          g_queue_delete_link (&ledger->pending, link);
        }
      link = next;
    }
  while (ledger->pending.length > PENDING_MAX)
    job_free (g_queue_pop_head (&ledger->pending));
}

/* Commits what is pending, in groups. FALSE: try again later. */
static gboolean
commit_pending (LlLedger *ledger)
{
  while (ledger->pending.length > 0)
    {
      g_autoptr (GError) error = NULL;
      guint n = MIN (ledger->pending.length, GROUP_MAX);
      gboolean synced = FALSE;
      GList *link = ledger->pending.head;

      for (guint i = 0; i < n; i++, link = link->next)
        synced |= ((Job *) link->data)->waiter != NULL;
      if (!commit_group (ledger, n, synced, &error))
        {
          g_debug ("ledger: %s", error->message);
          fail_group (ledger, n, error);
          return FALSE;
        }
      finish_group (ledger, n);
    }
  return TRUE;
}

/* Takes what is there @GATHER after the first of it came, or when somebody waits for an answer;
 * until then the writer is not woken up. Returns whether this is the end. */
static gboolean
gather (LlLedger *ledger, gboolean retry)
{
  gint64 until = retry ? g_get_monotonic_time () + RETRY_AFTER : G_MAXINT64;
  gboolean stop = FALSE;
  Job *job;

  g_mutex_lock (&ledger->lock);
  ledger->rests = TRUE;
  while (g_queue_is_empty (&ledger->jobs)
         && g_cond_wait_until (&ledger->wanted, &ledger->lock, until))
    ;
  ledger->rests = FALSE;
  until = g_get_monotonic_time () + GATHER;
  while (!ledger->hurry && g_cond_wait_until (&ledger->wanted, &ledger->lock, until))
    ;
  ledger->hurry = FALSE;
  while ((job = g_queue_pop_head (&ledger->jobs)) != NULL)
    {
      stop |= job->kind == JOB_STOP;
      g_queue_push_tail (&ledger->pending, job);
    }
  g_mutex_unlock (&ledger->lock);
  return stop;
}

static gpointer
writer_thread (gpointer data)
{
  LlLedger *ledger = data;
  gboolean stop = FALSE;
  gboolean retry = FALSE;

  while (!stop)
    {
      stop = gather (ledger, retry);
      retry = !commit_pending (ledger);
    }
  return NULL;
}

/* -- the others' side -------------------------------------------------------------------- */

static void
push (LlLedger *ledger, Job *job)
{
  gboolean urgent = job->waiter != NULL || job->kind == JOB_STOP;

  g_mutex_lock (&ledger->lock);
  g_queue_push_tail (&ledger->jobs, job);
  ledger->hurry |= urgent;
  if (urgent || ledger->rests)
    g_cond_signal (&ledger->wanted);
  g_mutex_unlock (&ledger->lock);
}

LlLedger *
ll_ledger_open (const char *path, GError **error)
{
  g_autoptr (LlLedger) ledger = g_new0 (LlLedger, 1);

  ll_ledger_readers_init (&ledger->readers, path);
  g_mutex_init (&ledger->watch_lock);
  g_mutex_init (&ledger->lock);
  g_cond_init (&ledger->wanted);
  g_queue_init (&ledger->jobs);
  g_queue_init (&ledger->pending);
  ledger->unsynced = TRUE;
  ledger->database = ll_ledger_schema_open (path, error);
  if (ledger->database == NULL
      || !ll_row_statements_init (&ledger->statements, ledger->database, error)
      || !ll_ledger_readers_find_overrides (&ledger->readers, ledger->database, error))
    return NULL;
  ledger->thread = g_thread_new ("ledger", writer_thread, ledger);
  return g_steal_pointer (&ledger);
}

void
ll_ledger_close (LlLedger *ledger)
{
  if (ledger == NULL)
    return;
  if (ledger->thread != NULL)
    {
      push (ledger, job_new (JOB_STOP));
      g_thread_join (ledger->thread);
    }
  g_queue_clear_full (&ledger->jobs, (GDestroyNotify) job_free);
  g_mutex_clear (&ledger->lock);
  g_cond_clear (&ledger->wanted);
  g_queue_clear_full (&ledger->pending, (GDestroyNotify) job_free);
  ll_row_statements_clear (&ledger->statements);
  ll_database_close (ledger->database);
  ll_ledger_readers_clear (&ledger->readers);
  g_mutex_clear (&ledger->watch_lock);
  g_free (ledger);
}

void
ll_ledger_follow (LlLedger *ledger, LlStore *store)
{
  g_atomic_pointer_set (&ledger->follows.store, store);
}

LlLedgerFollows *
ll_ledger_follows (LlLedger *ledger)
{
  return &ledger->follows;
}

LlLedgerReaders *
ll_ledger_readers (LlLedger *ledger)
{
  return &ledger->readers;
}

void
ll_ledger_put (LlLedger *ledger, const LlLetter *letter, const char *subject)
{
  Job *job;

  g_return_if_fail (letter->id != NULL);
  job = job_new (JOB_PUT);
  job->row = ll_row_new (letter, ll_subject_seal (ledger, letter->id, subject));
  job->id = g_strdup (letter->id);
  push (ledger, job);
}

void
ll_ledger_event (LlLedger *ledger, const char *id, const char *event, const char *text)
{
  Job *job;

  g_return_if_fail (id != NULL && event != NULL);
  job = job_new (JOB_EVENT);
  job->id = g_strdup (id);
  job->when = ll_clock_now ();
  job->event = g_strdup (event);
  job->text = g_strdup (text);
  push (ledger, job);
}

static gboolean
push_and_wait (LlLedger *ledger, Job *job, GError **error)
{
  Waiter waiter = { .done = FALSE };

  g_mutex_init (&waiter.lock);
  g_cond_init (&waiter.done_cond);
  job->waiter = &waiter;
  push (ledger, job);
  g_mutex_lock (&waiter.lock);
  while (!waiter.done)
    g_cond_wait (&waiter.done_cond, &waiter.lock);
  g_mutex_unlock (&waiter.lock);
  g_mutex_clear (&waiter.lock);
  g_cond_clear (&waiter.done_cond);
  if (waiter.error == NULL)
    return TRUE;
  g_propagate_error (error, waiter.error);
  return FALSE;
}

gboolean
ll_ledger_flush (LlLedger *ledger, GError **error)
{
  return push_and_wait (ledger, job_new (JOB_FLUSH), error);
}

gboolean
ll_ledger_call (LlLedger *ledger, LlLedgerCall call, gpointer data, GError **error)
{
  Job *job = job_new (JOB_CALL);

  job->call = call;
  job->call_data = data;
  return push_and_wait (ledger, job, error);
}

void
ll_ledger_watch (LlLedger *ledger, LlLedgerChanged changed, gpointer data)
{
  g_mutex_lock (&ledger->watch_lock);
  ledger->changed = changed;
  ledger->changed_data = data;
  g_mutex_unlock (&ledger->watch_lock);
}
