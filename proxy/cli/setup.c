/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/setup.h"

#include "setup/evolution.h"
#include "setup/thunderbird.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

LlSecret *
ll_setup_take_line (int fd)
{
  char line[1024];
  gsize length = 0;
  LlSecret *secret;

  while (length < sizeof line && read (fd, line + length, 1) == 1 && line[length] != '\n')
    length++;
  if (length > 0 && length < sizeof line && line[length - 1] == '\r')
    length--;
  secret = length > 0 && length < sizeof line ? ll_secret_new (line, length) : NULL;
  ll_secret_wipe (line, sizeof line);
  return secret;
}

LlSecret *
ll_setup_ask_line (const char *prompt, gboolean from_stdin)
{
  LlSecret *secret = NULL;
  int fd;

  if (from_stdin)
    return ll_setup_take_line (STDIN_FILENO);
  if (isatty (STDIN_FILENO) && (fd = ll_account_ask_secret (prompt)) >= 0)
    {
      secret = ll_setup_take_line (fd);
      close (fd);
    }
  return secret;
}

LlSecret *
ll_setup_ask (const char *prompt, gboolean from_stdin, const char *option, int *status)
{
  LlSecret *secret = ll_setup_ask_line (prompt, from_stdin);

  if (secret == NULL)
    {
      ll_complain ("Nothing was changed: no answer to \"%s\" (%s gives it)", prompt, option);
      *status = LL_EXIT_USAGE;
    }
  return secret;
}

void
ll_setup_wishes_clear (LlSetupWishes *wishes)
{
  g_strfreev (wishes->client_ids);
  g_free (wishes->tenant);
}

gboolean
ll_setup_is_here (const char *host)
{
  return g_ascii_strcasecmp (host, "localhost") == 0 || g_str_has_prefix (host, "127.")
         || strcmp (host, "::1") == 0;
}

gboolean
ll_setup_confirm (const char *question, gboolean yes)
{
  char answer[16] = "";

  if (yes)
    return TRUE;
  if (!isatty (STDIN_FILENO))
    {
      ll_complain ("Nothing was changed: without a terminal it takes --yes");
      return FALSE;
    }
  printf ("%s [y/N] ", question);
  fflush (stdout);
  if (fgets (answer, sizeof answer, stdin) != NULL && (*answer == 'y' || *answer == 'Y'))
    return TRUE;
  puts ("Nothing was changed.");
  return FALSE;
}

guint
ll_setup_port (int *status)
{
  g_autoptr (GVariant) state = ll_ask_one ("Status", NULL, LL_ASK_SHORT, status);
  g_autoptr (GVariant) listeners = state != NULL ? ll_below (state, "listeners") : NULL;

  for (gsize i = 0; listeners != NULL && i < g_variant_n_children (listeners); i++)
    {
      g_autoptr (GVariant) listener = g_variant_get_child_value (listeners, i);

      if (ll_flag (listener, "tls") && !ll_flag (listener, "foreign"))
        return (guint) MAX (ll_number (listener, "port"), 0);
    }
  if (state != NULL)
    {
      ll_complain ("Letterlock has no port with TLS open for mail programs; letterlock status "
                   "shows what it listens on");
      *status = LL_EXIT_COULD_NOT;
    }
  return 0;
}

int
ll_setup_run (int argc, char **argv)
{
  static const LlCommand clients[] = {
    { "thunderbird", "[--profile DIR]", "let Thunderbird send through Letterlock",
      ll_setup_thunderbird_run },
    { "evolution", "[--sources DIR]", "let Evolution send through Letterlock",
      ll_setup_evolution_run },
    { "msmtp", "[--account NAME]", "lines for ~/.msmtprc", ll_setup_msmtp_run },
    { "git", "", "what git send-email needs", ll_setup_git_run },
    { "other", "[--account NAME]", "what to type into any other mail program", ll_setup_other_run },
    { NULL },
  };

  /* without a client, the values that fit all */
  if (argc < 2
      || (*argv[1] == '-' && strcmp (argv[1], "--help") != 0 && strcmp (argv[1], "-h") != 0))
    return ll_setup_other_run (argc, argv);
  return ll_verbs_run ("setup", clients, argc, argv);
}

/* -- back ------------------------------------------------------------------ */

typedef struct
{
  const char *client; /* as the record calls it */
  const char *name;
  gboolean (*undo) (LlSetupRecord *record, GPtrArray *said, GError **error);
} Undoing;

static const Undoing undoings[] = {
  { "thunderbird", "Thunderbird", ll_thunderbird_undo },
  { "evolution", "Evolution", ll_evolution_undo },
};

/* NULL: nobody of this version. */
static const Undoing *
undoing_of (const LlSetupRecord *record)
{
  g_autofree char *client = ll_setup_record_text (record, "client");

  for (guint i = 0; i < G_N_ELEMENTS (undoings); i++)
    if (strcmp (undoings[i].client, client) == 0)
      return &undoings[i];
  return NULL;
}

static int
undo_one (LlSetupRecord *record)
{
  g_autoptr (GPtrArray) said = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *target = ll_setup_record_text (record, "target");
  const Undoing *undoing = undoing_of (record);
  GError *error = NULL;

  if (undoing == NULL)
    {
      ll_complain ("%s was set up by another version of Letterlock, which alone can undo it",
                   target);
      return LL_EXIT_COULD_NOT;
    }
  if (!undoing->undo (record, said, &error))
    {
      g_prefix_error (&error, "%s: ", target);
      return ll_fail (error);
    }
  if (ll_json_wanted)
    return LL_EXIT_YES;
  printf (said->len == 0
              ? "%s: %s sends as it did before.\n"
              : "%s: what Letterlock wrote for %s is gone; this is not as it was before:\n",
          target, undoing->name);
  for (guint i = 0; i < said->len; i++)
    printf ("  %s\n", (const char *) g_ptr_array_index (said, i));
  return LL_EXIT_YES;
}

int
ll_setup_undo (void)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) records = ll_setup_records (&error);
  int status = error != NULL ? ll_fail (error) : LL_EXIT_YES;

  for (guint i = 0; i < records->len; i++)
    {
      int one = undo_one (g_ptr_array_index (records, i));

      status = MAX (status, one);
    }
  return status;
}
