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

/* The kernel's own words about the page: not in a core dump ("dd"), and locked ("lo"). */
static void
test_not_dumped (void)
{
  g_autoptr (LlSecret) secret = ll_secret_new_string ("hunter2");
  g_autofree char *start = g_strdup_printf ("%zx-", (gsize) ll_secret_peek (secret)
                                                        & ~((gsize) sysconf (_SC_PAGESIZE) - 1));
  g_autofree char *maps = NULL;
  const char *at, *flags, *end;

  if (!g_file_get_contents ("/proc/self/smaps", &maps, NULL, NULL)
      || (at = strstr (maps, start)) == NULL)
    {
      g_test_skip ("no /proc/self/smaps that names the page");
      return;
    }
  flags = strstr (at, "VmFlags:");
  g_assert_nonnull (flags);
  end = strchr (flags, '\n');
  g_assert_nonnull (g_strstr_len (flags, end - flags, " dd"));
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
  g_test_add_func ("/secret/wipe", test_wipe);
  return g_test_run ();
}
