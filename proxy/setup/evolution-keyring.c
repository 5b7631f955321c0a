/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/evolution-keyring.h"

#include "base/error.h"
#include "base/limits.h"
#include "secrets/libsecret.h"
#include "secrets/wait.h"

#include <libsecret/secret.h>

#define UID "e-source-uid"
#define ORIGIN "eds-origin"

/* Its name is the schema's alone to say: Evolution looks by the attributes. */
static const SecretSchema schema = {
  .name = "org.gnome.Evolution.Data.Source",
  .flags = SECRET_SCHEMA_DONT_MATCH_NAME,
  .attributes = {
    { UID, SECRET_SCHEMA_ATTRIBUTE_STRING },
    { ORIGIN, SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

/* GDBus would start a bus of its own where there is none, and leave it behind. */
static gboolean
begin (LlWait *wait, GError **error)
{
  if (!ll_secret_service_is_there (TRUE))
    {
      g_set_error_literal (error, LL_SECRET_ERROR, LL_SECRET_ERROR_LOCKED,
                           "There is no keyring here, in which Evolution keeps its passwords: run "
                           "this in your desktop session");
      return FALSE;
    }
  ll_wait_begin (wait, LL_SETUP_KEYRING_DEADLINE, NULL);
  return TRUE;
}

/* Consumes @cause. */
static gboolean
end (LlWait *wait, GError *cause, GError **error)
{
  gboolean expired = ll_wait_end (wait);

  if (cause == NULL)
    return TRUE;
  g_set_error (error, LL_SECRET_ERROR, expired ? LL_SECRET_ERROR_LOCKED : LL_SECRET_ERROR_FAILED,
               "The keyring with Evolution's passwords %s: %s",
               expired ? "did not answer" : "cannot be used", cause->message);
  g_error_free (cause);
  return FALSE;
}

LlSecret *
ll_evolution_keyring_lookup (const char *uid, GError **error)
{
  LlWait wait;
  GError *cause = NULL;
  char *text;
  LlSecret *secret;

  if (!begin (&wait, error))
    return NULL;
  text
      = secret_password_lookup_nonpageable_sync (&schema, wait.cancellable, &cause, UID, uid, NULL);
  secret = text != NULL && *text != '\0' ? ll_secret_new_string (text) : NULL;
  secret_password_free (text);
  if (end (&wait, cause, error))
    return secret;
  ll_secret_free (secret);
  return NULL;
}

gboolean
ll_evolution_keyring_save (const char *uid,
                           const char *label,
                           const LlSecret *password,
                           GError **error)
{
  LlWait wait;
  GError *cause = NULL;

  if (!begin (&wait, error))
    return FALSE;
  secret_password_store_sync (&schema, SECRET_COLLECTION_DEFAULT, label, ll_secret_peek (password),
                              wait.cancellable, &cause, UID, uid, ORIGIN, "evolution-data-server",
                              NULL);
  return end (&wait, cause, error);
}

gboolean
ll_evolution_keyring_remove (const char *uid, GError **error)
{
  LlWait wait;
  GError *cause = NULL;

  if (!begin (&wait, error))
    return FALSE;
  secret_password_clear_sync (&schema, wait.cancellable, &cause, UID, uid, NULL);
  return end (&wait, cause, error);
}
