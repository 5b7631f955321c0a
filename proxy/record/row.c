/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "record/row.h"

#include "base/database.h"

#define UNSET (-1) /* SQL NULL: nothing is known */

typedef struct
{
  char *address;
  char *domain;
  LlState state;
  LlMethod method;
  int evidence, source, why, bound, confidence, code, mode;
  gint64 rule;
  gboolean overridden;
  gboolean requiretls;
  guint tries;
  gint64 next_try;
  gint64 decided;
  char *provider;
  char *reason;
  char *reply;
  GVariant *extra;
} RowRecipient;

struct _LlRow
{
  char *id;
  gint64 received;
  char *account;
  char *sender;
  char *message_id;
  char *digest;
  guint64 size;
  LlState state;
  gboolean open;
  GBytes *subject; /* sealed, or NULL */
  guint n;
  RowRecipient *recipients;
};

/* -- taking the copy --------------------------------------------------------------- */

#define WORD_FROM(prefix, Type)                                                                    \
  static int prefix##_word (const LlExtra *extra, const char *key)                                 \
  {                                                                                                \
    const char *word = ll_extra_text (extra, key);                                                 \
    Type value;                                                                                    \
                                                                                                   \
    return word != NULL && ll_##prefix##_from_name (word, &value) ? (int) value : UNSET;           \
  }

WORD_FROM (evidence, LlEvidence)
WORD_FROM (source, LlSource)
WORD_FROM (why, LlWhy)
WORD_FROM (bound, LlBound)
WORD_FROM (confidence, LlConfidence)
WORD_FROM (code, LlCode)
WORD_FROM (mode, LlMode)

/* What it says becomes columns. */
static void
take_extra (RowRecipient *row, const LlExtra *extra)
{
  guint32 rule = ll_extra_number (extra, "rule");

  row->evidence = evidence_word (extra, "evidence");
  row->source = source_word (extra, "source");
  row->why = why_word (extra, "why");
  row->bound = bound_word (extra, "bound");
  row->confidence = confidence_word (extra, "confidence");
  row->code = code_word (extra, "code");
  row->mode = mode_word (extra, "mode");
  row->overridden = ll_extra_flag (extra, "overridden");
  row->requiretls |= ll_extra_flag (extra, "requiretls");
  row->rule = rule > 0 ? (gint64) rule : UNSET;
  row->provider = g_strdup (ll_extra_text (extra, "provider"));
}

static void
take_recipient (RowRecipient *row, const LlRecipient *recipient, const LlProgress *progress)
{
  GVariant *extra;

  row->address = g_strdup (recipient->address != NULL ? recipient->address : "");
  row->domain = g_strdup (recipient->domain != NULL ? recipient->domain : "");
  row->state = progress->state;
  row->method = progress->method;
  row->requiretls = progress->requiretls;
  row->tries = progress->tries;
  /* what a person is asked is not tried by itself: the time is that of a reminder */
  if (progress->state != LL_STATE_HELD || ll_extra_flag (progress->extra, "again"))
    row->next_try = progress->next_try;
  row->decided = progress->decided;
  row->reason = g_strdup (progress->reason);
  row->reply = g_strdup (progress->reply);
  take_extra (row, progress->extra);
  extra = ll_extra_variant (progress->extra);
  row->extra = extra != NULL ? g_variant_ref (extra) : NULL;
}

LlRow *
ll_row_new (const LlLetter *letter, GBytes *subject)
{
  LlRow *row = g_new0 (LlRow, 1);
  const LlEnvelope *envelope = letter->envelope;
  guint n = envelope != NULL ? MIN (envelope->recipients->len, letter->progress->len) : 0;
  g_autofree LlState *states = g_new0 (LlState, MAX (n, 1));

  row->id = g_strdup (letter->id);
  row->received = letter->received;
  row->account = g_strdup (letter->account);
  row->sender = g_strdup (envelope != NULL && envelope->sender != NULL ? envelope->sender : "");
  row->message_id = g_strdup (letter->message_id);
  row->digest = g_strdup (letter->digest);
  row->size = letter->size;
  row->subject = subject;
  row->n = n;
  row->recipients = g_new0 (RowRecipient, MAX (n, 1));
  for (guint i = 0; i < n; i++)
    {
      take_recipient (&row->recipients[i], ll_envelope_recipient (envelope, i),
                      ll_letter_progress (letter, i));
      states[i] = row->recipients[i].state;
      row->open |= !ll_state_is_final (states[i]);
    }
  row->state = n > 0 ? ll_state_of_letter (states, n) : LL_STATE_REFUSED;
  return row;
}

void
ll_row_free (LlRow *row)
{
  if (row == NULL)
    return;
  for (guint i = 0; i < row->n; i++)
    {
      RowRecipient *recipient = &row->recipients[i];

      g_free (recipient->address);
      g_free (recipient->domain);
      g_free (recipient->provider);
      g_free (recipient->reason);
      g_free (recipient->reply);
      g_clear_pointer (&recipient->extra, g_variant_unref);
    }
  g_free (row->recipients);
  g_free (row->id);
  g_free (row->account);
  g_free (row->sender);
  g_free (row->message_id);
  g_free (row->digest);
  g_clear_pointer (&row->subject, g_bytes_unref);
  g_free (row);
}

gboolean
ll_row_is_held (const LlRow *row)
{
  for (guint i = 0; i < row->n; i++)
    if (row->recipients[i].state == LL_STATE_HELD)
      return TRUE;
  return FALSE;
}

gboolean
ll_row_has_subject (const LlRow *row)
{
  return row->subject != NULL;
}

/* -- writing it --------------------------------------------------------------------- */

static const char letter_sql[]
    = "INSERT INTO letters (id, received, updated, account, sender, message_id, digest, size,"
      "  state, open) VALUES (?1, ?2, unixepoch(), ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
      " ON CONFLICT (id) DO UPDATE SET updated = excluded.updated, account = excluded.account,"
      "  sender = excluded.sender, message_id = excluded.message_id, digest = excluded.digest,"
      "  size = excluded.size, state = excluded.state, open = excluded.open"
      " RETURNING seq";

static const char recipient_sql[]
    = "INSERT INTO recipients (letter, n, address, domain, state, method, evidence, source, why,"
      "  bound, confidence, code, mode, provider, rule, overridden, requiretls, held, tries,"
      "  next_try, decided, reason, reply, extra)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,"
      "  ?19, ?20, ?21, ?22, ?23, ?24)"
      " ON CONFLICT (letter, n) DO UPDATE SET address = excluded.address,"
      "  domain = excluded.domain, state = excluded.state, method = excluded.method,"
      "  evidence = excluded.evidence, source = excluded.source, why = excluded.why,"
      "  bound = excluded.bound, confidence = excluded.confidence, code = excluded.code,"
      "  mode = excluded.mode, provider = excluded.provider, rule = excluded.rule,"
      "  overridden = excluded.overridden, requiretls = excluded.requiretls,"
      "  held = max (held, excluded.held), tries = excluded.tries,"
      "  next_try = excluded.next_try, decided = excluded.decided, reason = excluded.reason,"
      "  reply = excluded.reply, extra = excluded.extra";

static const char subject_sql[]
    = "INSERT OR REPLACE INTO subjects (letter, sealed) VALUES (?1, ?2)";

static const char event_sql[]
    = "INSERT INTO events (id, time, event, text) VALUES (?1, ?2, ?3, ?4)";

gboolean
ll_row_statements_init (LlRowStatements *statements, sqlite3 *database, GError **error)
{
  const struct
  {
    sqlite3_stmt **statement;
    const char *sql;
  } all[] = { { &statements->letter, letter_sql },
              { &statements->recipient, recipient_sql },
              { &statements->subject, subject_sql },
              { &statements->event, event_sql } };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    if ((*all[i].statement = ll_database_prepare (database, all[i].sql, error)) == NULL)
      return FALSE;
  return TRUE;
}

void
ll_row_statements_clear (LlRowStatements *statements)
{
  g_clear_pointer (&statements->letter, sqlite3_finalize);
  g_clear_pointer (&statements->recipient, sqlite3_finalize);
  g_clear_pointer (&statements->subject, sqlite3_finalize);
  g_clear_pointer (&statements->event, sqlite3_finalize);
}

static void
bind_word (sqlite3_stmt *statement, int index, gint64 value)
{
  if (value == UNSET)
    sqlite3_bind_null (statement, index);
  else
    sqlite3_bind_int64 (statement, index, value);
}

/* A statement that gives no row: steps, and is ready for the next use whatever happened. */
static gboolean
finish (sqlite3_stmt *statement, GError **error)
{
  gboolean ok = ll_database_step (statement, error) >= 0;

  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return ok;
}

static gboolean
write_recipient (
    const RowRecipient *row, gint64 letter, guint n, sqlite3_stmt *statement, GError **error)
{
  sqlite3_bind_int64 (statement, 1, letter);
  sqlite3_bind_int64 (statement, 2, n);
  ll_database_bind_text (statement, 3, row->address);
  ll_database_bind_text (statement, 4, row->domain);
  sqlite3_bind_int (statement, 5, (int) row->state);
  sqlite3_bind_int (statement, 6, (int) row->method);
  bind_word (statement, 7, row->evidence);
  bind_word (statement, 8, row->source);
  bind_word (statement, 9, row->why);
  bind_word (statement, 10, row->bound);
  bind_word (statement, 11, row->confidence);
  bind_word (statement, 12, row->code);
  bind_word (statement, 13, row->mode);
  ll_database_bind_text (statement, 14, row->provider);
  bind_word (statement, 15, row->rule);
  sqlite3_bind_int (statement, 16, row->overridden);
  sqlite3_bind_int (statement, 17, row->requiretls);
  sqlite3_bind_int (statement, 18, row->state == LL_STATE_HELD);
  sqlite3_bind_int64 (statement, 19, row->tries);
  sqlite3_bind_int64 (statement, 20, row->next_try);
  sqlite3_bind_int64 (statement, 21, row->decided);
  ll_database_bind_text (statement, 22, row->reason);
  ll_database_bind_text (statement, 23, row->reply);
  if (row->extra != NULL)
    sqlite3_bind_blob (statement, 24, g_variant_get_data (row->extra),
                       (int) g_variant_get_size (row->extra), SQLITE_TRANSIENT);
  return finish (statement, error);
}

static gboolean
write_subject (GBytes *sealed, gint64 letter, sqlite3_stmt *statement, GError **error)
{
  sqlite3_bind_int64 (statement, 1, letter);
  sqlite3_bind_blob (statement, 2, g_bytes_get_data (sealed, NULL), (int) g_bytes_get_size (sealed),
                     SQLITE_TRANSIENT);
  return finish (statement, error);
}

gboolean
ll_row_write (LlRow *row, LlRowStatements *statements, gboolean subjects, GError **error)
{
  sqlite3_stmt *statement = statements->letter;
  gint64 seq = 0;

  ll_database_bind_text (statement, 1, row->id);
  sqlite3_bind_int64 (statement, 2, row->received);
  ll_database_bind_text (statement, 3, row->account);
  ll_database_bind_text (statement, 4, row->sender);
  ll_database_bind_text (statement, 5, row->message_id);
  ll_database_bind_text (statement, 6, row->digest);
  sqlite3_bind_int64 (statement, 7, (gint64) row->size);
  sqlite3_bind_int (statement, 8, (int) row->state);
  sqlite3_bind_int (statement, 9, row->open);
  if (ll_database_step (statement, error) == 1)
    seq = sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  if (seq == 0)
    return FALSE;
  for (guint i = 0; i < row->n; i++)
    if (!write_recipient (&row->recipients[i], seq, i, statements->recipient, error))
      return FALSE;
  return !subjects || row->subject == NULL
         || write_subject (row->subject, seq, statements->subject, error);
}

gboolean
ll_row_write_event (LlRowStatements *statements,
                    const char *id,
                    gint64 when,
                    const char *event,
                    const char *text,
                    GError **error)
{
  ll_database_bind_text (statements->event, 1, id);
  sqlite3_bind_int64 (statements->event, 2, when);
  ll_database_bind_text (statements->event, 3, event);
  ll_database_bind_text (statements->event, 4, text);
  return finish (statements->event, error);
}
