/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/rdata.h"

#include <string.h>

/* Rdata is written as a C string with its length: it holds NULs. */
#define BYTES(s) (s), sizeof (s) - 1

static const struct
{
  const char *id;
  const char *bytes;
  gsize length;
  const char *name; /* NULL: refused */
} names[] = {
  { "root", BYTES ("\0"), "" },
  { "one label", BYTES ("\3lab\0"), "lab" },
  { "upper case", BYTES ("\2MX\3Lab\0"), "mx.lab" },
  { "service", BYTES ("\3_25\4_tcp\2mx\0"), "_25._tcp.mx" },
  { "wildcard", BYTES ("\1*\3lab\0"), "*.lab" },
  { "star inside a label", BYTES ("\2a*\3lab\0"), NULL },
  { "empty", BYTES (""), NULL },
  { "no end", BYTES ("\3lab"), NULL },
  { "label over the end", BYTES ("\5lab\0"), NULL },
  { "trailing bytes", BYTES ("\3lab\0x"), NULL },
  { "compressed", BYTES ("\3lab\300\014"), NULL },
  { "length 64", BYTES ("\100abc\0"), NULL },
  { "NUL in a label", BYTES ("\3a\0b\0"), NULL },
  { "blank in a label", BYTES ("\3a b\0"), NULL },
  { "dot in a label", BYTES ("\3a.b\0"), NULL },
  { "UTF-8 in a label", BYTES ("\3\303\270x\0"), NULL },
};

/* As the host of an MX record. */
static char *
name_of (const void *bytes, gsize length)
{
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  g_autoptr (GBytes) rdata = NULL;
  guint preference;
  char *name = NULL;

  g_byte_array_append (wire, (const guint8 *) "\0\1", 2);
  g_byte_array_append (wire, bytes, (guint) length);
  rdata = g_bytes_new (wire->data, wire->len);
  g_assert_cmpint (ll_rdata_mx (rdata, &preference, &name), ==, name != NULL);
  return name;
}

static void
test_names (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = name_of (names[i].bytes, names[i].length);

      g_test_message ("%s", names[i].id);
      g_assert_cmpstr (name, ==, names[i].name);
    }
}

/* N23: 255 octets are a name, 256 are none. */
static void
test_longest (void)
{
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  guint8 label[64];
  g_autofree char *name = NULL;

  memset (label, 'a', sizeof label);
  label[0] = 63;
  for (guint i = 0; i < 3; i++)
    g_byte_array_append (wire, label, 64);
  label[0] = 61;
  g_byte_array_append (wire, label, 62);
  g_byte_array_append (wire, (const guint8 *) "", 1);
  g_assert_cmpuint (wire->len, ==, 255);
  name = name_of (wire->data, wire->len);
  g_assert_cmpuint (strlen (name), ==, 253);
  g_assert_true (ll_dns_name_is_valid (name));

  wire->data[192] = 62;
  wire->data[254] = 'a';
  g_byte_array_append (wire, (const guint8 *) "", 1);
  g_assert_null (name_of (wire->data, wire->len));
}

static void
test_address (void)
{
  g_autoptr (GBytes) four = g_bytes_new ("\300\0\2\1", 4);
  g_autoptr (GBytes) six = g_bytes_new ("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16);
  g_autofree char *text4 = ll_rdata_address (four, LL_RR_A);
  g_autofree char *text6 = ll_rdata_address (six, LL_RR_AAAA);

  g_assert_cmpstr (text4, ==, "192.0.2.1");
  g_assert_cmpstr (text6, ==, "2001:db8::1");
  g_assert_null (ll_rdata_address (four, LL_RR_AAAA));
  g_assert_null (ll_rdata_address (six, LL_RR_A));
  g_assert_null (ll_rdata_address (four, LL_RR_TXT));
}

static void
test_srv (void)
{
  g_autoptr (GBytes) good = g_bytes_new (BYTES ("\0\1\0\2\1\321\2mx\3Lab\0"));
  g_autoptr (GBytes) none = g_bytes_new (BYTES ("\0\0\0\0\0\0\0"));
  g_autoptr (GBytes) cut = g_bytes_new (BYTES ("\0\1\0\2\1\321\2mx\3La"));
  g_autoptr (GBytes) more = g_bytes_new (BYTES ("\0\1\0\2\1\321\2mx\0x"));
  LlSrv srv = { .port = 7 };

  g_assert_false (ll_rdata_srv (cut, &srv));
  g_assert_false (ll_rdata_srv (more, &srv));
  g_assert_cmpuint (srv.port, ==, 7);
  g_assert_true (ll_rdata_srv (good, &srv));
  g_assert_cmpuint (srv.priority, ==, 1);
  g_assert_cmpuint (srv.weight, ==, 2);
  g_assert_cmpuint (srv.port, ==, 465);
  g_assert_cmpstr (srv.host, ==, "mx.lab");
  g_clear_pointer (&srv.host, g_free);
  g_assert_true (ll_rdata_srv (none, &srv));
  g_assert_cmpstr (srv.host, ==, "");
  g_free (srv.host);
}

static void
test_mx (void)
{
  g_autoptr (GBytes) good = g_bytes_new (BYTES ("\1\2\2mx\3lab\0"));
  g_autoptr (GBytes) null_mx = g_bytes_new (BYTES ("\0\0\0"));
  g_autoptr (GBytes) cut = g_bytes_new (BYTES ("\0"));
  g_autoptr (GBytes) longer = g_bytes_new (BYTES ("\0\0\0\0"));
  g_autofree char *host = NULL;
  g_autofree char *nobody = NULL;
  char *untouched = NULL;
  guint preference = 0;

  g_assert_true (ll_rdata_mx (good, &preference, &host));
  g_assert_cmpuint (preference, ==, 258);
  g_assert_cmpstr (host, ==, "mx.lab");
  g_assert_true (ll_rdata_mx (null_mx, &preference, &nobody));
  g_assert_cmpstr (nobody, ==, "");
  g_assert_false (ll_rdata_mx (cut, &preference, &untouched));
  g_assert_false (ll_rdata_mx (longer, &preference, &untouched));
  g_assert_null (untouched);
}

static void
test_text (void)
{
  g_autoptr (GBytes) split = g_bytes_new (BYTES ("\12v=STSv1; i\3d=1"));
  g_autoptr (GBytes) void_string = g_bytes_new (BYTES ("\0"));
  g_autoptr (GBytes) empty = g_bytes_new (BYTES (""));
  g_autoptr (GBytes) cut = g_bytes_new (BYTES ("\5abc"));
  g_autoptr (GBytes) text = ll_rdata_text (split);
  g_autoptr (GBytes) nothing = ll_rdata_text (void_string);

  g_assert_cmpmem (g_bytes_get_data (text, NULL), g_bytes_get_size (text), "v=STSv1; id=1", 13);
  g_assert_cmpuint (g_bytes_get_size (nothing), ==, 0);
  g_assert_null (ll_rdata_text (empty));
  g_assert_null (ll_rdata_text (cut));
}

static void
test_tlsa (void)
{
  g_autoptr (GBytes) good = g_bytes_new (BYTES ("\3\1\1\xab"));
  g_autoptr (GBytes) empty = g_bytes_new (BYTES ("\3\1\1"));
  LlTlsa tlsa;

  g_assert_true (ll_rdata_tlsa (good, &tlsa));
  g_assert_cmpuint (tlsa.usage, ==, 3);
  g_assert_cmpuint (tlsa.length, ==, 1);
  g_assert_false (ll_rdata_tlsa (empty, &tlsa));
}

static const struct
{
  const char *name;
  gboolean valid;
} asked[] = {
  { "a.lab", TRUE },
  { "a.lab.", TRUE },
  { ".", TRUE },
  { "_25._tcp.mx.lab", TRUE },
  { "*.lab", TRUE },
  { "", FALSE },
  { "..", FALSE },
  { "a..lab", FALSE },
  { ".lab", FALSE },
  { "a b.lab", FALSE },
  { "a\\.lab", FALSE },
  { "a/b", FALSE },
  { "\303\270.lab", FALSE },
  { "a.lab..", FALSE },
};

static void
test_valid (void)
{
  g_autofree char *label = g_strnfill (64, 'a');

  for (gsize i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      g_test_message ("%s", asked[i].name);
      g_assert_cmpint (ll_dns_name_is_valid (asked[i].name), ==, asked[i].valid);
    }
  g_assert_false (ll_dns_name_is_valid (label));
  g_assert_true (ll_dns_name_is_valid (label + 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/rdata/names", test_names);
  g_test_add_func ("/net/rdata/n23-longest", test_longest);
  g_test_add_func ("/net/rdata/address", test_address);
  g_test_add_func ("/net/rdata/mx", test_mx);
  g_test_add_func ("/net/rdata/srv", test_srv);
  g_test_add_func ("/net/rdata/st04-text", test_text);
  g_test_add_func ("/net/rdata/tlsa", test_tlsa);
  g_test_add_func ("/net/rdata/valid", test_valid);
  return g_test_run ();
}
