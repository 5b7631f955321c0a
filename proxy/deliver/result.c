/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/result.h"

#include "base/error.h"

LlResult *
ll_result_new (LlOutcome outcome, const char *format, ...)
{
  LlResult *result = g_new0 (LlResult, 1);
  va_list arguments;

  result->outcome = outcome;
  va_start (arguments, format);
  result->text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return result;
}

LlResult *
ll_result_new_reply (LlOutcome outcome, const LlServerReply *reply)
{
  LlResult *result = g_new0 (LlResult, 1);

  result->outcome = outcome;
  result->code = reply->code;
  g_strlcpy (result->enhanced, reply->enhanced, sizeof result->enhanced);
  result->text = g_strdup (reply->text);
  return result;
}

LlResult *
ll_result_copy (const LlResult *result)
{
  LlResult *copy = g_memdup2 (result, sizeof *result);

  copy->text = g_strdup (result->text);
  return copy;
}

LlResult *
ll_result_new_error (LlOutcome otherwise, const char *host, const GError *error)
{
  gboolean cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  return ll_result_new (cancelled ? LL_OUTCOME_CANCELLED : otherwise, "%s: %s", host,
                        error->message);
}

void
ll_result_clear (LlResult *result)
{
  g_clear_pointer (&result->text, g_free);
}

void
ll_result_move (LlResult *result, LlResult *to)
{
  ll_result_clear (to);
  *to = *result;
  g_free (result);
}

void
ll_result_free (LlResult *result)
{
  if (result == NULL)
    return;
  ll_result_clear (result);
  g_free (result);
}
