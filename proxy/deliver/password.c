/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/password.h"

#include "api/intl.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  char bytes[LL_PASSWORD_MAX + 1];
  gsize length;
} Output;

static gboolean
failed (GError **error, const char *why)
{
  g_set_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_FAILED, "the password command %s", why);
  return FALSE;
}

/* A group of its own, so that what it started can be ended with it. Runs between fork and exec. */
static void
own_group_cb (gpointer data)
{
  setpgid (0, 0);
}

/* Reads up to the end; what is over the limit cannot be a password. */
static gboolean
read_output (int fd, Output *output, LlDeadline deadline, GCancellable *cancellable, GError **error)
{
  for (;;)
    {
      struct pollfd polls[2] = { { .fd = fd, .events = POLLIN } };
      GPollFD cancel;
      gboolean with_cancel
          = cancellable != NULL && g_cancellable_make_pollfd (cancellable, &cancel);
      int ready;

      if (with_cancel)
        polls[1] = (struct pollfd){ .fd = cancel.fd, .events = POLLIN };
      ready = poll (polls, with_cancel ? 2 : 1, ll_deadline_left (deadline));
      if (with_cancel)
        g_cancellable_release_fd (cancellable);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (ready == 0)
        return failed (error, N_ ("took too long"));
      if (ready < 0)
        continue;

      gssize got = read (fd, output->bytes + output->length, LL_PASSWORD_MAX - output->length);
      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        return TRUE;
      output->length += (gsize) got;
      if (output->length >= LL_PASSWORD_MAX)
        return failed (error, N_ ("printed too much"));
    }
}

/* The end of output is not the end of the process: it gets until the deadline. */
static gboolean
wait_for_end (GPid pid, LlDeadline deadline, int *status)
{
  while (ll_deadline_left (deadline) > 0)
    {
      if (waitpid (pid, status, WNOHANG) == pid)
        return TRUE;
      g_usleep (2000);
    }
  return FALSE;
}

static LlSecret *
first_line (Output *output, int status, GError **error)
{
  char *end;

  if (!WIFEXITED (status) || WEXITSTATUS (status) != 0)
    {
      g_set_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_FAILED,
                   "the password command ended with status %d",
                   WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status));
      return NULL;
    }
  output->bytes[output->length] = '\0';
  end = strpbrk (output->bytes, "\r\n");
  if (end != NULL)
    *end = '\0';
  if (output->bytes[0] == '\0')
    {
      failed (error, N_ ("printed nothing"));
      return NULL;
    }
  return ll_secret_new_string (output->bytes);
}

LlSecret *
ll_password_run (const char *command,
                 LlDeadline deadline,
                 GCancellable *cancellable,
                 GError **error)
{
  char *argv[] = { (char *) "/bin/sh", (char *) "-c", (char *) command, NULL };
  LlDeadline end = ll_deadline_earlier (deadline, ll_deadline_in (LL_PASSWORD_COMMAND_TIMEOUT));
  LL_AUTO_FD out = -1;
  GPid pid;
  Output output = { .length = 0 };
  LlSecret *secret = NULL;
  int status = 0;
  gboolean read;

  /* its complaints could repeat the secret: not into our log */
  if (!g_spawn_async_with_pipes (NULL, argv, NULL,
                                 G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL,
                                 own_group_cb, NULL, &pid, NULL, &out, NULL, error))
    return NULL;

  read = read_output (out, &output, end, cancellable, error);
  if (read && !wait_for_end (pid, end, &status))
    read = failed (error, N_ ("took too long"));
  if (read)
    secret = first_line (&output, status, error);
  else
    {
      kill (-pid, SIGKILL);
      kill (pid, SIGKILL);
      waitpid (pid, &status, 0);
    }
  ll_secret_wipe (&output, sizeof output);
  return secret;
}
