/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/letters.h"
#include "cli/table.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <stdio.h>
#include <unistd.h>

/* What was sent, of a letter that left locked. The daemon writes it into a descriptor. */

/* How long the whole of it may take: a person may be paging through it. */
#define ASK_FOR_ALL G_MAXINT

static gboolean
ask (const char *id, int fd, int *status)
{
  g_autoptr (GUnixFDList) descriptors = g_unix_fd_list_new ();
  g_autoptr (GVariant) reply = NULL;

  g_unix_fd_list_append (descriptors, fd, NULL);
  close (fd); /* the list has one of its own */
  reply = ll_ask_with ("ReadOriginal", g_variant_new ("(sh)", id, 0), descriptors, ASK_FOR_ALL,
                       status);
  return reply != NULL;
}

static int
write_file (const char *id, const char *file)
{
  int fd = open (file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  int status = LL_EXIT_YES;
  int own;

  if (fd < 0)
    {
      ll_complain ("Cannot write %s: %s", file, g_strerror (errno));
      return LL_EXIT_COULD_NOT;
    }
  own = dup (fd);
  if (!ask (id, fd, &status))
    unlink (file);
  else if (own < 0 || fsync (own) != 0)
    {
      ll_complain ("Cannot write %s: %s", file, g_strerror (errno));
      status = LL_EXIT_COULD_NOT;
    }
  if (own >= 0)
    close (own);
  return status;
}

/* A terminal obeys what it is shown; a file and a program get the bytes. */
static gpointer
print_thread (gpointer data)
{
  FILE *pipe = data;
  gboolean clean = ll_table_is_terminal ();
  char bytes[4096];
  gsize n;

  while (clean && fgets (bytes, sizeof bytes, pipe) != NULL)
    {
      g_autofree char *valid = g_utf8_make_valid (bytes, -1);
      g_auto (GStrv) parts = g_strsplit (g_strchomp (valid), "\n", 2);
      g_autofree char *line = ll_table_clean (parts[0] != NULL ? parts[0] : "");

      puts (line);
    }
  while (!clean && (n = fread (bytes, 1, sizeof bytes, pipe)) > 0)
    if (fwrite (bytes, 1, n, stdout) < n)
      break;
  fclose (pipe);
  return NULL;
}

static int
print (const char *id)
{
  int status = LL_EXIT_YES;
  GThread *thread;
  int ends[2];

  if (!g_unix_open_pipe (ends, FD_CLOEXEC, NULL))
    {
      ll_complain ("Cannot make a pipe: %s", g_strerror (errno));
      return LL_EXIT_COULD_NOT;
    }
  thread = g_thread_new ("print", print_thread, fdopen (ends[0], "r"));
  ask (id, ends[1], &status);
  g_thread_join (thread);
  if (fflush (stdout) == 0 && !ferror (stdout))
    return status;
  ll_complain ("Cannot write the letter: %s", g_strerror (errno));
  return LL_EXIT_COULD_NOT;
}

int
ll_original_write (const char *id, const char *file)
{
  return file != NULL ? write_file (id, file) : print (id);
}
