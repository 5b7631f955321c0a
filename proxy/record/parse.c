/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "record/ledger.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"

#include <string.h>

/*
 * A query as it comes over the bus: a dictionary that anybody of this user may have
 * written. Unknown keys are refused, so that a misspelt one never widens a list.
 */

/* One sentence around what the caller wrote, of which nothing unprintable is repeated. */
static gboolean
refuse (GError **error, const char *before, const char *what, const char *after)
{
  g_autofree char *printable = g_strescape (what, NULL);

  g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID, "%s\"%s\"%s", before, printable, after);
  return FALSE;
}

static gboolean
take_string (GVariant *value, const char *key, const char **out, GError **error)
{
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return refuse (error, "The query's ", key, " must be text");
  *out = g_variant_get_string (value, NULL);
  if (strlen (*out) > LL_QUERY_TEXT_MAX)
    return refuse (error, "The query's ", key, " is too long");
  return TRUE;
}

static gboolean
take_time (GVariant *value, const char *key, gint64 *out, GError **error)
{
  const char *text;

  if (!take_string (value, key, &text, error))
    return FALSE;
  if (!ll_clock_parse (text, out))
    return refuse (error, "", text, " is not a date (2026-11-22) or time (2026-11-22T16:31:00Z)");
  return TRUE;
}

static gboolean
take_states (GVariant *value, LlLedgerQuery *query, const char ***strings, GError **error)
{
  gsize n;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    return refuse (error, "The query's ", "states", " must be a list of states");
  g_free (*strings);
  *strings = g_variant_get_strv (value, &n);
  for (gsize i = 0; i < n; i++)
    {
      LlState state;

      if (!ll_state_from_name ((*strings)[i], &state))
        return refuse (error, "", (*strings)[i], " is not a state; letterlock(1) names them");
    }
  if (n > LL_QUERY_STATES_MAX)
    return refuse (error, "The query's ", "states", " has too many entries");
  query->states = n > 0 ? *strings : NULL;
  return TRUE;
}

static gboolean
take_state (GVariant *value, LlLedgerQuery *query, GError **error)
{
  LlState state;

  if (!take_string (value, "state", &query->state, error))
    return FALSE;
  if (!ll_state_from_name (query->state, &state))
    return refuse (error, "", query->state, " is not a state; letterlock(1) names them");
  return TRUE;
}

static gboolean
take_limit (GVariant *value, LlLedgerQuery *query, GError **error)
{
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    return refuse (error, "The query's ", "limit", " must be a number");
  query->limit = g_variant_get_uint32 (value);
  if (query->limit < 1 || query->limit > LL_LEDGER_PAGE_MAX)
    return refuse (error, "The query's ", "limit", " must be 1 to 1000");
  return TRUE;
}

static gboolean
take_before (GVariant *value, LlLedgerQuery *query, GError **error)
{
  if (!take_string (value, "before", &query->before, error))
    return FALSE;
  if (*query->before == '\0')
    query->before = NULL;
  else if (strspn (query->before, "0123456789abcdef") != strlen (query->before))
    return refuse (error, "", query->before, " is not the id of a letter");
  return TRUE;
}

static gboolean
take_key (
    const char *key, GVariant *value, LlLedgerQuery *query, const char ***strings, GError **error)
{
  if (strcmp (key, "state") == 0)
    return take_state (value, query, error);
  if (strcmp (key, "states") == 0)
    return take_states (value, query, strings, error);
  if (strcmp (key, "address") == 0)
    return take_string (value, key, &query->address, error);
  if (strcmp (key, "account") == 0)
    return take_string (value, key, &query->account, error);
  if (strcmp (key, "since") == 0)
    return take_time (value, key, &query->since, error);
  if (strcmp (key, "until") == 0)
    return take_time (value, key, &query->until, error);
  if (strcmp (key, "limit") == 0)
    return take_limit (value, query, error);
  if (strcmp (key, "before") == 0)
    return take_before (value, query, error);
  return refuse (error, "A query has no ", key, "");
}

gboolean
ll_ledger_query_parse (GVariant *dictionary,
                       LlLedgerQuery *query,
                       const char ***strings,
                       GError **error)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;
  g_autofree const char **states = NULL;

  memset (query, 0, sizeof *query);
  query->limit = LL_LEDGER_PAGE_DEFAULT;
  g_variant_iter_init (&iter, dictionary);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      gboolean ok = take_key (key, value, query, &states, error);

      g_variant_unref (value); /* the dictionary keeps what query points to */
      if (!ok)
        return FALSE;
    }
  *strings = g_steal_pointer (&states);
  return TRUE;
}
