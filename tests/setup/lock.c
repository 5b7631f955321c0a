/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/lock.h"

#include "base/error.h"
#include "setup/files.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  char *profile;
  char *link;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->profile = g_dir_make_tmp ("ll-XXXXXX", NULL);
  f->link = g_build_filename (f->profile, "lock", NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  ll_setup_remove_folder (f->profile);
  g_free (f->profile);
  g_free (f->link);
}

/* The number of a process that is gone, and that nobody has since. */
static pid_t
gone (void)
{
  pid_t child = fork ();

  if (child == 0)
    _exit (0);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  return child;
}

static void
assert_locks (Fixture *f, gboolean can)
{
  g_autoptr (GError) error = NULL;
  g_auto (LlProfileLock) lock = LL_PROFILE_LOCK_INIT;

  g_assert_true (ll_profile_lock (f->profile, &lock, &error) == can);
  if (!can)
    g_assert_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED);
}

/* Where record locks do not work, the link itself says who runs; with a + it is only a note. */
static void
test_link (Fixture *f, gconstpointer data)
{
  const struct
  {
    const char *before, *after;
    pid_t process;
    gboolean can;
  } cases[] = {
    { "127.0.0.1:", "", getpid (), FALSE },
    { "127.0.0.1:", "", gone (), TRUE },
    { "127.0.0.1:+", "", getpid (), TRUE },
    { "", "", getpid (), TRUE },
    { "127.0.0.1:", "x", getpid (), TRUE },
    { "127.0.0.1:", "", 0, TRUE },
    /* another machine's, on a home folder of both: nobody here knows whether that one runs */
    { "192.0.2.1:", "", gone (), FALSE },
    { "192.0.2.1:+", "", gone (), TRUE },
    { "192.0.2.1:", "x", gone (), TRUE },
    { "127.0.1.1:", "", gone (), TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *target
          = g_strdup_printf ("%s%d%s", cases[i].before, (int) cases[i].process, cases[i].after);

      g_assert_cmpint (symlink (target, f->link), ==, 0);
      g_test_message ("%s", target);
      assert_locks (f, cases[i].can);
      g_assert_cmpint (unlink (f->link), ==, 0);
    }
}

/* Another process has the record lock, as a running Thunderbird does. */
static void
test_record_lock (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->profile, ".parentlock", NULL);
  int ready[2], end[2];
  char byte;
  pid_t child;

  g_assert_cmpint (pipe (ready), ==, 0);
  g_assert_cmpint (pipe (end), ==, 0);
  child = fork ();
  if (child == 0)
    {
      struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
      int fd = open (path, O_RDWR | O_CREAT, 0600);

      close (end[1]);
      _exit (fcntl (fd, F_SETLK, &whole) != 0 || write (ready[1], "x", 1) != 1
             || read (end[0], &byte, 1) != 0);
    }
  g_assert_cmpint (read (ready[0], &byte, 1), ==, 1);
  assert_locks (f, FALSE);
  for (int i = 0; i < 2; i++)
    {
      close (end[1 - i]);
      close (ready[i]);
    }
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  assert_locks (f, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/lock/link", Fixture, NULL, set_up, test_link, tear_down);
  g_test_add ("/lock/record-lock", Fixture, NULL, set_up, test_record_lock, tear_down);
  return g_test_run ();
}
