/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/internal.h"

#include "net/resolvconf.h"

#include <gio/gio.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>

#define RESOLVED_TIMEOUT 500 /* ms; it answers from memory */

/* RFC 6762 app. G, RFC 8375, ICANN's "internal", and what routers make up. */
static const char *const private_tops[] = {
  "local",       "internal",  "lan",     "home",      "corp",      "intranet",
  "localdomain", "localhost", "private", "home.arpa", "fritz.box",
};

static gboolean
is_at_or_below (const char *name, gsize length, const char *domain)
{
  gsize below = strlen (domain);

  if (below == 0 || length < below
      || g_ascii_strncasecmp (name + length - below, domain, below) != 0)
    return FALSE;
  return length == below || name[length - below - 1] == '.';
}

gboolean
ll_internal_matches (const char *name, const char *const *domains)
{
  gsize length = strlen (name);

  if (length > 0 && name[length - 1] == '.')
    length--;
  if (memchr (name, '.', length) == NULL)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (private_tops); i++)
    if (is_at_or_below (name, length, private_tops[i]))
      return TRUE;
  for (gsize i = 0; domains != NULL && domains[i] != NULL; i++)
    if (is_at_or_below (name, length, domains[i]))
      return TRUE;
  return FALSE;
}

/* A point-to-point interface that is up: tun, wireguard, ppp. */
static gboolean
has_tunnel (void)
{
  struct ifaddrs *all = NULL;
  gboolean found = FALSE;

  if (getifaddrs (&all) != 0)
    return FALSE;
  for (struct ifaddrs *one = all; one != NULL && !found; one = one->ifa_next)
    found = (one->ifa_flags & IFF_UP) != 0 && (one->ifa_flags & IFF_POINTOPOINT) != 0;
  freeifaddrs (all);
  return found;
}

static gboolean
is_tunnel (int index)
{
  char name[IF_NAMESIZE];
  struct ifaddrs *all = NULL;
  gboolean found = FALSE;

  if (if_indextoname ((unsigned int) index, name) == NULL || getifaddrs (&all) != 0)
    return FALSE;
  for (struct ifaddrs *one = all; one != NULL && !found; one = one->ifa_next)
    found = g_str_equal (one->ifa_name, name) && (one->ifa_flags & IFF_POINTOPOINT) != 0;
  freeifaddrs (all);
  return found;
}

static void
add (GPtrArray *domains, const char *domain)
{
  /* "." routes everything: that is a default, not a VPN's name */
  if (domain[0] != '\0' && !g_str_equal (domain, "."))
    g_ptr_array_add (domains, g_ascii_strdown (domain, -1));
}

/* Manager's property Domains: (interface, domain, routing only) */
static void
add_resolved (GPtrArray *domains)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) boxed = NULL;
  g_autoptr (GVariant) list = NULL;
  GVariantIter iter;
  const char *domain;
  gint32 index;
  gboolean routing;

  if (bus == NULL)
    return;
  reply = g_dbus_connection_call_sync (bus, "org.freedesktop.resolve1", "/org/freedesktop/resolve1",
                                       "org.freedesktop.DBus.Properties", "Get",
                                       g_variant_new ("(ss)", "org.freedesktop.resolve1.Manager",
                                                      "Domains"),
                                       G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                                       RESOLVED_TIMEOUT, NULL, NULL);
  if (reply == NULL)
    return;
  g_variant_get (reply, "(v)", &boxed);
  if (!g_variant_is_of_type (boxed, G_VARIANT_TYPE ("a(isb)")))
    return;
  list = g_variant_ref (boxed);
  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "(i&sb)", &index, &domain, &routing))
    if (routing || is_tunnel (index))
      add (domains, domain);
}

GStrv
ll_internal_domains (void)
{
  g_autoptr (GPtrArray) domains = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (LlResolvConf) conf = ll_resolvconf_load (NULL);

  for (guint i = 0; conf->routing[i] != NULL; i++)
    add (domains, conf->routing[i]);
  if (has_tunnel ())
    for (guint i = 0; conf->search[i] != NULL; i++)
      add (domains, conf->search[i]);
  add_resolved (domains);
  g_ptr_array_add (domains, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&domains), FALSE);
}
