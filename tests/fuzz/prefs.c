/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/outgoing.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static LlPrefs *
change (const LlPrefs *prefs, const char *name, const char *value)
{
  g_autoptr (GArray) changes = ll_pref_changes_new ();
  g_autoptr (GBytes) after = NULL;
  LlPrefs *again;

  ll_pref_changes_add (changes, g_strdup (name), g_strdup (value));
  after = ll_prefs_change (prefs, changes);
  again = ll_prefs_parse (after, NULL);
  g_assert_nonnull (again);
  return again;
}

/* Everything but @name is as it was. */
static void
assert_rest (const LlPrefs *before, const LlPrefs *after, const char *name)
{
  for (guint i = 0; i < before->list->len; i++)
    {
      const LlPref *pref = g_ptr_array_index (before->list, i);
      g_autofree char *was = ll_prefs_value (before, pref->name);
      g_autofree char *is = ll_prefs_value (after, pref->name);

      if (strcmp (pref->name, name) != 0)
        g_assert_cmpstr (is, ==, was);
    }
}

/* What was understood can be changed, and is understood again; nothing else changes with it. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (LlPrefs) prefs = ll_prefs_parse (bytes, NULL);
  g_autoptr (GPtrArray) servers = NULL;
  g_autoptr (LlPrefs) set = NULL, gone = NULL;
  const char *name;

  if (prefs == NULL)
    return 0;
  servers = ll_outgoing_read (prefs);
  name = prefs->list->len > 0 ? ((LlPref *) g_ptr_array_index (prefs->list, 0))->name : "new";
  set = change (prefs, name, "\"x\\\"y\"");
  g_assert_cmpstr (ll_prefs_text (set, name), ==, "x\"y");
  assert_rest (prefs, set, name);
  gone = change (set, name, NULL);
  g_assert_null (ll_prefs_find (gone, name));
  assert_rest (prefs, gone, name);
  return 0;
}
