/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/camel-trust.h"
#include "setup/evolution-bus.h"
#include "setup/evolution-keyring.h"
#include "setup/evolution-sources.h"
#include "setup/evolution.h"

#include <string.h>

/*
 * The way back, in the reverse order: the identities first, so that Evolution sends as before from
 * then on. A file that is still as we wrote it is put back byte for byte; from one that Evolution
 * wrote since, what is ours goes.
 */

/* It names a transport of ours again, or somebody else's choice. */
static GBytes *
identity_back (const LlSetupRecord *record, const char *path, GBytes *now, GPtrArray *said)
{
  g_autofree char *group = g_strdup_printf ("identity %s", path);
  g_autofree char *ours = g_key_file_get_string (record->file, group, "after", NULL);
  g_autofree char *before = g_key_file_get_string (record->file, group, "before", NULL);
  g_autofree char *its = ll_evolution_identity_transport (now);

  if (g_strcmp0 (its, ours) == 0)
    return ll_evolution_identity (now, before, NULL);
  g_ptr_array_add (said, g_strdup_printf ("%s stays: it submits to another transport since", path));
  return NULL;
}

/* One of the files that somebody wrote since. */
static gboolean
rework (LlSetupRecord *record, const char *path, GBytes *now, GPtrArray *said, GError **error)
{
  g_autofree char *group = g_strdup_printf ("identity %s", path);
  g_autofree char *list = ll_setup_record_text (record, "certificates");
  g_autofree char *fingerprint = ll_setup_record_text (record, "fingerprint");
  g_autoptr (GBytes) after = NULL;

  if (g_key_file_has_group (record->file, group))
    {
      after = identity_back (record, path, now, said);
      return after == NULL || ll_setup_record_write (record, path, after, error);
    }
  if (strcmp (path, list) == 0)
    {
      after = ll_camel_trust_remove (now, "localhost", fingerprint, error);
      return after != NULL && ll_setup_record_write (record, path, after, error);
    }
  /* the rest are files that we made */
  return ll_setup_record_write (record, path, NULL, error);
}

static gboolean
undo_file (LlSetupRecord *record, const char *path, GPtrArray *said, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GBytes) now = ll_setup_record_put_back (record, path, &cause);

  if (cause == NULL && now != NULL)
    rework (record, path, now, said, &cause);
  if (cause == NULL)
    return TRUE;
  g_propagate_prefixed_error (error, g_steal_pointer (&cause), "%s: ", path);
  return FALSE;
}

void
ll_evolution_wait (const LlSetupRecord *record, const char *key)
{
  g_auto (GStrv) groups = g_key_file_get_groups (record->file, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_autofree char *transport = g_key_file_get_string (record->file, groups[i], key, NULL);
      g_autofree char *uid = g_key_file_get_string (record->file, groups[i], "uid", NULL);

      if (uid != NULL && transport != NULL)
        ll_evolution_wait_read (uid, transport);
    }
}

static gboolean
remove_logins (LlSetupRecord *record, GError **error)
{
  g_auto (GStrv) uids
      = g_key_file_get_string_list (record->file, "setup", "transports", NULL, NULL);

  for (guint i = 0; uids != NULL && uids[i] != NULL; i++)
    if (!ll_evolution_keyring_remove (uids[i], error))
      return FALSE;
  return TRUE;
}

gboolean
ll_evolution_undo (LlSetupRecord *record, GPtrArray *said, GError **error)
{
  g_auto (GStrv) files = ll_setup_record_files (record);

  if (!ll_evolution_check_stopped (error))
    return FALSE;
  for (guint i = g_strv_length (files); i-- > 0;)
    if (!undo_file (record, files[i], said, error))
      return FALSE;
  ll_evolution_wait (record, "before");
  if (!remove_logins (record, error))
    return FALSE;
  ll_setup_record_drop (record);
  return TRUE;
}
