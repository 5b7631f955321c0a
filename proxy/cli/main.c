/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/command.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

/* letterlock: everything the window can do, for terminals and scripts. letterlock(1). */

static const LlCommand commands[] = {
  { "status", "", "what Letterlock is doing now", ll_status_run },
  { "check", "DOMAIN|ADDRESS...", "look at the mail servers of domains", ll_check_run },
  { "preview", "ADDRESS...", "what would happen to a letter", ll_preview_run },
  { "account", "add|list|show|edit|test|remove", "your accounts", ll_account_run },
  { "setup", "thunderbird|evolution|other...", "let a mail program send through here",
    ll_setup_run },
  { "log", "[--follow]", "what was done with letters", ll_log_run },
  { "show", "ID [--original]", "one letter, with proof and timeline", ll_show_run },
  { "explain", "ID", "one letter, in sentences", ll_explain_run },
  { "held", "", "letters that you decide about", ll_held_run },
  { "release", "ID [--with METHOD]", "send a held letter", ll_release_run },
  { "drop", "ID", "do not send a letter", ll_drop_run },
  { "queue", "", "letters on their way", ll_queue_run },
  { "retry", "ID", "try a letter now", ll_retry_run },
  { "pause", "", "hold everything back", ll_pause_run },
  { "resume", "", "go on", ll_resume_run },
  { "rule", "add|list|remove", "who is treated how", ll_rule_run },
  { "override", "DOMAIN --reason T", "accept failing protection for a while", ll_override_run },
  { "key", "list|import|accept|reject", "what can lock letters to somebody", ll_key_run },
  { "config", "get|set|check", "the configuration", ll_config_run },
  { "report", "[--format F]", "what share of the mail went how", ll_report_run },
  { "providers", "", "the shipped table of providers", ll_providers_run },
  { "sender", "DOMAIN", "how your own domain is protected", ll_sender_run },
  { "doctor", "[--report]", "see whether everything is there", ll_doctor_run },
  { "sendmail", "[-t] [ADDRESS...]", "submit a letter, as sendmail does", ll_sendmail_run },
  { "undo", "[--export FOLDER]", "the way out", ll_undo_run },
  { "demo", "", "where to try it without an account", ll_demo_run },
  { NULL },
};

const LlCommand *
ll_command_find (const char *name)
{
  for (const LlCommand *command = commands; command->name != NULL; command++)
    if (strcmp (command->name, name) == 0)
      return command;
  return NULL;
}

static void
print_help (void)
{
  puts ("Usage: letterlock COMMAND [ARGUMENT...]\n\n"
        "Letterlock checks the way of every letter before it leaves.\n");
  for (const LlCommand *command = commands; command->name != NULL; command++)
    printf ("  %-10s %-31s %s\n", command->name, command->arguments, command->summary);
  puts ("\nletterlock COMMAND --help tells more; --json makes output for programs; "
        "letterlock(1)\nexplains every word. Exit status: 0 yes or done, 1 no, 2 usage, 3 could "
        "not.");
}

/* How close two words are: the length of the longest common beginning. */
static const char *
nearest (const char *name)
{
  const char *best = NULL;
  gsize best_length = 1;

  for (const LlCommand *command = commands; command->name != NULL; command++)
    {
      gsize length = 0;

      while (name[length] != '\0' && name[length] == command->name[length])
        length++;
      if (length > best_length)
        {
          best = command->name;
          best_length = length;
        }
    }
  return best;
}

static int
unknown_command (const char *name)
{
  const char *near = nearest (name);

  return ll_usage_error ("There is no command \"%s\"%s%s%s; see letterlock --help", name,
                         near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
                         near != NULL ? "\"?" : "");
}

static int
run (int argc, char **argv)
{
  const LlCommand *command;
  g_autofree char *base = g_path_get_basename (argv[0]);

  /* a link named sendmail makes it a drop-in for programs that call one */
  if (strcmp (base, "sendmail") == 0)
    return ll_sendmail_run (argc, argv);
  if (argc < 2)
    {
      print_help ();
      return LL_EXIT_USAGE;
    }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0
      || strcmp (argv[1], "help") == 0)
    {
      print_help ();
      return LL_EXIT_YES;
    }
  if (strcmp (argv[1], "--version") == 0)
    {
      puts ("letterlock " LL_VERSION);
      return LL_EXIT_YES;
    }
  command = ll_command_find (argv[1]);
  return command != NULL ? command->run (argc - 1, argv + 1) : unknown_command (argv[1]);
}

int
main (int argc, char **argv)
{
  int status;

  ll_command_line = g_strdupv (argv); /* what reads options takes them away */
  setlocale (LC_ALL, "");
  status = run (argc, argv);
  ll_daemon_close ();
  g_strfreev (ll_command_line);
  return status;
}
