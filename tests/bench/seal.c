/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * bench-seal pgp ADDRESS WORKER | smime CERTIFICATE: locks letters on the daemon's own path,
 * without spool and network. Each line on stdin is "LETTER OUT", two files; the answer is the time
 * that it took, in milliseconds. The worker is there before the first, as in the daemon.
 */

#include "keys/certificate.h"
#include "keys/gnupg.h"
#include "message/parse.h"
#include "message/surgery.h"
#include "protect/pgp.h"
#include "protect/smime.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Enough for the header of what is measured. */
#define HEAD 65536

static GPtrArray *keys;
static LlWorker *worker; /* NULL: S/MIME */

static void
fail (const char *what, const GError *error)
{
  fprintf (stderr, "bench-seal: %s: %s\n", what, error != NULL ? error->message : "?");
  exit (1);
}

static gssize
pull (gpointer data, void *bytes, gsize length, GError **error)
{
  return read (GPOINTER_TO_INT (data), bytes, length);
}

static gboolean
sink (const void *bytes, gsize length, gpointer data, GError **error)
{
  return write (GPOINTER_TO_INT (data), bytes, length) == (gssize) length;
}

static void
seal (int from, int to)
{
  static const char *const tags[] = { NULL };
  static char head[HEAD];
  gssize length = pread (from, head, sizeof head, 0);
  g_autoptr (LlMessageFacts) facts = ll_message_inspect (head, (gsize) length, tags, NULL);
  LlSurgeryOptions options = { LL_HEADER_PROTECTION_OLD, "[...]", NULL };
  g_autoptr (LlSurgery) surgery
      = ll_surgery_new (head, (gsize) facts->header_length, facts->edits, &options, NULL);
  g_autoptr (LlInner) inner = ll_inner_new (pull, GINT_TO_POINTER (from), surgery, NULL);
  LlPgpLock pgp = { .keys = keys, .outer = surgery->outer };
  LlSmimeLock smime = { .keys = keys, .outer = surgery->outer };
  g_autoptr (GError) error = NULL;
  gboolean done;

  if (worker != NULL)
    done = ll_pgp_seal (worker, &pgp, inner, sink, GINT_TO_POINTER (to), ll_deadline_in (300000),
                        NULL, &error);
  else
    done = ll_smime_seal (&smime, inner, sink, GINT_TO_POINTER (to), &error);
  if (!done)
    fail ("seal", error);
}

static void
find_key (const char *address, const char *program)
{
  g_autoptr (GError) error = NULL;

  worker = ll_worker_new (program);
  keys = ll_gnupg_find (worker, address, ll_deadline_in (60000), NULL, &error);
  if (keys == NULL || keys->len != 1)
    fail (address, error);
}

static void
read_certificate (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) file = NULL;
  g_autoptr (GPtrArray) all = NULL;
  char *text = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, &error))
    fail (path, error);
  file = g_bytes_new_take (text, length);
  all = ll_certificate_read_all (file);
  keys = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_key_unref);
  for (guint i = 0; i < MIN (all->len, 1); i++)
    g_ptr_array_add (keys, ll_certificate_parse (g_ptr_array_index (all, i), LL_KEY_SOURCE_IMPORTED,
                                                 NULL));
  if (keys->len != 1 || g_ptr_array_index (keys, 0) == NULL)
    fail (path, NULL);
}

int
main (int argc, char **argv)
{
  char from[1024], to[1024];

  if (argc == 4 && strcmp (argv[1], "pgp") == 0)
    find_key (argv[2], argv[3]);
  else if (argc == 3 && strcmp (argv[1], "smime") == 0)
    read_certificate (argv[2]);
  else
    return 2;
  while (scanf ("%1023s %1023s", from, to) == 2)
    {
      int in = open (from, O_RDONLY | O_CLOEXEC);
      int out = open (to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
      gint64 begin = g_get_monotonic_time ();

      if (in < 0 || out < 0)
        fail (in < 0 ? from : to, NULL);
      seal (in, out);
      printf ("%.3f\n", (double) (g_get_monotonic_time () - begin) / 1000);
      fflush (stdout);
      close (in);
      close (out);
    }
  ll_worker_free (worker);
  g_ptr_array_unref (keys);
  return 0;
}
