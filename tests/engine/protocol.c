/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/protocol.h"

#include "base/error.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static GVariant *
text (const char *value)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "text", "s", value);
  return g_variant_dict_end (&dict);
}

static void
test_round (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (LlEngineMessage) message = { 0 };
  int pair[2], pipe_fds[2];
  const char *got;
  char byte = 'x';

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), ==, 0);
  g_assert_cmpint (pipe (pipe_fds), ==, 0);
  g_assert_true (ll_engine_send (pair[0], "list", text ("hello"), &pipe_fds[1], 1, &error));
  g_assert_true (ll_engine_receive (pair[1], &message, &error));
  g_assert_cmpstr (message.verb, ==, "list");
  g_assert_true (g_variant_lookup (message.arguments, "text", "&s", &got));
  g_assert_cmpstr (got, ==, "hello");
  g_assert_cmpuint (message.n_fds, ==, 1);
  g_assert_cmpint (write (message.fds[0], &byte, 1), ==, 1);
  g_assert_cmpint (read (pipe_fds[0], &byte, 1), ==, 1);
  close (pair[0]);
  ll_engine_message_clear (&message);
  g_assert_false (ll_engine_receive (pair[1], &message, &error));
  g_assert_no_error (error);
  close (pair[1]);
  close (pipe_fds[0]);
  close (pipe_fds[1]);
}

static void
test_bounds (void)
{
  g_autofree char *long_text = g_strnfill (LL_ENGINE_MESSAGE_MAX, 'a');
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) arguments = NULL;
  g_autofree char *verb = NULL;

  g_assert_null (ll_engine_format ("list", text (long_text)));
  g_assert_false (ll_engine_parse ("nonsense", 8, &verb, &arguments, &error));
  g_assert_error (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED);
}

static void
test_words (void)
{
  for (int code = LL_ENGINE_ERROR_MISSING; code <= LL_ENGINE_ERROR_FAILED; code++)
    g_assert_cmpint (ll_engine_error_from_word (ll_engine_error_word (code)), ==, code);
  g_assert_cmpint (ll_engine_error_from_word ("else"), ==, LL_ENGINE_ERROR_FAILED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/protocol/round", test_round);
  g_test_add_func ("/engine/protocol/bounds", test_bounds);
  g_test_add_func ("/engine/protocol/words", test_words);
  return g_test_run ();
}
