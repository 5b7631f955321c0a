/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/contacts.h"

#include <glib/gstdio.h>

static const char bob[] = "bob@b.example";

static LlContacts *
open_contacts (const char *folder)
{
  g_autoptr (GError) error = NULL;
  LlContacts *contacts = ll_contacts_new (folder, &error);

  g_assert_no_error (error);
  return contacts;
}

static void
test_words (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ll-contacts-XXXXXX", NULL);
  g_autoptr (LlContacts) contacts = open_contacts (folder);
  g_auto (LlContactKey) nothing = { NULL };
  g_auto (LlContactKey) said = { NULL };
  g_auto (LlContactKey) after = { NULL };
  g_auto (LlContactKey) smime = { NULL };
  g_autofree char *path = g_build_filename (folder, "contacts.db", NULL);

  ll_contacts_load (contacts, bob, LL_METHOD_PGP, &nothing);
  g_assert_null (nothing.accepted);
  g_assert_null (nothing.used);
  g_assert_true (ll_contacts_accept (contacts, bob, LL_METHOD_PGP, "aa", NULL));
  g_assert_true (ll_contacts_reject (contacts, bob, LL_METHOD_PGP, "bb", NULL));
  ll_contacts_load (contacts, "BOB@b.example", LL_METHOD_PGP, &said);
  g_assert_cmpstr (said.accepted, ==, "aa");
  g_assert_cmpstr (said.rejected[0], ==, "bb");
  /* the next one that is accepted takes its place, and a word can be changed */
  g_assert_true (ll_contacts_accept (contacts, bob, LL_METHOD_PGP, "bb", NULL));
  g_clear_pointer (&contacts, ll_contacts_free);
  contacts = open_contacts (folder);
  ll_contacts_load (contacts, bob, LL_METHOD_PGP, &after);
  g_assert_cmpstr (after.accepted, ==, "bb");
  g_assert_null (after.rejected[0]);
  ll_contacts_load (contacts, bob, LL_METHOD_SMIME, &smime);
  g_assert_null (smime.accepted);
  g_clear_pointer (&contacts, ll_contacts_free);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_used (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ll-contacts-XXXXXX", NULL);
  g_autoptr (LlContacts) contacts = open_contacts (folder);
  g_autoptr (LlKey) key = ll_key_new (LL_METHOD_PGP, LL_KEY_SOURCE_WKD);
  g_auto (LlContactKey) used = { NULL };
  g_autofree char *path = g_build_filename (folder, "contacts.db", NULL);

  key->fingerprint = g_strdup ("cc");
  ll_contacts_used (contacts, bob, key);
  ll_contacts_load (contacts, bob, LL_METHOD_PGP, &used);
  g_assert_cmpstr (used.used, ==, "cc");
  g_assert_cmpint (used.from, ==, LL_KEY_SOURCE_WKD);
  g_assert_cmpint (ll_contacts_preferred (contacts, bob), ==, LL_METHOD_NONE);
  g_assert_true (ll_contacts_prefer (contacts, bob, LL_METHOD_SMIME, NULL));
  g_assert_cmpint (ll_contacts_preferred (contacts, bob), ==, LL_METHOD_SMIME);
  g_assert_cmpint (ll_contacts_subject (contacts, bob), ==, LL_SUBJECT_AUTO);
  g_assert_true (ll_contacts_set_subject (contacts, bob, LL_SUBJECT_KEEP, NULL));
  g_assert_cmpint (ll_contacts_subject (contacts, "BOB@b.example"), ==, LL_SUBJECT_KEEP);
  g_clear_pointer (&contacts, ll_contacts_free);
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keys/contacts/words", test_words);
  g_test_add_func ("/keys/contacts/used", test_used);
  return g_test_run ();
}
