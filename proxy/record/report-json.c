/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "record/report-formats.h"

#include "base/clock.h"

#include <json-glib/json-glib.h>

/* {"kind":"summary"...}, then one line per period, domain and rule. */

static void
add_text (JsonBuilder *builder, const char *key, const char *text)
{
  json_builder_set_member_name (builder, key);
  if (text != NULL)
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
}

static void
add_number (JsonBuilder *builder, const char *key, gint64 number)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_int_value (builder, number);
}

typedef const char *(*NameOf) (guint i);

static const char *
state_name (guint i)
{
  return ll_state_name ((LlState) i);
}

static const char *
confidence_name (guint i)
{
  const char *name = ll_confidence_name ((LlConfidence) i);

  return name != NULL ? name : "none";
}

static void
add_counts (JsonBuilder *builder, const char *key, const guint *counts, guint n, NameOf name_of)
{
  json_builder_set_member_name (builder, key);
  json_builder_begin_object (builder);
  for (guint i = 0; i < n; i++)
    add_number (builder, name_of (i), counts[i]);
  json_builder_end_object (builder);
}

static void
add_tally (JsonBuilder *builder, const LlTally *tally)
{
  add_number (builder, "recipients", tally->recipients);
  add_counts (builder, "method", tally->method, LL_TALLY_METHODS, ll_tally_method_name);
  add_counts (builder, "evidence", tally->evidence, LL_TALLY_EVIDENCE, ll_tally_evidence_name);
  add_counts (builder, "state", tally->state, LL_TALLY_STATES, state_name);
  add_counts (builder, "confidence", tally->confidence, LL_TALLY_CONFIDENCE, confidence_name);
  add_number (builder, "held", tally->held);
  add_number (builder, "overridden", tally->overridden);
}

static JsonBuilder *
line_begin (const char *kind)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_text (builder, "kind", kind);
  return builder;
}

/* Consumes @builder. */
static void
line_end (JsonBuilder *builder, GString *out)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *line = NULL;

  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  line = json_generator_to_data (generator, NULL);
  g_string_append (out, line);
  g_string_append_c (out, '\n');
  g_object_unref (builder);
}

static void
add_summary (const LlTallies *tallies, GString *out)
{
  JsonBuilder *builder = line_begin ("summary");
  g_autofree char *since = ll_clock_format (tallies->since);
  g_autofree char *until = ll_clock_format (tallies->until);

  add_text (builder, "since", since);
  add_text (builder, "until", until);
  add_text (builder, "account", tallies->account);
  add_number (builder, "letters", tallies->letters);
  add_tally (builder, &tallies->all);
  line_end (builder, out);
}

char *
ll_report_json (const LlTallies *tallies)
{
  GString *out = g_string_new (NULL);

  add_summary (tallies, out);
  for (guint i = 0; i < tallies->periods->len; i++)
    {
      const LlTallyEntry *entry = g_ptr_array_index (tallies->periods, i);
      JsonBuilder *builder = line_begin ("period");
      g_autofree char *start = ll_tally_date (entry->start);

      add_text (builder, "start", start);
      add_tally (builder, &entry->tally);
      line_end (builder, out);
    }
  for (guint i = 0; i < tallies->domains->len; i++)
    {
      const LlTallyEntry *entry = g_ptr_array_index (tallies->domains, i);
      JsonBuilder *builder = line_begin ("domain");

      add_text (builder, "domain", entry->name);
      add_text (builder, "provider", entry->provider);
      add_tally (builder, &entry->tally);
      line_end (builder, out);
    }
  for (guint i = 0; i < tallies->rules->len; i++)
    {
      const LlTallyEntry *entry = g_ptr_array_index (tallies->rules, i);
      JsonBuilder *builder = line_begin ("rule");
      gint64 number = g_ascii_strtoll (entry->name, NULL, 10);

      if (number > 0)
        add_number (builder, "rule", number);
      else
        add_text (builder, "rule", NULL);
      add_tally (builder, &entry->tally);
      line_end (builder, out);
    }
  return g_string_free (out, FALSE);
}
