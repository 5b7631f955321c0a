/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/history.h"

#include "api/intl.h"
#include "base/clock.h"

#include <math.h>
#include <string.h>

/* STARTTLS seen twice is a habit; a published promise counts from its first time. */
#define STARTTLS_WEIGHT 1.5
#define PUBLISHED_WEIGHT 0.5

/* How many sightings are left after the time since the last one. */
static double
weight (const LlSightings *sightings, gint64 now)
{
  double age = (double) MAX (now - sightings->last, 0);

  return sightings->count * exp2 (-age / LL_HISTORY_HALF_LIFE);
}

static char *
until (const char *what, gint64 when)
{
  g_autofree char *date = ll_clock_format (when);

  return g_strdup_printf (N_ ("%s until %.10s"), what, date ? date : N_ ("some time ago"));
}

/* Nothing was found out, so nothing can have vanished. What is published shows without a look at
 * the servers: not from a port that is blocked, but from DNS that does not answer. */
static gboolean
is_silent (const LlHistoryNow *now)
{
  switch (now->why)
    {
    case LL_WHY_DNS:
    case LL_WHY_OFFLINE:
    case LL_WHY_INTERNAL:
    case LL_WHY_OVERDUE:
      return TRUE;
    case LL_WHY_NONE:
    case LL_WHY_PORT25:
    case LL_WHY_REFUSED:
    case LL_WHY_TEMPORARY:
    case LL_WHY_INTERCEPTED:
      break;
    }
  return now->evidence == LL_EVIDENCE_BROKEN || now->evidence == LL_EVIDENCE_NOMAIL;
}

/* Whether there is something to remember. */
static gboolean
is_evidence (const LlHistoryNow *now)
{
  return now->evidence != LL_EVIDENCE_UNKNOWN && now->source != LL_SOURCE_LISTED;
}

static LlChange
compare_dane (const LlHistory *past, const LlHistoryNow *now)
{
  if (now->dane || now->partial || weight (&past->dane, now->time) < PUBLISHED_WEIGHT)
    return LL_CHANGE_NONE;
  return now->dns_valid ? LL_CHANGE_LEGITIMATE : LL_CHANGE_SUSPECTED;
}

static LlChange
compare_sts (const LlHistory *past, const LlHistoryNow *now)
{
  if (weight (&past->sts, now->time) < PUBLISHED_WEIGHT)
    return LL_CHANGE_NONE;
  switch (now->sts)
    {
    case LL_STS_ENFORCE:
      return LL_CHANGE_NONE;
    case LL_STS_TESTING:
    case LL_STS_MODE_NONE:
      return LL_CHANGE_LEGITIMATE; /* said over HTTPS */
    case LL_STS_NONE:
      return LL_CHANGE_LEGITIMATE; /* its policy is over, and no new one is announced */
    case LL_STS_FETCH_ERROR:
    case LL_STS_UNKNOWN:
      /* K05: it was to be renewed and could not; behind an HTTPS proxy that is nobody's attack */
      return now->intercepted ? LL_CHANGE_NONE : LL_CHANGE_SUSPECTED;
    }
  g_assert_not_reached ();
}

static LlChange
compare_starttls (const LlHistory *past, const LlHistoryNow *now)
{
  if (!now->plain || weight (&past->starttls, now->time) < STARTTLS_WEIGHT)
    return LL_CHANGE_NONE;
  return now->network == LL_NETWORK_OPEN || now->network == LL_NETWORK_UNTESTED
             ? LL_CHANGE_SUSPECTED
             : LL_CHANGE_NONE;
}

LlChange
ll_history_compare (const LlHistory *past, const LlHistoryNow *now, char **was)
{
  LlChange dane = LL_CHANGE_NONE;
  LlChange sts = LL_CHANGE_NONE;
  LlChange starttls = compare_starttls (past, now);

  if (past->first == 0)
    return LL_CHANGE_NONE;
  if (!is_silent (now))
    {
      dane = compare_dane (past, now);
      sts = compare_sts (past, now);
    }
  if (starttls == LL_CHANGE_SUSPECTED)
    *was = until ("encrypted", past->starttls.last);
  else if (dane == LL_CHANGE_SUSPECTED || (dane != LL_CHANGE_NONE && sts != LL_CHANGE_SUSPECTED))
    *was = until ("dane", past->dane.last);
  else if (sts != LL_CHANGE_NONE)
    *was = until ("sts", past->sts.last);
  return MAX (MAX (dane, sts), starttls);
}

static void
count_sighting (LlSightings *sightings, gint64 now)
{
  /* the half-life takes its part before the new one is added */
  guint left = (guint) lround (weight (sightings, now));

  sightings->count = MIN (left + 1, LL_HISTORY_COUNT_MAX);
  sightings->last = now;
}

/* Told; from here on the new state is what is remembered. */
static void
forget_what_was (LlHistory *history, const LlHistoryNow *now)
{
  if (!now->dane)
    history->dane = (LlSightings){ 0 };
  if (now->sts != LL_STS_ENFORCE)
    history->sts = (LlSightings){ 0 };
  history->best_time = 0;
}

void
ll_history_learn (LlHistory *history, const LlHistoryNow *now, LlChange change)
{
  if (change == LL_CHANGE_SUSPECTED || is_silent (now))
    return;
  if (change == LL_CHANGE_LEGITIMATE)
    forget_what_was (history, now);
  if (!is_evidence (now))
    return;
  if (history->first == 0)
    history->first = now->time;
  history->last = now->evidence;
  history->last_time = now->time;
  if (history->best_time == 0 || now->evidence >= history->best)
    {
      history->best = now->evidence;
      history->best_time = now->time;
    }
  if (now->dane)
    count_sighting (&history->dane, now->time);
  if (now->sts == LL_STS_ENFORCE)
    count_sighting (&history->sts, now->time);
  if (now->starttls && !now->plain)
    count_sighting (&history->starttls, now->time);
}

/* -- on disk ------------------------------------------------------------------- */

static LlSightings
read_sightings (sqlite3_stmt *statement, int column)
{
  return (LlSightings){ (guint) sqlite3_column_int (statement, column),
                        sqlite3_column_int64 (statement, column + 1) };
}

void
ll_history_load (LlMemory *memory, const char *domain, LlHistory *out)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&memory->lock);
  g_autoptr (LlBorrowed) statement
      = ll_database_borrow (memory->history,
                            "SELECT first, best, best_time, last, last_time, dane, dane_time, "
                            "sts, sts_time, starttls, "
                            "starttls_time FROM history WHERE domain = ?",
                            NULL);

  *out = (LlHistory){ 0 };
  ll_database_bind_text (statement, 1, domain);
  if (!ll_memory_step (statement))
    return;
  out->first = sqlite3_column_int64 (statement, 0);
  out->best = (LlEvidence) sqlite3_column_int (statement, 1);
  out->best_time = sqlite3_column_int64 (statement, 2);
  out->last = (LlEvidence) sqlite3_column_int (statement, 3);
  out->last_time = sqlite3_column_int64 (statement, 4);
  out->dane = read_sightings (statement, 5);
  out->sts = read_sightings (statement, 7);
  out->starttls = read_sightings (statement, 9);
}

static void
bind_sightings (sqlite3_stmt *statement, int index, const LlSightings *sightings)
{
  sqlite3_bind_int (statement, index, (int) sightings->count);
  sqlite3_bind_int64 (statement, index + 1, sightings->last);
}

void
ll_history_save (LlMemory *memory, const char *domain, const LlHistory *history)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&memory->lock);
  g_autoptr (LlBorrowed) statement
      = ll_database_borrow (memory->history,
                            "INSERT OR REPLACE INTO history (domain, first, best, best_time, "
                            "last, last_time, dane, "
                            "dane_time, sts, sts_time, starttls, starttls_time) VALUES (?, ?, ?, "
                            "?, ?, ?, ?, ?, ?, ?, "
                            "?, ?)",
                            NULL);

  ll_database_bind_text (statement, 1, domain);
  sqlite3_bind_int64 (statement, 2, history->first);
  sqlite3_bind_int (statement, 3, (int) history->best);
  sqlite3_bind_int64 (statement, 4, history->best_time);
  sqlite3_bind_int (statement, 5, (int) history->last);
  sqlite3_bind_int64 (statement, 6, history->last_time);
  bind_sightings (statement, 7, &history->dane);
  bind_sightings (statement, 9, &history->sts);
  bind_sightings (statement, 11, &history->starttls);
  ll_memory_step (statement);
}

void
ll_history_forget (LlMemory *memory, const char *domain)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&memory->lock);
  g_autoptr (sqlite3_stmt) statement
      = ll_database_prepare (memory->history, "DELETE FROM history WHERE domain = ?", NULL);

  ll_database_bind_text (statement, 1, domain);
  ll_memory_step (statement);
}
