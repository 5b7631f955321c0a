/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "record/shown.h"

#include "base/clock.h"
#include "base/database.h"
#include "record/said.h"
#include "record/subject.h"

static void
add_text (GVariantDict *dict, const char *key, const char *text)
{
  if (text != NULL)
    g_variant_dict_insert (dict, key, "s", text);
}

static void
add_column (GVariantDict *dict, const char *key, sqlite3_stmt *statement, int column)
{
  add_text (dict, key, (const char *) sqlite3_column_text (statement, column));
}

static void
add_time (GVariantDict *dict, const char *key, gint64 when)
{
  g_autofree char *text = ll_clock_format (when);

  add_text (dict, key, text);
}

/* What was stored of the decision. The bytes are checked: a damaged row shows less, no more. */
static GVariant *
read_extra (sqlite3_stmt *statement, int column)
{
  g_autoptr (GBytes) bytes = ll_database_dup_bytes (statement, column);
  g_autoptr (GVariant) extra = NULL;

  if (bytes == NULL)
    return NULL;
  extra = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
  return g_variant_is_normal_form (extra) ? g_steal_pointer (&extra) : NULL;
}

static const char recipients_sql[]
    = "SELECT address, domain, state, method, tries, next_try, decided, reason, reply, held,"
      "  requiretls, extra FROM recipients WHERE letter = ? ORDER BY n";

static GVariant *
recipient_variant (sqlite3_stmt *statement)
{
  g_autoptr (GVariant) extra = read_extra (statement, 11);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (extra);
  LlMethod method = (LlMethod) sqlite3_column_int (statement, 3);

  add_column (&dict, "address", statement, 0);
  add_column (&dict, "domain", statement, 1);
  add_text (&dict, "state", ll_state_name ((LlState) sqlite3_column_int (statement, 2)));
  if (method != LL_METHOD_NONE)
    add_text (&dict, "method", ll_method_name (method));
  else
    g_variant_dict_remove (&dict, "method");
  g_variant_dict_insert (&dict, "tries", "u", (guint32) sqlite3_column_int (statement, 4));
  add_time (&dict, "next_try", sqlite3_column_int64 (statement, 5));
  add_time (&dict, "decided", sqlite3_column_int64 (statement, 6));
  add_column (&dict, "reason", statement, 7);
  add_column (&dict, "reply", statement, 8);
  g_variant_dict_insert (&dict, "was_held", "b", sqlite3_column_int (statement, 9) != 0);
  g_variant_dict_insert (&dict, "requiretls", "b", sqlite3_column_int (statement, 10) != 0);
  if (!g_variant_dict_contains (&dict, "overridden"))
    g_variant_dict_insert (&dict, "overridden", "b", FALSE);
  return g_variant_dict_end (&dict);
}

static gboolean
read_recipients (sqlite3 *reader, gint64 seq, GVariantDict *letter, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = ll_database_prepare (reader, recipients_sql, error);
  g_autoptr (GPtrArray) recipients
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  int step;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, seq);
  while ((step = ll_database_step (statement, error)) == 1)
    g_ptr_array_add (recipients, g_variant_ref_sink (recipient_variant (statement)));
  if (step == 0)
    ll_said_add (letter, recipients);
  return step == 0;
}

static GVariant *
read_events (sqlite3 *reader, const char *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = ll_database_prepare (reader,
                             "SELECT time, event, text FROM events WHERE id = ? ORDER BY seq",
                             error);
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  int step;

  if (statement == NULL)
    return NULL;
  ll_database_bind_text (statement, 1, id);
  while ((step = ll_database_step (statement, error)) == 1)
    {
      g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

      add_time (&dict, "time", sqlite3_column_int64 (statement, 0));
      add_column (&dict, "event", statement, 1);
      add_column (&dict, "text", statement, 2);
      g_variant_builder_add_value (&list, g_variant_dict_end (&dict));
    }
  return step < 0 ? NULL : g_variant_builder_end (&list);
}

GVariant *
ll_shown_letter (
    sqlite3 *reader, sqlite3_stmt *statement, LlAsides *asides, gboolean events, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  const char *id = (const char *) sqlite3_column_text (statement, 1);

  if (!read_recipients (reader, sqlite3_column_int64 (statement, 0), &dict, error))
    return NULL;
  add_text (&dict, "id", id);
  add_time (&dict, "time", sqlite3_column_int64 (statement, 2));
  add_time (&dict, "changed", sqlite3_column_int64 (statement, 3));
  add_column (&dict, "account", statement, 4);
  add_column (&dict, "from", statement, 5);
  add_column (&dict, "message_id", statement, 6);
  ll_subject_show (&dict, id, statement, 9, asides);
  g_variant_dict_insert (&dict, "size", "t", (guint64) sqlite3_column_int64 (statement, 7));
  add_text (&dict, "state", ll_state_name ((LlState) sqlite3_column_int (statement, 8)));
  if (events)
    {
      GVariant *timeline = read_events (reader, id, error);

      if (timeline == NULL)
        return NULL;
      g_variant_dict_insert_value (&dict, "events", timeline);
    }
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}
