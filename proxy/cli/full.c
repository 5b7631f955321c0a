/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What this program leaves to letterlock-full: the same commands, with the code of the daemon and
 * of other programs' settings. It takes this one's place, with the same arguments, before anything
 * was read or said. Linked into each letterlock, some forty libraries would make `status` take
 * three times as long. */

#include "base/program.h"
#include "cli/command.h"
#include "cli/offline.h"
#include "cli/setup.h"

#include <stdlib.h>
#include <unistd.h>

static G_NORETURN void
go_on_as_full (void)
{
  g_autofree char *path = ll_program_find ("letterlock-full", NULL);

  execv (path, ll_command_line);
  ll_complain ("Cannot run %s: %s; is Letterlock installed as a whole?", path, g_strerror (errno));
  exit (LL_EXIT_COULD_NOT);
}

int
ll_setup_run (G_GNUC_UNUSED int argc, G_GNUC_UNUSED char **argv)
{
  go_on_as_full ();
}

int
ll_setup_undo (void)
{
  go_on_as_full ();
}

gboolean
ll_setup_certificate (G_GNUC_UNUSED const char *place,
                      G_GNUC_UNUSED gboolean from_stdin,
                      G_GNUC_UNUSED int *file,
                      G_GNUC_UNUSED int *passphrase,
                      G_GNUC_UNUSED int *status)
{
  go_on_as_full ();
}

gboolean
ll_offline_check (G_GNUC_UNUSED const LlOfflineTarget *targets,
                  G_GNUC_UNUSED guint n,
                  G_GNUC_UNUSED LlOfflinePartial partial,
                  G_GNUC_UNUSED LlOfflineDone done,
                  G_GNUC_UNUSED GMainLoop *loop,
                  G_GNUC_UNUSED GError **error)
{
  go_on_as_full ();
}

GVariant *
ll_offline_config (G_GNUC_UNUSED GError **error)
{
  go_on_as_full ();
}

GVariant *
ll_offline_doctor (G_GNUC_UNUSED gboolean daemon_runs)
{
  go_on_as_full ();
}
