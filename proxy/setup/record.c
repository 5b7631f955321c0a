/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/record.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "setup/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

/* A folder that is not whole yet. */
#define UNFINISHED ".new"

static char *
all_records (void)
{
  g_autofree char *state = ll_folder_state ();

  return g_build_filename (state, "setup", NULL);
}

void
ll_setup_record_free (LlSetupRecord *record)
{
  if (record == NULL)
    return;
  if (g_str_has_suffix (record->folder, UNFINISHED))
    ll_setup_remove_folder (record->folder);
  ll_fd_clear (&record->at_work);
  g_free (record->folder);
  g_key_file_unref (record->file);
  g_free (record);
}

/* FALSE: another call has the folder locked. Where a file system has no such locks, none has. */
static gboolean
lock_folder (int fd)
{
  return flock (fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

/* What a call that was killed left. FALSE: it is at work still. */
static gboolean
remove_unfinished (const char *folder)
{
  LL_AUTO_FD fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd >= 0 && !lock_folder (fd))
    return FALSE;
  ll_setup_remove_folder (folder);
  return TRUE;
}

/* "thunderbird-1f2e3d4c5b6a": the same target has the same name. */
static char *
name_of (const char *client, const char *target)
{
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, target, -1);

  return g_strdup_printf ("%s-%.12s", client, digest);
}

static gboolean
make_folders (const char *folder, GError **error)
{
  static const char *const below[] = { "before", "after" };

  for (guint i = 0; i < G_N_ELEMENTS (below); i++)
    {
      g_autofree char *path = g_build_filename (folder, below[i], NULL);

      if (!ll_file_make_folder (path, error))
        return FALSE;
    }
  return TRUE;
}

LlSetupRecord *
ll_setup_record_new (const char *client, const char *target, GError **error)
{
  g_autofree char *all = all_records ();
  g_autofree char *name = name_of (client, target);
  g_autofree char *path = g_build_filename (all, name, NULL);
  g_autofree char *now = ll_clock_format (ll_clock_now ());
  g_autofree char *folder = NULL;
  g_autofree char *shown = g_utf8_make_valid (target, -1);
  g_autoptr (LlSetupRecord) record = NULL;

  if (!g_utf8_validate (target, -1, NULL))
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED,
                   "%s has a name that is not UTF-8: undo could not find it again", shown);
      return NULL;
    }
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED,
                   "%s was set up before: \"letterlock undo\" takes that back first", target);
      return NULL;
    }
  folder = g_strconcat (path, UNFINISHED, NULL);
  if (!remove_unfinished (folder))
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED,
                   "%s is being set up by another call of letterlock just now", target);
      return NULL;
    }
  record = g_new0 (LlSetupRecord, 1);
  record->at_work = -1;
  record->file = g_key_file_new ();
  record->folder = g_steal_pointer (&folder);
  if (!make_folders (record->folder, error))
    return NULL;
  record->at_work = open (record->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (record->at_work >= 0)
    (void) lock_folder (record->at_work);
  g_key_file_set_string (record->file, "setup", "client", client);
  g_key_file_set_string (record->file, "setup", "target", target);
  g_key_file_set_string (record->file, "setup", "time", now);
  return g_steal_pointer (&record);
}

static char *
group_of (const char *name)
{
  return g_strdup_printf ("file %s", name);
}

/* What a list in the record, or the name of a group of it, cannot carry. */
static gboolean
check_name (const char *name, GError **error)
{
  if (g_utf8_validate (name, -1, NULL) && strpbrk (name, ";[]\r\n") == NULL)
    return TRUE;
  g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED,
               "%s has a name that undo could not write down", name);
  return FALSE;
}

/* Its name among our copies. (transfer full) */
static char *
copy_of (const char *name)
{
  return g_path_is_absolute (name) ? g_compute_checksum_for_string (G_CHECKSUM_SHA256, name, -1)
                                   : g_strdup (name);
}

char *
ll_setup_record_folder (const LlSetupRecord *record, const char *name)
{
  return g_path_is_absolute (name) ? g_path_get_dirname (name)
                                   : ll_setup_record_text (record, "target");
}

/* The last part of @name. */
static const char *
file_of (const char *name)
{
  return g_path_is_absolute (name) ? strrchr (name, '/') + 1 : name;
}

static gboolean
write_below (
    LlSetupRecord *record, const char *below, const char *name, GBytes *bytes, GError **error)
{
  g_autofree char *folder = g_build_filename (record->folder, below, NULL);
  g_autofree char *copy = copy_of (name);

  return bytes == NULL || ll_setup_write (folder, copy, bytes, error);
}

GBytes *
ll_setup_record_now (const LlSetupRecord *record, const char *name, GError **error)
{
  g_autofree char *folder = ll_setup_record_folder (record, name);

  return ll_setup_read (folder, file_of (name), error);
}

gboolean
ll_setup_record_write (const LlSetupRecord *record, const char *name, GBytes *bytes, GError **error)
{
  g_autofree char *folder = ll_setup_record_folder (record, name);

  return (bytes == NULL || !g_path_is_absolute (name) || ll_file_make_folder (folder, error))
         && ll_setup_write (folder, file_of (name), bytes, error);
}

gboolean
ll_setup_record_add (
    LlSetupRecord *record, const char *name, GBytes *before, GBytes *after, GError **error)
{
  g_autofree char *group = group_of (name);
  g_autofree char *digest_before = ll_setup_digest (before);
  g_autofree char *digest_after = ll_setup_digest (after);
  g_autofree char *files = ll_setup_record_text (record, "files");
  g_autofree char *more = g_strconcat (files, *files != '\0' ? ";" : "", name, NULL);

  if (!check_name (name, error) || !write_below (record, "before", name, before, error)
      || !write_below (record, "after", name, after, error))
    return FALSE;
  g_key_file_set_string (record->file, group, "before", digest_before);
  g_key_file_set_string (record->file, group, "after", digest_after);
  g_key_file_set_string (record->file, "setup", "files", more);
  return TRUE;
}

gboolean
ll_setup_record_keep (LlSetupRecord *record, GError **error)
{
  g_autofree char *all = all_records ();
  g_autofree char *kept = g_strndup (record->folder, strlen (record->folder) - strlen (UNFINISHED));
  gsize length;
  g_autofree char *text = g_key_file_to_data (record->file, &length, NULL);
  g_autofree char *path = g_build_filename (record->folder, "record", NULL);

  if (!ll_file_replace (path, text, length, error))
    return FALSE;
  if (rename (record->folder, kept) < 0)
    return ll_file_set_error (error, "Cannot write %s: %m", kept);
  g_free (record->folder);
  record->folder = g_steal_pointer (&kept);
  return ll_file_sync_folder (all, error);
}

char *
ll_setup_record_text (const LlSetupRecord *record, const char *key)
{
  char *text = g_key_file_get_string (record->file, "setup", key, NULL);

  return text != NULL ? text : g_strdup ("");
}

GStrv
ll_setup_record_files (const LlSetupRecord *record)
{
  g_autofree char *files = ll_setup_record_text (record, "files");

  return g_strsplit (files, ";", -1);
}

gboolean
ll_setup_record_apply (LlSetupRecord *record, GError **error)
{
  g_autofree char *after = g_build_filename (record->folder, "after", NULL);
  g_auto (GStrv) files = ll_setup_record_files (record);

  for (guint i = 0; files[i] != NULL; i++)
    {
      g_autoptr (GError) cause = NULL;
      g_autofree char *copy = copy_of (files[i]);
      g_autoptr (GBytes) bytes = ll_setup_read (after, copy, &cause);

      if (cause != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&cause));
          return FALSE;
        }
      if (!ll_setup_record_write (record, files[i], bytes, error))
        return FALSE;
    }
  ll_setup_remove_folder (after);
  return TRUE;
}

/* -- looking back ---------------------------------------------------------- */

static LlSetupRecord *
load (const char *folder, GError **error)
{
  g_autoptr (LlSetupRecord) record = g_new0 (LlSetupRecord, 1);
  g_autofree char *path = g_build_filename (folder, "record", NULL);

  record->at_work = -1;
  record->folder = g_strdup (folder);
  record->file = g_key_file_new ();
  if (g_key_file_load_from_file (record->file, path, G_KEY_FILE_NONE, error))
    return g_steal_pointer (&record);
  g_prefix_error (error, "What was kept in %s cannot be read: ", folder);
  return NULL;
}

GPtrArray *
ll_setup_records (GError **error)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_setup_record_free);
  g_autofree char *all = all_records ();
  g_autoptr (GDir) folder = g_dir_open (all, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (all, name, NULL);
      LlSetupRecord *record = NULL;

      if (g_str_has_suffix (name, UNFINISHED))
        (void) remove_unfinished (path);
      else
        record = load (path, error != NULL && *error == NULL ? error : NULL);
      if (record != NULL)
        g_ptr_array_add (found, record);
    }
  return found;
}

gboolean
ll_setup_record_has (const LlSetupRecord *record, const char *name)
{
  g_autofree char *group = group_of (name);

  return g_key_file_has_group (record->file, group);
}

LlSetupState
ll_setup_record_state (const LlSetupRecord *record, const char *name, GBytes *now)
{
  g_autofree char *group = group_of (name);
  g_autofree char *digest = ll_setup_digest (now);
  g_autofree char *before = g_key_file_get_string (record->file, group, "before", NULL);
  g_autofree char *after = g_key_file_get_string (record->file, group, "after", NULL);

  if (g_strcmp0 (digest, before) == 0)
    return LL_SETUP_BEFORE;
  return g_strcmp0 (digest, after) == 0 ? LL_SETUP_AFTER : LL_SETUP_OTHER;
}

GBytes *
ll_setup_record_before (const LlSetupRecord *record, const char *name, GError **error)
{
  g_autofree char *folder = g_build_filename (record->folder, "before", NULL);
  g_autofree char *group = group_of (name);
  g_autofree char *kept = g_key_file_get_string (record->file, group, "before", NULL);
  g_autofree char *copy = copy_of (name);
  g_autoptr (GError) cause = NULL;
  g_autoptr (GBytes) bytes = ll_setup_read (folder, copy, &cause);
  g_autofree char *digest = ll_setup_digest (bytes);

  if (cause == NULL && g_strcmp0 (digest, kept) == 0)
    return g_steal_pointer (&bytes);
  if (cause == NULL)
    cause = g_error_new (LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT,
                         "The copy of %s as it was (in %s) is not whole: nothing was put back from "
                         "it",
                         name, folder);
  g_propagate_error (error, g_steal_pointer (&cause));
  return NULL;
}

GBytes *
ll_setup_record_put_back (const LlSetupRecord *record, const char *name, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GBytes) now = NULL;
  g_autoptr (GBytes) before = NULL;

  if (!ll_setup_record_has (record, name))
    return NULL;
  now = ll_setup_record_now (record, name, &cause);
  if (cause == NULL)
    switch (ll_setup_record_state (record, name, now))
      {
      case LL_SETUP_OTHER:
        return g_steal_pointer (&now);
      case LL_SETUP_BEFORE:
        return NULL;
      case LL_SETUP_AFTER:
        before = ll_setup_record_before (record, name, &cause);
        if (g_error_matches (cause, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT))
          return g_steal_pointer (&now);
        if (cause == NULL)
          ll_setup_record_write (record, name, before, &cause);
      }
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return NULL;
}

void
ll_setup_record_drop (LlSetupRecord *record)
{
  g_autofree char *gone = g_strconcat (record->folder, UNFINISHED, NULL);
  g_auto (GStrv) files = ll_setup_record_files (record);

  for (guint i = 0; files[i] != NULL; i++)
    {
      g_autofree char *place = ll_setup_record_folder (record, files[i]);

      ll_setup_tidy (place, file_of (files[i]));
    }
  ll_setup_remove_folder (gone);

  if (rename (record->folder, gone) == 0)
    {
      g_free (record->folder);
      record->folder = g_steal_pointer (&gone);
    }
}
