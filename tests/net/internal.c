/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/internal.h"

#include "net/anchor.h"
#include "net/resolvconf.h"

#include "base/error.h"

static const struct
{
  const char *name;
  const char *domain; /* routed, or NULL */
  gboolean internal;
} names[] = {
  { "mail", NULL, TRUE },
  { "mail.", NULL, TRUE },
  { "", NULL, TRUE },
  { "printer.local", NULL, TRUE },
  { "x.Internal", NULL, TRUE },
  { "nas.home.arpa", NULL, TRUE },
  { "nas.lan.", NULL, TRUE },
  { "lan.example", NULL, FALSE },
  { "notlan", NULL, TRUE },
  { "example.notlan", NULL, FALSE },
  { "example.com", NULL, FALSE },
  { "corp.example.com", "corp.example.com", TRUE },
  { "a.b.corp.example.com.", "corp.example.com", TRUE },
  { "A.CORP.example.COM", "corp.example.com", TRUE },
  { "notcorp.example.com", "corp.example.com", FALSE },
  { "example.com", "corp.example.com", FALSE },
  { "example.com", "", FALSE },
};

static void
test_matches (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *domains[] = { names[i].domain, NULL };

      g_test_message ("%s", names[i].name);
      g_assert_cmpint (ll_internal_matches (names[i].name, domains), ==, names[i].internal);
    }
}

static const struct
{
  const char *id;
  const char *text;
  const char *servers;
  const char *search;
  const char *routing;
} files[] = {
  { "empty", "", "", "", "" },
  { "usual",
    "# by hand\nnameserver 192.0.2.1\nnameserver 2001:db8::1\nsearch a.example b.example\n",
    "192.0.2.1 2001:db8::1", "a.example b.example", "" },
  { "blanks and tabs", "nameserver\t 192.0.2.1 \t\nsearch\ta.example\n", "192.0.2.1", "a.example",
    "" },
  { "CRLF", "nameserver 192.0.2.1\r\nsearch a.example\r\n", "192.0.2.1", "a.example", "" },
  { "the last search wins", "search a.example\ndomain b.example\n", "", "b.example", "" },
  { "routing domains", "search ~corp.example a.example ~.\n", "", "a.example", "corp.example" },
  { "scope", "nameserver fe80::1%eth0\n", "fe80::1%eth0", "", "" },
  { "no address", "nameserver dns.example\n", "", "", "" },
  { "comment behind", "nameserver 192.0.2.1 # mine\n", "192.0.2.1", "", "" },
  { "unknown words", "options edns0 trust-ad\nsortlist x\nnameservers 192.0.2.1\n", "", "", "" },
  { "dots", "search .a.example. B.example\n", "", "a.example b.example", "" },
};

static void
test_resolvconf (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (LlResolvConf) conf = ll_resolvconf_parse (files[i].text);
      g_autofree char *servers = g_strjoinv (" ", conf->servers);
      g_autofree char *search = g_strjoinv (" ", conf->search);
      g_autofree char *routing = g_strjoinv (" ", conf->routing);

      g_test_message ("%s", files[i].id);
      g_assert_cmpstr (servers, ==, files[i].servers);
      g_assert_cmpstr (search, ==, files[i].search);
      g_assert_cmpstr (routing, ==, files[i].routing);
    }
}

static const struct
{
  const char *id;
  const char *text;
  const char *zone; /* NULL: refused */
  guint records;
} anchors[] = {
  { "DS", ". IN DS 20326 8 2 E06D44B8\n", ".", 1 },
  { "DNSKEY with comment", ". IN DNSKEY 257 3 8 AwEA ; keytag 20326\n", ".", 1 },
  { "TTL and class", ".\t86400\tIN\tDNSKEY\t257 3 8 AwEA\n", ".", 1 },
  { "neither TTL nor class", "lab. DS 1 13 2 AB\n", "lab.", 1 },
  { "another zone", "; mine\n\nlab. 3600 IN DS 1 13 2 AB\n", "lab.", 1 },
  { "the root goes first", "lab. IN DS 1 13 2 AB\n. IN DS 1 13 2 AB\n", ".", 2 },
  { "empty", "", NULL, 0 },
  { "comments only", "; nothing\n", NULL, 0 },
  { "another type", ". IN NS a.root-servers.net.\n", NULL, 0 },
  { "no rdata", ". IN DS\n", NULL, 0 },
  { "rubbish", "hello\n", NULL, 0 },
};

static void
test_anchor (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (anchors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LlAnchor) anchor = ll_anchor_parse (anchors[i].text, &error);

      g_test_message ("%s", anchors[i].id);
      if (anchors[i].zone == NULL)
        {
          g_assert_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpstr (anchor->zone, ==, anchors[i].zone);
      g_assert_cmpuint (g_strv_length (anchor->records), ==, anchors[i].records);
    }
}

/* The root's key was changed on 2026-10-11: what the system ships must have both. */
static void
test_shipped_anchor (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlAnchor) anchor = ll_anchor_load (NULL, &error);

  if (anchor == NULL)
    {
      g_assert_nonnull (g_strstr_len (error->message, -1, "apt install dns-root-data"));
      g_test_skip ("dns-root-data is not installed");
      return;
    }
  g_assert_cmpstr (anchor->zone, ==, ".");
  g_assert_cmpuint (g_strv_length (anchor->records), >=, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/internal/names", test_matches);
  g_test_add_func ("/net/internal/resolvconf", test_resolvconf);
  g_test_add_func ("/net/internal/anchor", test_anchor);
  g_test_add_func ("/net/internal/dn33-shipped-anchor", test_shipped_anchor);
  return g_test_run ();
}
