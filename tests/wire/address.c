/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/address.h"

#include "base/error.h"

#include <string.h>

#define X10 "xxxxxxxxxx"
#define X60 X10 X10 X10 X10 X10 X10
#define L63 X60 "xxx"

/* cases/assurance.md 4.11; @address NULL: must be refused */
static const struct
{
  const char *path;
  const char *address;
  const char *original;
} paths[] = {
  { "<a@example.com>", "a@example.com", "a@example.com" },
  { "a@example.com", "a@example.com", "a@example.com" }, /* no brackets */
  { "<Jo.Doe@EXAMPLE.com>", "Jo.Doe@example.com", "Jo.Doe@EXAMPLE.com" },
  { "<a@example.com.>", NULL, NULL },                                      /* A02 */
  { "<用户@例子.广告>", "用户@xn--fsqu00a.xn--4rr70v", "用户@例子.广告" }, /* A04 */
  { "<a@B\xc3\x9c"
    "CHER.example>",
    "a@xn--bcher-kva.example",
    "a@B\xc3\x9c"
    "CHER.example" },
  { "<a@bu\xcc\x88"
    "cher.example>",
    "a@xn--bcher-kva.example",
    "a@bu\xcc\x88"
    "cher.example" }, /* NFD */
  { "<a@stra\xc3\x9f"
    "e.example>",
    "a@xn--strae-oqa.example",
    "a@stra\xc3\x9f"
    "e.example" },
  { "<a@x\xe2\x80\x8dy.example>", NULL, NULL }, /* ZWJ without its context */
  { "<a@xn--bcher-kva.example>", "a@xn--bcher-kva.example", "a@xn--bcher-kva.example" },
  { "<a@192.0.2.1>", NULL, NULL }, /* A07 */
  { "<a@[192.0.2.1]>", "a@[192.0.2.1]", "a@[192.0.2.1]" },
  { "<a@[ipv6:2001:DB8:0:0::1]>", "a@[IPv6:2001:db8::1]", "a@[ipv6:2001:DB8:0:0::1]" },
  { "<a@[192.0.2]>", NULL, NULL },
  { "<a@[x:y]>", NULL, NULL },
  { "<a@[192.0.2.1>", NULL, NULL },
  { "<@relay.example:a@example.com>", "a@example.com", "a@example.com" }, /* A08 */
  { "<@one.example,@two.example:a@example.com>", "a@example.com", "a@example.com" },
  { "<@relay.example a@example.com>", NULL, NULL },
  { "<a%b@example.com>", "a%b@example.com", "a%b@example.com" },
  { "<host!user@example.com>", "host!user@example.com", "host!user@example.com" },
  { "<a@localhost>", "a@localhost", "a@localhost" },
  { "<a@host>", "a@host", "a@host" },
  { "<@example.com>", NULL, NULL },
  { "<>", NULL, NULL },
  { "<a>", NULL, NULL },
  { "<postmaster>", NULL, NULL },
  { "", NULL, NULL },
  { "<", NULL, NULL },
  { "<a@", NULL, NULL },
  { "<a@>", NULL, NULL },
  { "<a@example.com", NULL, NULL },
  { "<a@example.com>x", NULL, NULL },
  { "<a@example.com> ", NULL, NULL },
  { "<a b@example.com>", NULL, NULL },
  { "<a@exa mple.com>", NULL, NULL },
  { "<a@b@example.com>", NULL, NULL },
  { "<a<b@example.com>", NULL, NULL },
  { "<\"a b@c\"@example.com>", "\"a b@c\"@example.com", "\"a b@c\"@example.com" },
  { "<\"a\\\"b\"@example.com>", "\"a\\\"b\"@example.com", "\"a\\\"b\"@example.com" },
  { "<\"a@example.com>", NULL, NULL },
  { "<\"a\"b@example.com>", NULL, NULL },
  { "<\"a\rb\"@example.com>", NULL, NULL },
  { "<\"\\\rb\"@example.com>", NULL, NULL },
  { "<a..b@example.com>", "a..b@example.com", "a..b@example.com" },
  { "<a.@example.com>", "a.@example.com", "a.@example.com" },
  { "<.a@example.com>", NULL, NULL },
  { "<\xff@example.com>", NULL, NULL },
  { "<a@\xff.example>", NULL, NULL },
  { "<" X60 "xxxx@example.com>", X60 "xxxx@example.com", X60 "xxxx@example.com" },
  { "<" X60 "xxxxx@example.com>", NULL, NULL }, /* A13 */
  { "<a@" L63 ".example>", "a@" L63 ".example", "a@" L63 ".example" },
  { "<a@" L63 "x.example>", NULL, NULL },
  { "<a@" L63 "." L63 "." L63 "." X60 ">", "a@" L63 "." L63 "." L63 "." X60,
    "a@" L63 "." L63 "." L63 "." X60 }, /* 254 bytes */
  { "<ab@" L63 "." L63 "." L63 "." X60 ">", NULL, NULL },
  { "<a@-x.example>", NULL, NULL },
  { "<a@x-.example>", NULL, NULL },
  { "<a@x..example>", NULL, NULL },
  { "<a@.example>", NULL, NULL },
  { "<a@my_host.example>", "a@my_host.example", "a@my_host.example" },
  { "<a@r3---sn.example>", "a@r3---sn.example", "a@r3---sn.example" },
  { "<a@ex*mple.com>", NULL, NULL },
};

static void
test_paths (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LlRecipient) recipient = ll_address_parse_recipient (paths[i].path, &error);

      g_test_message ("path %u", i);
      if (paths[i].address == NULL)
        {
          g_assert_null (recipient);
          g_assert_true (error->domain == LL_WIRE_ERROR);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpstr (recipient->address, ==, paths[i].address);
      g_assert_cmpstr (recipient->original, ==, paths[i].original);
      g_assert_cmpstr (recipient->domain, ==, strrchr (paths[i].address, '@') + 1);
    }
}

static void
test_take_path (void)
{
  LlScan scan = ll_scan_string ("<> SIZE=1");
  g_auto (LlMailbox) mailbox = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (ll_address_take_path (&scan, &mailbox, NULL));
  g_assert_cmpstr (mailbox.written, ==, "");
  g_assert_cmpstr (mailbox.domain, ==, "");
  g_assert_cmpstr (scan.at, ==, " SIZE=1");

  ll_mailbox_clear (&mailbox);
  scan = ll_scan_string ("a@example.com BODY=8BITMIME");
  g_assert_true (ll_address_take_path (&scan, &mailbox, NULL));
  g_assert_cmpstr (mailbox.written, ==, "a@example.com");
  g_assert_cmpstr (scan.at, ==, " BODY=8BITMIME");

  ll_mailbox_clear (&mailbox);
  scan = ll_scan ("<a\0@example.com>", 16);
  g_assert_false (ll_address_take_path (&scan, &mailbox, &error));
  g_assert_null (mailbox.written);
  g_assert_cmpint (*scan.at, ==, '<');
  g_clear_error (&error);
  scan = ll_scan ("<a@exam\0ple.com>", 16);
  g_assert_false (ll_address_take_path (&scan, &mailbox, &error));
  g_assert_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_SYNTAX);
}

static const struct
{
  const char *domain;
  const char *ascii;
} domains[] = {
  { "Example.COM", "example.com" },
  { "example.com.", "example.com" },
  { "example.com..", NULL },
  { ".", NULL },
  { "", NULL },
  { "host", "host" },
  { "例子。广告", "xn--fsqu00a.xn--4rr70v" }, /* the ideographic full stop is one */
  { "B\xc3\x9c"
    "CHER.example",
    "xn--bcher-kva.example" },
  { "\xe2\x98\x83.example", NULL }, /* a snowman is no letter in IDNA2008 */
  { "xn--n3h.example", "xn--n3h.example" },
  { "192.0.2.1", NULL },
  { "[192.0.2.1]", NULL },
  { "1.example", "1.example" },
  { "\xc3\x9c", "xn--tda" },
  { L63 "." L63 "." L63 "." X60 "x", L63 "." L63 "." L63 "." X60 "x" }, /* 253 bytes */
  { L63 "." L63 "." L63 "." X60 "xx", NULL },
};

static void
test_domains (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (domains); i++)
    {
      g_autofree char *ascii = ll_address_domain_ascii (domains[i].domain);

      g_test_message ("domain %u", i);
      g_assert_cmpstr (ascii, ==, domains[i].ascii);
    }
}

/* What a person may ask about: a domain, an address, an address literal. */
static void
test_domain_of (void)
{
  static const struct
  {
    const char *target;
    const char *domain;
  } targets[] = {
    { "a@EXAMPLE.com", "example.com" }, /* A01 */
    { "example.com.", "example.com" },  /* A02 */
    { "a@b\xc3\xbc"
      "cher.example",
      "xn--bcher-kva.example" },        /* A05 */
    { "a@192.0.2.1", NULL },            /* A07 */
    { "a@[192.0.2.1]", "[192.0.2.1]" }, /* SA16 */
    { "[IPv6:2001:DB8::1]", "[IPv6:2001:db8::1]" },
    { "a@[192.0.2]", NULL },
    { "[]", NULL },
    { "a%b@example.com", "example.com" }, /* A10 */
    { "a@host", "host" },                 /* A11 */
    { "a@-x..example", NULL },            /* A14 */
    { "a@", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      g_autofree char *domain = ll_address_domain_of (targets[i].target);

      g_test_message ("%s", targets[i].target);
      g_assert_cmpstr (domain, ==, targets[i].domain);
    }
}

static void
test_normalise (void)
{
  g_autofree char *domain = NULL;
  g_autofree char *address = ll_address_normalise ("A@B\xc3\xbc"
                                                   "cher.Example",
                                                   &domain, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (address, ==, "A@xn--bcher-kva.example");
  g_assert_cmpstr (domain, ==, "xn--bcher-kva.example");
  g_assert_null (ll_address_normalise ("<a@example.com>", NULL, &error));
  g_assert_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_SYNTAX);
  g_clear_error (&error);
  g_assert_null (ll_address_normalise (X60 X10 "@example.com", NULL, &error));
  g_assert_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TOO_LONG);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/address/paths", test_paths);
  g_test_add_func ("/address/take-path", test_take_path);
  g_test_add_func ("/address/domains", test_domains);
  g_test_add_func ("/address/domain-of", test_domain_of);
  g_test_add_func ("/address/normalise", test_normalise);
  return g_test_run ();
}
