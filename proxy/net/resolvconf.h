/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * resolv.conf(5): the addresses of the network's resolvers and the search domains.
 *
 * The stub of systemd-resolved (127.0.0.53) gives a validating client no
 * signatures by default; where /etc/resolv.conf names only it, the file with the
 * servers behind it is read instead (facts/assurance.md 7.2).
 */

typedef struct
{
  GStrv servers;
  GStrv search;  /* lower case, without outer dots */
  GStrv routing; /* those written as "~domain": names below go to this network only */
} LlResolvConf;

LlResolvConf *ll_resolvconf_parse (const char *text);

/* Never NULL; empty when the file cannot be read. @path NULL: the system's. */
LlResolvConf *ll_resolvconf_load (const char *path);

void ll_resolvconf_free (LlResolvConf *conf);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlResolvConf, ll_resolvconf_free)

G_END_DECLS
