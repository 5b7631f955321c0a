/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/cache.h"

#include "base/clock.h"
#include "base/file.h"
#include "keys/blob.h"

#include <sys/stat.h>

#define KEPT (7 * 24 * 60 * 60)
#define KEPT_ABSENT (24 * 60 * 60)

/* Addresses are not names of files, and nobody who looks at the folder needs to read them. */
static char *
path_of (const char *folder, const char *source, const char *address)
{
  g_autofree char *name = g_compute_checksum_for_string (G_CHECKSUM_SHA256, address, -1);

  return folder != NULL ? g_strdup_printf ("%s/%s/%s", folder, source, name) : NULL;
}

GBytes *
ll_key_cache_load (const char *folder, const char *source, const char *address)
{
  g_autofree char *path = path_of (folder, source, address);
  struct stat status;
  gint64 age;

  if (path == NULL || stat (path, &status) < 0)
    return NULL;
  age = ll_clock_now () - (gint64) status.st_mtime;
  if (age < 0 || age > (status.st_size > 0 ? KEPT : KEPT_ABSENT))
    return NULL;
  return ll_file_load (path, LL_BLOB_MAX, NULL);
}

void
ll_key_cache_keep (const char *folder, const char *source, const char *address, GBytes *blob)
{
  g_autofree char *path = path_of (folder, source, address);
  g_autofree char *parent = path != NULL ? g_path_get_dirname (path) : NULL;
  gsize length = 0;
  const void *bytes = blob != NULL ? g_bytes_get_data (blob, &length) : NULL;

  if (path == NULL)
    return;
  if (!ll_file_make_folder (parent, NULL)
      || !ll_file_replace (path, bytes != NULL ? bytes : "", length, NULL))
    g_debug ("what %s said is not kept", source);
}
