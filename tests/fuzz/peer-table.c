/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "listen/peer.h"

#include <netinet/in.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* /proc/net/tcp: an owner that is found stands in one line of it, with the port asked for. */
static void
check_line (const char *table, const LlPeerOwner *owner)
{
  g_auto (GStrv) lines = g_strsplit (table, "\n", -1);
  g_autofree char *inode = g_strdup_printf ("%" G_GUINT64_FORMAT, owner->inode);
  gboolean found = FALSE;

  g_assert_cmpuint (owner->inode, !=, 0);
  for (guint i = 0; lines[i] != NULL; i++)
    found = found || (strstr (lines[i], ":0633") != NULL && strstr (lines[i], inode) != NULL);
  g_assert_true (found);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *table = g_strndup ((const char *) data, size);
  struct sockaddr_in local = { .sin_family = AF_INET, .sin_port = htons (1587) };
  struct sockaddr_in remote = { .sin_family = AF_INET, .sin_port = htons (40000) };
  LlPeerOwner owner;

  local.sin_addr.s_addr = remote.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  if (ll_peer_find_in_table (table, (struct sockaddr *) &local, NULL, &owner))
    check_line (table, &owner);
  if (ll_peer_find_in_table (table, (struct sockaddr *) &local, (struct sockaddr *) &remote,
                             &owner))
    check_line (table, &owner);
  return 0;
}
