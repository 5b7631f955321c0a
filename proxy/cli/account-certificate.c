/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/account.h"

#include "cli/json.h"
#include "cli/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define GPGSM "gpgsm:"
#define NSS "nss:"

/*
 * account edit --cert: the file and stdin are handed to the daemon as they are; neither key nor
 * passphrase passes through this program, but for what is typed, and what comes out of NSS.
 */

/* An array of one handle, or of none. */
static GVariant *
handle_of (GUnixFDList *list, int fd)
{
  gint32 handle = fd >= 0 ? g_unix_fd_list_append (list, fd, NULL) : -1;

  return handle >= 0 ? g_variant_new_fixed_array (G_VARIANT_TYPE_HANDLE, &handle, 1, sizeof handle)
                     : g_variant_new_array (G_VARIANT_TYPE_HANDLE, NULL, 0);
}

static void
print_certificate (GVariant *certificate)
{
  g_autofree char *until = g_strndup (ll_text (certificate, "expires"), strlen ("2026-11-22"));

  if (ll_json_wanted)
    ll_json_print (certificate, ll_schema_key);
  else if (*until == '\0')
    puts ("The account has no certificate any more.");
  else
    printf ("Your certificate is %s, from %s, valid until %s.\n"
            "Letters that are locked with S/MIME are signed with it.\n",
            ll_text (certificate, "user_id"), ll_text (certificate, "issuer"), until);
}

/* @file, @passphrase: open, or -1. */
static int
set_certificate (const char *name, int file, int passphrase)
{
  g_autoptr (GUnixFDList) list = g_unix_fd_list_new ();
  GVariant *files = handle_of (list, file);
  GVariant *passphrases = handle_of (list, passphrase);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) certificate = NULL;
  int status = LL_EXIT_YES;

  reply = ll_ask_with ("SetCertificate", g_variant_new ("(s@ah@ah)", name, files, passphrases),
                       list, LL_ASK_LONG, &status);
  if (reply == NULL)
    return status;
  certificate = g_variant_get_child_value (reply, 0);
  print_certificate (certificate);
  return LL_EXIT_YES;
}

static int
use_certificate (const char *name, const char *gpgsm)
{
  int status = LL_EXIT_YES;
  g_autoptr (GVariant) certificate
      = ll_ask_one ("UseCertificate", g_variant_new ("(ss)", name, gpgsm), LL_ASK_LONG, &status);

  if (certificate == NULL)
    return status;
  print_certificate (certificate);
  return LL_EXIT_YES;
}

static int
take_certificate (const char *account, const char *place, gboolean from_stdin)
{
  int status = LL_EXIT_YES;
  int file, passphrase;

  if (!ll_setup_certificate (place, from_stdin, &file, &passphrase, &status))
    return status;
  status = set_certificate (account, file, passphrase);
  close (file);
  close (passphrase);
  return status;
}

int
ll_account_certificate_run (const char *name, const char *path, gboolean passphrase_stdin)
{
  int passphrase = -1;
  int file;
  int status;

  if (strcmp (path, "none") == 0)
    return set_certificate (name, -1, -1);
  if (g_str_has_prefix (path, GPGSM))
    return use_certificate (name, path + strlen (GPGSM));
  if (g_str_has_prefix (path, NSS))
    return take_certificate (name, path + strlen (NSS), passphrase_stdin);
  file = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (file < 0)
    return ll_usage_error ("account edit: %s cannot be read: %s", path, g_strerror (errno));
  if (passphrase_stdin)
    passphrase = isatty (STDIN_FILENO) ? ll_account_ask_secret ("Passphrase of the file: ")
                                       : dup (STDIN_FILENO);
  status = set_certificate (name, file, passphrase);
  if (passphrase >= 0)
    close (passphrase);
  close (file);
  return status;
}
