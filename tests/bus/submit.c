/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "fixture.h"

static int
pipe_with (const char *text)
{
  int ends[2];

  g_assert_cmpint (pipe (ends), ==, 0);
  g_assert_true (ll_file_write_all (ends[1], text, strlen (text), NULL));
  close (ends[1]);
  return ends[0];
}

static GVariant *
submission (const char *const *recipients, const char *options)
{
  return g_variant_new ("(s^as@a{sv}h)", "me@office.lab", recipients,
                        g_variant_new_parsed (options), 0);
}

static int
file_with (Fixture *f, const char *text)
{
  g_autofree char *path = g_build_filename (f->folder, "letter", NULL);
  int fd;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  g_assert_cmpint (fd, >=, 0);
  return fd;
}

static void
test_submit (Fixture *f, gconstpointer data)
{
  static const char *const both[] = { "ada@a.lab", "bob@b.lab", NULL };
  static const char letter[] = "Subject: hi\n\ngr\xc3\xbc\xc3\x9f\r\nend";
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) refused = NULL;
  g_autofree char *text = NULL;

  reply = call_fd (f, "Submit", submission (both, "@a{sv} {}"), file_with (f, letter), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (f->submitted->str, ==,
                   "MAIL me@office.lab 8bit\nRCPT ada@a.lab\nRCPT bob@b.lab\nDATA\n"
                   "Subject: hi\r\n\r\ngr\xc3\xbc\xc3\x9f\r\nend\r\nEND\nRECEIVED\n");
  text = g_variant_print (reply, FALSE);
  g_assert_nonnull (strstr (text, "Taken as 7f3a00112233"));

  g_string_truncate (f->submitted, 0);
  f->refuse_bob = TRUE;
  refused = call_fd (f, "Submit", submission (both, "@a{sv} {}"), file_with (f, letter), &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (f->submitted->str, "RESET"));
  g_assert_null (strstr (f->submitted->str, "DATA"));
  g_free (text);
  text = g_variant_print (refused, FALSE);
  g_assert_nonnull (strstr (text, "No such Bob"));
  g_assert_nonnull (strstr (text, "550"));
}

static void
test_submit_refusals (Fixture *f, gconstpointer data)
{
  static const char *const ada[] = { "ada@a.lab", NULL };
  static const char *const nobody[] = { NULL };
  g_autoptr (GError) error = NULL;
  int fd;

  g_assert_null (
      call_fd (f, "Submit", submission (nobody, "@a{sv} {}"), file_with (f, "x"), &error));
  g_assert_error (error, LL_API_ERROR, LL_API_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (call_fd (f, "Submit", submission (ada, "{'account': <'nobody'>}"),
                          file_with (f, "x"), &error));
  g_assert_error (error, LL_API_ERROR, LL_API_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (call_fd (f, "Submit", submission (ada, "@a{sv} {}"), -1, &error));
  g_assert_error (error, LL_API_ERROR, LL_API_ERROR_INVALID);
  g_clear_error (&error);
  fd = pipe_with ("x");
  g_assert_null (call_fd (f, "Submit", submission (ada, "@a{sv} {}"), fd, &error));
  g_assert_nonnull (error);
}

#define ADD(name, function) g_test_add ("/bus/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("submit", test_submit);
  ADD ("submit refusals", test_submit_refusals);
  return g_test_run ();
}
