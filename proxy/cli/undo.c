/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/letters.h"
#include "cli/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * The way out: nothing may be left behind that only Letterlock can send. What can go
 * is tried now, what is left is written out as files that any mail program opens.
 */

static const char *const open_states[]
    = { "checking", "held", "waiting", "queued", "sending", "uncertain", NULL };

/* @method: Export or ReadOriginal */
static int
export_letter (const char *method, const char *id, const char *folder, const char *ending)
{
  g_autofree char *name = g_strconcat (id, ending, NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GUnixFDList) descriptors = g_unix_fd_list_new ();
  g_autoptr (GVariant) reply = NULL;
  int status = LL_EXIT_YES;
  int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      ll_complain ("Cannot write %s: %s", path, g_strerror (errno));
      return LL_EXIT_COULD_NOT;
    }
  g_unix_fd_list_append (descriptors, fd, NULL);
  reply = ll_ask_with (method, g_variant_new ("(sh)", id, 0), descriptors, LL_ASK_LONG, &status);
  if (reply == NULL)
    unlink (path);
  else if (fsync (fd) != 0)
    {
      ll_complain ("Cannot write %s: %s", path, g_strerror (errno));
      status = LL_EXIT_COULD_NOT;
    }
  else
    printf ("%s is in %s\n", id, path);
  close (fd);
  return status;
}

/* Sends what needs nobody's decision. */
static void
retry_all (GPtrArray *letters)
{
  for (guint i = 0; i < letters->len; i++)
    {
      GVariant *letter = g_ptr_array_index (letters, i);
      const char *state = ll_text (letter, "state");
      g_autoptr (GVariant) reply = NULL;
      int ignored;

      if (g_strcmp0 (state, "queued") == 0 || g_strcmp0 (state, "waiting") == 0)
        reply = ll_ask ("Retry", g_variant_new ("(s)", ll_text (letter, "id")), LL_ASK_LONG,
                        &ignored);
    }
}

static int
export_all (GPtrArray *letters, GVariant *originals, const char *folder)
{
  int status = LL_EXIT_YES;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      ll_complain ("Cannot make %s: %s", folder, g_strerror (errno));
      return LL_EXIT_COULD_NOT;
    }
  for (guint i = 0; i < letters->len; i++)
    {
      int one = export_letter ("Export", ll_text (letters->pdata[i], "id"), folder, ".eml");

      status = MAX (status, one);
    }
  for (gsize i = 0; i < g_variant_n_children (originals); i++)
    {
      g_autoptr (GVariant) original = g_variant_get_child_value (originals, i);
      int one = export_letter ("ReadOriginal", ll_text (original, "id"), folder, "-original.eml");

      status = MAX (status, one);
    }
  return status;
}

/* Nothing is lost to others with them, so they keep nobody from leaving. */
static void
name_originals (GVariant *originals)
{
  gsize n = g_variant_n_children (originals);

  if (n > 0 && !ll_json_wanted)
    printf ("What you sent of %" G_GSIZE_FORMAT " letter%s that left locked is kept, and only "
            "Letterlock can read it;\n"
            "--export FOLDER writes it out.\n",
            n, n == 1 ? "" : "s");
}

/* What only Letterlock can send or read. */
static int
undo_letters (const char *folder, gboolean send)
{
  const LlLettersQuery query = { .states = open_states };
  g_autoptr (GPtrArray) letters = NULL;
  g_autoptr (GVariant) originals = NULL;
  int status = LL_EXIT_YES;

  letters = ll_letters_fetch (&query, &status);
  if (letters != NULL)
    originals = ll_ask_one ("ListOriginals", NULL, LL_ASK_SHORT, &status);
  if (originals == NULL)
    return status;
  if (send)
    {
      retry_all (letters);
      g_clear_pointer (&letters, g_ptr_array_unref);
      letters = ll_letters_fetch (&query, &status);
    }
  if (letters == NULL)
    return status;
  if (folder != NULL)
    return export_all (letters, originals, folder);
  name_originals (originals);
  ll_letters_print (letters);
  if (letters->len == 0)
    {
      if (!ll_json_wanted)
        puts ("No letter is left here: Letterlock can be removed (packaging/uninstall).");
      return LL_EXIT_YES;
    }
  ll_complain ("%u letter%s still here: release or drop what is held, or use --export FOLDER",
               letters->len, letters->len == 1 ? " is" : "s are");
  return LL_EXIT_NO;
}

int
ll_undo_run (int argc, char **argv)
{
  g_autofree char *folder = NULL;
  gboolean send = FALSE;
  const GOptionEntry entries[] = {
    { "export", 0, 0, G_OPTION_ARG_FILENAME, &folder,
      "Write what waits, and what you sent locked, into this folder", "FOLDER" },
    { "send", 0, 0, G_OPTION_ARG_NONE, &send, "First try to send what can go now", NULL },
    { NULL },
  };
  const LlUsage usage = {
    .command = "undo",
    .summary = "Before Letterlock is removed: mail programs as they were, and its letters out.",
    .more
    = "First, what letterlock setup changed in mail programs becomes what it was. Status 1: a\n"
      "mail program runs, or letters wait and neither --send nor --export dealt with them.\n"
      "Exported letters stay in the queue until they are dropped. A mail program that you set\n"
      "up by hand is set back by hand. Accounts stay: letterlock account remove.",
    .entries = entries,
  };
  g_auto (GStrv) left = NULL;
  int status, restored;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  restored = ll_setup_undo ();
  status = undo_letters (folder, send);
  return MAX (restored, status);
}

int
ll_demo_run (int argc, char **argv)
{
  static const LlUsage usage = {
    .command = "demo",
    .summary = "Where to see Letterlock at work without an account.",
  };
  g_auto (GStrv) left = NULL;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  puts (
      "packaging/try in Letterlock's source folder starts a practice world: a provider, recipients "
      "whose servers protect letters well, badly and not at all, and Letterlock between them.");
  return LL_EXIT_YES;
}
