/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/address.h"

#include "base/limits.h"

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
  g_assert_cmpuint (strlen (recipient->address), <=, LL_ADDRESS_MAX);
  g_assert_cmpuint (strlen (recipient->original), <=, LL_ADDRESS_MAX);
}

/* Taken apart, nothing is lost; what was written can be read again, in brackets or without. */
static void
check_path (const LlMailbox *mailbox)
{
  g_autofree char *bracketed = g_strdup_printf ("<%s>", mailbox->written);
  LlScan scan = ll_scan_string (bracketed);
  g_auto (LlMailbox) again = { 0 };
  g_auto (LlMailbox) bare = { 0 };

  g_assert_true (g_utf8_validate (mailbox->written, -1, NULL));
  g_assert_cmpuint (strlen (mailbox->local), <=, LL_LOCAL_PART_MAX);
  g_assert_true (ll_address_take_path (&scan, &again, NULL) && ll_scan_at_end (&scan));
  g_assert_cmpstr (again.local, ==, mailbox->local);
  g_assert_cmpstr (again.domain, ==, mailbox->domain);
  if (mailbox->local[0] == '\0')
    return;
  g_assert_true (g_str_has_prefix (mailbox->written, mailbox->local));
  g_assert_true (mailbox->written[strlen (mailbox->local)] == '@');
  g_assert_true (ll_address_parse_mailbox (mailbox->written, &bare, NULL));
  g_assert_cmpstr (bare.domain, ==, mailbox->domain);
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
    check_path (&mailbox);
  return 0;
}
