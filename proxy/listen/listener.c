/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "listen/listener.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "listen/authority.h"
#include "listen/port.h"
#include "listen/serve.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* One listening socket with its own thread; connections go to the shared pool. */
typedef struct
{
  LlListener *listener; /* (not owned) */
  LlServe serve;
  int fd;
  guint16 port;
  GThread *thread;
  GCancellable *closing;
} Door;

struct _LlListener
{
  LlListenerFactory factory;
  LlAuthority *authority;
  GPtrArray *doors;  /* of Door */
  GPtrArray *closed; /* of Door: sessions that came in through them may go on */
  GThreadPool *pool;
  GCancellable *stopping;
  GCancellable *cut_off;
  int wrong_passwords[2]; /* atomic; own programs, strangers */

  GMutex lock;
  GCond ended;
  guint sessions; /* under lock */
  guint foreign_sessions;
};

typedef struct
{
  Door *door; /* (not owned) */
  int fd;
} Guest;

static gboolean
take_place (LlListener *listener, gboolean foreign)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&listener->lock);

  if (listener->sessions >= LL_SESSIONS_MAX
      || (foreign && listener->foreign_sessions >= LL_SESSIONS_FOREIGN_MAX))
    return FALSE;
  listener->sessions++;
  listener->foreign_sessions += foreign ? 1 : 0;
  return TRUE;
}

static void
leave_place (LlListener *listener, gboolean foreign)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&listener->lock);

  listener->sessions--;
  listener->foreign_sessions -= foreign ? 1 : 0;
  g_cond_broadcast (&listener->ended);
}

static void
session_thread (gpointer data, gpointer user_data)
{
  g_autofree Guest *guest = data;

  ll_serve_connection (&guest->door->serve, guest->fd);
  leave_place (guest->door->listener, guest->door->serve.foreign);
}

/* One line, without waiting: the accepting thread serves everybody. In TLS nothing can be said
 * before a handshake. */
static void
turn_away (const Door *door, int fd)
{
  static const char busy[] = "421 4.3.2 Too many connections, try again later\r\n";

  if (!door->serve.implicit_tls)
    (void) send (fd, busy, sizeof busy - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
  close (fd);
}

static void
receive (Door *door, int fd)
{
  Guest *guest;

  /* Quietly: who is not of this user learns nothing, not even who listens. */
  if (!door->serve.foreign && !ll_serve_is_own (fd))
    {
      g_info ("A connection to port %u was closed: it is not from a process of this user",
              door->port);
      close (fd);
      return;
    }
  if (!take_place (door->listener, door->serve.foreign))
    {
      turn_away (door, fd);
      return;
    }
  guest = g_new (Guest, 1);
  *guest = (Guest){ door, fd };
  g_thread_pool_push (door->listener->pool, guest, NULL);
}

/* Out of descriptors or memory: accept() fails at once and would be called at once again. */
static void
pause_accepting (GPollFD *stop)
{
  g_warning ("Cannot accept connections: %s", g_strerror (errno));
  (void) g_poll (stop, 1, 1000);
}

static gpointer
door_thread (gpointer data)
{
  Door *door = data;
  GPollFD polls[2] = { { .fd = door->fd, .events = G_IO_IN } };

  if (!g_cancellable_make_pollfd (door->closing, &polls[1]))
    return NULL;
  while (!g_cancellable_is_cancelled (door->closing))
    {
      int fd;

      polls[0].revents = 0;
      if (g_poll (polls, 2, -1) < 0 || !(polls[0].revents & G_IO_IN))
        continue;
      fd = accept4 (door->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (fd >= 0)
        receive (door, fd);
      else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
        pause_accepting (&polls[1]);
    }
  g_cancellable_release_fd (door->closing);
  return NULL;
}

static void
door_free (gpointer data)
{
  Door *door = data;

  g_object_unref (door->closing);
  g_free (door);
}

/* -- the public side ----------------------------------------------------------------- */

LlListener *
ll_listener_new (const LlListenerFactory *factory, const char *certificate_folder, GError **error)
{
  LlAuthority *authority = ll_authority_open (certificate_folder, error);
  LlListener *listener;

  if (authority == NULL)
    return NULL;
  listener = g_new0 (LlListener, 1);
  listener->factory = *factory;
  listener->authority = authority;
  listener->doors = g_ptr_array_new_with_free_func (door_free);
  listener->closed = g_ptr_array_new_with_free_func (door_free);
  listener->stopping = g_cancellable_new ();
  listener->cut_off = g_cancellable_new ();
  /* one descriptor for all waits, instead of a new one for each */
  (void) g_cancellable_make_pollfd (listener->stopping, &(GPollFD){ 0 });
  (void) g_cancellable_make_pollfd (listener->cut_off, &(GPollFD){ 0 });
  listener->pool = g_thread_pool_new (session_thread, NULL, LL_SESSIONS_MAX, FALSE, NULL);
  g_mutex_init (&listener->lock);
  g_cond_init (&listener->ended);
  return listener;
}

gboolean
ll_listener_add (LlListener *listener, const LlListenerAddress *address, GError **error)
{
  LL_AUTO_FD fd = ll_port_bind (address, error);
  const char *bound;
  Door *door;

  if (fd < 0)
    return FALSE;
  door = g_new0 (Door, 1);
  door->listener = listener;
  door->closing = g_cancellable_new ();
  door->serve = (LlServe){
    .factory = listener->factory,
    .authority = listener->authority,
    .stopping = listener->stopping,
    .cut_off = listener->cut_off,
    .wrong_passwords = &listener->wrong_passwords[address->foreign ? 1 : 0],
    .implicit_tls = address->implicit_tls,
    .foreign = address->foreign,
  };
  door->port = address->port;
  (void) ll_port_of_socket (fd, &bound, &door->port);
  door->fd = ll_fd_steal (&fd);
  g_ptr_array_add (listener->doors, door);
  door->thread = g_thread_new ("accept", door_thread, door);
  return TRUE;
}

guint16
ll_listener_port (LlListener *listener, guint n)
{
  g_return_val_if_fail (n < listener->doors->len, 0);
  return ((Door *) g_ptr_array_index (listener->doors, n))->port;
}

char *
ll_listener_export_authority (LlListener *listener)
{
  return ll_authority_export (listener->authority);
}

char *
ll_listener_export_server (LlListener *listener)
{
  return ll_authority_export_server (listener->authority);
}

static void
close_door (Door *door)
{
  g_cancellable_cancel (door->closing);
  g_clear_pointer (&door->thread, g_thread_join);
  if (door->fd >= 0)
    close (ll_fd_steal (&door->fd));
}

static void
close_doors (LlListener *listener)
{
  for (guint i = 0; i < listener->doors->len; i++)
    close_door (g_ptr_array_index (listener->doors, i));
}

void
ll_listener_remove (LlListener *listener, guint n)
{
  Door *door;

  g_return_if_fail (n < listener->doors->len);
  door = g_ptr_array_steal_index (listener->doors, n);
  close_door (door);
  g_ptr_array_add (listener->closed, door);
}

void
ll_listener_stop (LlListener *listener, gint64 deadline)
{
  g_cancellable_cancel (listener->stopping);
  close_doors (listener);
  g_mutex_lock (&listener->lock);
  while (listener->sessions > 0)
    if (!g_cond_wait_until (&listener->ended, &listener->lock, deadline))
      break;
  g_mutex_unlock (&listener->lock);
  g_cancellable_cancel (listener->cut_off);
}

void
ll_listener_free (LlListener *listener)
{
  if (listener == NULL)
    return;
  ll_listener_stop (listener, 0);
  g_thread_pool_free (listener->pool, FALSE, TRUE);
  g_ptr_array_unref (listener->doors);
  g_ptr_array_unref (listener->closed);
  ll_authority_free (listener->authority);
  g_cancellable_release_fd (listener->stopping);
  g_object_unref (listener->stopping);
  g_cancellable_release_fd (listener->cut_off);
  g_object_unref (listener->cut_off);
  g_mutex_clear (&listener->lock);
  g_cond_clear (&listener->ended);
  g_free (listener);
}
