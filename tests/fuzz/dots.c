/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/dots.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Undots @bytes in steps; returns how many were taken. */
static gsize
undot (LlUndot *state, const char *bytes, gsize size, gsize step, GString *content, gboolean *ended)
{
  gsize taken = 0;

  *ended = FALSE;
  while (taken < size && !*ended)
    {
      gsize n = MIN (step, size - taken);
      gsize got = ll_undot_feed (state, bytes + taken, n, content, ended);

      g_assert_true (got == n || *ended);
      taken += got;
    }
  return taken;
}

/* Sent on, the content ends where it ended here, and is what it was (promise 5, no smuggling). */
static void
check_round_trip (const GString *content)
{
  g_autoptr (GString) wire = g_string_new (NULL);
  g_autoptr (GString) back = g_string_new (NULL);
  LlStuff stuff = LL_STUFF_INIT;
  LlUndot state;
  gboolean ended;

  ll_stuff_feed (&stuff, content->str, content->len / 2, wire);
  ll_stuff_feed (&stuff, content->str + content->len / 2, content->len - content->len / 2, wire);
  ll_stuff_finish (&stuff, wire);
  ll_undot_init (&state, TRUE, TRUE);
  g_assert_cmpuint (undot (&state, wire->str, wire->len, wire->len, back, &ended), ==, wire->len);
  g_assert_true (ended);
  g_assert_null (state.fault);
  g_assert_true (g_string_equal (back, content));
}

/* The end is the first CRLF.CRLF (DATA's own CRLF counts), and nothing else is. */
static void
check_end (const char *bytes, gsize size, gsize taken, gboolean ended)
{
  g_autoptr (GString) wire = g_string_new ("\r\n");
  const char *found;

  g_string_append_len (wire, bytes, (gssize) size);
  found = memmem (wire->str, wire->len, "\r\n.\r\n", 5);
  g_assert_true ((found != NULL) == ended);
  if (ended)
    g_assert_cmpuint (taken, ==, (gsize) (found - wire->str) + 5 - 2);
}

/* The same, byte by byte and without states: what @bytes up to the end mean, or NULL: a fault. */
static GString *
read_plainly (const char *bytes, gsize length, gboolean dotted, gboolean refused)
{
  g_autoptr (GString) content = g_string_new (NULL);
  gboolean at_start = TRUE;

  for (gsize i = 0; i < length; i++)
    {
      gboolean pair = bytes[i] == '\r' && i + 1 < length && bytes[i + 1] == '\n';

      if (bytes[i] == '\0' || (bytes[i] == '\r' && !pair) || (bytes[i] == '\n' && refused))
        return NULL;
      if (at_start && dotted && bytes[i] == '.')
        at_start = FALSE;
      else if (pair || bytes[i] == '\n')
        {
          g_string_append (content, "\r\n");
          at_start = pair; /* a dot behind LF alone is a dot */
          i += pair ? 1 : 0;
        }
      else
        {
          g_string_append_c (content, bytes[i]);
          at_start = FALSE;
        }
    }
  if (content->len > 0 && !g_str_has_suffix (content->str, "\r\n"))
    g_string_append (content, "\r\n");
  return g_steal_pointer (&content);
}

/* A chunk is as long as it said, however it comes. */
static void
check_chunk (guint64 length, gsize size, gsize step)
{
  LlChunk chunk = { .left = length };
  guint64 taken = 0;

  for (gsize at = 0; at < size; at += step)
    taken += ll_chunk_take (&chunk, MIN (step, size - at));
  g_assert_cmpuint (taken, ==, MIN (length, size));
  g_assert_cmpuint (chunk.left, ==, length - taken);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *bytes = (const char *) data + 2;
  g_autoptr (GString) meaning = NULL;
  g_autoptr (GString) whole = g_string_new (NULL);
  g_autoptr (GString) pieces = g_string_new (NULL);
  LlUndot one, other;
  gboolean ended, ended_too, dotted, refused;
  gsize taken;

  if (size < 2)
    return 0;
  dotted = data[0] & 1;
  refused = (data[0] & 2) != 0;
  size -= 2;
  ll_undot_init (&one, dotted, refused);
  ll_undot_init (&other, dotted, refused);
  taken = undot (&one, bytes, size, MAX (size, 1), whole, &ended);
  g_assert_cmpuint (taken, ==, undot (&other, bytes, size, data[1] % 9 + 1, pieces, &ended_too));
  if (dotted)
    check_end (bytes, size, taken, ended);
  g_assert_true (ended == ended_too && (dotted || !ended));
  if (!dotted)
    {
      ll_undot_finish (&one, whole);
      ll_undot_finish (&other, pieces);
    }
  g_assert_true (one.fault == other.fault && one.saw_bare_lf == other.saw_bare_lf);
  check_chunk (data[0] >> 2, size, data[1] % 9 + 1);
  if (dotted && !ended)
    return 0;
  meaning = read_plainly (bytes, taken - (dotted ? strlen (".\r\n") : 0), dotted, refused);
  g_assert_true ((meaning == NULL) == (one.fault != NULL));
  if (meaning == NULL)
    return 0;
  g_assert_true (g_string_equal (whole, pieces) && g_string_equal (whole, meaning));
  g_assert_true (whole->len == 0 || g_str_has_suffix (whole->str, "\r\n"));
  check_round_trip (whole);
  return 0;
}
