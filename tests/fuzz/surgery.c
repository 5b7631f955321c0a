/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/surgery.h"

#include "message/edits.h"
#include "message/headers.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* As a letter lies in the spool: neither CR nor LF alone, no NUL, and an end. (transfer full) */
static GString *
spooled (const guint8 *data, gsize size)
{
  GString *letter = g_string_sized_new (size + 2);

  for (gsize i = 0; i < size; i++)
    if (data[i] == '\n')
      g_string_append (letter, "\r\n");
    else if (data[i] != '\r' && data[i] != '\0')
      g_string_append_c (letter, (char) data[i]);
  if (!g_str_has_suffix (letter->str, "\r\n"))
    g_string_append (letter, "\r\n");
  return letter;
}

/* The field that a line begins with, in lower case; "" for a fold or a line that is none. */
static char *
name_of (const char *line)
{
  gssize length = ll_field_name_length (line, strlen (line));

  return length > 0 ? g_ascii_strdown (line, length) : g_strdup ("");
}

static gboolean
never_leaves (const char *name)
{
  return strcmp (name, "bcc") == 0 || strcmp (name, "resent-bcc") == 0;
}

/* Nothing of the inside gets out: no second header, no blind recipient, no subject. */
static void
check_outer (const char *outer, gboolean hidden)
{
  g_auto (GStrv) lines = g_strsplit (outer, "\r\n", -1);
  guint versions = 0;
  gboolean folded_away = FALSE;

  g_assert_true (g_str_has_suffix (outer, "\r\n"));
  g_assert_null (strstr (outer, "\r\n\r\n"));
  for (guint i = 0; lines[i + 1] != NULL; i++)
    {
      g_autofree char *name = name_of (lines[i]);

      if (lines[i][0] == ' ' || lines[i][0] == '\t')
        {
          g_assert_true (i > 0 && !folded_away);
          continue;
        }
      g_assert_cmpstr (name, !=, "");
      g_assert_false (never_leaves (name));
      g_assert_false (g_str_has_prefix (name, "content-"));
      folded_away = hidden && strcmp (name, "subject") == 0;
      if (folded_away)
        g_assert_cmpstr (lines[i] + strlen ("Subject"), ==, ": [...]");
      versions += strcmp (name, "mime-version") == 0;
    }
  g_assert_cmpuint (versions, >, 0);
}

/* The inside is cut where the letter was, and its body is the letter's. */
static void
check_inner (const GString *inside, const char *body, gsize length)
{
  g_autoptr (LlHeaders) headers = ll_headers_new ();
  gsize taken = ll_headers_feed (headers, inside->str, inside->len);
  g_auto (GStrv) lines = g_strsplit (inside->str, "\r\n", -1);

  ll_headers_finish (headers);
  taken = (gsize) ll_headers_length (headers);
  g_assert_cmpmem (inside->str + taken, inside->len - taken, body, length);
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      g_autofree char *name = name_of (lines[i]);

      g_assert_false (never_leaves (name));
    }
}

/* The first octet says how; the rest is a letter. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static const char *const tags[] = { "encrypt", NULL };
  g_autoptr (GString) letter = size > 0 ? spooled (data + 1, size - 1) : NULL;
  g_autoptr (LlMessageFacts) facts
      = letter != NULL ? ll_message_inspect (letter->str, letter->len, tags, NULL) : NULL;
  LlSurgeryOptions options = { 0 };
  g_autoptr (LlSurgery) surgery = NULL;
  g_autoptr (LlEdits) edits = NULL;
  g_autoptr (GString) inside = g_string_new (NULL);
  gsize head;

  if (facts == NULL)
    return 0;
  head = (gsize) facts->header_length;
  options.protection = (LlHeaderProtection) (data[0] % 3);
  options.subject = (data[0] & 0x10) != 0 ? "[...]" : NULL;
  surgery = ll_surgery_new (letter->str, head, facts->edits, &options, NULL);
  if (surgery == NULL)
    return 0;
  edits = ll_edits_new (surgery->inner, NULL);
  g_assert_nonnull (edits);
  for (gsize i = 0, step = 1; i < letter->len; i += step, step = 1 + i % 61)
    ll_edits_push (edits, letter->str + i, MIN (step, letter->len - i), inside);
  g_string_append (inside, surgery->tail);
  check_outer (surgery->outer, options.subject != NULL);
  check_inner (inside, letter->str + head, letter->len - head);
  return 0;
}
