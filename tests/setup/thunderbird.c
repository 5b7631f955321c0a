/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/thunderbird.h"

#include "../support/authority.h"
#include "base/error.h"
#include "nss.h"
#include "setup/files.h"
#include "setup/logins.h"
#include "setup/vault.h"

#include <glib/gstdio.h>
#include <string.h>

#define ORIGIN "smtp://localhost"
#define USER "anna"

static const char settings[]
    = "user_pref(\"mail.accountmanager.accounts\", \"account1\");\n"
      "user_pref(\"mail.account.account1.identities\", \"id1\");\n"
      "user_pref(\"mail.identity.id1.useremail\", \"anna@home.example\");\n"
      "user_pref(\"mail.smtp.defaultserver\", \"smtp1\");\n"
      "user_pref(\"mail.smtpserver.smtp1.hostname\", \"mail.home.example\");\n"
      "user_pref(\"mail.smtpserver.smtp1.username\", \"anna@home.example\");\n";

typedef struct
{
  char *folder; /* of everything */
  char *profile;
} Fixture;

static void
put (Fixture *f, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (f->profile, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static char *
get (Fixture *f, const char *name)
{
  g_autofree char *path = g_build_filename (f->profile, name, NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *state = NULL;

  f->folder = g_dir_make_tmp ("ll-XXXXXX", NULL);
  f->profile = g_build_filename (f->folder, "profile", NULL);
  state = g_build_filename (f->folder, "state", NULL);
  g_assert_cmpint (g_mkdir (f->profile, 0700), ==, 0);
  g_assert_true (g_setenv ("XDG_STATE_HOME", state, TRUE));
  make_databases (f->profile);
  put (f, "prefs.js", settings);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  ll_setup_remove_folder (f->folder);
  g_free (f->folder);
  g_free (f->profile);
}

/* A saved password for our own name, as an earlier life with Letterlock leaves it. */
static void
save_old_login (Fixture *f, const char *more)
{
  g_autoptr (LlVault) vault = ll_vault_open (f->profile, NULL);
  g_autofree char *name = ll_vault_encrypt (vault, USER, NULL);
  g_autofree char *password = ll_vault_encrypt (vault, "old", NULL);
  g_autofree char *text
      = g_strdup_printf ("{\"nextId\":3,\"logins\":[%s{\"id\":1,\"hostname\":\"" ORIGIN
                         "\",\"httpRealm\":\"" ORIGIN
                         "\",\"encryptedUsername\":\"%s\",\"encryptedPassword\":\"%s\",\"guid\":\"{"
                         "old}\"}]}",
                         more, name, password);

  put (f, "logins.json", text);
}

static void
point (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlThunderbird) thunderbird = ll_thunderbird_open (f->profile, &error);
  g_autoptr (LlSecret) password = ll_secret_new_string ("new");
  GPtrArray *servers;

  g_assert_no_error (error);
  servers = ll_thunderbird_servers (thunderbird);
  g_assert_true (ll_thunderbird_point (thunderbird, g_ptr_array_index (servers, 0), 1465, USER,
                                       password, &error));
  g_assert_true (ll_thunderbird_write (thunderbird, authority, &error));
  g_assert_no_error (error);
}

static LlSetupRecord *
only_record (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = ll_setup_records (&error);

  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, 1);
  return g_ptr_array_steal_index (records, 0);
}

static void
undo (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlSetupRecord) record = only_record ();
  g_autoptr (GPtrArray) said = g_ptr_array_new_with_free_func (g_free);

  g_assert_true (ll_thunderbird_undo (record, said, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (said->len, ==, 0);
}

static void
assert_refused (Fixture *f, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ll_thunderbird_open (f->profile, &error));
  g_assert_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, words));
}

/* What user.js says wins over prefs.js at each start. */
static void
test_user_js (Fixture *f, gconstpointer data)
{
  g_autoptr (LlThunderbird) thunderbird = NULL;

  put (f, "user.js", "user_pref(\"mail.smtpserver.smtp1.port\", 587);\n");
  assert_refused (f, "user.js fixes mail.smtpserver.smtp1.port");
  put (f, "user.js", "user_pref(\"mail.smtpserver.smtp2.port\", 587);\n");
  thunderbird = ll_thunderbird_open (f->profile, NULL);
  g_assert_nonnull (thunderbird);
}

/* A database with notes beside it is not whole without them. */
static void
test_not_closed (Fixture *f, gconstpointer data)
{
  static const char *const notes[] = { "cert9.db-wal", "key4.db-journal" };

  for (guint i = 0; i < G_N_ELEMENTS (notes); i++)
    {
      g_autofree char *path = g_build_filename (f->profile, notes[i], NULL);

      put (f, notes[i], "x");
      assert_refused (f, notes[i]);
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
}

static GArray *
logins_of (Fixture *f, const char *name, LlLogins **logins)
{
  g_autofree char *text = get (f, name);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  *logins = ll_logins_parse (bytes, NULL);
  g_assert_nonnull (*logins);
  return ll_logins_find (*logins, ORIGIN);
}

static void
assert_only_old (Fixture *f, const char *name)
{
  g_autoptr (LlLogins) logins = NULL;
  g_autoptr (GArray) found = logins_of (f, name, &logins);

  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpstr (g_array_index (found, LlLogin, 0).guid, ==, "{old}");
}

/* Thunderbird ran in between: it wrote its files anew, and its own copy of the logins. */
static void
test_replaced_logins (Fixture *f, gconstpointer data)
{
  g_autoptr (LlLogins) logins = NULL;
  g_autoptr (GArray) found = NULL;
  g_autofree char *text = NULL, *again = NULL;

  save_old_login (f, "");
  point (f);
  found = logins_of (f, "logins.json", &logins);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpstr (g_array_index (found, LlLogin, 0).guid, !=, "{old}");
  text = get (f, "logins.json");
  again = g_strconcat (text, "\n", NULL);
  put (f, "logins-backup.json", text);
  put (f, "logins.json", again);
  undo ();
  assert_only_old (f, "logins.json");
  assert_only_old (f, "logins-backup.json");
}

/* Its second choice, and not understood: that keeps nobody from the way back. */
static void
test_odd_backup (Fixture *f, gconstpointer data)
{
  g_autofree char *text = NULL, *again = NULL;

  save_old_login (f, "");
  point (f);
  text = get (f, "logins.json");
  put (f, "logins-backup.json", "{");
  again = g_strconcat (text, "\n", NULL);
  put (f, "logins.json", again);
  undo ();
  assert_only_old (f, "logins.json");
}

/* Two of one guid, the first of them for somebody else. */
static void
test_one_guid_twice (Fixture *f, gconstpointer data)
{
  g_autoptr (LlLogins) logins = NULL;
  g_autoptr (GArray) found = NULL;

  save_old_login (f, "{\"id\":2,\"hostname\":\"imap://x\",\"httpRealm\":\"imap://"
                     "x\",\"guid\":\"{old}\"},");
  point (f);
  found = logins_of (f, "logins.json", &logins);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpstr (g_array_index (found, LlLogin, 0).guid, !=, "{old}");
}

/* The copies of a record are damaged: setting by setting everything goes back all the same. */
static void
test_copies_lost (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "prefs.js", "cert9.db", "key4.db" };
  g_autoptr (LlVault) vault = NULL;
  g_autofree char *text = NULL;
  gboolean added = FALSE;

  point (f);
  {
    g_autoptr (LlSetupRecord) record = only_record ();

    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
      {
        g_autofree char *path = g_build_filename (record->folder, "before", names[i], NULL);

        g_assert_cmpint (g_unlink (path), ==, 0);
      }
  }
  undo ();
  text = get (f, "prefs.js");
  g_assert_cmpstr (text, ==, settings);
  vault = ll_vault_open (f->profile, NULL);
  g_assert_true (ll_vault_trust (vault, authority, &added, NULL));
  g_assert_true (added);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/thunderbird/user-js", Fixture, NULL, set_up, test_user_js, tear_down);
  g_test_add ("/thunderbird/not-closed", Fixture, NULL, set_up, test_not_closed, tear_down);
  g_test_add ("/thunderbird/replaced-logins", Fixture, NULL, set_up, test_replaced_logins,
              tear_down);
  g_test_add ("/thunderbird/odd-backup", Fixture, NULL, set_up, test_odd_backup, tear_down);
  g_test_add ("/thunderbird/one-guid-twice", Fixture, NULL, set_up, test_one_guid_twice, tear_down);
  g_test_add ("/thunderbird/copies-lost", Fixture, NULL, set_up, test_copies_lost, tear_down);
  return g_test_run ();
}
