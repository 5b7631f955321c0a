/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "secrets/store.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "secrets/file.h"
#include "secrets/libsecret.h"

/*
 * Which of the two places counts:
 *
 *   the file has the secret itself   that one; and it moves to the keyring as soon as there is
 *                                    one that is open (headless days, a first start while locked)
 *   the file says "@keyring"         the keyring; not to be reached from here: LOCKED
 *   the file says nothing            the keyring where there is one, else ABSENT
 */

/* Without a service we look again now and then: a desktop may start after us. */
#define LOOK_AGAIN 30000

struct _LlSecretStore
{
  char *path;
  GMutex moving; /* one writer at a time: an old secret never follows a new one. Before lock */
  GMutex lock;   /* of all below, and of the file; never held while the keyring is asked */
  gboolean looked;
  LlSecretStoreKind kind;
  LlDeadline look_again;
};

LlSecretStore *
ll_secret_store_new (const char *folder)
{
  LlSecretStore *store = g_new0 (LlSecretStore, 1);

  store->path = g_build_filename (folder, "secrets", NULL);
  g_mutex_init (&store->moving);
  g_mutex_init (&store->lock);
  (void) ll_file_make_folder (folder, NULL); /* else the first save says so */
  return store;
}

void
ll_secret_store_free (LlSecretStore *store)
{
  if (store == NULL)
    return;
  g_mutex_clear (&store->lock);
  g_mutex_clear (&store->moving);
  g_free (store->path);
  g_free (store);
}

/* Looks when first needed: a daemon that only passes letters on starts without waiting. */
static LlSecretStoreKind
kind_now (LlSecretStore *store)
{
  if (!store->looked
      || (store->kind == LL_SECRET_STORE_FILE && ll_deadline_left (store->look_again) == 0))
    {
      store->kind = ll_secret_service_is_there (!store->looked) ? LL_SECRET_STORE_SERVICE
                                                                : LL_SECRET_STORE_FILE;
      store->look_again = ll_deadline_in (LOOK_AGAIN);
      store->looked = TRUE;
    }
  return store->kind;
}

LlSecretStoreKind
ll_secret_store_kind (LlSecretStore *store)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->lock);

  return kind_now (store);
}

static LlSecretFileFound
file_lookup (LlSecretStore *store,
             const char *purpose,
             const char *name,
             LlSecret **secret,
             LlSecretStoreKind *kind,
             GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->lock);

  *kind = kind_now (store);
  return ll_secret_file_lookup (store->path, purpose, name, secret, error);
}

static gboolean
set_out_of_reach (GError **error)
{
  g_set_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_LOCKED,
               "The desktop's keyring has it, and cannot be reached from here");
  return FALSE;
}

/* With moving held. */
static gboolean
keep_here (LlSecretStore *store,
           const char *purpose,
           const char *name,
           const LlSecret *secret,
           GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->lock);

  return ll_secret_file_save (store->path, purpose, name, secret, error);
}

/* With moving held. */
static gboolean
keep (LlSecretStore *store,
      const char *purpose,
      const char *name,
      const LlSecret *secret,
      GCancellable *cancellable,
      GError **error)
{
  if (ll_secret_store_kind (store) == LL_SECRET_STORE_FILE)
    return keep_here (store, purpose, name, secret, error);
  return ll_secret_service_save (purpose, name, secret, cancellable, error)
         && keep_here (store, purpose, name, NULL, error);
}

/* It stays in the file for as long as the keyring does not take it. Who writes just now may write a
 * newer one: another time, then. */
static void
move (LlSecretStore *store, const char *purpose, const char *name, GCancellable *cancellable)
{
  g_autoptr (LlSecret) secret = NULL;
  LlSecretStoreKind kind;

  if (!g_mutex_trylock (&store->moving))
    return;
  if (file_lookup (store, purpose, name, &secret, &kind, NULL) == LL_SECRET_FILE_HERE)
    (void) keep (store, purpose, name, secret, cancellable, NULL);
  g_mutex_unlock (&store->moving);
}

LlSecret *
ll_secret_store_lookup (LlSecretStore *store,
                        const char *purpose,
                        const char *name,
                        GCancellable *cancellable,
                        GError **error)
{
  LlSecretStoreKind kind;
  LlSecret *secret = NULL;

  switch (file_lookup (store, purpose, name, &secret, &kind, error))
    {
    case LL_SECRET_FILE_HERE:
      if (kind == LL_SECRET_STORE_SERVICE)
        move (store, purpose, name, cancellable);
      return secret;
    case LL_SECRET_FILE_KEYRING:
      if (kind == LL_SECRET_STORE_SERVICE)
        return ll_secret_service_lookup (purpose, name, TRUE, cancellable, error);
      set_out_of_reach (error);
      return NULL;
    case LL_SECRET_FILE_ABSENT:
      if (kind == LL_SECRET_STORE_SERVICE)
        return ll_secret_service_lookup (purpose, name, FALSE, cancellable, error);
      g_set_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_ABSENT, "%s has no %s", store->path,
                   purpose);
      return NULL;
    case LL_SECRET_FILE_FAILED:
    default:
      return NULL;
    }
}

gboolean
ll_secret_store_save (LlSecretStore *store,
                      const char *purpose,
                      const char *name,
                      const LlSecret *secret,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->moving);

  return keep (store, purpose, name, secret, cancellable, error);
}

gboolean
ll_secret_store_save_here (LlSecretStore *store,
                           const char *purpose,
                           const char *name,
                           const LlSecret *secret,
                           GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->moving);

  return keep_here (store, purpose, name, secret, error);
}

gboolean
ll_secret_store_remove (LlSecretStore *store,
                        const char *purpose,
                        const char *name,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (GMutexLocker) writer = g_mutex_locker_new (&store->moving);
  g_autoptr (GMutexLocker) locker = NULL;
  g_autoptr (LlSecret) here = NULL;
  LlSecretStoreKind kind;
  LlSecretFileFound found = file_lookup (store, purpose, name, &here, &kind, error);

  if (found == LL_SECRET_FILE_FAILED)
    return FALSE;
  if (found == LL_SECRET_FILE_KEYRING && kind == LL_SECRET_STORE_FILE)
    return set_out_of_reach (error);
  /* One that never left the file needs no open keyring to go. */
  if (found != LL_SECRET_FILE_HERE && kind == LL_SECRET_STORE_SERVICE
      && !ll_secret_service_remove (purpose, name, cancellable, error))
    return FALSE;
  locker = g_mutex_locker_new (&store->lock);
  return ll_secret_file_remove (store->path, purpose, name, error);
}
