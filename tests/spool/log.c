/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/log.h"

#include "base/limits.h"
#include "spool/entry.h"

#include "place.h"

#include <sys/stat.h>

#define ID_A "0123456789aa"
#define ID_B "0123456789bb"

typedef struct
{
  char *folder;
  LlLog *log;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("ll-log-XXXXXX", NULL);
  f->log = ll_log_open (f->folder, NULL);
  g_assert_nonnull (f->log);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  ll_log_free (f->log);
  nftw (f->folder, place_remove_cb, 16, FTW_DEPTH | FTW_PHYS);
  g_free (f->folder);
}

static void
add (Fixture *f, const char *id, const char *text, LlLogPlace *place)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  g_assert_true (ll_log_add (f->log, id, bytes, 100, place));
}

static void
record (Fixture *f, const char *id, const char *text, LlLogPlace *place)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  g_assert_true (ll_log_record (f->log, id, place, bytes));
}

static gboolean
visit_cb (const char *id, GBytes *letter, GBytes *records, gpointer data, GError **error)
{
  g_string_append_printf (data, "%s=%.*s:%.*s ", id + 10, (int) g_bytes_get_size (letter),
                          (const char *) g_bytes_get_data (letter, NULL),
                          (int) g_bytes_get_size (records),
                          (const char *) g_bytes_get_data (records, NULL));
  return TRUE;
}

/* As after the end of the program. */
static void
expect_left (Fixture *f, const char *expected)
{
  g_autoptr (GString) left = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  ll_log_free (f->log);
  f->log = ll_log_open (f->folder, NULL);
  ll_log_visit (f->log, visit_cb, left, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (left->str, ==, expected);
}

static void
test_left (Fixture *f, gconstpointer data)
{
  LlLogPlace a, b;

  expect_left (f, "");
  add (f, ID_A, "one", &a);
  record (f, ID_A, "1", &a);
  add (f, ID_B, "two", &b);
  record (f, ID_B, "2", &b);
  record (f, ID_A, "3", &a);
  g_assert_true (ll_log_sync (f->log, &a, NULL));
  expect_left (f, "aa=one:13 bb=two:2 ");
  g_assert_true (ll_log_clear (f->log, NULL));
  expect_left (f, "");
}

static void
test_gone (Fixture *f, gconstpointer data)
{
  LlLogPlace a, b;

  add (f, ID_A, "one", &a);
  add (f, ID_B, "two", &b);
  ll_log_leave (f->log, ID_A, &a);
  g_assert_true (ll_log_sync (f->log, &a, NULL));
  expect_left (f, "bb=two: ");
}

static void
test_read (Fixture *f, gconstpointer data)
{
  LlLogPlace a, b;
  char bytes[3];

  add (f, ID_A, "one", &a);
  add (f, ID_B, "two", &b);
  g_assert_cmpint (pread (ll_log_fd (f->log, &b), bytes, 3, (off_t) b.at), ==, 3);
  g_assert_cmpmem (bytes, 3, "two", 3);
}

/* A file is begun anew only when nothing lives in it, and then nothing of it comes back. */
static void
test_room (Fixture *f, gconstpointer data)
{
  g_autofree char *content = place_content (LL_SEAL_CHUNK);
  g_autoptr (GBytes) large = g_bytes_new (content, LL_SEAL_CHUNK);
  LlLogPlace first, second, last;
  guint n = 0, m = 0;

  add (f, ID_A, "stays", &first);
  while (ll_log_add (f->log, ID_B, large, 100, &last) && last.half == first.half)
    {
      ll_log_leave (f->log, ID_B, &last);
      n++;
    }
  g_assert_cmpuint (last.half, !=, first.half);
  g_assert_cmpuint (n, >, LL_LOG_MAX / LL_SEAL_CHUNK - 10);
  ll_log_leave (f->log, ID_B, &last);
  /* the other one gets full, too, and the first letter is in the way */
  while (ll_log_add (f->log, ID_B, large, 100, &second))
    {
      ll_log_leave (f->log, ID_B, &second);
      m++;
    }
  g_assert_cmpuint (m, >, LL_LOG_MAX / LL_SEAL_CHUNK - 10);
  /* what lives there has its room kept */
  record (f, ID_A, "record", &first);
  ll_log_leave (f->log, ID_A, &first);
  g_assert_true (ll_log_add (f->log, ID_B, large, 100, &last));
  g_assert_cmpuint (last.half, ==, first.half);
  ll_log_leave (f->log, ID_B, &last);
  add (f, ID_A, "anew", &last);
  g_assert_true (ll_log_sync (f->log, &last, NULL));
  expect_left (f, "aa=anew: ");
}

/* Torn at any octet, it holds what stood before, whole: nothing half, nothing else. */
static void
test_torn (Fixture *f, gconstpointer data)
{
  static const char *const steps[]
      = { "", "aa=one: ", "aa=one:1 ", "aa=one:1 bb=two: ", "bb=two: " };
  g_autofree char *path = g_build_filename (f->folder, "log.1", NULL);
  g_autofree char *bytes = NULL;
  LlLogPlace a, b;
  gsize used, at = 0;

  add (f, ID_A, "one", &a);
  record (f, ID_A, "1", &a);
  add (f, ID_B, "two", &b);
  ll_log_leave (f->log, ID_A, &a);
  used = (gsize) a.until;
  g_assert_true (g_file_get_contents (path, &bytes, NULL, NULL));
  for (gsize cut = 0; cut <= used; cut++)
    {
      g_autoptr (GString) left = g_string_new (NULL);

      g_assert_true (g_file_set_contents (path, bytes, (gssize) cut, NULL));
      ll_log_free (f->log);
      f->log = ll_log_open (f->folder, NULL);
      g_assert_true (ll_log_visit (f->log, visit_cb, left, NULL));
      if (strcmp (left->str, steps[at]) != 0)
        at++;
      g_assert_cmpstr (left->str, ==, steps[at]);
    }
  g_assert_cmpuint (at, ==, G_N_ELEMENTS (steps) - 1);
  for (gsize i = LL_LOG_HEADER; i < used; i++)
    {
      g_autoptr (GString) left = g_string_new (NULL);

      bytes[i] ^= 0x10;
      g_assert_true (g_file_set_contents (path, bytes, (gssize) used, NULL));
      bytes[i] ^= 0x10;
      g_assert_true (ll_log_visit (f->log, visit_cb, left, NULL));
      g_assert_true (g_strv_contains ((const char *const[]){ steps[0], steps[1], steps[2], steps[3],
                                                             steps[4], NULL },
                                      left->str));
    }
}

static void
test_newer (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "log.0", NULL);
  g_autoptr (GError) error = NULL;
  guint8 header[LL_LOG_HEADER];

  ll_format_log_header (1, header);
  header[15] = 2;
  g_assert_true (g_file_set_contents (path, (const char *) header, sizeof header, NULL));
  ll_log_free (f->log);
  f->log = ll_log_open (f->folder, NULL);
  g_assert_false (ll_log_visit (f->log, visit_cb, NULL, &error));
  g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_NEWER);
}

static gpointer
append_thread (gpointer data)
{
  Fixture *f = data;

  for (guint i = 0; i < 200; i++)
    {
      LlLogPlace place;

      add (f, ID_A, "one", &place);
      g_assert_true (ll_log_sync (f->log, &place, NULL));
      record (f, ID_A, "1", &place);
      g_assert_true (ll_log_sync (f->log, &place, NULL));
      ll_log_leave (f->log, ID_A, &place);
    }
  return NULL;
}

static void
test_threads (Fixture *f, gconstpointer data)
{
  GThread *threads[8];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("append", append_thread, f);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

/* A clean end leaves no log behind unless a letter is in it. */
static void
test_end (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "log.0", NULL);
  g_autofree char *other = g_build_filename (f->folder, "log.1", NULL);
  LlLogPlace place = { 0 };
  struct stat one, two;

  add (f, ID_A, "letter", &place);
  ll_log_free (f->log);
  g_assert_cmpint (stat (path, &one), ==, 0);
  g_assert_cmpint (stat (other, &two), ==, 0);
  g_assert_cmpint (one.st_size + two.st_size, >, 0);
  f->log = ll_log_open (f->folder, NULL);
  g_assert_true (ll_log_clear (f->log, NULL));
  add (f, ID_B, "letter", &place);
  ll_log_leave (f->log, ID_B, &place);
  ll_log_free (f->log);
  g_assert_cmpint (stat (path, &one), ==, 0);
  g_assert_cmpint (stat (other, &two), ==, 0);
  g_assert_cmpint (one.st_size + two.st_size, ==, 0);
  f->log = ll_log_open (f->folder, NULL);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  place_init (&argc, &argv);
  ADD ("/log/left", test_left);
  ADD ("/log/gone", test_gone);
  ADD ("/log/read", test_read);
  ADD ("/log/room", test_room);
  ADD ("/log/torn", test_torn);
  ADD ("/log/newer", test_newer);
  ADD ("/log/threads", test_threads);
  ADD ("/log/end", test_end);
  return g_test_run ();
}
