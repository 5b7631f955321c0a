/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/anchor.h"
#include "net/rdata.h"
#include "net/resolvconf.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check_domains (char *const *domains)
{
  for (guint i = 0; domains[i] != NULL; i++)
    {
      g_autofree char *lower = g_ascii_strdown (domains[i], -1);

      g_assert_cmpstr (domains[i], ==, lower);
      g_assert_true (ll_dns_name_is_valid (domains[i]));
      g_assert_false (g_str_has_prefix (domains[i], ".") || g_str_has_suffix (domains[i], "."));
    }
}

/* What was read, written out again, reads the same. */
static void
check_resolvconf (const char *text)
{
  g_autoptr (LlResolvConf) conf = ll_resolvconf_parse (text);
  g_autoptr (LlResolvConf) again = NULL;
  g_autoptr (GString) written = g_string_new (NULL);

  for (guint i = 0; conf->servers[i] != NULL; i++)
    g_string_append_printf (written, "nameserver %s\n", conf->servers[i]);
  g_string_append (written, "search");
  for (guint i = 0; conf->search[i] != NULL; i++)
    g_string_append_printf (written, " %s", conf->search[i]);
  for (guint i = 0; conf->routing[i] != NULL; i++)
    g_string_append_printf (written, " ~%s", conf->routing[i]);
  check_domains (conf->search);
  check_domains (conf->routing);
  again = ll_resolvconf_parse (written->str);
  g_assert_true (
      g_strv_equal ((const char *const *) conf->servers, (const char *const *) again->servers));
  g_assert_true (
      g_strv_equal ((const char *const *) conf->search, (const char *const *) again->search));
  g_assert_true (
      g_strv_equal ((const char *const *) conf->routing, (const char *const *) again->routing));
}

static void
check_anchor (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlAnchor) anchor = ll_anchor_parse (text, &error);

  g_assert_true ((anchor == NULL) == (error != NULL));
  if (anchor == NULL)
    return;
  g_assert_true (ll_dns_name_is_valid (anchor->zone));
  g_assert_nonnull (anchor->records[0]);
  for (guint i = 0; anchor->records[i] != NULL; i++)
    g_assert_null (strpbrk (anchor->records[i], "\n;\t"));
}

/* The system's files about DNS: resolv.conf and the trust anchor. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);

  check_resolvconf (text);
  check_anchor (text);
  return 0;
}
