/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "../listen/recorder.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/*
 * A whole conversation. The first byte sets options, the second how the rest is cut; it
 * is held twice, whole and cut, and must come to the same. The handshake behind STARTTLS
 * happens when the cut ends just there, else the rest counts as injected.
 */

typedef struct
{
  Recorder *recorder;
  LlSession *session;
  GString *out;
  LlSessionNext next;
} Talk;

static void
talk_start (Talk *talk, uint8_t flags)
{
  LlSessionOptions options = {
    .tls = flags & 1,
    .tls_available = (flags & 2) != 0,
    .auth_required = (flags & 4) != 0,
    .auth_needs_tls = (flags & 8) != 0,
    .requiretls = (flags & 16) != 0,
    .bare_lf_refused = (flags & 32) != 0,
    .size = flags & 64 ? 50 : 0,
    .host = "localhost",
  };

  talk->recorder = recorder_new ();
  talk->session = ll_session_new (&options, &recorder_handler, talk->recorder);
  talk->out = g_string_new (NULL);
  ll_session_greet (talk->session, FALSE, talk->out);
}

/* Every reply is whole lines of "NNN " or "NNN-", none too long. */
static void
check_replies (const GString *out)
{
  g_auto (GStrv) lines = g_strsplit (out->str, "\r\n", -1);

  g_assert_cmpuint (strlen (out->str), ==, out->len);
  for (guint i = 0; lines[i + 1] != NULL; i++)
    {
      g_assert_true (g_ascii_isdigit (lines[i][0]) && g_ascii_isdigit (lines[i][1])
                     && g_ascii_isdigit (lines[i][2])
                     && (lines[i][3] == ' ' || lines[i][3] == '-'));
      g_assert_null (strpbrk (lines[i], "\r\n"));
      g_assert_cmpuint (strlen (lines[i]), <=, 510);
    }
  g_assert_true (g_str_has_suffix (out->str, "\r\n"));
}

/* What came out of it can be sent on without being taken for a command. */
static void
check_letters (const Recorder *recorder)
{
  const GString *letters = recorder->letters;

  g_assert_null (memchr (letters->str, '\0', letters->len));
  for (gsize i = 0; i < letters->len; i++)
    {
      if (letters->str[i] == '\r')
        g_assert_true (letters->str[i + 1] == '\n');
      if (letters->str[i] == '\n')
        g_assert_true (i > 0 && letters->str[i - 1] == '\r');
    }
}

static void
talk_end (Talk *talk)
{
  g_clear_pointer (&talk->session, ll_session_free);
  check_replies (talk->out);
  check_letters (talk->recorder);
}

static void
talk_clear (Talk *talk)
{
  g_string_free (talk->out, TRUE);
  recorder_free (talk->recorder);
}

static void
talk_feed (Talk *talk, const char *bytes, gsize length)
{
  gsize before = talk->out->len;
  gboolean in_handshake = talk->next == LL_SESSION_STARTTLS;
  gsize asked = talk->recorder->events->len;

  talk->next = ll_session_feed (talk->session, bytes, length, talk->out);
  if (talk->out->len > before)
    ll_session_outrun (talk->session); /* both cuts take the client for one that never waits */
  /* RFC 3207 4.2: whatever it is, it came in clear */
  g_assert_true (!in_handshake || talk->next == LL_SESSION_CLOSE);
  g_assert_true (!in_handshake || talk->recorder->events->len == asked);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *bytes = (const char *) data + 2;
  Talk whole = { 0 };
  Talk cut = { 0 };
  gsize step;

  if (size < 2)
    return 0;
  step = data[1] % 23 + 1;
  size -= 2;
  talk_start (&whole, data[0]);
  talk_start (&cut, data[0]);
  if (data[1] & 128)
    {
      /* TLS right behind the first STARTTLS, in both */
      const char *found = g_strstr_len (bytes, (gssize) size, "STARTTLS\r\n");
      gsize first = found ? (gsize) (found - bytes) + strlen ("STARTTLS\r\n") : 0;

      for (guint i = 0; i < 2 && first > 0; i++)
        {
          Talk *talk = i == 0 ? &whole : &cut;

          talk_feed (talk, bytes, first);
          if (talk->next == LL_SESSION_STARTTLS)
            {
              ll_session_secured (talk->session);
              talk->next = LL_SESSION_READ;
            }
        }
      bytes += first;
      size -= first;
    }
  if (size > 0)
    talk_feed (&whole, bytes, size);
  for (gsize at = 0; at < size; at += step)
    talk_feed (&cut, bytes + at, MIN (step, size - at));
  talk_end (&whole);
  talk_end (&cut);
  g_assert_cmpstr (whole.out->str, ==, cut.out->str);
  g_assert_cmpstr (whole.recorder->events->str, ==, cut.recorder->events->str);
  g_assert_true (g_string_equal (whole.recorder->letters, cut.recorder->letters));
  talk_clear (&whole);
  talk_clear (&cut);
  return 0;
}
