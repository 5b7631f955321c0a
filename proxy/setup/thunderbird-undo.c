/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/error.h"
#include "setup/files.h"
#include "setup/lock.h"
#include "setup/logins.h"
#include "setup/stores.h"
#include "setup/thunderbird.h"

#include <string.h>

/*
 * The way back, in the reverse order: prefs.js first, so that Thunderbird sends as before from
 * then on. A file that is still as we wrote it is put back byte for byte; in one that Thunderbird
 * wrote since, what is still ours goes, and the rest is somebody's choice.
 */

typedef struct
{
  char *profile;
  LlSetupRecord *record; /* (not owned) */
  GPtrArray *said;       /* (not owned) */
} Undo;

static void
say_left (Undo *undo, const char *name, const char *value)
{
  g_ptr_array_add (undo->said,
                   value != NULL
                       ? g_strdup_printf ("%s stays: it was changed to %s since", name, value)
                       : g_strdup_printf ("%s stays away: it was removed since", name));
}

/* Our values that are still there become what they were. */
static GArray *
changes_back (Undo *undo, const LlPrefs *prefs)
{
  GArray *changes = ll_pref_changes_new ();
  g_auto (GStrv) groups = g_key_file_get_groups (undo->record->file, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    {
      const char *name = groups[i] + strlen ("pref ");
      g_autofree char *now = NULL, *ours = NULL;

      if (!g_str_has_prefix (groups[i], "pref "))
        continue;
      now = ll_prefs_value (prefs, name);
      ours = g_key_file_get_string (undo->record->file, groups[i], "after", NULL);
      if (g_strcmp0 (now, ours) != 0)
        {
          say_left (undo, name, now);
          continue;
        }
      ll_pref_changes_add (changes, g_strdup (name),
                           g_key_file_get_string (undo->record->file, groups[i], "before", NULL));
    }
  return changes;
}

static gboolean
undo_prefs (Undo *undo, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GBytes) now = ll_setup_record_put_back (undo->record, "prefs.js", &cause);
  g_autoptr (LlPrefs) prefs = now != NULL ? ll_prefs_parse (now, &cause) : NULL;
  g_autoptr (GArray) changes = NULL;
  g_autoptr (GBytes) after = NULL;

  if (cause != NULL)
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&cause), "prefs.js: ");
      return FALSE;
    }
  if (prefs == NULL)
    return TRUE;
  changes = changes_back (undo, prefs);
  after = ll_prefs_change (prefs, changes);
  return ll_setup_write (undo->profile, "prefs.js", after, error);
}

static void
take_logins_out (Undo *undo, LlLogins *logins, const LlLogins *before)
{
  g_autofree char *ours = ll_setup_record_text (undo->record, "logins");
  g_autofree char *replaced = ll_setup_record_text (undo->record, "replaced");
  g_auto (GStrv) guids = g_strsplit (ours, ";", -1);
  g_auto (GStrv) old = g_strsplit (replaced, ";", -1);

  for (guint i = 0; guids[i] != NULL; i++)
    ll_logins_remove (logins, guids[i], "smtp://localhost");
  for (guint i = 0; before != NULL && old[i] != NULL; i++)
    ll_logins_take_back (logins, before, old[i]);
}

static gboolean
rewrite_logins (Undo *undo, const char *name, GBytes *now, GError **error)
{
  g_autoptr (LlLogins) logins = ll_logins_parse (now, error);
  g_autoptr (GBytes) old = ll_setup_record_before (undo->record, "logins.json", NULL);
  g_autoptr (LlLogins) before = ll_logins_parse (old, NULL);
  g_autoptr (GBytes) after = NULL;

  if (logins == NULL)
    return FALSE;
  take_logins_out (undo, logins, before);
  after = ll_logins_write (logins);
  return ll_setup_write (undo->profile, name, after, error);
}

/* It is Thunderbird's second choice, so one that cannot be read is left to it. */
static void
rewrite_backup (Undo *undo, GBytes *now, GError **error)
{
  g_autoptr (GError) cause = NULL;

  if (!rewrite_logins (undo, "logins-backup.json", now, &cause)
      && !g_error_matches (cause, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE))
    g_propagate_error (error, g_steal_pointer (&cause));
}

static gboolean
undo_logins (Undo *undo, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GBytes) now = ll_setup_record_put_back (undo->record, "logins.json", &cause);
  g_autoptr (GBytes) copy = NULL;

  if (cause == NULL && now != NULL)
    rewrite_logins (undo, "logins.json", now, &cause);
  /* Thunderbird's own copy: ours is in it once it ran */
  if (cause == NULL)
    copy = ll_setup_read (undo->profile, "logins-backup.json", &cause);
  if (cause == NULL && now != NULL && copy != NULL)
    rewrite_backup (undo, copy, &cause);
  if (cause == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

gboolean
ll_thunderbird_undo (LlSetupRecord *record, GPtrArray *said, GError **error)
{
  g_autofree char *profile = ll_setup_record_text (record, "target");
  g_auto (LlProfileLock) lock = LL_PROFILE_LOCK_INIT;
  Undo undo = { .profile = profile, .record = record, .said = said };

  if (!g_file_test (profile, G_FILE_TEST_IS_DIR))
    g_ptr_array_add (said, g_strdup_printf ("%s is gone: there is nothing to take back", profile));
  else if (!ll_profile_lock (profile, &lock, error) || !undo_prefs (&undo, error)
           || !undo_logins (&undo, error) || !ll_stores_undo (profile, record, error))
    return FALSE;
  ll_setup_record_drop (record);
  return TRUE;
}
