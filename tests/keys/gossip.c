/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/gossip.h"

#include "../support/gpg_home.h"

#include "keys/gnupg.h"

#include <string.h>

#define BOB "Bob <bob@b.example>"

static LlWorker *worker;

static LlKey *
find (const char *address)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) keys
      = ll_gnupg_find (worker, address, ll_deadline_in (60000), NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (keys->len, ==, 1);
  return ll_key_ref (g_ptr_array_index (keys, 0));
}

static GBytes *
exported (const char *options, const char *id)
{
  g_autofree char *command = g_strdup_printf ("gpg --batch %s --armor --export '%s'", options, id);
  char *text = gpg_run (command, TRUE);

  return g_bytes_new_take (text, strlen (text));
}

/* The field's key as another gpg takes it: its user ids and encryption subkeys. */
static void
check_key (const char *field)
{
  const char *at = strstr (field, "keydata=") + strlen ("keydata=");
  g_autofree char *home = g_dir_make_tmp ("ll-gpg-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (home, "told", NULL);
  g_autofree char *import
      = g_strdup_printf ("gpg --batch --quiet --homedir %s --import %s", home, path);
  g_autofree char *list
      = g_strdup_printf ("gpg --batch --with-colons --homedir %s --list-keys", home);
  g_autofree char *remove = g_strdup_printf ("rm -rf %s", home);
  g_autofree char *out = NULL;
  g_autofree char *listed = NULL;
  g_autofree char *removed = NULL;
  g_auto (GStrv) lines = NULL;
  gsize length;
  g_autofree guchar *packets = g_base64_decode (at, &length);

  g_assert_true (g_file_set_contents (path, (char *) packets, (gssize) length, NULL));
  out = gpg_run (import, TRUE);
  listed = gpg_run (list, TRUE);
  g_assert_nonnull (strstr (listed, "bob@b.example"));
  g_assert_null (strstr (listed, "private@home.example"));
  lines = g_strsplit (listed, "\nsub:", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 2);
  removed = gpg_run (remove, TRUE);
}

static void
test_told (void)
{
  g_autoptr (LlKey) key = find ("bob@b.example");
  g_autoptr (GBytes) whole = exported ("", "=" BOB);
  g_autofree char *field = ll_gossip_field (LL_GOSSIP, "bob@b.example", key, whole);
  g_auto (GStrv) lines = NULL;

  g_assert_nonnull (field);
  g_assert_true (g_str_has_prefix (field, "Autocrypt-Gossip: addr=bob@b.example; keydata=\r\n "));
  g_assert_cmpuint (strlen (field), <, LL_GOSSIP_MAX);
  lines = g_strsplit (field, "\r\n", -1);
  for (guint i = 1; lines[i] != NULL; i++)
    g_assert_true (strlen (lines[i]) <= 77 && (*lines[i] == ' ' || lines[i + 1] == NULL));
  check_key (field);
}

static void
test_not_told (void)
{
  g_autoptr (LlKey) key = find ("bob@b.example");
  g_autoptr (LlKey) stranger = ll_key_copy (key);
  g_autoptr (GBytes) whole = exported ("", "=" BOB);
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) noise = g_bytes_new_static ("\x99\x01", 2);
  g_autofree char *cut_text = g_strndup (g_bytes_get_data (whole, NULL), 300);
  g_autoptr (GBytes) cut = g_bytes_new (cut_text, strlen (cut_text));

  g_assert_null (ll_gossip_field (LL_GOSSIP, "bob@b.example", key, nothing));
  g_assert_null (ll_gossip_field (LL_GOSSIP, "bob@b.example", key, noise));
  g_assert_null (ll_gossip_field (LL_GOSSIP, "bob@b.example", key, cut));
  g_assert_null (ll_gossip_field (LL_GOSSIP, "bob@b.example; x=1", key, whole));
  g_assert_null (ll_gossip_field (LL_GOSSIP, "bob@b.example\r\nBcc: x", key, whole));
  g_free (stranger->user_id);
  stranger->user_id = g_strdup ("Eve <eve@b.example>");
  g_assert_null (ll_gossip_field (LL_GOSSIP, "eve@b.example", stranger, whole));
}

/* Another address, and another subkey to encrypt for. */
static void
extend (void)
{
  g_autoptr (LlKey) made = find ("bob@b.example");
  g_autofree char *uid = g_strdup_printf ("gpg --batch --quiet --pinentry-mode loopback "
                                          "--passphrase '' --quick-add-uid %s "
                                          "'Bob <private@home.example>'",
                                          made->fingerprint);
  g_autofree char *subkey = g_strdup_printf ("gpg --batch --quiet --pinentry-mode loopback "
                                             "--passphrase '' --quick-add-key %s cv25519 "
                                             "encr never",
                                             made->fingerprint);
  g_autofree char *one = gpg_run (uid, TRUE);
  g_autofree char *two = gpg_run (subkey, TRUE);
}

int
main (int argc, char **argv)
{
  g_autofree char *home = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  home = gpg_home_new ();
  worker = ll_worker_new (g_getenv ("LETTERLOCK_TEST_WORKER"));
  gpg_home_generate (BOB, "never");
  extend ();
  g_test_add_func ("/keys/gossip/told", test_told);
  g_test_add_func ("/keys/gossip/not-told", test_not_told);
  status = g_test_run ();
  ll_worker_free (worker);
  gpg_home_free (g_steal_pointer (&home));
  return status;
}
