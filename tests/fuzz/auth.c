/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "listen/auth.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* What we made ourselves comes out again. */
static void
check_plain (const LlAuth *auth)
{
  gsize name = strlen (auth->login), length = ll_secret_length (auth->password);
  g_autoptr (GByteArray) message = g_byte_array_new ();
  g_autofree char *encoded = NULL;
  g_autofree char *line = NULL;
  g_auto (LlAuth) again = { 0 };
  g_auto (LlReply) reply = { 0 };

  g_byte_array_append (message, (const guint8 *) "", 1);
  g_byte_array_append (message, (const guint8 *) auth->login, (guint) name + 1);
  g_byte_array_append (message, (const guint8 *) ll_secret_peek (auth->password), (guint) length);
  encoded = g_base64_encode (message->data, message->len);
  line = g_strconcat ("plain ", encoded, NULL);
  g_assert_cmpint (ll_auth_start (&again, ll_scan_string (line), &reply), ==, LL_AUTH_DONE);
  g_assert_cmpstr (again.login, ==, auth->login);
  g_assert_true (ll_secret_equal (again.password, ll_secret_peek (auth->password), length));
}

/* An AUTH command, then the lines that answer it, until the exchange is over. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_auto (LlAuth) auth = { 0 };
  LlAuthNext next = LL_AUTH_ASK;

  for (guint i = 0; lines[i] != NULL && next == LL_AUTH_ASK; i++)
    {
      g_auto (LlReply) reply = { 0 };
      LlScan line = ll_scan_string (lines[i]);

      next = i == 0 ? ll_auth_start (&auth, line, &reply) : ll_auth_answer (&auth, line, &reply);
      g_assert_true ((next == LL_AUTH_ASK) == (reply.code == 334));
      g_assert_true ((next == LL_AUTH_REFUSED) == (reply.code >= 500));
      g_assert_true (next == LL_AUTH_DONE || reply.text != NULL);
    }
  if (next != LL_AUTH_DONE)
    return 0;
  g_assert_true (auth.login[0] != '\0' && g_utf8_validate (auth.login, -1, NULL));
  g_assert_null (memchr (ll_secret_peek (auth.password), '\0', ll_secret_length (auth.password)));
  check_plain (&auth);
  return 0;
}
