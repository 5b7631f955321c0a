/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/stores.h"

#include "base/error.h"
#include "base/file.h"
#include "setup/files.h"

static const char *const names[] = { "key4.db", "cert9.db" };

void
ll_stores_free (LlStores *stores)
{
  if (stores == NULL)
    return;
  ll_vault_close (stores->vault);
  ll_setup_remove_folder (stores->copies);
  g_free (stores->copies);
  g_free (stores->profile);
  g_free (stores);
}

/* SQLite's own notes beside a database say that the file alone is not all of it. */
static gboolean
check_closed (const char *profile, const char *name, GError **error)
{
  static const char *const ends[] = { "-journal", "-wal" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *beside = g_strconcat (profile, "/", name, ends[i], NULL);

      if (!g_file_test (beside, G_FILE_TEST_EXISTS))
        continue;
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED,
                   "The program did not end properly the last time (%s is there): start it and "
                   "quit it once",
                   beside);
      return FALSE;
    }
  return TRUE;
}

static gboolean
copy_one (const char *profile, const char *copies, const char *name, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (!check_closed (profile, name, error))
    return FALSE;
  bytes = ll_setup_read (profile, name, &cause);
  if (bytes != NULL)
    return ll_setup_write (copies, name, bytes, error);
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  else
    g_set_error (error, LL_API_ERROR, LL_API_ERROR_NOT_FOUND,
                 "%s has no %s yet: start the program with it once", profile, name);
  return FALSE;
}

LlStores *
ll_stores_open (const char *profile, const char *scratch, GError **error)
{
  g_autoptr (LlStores) stores = g_new0 (LlStores, 1);

  stores->profile = g_strdup (profile);
  stores->copies = g_build_filename (scratch, "stores", NULL);
  ll_setup_remove_folder (stores->copies);
  if (!ll_file_make_folder (stores->copies, error))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (!copy_one (profile, stores->copies, names[i], error))
      return NULL;
  stores->vault = ll_vault_open (stores->copies, error);
  return stores->vault != NULL ? g_steal_pointer (&stores) : NULL;
}

static gboolean
add_changed (LlStores *stores, LlSetupRecord *record, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GBytes) before = ll_setup_read (stores->profile, names[i], error);
      g_autoptr (GBytes) after
          = before != NULL ? ll_setup_read (stores->copies, names[i], error) : NULL;

      if (after == NULL
          || (!g_bytes_equal (before, after)
              && !ll_setup_record_add (record, names[i], before, after, error)))
        return FALSE;
    }
  return TRUE;
}

gboolean
ll_stores_trust (LlStores *stores, const char *authority, LlSetupRecord *record, GError **error)
{
  gboolean added = FALSE;

  if (!ll_vault_trust (stores->vault, authority, &added, error))
    return FALSE;
  g_clear_pointer (&stores->vault, ll_vault_close);
  if (added)
    g_key_file_set_string (record->file, "setup", "authority", authority);
  if (!add_changed (stores, record, error))
    return FALSE;
  ll_setup_remove_folder (stores->copies);
  return TRUE;
}

/* -- back ------------------------------------------------------------------ */

/* Whether the files can simply be put back: each is as it was, or as we wrote it. */
static gboolean
are_untouched (const char *profile, const LlSetupRecord *record)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GBytes) now = ll_setup_read (profile, names[i], NULL);

      if (ll_setup_record_has (record, names[i])
          && ll_setup_record_state (record, names[i], now) == LL_SETUP_OTHER)
        return FALSE;
    }
  return TRUE;
}

static gboolean
put_back (const char *profile, const LlSetupRecord *record, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GBytes) now = ll_setup_read (profile, names[i], NULL);
      g_autoptr (GBytes) before = NULL;

      if (!ll_setup_record_has (record, names[i])
          || ll_setup_record_state (record, names[i], now) != LL_SETUP_AFTER)
        continue;
      before = ll_setup_record_before (record, names[i], error);
      if (before == NULL || !ll_setup_write (profile, names[i], before, error))
        return FALSE;
    }
  return TRUE;
}

/* Somebody has written them since, or the copies are not whole: only the authority goes. */
static gboolean
take_out (const char *profile, const LlSetupRecord *record, GError **error)
{
  g_autofree char *authority = ll_setup_record_text (record, "authority");
  g_autoptr (LlStores) stores = NULL;

  if (*authority == '\0')
    return TRUE;
  stores = ll_stores_open (profile, record->folder, error);
  if (stores == NULL || !ll_vault_forget (stores->vault, authority, error))
    return FALSE;
  g_clear_pointer (&stores->vault, ll_vault_close);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GBytes) after = ll_setup_read (stores->copies, names[i], error);

      if (after == NULL || !ll_setup_write (profile, names[i], after, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
ll_stores_undo (const char *profile, const LlSetupRecord *record, GError **error)
{
  g_autoptr (GError) cause = NULL;

  if (are_untouched (profile, record))
    {
      if (put_back (profile, record, &cause))
        return TRUE;
      if (!g_error_matches (cause, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT))
        {
          g_propagate_error (error, g_steal_pointer (&cause));
          return FALSE;
        }
    }
  return take_out (profile, record, error);
}
