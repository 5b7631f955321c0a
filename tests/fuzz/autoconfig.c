/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/autoconfig.h"

#include "base/limits.h"
#include "wire/address.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* Whatever somebody's web server says: what comes out can be written into an account. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GPtrArray) servers
      = ll_autoconfig_parse (text, strlen (text), "anna@home.example", NULL);

  for (guint i = 0; servers != NULL && i < servers->len; i++)
    {
      const LlSubmission *server = g_ptr_array_index (servers, i);
      g_autofree char *again = ll_address_domain_ascii (server->host);

      g_assert_cmpstr (again, ==, server->host);
      g_assert_cmpuint (server->port, >, 0);
      g_assert_cmpuint (server->port, <=, G_MAXUINT16);
      g_assert_nonnull (server->auth);
      g_assert_true (server->username == NULL || g_utf8_validate (server->username, -1, NULL));
    }
  g_assert_true (servers == NULL || servers->len <= LL_SUBMISSIONS_MAX);
  return 0;
}
