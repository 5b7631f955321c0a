/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/worker.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/program.h"
#include "engine/protocol.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM "letterlock-worker"

/* Where the child finds its socket. */
#define CHILD_SOCKET 3

typedef struct
{
  pid_t pid; /* and of its process group */
  int socket;
} Child;

struct _LlWorker
{
  char *program;
  GMutex lock;
  GCond free;
  GPtrArray *idle; /* of Child */
  guint busy;
};

/* -- one child ------------------------------------------------------------------------------ */

static void
child_free (Child *child)
{
  close (child->socket);
  kill (-child->pid, SIGKILL); /* gpg and whatever else it started */
  while (waitpid (child->pid, NULL, 0) < 0 && errno == EINTR)
    ;
  g_free (child);
}

/* What gpg, its agent and a dialog need, and nothing else of ours. (transfer full) */
static GStrv
environment (void)
{
  static const char *const names[] = { "HOME",
                                       "PATH",
                                       "USER",
                                       "LOGNAME",
                                       "GNUPGHOME",
                                       "XDG_RUNTIME_DIR",
                                       "TZ",
                                       "LANG",
                                       "DBUS_SESSION_BUS_ADDRESS",
                                       "DISPLAY",
                                       "WAYLAND_DISPLAY",
                                       "XAUTHORITY" };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *value = g_getenv (names[i]);
      g_autofree char *pair = value != NULL ? g_strdup_printf ("%s=%s", names[i], value) : NULL;

      if (pair != NULL)
        g_strv_builder_add (builder, pair);
    }
  return g_strv_builder_end (builder);
}

static int
spawn (const char *program, int socket, pid_t *pid)
{
  g_auto (GStrv) env = environment ();
  char *argv[] = { (char *) program, NULL };
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none;
  int status;

  sigemptyset (&none);
  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_adddup2 (&actions, socket, CHILD_SOCKET);
  posix_spawn_file_actions_addclosefrom_np (&actions, CHILD_SOCKET + 1);
  posix_spawnattr_init (&attributes);
  posix_spawnattr_setpgroup (&attributes, 0);
  posix_spawnattr_setsigmask (&attributes, &none);
  posix_spawnattr_setflags (&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  status = posix_spawn (pid, program, &actions, &attributes, argv, env);
  posix_spawnattr_destroy (&attributes);
  posix_spawn_file_actions_destroy (&actions);
  return status;
}

static Child *
child_new (const char *program, GError **error)
{
  Child *child;
  int pair[2];
  pid_t pid;
  int status;

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
    {
      g_set_error (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED,
                   "Cannot make a socket for the engine: %s", g_strerror (errno));
      return NULL;
    }
  status = spawn (program, pair[1], &pid);
  close (pair[1]);
  if (status != 0)
    {
      close (pair[0]);
      g_set_error (error, LL_ENGINE_ERROR,
                   status == ENOENT ? LL_ENGINE_ERROR_MISSING : LL_ENGINE_ERROR_FAILED,
                   "Cannot start %s: %s", program, g_strerror (status));
      return NULL;
    }
  child = g_new (Child, 1);
  *child = (Child){ pid, pair[0] };
  return child;
}

/* It left after a minute without work, or was killed. */
static gboolean
is_gone (const Child *child)
{
  struct pollfd poll_fd = { .fd = child->socket, .events = POLLIN };

  return poll (&poll_fd, 1, 0) != 0;
}

/* -- the pool --------------------------------------------------------------------------------- */

LlWorker *
ll_worker_new (const char *program)
{
  LlWorker *worker = g_new0 (LlWorker, 1);

  worker->program = program != NULL ? g_strdup (program) : ll_program_find (PROGRAM, "worker");
  worker->idle = g_ptr_array_new_with_free_func ((GDestroyNotify) child_free);
  g_mutex_init (&worker->lock);
  g_cond_init (&worker->free);
  return worker;
}

void
ll_worker_free (LlWorker *worker)
{
  if (worker == NULL)
    return;
  g_ptr_array_unref (worker->idle);
  g_cond_clear (&worker->free);
  g_mutex_clear (&worker->lock);
  g_free (worker->program);
  g_free (worker);
}

/* With the lock. (transfer full) or NULL */
static Child *
take_idle (LlWorker *worker)
{
  while (worker->idle->len > 0)
    {
      Child *child = g_ptr_array_steal_index (worker->idle, worker->idle->len - 1);

      if (!is_gone (child))
        return child;
      child_free (child);
    }
  return NULL;
}

/* (transfer full) or NULL; counts as busy until put_back */
static Child *
take (LlWorker *worker, LlDeadline deadline, GError **error)
{
  Child *child = NULL;
  gboolean free = TRUE;

  g_mutex_lock (&worker->lock);
  while (free && worker->busy >= LL_ENGINE_WORKERS)
    free = g_cond_wait_until (&worker->free, &worker->lock, deadline);
  if (free)
    child = take_idle (worker);
  if (free && child == NULL)
    child = child_new (worker->program, error);
  if (child != NULL)
    worker->busy++;
  g_mutex_unlock (&worker->lock);
  if (!free)
    g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_TIMEOUT,
                         "The engine was busy for too long");
  return child;
}

static void
put_back (LlWorker *worker, Child *child, gboolean usable)
{
  if (!usable)
    child_free (child);
  g_mutex_lock (&worker->lock);
  if (usable)
    g_ptr_array_add (worker->idle, child);
  worker->busy--;
  g_cond_signal (&worker->free);
  g_mutex_unlock (&worker->lock);
}

/* -- a call ---------------------------------------------------------------------------------- */

static gboolean
wait_for_reply (int socket, LlDeadline deadline, GCancellable *cancellable, GError **error)
{
  struct pollfd fds[2] = { { .fd = socket, .events = POLLIN }, { .fd = -1, .events = POLLIN } };
  GPollFD cancelled;
  int ready;

  if (cancellable != NULL && g_cancellable_make_pollfd (cancellable, &cancelled))
    fds[1].fd = cancelled.fd;
  do
    ready = poll (fds, 2, ll_deadline_left (deadline));
  while (ready < 0 && errno == EINTR);
  if (fds[1].fd >= 0)
    g_cancellable_release_fd (cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (ready > 0)
    return TRUE;
  g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_TIMEOUT,
                       "The engine did not answer in time and was ended");
  return FALSE;
}

/* *usable: the child may serve again. (transfer full) */
static GVariant *
take_reply (Child *child, gboolean *usable, GError **error)
{
  g_auto (LlEngineMessage) reply = { 0 };
  g_autoptr (GError) local = NULL;
  const char *text = "the engine failed and did not say why";

  if (!ll_engine_receive (child->socket, &reply, &local))
    {
      if (local != NULL)
        g_propagate_error (error, g_steal_pointer (&local));
      else
        g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_CRASHED,
                             "The engine ended in the middle of its work");
      return NULL;
    }
  *usable = TRUE;
  if (g_strcmp0 (reply.verb, "ok") == 0)
    return g_steal_pointer (&reply.arguments);
  g_variant_lookup (reply.arguments, "text", "&s", &text);
  g_set_error_literal (error, LL_ENGINE_ERROR, ll_engine_error_from_word (reply.verb), text);
  return NULL;
}

GVariant *
ll_worker_call (LlWorker *worker,
                const char *verb,
                GVariant *arguments,
                const int *fds,
                guint n_fds,
                LlDeadline deadline,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (GVariant) kept = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;
  gboolean again = TRUE;
  GVariant *reply = NULL;

  while (again)
    {
      g_autoptr (GError) local = NULL;
      Child *child = take (worker, deadline, error);
      gboolean usable = FALSE;

      if (child == NULL)
        return NULL;
      again = !ll_engine_send (child->socket, verb, kept, fds, n_fds, &local)
              && g_error_matches (local, LL_ENGINE_ERROR, LL_ENGINE_ERROR_CRASHED);
      if (local == NULL && wait_for_reply (child->socket, deadline, cancellable, &local))
        reply = take_reply (child, &usable, &local);
      put_back (worker, child, usable);
      /* one that went for lack of work, just now, is no failure */
      if (local != NULL && !again)
        g_propagate_error (error, g_steal_pointer (&local));
    }
  return reply;
}
