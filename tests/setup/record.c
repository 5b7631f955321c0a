/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/record.h"

#include "base/error.h"
#include "setup/files.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *folder; /* of everything */
  char *target;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *state = NULL;

  f->folder = g_dir_make_tmp ("ll-XXXXXX", NULL);
  f->target = g_build_filename (f->folder, "target", NULL);
  state = g_build_filename (f->folder, "state", NULL);
  g_assert_cmpint (g_mkdir (f->target, 0700), ==, 0);
  g_assert_true (g_setenv ("XDG_STATE_HOME", state, TRUE));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  ll_setup_remove_folder (f->folder);
  g_free (f->folder);
  g_free (f->target);
}

static GBytes *
bytes_of (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static LlSetupRecord *
keep (Fixture *f, const char *client)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlSetupRecord) record = ll_setup_record_new (client, f->target, &error);
  g_autoptr (GBytes) before = bytes_of ("as it was");
  g_autoptr (GBytes) after = bytes_of ("as it will be");

  g_assert_no_error (error);
  g_assert_true (ll_setup_write (f->target, "settings", before, &error));
  g_assert_true (ll_setup_record_add (record, "settings", before, after, &error));
  g_assert_true (ll_setup_record_add (record, "new", NULL, after, &error));
  g_assert_true (ll_setup_record_keep (record, &error));
  g_assert_true (ll_setup_record_apply (record, &error));
  g_assert_no_error (error);
  return g_steal_pointer (&record);
}

static char *
kept_path (const LlSetupRecord *record, const char *name)
{
  return g_build_filename (record->folder, name, NULL);
}

static void
test_before (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlSetupRecord) record = keep (f, "client");
  g_autoptr (GBytes) now = ll_setup_read (f->target, "settings", &error);
  g_autoptr (GBytes) before = ll_setup_record_before (record, "settings", &error);
  g_autoptr (GBytes) none = ll_setup_record_before (record, "new", &error);

  g_assert_no_error (error);
  g_assert_cmpint (ll_setup_record_state (record, "settings", now), ==, LL_SETUP_AFTER);
  g_assert_cmpmem (g_bytes_get_data (before, NULL), g_bytes_get_size (before), "as it was", 9);
  g_assert_null (none);
}

/* A copy that was cut, or is gone: to put it back would lose what is there. */
static void
test_copy_not_whole (Fixture *f, gconstpointer data)
{
  g_autoptr (LlSetupRecord) record = keep (f, "client");
  g_autofree char *copy = kept_path (record, "before/settings");

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      if (i == 0)
        g_assert_true (g_file_set_contents (copy, "as it", -1, NULL));
      else
        g_assert_cmpint (g_unlink (copy), ==, 0);
      g_assert_null (ll_setup_record_before (record, "settings", &error));
      g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT);
    }
}

/* One record that cannot be read is named, and hides no other. */
static void
test_unreadable (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlSetupRecord) first = keep (f, "first");
  g_autoptr (LlSetupRecord) second = keep (f, "second");
  g_autofree char *path = kept_path (first, "record");
  g_autoptr (GPtrArray) found = NULL;

  g_assert_true (g_file_set_contents (path, "no key file", -1, NULL));
  found = ll_setup_records (&error);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpstr (((LlSetupRecord *) found->pdata[0])->folder, ==, second->folder);
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, first->folder));
}

/* A folder whose name is not UTF-8 could not be found again; "" would be written to instead. */
static void
test_odd_folder (Fixture *f, gconstpointer data)
{
  g_autofree char *target = g_strconcat (f->target, "/\xff", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (LlSetupRecord) record = ll_setup_record_new ("thunderbird", target, &error);

  g_assert_null (record);
  g_assert_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

/* Keys are copied there: a call that is killed leaves none of them on the disk. */
static void
test_scratch (Fixture *f, gconstpointer data)
{
  g_autofree char *runtime = g_build_filename (f->folder, "runtime", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *scratch = NULL;

  g_assert_true (g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE));
  scratch = ll_setup_scratch (&error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (scratch, runtime));
  ll_setup_remove_folder (scratch);
}

/* One call is at work still while another looks, or begins the same. */
static void
test_at_work (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  LlSetupRecord *first = ll_setup_record_new ("thunderbird", f->target, &error);
  g_autofree char *folder = g_strdup (first->folder);
  g_autoptr (GPtrArray) records = ll_setup_records (&error);
  g_autoptr (LlSetupRecord) second = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, 0);
  g_assert_true (g_file_test (folder, G_FILE_TEST_IS_DIR));
  second = ll_setup_record_new ("thunderbird", f->target, &error);
  g_assert_null (second);
  g_assert_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_true (g_file_test (folder, G_FILE_TEST_IS_DIR));
  ll_setup_record_free (first);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  second = ll_setup_record_new ("thunderbird", f->target, &error);
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/record/before", Fixture, NULL, set_up, test_before, tear_down);
  g_test_add ("/record/copy-not-whole", Fixture, NULL, set_up, test_copy_not_whole, tear_down);
  g_test_add ("/record/unreadable", Fixture, NULL, set_up, test_unreadable, tear_down);
  g_test_add ("/record/odd-folder", Fixture, NULL, set_up, test_odd_folder, tear_down);
  g_test_add ("/record/scratch", Fixture, NULL, set_up, test_scratch, tear_down);
  g_test_add ("/record/at-work", Fixture, NULL, set_up, test_at_work, tear_down);
  return g_test_run ();
}
