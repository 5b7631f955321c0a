/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/oauth-answer.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* What of it may stand in a command, a form or a sentence. */
static void
assert_token (const LlSecret *token)
{
  const char *text = token != NULL ? ll_secret_peek (token) : "x";

  g_assert_cmpuint (strlen (text), >, 0);
  for (const char *at = text; *at != '\0'; at++)
    g_assert_true (g_ascii_isgraph (*at));
}

static void
assert_line (const char *text)
{
  g_assert_true (text == NULL || strpbrk (text, "\r\n\033\001") == NULL);
}

/* The token server's answer, the browser's request, the mail server's challenge: of strangers. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  const char *bytes = (const char *) data;
  g_autoptr (LlOauthAnswer) answer = ll_oauth_answer_parse (bytes, size);
  g_autoptr (LlOauthRedirect) redirect = ll_oauth_redirect_parse (bytes, size);
  g_autofree char *text = g_strndup (bytes, size);
  g_autofree char *status = ll_oauth_challenge_status (text);

  assert_line (status);
  if (answer != NULL)
    {
      assert_token (answer->access);
      assert_token (answer->refresh);
      assert_token (answer->device_code);
      assert_line (answer->error);
      assert_line (answer->description);
      assert_line (answer->user_code);
      g_assert_true (answer->verification == NULL
                     || g_str_has_prefix (answer->verification, "https://"));
    }
  if (redirect != NULL)
    {
      assert_line (redirect->state);
      assert_line (redirect->error);
      assert_line (redirect->code != NULL ? ll_secret_peek (redirect->code) : NULL);
    }
  return 0;
}
