/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "listen/peer.h"

#include "base/file.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

typedef union
{
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
} Address;

static Address
make_address (const char *text, guint16 port)
{
  Address address = { 0 };

  if (inet_pton (AF_INET, text, &address.v4.sin_addr) == 1)
    {
      address.v4.sin_family = AF_INET;
      address.v4.sin_port = htons (port);
      return address;
    }
  g_assert_cmpint (inet_pton (AF_INET6, text, &address.v6.sin6_addr), ==, 1);
  address.v6.sin6_family = AF_INET6;
  address.v6.sin6_port = htons (port);
  return address;
}

/* -- real sockets -------------------------------------------------------------------- */

static int
open_listener (const char *text, Address *address)
{
  socklen_t size = sizeof *address;
  int fd;

  *address = make_address (text, 0);
  fd = socket (address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || bind (fd, &address->any, sizeof *address) < 0)
    {
      close (fd);
      return -1; /* a machine without IPv6 */
    }
  g_assert_cmpint (listen (fd, 4), ==, 0);
  g_assert_cmpint (getsockname (fd, &address->any, &size), ==, 0);
  return fd;
}

static const char *const families[] = { "127.0.0.1", "::1" };

static void
test_own (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      Address address;
      LlPeerOwner owner = { 0 };
      LL_AUTO_FD door = open_listener (families[i], &address);
      LL_AUTO_FD client = -1;
      LL_AUTO_FD accepted = -1;
      g_autofree char *text = NULL;
      g_autofree char *pid = g_strdup_printf ("(process %d)", getpid ());
      guint16 port;

      if (door < 0)
        continue;
      client = socket (address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
      g_assert_cmpint (connect (client, &address.any, sizeof address), ==, 0);
      accepted = accept (door, NULL, NULL);
      g_assert_true (ll_peer_of_connection (accepted, &owner));
      g_assert_cmpuint (owner.uid, ==, geteuid ());
      g_assert_cmpuint (owner.inode, !=, 0);

      port = ntohs (i == 0 ? address.v4.sin_port : address.v6.sin6_port);
      g_assert_true (ll_peer_of_port (families[i], port, &owner));
      g_assert_cmpuint (owner.uid, ==, geteuid ());
      text = ll_peer_describe (&owner);
      g_assert_nonnull (strstr (text, pid));
      g_assert_nonnull (strstr (text, g_get_user_name ()));
    }
}

/* A socket that its program has closed belongs to nobody, whoever it was. */
static void
test_gone (void)
{
  Address address;
  LlPeerOwner owner;
  LL_AUTO_FD door = open_listener ("127.0.0.1", &address);
  LL_AUTO_FD client = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  LL_AUTO_FD accepted = -1;
  char byte;

  g_assert_cmpint (connect (client, &address.any, sizeof address.v4), ==, 0);
  accepted = accept (door, NULL, NULL);
  close (ll_fd_steal (&client));
  g_assert_cmpint (read (accepted, &byte, 1), ==, 0);
  g_assert_false (ll_peer_of_connection (accepted, &owner));
}

static void
test_not_tcp (void)
{
  int pair[2];
  LlPeerOwner owner;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  g_assert_false (ll_peer_of_connection (pair[0], &owner));
  close (pair[0]);
  close (pair[1]);
  g_assert_false (ll_peer_of_connection (-1, &owner));
  g_assert_false (ll_peer_of_port ("localhost", 25, &owner));
}

/* The owner of a socket is who made it. */
static void
connect_as_nobody (const Address *address, int hold)
{
  char byte;
  int client;

  if (setgid (NOBODY) != 0 || setuid (NOBODY) != 0)
    _exit (1);
  client = socket (AF_INET, SOCK_STREAM, 0);
  if (connect (client, &address->any, sizeof address->v4) < 0)
    _exit (1);
  (void) !read (hold, &byte, 1); /* until the test is done */
  _exit (0);
}

static void
test_other_user (void)
{
  Address address;
  LlPeerOwner owner;
  LL_AUTO_FD door = open_listener ("127.0.0.1", &address);
  LL_AUTO_FD accepted = -1;
  struct pollfd waiting = { .fd = door, .events = POLLIN };
  int hold[2];
  pid_t child;

  g_assert_cmpint (pipe (hold), ==, 0);
  child = fork ();
  if (child == 0)
    {
      close (hold[1]);
      connect_as_nobody (&address, hold[0]);
    }
  close (hold[0]);
  while (poll (&waiting, 1, 50) == 0 && waitpid (child, NULL, WNOHANG) == 0)
    ;
  if (!(waiting.revents & POLLIN))
    g_test_skip ("only root can become somebody else");
  else
    {
      accepted = accept (door, NULL, NULL);
      g_assert_true (ll_peer_of_connection (accepted, &owner));
      g_assert_cmpuint (owner.uid, ==, NOBODY);
    }
  close (hold[1]);
  waitpid (child, NULL, 0);
}

/* -- the text of /proc/net/tcp -------------------------------------------------------------- */

static const char table[]
    = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
      "inode\n"
      "   0: 0100007F:0633 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 "
      "11111 1 0000000000000000 100 0 0 10 0\n"
      "   1: 00000000:0019 00000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 "
      "22222 1 0000000000000000 100 0 0 10 0\n"
      "   2: 0100007F:D431 0100007F:0633 01 00000000:00000000 00:00000000 00000000  1001        0 "
      "33333 1 0000000000000000 20 4 30 10 -1\n"
      "   3: 0100007F:D432 0100007F:0633 06 00000000:00000000 00:00000000 00000000     0        0 "
      "0 1 0000000000000000 20 4 30 10 -1\n";

static const char table6[]
    = "  sl  local_address                         remote_address                        st ...\n"
      "   0: 00000000000000000000000001000000:D433 00000000000000000000000001000000:0633 01 "
      "00000000:00000000 00:00000000 00000000  1002        0 44444 1 0000000000000000 20 4 30\n"
      "   1: 0000000000000000FFFF00000100007F:D434 0000000000000000FFFF00000100007F:0633 01 "
      "00000000:00000000 00:00000000 00000000  1003        0 55555 1 0000000000000000 20 4 30\n"
      "   2: 0000";

static const struct
{
  const char *table;
  const char *local;
  guint16 local_port;
  const char *remote; /* NULL: who listens */
  guint16 remote_port;
  guint64 inode; /* 0: not found */
  uid_t uid;
} lookups[] = {
  { table, "127.0.0.1", 0xd431, "127.0.0.1", 1587, 33333, 1001 },
  { table, "127.0.0.1", 1587, "127.0.0.1", 0xd431, 0, 0 }, /* our own end is not there */
  { table, "127.0.0.1", 0xd432, "127.0.0.1", 1587, 0, 0 }, /* nobody's any more */
  { table, "127.0.0.1", 0xd433, "127.0.0.1", 1587, 0, 0 },
  { table, "127.0.0.1", 1587, NULL, 0, 11111, 1000 },
  { table, "127.0.0.1", 25, NULL, 0, 22222, 101 }, /* all addresses */
  { table, "127.0.0.2", 1587, NULL, 0, 0, 0 },
  { table, "127.0.0.1", 0xd431, NULL, 0, 0, 0 }, /* does not listen */
  { table6, "::1", 0xd433, "::1", 1587, 44444, 1002 },
  { table6, "127.0.0.1", 0xd434, "127.0.0.1", 1587, 55555, 1003 }, /* IPv4 by an IPv6 socket */
  { table6, "::1", 0xd434, "::1", 1587, 0, 0 },
  { "", "::1", 1, NULL, 0, 0, 0 },
  { "\n\n1 2 3\n", "::1", 1, NULL, 0, 0, 0 },
};

static void
test_table (void)
{
#if G_BYTE_ORDER != G_LITTLE_ENDIAN
  g_test_skip ("the table above was read on a little-endian machine");
#else
  for (guint i = 0; i < G_N_ELEMENTS (lookups); i++)
    {
      Address local = make_address (lookups[i].local, lookups[i].local_port);
      Address remote
          = make_address (lookups[i].remote ? lookups[i].remote : "::", lookups[i].remote_port);
      LlPeerOwner owner = { 0 };

      g_test_message ("lookup %u", i);
      g_assert_cmpint (ll_peer_find_in_table (lookups[i].table, &local.any,
                                              lookups[i].remote ? &remote.any : NULL, &owner),
                       ==, lookups[i].inode != 0);
      g_assert_cmpuint (owner.inode, ==, lookups[i].inode);
      g_assert_cmpuint (owner.uid, ==, lookups[i].uid);
    }
#endif
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer/own", test_own);
  g_test_add_func ("/peer/gone", test_gone);
  g_test_add_func ("/peer/not-tcp", test_not_tcp);
  g_test_add_func ("/peer/other-user", test_other_user);
  g_test_add_func ("/peer/table", test_table);
  return g_test_run ();
}
