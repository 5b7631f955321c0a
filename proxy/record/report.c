/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "record/report.h"

#include "base/clock.h"
#include "base/error.h"
#include "record/report-formats.h"
#include "record/schema.h"

#include <string.h>

#define DAY (24 * 60 * 60)

/* A century of months is a chart that nobody reads and a loop that never ends. */
#define SPAN_MAX (50LL * 366 * DAY)

/* -- table ------------------------------------------------------------------------------ */

static void
append_share (GString *out, const char *word, guint n, guint of)
{
  if (n > 0)
    g_string_append_printf (out, "  %-14s %7u  %5.1f %%\n", word, n, of > 0 ? 100.0 * n / of : 0.0);
}

static void
append_summary (GString *out, const LlTallies *tallies)
{
  const LlTally *all = &tallies->all;
  g_autofree char *since = ll_tally_date (tallies->since);
  g_autofree char *until = ll_tally_date (tallies->until - 1);

  g_string_append_printf (out, "%s to %s: %u letters to %u recipients%s%s\n",
                          since != NULL ? since : "the beginning", until, tallies->letters,
                          all->recipients, tallies->account != NULL ? ", account " : "",
                          tallies->account != NULL ? tallies->account : "");
  g_string_append (out, "\nHow (method)\n");
  for (guint i = 0; i < LL_TALLY_METHODS; i++)
    append_share (out, ll_tally_method_name (i), all->method[i], all->recipients);
  g_string_append (out, "\nWhat the way was worth (evidence)\n");
  for (guint i = 0; i < LL_TALLY_EVIDENCE; i++)
    append_share (out, ll_tally_evidence_name (i), all->evidence[i], all->recipients);
  g_string_append (out, "\nWhat became of it (state)\n");
  for (guint i = 0; i < LL_TALLY_STATES; i++)
    append_share (out, ll_state_name ((LlState) i), all->state[i], all->recipients);
  append_share (out, "was held", all->held, all->recipients);
  append_share (out, "overridden", all->overridden, all->recipients);
}

/* The evidence that most of its recipients had. */
static const char *
usual_evidence (const LlTally *tally)
{
  guint best = LL_TALLY_EVIDENCE - 1;

  for (guint i = 0; i < LL_TALLY_EVIDENCE; i++)
    if (tally->evidence[i] > tally->evidence[best])
      best = i;
  return ll_tally_evidence_name (best);
}

static guint
locked (const LlTally *tally)
{
  return tally->method[LL_METHOD_PGP] + tally->method[LL_METHOD_SMIME]
         + tally->method[LL_METHOD_ESCROW];
}

/* The longest name there is says how wide its column is. */
static void
append_domains (GString *out, const GPtrArray *domains)
{
  int domain = 32;
  int provider = 16;

  for (guint i = 0; i < domains->len; i++)
    {
      const LlTallyEntry *entry = g_ptr_array_index (domains, i);

      domain = MAX (domain, (int) strlen (entry->name));
      provider = MAX (provider, entry->provider != NULL ? (int) strlen (entry->provider) : 0);
    }
  g_string_append_printf (out, "\n%-*s %-*s %6s %6s %6s %6s %6s  %s\n", domain, "Domain", provider,
                          "Provider", "all", "tls", "locked", "open", "held", "mostly");
  for (guint i = 0; i < domains->len; i++)
    {
      const LlTallyEntry *entry = g_ptr_array_index (domains, i);
      const LlTally *tally = &entry->tally;

      g_string_append_printf (out, "%-*s %-*s %6u %6u %6u %6u %6u  %s\n", domain, entry->name,
                              provider, entry->provider != NULL ? entry->provider : "-",
                              tally->recipients, tally->method[LL_METHOD_TLS], locked (tally),
                              tally->method[LL_METHOD_OPEN], tally->held, usual_evidence (tally));
    }
}

char *
ll_report_table (const LlTallies *tallies)
{
  GString *out = g_string_new (NULL);

  append_summary (out, tallies);
  append_domains (out, tallies->domains);
  g_string_append_printf (out, "\n%-10s %10s %6s %10s %8s %8s\n", "Rule", "recipients", "held",
                          "overridden", "refused", "dropped");
  for (guint i = 0; i < tallies->rules->len; i++)
    {
      const LlTallyEntry *entry = g_ptr_array_index (tallies->rules, i);
      const LlTally *tally = &entry->tally;

      g_string_append_printf (out, "%-10s %10u %6u %10u %8u %8u\n",
                              strcmp (entry->name, "0") == 0 ? "(no rule)" : entry->name,
                              tally->recipients, tally->held, tally->overridden,
                              tally->state[LL_STATE_REFUSED], tally->state[LL_STATE_DROPPED]);
    }
  return g_string_free (out, FALSE);
}

/* -- CSV: one line per recipient, for spreadsheets ------------------------------------------ */

static const char csv_sql[]
    = "SELECT l.received, l.id, l.account, l.sender, r.address, r.domain, r.provider, r.method,"
      "  r.evidence, r.source, r.bound, r.confidence, r.state, r.code, r.rule, r.held,"
      "  r.overridden, r.reason"
      " FROM letters l JOIN recipients r ON r.letter = l.seq"
      " WHERE l.received >= ?1 AND l.received < ?2 AND (?3 IS NULL OR l.account = ?3)"
      " ORDER BY l.received, l.seq, r.n";

static const char csv_head[]
    = "time,id,account,from,address,domain,provider,method,evidence,source,bound,confidence,state,"
      "code,rule,held,overridden,reason\r\n";

/* RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe: addresses are
 * other people's text. */
static void
append_cell (GString *out, const char *text)
{
  gboolean quote;

  if (text == NULL)
    return;
  quote = strpbrk (text, ",\"\r\n") != NULL || strchr ("=+-@\t", *text) != NULL;
  if (!quote)
    {
      g_string_append (out, text);
      return;
    }
  g_string_append_c (out, '"');
  if (*text != '\0' && strchr ("=+-@\t", *text) != NULL)
    g_string_append_c (out, '\'');
  for (; *text != '\0'; text++)
    {
      if (*text == '"')
        g_string_append_c (out, '"');
      g_string_append_c (out, *text);
    }
  g_string_append_c (out, '"');
}

#define WORD_CELL(out, row, column, prefix, Type)                                                  \
  append_cell ((out), sqlite3_column_type ((row), (column)) == SQLITE_NULL                         \
                          ? NULL                                                                   \
                          : ll_##prefix##_name ((Type) sqlite3_column_int ((row), (column))))

static void
append_row (GString *out, sqlite3_stmt *row)
{
  g_autofree char *time = ll_clock_format (sqlite3_column_int64 (row, 0));

  append_cell (out, time);
  for (int i = 1; i <= 6; i++)
    {
      g_string_append_c (out, ',');
      append_cell (out, (const char *) sqlite3_column_text (row, i));
    }
  g_string_append_c (out, ',');
  WORD_CELL (out, row, 7, method, LlMethod);
  g_string_append_c (out, ',');
  WORD_CELL (out, row, 8, evidence, LlEvidence);
  g_string_append_c (out, ',');
  WORD_CELL (out, row, 9, source, LlSource);
  g_string_append_c (out, ',');
  WORD_CELL (out, row, 10, bound, LlBound);
  g_string_append_c (out, ',');
  WORD_CELL (out, row, 11, confidence, LlConfidence);
  g_string_append_c (out, ',');
  WORD_CELL (out, row, 12, state, LlState);
  g_string_append_c (out, ',');
  WORD_CELL (out, row, 13, code, LlCode);
  for (int i = 14; i <= 17; i++)
    {
      g_string_append_c (out, ',');
      append_cell (out, (const char *) sqlite3_column_text (row, i));
    }
  g_string_append (out, "\r\n");
}

static char *
report_csv (LlLedger *ledger, gint64 since, gint64 until, const char *account, GError **error)
{
  g_autoptr (GString) out = g_string_new (csv_head);
  sqlite3 *reader = ll_ledger_take_reader (ledger, error);
  sqlite3_stmt *row = reader != NULL ? ll_database_prepare (reader, csv_sql, error) : NULL;
  int step = -1;

  if (row != NULL)
    {
      sqlite3_bind_int64 (row, 1, since);
      sqlite3_bind_int64 (row, 2, until);
      ll_database_bind_text (row, 3, account);
      while ((step = ll_database_step (row, error)) == 1)
        append_row (out, row);
    }
  sqlite3_finalize (row);
  if (reader != NULL)
    ll_ledger_give_reader (ledger, reader);
  return step == 0 ? g_string_free (g_steal_pointer (&out), FALSE) : NULL;
}

/* -- the query ------------------------------------------------------------------------------ */

static gboolean
take_query (
    GVariant *dictionary, gint64 *since, gint64 *until, const char **account, GError **error)
{
  LlLedgerQuery query;
  g_autofree const char **strings = NULL;

  if (!ll_ledger_query_parse (dictionary, &query, &strings, error))
    return FALSE;
  if (query.state != NULL || query.states != NULL || query.address != NULL || query.before != NULL)
    {
      g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                           "A report is asked for by since, until and account only");
      return FALSE;
    }
  *until = query.until != 0 ? query.until : ll_clock_now () + 1;
  *since = query.since != 0 ? query.since : *until - 30 * DAY;
  *account = query.account;
  if (*since >= *until || *until - *since > SPAN_MAX)
    {
      g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                           "A report's \"since\" must be before its \"until\", by 50 years at "
                           "most");
      return FALSE;
    }
  return TRUE;
}

char *
ll_report_render (LlLedger *ledger, GVariant *query, const char *format, GError **error)
{
  g_autoptr (LlTallies) tallies = NULL;
  const char *account;
  gint64 since, until;

  if (!take_query (query, &since, &until, &account, error))
    return NULL;
  if (strcmp (format, "csv") == 0)
    return report_csv (ledger, since, until, account, error);
  if (strcmp (format, "table") != 0 && strcmp (format, "json") != 0 && strcmp (format, "html") != 0)
    {
      g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                           "A report's format is table, csv, json or html");
      return NULL;
    }
  tallies = ll_tallies_count (ledger, since, until, account, error);
  if (tallies == NULL)
    return NULL;
  if (strcmp (format, "table") == 0)
    return ll_report_table (tallies);
  return strcmp (format, "json") == 0 ? ll_report_json (tallies) : ll_report_html (tallies);
}
