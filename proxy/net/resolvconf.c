/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/resolvconf.h"

#include "base/file.h"
#include "base/limits.h"
#include "net/rdata.h"

#include <gio/gio.h>
#include <string.h>

#define SYSTEM_FILE "/etc/resolv.conf"
#define RESOLVED_FILE "/run/systemd/resolve/resolv.conf"

#define SERVERS_MAX 8
#define SEARCH_MAX 64

void
ll_resolvconf_free (LlResolvConf *conf)
{
  if (conf == NULL)
    return;
  g_strfreev (conf->servers);
  g_strfreev (conf->search);
  g_strfreev (conf->routing);
  g_free (conf);
}

/* "fe80::1%eth0" is an address too. */
static gboolean
is_address (const char *word)
{
  g_autofree char *bare = g_strdup (word);
  char *scope = strchr (bare, '%');

  if (scope != NULL)
    *scope = '\0';
  return g_hostname_is_ip_address (bare);
}

static void
add_domain (GPtrArray *domains, const char *word)
{
  g_autofree char *domain = NULL;

  if (word[0] == '.')
    word++;
  /* the root is no domain: every name would be in it */
  if (word[0] == '\0' || strcmp (word, ".") == 0 || !ll_dns_name_is_valid (word)
      || domains->len >= SEARCH_MAX)
    return;
  domain = g_ascii_strdown (word, -1);
  if (g_str_has_suffix (domain, "."))
    domain[strlen (domain) - 1] = '\0';
  g_ptr_array_add (domains, g_steal_pointer (&domain));
}

static void
read_line (char *line, GPtrArray *servers, GPtrArray *search, GPtrArray *routing)
{
  g_auto (GStrv) words = NULL;

  line[strcspn (line, "#;")] = '\0';
  words = g_strsplit (g_strstrip (g_strdelimit (line, "\t\r", ' ')), " ", -1);
  if (words[0] == NULL)
    return;
  if (g_str_equal (words[0], "nameserver"))
    {
      for (guint i = 1; words[i] != NULL; i++)
        if (is_address (words[i]) && servers->len < SERVERS_MAX)
          g_ptr_array_add (servers, g_strdup (words[i]));
    }
  else if (g_str_equal (words[0], "search") || g_str_equal (words[0], "domain"))
    {
      /* resolv.conf(5): the last instance wins */
      g_ptr_array_set_size (search, 0);
      g_ptr_array_set_size (routing, 0);
      for (guint i = 1; words[i] != NULL; i++)
        if (words[i][0] == '~')
          add_domain (routing, words[i] + 1);
        else
          add_domain (search, words[i]);
    }
}

LlResolvConf *
ll_resolvconf_parse (const char *text)
{
  LlResolvConf *conf = g_new0 (LlResolvConf, 1);
  g_autoptr (GPtrArray) servers = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) search = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) routing = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    read_line (lines[i], servers, search, routing);
  g_ptr_array_add (servers, NULL);
  g_ptr_array_add (search, NULL);
  g_ptr_array_add (routing, NULL);
  conf->servers = (GStrv) g_ptr_array_free (g_steal_pointer (&servers), FALSE);
  conf->search = (GStrv) g_ptr_array_free (g_steal_pointer (&search), FALSE);
  conf->routing = (GStrv) g_ptr_array_free (g_steal_pointer (&routing), FALSE);
  return conf;
}

static LlResolvConf *
load_file (const char *path)
{
  g_autoptr (GBytes) bytes = ll_file_load (path, LL_CONFIG_FILE_MAX, NULL);

  return ll_resolvconf_parse (bytes != NULL ? g_bytes_get_data (bytes, NULL) : "");
}

static gboolean
is_stub (const char *server)
{
  return g_str_equal (server, "127.0.0.53") || g_str_equal (server, "127.0.0.54");
}

LlResolvConf *
ll_resolvconf_load (const char *path)
{
  g_autoptr (LlResolvConf) conf = load_file (path != NULL ? path : SYSTEM_FILE);
  g_autoptr (LlResolvConf) behind = NULL;

  if (path != NULL)
    return g_steal_pointer (&conf);
  for (guint i = 0; conf->servers[i] != NULL; i++)
    if (!is_stub (conf->servers[i]))
      return g_steal_pointer (&conf);
  behind = load_file (RESOLVED_FILE);
  return behind->servers[0] != NULL ? g_steal_pointer (&behind) : g_steal_pointer (&conf);
}
