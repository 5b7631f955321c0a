/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/extra.h"

/* What is asked for as something else than it is, is not there. */
static void
test_types (void)
{
  g_autoptr (LlExtra) extra = ll_extra_new ();

  g_assert_null (ll_extra_variant (extra));
  g_assert_null (ll_extra_text (extra, "reason"));
  g_assert_false (ll_extra_flag (extra, "told"));
  g_assert_cmpuint (ll_extra_number (extra, "copy"), ==, 0);
  ll_extra_put_text (extra, "reason", "because");
  ll_extra_put (extra, "told", g_variant_new_boolean (TRUE));
  ll_extra_put (extra, "copy", g_variant_new_uint32 (7));
  g_assert_cmpstr (ll_extra_text (extra, "reason"), ==, "because");
  g_assert_true (ll_extra_flag (extra, "told"));
  g_assert_cmpuint (ll_extra_number (extra, "copy"), ==, 7);
  g_assert_null (ll_extra_text (extra, "told"));
  g_assert_false (ll_extra_flag (extra, "copy"));
  g_assert_cmpuint (ll_extra_number (extra, "reason"), ==, 0);
}

static char *
print (LlExtra *extra)
{
  return g_variant_print (ll_extra_variant (extra), TRUE);
}

/* A key is there once, its last value counts, and what was seen before the change stays as it was.
 */
static void
test_change (void)
{
  g_autoptr (LlExtra) extra = ll_extra_new ();
  g_autoptr (GVariant) before = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *kept = NULL;

  ll_extra_put_all (extra, g_variant_new_parsed ("{'a': <'1'>, 'b': <uint32 2>}"));
  before = g_variant_ref (ll_extra_variant (extra));
  first = print (extra);
  g_assert_cmpstr (first, ==, "{'a': <'1'>, 'b': <uint32 2>}");
  ll_extra_put_text (extra, "a", "one");
  ll_extra_put (extra, "b", NULL);
  ll_extra_put (extra, "c", NULL);
  second = print (extra);
  g_assert_cmpstr (second, ==, "{'a': <'one'>}");
  kept = g_variant_print (before, TRUE);
  g_assert_cmpstr (kept, ==, first);
  ll_extra_put (extra, "a", NULL);
  g_assert_null (ll_extra_variant (extra));
}

/* What letters share looks as what is one's own, and to change one changes no other. */
static void
test_shared (void)
{
  g_autoptr (LlExtra) one = ll_extra_new ();
  g_autoptr (LlExtra) other = ll_extra_new ();
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  ll_extra_put_word (one, "mode", "forced");
  ll_extra_put_flag (one, "told", TRUE);
  ll_extra_put_flag (one, "signed", FALSE);
  ll_extra_put_word (other, "mode", "forced");
  ll_extra_put_flag (other, "told", TRUE);
  ll_extra_put_word (other, "mode", "encrypt");
  ll_extra_put_flag (other, "told", FALSE);
  g_assert_cmpstr (ll_extra_text (one, "mode"), ==, "forced");
  g_assert_true (ll_extra_flag (one, "told"));
  first = print (one);
  second = print (other);
  g_assert_cmpstr (first, ==, "{'mode': <'forced'>, 'told': <true>, 'signed': <false>}");
  g_assert_cmpstr (second, ==, "{'mode': <'encrypt'>, 'told': <false>}");
}

/* It is built once for as long as nothing changes. */
static void
test_once (void)
{
  g_autoptr (LlExtra) extra = ll_extra_new ();
  GVariant *whole;

  ll_extra_put_text (extra, "a", "1");
  whole = ll_extra_variant (extra);
  ll_extra_put (extra, "b", NULL);
  g_assert_true (ll_extra_variant (extra) == whole);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/spool/extra/types", test_types);
  g_test_add_func ("/spool/extra/change", test_change);
  g_test_add_func ("/spool/extra/shared", test_shared);
  g_test_add_func ("/spool/extra/once", test_once);
  return g_test_run ();
}
