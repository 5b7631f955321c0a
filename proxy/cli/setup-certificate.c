/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One's own certificate, out of Thunderbird's, Firefox's or another program's NSS databases. */

#include "cli/setup.h"

#include "setup/files.h"
#include "setup/identity.h"
#include "setup/stores.h"

#include <sys/mman.h>
#include <unistd.h>

/* A file in memory, at its beginning; -1: there is none to be had. */
static int
in_memory (const char *bytes, gsize length)
{
  int fd = memfd_create ("letterlock", MFD_CLOEXEC);

  if (fd < 0 || (write (fd, bytes, length) == (gssize) length && lseek (fd, 0, SEEK_SET) == 0))
    return fd;
  close (fd);
  return -1;
}

static gboolean
unlock (LlVault *vault, gboolean from_stdin, int *status)
{
  g_autoptr (LlSecret) primary = NULL;
  GError *error = NULL;

  if (!ll_vault_is_locked (vault))
    return TRUE;
  primary = ll_setup_ask ("Primary password: ", from_stdin && !isatty (STDIN_FILENO),
                          "--passphrase-stdin", status);
  if (primary == NULL)
    return FALSE;
  if (ll_vault_unlock (vault, primary, &error))
    return TRUE;
  *status = ll_fail (error);
  return FALSE;
}

/* The folder is "FOLDER" of @place, the certificate's name what follows a #. */
static GBytes *
export_identity (const char *place, gboolean from_stdin, LlSecret **passphrase, int *status)
{
  g_auto (GStrv) words = g_strsplit (place, "#", 2);
  GError *error = NULL;
  g_autofree char *scratch = ll_setup_scratch (&error);
  g_autoptr (LlStores) stores
      = scratch != NULL ? ll_stores_open (words[0] != NULL ? words[0] : "", scratch, &error) : NULL;
  GBytes *bundle = NULL;

  if (stores != NULL && unlock (stores->vault, from_stdin, status))
    bundle = ll_vault_export_identity (stores->vault, words[1], passphrase, &error);
  if (error != NULL)
    *status = ll_fail (error);
  g_clear_pointer (&stores, ll_stores_free);
  if (scratch != NULL)
    ll_setup_remove_folder (scratch);
  return bundle;
}

gboolean
ll_setup_certificate (
    const char *place, gboolean from_stdin, int *file, int *passphrase, int *status)
{
  g_autoptr (LlSecret) secret = NULL;
  g_autoptr (GBytes) bundle = export_identity (place, from_stdin, &secret, status);

  if (bundle == NULL)
    return FALSE;
  *file = in_memory (g_bytes_get_data (bundle, NULL), g_bytes_get_size (bundle));
  *passphrase = in_memory (ll_secret_peek (secret), ll_secret_length (secret));
  if (*file >= 0 && *passphrase >= 0)
    return TRUE;
  close (*file);
  close (*passphrase);
  ll_complain ("There is no memory for the certificate");
  *status = LL_EXIT_COULD_NOT;
  return FALSE;
}
