/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/failure.h"

#include "api/intl.h"
#include "base/clock.h"
#include "base/limits.h"

#include <string.h>

typedef struct
{
  char *culprit; /* as in LlVerdict */
  gint64 time;
  LlSource source;
  LlCode code;
  char *detail;
} Failure;

static void
failure_clear (Failure *failure)
{
  g_free (failure->culprit);
  g_free (failure->detail);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Failure, failure_clear)

/* -- on disk -------------------------------------------------------------------- */

static gboolean
load (LlMemory *memory, const char *domain, Failure *out)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&memory->lock);
  g_autoptr (LlBorrowed) statement = ll_database_borrow (memory->history,
                                                         "SELECT culprit, time, source, code, "
                                                         "detail FROM broken WHERE domain = ?",
                                                         NULL);

  ll_database_bind_text (statement, 1, domain);
  if (!ll_memory_step (statement))
    return FALSE;
  out->culprit = ll_database_dup_text (statement, 0);
  out->time = sqlite3_column_int64 (statement, 1);
  out->source = (LlSource) sqlite3_column_int (statement, 2);
  out->code = (LlCode) sqlite3_column_int (statement, 3);
  out->detail = ll_database_dup_text (statement, 4);
  return TRUE;
}

static void
save (LlMemory *memory, const LlVerdict *verdict)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&memory->lock);
  g_autoptr (sqlite3_stmt) statement
      = ll_database_prepare (memory->history,
                             "INSERT OR REPLACE INTO broken (domain, culprit, time, source, code, "
                             "detail) VALUES (?, ?, ?, ?, ?, ?)",
                             NULL);

  ll_database_bind_text (statement, 1, verdict->domain);
  ll_database_bind_text (statement, 2, verdict->culprit);
  sqlite3_bind_int64 (statement, 3, verdict->time);
  sqlite3_bind_int (statement, 4, (int) verdict->source);
  sqlite3_bind_int (statement, 5, (int) verdict->code);
  ll_database_bind_text (statement, 6, verdict->detail);
  ll_memory_step (statement);
}

void
ll_failure_forget (LlMemory *memory, const char *domain)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&memory->lock);
  g_autoptr (sqlite3_stmt) statement
      = ll_database_prepare (memory->history, "DELETE FROM broken WHERE domain = ?", NULL);

  ll_database_bind_text (statement, 1, domain);
  ll_memory_step (statement);
}

/* -- whether it was seen whole ----------------------------------------------------- */

static const LlHostFacts *
find_host (const LlVerdict *verdict, const char *name)
{
  for (guint i = 0; i < verdict->hosts->len; i++)
    {
      const LlHostFacts *host = g_ptr_array_index (verdict->hosts, i);

      if (g_strcmp0 (host->name, name) == 0)
        return host;
    }
  return NULL;
}

/* DNS alone failed, and answers; or the server failed, and was looked at. */
static gboolean
is_whole (const Failure *failure, const LlHostFacts *host)
{
  if (host->addressed == LL_ABSENT)
    return TRUE;
  if (failure->source == LL_SOURCE_SEEN)
    return host->contacted;
  return host->addressed == LL_FOUND && host->dane != LL_DANE_UNOBTAINABLE
         && host->why != LL_WHY_DNS;
}

static gboolean
is_lifted (const Failure *failure, const LlVerdict *verdict)
{
  g_auto (GStrv) names = g_strsplit (failure->culprit != NULL ? failure->culprit : "", " ", -1);

  if (verdict->hosts->len == 0) /* nobody says who takes its mail, or that nobody does */
    return verdict->evidence == LL_EVIDENCE_NOMAIL && verdict->settled;
  if (g_strcmp0 (failure->culprit, LL_CULPRIT_POLICY) == 0)
    return verdict->sts.mode != LL_STS_UNKNOWN && verdict->sts.mode != LL_STS_FETCH_ERROR;
  for (guint i = 0; names[i] != NULL; i++)
    {
      const LlHostFacts *host = find_host (verdict, names[i]);

      if (host != NULL && !is_whole (failure, host))
        return FALSE;
    }
  return TRUE; /* the list of servers is there again, and who failed is whole, or gone from it */
}

static void
restore (const Failure *failure, LlVerdict *verdict)
{
  g_autofree char *date = ll_clock_format (failure->time);

  verdict->evidence = verdict->evidence_if_sts = LL_EVIDENCE_BROKEN;
  verdict->source = verdict->source_if_sts = failure->source;
  verdict->code = verdict->code_if_sts = failure->code;
  verdict->why = LL_WHY_NONE;
  verdict->time = failure->time;
  verdict->settled = FALSE;
  verdict->dns_broken = failure->source != LL_SOURCE_SEEN;
  g_free (verdict->detail);
  verdict->detail = g_strdup_printf (N_ ("%s%sso it was on %.10s, and it was not seen whole since"),
                                     failure->detail != NULL ? failure->detail : "",
                                     failure->detail != NULL ? "; " : "",
                                     date != NULL ? date : N_ ("a day before"));
}

void
ll_failure_apply (LlMemory *memory, LlVerdict *verdict, gboolean learn)
{
  g_auto (Failure) failure = { 0 };

  if (verdict->evidence == LL_EVIDENCE_BROKEN)
    {
      if (learn && !verdict->late && verdict->code != LL_CODE_UNKNOWN_TEMP)
        save (memory, verdict);
      return;
    }
  if (!load (memory, verdict->domain, &failure))
    return;
  if (verdict->time - failure.time < LL_FAILURE_REMEMBERED
      && !(learn && is_lifted (&failure, verdict)))
    restore (&failure, verdict);
  else if (learn)
    ll_failure_forget (memory, verdict->domain);
}
