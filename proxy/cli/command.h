/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/client.h"
#include "api/names.h"

G_BEGIN_DECLS

/*
 * What the subcommands share: how one is declared, how it reads its arguments, how it
 * reaches the daemon, and how it ends. One file per subcommand; main.c has the table.
 */

enum
{
  LL_EXIT_YES = 0,       /* yes, or done; an empty list too */
  LL_EXIT_NO = 1,        /* no; an unknown id */
  LL_EXIT_USAGE = 2,     /* wrong arguments */
  LL_EXIT_COULD_NOT = 3, /* network, daemon, keyring */
};

typedef struct
{
  const char *name;
  const char *arguments; /* "ID", "DOMAIN|ADDRESS..." */
  const char *summary;   /* one line for the list */
  int (*run) (int argc, char **argv);
} LlCommand;

/* The table in main.c, by name; NULL: none. */
const LlCommand *ll_command_find (const char *name);

/* Options of @entries and what is left of @argv (without the command's name). --help prints
 * @command's help and ends the program; --json is known to every command. FALSE: the sentence is
 * on stderr, return LL_EXIT_USAGE. */
typedef struct
{
  const char *command; /* "account add" */
  const char *arguments;
  const char *summary;
  const char *more; /* further text below the options, or NULL */
  const GOptionEntry *entries;
  guint min; /* how many arguments must be left */
  guint max;
} LlUsage;

gboolean ll_usage_parse (const LlUsage *usage, int argc, char **argv, GStrv *left);

/* Whether --json was given. */
extern gboolean ll_json_wanted;

/* What the program was called with, as main had it. */
extern char **ll_command_line;

/* A command with verbs of its own ("account add"). */
int ll_verbs_run (const char *name, const LlCommand *verbs, int argc, char **argv);

/* -- how it ends ------------------------------------------------------------------------- */

/* One sentence on stderr: "letterlock: ...". */
void ll_complain (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* The error's sentence, and the status that it means. Consumes @error. */
int ll_fail (GError *error);

/* LL_EXIT_USAGE with a sentence. */
int ll_usage_error (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* -- asking the daemon ---------------------------------------------------------------------- */

/* How long an answer may take: most are at once, some look at the world. */
#define LL_ASK_SHORT 30000
#define LL_ASK_LONG 180000

/* The one connection of this run; NULL: @error. (transfer none) */
LlBusClient *ll_daemon (GError **error);
void ll_daemon_close (void);

/* The reply's tuple, NULL: the sentence is on stderr and *status is set. */
GVariant *ll_ask (const char *method, GVariant *arguments, int milliseconds, int *status);

/* The first value of the reply. */
GVariant *ll_ask_one (const char *method, GVariant *arguments, int milliseconds, int *status);

/* With descriptors. */
GVariant *ll_ask_with (const char *method,
                       GVariant *arguments,
                       GUnixFDList *descriptors,
                       int milliseconds,
                       int *status);

/* Builds a{sv}: leaves out what is NULL. */
void ll_dict_text (GVariantDict *dict, const char *key, const char *value);
void ll_dict_list (GVariantDict *dict, const char *key, const char *const *values);

/* (transfer none) "" when it is not there */
const char *ll_text (GVariant *dict, const char *key);
gboolean ll_flag (GVariant *dict, const char *key);
/* Any integer; -1 when it is not there */
gint64 ll_number (GVariant *dict, const char *key);
/* aa{sv} or a{sv} below @key (transfer full), NULL when it is not there */
GVariant *ll_below (GVariant *dict, const char *key);

/* -- the commands, for the table ---------------------------------------------------------- */

int ll_account_run (int argc, char **argv);
int ll_check_run (int argc, char **argv);
int ll_config_run (int argc, char **argv);
int ll_demo_run (int argc, char **argv);
int ll_doctor_run (int argc, char **argv);
int ll_drop_run (int argc, char **argv);
int ll_explain_run (int argc, char **argv);
int ll_held_run (int argc, char **argv);
int ll_key_run (int argc, char **argv);
int ll_log_run (int argc, char **argv);
int ll_override_run (int argc, char **argv);
int ll_pause_run (int argc, char **argv);
int ll_preview_run (int argc, char **argv);
int ll_providers_run (int argc, char **argv);
int ll_queue_run (int argc, char **argv);
int ll_release_run (int argc, char **argv);
int ll_report_run (int argc, char **argv);
int ll_resume_run (int argc, char **argv);
int ll_retry_run (int argc, char **argv);
int ll_rule_run (int argc, char **argv);
int ll_sender_run (int argc, char **argv);
int ll_sendmail_run (int argc, char **argv);
int ll_setup_run (int argc, char **argv);
int ll_show_run (int argc, char **argv);
int ll_status_run (int argc, char **argv);
int ll_undo_run (int argc, char **argv);

G_END_DECLS
