/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "listen/session.h"

#include "base/scan.h"
#include "recorder.h"

#include <stdio.h>
#include <stdlib.h>

/*
 * Replays the chats of tests/chats (their form: README.md there) against the real
 * session: once flight by flight, then in pieces of 1, 2, 3 and 7 bytes. Replies and
 * what the handler was asked must be the same each time, to the byte.
 *
 * LL_CHAT_SHOW=1 prints what the session said, for writing new ones.
 */

typedef struct
{
  LlSessionOptions options;
  LlSession *session;
  LlSessionNext next;
  Recorder *recorder;
  GString *flight;   /* what the client has said since the last reply */
  GString *expected; /* of the server, since the client last spoke */
  GString *got;
  GString *events;
  gsize step; /* 0: whole flights */
  gboolean show;
  const char *name;
  guint line;
} Replay;

/* -- escapes ---------------------------------------------------------------------- */

static guint64 repetition; /* of the line that is being read: \# stands for it */

static void unescape (LlScan *scan, GString *out, gboolean inner);

/* \{1000:text} */
static void
unescape_repeat (LlScan *scan, GString *out)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint64 times = 0;

  g_assert_true (ll_scan_number (scan, 1000000, &times));
  g_assert_true (ll_scan_byte (scan, ':'));
  unescape (scan, text, TRUE);
  g_assert_true (ll_scan_byte (scan, '}'));
  for (guint64 i = 0; i < times; i++)
    g_string_append_len (out, text->str, (gssize) text->len);
}

static void
unescape_one (LlScan *scan, GString *out)
{
  if (ll_scan_byte (scan, 'r'))
    g_string_append_c (out, '\r');
  else if (ll_scan_byte (scan, 'n'))
    g_string_append_c (out, '\n');
  else if (ll_scan_byte (scan, '0'))
    g_string_append_c (out, '\0');
  else if (ll_scan_byte (scan, 't'))
    g_string_append_c (out, '\t');
  else if (ll_scan_byte (scan, '\\'))
    g_string_append_c (out, '\\');
  else if (ll_scan_byte (scan, '#'))
    g_string_append_printf (out, "%" G_GUINT64_FORMAT, repetition);
  else if (ll_scan_byte (scan, '{'))
    unescape_repeat (scan, out);
  else
    {
      g_assert_true (ll_scan_byte (scan, 'x') && ll_scan_length (scan) >= 2);
      g_string_append_c (out, (char) (g_ascii_xdigit_value (scan->at[0]) * 16
                                      + g_ascii_xdigit_value (scan->at[1])));
      scan->at += 2;
    }
}

static void
unescape (LlScan *scan, GString *out, gboolean inner)
{
  while (!ll_scan_at_end (scan) && !(inner && *scan->at == '}'))
    {
      if (ll_scan_byte (scan, '\\'))
        unescape_one (scan, out);
      else
        g_string_append_c (out, *scan->at++);
    }
}

/* -- replay ------------------------------------------------------------------------- */

static void
set_option (Replay *replay, const char *word)
{
  LlScan scan = ll_scan_string (word);

  if (strcmp (word, "tls") == 0)
    replay->options.tls = TRUE;
  else if (strcmp (word, "no-starttls") == 0)
    replay->options.tls_available = FALSE;
  else if (strcmp (word, "auth-optional") == 0)
    replay->options.auth_required = FALSE;
  else if (strcmp (word, "auth-needs-tls") == 0)
    replay->options.auth_needs_tls = TRUE;
  else if (strcmp (word, "requiretls") == 0)
    replay->options.requiretls = TRUE;
  else if (strcmp (word, "bare-lf-refused") == 0)
    replay->options.bare_lf_refused = TRUE;
  else if (!ll_scan_literal (&scan, "size=")
           || !ll_scan_number (&scan, G_MAXUINT64, &replay->options.size))
    g_error ("%s: unknown option %s", replay->name, word);
}

static void
set_options (Replay *replay, const char *words)
{
  g_auto (GStrv) each = g_strsplit (words, " ", -1);

  for (guint i = 0; each[i] != NULL; i++)
    set_option (replay, each[i]);
}

static void
start (Replay *replay)
{
  if (replay->session != NULL)
    return;
  replay->session = ll_session_new (&replay->options, &recorder_handler, replay->recorder);
  ll_session_greet (replay->session, FALSE, replay->got);
}

static void
feed (Replay *replay)
{
  gsize step = replay->step ? replay->step : replay->flight->len;

  for (gsize at = 0; at < replay->flight->len; at += step)
    {
      gsize before = replay->got->len;

      replay->next = ll_session_feed (replay->session, replay->flight->str + at,
                                      MIN (step, replay->flight->len - at), replay->got);
      /* as the listener does when a reply is to be written and more has been said already */
      if (replay->got->len > before && at + step < replay->flight->len)
        ll_session_outrun (replay->session);
    }
  g_string_truncate (replay->flight, 0);
}

static void
compare (Replay *replay, const char *what, const GString *got, const GString *expected)
{
  g_autofree char *left = NULL;
  g_autofree char *right = NULL;

  if (g_string_equal (got, expected))
    return;
  left = g_strescape (got->str, "");
  right = g_strescape (expected->str, "");
  g_error ("%s:%u, in steps of %" G_GSIZE_FORMAT ", %s\n     got %s\nexpected %s", replay->name,
           replay->line, replay->step, what, left, right);
}

/* The client is about to speak, or the chat ends: what was said must be what was expected. */
static void
settle (Replay *replay)
{
  start (replay);
  feed (replay);
  if (replay->show)
    {
      g_auto (GStrv) lines = g_strsplit (replay->got->str, "\r\n", -1);

      for (guint i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++)
        printf ("S: %s\n", lines[i]);
    }
  else
    compare (replay, "reply", replay->got, replay->expected);
  g_string_truncate (replay->got, 0);
  g_string_truncate (replay->expected, 0);
}

static void
check_next (Replay *replay, const char *word)
{
  static const char *const words[] = {
    [LL_SESSION_READ] = "read", [LL_SESSION_STARTTLS] = "starttls", [LL_SESSION_CLOSE] = "close"
  };

  settle (replay);
  if (strcmp (words[replay->next], word) != 0)
    g_error ("%s:%u: wants to %s, not %s", replay->name, replay->line, words[replay->next], word);
}

/* "C: text", "C*3: text", "C- text": @out gets the text, n times */
static void
read_text (const char *line, GString *out)
{
  LlScan scan = ll_scan_string (line);
  guint64 times = 1;
  gboolean raw;

  scan.at++;
  if (ll_scan_byte (&scan, '*'))
    g_assert_true (ll_scan_number (&scan, 1000000, &times));
  raw = ll_scan_byte (&scan, '-');
  g_assert_true (raw || ll_scan_byte (&scan, ':'));
  (void) ll_scan_byte (&scan, ' ');
  for (repetition = 1; repetition <= times; repetition++)
    {
      LlScan again = scan;

      unescape (&again, out, FALSE);
      if (!raw)
        g_string_append (out, line[0] == 'E' ? "\n" : "\r\n");
    }
}

static void
replay_line (Replay *replay, const char *line)
{
  gboolean server_spoke = replay->expected->len > 0 || replay->session == NULL;

  switch (line[0])
    {
    case '\0':
      if (replay->show && replay->flight->len > 0)
        settle (replay);
      return;
    case '#':
      return;
    case 'O':
      set_options (replay, line + 3);
      return;
    case 'C':
      if (server_spoke)
        settle (replay);
      if (replay->show)
        printf ("%s\n", line);
      read_text (line, replay->flight);
      return;
    case 'S':
      read_text (line, replay->expected);
      return;
    case 'E':
      read_text (line, replay->events);
      return;
    case 'T': /* TLS */
      check_next (replay, "starttls");
      ll_session_secured (replay->session);
      replay->next = LL_SESSION_READ;
      return;
    case 'D': /* DONE: a clean TLS close */
      settle (replay);
      ll_session_ended (replay->session);
      return;
    case 'X':
      check_next (replay, line + 3);
      return;
    default:
      g_error ("%s:%u: unknown line", replay->name, replay->line);
    }
}

static void
replay_chat (const char *name, const char *text, gsize step)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  Replay replay = {
    .options
    = { .tls_available = TRUE, .auth_required = TRUE, .size = 10000000, .host = "localhost" },
    .recorder = recorder_new (),
    .flight = g_string_new (NULL),
    .expected = g_string_new (NULL),
    .got = g_string_new (NULL),
    .events = g_string_new (NULL),
    .step = step,
    .name = name,
    .show = g_getenv ("LL_CHAT_SHOW") != NULL,
  };

  for (guint i = 0; lines[i] != NULL; i++)
    {
      replay.line = i + 1;
      replay_line (&replay, lines[i]);
    }
  settle (&replay);
  ll_session_free (replay.session);
  if (replay.show)
    printf ("%s\n", replay.recorder->events->str);
  else
    compare (&replay, "events", replay.recorder->events, replay.events);
  recorder_free (replay.recorder);
  g_string_free (replay.flight, TRUE);
  g_string_free (replay.expected, TRUE);
  g_string_free (replay.got, TRUE);
  g_string_free (replay.events, TRUE);
}

static void
test_chat (gconstpointer data)
{
  static const gsize steps[] = { 0, 1, 2, 3, 7 };
  const char *name = data;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "chats", name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      replay_chat (name, text, steps[i]);
      if (g_getenv ("LL_CHAT_SHOW") != NULL)
        return;
    }
}

/* -- what a chat cannot show -------------------------------------------------------------- */

static const LlSessionOptions plain_options = { .host = "localhost" };

static void
test_busy (void)
{
  g_autoptr (LlSession) session = ll_session_new (&plain_options, &recorder_handler, NULL);
  g_autoptr (GString) out = g_string_new (NULL);

  ll_session_greet (session, TRUE, out);
  g_assert_true (g_str_has_prefix (out->str, "421 4.3.2 "));
  g_assert_cmpint (ll_session_feed (session, "EHLO x\r\n", 8, out), ==, LL_SESSION_CLOSE);
}

static void
test_abort (void)
{
  Recorder *recorder = recorder_new ();
  g_autoptr (LlSession) session = ll_session_new (&plain_options, &recorder_handler, recorder);
  g_autoptr (GString) out = g_string_new (NULL);
  const char *bytes = "EHLO x\r\nMAIL FROM:<a@example.com>\r\n";

  ll_session_feed (session, bytes, strlen (bytes), out);
  g_assert_true (ll_session_in_transaction (session));
  g_string_truncate (out, 0);
  ll_session_abort (session, "Too slow", out);
  g_assert_cmpstr (out->str, ==, "421 4.4.2 Too slow\r\n");
  g_assert_false (ll_session_in_transaction (session));
  ll_session_abort (session, "Twice", out);
  g_assert_cmpstr (out->str, ==, "421 4.4.2 Too slow\r\n");
  g_assert_cmpstr (recorder->events->str, ==, "mail <a@example.com>\nreset\n");
  g_clear_pointer (&session, ll_session_free);
  recorder_free (recorder);
}

static gboolean
is_ours (gpointer answer)
{
  return *(gboolean *) answer;
}

/* Promise 9: a socket that changed hands between connect and MAIL. */
static void
test_owner_changed (void)
{
  for (gboolean ours = FALSE; ours <= TRUE; ours++)
    {
      Recorder *recorder = recorder_new ();
      LlSessionOptions options = { .host = "localhost", .still_ours = is_ours, .peer = &ours };
      g_autoptr (LlSession) session = ll_session_new (&options, &recorder_handler, recorder);
      g_autoptr (GString) out = g_string_new (NULL);
      const char *bytes = "HELO x\r\nMAIL FROM:<a@example.com>\r\n";

      g_assert_cmpint (ll_session_feed (session, bytes, strlen (bytes), out), ==,
                       ours ? LL_SESSION_READ : LL_SESSION_CLOSE);
      g_assert_cmpint (strstr (out->str, "\r\n421 4.7.0 ") != NULL, ==, !ours);
      g_assert_cmpint (recorder->events->len > 0, ==, ours);
      g_clear_pointer (&session, ll_session_free);
      recorder_free (recorder);
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GDir) dir = NULL;
  g_autofree char *folder = NULL;
  const char *name;

  g_test_init (&argc, &argv, NULL);
  folder = g_test_build_filename (G_TEST_DIST, "chats", NULL);
  dir = g_dir_open (folder, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".chat"))
      {
        g_autofree char *path = g_strconcat ("/session/chat/", name, NULL);

        g_test_add_data_func_full (path, g_strdup (name), test_chat, g_free);
      }
  g_test_add_func ("/session/busy", test_busy);
  g_test_add_func ("/session/abort", test_abort);
  g_test_add_func ("/session/owner-changed", test_owner_changed);
  return g_test_run ();
}
