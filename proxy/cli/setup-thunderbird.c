/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/setup-ways.h"
#include "setup/profiles.h"
#include "setup/thunderbird.h"

#include <stdio.h>
#include <string.h>

/* setup thunderbird: which profile, and how it is worked. */

/* -- which profile --------------------------------------------------------- */

static void
list_profiles (GPtrArray *profiles)
{
  for (guint i = 0; i < profiles->len; i++)
    {
      const LlProfile *profile = g_ptr_array_index (profiles, i);

      fprintf (stderr, "  letterlock setup thunderbird --profile '%s'%s%s\n", profile->path,
               profile->package != NULL ? "   # " : "",
               profile->package != NULL ? profile->package : "");
    }
}

/* The one that Thunderbird starts with; NULL: *status, with a sentence. (transfer full) */
static char *
choose_profile (int *status)
{
  g_autoptr (GPtrArray) profiles = ll_profiles_find (g_get_home_dir ());
  const LlProfile *chosen = NULL;
  guint n = 0;

  for (guint i = 0; i < profiles->len; i++)
    {
      const LlProfile *profile = g_ptr_array_index (profiles, i);

      n += profile->is_default ? 1 : 0;
      chosen = profile->is_default ? profile : chosen;
    }
  if (n == 1)
    return g_strdup (chosen->path);
  *status = LL_EXIT_NO;
  if (profiles->len == 0)
    ll_complain ("There is no profile of Thunderbird here: start it once and add your account, or "
                 "name one with --profile DIR");
  else
    ll_complain ("There are %u profiles of Thunderbird; choose one:", profiles->len);
  list_profiles (profiles);
  return NULL;
}

/* -- how it is worked ------------------------------------------------------- */

static gpointer
open_profile (const char *profile, GError **error)
{
  return ll_thunderbird_open (profile, error);
}

static void
free_profile (gpointer opened)
{
  ll_thunderbird_free (opened);
}

static GPtrArray *
servers (gpointer opened)
{
  return ll_thunderbird_servers (opened);
}

static LlSecret *
password (gpointer opened, const LlOutgoing *server, GError **error)
{
  return ll_thunderbird_password (opened, server, error);
}

static gboolean
point (gpointer opened,
       const LlOutgoing *server,
       guint port,
       const char *username,
       const LlSecret *secret,
       GError **error)
{
  return ll_thunderbird_point (opened, server, port, username, secret, error);
}

static gboolean
write_profile (gpointer opened, const char *authority, GError **error)
{
  return ll_thunderbird_write (opened, authority, error);
}

static gboolean
unlock (gpointer opened, const LlSetupWishes *wishes, int *status)
{
  g_autoptr (LlSecret) primary = NULL;
  GError *error = NULL;

  if (!ll_thunderbird_is_locked (opened))
    return TRUE;
  primary = ll_setup_ask ("Thunderbird's primary password: ", wishes->stdin_lines,
                          "--password-stdin", status);
  if (primary == NULL)
    return FALSE;
  if (ll_thunderbird_unlock (opened, primary, &error))
    return TRUE;
  *status = ll_fail (error);
  return FALSE;
}

static const LlSetupProgram program = {
  .name = "Thunderbird",
  .place = "profile",
  .changed
  = "Changed in it: server, port, security, authentication and user name of each server above; a "
    "saved password for Letterlock; and its authority, which can sign for localhost alone, is "
    "trusted.",
  .certificate = "GetAuthority",
  .open = open_profile,
  .free = free_profile,
  .servers = servers,
  .password = password,
  .point = point,
  .write = write_profile,
  .unlock = unlock,
};

int
ll_setup_thunderbird_run (int argc, char **argv)
{
  g_autofree char *named = NULL, *profile = NULL;
  g_auto (LlSetupWishes) wishes = { 0 };
  const GOptionEntry entries[] = {
    { "profile", 0, 0, G_OPTION_ARG_FILENAME, &named, "Thunderbird's profile folder", "DIR" },
    LL_SETUP_WISHES (wishes),
    { NULL },
  };
  const LlUsage usage = {
    .command = "setup thunderbird",
    .summary = "Let Thunderbird send through Letterlock: accounts, server, password, certificate.",
    .more = "Thunderbird must not run. What would be asked for: its primary password, if it has "
            "one, then\nthe provider's password of each server for which it saved none.\n"
            "letterlock undo gives the profile back as it was; accounts stay.",
    .entries = entries,
  };
  g_auto (GStrv) left = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  profile = named != NULL ? g_canonicalize_filename (named, NULL) : choose_profile (&status);
  return profile != NULL ? ll_setup_ways_run (&program, &wishes, profile) : status;
}
