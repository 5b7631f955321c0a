/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

/* A GnuPG of one test's own: a home with generated keys, and an agent that ends with it. */

static inline char *
gpg_run (const char *command, gboolean must)
{
  g_autoptr (GError) error = NULL;
  char *out = NULL;
  int status;

  g_assert_true (g_spawn_command_line_sync (command, &out, NULL, &status, &error));
  g_assert_no_error (error);
  if (must)
    g_assert_cmpint (status, ==, 0);
  return out;
}

static inline char *
gpg_home_new (void)
{
  char *home = g_dir_make_tmp ("ll-gpg-XXXXXX", NULL);

  g_assert_nonnull (home);
  g_setenv ("GNUPGHOME", home, TRUE);
  return home;
}

/* @expires: "1d", "never". */
static inline void
gpg_home_generate (const char *id, const char *expires)
{
  g_autofree char *command
      = g_strdup_printf ("gpg --batch --quiet --pinentry-mode loopback --passphrase '' "
                         "--quick-gen-key '%s' future-default default %s",
                         id, expires);
  g_autofree char *out = gpg_run (command, TRUE);
}

static inline void
gpg_home_free (char *home)
{
  g_autofree char *killed = gpg_run ("gpgconf --kill all", FALSE);
  g_autofree char *command = g_strdup_printf ("rm -rf %s", home);
  g_autofree char *removed = gpg_run (command, TRUE);

  g_unsetenv ("GNUPGHOME");
  g_free (home);
}
