/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/password.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <string.h>

static const struct
{
  const char *command;
  const char *password; /* NULL: refused */
  const char *text;
} cases[] = {
  { "echo secret", "secret", NULL },
  { "printf secret", "secret", NULL },
  { "printf 'with blanks \\nsecond'", "with blanks ", NULL },
  { "printf 'windows\\r\\n'", "windows", NULL },
  { "echo complaint >&2; echo secret", "secret", NULL },
  { "true", NULL, "the password command printed nothing" },
  { "echo", NULL, "the password command printed nothing" },
  { "echo secret; exit 3", NULL, "the password command ended with status 3" },
  { "kill -TERM $$", NULL, "the password command ended with status 143" },
  { "/nonexistent/command", NULL, "the password command ended with status 127" },
  { "head -c 5000 /dev/zero", NULL, "the password command printed too much" },
};

static void
test_run (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LlSecret) secret
          = ll_password_run (cases[i].command, ll_deadline_in (60000), NULL, &error);

      g_test_message ("%s", cases[i].command);
      if (cases[i].password != NULL)
        {
          g_assert_no_error (error);
          g_assert_cmpstr (ll_secret_peek (secret), ==, cases[i].password);
          continue;
        }
      g_assert_null (secret);
      g_assert_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_FAILED);
      g_assert_cmpstr (error->message, ==, cases[i].text);
      g_assert_null (strstr (error->message, "secret"));
    }
}

/* What hangs is ended, and with it what it started. */
static void
test_deadline (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ll-password-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "pid", NULL);
  g_autofree char *command = g_strdup_printf ("sleep 1000 & echo $! >%s; wait", file);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (ll_password_run (command, ll_deadline_in (2000), NULL, &error));
  g_assert_cmpstr (error->message, ==, "the password command took too long");
  if (g_file_get_contents (file, &text, NULL, NULL))
    {
      pid_t child = (pid_t) g_ascii_strtoll (text, NULL, 10);

      /* an orphan that was killed may stay a zombie until its new parent looks */
      g_autofree char *status = g_strdup_printf ("/proc/%d/cmdline", child);
      g_autofree char *line = NULL;
      gsize length = 0;
      for (guint i = 0; i < 1000; i++)
        {
          g_clear_pointer (&line, g_free);
          if (!g_file_get_contents (status, &line, &length, NULL) || length == 0)
            break;
          g_usleep (10000);
        }
      g_assert_cmpuint (length, ==, 0);
    }
  g_unlink (file);
  g_rmdir (folder);
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancel);
  g_assert_null (ll_password_run ("sleep 1000", ll_deadline_in (60000), cancel, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deliver/password/run", test_run);
  g_test_add_func ("/deliver/password/deadline", test_deadline);
  g_test_add_func ("/deliver/password/cancelled", test_cancelled);
  return g_test_run ();
}
