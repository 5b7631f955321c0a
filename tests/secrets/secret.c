/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "secrets/secret.h"

#include <string.h>
#include <unistd.h>

static void
test_binary (void)
{
  g_autoptr (LlSecret) secret = ll_secret_new ("a\0b", 3);
  g_autoptr (LlSecret) copy = ll_secret_copy (secret);

  g_assert_cmpuint (ll_secret_length (secret), ==, 3);
  g_assert_cmpmem (ll_secret_peek (copy), ll_secret_length (copy), "a\0b", 3);
  g_assert_cmpint (ll_secret_peek (copy)[3], ==, '\0');
  g_assert_true (ll_secret_peek (copy) != ll_secret_peek (secret));
}

static void
test_empty (void)
{
  g_autoptr (LlSecret) secret = ll_secret_new (NULL, 0);

  g_assert_cmpuint (ll_secret_length (secret), ==, 0);
  g_assert_cmpstr (ll_secret_peek (secret), ==, "");
  g_assert_null (ll_secret_copy (NULL));
  ll_secret_free (NULL);
}

static void
test_large (void)
{
  gsize length = (gsize) sysconf (_SC_PAGESIZE) * 3;
  g_autofree char *bytes = g_malloc (length);
  g_autoptr (LlSecret) secret = NULL;

  memset (bytes, 'x', length);
  secret = ll_secret_new (bytes, length);
  g_assert_cmpmem (ll_secret_peek (secret), ll_secret_length (secret), bytes, length);
}

static void
test_equal (void)
{
  g_autoptr (LlSecret) secret = ll_secret_new_string ("hunter2");

  g_assert_true (ll_secret_equal (secret, "hunter2", 7));
  g_assert_false (ll_secret_equal (secret, "hunter3", 7));
  g_assert_false (ll_secret_equal (secret, "hunter", 6));
  g_assert_false (ll_secret_equal (secret, "hunter2\0", 8));
}

/* "7f00-8f00 rw-p …" */
static gboolean
begins_mapping_of (const char *line, gconstpointer address)
{
  char *end;
  guint64 from = g_ascii_strtoull (line, &end, 16);

  return *end == '-' && from <= (gsize) address
         && (gsize) address < g_ascii_strtoull (end + 1, NULL, 16);
}

/* The kernel's own words about the page: not in a core dump ("dd"). */
static void
check_not_dumped (const LlSecret *secret)
{
  g_autofree char *maps = NULL;
  g_auto (GStrv) lines = NULL;
  gboolean inside = FALSE;

  if (!g_file_get_contents ("/proc/self/smaps", &maps, NULL, NULL))
    {
      g_test_skip ("no /proc/self/smaps");
      return;
    }
  lines = g_strsplit (maps, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      inside = inside || begins_mapping_of (*line, ll_secret_peek (secret));
      if (!inside || !g_str_has_prefix (*line, "VmFlags:"))
        continue;
      g_assert_nonnull (strstr (*line, " dd"));
      return;
    }
  g_assert_not_reached ();
}

static void
test_not_dumped (void)
{
  g_autofree char *long_one = g_strnfill (100000, 'x');
  g_autoptr (LlSecret) small = ll_secret_new_string ("hunter2");
  g_autoptr (LlSecret) large = ll_secret_new_string (long_one);

  check_not_dumped (small);
  check_not_dumped (large);
}

/* A page of small ones and one more; what is free again holds nothing of whom it served. */
static void
test_many (void)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_secret_free);
  const char *last;

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *text = g_strdup_printf ("secret %u", i);

      g_ptr_array_add (all, ll_secret_new_string (text));
    }
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *text = g_strdup_printf ("secret %u", i);

      g_assert_cmpstr (ll_secret_peek (all->pdata[i]), ==, text);
    }
  last = ll_secret_peek (all->pdata[99]);
  g_ptr_array_set_size (all, 99);
  for (guint i = 0; i < sizeof "secret 99"; i++)
    g_assert_cmpint (last[i], ==, '\0');
}

static void
test_wipe (void)
{
  char bytes[] = "hunter2";

  ll_secret_wipe (bytes, sizeof bytes);
  for (gsize i = 0; i < sizeof bytes; i++)
    g_assert_cmpint (bytes[i], ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/secret/binary", test_binary);
  g_test_add_func ("/secret/empty", test_empty);
  g_test_add_func ("/secret/large", test_large);
  g_test_add_func ("/secret/equal", test_equal);
  g_test_add_func ("/secret/not-dumped", test_not_dumped);
  g_test_add_func ("/secret/many", test_many);
  g_test_add_func ("/secret/wipe", test_wipe);
  return g_test_run ();
}
