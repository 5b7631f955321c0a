/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/headers.h"
#include "message/parse.h"

#include <glib/gstdio.h>
#include <string.h>

/*
 * Every odd letter of tests/support/corpus.py: looked at without fail, whatever the pieces it
 * comes in; edits take exactly what they name, and all other bytes stay.
 */

static const char *const tags[] = { "encrypt", "tls", "pickup", "hold", NULL };

static LlMessageFacts *
inspect (GBytes *letter)
{
  gsize length;
  const char *bytes = g_bytes_get_data (letter, &length);
  g_autoptr (GError) error = NULL;
  LlMessageFacts *facts = ll_message_inspect (bytes, length, tags, &error);

  g_assert_no_error (error);
  return facts;
}

/* What an edit takes is one whole field of that name, or a tag and what is around it. */
static void
check_edit (const char *name, const char *bytes, gsize length, const LlEdit *edit)
{
  const char *at = bytes + edit->offset;
  gsize end = edit->offset + edit->length;

  if (g_str_equal (edit->what, LL_EDIT_TAG))
    {
      g_assert_cmpuint (edit->length, <, 2000);
      return;
    }
  g_assert_cmpstr (edit->replacement, ==, "");
  g_assert_true (edit->offset == 0 || at[-1] == '\n');
  g_assert_true (bytes[end - 1] == '\n' || end == length);
  g_assert_true (end == length || !strchr (" \t", bytes[end]) || bytes[end] == '\0');
  if (g_str_equal (edit->what, LL_EDIT_BCC))
    g_assert_cmpint (g_ascii_strncasecmp (at, "bcc", 3), ==, 0);
  else if (g_str_equal (edit->what, LL_EDIT_RESENT_BCC))
    g_assert_cmpint (g_ascii_strncasecmp (at, "resent-bcc", 10), ==, 0);
  else
    g_assert_cmpint (g_ascii_strncasecmp (at, "letterlock-mode", 15), ==, 0);
  g_test_message ("%s: %s", name, edit->what);
}

static GBytes *
edited (const char *name, GBytes *letter, const GPtrArray *edits)
{
  gsize length;
  const char *bytes = g_bytes_get_data (letter, &length);
  GByteArray *out = g_byte_array_new ();
  gsize at = 0;

  for (guint i = 0; i < edits->len; i++)
    {
      const LlEdit *edit = g_ptr_array_index (edits, i);

      g_assert_cmpuint (edit->offset, >=, at);
      g_assert_cmpuint (edit->offset + edit->length, <=, length);
      check_edit (name, bytes, length, edit);
      g_byte_array_append (out, (const guint8 *) bytes + at, (guint) (edit->offset - at));
      g_byte_array_append (out, (const guint8 *) edit->replacement,
                           (guint) strlen (edit->replacement));
      at = edit->offset + edit->length;
    }
  if (length > at)
    g_byte_array_append (out, (const guint8 *) bytes + at, (guint) (length - at));
  return g_byte_array_free_to_bytes (out);
}

static gboolean
contains (GBytes *bytes, const char *what)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  return length > 0 && memmem (data, length, what, strlen (what)) != NULL;
}

static void
check_letter (const char *name, GBytes *letter)
{
  g_autoptr (LlMessageFacts) facts = inspect (letter);
  g_autoptr (GBytes) out = edited (name, letter, facts->edits);
  g_autoptr (LlMessageFacts) again = inspect (out);
  g_autoptr (GVariant) variant = g_variant_ref_sink (ll_message_facts_to_variant (facts));

  g_assert_cmpuint (facts->size, ==, g_bytes_get_size (letter));
  g_assert_cmpuint (facts->header_length, <=, facts->size);
  g_assert_true (g_variant_is_normal_form (variant));
  /* once edited, there is nothing more to take away */
  g_assert_cmpuint (again->edits->len, ==, 0);
  g_assert_cmpstr (again->subject, ==, facts->subject);
  g_assert_cmpint (again->kind, ==, facts->kind);
  g_assert_cmpint (again->protection, ==, facts->protection);
  g_assert_cmpint (facts->protection, ==, LL_PROTECTION_NONE);
  /* the control: the corpus does hold what must go, and only there */
  g_assert_false (contains (out, "hidden@secret.example"));
  if (facts->edits->len == 0)
    g_assert_true (g_bytes_equal (letter, out));
}

static void
test_corpus (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ll-corpus-XXXXXX", NULL);
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "support", "corpus.py", NULL);
  const char *argv[] = { "/usr/bin/python3", "-B", script, folder, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) entries = NULL;
  const char *name;
  guint n = 0, changed = 0, hidden = 0;
  int status;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  entries = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (entries)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (GBytes) letter = NULL;
      g_autoptr (LlMessageFacts) facts = NULL;
      char *bytes;
      gsize length;

      g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
      letter = g_bytes_new_take (bytes, length);
      g_test_message ("%s", name);
      check_letter (name, letter);
      facts = inspect (letter);
      changed += facts->edits->len > 0;
      hidden += contains (letter, "hidden@secret.example");
      n++;
      g_unlink (path);
    }
  g_rmdir (folder);
  g_assert_cmpuint (n, >=, 300);
  g_assert_cmpuint (changed, >=, 60);
  g_assert_cmpuint (hidden, >=, 30);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/corpus/all", test_corpus);
  return g_test_run ();
}
