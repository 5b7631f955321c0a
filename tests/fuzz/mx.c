/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/mx.h"
#include "base/limits.h"
#include "net/rdata.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check (const LlMxFacts *facts, guint records)
{
  g_assert_cmpuint (facts->hosts->len, <=, LL_MX_NAMES_MAX);
  g_assert_cmpuint (facts->hosts->len + facts->refused + facts->beyond, <=, records);
  g_assert_true (!facts->nomail || facts->hosts->len == 0);
  for (guint i = 0; i < facts->hosts->len; i++)
    {
      const LlHostFacts *host = facts->hosts->pdata[i];
      const LlHostFacts *before = i > 0 ? facts->hosts->pdata[i - 1] : NULL;

      g_assert_true (ll_dns_name_is_valid (host->name));
      g_assert_false (g_hostname_is_ip_address (host->name));
      if (before != NULL)
        g_assert_true (
            before->preference < host->preference
            || (before->preference == host->preference && strcmp (before->name, host->name) < 0));
    }
}

/* The input is a set of MX records, a length byte in front of each. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  LlAnswer answer = { .name = (char *) "a.lab", .type = LL_RR_MX, .finding = LL_FOUND };
  g_autoptr (LlMxFacts) facts = NULL;

  for (size_t at = 0; at < size;)
    {
      size_t length = MIN (data[at], size - at - 1);

      g_ptr_array_add (records, g_bytes_new (data + at + 1, length));
      at += length + 1;
    }
  answer.records = records;
  facts = ll_mx_read ("a.lab", &answer);
  check (facts, records->len);
  return 0;
}
