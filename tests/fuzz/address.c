/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/address.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What was read once reads as itself: else two spellings of one address would be two people. */
static void
check_fixed_point (const LlRecipient *recipient)
{
  g_autofree char *domain = NULL;
  g_autofree char *again = ll_address_normalise (recipient->address, &domain, NULL);

  g_assert_cmpstr (again, ==, recipient->address);
  g_assert_cmpstr (domain, ==, recipient->domain);
  g_assert_true (g_str_is_ascii (domain));
  g_assert_null (strpbrk (recipient->address, "\r\n"));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (LlRecipient) recipient = ll_address_parse_recipient (text, NULL);
  g_auto (LlMailbox) mailbox = { 0 };
  g_autofree char *domain = ll_address_domain_ascii (text);
  LlScan scan = ll_scan ((const char *) data, size);

  if (recipient != NULL)
    check_fixed_point (recipient);
  if (domain != NULL)
    {
      g_autofree char *again = ll_address_domain_ascii (domain);

      g_assert_cmpstr (again, ==, domain);
    }
  if (ll_address_take_path (&scan, &mailbox, NULL))
    g_assert_true (g_utf8_validate (mailbox.written, -1, NULL));
  return 0;
}
