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

int __real_open64 (const char *path, int flags, mode_t mode);

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

/* Another process with the record lock, as a running Thunderbird has it. */
typedef struct
{
  pid_t process;
  int end[2]; /* it ends when this is closed */
} Other;

static void
begin (Other *other, const char *path)
{
  int ready[2];
  char byte;

  g_assert_cmpint (pipe (ready), ==, 0);
  g_assert_cmpint (pipe (other->end), ==, 0);
  other->process = fork ();
  if (other->process == 0)
    {
      struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
      int fd = __real_open64 (path, O_RDWR | O_CREAT, 0600);

      close (other->end[1]);
      _exit (fcntl (fd, F_SETLK, &whole) != 0 || write (ready[1], "x", 1) != 1
             || read (other->end[0], &byte, 1) != 0);
    }
  g_assert_cmpint (read (ready[0], &byte, 1), ==, 1);
  for (int i = 0; i < 2; i++)
    close (ready[i]);
}

static void
end (Other *other)
{
  for (int i = 0; i < 2; i++)
    close (other->end[1 - i]);
  g_assert_cmpint (waitpid (other->process, NULL, 0), ==, other->process);
}

static void
test_record_lock (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->profile, ".parentlock", NULL);
  Other other;

  begin (&other, path);
  assert_locks (f, FALSE);
  end (&other);
  assert_locks (f, TRUE);
}

/* Thunderbird starts just when we have opened the file: it keeps its lock, and the file. */
static Other *starting = NULL;

int __wrap_open64 (const char *path, int flags, mode_t mode);

int
__wrap_open64 (const char *path, int flags, mode_t mode)
{
  Other *other = g_steal_pointer (&starting);
  int fd = __real_open64 (path, flags, mode);

  if (other != NULL)
    begin (other, path);
  return fd;
}

static void
test_starts_meanwhile (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->profile, ".parentlock", NULL);
  Other other;

  starting = &other;
  assert_locks (f, FALSE);
  g_assert_null (starting);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  end (&other);
  assert_locks (f, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/lock/link", Fixture, NULL, set_up, test_link, tear_down);
  g_test_add ("/lock/record-lock", Fixture, NULL, set_up, test_record_lock, tear_down);
  g_test_add ("/lock/starts-meanwhile", Fixture, NULL, set_up, test_starts_meanwhile, tear_down);
  return g_test_run ();
}
