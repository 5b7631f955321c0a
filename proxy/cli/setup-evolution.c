/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/setup-ways.h"
#include "setup/evolution.h"

#include <stdio.h>

/* setup evolution: which account sources, and how they are worked. */

/* NULL: *status, with a sentence. (transfer full) */
static char *
choose_sources (int *status)
{
  g_autoptr (GPtrArray) found = ll_evolution_find (g_get_home_dir ());

  if (found->len == 1)
    return g_strdup (g_ptr_array_index (found, 0));
  *status = LL_EXIT_NO;
  if (found->len == 0)
    ll_complain ("There are no account sources of Evolution here: start it once and add your "
                 "account, or name them with --sources DIR");
  else
    ll_complain ("There is more than one Evolution; choose one:");
  for (guint i = 0; i < found->len; i++)
    fprintf (stderr, "  letterlock setup evolution --sources '%s'\n",
             (const char *) g_ptr_array_index (found, i));
  return NULL;
}

static gpointer
open_sources (const char *sources, GError **error)
{
  return ll_evolution_open (sources, error);
}

static void
free_sources (gpointer opened)
{
  ll_evolution_free (opened);
}

static GPtrArray *
servers (gpointer opened)
{
  return ll_evolution_servers (opened);
}

static LlSecret *
password (gpointer opened, const LlOutgoing *server, GError **error)
{
  return ll_evolution_password (opened, server, error);
}

static gboolean
point (gpointer opened,
       const LlOutgoing *server,
       guint port,
       const char *username,
       const LlSecret *secret,
       GError **error)
{
  return ll_evolution_point (opened, server, port, username, secret, error);
}

static gboolean
write_sources (gpointer opened, const char *certificate, GError **error)
{
  return ll_evolution_write (opened, certificate, error);
}

static const LlSetupProgram program = {
  .name = "Evolution",
  .place = "account sources",
  .changed
  = "Changed in them: each identity above sends through a new transport beside the old one, which "
    "stays with its password; a saved password for Letterlock; and the certificate that it shows "
    "on this computer is accepted. Letterlock renews that within a year: Evolution will ask about "
    "it once then.",
  .certificate = "GetServerCertificate",
  .open = open_sources,
  .free = free_sources,
  .servers = servers,
  .password = password,
  .point = point,
  .write = write_sources,
};

int
ll_setup_evolution_run (int argc, char **argv)
{
  g_autofree char *named = NULL, *sources = NULL;
  g_auto (LlSetupWishes) wishes = { 0 };
  const GOptionEntry entries[] = {
    { "sources", 0, 0, G_OPTION_ARG_FILENAME, &named, "Evolution's account sources", "DIR" },
    LL_SETUP_WISHES (wishes),
    { NULL },
  };
  const LlUsage usage = {
    .command = "setup evolution",
    .summary = "Let Evolution send through Letterlock: accounts, transport, password, certificate.",
    .more = "Evolution must not run. What would be asked for: the provider's password of each\n"
            "server for which it saved none.\n"
            "letterlock undo gives the account sources back as they were; accounts stay.",
    .entries = entries,
  };
  g_auto (GStrv) left = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  sources = named != NULL ? g_canonicalize_filename (named, NULL) : choose_sources (&status);
  return sources != NULL ? ll_setup_ways_run (&program, &wishes, sources) : status;
}
