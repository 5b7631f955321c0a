/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "app.h"

#include "base/error.h"
#include "base/file.h"

#include <fcntl.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Passwords and keys pass through this process: nothing of it is ever written to disk or shown to
 * a debugger that the user did not start as root. */
static void
keep_to_ourselves (void)
{
  struct rlimit none = { 0, 0 };

  setrlimit (RLIMIT_CORE, &none);
  prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
  umask (0077);
}

/* Once a process has threads, whoever needs a descriptor beyond the 64th, 128th, 256th waits some
 * 20 ms while the kernel makes its table larger. It is alone still, so it is made large now; 1024
 * are what most systems allow. */
#define DESCRIPTORS 1024

static void
make_room_for_descriptors (void)
{
  LL_AUTO_FD any = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  LL_AUTO_FD last = any >= 0 ? fcntl (any, F_DUPFD_CLOEXEC, DESCRIPTORS - 1) : -1;

  (void) last; /* where fewer are allowed, it waits later */
}

/* letterlockd(1); the unit does not start us again after 2: trying again mends no configuration. */
#define EXIT_WRONG 2
#define EXIT_COULD_NOT 3

/* Dozens of threads that mostly wait need no memory pools of their own; over two, those that work
 * stood in line. */
#define ARENAS 4

int
main (int argc, char **argv)
{
  LlAppOptions options = { NULL, NULL };
  gboolean version = FALSE;
  gboolean verbose = FALSE;
  const GOptionEntry entries[] = {
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &options.config,
      "Read this file instead of the user's own", "FILE" },
    { "system-config", 0, 0, G_OPTION_ARG_FILENAME, &options.config_system,
      "Read this file instead of /etc/letterlock/letterlock.conf", "FILE" },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &verbose, "Say more (never content, never passwords)",
      NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (LlApp) app = NULL;

  setlocale (LC_ALL, "");
  keep_to_ourselves ();
  make_room_for_descriptors ();
  signal (SIGPIPE, SIG_IGN); /* who asked for a letter may close his end before its last byte */
  mallopt (M_ARENA_MAX, ARENAS);
  g_option_context_set_summary (context, "Stands between your mail programs and your provider: "
                                         "looks at the way to every recipient,\n"
                                         "sends over verified TLS, holds or refuses what the way "
                                         "does not carry. See letterlockd(1).");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      fprintf (stderr, "letterlockd: %s\n", error->message);
      return EXIT_WRONG;
    }
  if (version)
    {
      puts ("letterlockd " LL_VERSION);
      return 0;
    }
  if (verbose)
    g_log_set_debug_enabled (TRUE);
  app = ll_app_new (&options, &error);
  if (app == NULL)
    {
      fprintf (stderr, "letterlockd: %s\n", error->message);
      return error->domain == LL_CONFIG_ERROR ? EXIT_WRONG : EXIT_COULD_NOT;
    }
  ll_app_run (app);
  return 0;
}
