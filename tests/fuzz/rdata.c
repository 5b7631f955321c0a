/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/rdata.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* A name that was read can be asked for again, and is in one spelling only. */
static void
check_name (const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  g_assert_cmpstr (name, ==, lower);
  g_assert_true (name[0] == '\0' || ll_dns_name_is_valid (name));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GBytes) rdata = g_bytes_new (data, size);
  g_autofree char *four = ll_rdata_address (rdata, LL_RR_A);
  g_autofree char *six = ll_rdata_address (rdata, LL_RR_AAAA);
  g_autofree char *host = NULL;
  LlSrv srv = { 0 };
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GBytes) joined = ll_rdata_text (rdata);
  LlTlsa tlsa;
  guint preference = 0;

  g_assert_cmpint (four != NULL, ==, size == 4);
  g_assert_cmpint (six != NULL, ==, size == 16);
  if (ll_rdata_mx (rdata, &preference, &host))
    check_name (host);
  if (ll_rdata_srv (rdata, &srv))
    {
      check_name (srv.host);
      g_assert_cmpuint (srv.port, <=, G_MAXUINT16);
    }
  g_free (srv.host);
  if (joined != NULL)
    g_assert_cmpuint (g_bytes_get_size (joined), <, size);
  if (ll_rdata_tlsa (rdata, &tlsa))
    g_assert_cmpuint (tlsa.length, ==, size - 3);
  if (ll_dns_name_is_valid (text))
    g_assert_cmpuint (strlen (text), <=, 254);
  return 0;
}
