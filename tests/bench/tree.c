/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Runs COMMAND as the root of a tree that nothing leaves: what its processes leave behind becomes
 * our child, so that the time of all of them can be added up from /proc, of ended ones too.
 * SIGTERM and SIGINT are passed on; it ends as COMMAND does.
 *
 *   tree COMMAND [ARGUMENT...]
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t child;

static void
pass_on_cb (int number)
{
  kill ((pid_t) child, number);
}

int
main (int argc, char **argv)
{
  int status = 0, last = 0;
  pid_t ended;

  if (argc < 2)
    return 2;
  prctl (PR_SET_CHILD_SUBREAPER, 1);
  child = fork ();
  if (child == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGTERM);
      setsid ();
      execvp (argv[1], argv + 1);
      perror (argv[1]);
      _exit (127);
    }
  signal (SIGTERM, pass_on_cb);
  signal (SIGINT, pass_on_cb);
  while ((ended = waitpid (-1, &status, 0)) > 0 || errno == EINTR)
    {
      if (ended != child)
        continue;
      last = status;
      /* what it left behind ends with it */
      kill (-ended, SIGTERM);
      signal (SIGTERM, SIG_DFL);
    }
  if (WIFEXITED (last))
    return WEXITSTATUS (last);
  signal (WTERMSIG (last), SIG_DFL);
  raise (WTERMSIG (last));
  return 1;
}
