/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "record/tally.h"

#include "base/clock.h"
#include "record/schema.h"

#include <stdlib.h>
#include <string.h>

#define DAY (24 * 60 * 60)

/* Columns that a chart can show side by side on a printed page. */
#define DAYS_MAX 45
#define WEEKS_MAX 60

const char *
ll_tally_method_name (guint i)
{
  const char *name = ll_method_name ((LlMethod) i);

  return name != NULL ? name : "none";
}

const char *
ll_tally_evidence_name (guint i)
{
  return i < LL_TALLY_EVIDENCE - 1 ? ll_evidence_name ((LlEvidence) i) : "none";
}

char *
ll_tally_date (gint64 when)
{
  char *text = ll_clock_format (when);

  if (text != NULL && strlen (text) > 10)
    text[10] = '\0';
  return text;
}

/* -- periods --------------------------------------------------------------------------- */

static gint64
midnight (gint64 when)
{
  return when - ((when % DAY) + DAY) % DAY;
}

/* The start of the period after the one that begins at @start. */
static gint64
next_period (gint64 start, LlPeriod period)
{
  g_autoptr (GDateTime) date = NULL;
  g_autoptr (GDateTime) next = NULL;

  switch (period)
    {
    case LL_PERIOD_DAY:
      return start + DAY;
    case LL_PERIOD_WEEK:
      return start + 7 * DAY;
    case LL_PERIOD_MONTH:
      date = g_date_time_new_from_unix_utc (start);
      next = date != NULL ? g_date_time_add_months (date, 1) : NULL;
      return next != NULL ? g_date_time_to_unix (next) : start + 30 * DAY;
    }
  g_return_val_if_reached (start + DAY);
}

/* The start of the period that @when is in. Weeks begin on Monday. */
static gint64
period_start (gint64 when, LlPeriod period)
{
  gint64 day = midnight (when);
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (day);

  if (date == NULL || period == LL_PERIOD_DAY)
    return day;
  if (period == LL_PERIOD_WEEK)
    return day - (g_date_time_get_day_of_week (date) - 1) * DAY;
  return day - (g_date_time_get_day_of_month (date) - 1) * DAY;
}

static void
entry_free (LlTallyEntry *entry)
{
  g_free (entry->name);
  g_free (entry->provider);
  g_free (entry);
}

static void
make_periods (LlTallies *tallies)
{
  gint64 days = (tallies->until - tallies->since) / DAY;

  tallies->period = days <= DAYS_MAX        ? LL_PERIOD_DAY
                    : days <= WEEKS_MAX * 7 ? LL_PERIOD_WEEK
                                            : LL_PERIOD_MONTH;
  for (gint64 start = period_start (tallies->since, tallies->period); start < tallies->until;
       start = next_period (start, tallies->period))
    {
      LlTallyEntry *entry = g_new0 (LlTallyEntry, 1);

      entry->start = start;
      g_ptr_array_add (tallies->periods, entry);
    }
}

/* The last that does not begin after @when. */
static LlTallyEntry *
find_period (LlTallies *tallies, gint64 when)
{
  guint low = 0;
  guint high = tallies->periods->len;

  while (low + 1 < high)
    {
      guint middle = (low + high) / 2;
      const LlTallyEntry *entry = g_ptr_array_index (tallies->periods, middle);

      if (entry->start <= when)
        low = middle;
      else
        high = middle;
    }
  return tallies->periods->len > 0 ? g_ptr_array_index (tallies->periods, low) : NULL;
}

/* -- counting -------------------------------------------------------------------------- */

enum
{
  COLUMN_LETTER,
  COLUMN_RECEIVED,
  COLUMN_DOMAIN,
  COLUMN_PROVIDER,
  COLUMN_METHOD,
  COLUMN_EVIDENCE,
  COLUMN_STATE,
  COLUMN_CONFIDENCE,
  COLUMN_RULE,
  COLUMN_HELD,
  COLUMN_OVERRIDDEN,
};

static const char count_sql[]
    = "SELECT l.seq, l.received, r.domain, r.provider, r.method, r.evidence, r.state,"
      "  r.confidence, r.rule, r.held, r.overridden"
      " FROM letters l JOIN recipients r ON r.letter = l.seq"
      " WHERE l.received >= ?1 AND l.received < ?2 AND (?3 IS NULL OR l.account = ?3)"
      " ORDER BY l.received, l.seq";

static guint
column (sqlite3_stmt *row, int index, guint n, guint otherwise)
{
  int value;

  if (sqlite3_column_type (row, index) == SQLITE_NULL)
    return otherwise;
  value = sqlite3_column_int (row, index);
  return value >= 0 && (guint) value < n ? (guint) value : otherwise;
}

static void
count (LlTally *tally, sqlite3_stmt *row)
{
  tally->recipients++;
  tally->method[column (row, COLUMN_METHOD, LL_TALLY_METHODS, LL_METHOD_NONE)]++;
  tally->evidence[column (row, COLUMN_EVIDENCE, LL_TALLY_EVIDENCE - 1, LL_TALLY_EVIDENCE - 1)]++;
  tally->state[column (row, COLUMN_STATE, LL_TALLY_STATES, LL_STATE_CHECKING)]++;
  tally->confidence[column (row, COLUMN_CONFIDENCE, LL_TALLY_CONFIDENCE, LL_CONFIDENCE_NONE)]++;
  tally->held += sqlite3_column_int (row, COLUMN_HELD) != 0;
  tally->overridden += sqlite3_column_int (row, COLUMN_OVERRIDDEN) != 0;
}

/* The entry of @name, made when it is new. */
static LlTallyEntry *
entry_of (GHashTable *entries, GPtrArray *list, const char *name)
{
  LlTallyEntry *entry = g_hash_table_lookup (entries, name);

  if (entry == NULL)
    {
      entry = g_new0 (LlTallyEntry, 1);
      entry->name = g_strdup (name);
      g_ptr_array_add (list, entry);
      g_hash_table_insert (entries, entry->name, entry);
    }
  return entry;
}

static gint
compare_sizes (gconstpointer a, gconstpointer b)
{
  const LlTallyEntry *one = *(LlTallyEntry *const *) a;
  const LlTallyEntry *two = *(LlTallyEntry *const *) b;

  if (one->tally.recipients != two->tally.recipients)
    return one->tally.recipients > two->tally.recipients ? -1 : 1;
  return strcmp (one->name, two->name);
}

static gint
compare_numbers (gconstpointer a, gconstpointer b)
{
  const LlTallyEntry *one = *(LlTallyEntry *const *) a;
  const LlTallyEntry *two = *(LlTallyEntry *const *) b;
  guint64 first = g_ascii_strtoull (one->name, NULL, 10);
  guint64 second = g_ascii_strtoull (two->name, NULL, 10);

  return first < second ? -1 : first > second;
}

static gboolean
count_rows (LlTallies *tallies, sqlite3_stmt *row, GError **error)
{
  g_autoptr (GHashTable) domains = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) rules = g_hash_table_new (g_str_hash, g_str_equal);
  gint64 last = 0;
  int step;

  while ((step = ll_database_step (row, error)) == 1)
    {
      LlTallyEntry *period = find_period (tallies, sqlite3_column_int64 (row, COLUMN_RECEIVED));
      g_autofree char *rule = g_strdup_printf ("%d", sqlite3_column_int (row, COLUMN_RULE));
      LlTallyEntry *domain = entry_of (domains, tallies->domains,
                                       (const char *) sqlite3_column_text (row, COLUMN_DOMAIN));

      count (&tallies->all, row);
      count (&domain->tally, row);
      count (&entry_of (rules, tallies->rules, rule)->tally, row);
      if (period != NULL)
        count (&period->tally, row);
      if (domain->provider == NULL)
        domain->provider = ll_database_dup_text (row, COLUMN_PROVIDER);
      tallies->letters += sqlite3_column_int64 (row, COLUMN_LETTER) != last;
      last = sqlite3_column_int64 (row, COLUMN_LETTER);
    }
  g_ptr_array_sort (tallies->domains, compare_sizes);
  g_ptr_array_sort (tallies->rules, compare_numbers);
  return step == 0;
}

LlTallies *
ll_tallies_count (LlLedger *ledger, gint64 since, gint64 until, const char *account, GError **error)
{
  g_autoptr (LlTallies) tallies = g_new0 (LlTallies, 1);
  sqlite3 *reader = ll_ledger_take_reader (ledger, error);
  sqlite3_stmt *row = reader != NULL ? ll_database_prepare (reader, count_sql, error) : NULL;
  gboolean ok = FALSE;

  tallies->since = since;
  tallies->until = until;
  tallies->account = g_strdup (account);
  tallies->periods = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  tallies->domains = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  tallies->rules = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  make_periods (tallies);
  if (row != NULL)
    {
      sqlite3_bind_int64 (row, 1, since);
      sqlite3_bind_int64 (row, 2, until);
      ll_database_bind_text (row, 3, account);
      ok = count_rows (tallies, row, error);
    }
  sqlite3_finalize (row);
  if (reader != NULL)
    ll_ledger_give_reader (ledger, reader);
  return ok ? g_steal_pointer (&tallies) : NULL;
}

void
ll_tallies_free (LlTallies *tallies)
{
  if (tallies == NULL)
    return;
  g_free (tallies->account);
  g_clear_pointer (&tallies->periods, g_ptr_array_unref);
  g_clear_pointer (&tallies->domains, g_ptr_array_unref);
  g_clear_pointer (&tallies->rules, g_ptr_array_unref);
  g_free (tallies);
}

/* -- what was seen of providers -------------------------------------------------------------- */

GVariant *
ll_tally_provider (LlLedger *ledger, const char *provider, guint *domains, GError **error)
{
  static const char sql[]
      = "SELECT r.evidence, COUNT (DISTINCT r.domain) FROM recipients r WHERE r.provider = ? AND"
        " r.source = ? AND r.evidence IS NOT NULL GROUP BY r.evidence ORDER BY r.evidence";
  g_auto (GVariantBuilder) words = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_STRING_ARRAY);
  sqlite3 *reader = ll_ledger_take_reader (ledger, error);
  sqlite3_stmt *row = reader != NULL ? ll_database_prepare (reader, sql, error) : NULL;
  int step = -1;

  *domains = 0;
  if (row != NULL)
    {
      ll_database_bind_text (row, 1, provider);
      sqlite3_bind_int (row, 2, LL_SOURCE_SEEN);
      while ((step = ll_database_step (row, error)) == 1)
        {
          const char *word = ll_evidence_name ((LlEvidence) sqlite3_column_int (row, 0));

          if (word != NULL)
            g_variant_builder_add (&words, "s", word);
          *domains = MAX (*domains, (guint) sqlite3_column_int (row, 1));
        }
    }
  sqlite3_finalize (row);
  if (reader != NULL)
    ll_ledger_give_reader (ledger, reader);
  return step == 0 ? g_variant_builder_end (&words) : NULL;
}
