/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Out of the log into files: a letter that comes to rest, and at start all that a crash left
 * in the log. From the log's bytes alone: no key is needed.
 */

#include "spool/store-private.h"

#include "base/error.h"
#include "base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static gboolean
write_file (const char *path, int flags, GBytes *a, GBytes *b, GError **error)
{
  LL_AUTO_FD fd = open (path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | flags, 0600);

  if (fd >= 0 && ll_file_write_all (fd, g_bytes_get_data (a, NULL), g_bytes_get_size (a), error)
      && (b == NULL
          || ll_file_write_all (fd, g_bytes_get_data (b, NULL), g_bytes_get_size (b), error))
      && fdatasync (fd) == 0)
    return TRUE;
  return (error != NULL && *error != NULL) ? FALSE
                                           : ll_file_set_error (error, "Cannot write %s: %m", path);
}

static gboolean
make_files (LlStore *store,
            const char *id,
            GBytes *letter,
            GBytes *records,
            guint recipients,
            const char *paths[3],
            GError **error)
{
  guint8 header[LL_JOURNAL_HEADER];
  g_autoptr (GBytes) begin = NULL;
  g_autoptr (GError) local = NULL;

  ll_format_journal_header (id, header);
  begin = g_bytes_new (header, sizeof header);
  if (!ll_journal_prepare (store, id, recipients, error))
    return FALSE;
  if (write_file (paths[0], O_CREAT | O_TRUNC, letter, NULL, &local)
      && write_file (paths[1], 0, begin, records, &local))
    {
      if (rename (paths[0], paths[2]) == 0)
        return ll_folder_sync (store->letters, &local)
               || ll_store_take_error (error, g_steal_pointer (&local));
      ll_file_set_error (&local, "Cannot keep %s: %m", paths[2]);
    }
  return ll_store_take_error (error, g_steal_pointer (&local));
}

gboolean
ll_rest_make_files (LlStore *store,
                    const char *id,
                    GBytes *letter,
                    GBytes *records,
                    guint recipients,
                    GError **error)
{
  g_autofree char *incoming = ll_store_incoming_path (store, id);
  g_autofree char *journal = ll_store_path (store, id, ".journal");
  g_autofree char *path = ll_store_path (store, id, ".letter");
  const char *paths[3] = { incoming, journal, path };

  if (make_files (store, id, letter, records, recipients, paths, error))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    unlink (paths[i]);
  return FALSE;
}

gboolean
ll_rest_is_due (const LlLetter *letter)
{
  gboolean rests = FALSE;

  for (guint i = 0; i < letter->progress->len; i++)
    {
      LlState state = ll_letter_progress (letter, i)->state;

      if (state == LL_STATE_CHECKING || state == LL_STATE_SENDING)
        return FALSE;
      rests = rests || !ll_state_is_final (state);
    }
  return rests;
}

/* -- at start -------------------------------------------------------------------------------- */

static gboolean
recover_cb (const char *id, GBytes *letter, GBytes *records, gpointer data, GError **error)
{
  LlStore *store = data;
  g_autofree char *path = ll_store_path (store, id, ".letter");

  /* it moved out, and then only its files count */
  if (access (path, F_OK) == 0)
    return TRUE;
  return ll_rest_make_files (store, id, letter, records, 0, error);
}

gboolean
ll_rest_recover (LlStore *store, GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean recovered;

  /* now, not later: a move that did not come to its end left a journal that is made again here */
  if (!ll_folder_sync (store->letters, &local))
    return ll_store_take_error (error, g_steal_pointer (&local));
  recovered = ll_log_visit (store->log, recover_cb, store, &local);
  if (g_error_matches (local, LL_STORE_ERROR, LL_STORE_ERROR_FULL) && ll_room_release (store))
    {
      g_clear_error (&local);
      recovered = ll_log_visit (store->log, recover_cb, store, &local);
    }
  if (recovered && ll_log_clear (store->log, &local))
    return TRUE;
  if (local != NULL && local->domain != LL_STORE_ERROR)
    return ll_store_take_error (error, g_steal_pointer (&local));
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
