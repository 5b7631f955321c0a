/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The few files of a mail program that are changed: read whole, replaced whole, with their mode,
 * so that at every instant each is either as it was or as it will be.
 */

/* NULL without @error: there is none. Links are refused: to replace one would cut it. */
GBytes *ll_setup_read (const char *folder, const char *name, GError **error);

/* Durable. @bytes NULL: it goes. */
gboolean ll_setup_write (const char *folder, const char *name, GBytes *bytes, GError **error);

/* What a call that was killed left beside it. */
void ll_setup_tidy (const char *folder, const char *name);

/* What the bytes are told apart by; "" for NULL. (transfer full) */
char *ll_setup_digest (GBytes *bytes);

/* A new folder of ours in the runtime folder, for what is of nobody else's business and stays for a
 * moment; what a call that was killed left there is gone after the session. (transfer full), to be
 * removed with all in it */
char *ll_setup_scratch (GError **error);

/* A folder of ours with the files in it, and folders of files. */
void ll_setup_remove_folder (const char *path);

G_END_DECLS
