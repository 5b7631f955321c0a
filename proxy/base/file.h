/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Files and folders: the few system calls that the rooms above need, each with
 * its error as a sentence that names the path. Folders are made with mode 0700,
 * files with 0600. Errors are of G_FILE_ERROR; a full disk is G_FILE_ERROR_NOSPC.
 */

/* A file descriptor that closes itself at the end of its scope. */

void ll_fd_clear (int *fd);
#define LL_AUTO_FD __attribute__ ((cleanup (ll_fd_clear))) int

/* The value, and -1 in its place. */
int ll_fd_steal (int *fd);

/* All of @bytes, whatever EINTR and short writes do. */
gboolean ll_file_write_all (int fd, const void *bytes, gsize length, GError **error);

/* Up to @length bytes; less only at the end of the file. Returns -1 on error. */
gssize ll_file_read_full (int fd, void *bytes, gsize length, GError **error);

/* Whole file of at most @limit bytes, NUL-terminated (not counted). (transfer full) */
GBytes *ll_file_load (const char *path, gsize limit, GError **error);

/* Atomic and durable: write beside it, fdatasync, rename, fsync the folder. */
gboolean ll_file_replace (const char *path, const void *bytes, gsize length, GError **error);

/* The same with a new file of the caller's: @fd, at @beside in the same folder, which is gone
 * afterwards. For those whose name or mode is not ll_file_replace's own. */
gboolean ll_file_replace_by (
    int fd, const char *beside, const char *path, const void *bytes, gsize length, GError **error);

/* So that a rename or unlink in @folder survives power loss. */
gboolean ll_file_sync_folder (const char *folder, GError **error);

/* The folder and its parents, 0700. */
gboolean ll_file_make_folder (const char *folder, GError **error);

/* Set @error from errno, by a whole sentence: "Cannot write %s: %m", %m being what errno means.
 * Returns FALSE. */
gboolean ll_file_set_error (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* The same as an error of its own. (transfer full) */
GError *ll_file_error (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* $XDG_STATE_HOME/letterlock and so on; (transfer full). The runtime folder falls back
 * to run/ inside the state folder, so that cron, ssh and containers work. */
char *ll_folder_state (void);
char *ll_folder_cache (void);
char *ll_folder_config (void);
char *ll_folder_runtime (void);

G_END_DECLS
