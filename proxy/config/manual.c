/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Writes letterlock.conf(5) from the table of options: what the parser takes is what the page
 * says. Run by the build; not installed. */

#include "config/options.h"

#include <stdio.h>
#include <string.h>

static const char head[]
    = "'\\\" t\n"
      ".\\\" SPDX-FileCopyrightText: Letterlock contributors\n"
      ".\\\" SPDX-License-Identifier: GPL-3.0-or-later\n"
      ".\\\" Made by proxy/config/manual.c from proxy/config/options.c.\n"
      ".TH LETTERLOCK.CONF 5 2026-11-22 \"Letterlock " LL_VERSION "\" \"File formats\"\n"
      ".SH NAME\n"
      "letterlock.conf \\- configuration of Letterlock\n"
      ".SH SYNOPSIS\n"
      ".I $XDG_CONFIG_HOME/letterlock/letterlock.conf\n"
      ".br\n"
      ".I /etc/letterlock/letterlock.conf\n"
      ".SH DESCRIPTION\n"
      "The file consists of groups in square brackets, and in each group of lines\n"
      ".IR key \" = \" value .\n"
      "A line that starts with # is a comment.\n"
      "Items of a list are separated by semicolons.\n"
      "A backslash is written as \\e\\e.\n"
      "No file has to exist: every key but those of an account has a default.\n"
      ".PP\n"
      "The file in\n"
      ".I /etc\n"
      "lies below the user's: a key in the user's file wins, unless the administrator locked it "
      "(see\n"
      "LOCKING).\n"
      "Accounts are merged key by key; a rule in the user's file replaces the rule of the same "
      "number\n"
      "in\n"
      ".I /etc\n"
      "as a whole.\n"
      ".PP\n"
      "Unknown groups and keys, keys that stand twice, and values that are not valid are refused, "
      "with\n"
      "the file, the group, the key and what would be valid.\n"
      "A changed file is read again without dropping a connection; one with an error changes "
      "nothing\n"
      "and is reported.\n"
      ".B letterlock config check\n"
      "reads the files as the service does.\n"
      ".B letterlock config set\n"
      "changes one key and keeps comments and order.\n"
      ".PP\n"
      "Passwords are never in these files. They are in the keyring, or come from\n"
      ".BR password\\-command .\n";

static const char policy_words[]
    = ".SS Modes\n"
      ".TP\n"
      ".B opportunistic\n"
      "Sends, and says where the way was not encrypted. Holds only where published protection "
      "fails or\n"
      "has vanished.\n"
      ".TP\n"
      ".B forced\n"
      "Sends where the way reaches the minimum; else locks the letter by the first method of\n"
      ".B fallback\n"
      "that can be used; else holds it and asks.\n"
      ".TP\n"
      ".B exclusive\n"
      "Sends where the way reaches the minimum, or not at all. An unknown way is looked at again "
      "for\n"
      "4 hours.\n"
      ".TP\n"
      ".B encrypt\n"
      "Always locks, whatever the way is worth; else holds.\n"
      ".SS Minimum\n"
      ".TP\n"
      ".B encrypted\n"
      "The mail server encrypts. What the shipped table of large providers says is enough.\n"
      ".TP\n"
      ".B verified\n"
      "Its certificate was valid as well.\n"
      ".TP\n"
      ".B policy\n"
      "The domain publishes MTA\\-STS (enforce) or DANE. A published key for a mail server that "
      "signed\n"
      "DNS does not name is not enough.\n"
      ".TP\n"
      ".B assured\n"
      "Somebody is bound to use it for this letter, and that was measured; or the content is "
      "locked.\n"
      ".SS Presets\n"
      ".TS\n"
      "tab(|);\n"
      "lb lb lb lb\n"
      "l l l l.\n"
      "preset|mode|minimum|unknown\n"
      "everyday|opportunistic|encrypted|send\n"
      "careful|forced|encrypted|send\n"
      "confidential|forced|verified|lock\n"
      "regulated|forced|assured|lock\n"
      ".TE\n"
      ".PP\n"
      "A key that is given beats the preset, wherever it stands in the group.\n"
      "A preset that locks needs a fallback that works; without one letters are held, and\n"
      ".B letterlock doctor\n"
      "says so.\n";

static const char tail[]
    = ".SH LOCKING\n"
      "In\n"
      ".IR /etc/letterlock/letterlock.conf ,\n"
      "and there only, a group\n"
      ".B [lock]\n"
      "may have the key\n"
      ".BR keys :\n"
      "a list of\n"
      ".IR group . key\n"
      "or whole groups\n"
      ".RI ( group ).\n"
      "What is locked has the value of that file, or the default; what the user's file says about "
      "it\n"
      "does not count, and\n"
      ".B letterlock doctor\n"
      "says so.\n"
      "Keys of accounts, rules and listeners are locked for all of them, as in\n"
      ".BR account.ca\\-file .\n"
      ".PP\n"
      "Locking\n"
      ".B policy.preset\n"
      "locks mode, minimum and unknown with it.\n"
      "A locked policy is the least: accounts and the user's own rules can ask for more, not for "
      "less,\n"
      "and nobody can send a held letter anyway or override a broken domain.\n"
      "Rules in\n"
      ".I /etc\n"
      "are the administrator's own exceptions. Lock\n"
      ".B rule\n"
      "to have no others.\n"
      ".SH EXAMPLES\n"
      "One account, the default policy:\n"
      ".PP\n"
      ".nf\n"
      "[account home]\n"
      "addresses = alice@example.org;*@alice.example\n"
      "upstream = smtp.example.net:465\n"
      "username = alice@example.org\n"
      ".fi\n"
      ".PP\n"
      "TLS or never for a bank, and no holding of newsletters:\n"
      ".PP\n"
      ".nf\n"
      "[rule 1]\n"
      "to = bank.example;*.bank.example\n"
      "mode = exclusive\n"
      "minimum = policy\n"
      "\n"
      "[rule 2]\n"
      "kinds = list;robot\n"
      "mode = opportunistic\n"
      ".fi\n"
      ".PP\n"
      "A doctor's office, in\n"
      ".IR /etc/letterlock/letterlock.conf :\n"
      ".PP\n"
      ".nf\n"
      "[lock]\n"
      "keys = policy.preset;network.ca\\-file\n"
      "\n"
      "[policy]\n"
      "preset = confidential\n"
      "\n"
      "[account practice]\n"
      "addresses = *@practice.example\n"
      "upstream = smtp.provider.example:465\n"
      "username = practice\n"
      "internal = @practice.example\n"
      ".fi\n"
      ".SH FILES\n"
      ".TP\n"
      ".I $XDG_CONFIG_HOME/letterlock/letterlock.conf\n"
      "The user's file; without the variable in\n"
      ".IR ~/.config .\n"
      ".TP\n"
      ".I /etc/letterlock/letterlock.conf\n"
      "The administrator's file.\n"
      ".TP\n"
      ".I $XDG_STATE_HOME/letterlock/logins\n"
      "Hashes of the local passwords.\n"
      ".SH SEE ALSO\n"
      ".BR letterlock (1),\n"
      ".BR letterlockd (1)\n";

/* Hyphens that are meant as such, backslashes, and no line that looks like a request. */
static void
print (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if (*c == '\\')
      fputs ("\\e", stdout);
    else if (*c == '-')
      fputs ("\\-", stdout);
    else if (*c == '.' && c == text)
      fputs ("\\&.", stdout);
    else
      putchar (*c);
}

static const char *
heading (const char *group)
{
  if (strcmp (group, "account") == 0)
    return "[account NAME]";
  if (strcmp (group, "rule") == 0)
    return "[rule N]";
  if (strcmp (group, "foreign") == 0)
    return "[foreign NAME]";
  return NULL;
}

static void
print_group (const char *group)
{
  const char *title = heading (group);

  if (title != NULL)
    printf (".SH \"%s\"\n", title);
  else
    printf (".SH [%s]\n", group);
  print (ll_option_group_doc (group));
  putchar ('\n');
}

static void
print_option (const LlOption *option)
{
  g_autofree char *valid = ll_option_valid (option);

  printf (".TP\n.B ");
  print (option->key);
  putchar ('\n');
  print (option->doc);
  printf ("\n.br\nValue: ");
  print (valid);
  printf (".\n");
  if (option->required)
    printf ("Has to be given.\n");
  else if (option->preset != NULL)
    {
      printf ("Default: ");
      print (option->preset[0] != '\0' ? option->preset : "empty");
      printf (".\n");
    }
  if (option->example != NULL)
    {
      printf (".br\nExample: ");
      print (option->key);
      printf (" = ");
      print (option->example);
      putchar ('\n');
    }
}

int
main (void)
{
  const char *group = "";

  fputs (head, stdout);
  for (const LlOption *option = ll_options; option->group != NULL; option++)
    {
      if (strcmp (group, option->group) != 0)
        {
          if (strcmp (group, "policy") == 0)
            fputs (policy_words, stdout);
          group = option->group;
          print_group (group);
        }
      print_option (option);
    }
  fputs (tail, stdout);
  return fflush (stdout) == 0 && ferror (stdout) == 0 ? 0 : 1;
}
