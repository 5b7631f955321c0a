/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "listen/peer.h"

#include "base/file.h"
#include "base/scan.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

/* Tables grow with the machine's connections; this many bytes hold some 400 000 of them. */
#define TABLE_MAX (64 * 1024 * 1024)

typedef union
{
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
  struct sockaddr_storage storage;
} Address;

static in_port_t
port_of (const Address *address)
{
  return address->any.sa_family == AF_INET ? address->v4.sin_port : address->v6.sin6_port;
}

/* As the kernel's diagnostics write it: one word for IPv4, four for IPv6. */
static void
words_of (const Address *address, guint32 words[4])
{
  memset (words, 0, 4 * sizeof words[0]);
  if (address->any.sa_family == AF_INET)
    words[0] = address->v4.sin_addr.s_addr;
  else
    memcpy (words, &address->v6.sin6_addr, sizeof address->v6.sin6_addr);
}

/* -- socket diagnostics --------------------------------------------------------- */

typedef struct
{
  struct nlmsghdr header;
  struct inet_diag_req_v2 request;
} DiagRequest;

static int
open_diagnostics (void)
{
  struct timeval patience = { .tv_sec = 2 };
  int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);

  if (fd >= 0)
    setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return fd;
}

static gboolean
ask_kernel (int fd, const DiagRequest *request)
{
  struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

  return sendto (fd, request, sizeof *request, 0, (struct sockaddr *) &kernel, sizeof kernel)
         == sizeof *request;
}

typedef gboolean (*DiagMatch) (const struct inet_diag_msg *message, const Address *local);

/* Reads answers until one matches or the last has come. */
static gboolean
read_answers (int fd, guint32 sequence, DiagMatch matches, const Address *local, LlPeerOwner *owner)
{
  union
  {
    struct nlmsghdr header;
    char bytes[32768];
  } buffer;

  for (;;)
    {
      gssize got = recv (fd, &buffer, sizeof buffer, 0);
      int left = (int) got;

      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        return FALSE;
      for (struct nlmsghdr *header = &buffer.header; NLMSG_OK (header, (guint) left);
           header = NLMSG_NEXT (header, left))
        {
          const struct inet_diag_msg *message = NLMSG_DATA (header);

          if (header->nlmsg_seq != sequence)
            continue; /* to a question that nobody waited for any longer */
          if (header->nlmsg_type != SOCK_DIAG_BY_FAMILY
              || header->nlmsg_len < NLMSG_LENGTH (sizeof *message))
            return FALSE; /* done, or an error */
          if (message->idiag_inode != 0 && matches (message, local))
            {
              *owner = (LlPeerOwner){ message->idiag_uid, message->idiag_inode };
              return TRUE;
            }
          if (!(header->nlmsg_flags & NLM_F_MULTI))
            return FALSE;
        }
    }
}

static gboolean
matches_exactly (const struct inet_diag_msg *message, const Address *local)
{
  return message->id.idiag_sport == port_of (local);
}

static gboolean
matches_port (const struct inet_diag_msg *message, const Address *local)
{
  static const guint32 anywhere[4] = { 0 };
  guint32 words[4];

  words_of (local, words);
  return message->id.idiag_sport == port_of (local)
         && (memcmp (message->id.idiag_src, anywhere, sizeof anywhere) == 0
             || (message->idiag_family == local->any.sa_family
                 && memcmp (message->id.idiag_src, words, message->idiag_family == AF_INET ? 4 : 16)
                        == 0));
}

/* Asked for each connection and each letter, so the socket stays open; a failure ends it. */
static gboolean
ask_about_connection (DiagRequest *request, const Address *local, LlPeerOwner *owner)
{
  static GMutex lock;
  static int fd = -1; /* and below: under the lock */
  static guint32 sequence = 0;
  gboolean found;

  g_mutex_lock (&lock);
  if (fd < 0)
    fd = open_diagnostics ();
  request->header.nlmsg_seq = ++sequence;
  found = fd >= 0 && ask_kernel (fd, request)
          && read_answers (fd, sequence, matches_exactly, local, owner);
  if (!found)
    ll_fd_clear (&fd);
  g_mutex_unlock (&lock);
  return found;
}

static gboolean
diag_connection (const Address *local, const Address *remote, LlPeerOwner *owner)
{
  DiagRequest request = {
    .header = { .nlmsg_len = sizeof request,
                .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                .nlmsg_flags = NLM_F_REQUEST },
    .request = { .sdiag_family = (guint8) local->any.sa_family,
                 .sdiag_protocol = IPPROTO_TCP,
                 .idiag_states = ~0u,
                 .id = { .idiag_sport = port_of (local),
                         .idiag_dport = port_of (remote),
                         .idiag_cookie = { INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE } } },
  };

  words_of (local, request.request.id.idiag_src);
  words_of (remote, request.request.id.idiag_dst);
  return ask_about_connection (&request, local, owner);
}

static gboolean
diag_listener (const Address *local, int family, LlPeerOwner *owner)
{
  DiagRequest request = {
    .header = { .nlmsg_len = sizeof request,
                .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
    .request = { .sdiag_family = (guint8) family,
                 .sdiag_protocol = IPPROTO_TCP,
                 .idiag_states = 1u << TCP_LISTEN },
  };
  LL_AUTO_FD fd = open_diagnostics ();

  return fd >= 0 && ask_kernel (fd, &request) && read_answers (fd, 0, matches_port, local, owner);
}

/* -- /proc/net/tcp ---------------------------------------------------------------- */

/* "0100007F:0633": each 32-bit word as the machine reads it, the port as a number. */
static char *
table_form (const Address *address, gboolean as_ipv6)
{
  guint32 words[4];
  guint16 port = ntohs (port_of (address));

  words_of (address, words);
  if (address->any.sa_family == AF_INET && !as_ipv6)
    return g_strdup_printf ("%08X:%04X", words[0], port);
  if (address->any.sa_family == AF_INET) /* an IPv6 socket that talks IPv4 */
    return g_strdup_printf ("0000000000000000%08X%08X:%04X", htonl (0xffff), words[0], port);
  return g_strdup_printf ("%08X%08X%08X%08X:%04X", words[0], words[1], words[2], words[3], port);
}

/* sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode */
enum
{
  COLUMN_LOCAL = 1,
  COLUMN_REMOTE = 2,
  COLUMN_STATE = 3,
  COLUMN_UID = 7,
  COLUMN_INODE = 9,
  COLUMN_COUNT = 10,
};

static gboolean
split_columns (LlScan *line, LlScan columns[COLUMN_COUNT])
{
  for (guint i = 0; i < COLUMN_COUNT; i++)
    {
      const char *start;

      ll_scan_blanks (line);
      start = line->at;
      while (!ll_scan_at_end (line) && *line->at != ' ')
        line->at++;
      columns[i] = ll_scan (start, (gsize) (line->at - start));
      if (ll_scan_at_end (&columns[i]))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_owner (LlScan columns[COLUMN_COUNT], LlPeerOwner *owner)
{
  LlScan uid_text = columns[COLUMN_UID];
  LlScan inode_text = columns[COLUMN_INODE];
  guint64 uid, inode;

  if (!ll_scan_number (&uid_text, G_MAXUINT32, &uid) || !ll_scan_at_end (&uid_text)
      || !ll_scan_number (&inode_text, G_MAXUINT64, &inode) || !ll_scan_at_end (&inode_text)
      || inode == 0)
    return FALSE;
  *owner = (LlPeerOwner){ (uid_t) uid, inode };
  return TRUE;
}

static gboolean
is_anywhere (const LlScan *column)
{
  for (const char *at = column->at; at < column->end && *at != ':'; at++)
    if (*at != '0')
      return FALSE;
  return TRUE;
}

/* A listening socket on all addresses holds the port, too. */
static gboolean
is_listener (const LlScan columns[COLUMN_COUNT], const char *own, const char *own_as_ipv6)
{
  const LlScan *local = &columns[COLUMN_LOCAL];
  const char *port = strrchr (own, ':');
  gsize length = ll_scan_length (local);

  if (!ll_scan_equals (&columns[COLUMN_STATE], "0A") || length < strlen (port))
    return FALSE;
  return ll_scan_equals (local, own) || ll_scan_equals (local, own_as_ipv6)
         || (is_anywhere (local) && memcmp (local->end - strlen (port), port, strlen (port)) == 0);
}

gboolean
ll_peer_find_in_table (const char *table,
                       const struct sockaddr *local,
                       const struct sockaddr *remote,
                       LlPeerOwner *owner)
{
  g_autofree char *own = table_form ((const Address *) local, FALSE);
  g_autofree char *own6 = table_form ((const Address *) local, TRUE);
  g_autofree char *other = remote ? table_form ((const Address *) remote, FALSE) : NULL;
  g_autofree char *other6 = remote ? table_form ((const Address *) remote, TRUE) : NULL;
  LlScan scan = ll_scan_string (table);
  LlScan line;

  while (ll_scan_until (&scan, '\n', &line))
    {
      LlScan columns[COLUMN_COUNT];

      (void) ll_scan_byte (&scan, '\n');
      if (!split_columns (&line, columns))
        continue;
      if (other == NULL ? is_listener (columns, own, own6)
                        : (ll_scan_equals (&columns[COLUMN_LOCAL], own)
                           && ll_scan_equals (&columns[COLUMN_REMOTE], other))
                              || (ll_scan_equals (&columns[COLUMN_LOCAL], own6)
                                  && ll_scan_equals (&columns[COLUMN_REMOTE], other6)))
        if (read_owner (columns, owner))
          return TRUE;
    }
  return FALSE;
}

/* Files in /proc have no size, so they are read to their end. */
static char *
read_table (const char *path)
{
  LL_AUTO_FD fd = open (path, O_RDONLY | O_CLOEXEC);
  g_autoptr (GString) text = g_string_new (NULL);
  char bytes[16384];

  while (fd >= 0 && text->len < TABLE_MAX)
    {
      gssize got = ll_file_read_full (fd, bytes, sizeof bytes, NULL);

      if (got <= 0)
        break;
      g_string_append_len (text, bytes, got);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
table_lookup (const Address *local, const Address *remote, LlPeerOwner *owner)
{
  static const char *const paths[] = { "/proc/net/tcp", "/proc/net/tcp6" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *table = read_table (paths[i]);

      if (ll_peer_find_in_table (table, &local->any, remote ? &remote->any : NULL, owner))
        return TRUE;
    }
  return FALSE;
}

/* -- the questions ------------------------------------------------------------------ */

gboolean
ll_peer_of_connection (int fd, LlPeerOwner *owner)
{
  Address ours, theirs;
  socklen_t ours_size = sizeof ours;
  socklen_t theirs_size = sizeof theirs;

  if (getsockname (fd, &ours.any, &ours_size) < 0 || getpeername (fd, &theirs.any, &theirs_size) < 0
      || (ours.any.sa_family != AF_INET && ours.any.sa_family != AF_INET6))
    return FALSE;
  /* Seen from the other end, its own address is what we call the peer's. */
  return diag_connection (&theirs, &ours, owner) || table_lookup (&theirs, &ours, owner);
}

gboolean
ll_peer_of_port (const char *address, guint16 port, LlPeerOwner *owner)
{
  Address local = { 0 };

  if (inet_pton (AF_INET, address, &local.v4.sin_addr) == 1)
    {
      local.v4.sin_family = AF_INET;
      local.v4.sin_port = htons (port);
    }
  else if (inet_pton (AF_INET6, address, &local.v6.sin6_addr) == 1)
    {
      local.v6.sin6_family = AF_INET6;
      local.v6.sin6_port = htons (port);
    }
  else
    return FALSE;
  return diag_listener (&local, AF_INET, owner) || diag_listener (&local, AF_INET6, owner)
         || table_lookup (&local, NULL, owner);
}

/* -- words ----------------------------------------------------------------------------- */

/* Whether the process holds the socket; its fd folder is ours to read only for our own. */
static gboolean
process_holds (const char *pid, const char *link_text)
{
  g_autofree char *folder = g_build_filename ("/proc", pid, "fd", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      char target[64];
      gssize length = readlink (path, target, sizeof target - 1);

      if (length <= 0)
        continue;
      target[length] = '\0';
      if (strcmp (target, link_text) == 0)
        return TRUE;
    }
  return FALSE;
}

/* "master (process 812)", or NULL */
static char *
find_process (guint64 inode)
{
  g_autofree char *link_text = g_strdup_printf ("socket:[%" G_GUINT64_FORMAT "]", inode);
  g_autoptr (GDir) processes = g_dir_open ("/proc", 0, NULL);
  const char *pid;

  while (processes != NULL && (pid = g_dir_read_name (processes)) != NULL)
    {
      g_autofree char *path = NULL;
      g_autofree char *name = NULL;

      if (!g_ascii_isdigit (pid[0]) || !process_holds (pid, link_text))
        continue;
      path = g_build_filename ("/proc", pid, "comm", NULL);
      name = read_table (path);
      return g_strdup_printf ("%s (process %s)", g_strchomp (name), pid);
    }
  return NULL;
}

char *
ll_peer_describe (const LlPeerOwner *owner)
{
  g_autofree char *process = find_process (owner->inode);
  struct passwd entry;
  struct passwd *found = NULL;
  char bytes[4096];
  g_autofree char *user = NULL;

  if (getpwuid_r (owner->uid, &entry, bytes, sizeof bytes, &found) == 0 && found != NULL)
    user = g_strdup (entry.pw_name);
  else
    user = g_strdup_printf ("%u", owner->uid);
  return g_strdup_printf ("%s of user %s", process ? process : "a process", user);
}
