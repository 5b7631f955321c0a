/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * One folder whose changes are made durable together: any number of threads that
 * renamed or unlinked something wait for one fsync instead of one each.
 *
 * Thread-safe. Errors: G_FILE_ERROR.
 */

typedef struct _LlFolder LlFolder;

LlFolder *ll_folder_new (const char *path, GError **error);
void ll_folder_free (LlFolder *folder);

const char *ll_folder_path (LlFolder *folder);

/* Returns when everything that this thread changed in the folder survives power loss. */
gboolean ll_folder_sync (LlFolder *folder, GError **error);

/* Unlinks @name once all that was changed until now is durable; at the latest in a later sync
 * or at the next start (takes the string). */
void ll_folder_unlink_later (LlFolder *folder, char *name);

G_END_DECLS
