/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/sts-record.h"

#include <string.h>

static const struct
{
  const char *name;
  const char *text;
  LlStsRecord result;
  const char *id;
} cases[] = {
  { "ST01", "v=STSv1; id=20160831085700Z;", LL_STS_RECORD_VALID, "20160831085700Z" },
  { "ST02 no last delimiter", "v=STSv1; id=a1", LL_STS_RECORD_VALID, "a1" },
  { "no blanks", "v=STSv1;id=a1;", LL_STS_RECORD_VALID, "a1" },
  { "blanks around the delimiter", "v=STSv1; \tid=a1 \t; more=a", LL_STS_RECORD_VALID, "a1" },
  { "blank after the last delimiter", "v=STSv1; id=a1; ", LL_STS_RECORD_VALID, "a1" },
  { "ST05 extension", "v=STSv1; id=a1; more=a", LL_STS_RECORD_VALID, "a1" },
  { "ST05 extension first", "v=STSv1; more=a; id=a1;", LL_STS_RECORD_VALID, "a1" },
  { "first id counts", "v=STSv1; id=a1; id=b2;", LL_STS_RECORD_VALID, "a1" },
  { "ST07 no id", "v=STSv1;", LL_STS_RECORD_INVALID, NULL },
  { "ST07 only an extension", "v=STSv1; more=a", LL_STS_RECORD_INVALID, NULL },
  { "ST07 empty id", "v=STSv1; id=;", LL_STS_RECORD_INVALID, NULL },
  { "32 characters", "v=STSv1; id=12345678901234567890123456789012", LL_STS_RECORD_VALID,
    "12345678901234567890123456789012" },
  { "ST08 33 characters", "v=STSv1; id=123456789012345678901234567890123", LL_STS_RECORD_INVALID,
    NULL },
  { "ST08 other characters", "v=STSv1; id=test-123", LL_STS_RECORD_INVALID, NULL },
  { "ST10 long name", "v=STSv1; id=1; a23456789012345678901234567890123=a", LL_STS_RECORD_INVALID,
    NULL },
  { "ST10 name of other characters", "v=STSv1; id=1; 1%=a", LL_STS_RECORD_INVALID, NULL },
  { "ST10 name begins wrong", "v=STSv1; id=1; _a=a", LL_STS_RECORD_INVALID, NULL },
  { "ST10 empty value", "v=STSv1; id=1; a=", LL_STS_RECORD_INVALID, NULL },
  { "ST10 two equal signs", "v=STSv1; id=1; a==", LL_STS_RECORD_INVALID, NULL },
  { "blank in a value", "v=STSv1; id=1; a=b c", LL_STS_RECORD_INVALID, NULL },
  { "two delimiters", "v=STSv1;; id=1", LL_STS_RECORD_INVALID, NULL },
  { "two delimiters at the end", "v=STSv1; id=1;;", LL_STS_RECORD_INVALID, NULL },
  { "a field without a value", "v=STSv1; id=1; more", LL_STS_RECORD_INVALID, NULL },
  { "id in capitals is an extension", "v=STSv1; ID=1", LL_STS_RECORD_INVALID, NULL },
  { "long value", "v=STSv1; id=1; more=abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    LL_STS_RECORD_VALID, "1" },
  { "second id is malformed", "v=STSv1; id=1; id=a-b", LL_STS_RECORD_INVALID, NULL },
  { "quotes", "v=STSv1; id=\"1\"", LL_STS_RECORD_INVALID, NULL },
  { "ST14 not ASCII", "v=STSv1; id=1; a=\xc3\xb8", LL_STS_RECORD_INVALID, NULL },
  { "ST14 blank without delimiter", "v=STSv1; id=1 ", LL_STS_RECORD_INVALID, NULL },
  { "ST17 upper case", "V=stsv1; id=1", LL_STS_RECORD_ABSENT, NULL },
  { "other version", "v=STSv10; id=1", LL_STS_RECORD_ABSENT, NULL },
  { "version 2", "v=STSv2; id=1", LL_STS_RECORD_ABSENT, NULL },
  { "version 0", "v=STSv0; id=1", LL_STS_RECORD_ABSENT, NULL },
  { "id before the version", "id=1; v=STSv1;", LL_STS_RECORD_ABSENT, NULL },
  { "blanks before the first delimiter", "v=STSv1 \t; \tid=1 \t;", LL_STS_RECORD_VALID, "1" },
  { "no delimiter", "v=STSv1", LL_STS_RECORD_ABSENT, NULL },
  { "leading blank", " v=STSv1; id=1", LL_STS_RECORD_ABSENT, NULL },
  { "another text", "v=spf1 -all", LL_STS_RECORD_ABSENT, NULL },
  { "empty", "", LL_STS_RECORD_ABSENT, NULL },
};

static void
test_parse (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *id = NULL;
      g_autofree char *detail = NULL;

      g_test_message ("%s", cases[i].name);
      g_assert_cmpint (ll_sts_record_parse (cases[i].text, strlen (cases[i].text), &id, &detail),
                       ==, cases[i].result);
      g_assert_cmpstr (id, ==, cases[i].id);
      g_assert_cmpint (detail != NULL, ==, cases[i].result == LL_STS_RECORD_INVALID);
    }
}

/* TXT rdata of strings, each of which stands behind its length. */
static void
add_record (GPtrArray *records, const char *const *strings)
{
  GByteArray *rdata = g_byte_array_new ();

  for (guint i = 0; strings[i] != NULL; i++)
    {
      guint8 length = (guint8) strlen (strings[i]);

      g_byte_array_append (rdata, &length, 1);
      g_byte_array_append (rdata, (const guint8 *) strings[i], length);
    }
  g_ptr_array_add (records, g_byte_array_free_to_bytes (rdata));
}

#define STRINGS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void
test_split (void)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *id = NULL;

  add_record (records, STRINGS ("v=spf1 -all"));
  add_record (records, STRINGS ("v=STSv1; id=", "p1;"));
  g_assert_cmpint (ll_sts_record_choose (records, &id, NULL), ==, LL_STS_RECORD_VALID);
  g_assert_cmpstr (id, ==, "p1");
}

static void
test_several (void)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *id = NULL;
  g_autofree char *detail = NULL;

  add_record (records, STRINGS ("v=STSv1; id=1;"));
  add_record (records, STRINGS ("v=STSv1; id=1;"));
  g_assert_cmpint (ll_sts_record_choose (records, &id, &detail), ==, LL_STS_RECORD_INVALID);
  g_assert_null (id);
}

/* Only those that begin with this version's tag are candidates. */
static void
test_others_discarded (void)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *id = NULL;

  add_record (records, STRINGS ("v=STSv2; id=2;"));
  add_record (records, STRINGS ("v=STSv1;", " id=1;"));
  add_record (records, STRINGS ("v=STSv10; id=10;"));
  add_record (records, STRINGS ("v=STSv1 ; id=0;"));
  add_record (records, STRINGS ("", "verification=x"));
  g_assert_cmpint (ll_sts_record_choose (records, &id, NULL), ==, LL_STS_RECORD_VALID);
  g_assert_cmpstr (id, ==, "1");
}

/* The same, where none begins with the tag to the letter. */
static void
test_loosely (void)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *id = NULL;
  g_autofree char *none = NULL;

  add_record (records, STRINGS ("verification=x"));
  add_record (records, STRINGS ("v=STSv1 ; id=1;"));
  g_assert_cmpint (ll_sts_record_choose (records, &id, NULL), ==, LL_STS_RECORD_VALID);
  g_assert_cmpstr (id, ==, "1");
  add_record (records, STRINGS ("v=STSv1 ; id=2;"));
  g_assert_cmpint (ll_sts_record_choose (records, &none, NULL), ==, LL_STS_RECORD_INVALID);
}

static void
test_bad_rdata (void)
{
  static const guint8 overlong[] = { 15, 'v', '=', 'S', 'T', 'S', 'v', '1', ';' };
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *id = NULL;

  g_assert_cmpint (ll_sts_record_choose (NULL, &id, NULL), ==, LL_STS_RECORD_ABSENT);
  g_ptr_array_add (records, g_bytes_new_static (overlong, sizeof overlong));
  g_ptr_array_add (records, g_bytes_new_static ("", 0));
  g_assert_cmpint (ll_sts_record_choose (records, &id, NULL), ==, LL_STS_RECORD_ABSENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/assess/sts-record/ST01-ST17", test_parse);
  g_test_add_func ("/assess/sts-record/ST04-split", test_split);
  g_test_add_func ("/assess/sts-record/ST11-several", test_several);
  g_test_add_func ("/assess/sts-record/others-discarded", test_others_discarded);
  g_test_add_func ("/assess/sts-record/loosely", test_loosely);
  g_test_add_func ("/assess/sts-record/bad-rdata", test_bad_rdata);
  return g_test_run ();
}
