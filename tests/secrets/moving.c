/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "secrets/store.h"

#include "secrets/libsecret.h"

#include <glib/gstdio.h>

/*
 * What waits in the file moves into the keyring at a look-up: not while a newer one is being
 * written. Linked with a keyring of its own in front; a real one is in tests/secrets/libsecret.c.
 */

static struct
{
  gboolean is_there;
  char *kept;
  LlSecretStore *looked_at; /* while it stores */
} keyring;

gboolean __wrap_ll_secret_service_is_there (gboolean start);
gboolean __wrap_ll_secret_service_save (const char *purpose,
                                        const char *name,
                                        const LlSecret *secret,
                                        GCancellable *cancellable,
                                        GError **error);
LlSecret *__wrap_ll_secret_service_lookup (const char *purpose,
                                           const char *name,
                                           gboolean stored,
                                           GCancellable *cancellable,
                                           GError **error);

gboolean
__wrap_ll_secret_service_is_there (gboolean start)
{
  return keyring.is_there;
}

static gpointer
look_thread (gpointer store)
{
  ll_secret_free (ll_secret_store_lookup (store, "token", "office", NULL, NULL));
  return NULL;
}

gboolean
__wrap_ll_secret_service_save (const char *purpose,
                               const char *name,
                               const LlSecret *secret,
                               GCancellable *cancellable,
                               GError **error)
{
  LlSecretStore *store = g_steal_pointer (&keyring.looked_at);

  g_free (keyring.kept);
  keyring.kept = g_strdup (ll_secret_peek (secret));
  if (store != NULL)
    g_thread_join (g_thread_new ("look", look_thread, store));
  return TRUE;
}

LlSecret *
__wrap_ll_secret_service_lookup (const char *purpose,
                                 const char *name,
                                 gboolean stored,
                                 GCancellable *cancellable,
                                 GError **error)
{
  return ll_secret_new_string (keyring.kept);
}

static void
test_newer (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ll-secrets-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "secrets", NULL);
  g_autoptr (LlSecret) old = ll_secret_new_string ("old");
  g_autoptr (LlSecret) new = ll_secret_new_string ("new");
  g_autoptr (LlSecret) found = NULL;
  g_autoptr (LlSecretStore) store = ll_secret_store_new (folder);

  keyring.is_there = TRUE;
  g_assert_true (ll_secret_store_save_here (store, "token", "office", old, NULL));
  keyring.looked_at = store;
  g_assert_true (ll_secret_store_save (store, "token", "office", new, NULL, NULL));
  g_assert_cmpstr (keyring.kept, ==, "new");
  found = ll_secret_store_lookup (store, "token", "office", NULL, NULL);
  g_assert_true (ll_secret_equal (found, "new", 3));
  g_free (keyring.kept);
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/secrets/moving/newer", test_newer);
  return g_test_run ();
}
