/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "bus/accounts.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "deliver/oauth-secrets.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* Secrets of an account come in by pipes, and its certificate as an open file. */

/* Whoever was asked for a secret types it, or has it ready. */
#define SECRET_WAIT 20000

/* One line, or all up to the end; whoever writes it has @deadline. -1: @error. */
static gssize
read_line (int fd, char *bytes, gsize size, const char *what, LlDeadline deadline, GError **error)
{
  gsize done = 0;

  while (done < size && (done == 0 || bytes[done - 1] != '\n'))
    {
      GPollFD wait = { .fd = fd, .events = G_IO_IN };
      gssize n;

      if (g_poll (&wait, 1, ll_deadline_left (deadline)) <= 0)
        {
          g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                       "%s did not come through the pipe", what);
          return -1;
        }
      n = read (fd, bytes + done, 1);
      if (n == 0)
        break;
      if (n < 0 && errno != EINTR && errno != EAGAIN)
        {
          ll_file_set_error (error, "Cannot read %s: %m", what);
          return -1;
        }
      done += n > 0 ? (gsize) n : 0;
    }
  return (gssize) done;
}

gboolean
ll_bus_take_secret (
    LlBusCall *call, GVariant *handles, const char *what, LlSecret **secret, GError **error)
{
  char bytes[LL_PASSWORD_MAX + 2];
  gint32 handle;
  gssize n;
  LL_AUTO_FD fd = -1;

  *secret = NULL;
  if (g_variant_n_children (handles) == 0)
    return TRUE;
  g_variant_get_child (handles, 0, "h", &handle);
  fd = ll_bus_take_descriptor (call, handle, error);
  if (fd < 0)
    return FALSE;
  n = read_line (fd, bytes, sizeof bytes, what, ll_deadline_in (SECRET_WAIT), error);
  if (n > 0 && bytes[n - 1] == '\n')
    n--;
  if (n > 0 && bytes[n - 1] == '\r')
    n--;
  if (n > 0 && n <= LL_PASSWORD_MAX)
    *secret = ll_secret_new (bytes, (gsize) n);
  ll_secret_wipe (bytes, sizeof bytes);
  if (n >= 0 && *secret == NULL)
    g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                 n == 0 ? "%s is empty" : "%s is longer than %d octets", what, LL_PASSWORD_MAX);
  return *secret != NULL;
}

/* -- where they rest ------------------------------------------------------------------------- */

/* @name as it stands in the file now: what is in force may be older. */
static const LlAccount *
account_on_disk (LlBusCall *call, const char *name, LlConfig **config, GError **error)
{
  *config = ll_config_load (call->actions->config_system, call->actions->config_path, error);
  return *config != NULL ? ll_config_account (*config, name) : NULL;
}

gboolean
ll_bus_account_save_secret (LlBusCall *call,
                            const char *name,
                            const LlSecret *secret,
                            GError **error)
{
  g_autoptr (LlConfig) config = NULL;
  const LlAccount *account;

  if (secret == NULL)
    return TRUE;
  if (call->actions->secrets == NULL)
    return ll_bus_cannot (error, "keep passwords") != NULL;
  account = account_on_disk (call, name, &config, error);
  if (account == NULL)
    return FALSE;
  return ll_secret_store_save (call->actions->secrets,
                               account->auth == LL_AUTH_OAUTH2 ? LL_OAUTH_CLIENT_SECRET
                                                               : LL_BUS_PASSWORD_PURPOSE,
                               name, secret, call->cancellable, error);
}

gboolean
ll_bus_account_drop_grant (LlBusCall *call, const LlAccount *before, GError **error)
{
  g_autoptr (LlConfig) config = NULL;
  const LlAccount *now;

  if (call->actions->secrets == NULL)
    return TRUE;
  now = account_on_disk (call, before->name, &config, error);
  if (now == NULL)
    return FALSE;
  if (now->auth != LL_AUTH_OAUTH2
      || (g_strcmp0 (before->client_id, now->client_id) == 0
          && g_strcmp0 (before->token_url, now->token_url) == 0))
    return TRUE;
  if (ll_secret_store_remove (call->actions->secrets, LL_OAUTH_REFRESH, before->name,
                              call->cancellable, error))
    return TRUE;
  g_prefix_error (error, "The account is changed, but its permission from before is still kept: ");
  return FALSE;
}

gboolean
ll_bus_account_remove_secrets (LlBusCall *call, const char *name, GError **error)
{
  static const char *const purposes[]
      = { LL_BUS_PASSWORD_PURPOSE, LL_OAUTH_REFRESH, LL_OAUTH_CLIENT_SECRET };

  for (guint i = 0; call->actions->secrets != NULL && i < G_N_ELEMENTS (purposes); i++)
    if (!ll_secret_store_remove (call->actions->secrets, purposes[i], name, call->cancellable,
                                 error))
      return FALSE;
  return TRUE;
}

/* -- the own certificate ---------------------------------------------------------------------- */

/* A regular file only: it has an end, and does not make us wait. */
static GBytes *
read_file (int fd, GError **error)
{
  g_autofree char *bytes = g_malloc (LL_OWN_FILE_MAX + 1);
  struct stat info;
  gssize length;

  if (fstat (fd, &info) < 0 || !S_ISREG (info.st_mode) || info.st_size > LL_OWN_FILE_MAX)
    {
      g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                           "This is no file, or too large for a certificate and its key");
      return NULL;
    }
  length = ll_file_read_full (fd, bytes, LL_OWN_FILE_MAX, error);
  return length >= 0 ? g_bytes_new (bytes, (gsize) length) : NULL;
}

static GVariant *
set_certificate (
    LlBusCall *call, const char *name, GVariant *files, GVariant *passphrases, GError **error)
{
  g_autoptr (LlSecret) passphrase = NULL;
  g_autoptr (GBytes) file = NULL;
  gint32 handle;
  LL_AUTO_FD fd = -1;

  g_variant_get_child (files, 0, "h", &handle);
  fd = ll_bus_take_descriptor (call, handle, error);
  if (fd < 0 || !ll_bus_take_secret (call, passphrases, "The passphrase", &passphrase, error))
    return NULL;
  file = read_file (fd, error);
  if (file == NULL)
    return NULL;
  return call->actions->certificate_set (call->actions->data, name, file, passphrase,
                                         call->cancellable, error);
}

GVariant *
ll_bus_account_certificate (LlBusCall *call, GError **error)
{
  g_autoptr (LlConfig) config = NULL;
  g_autoptr (GVariant) files = NULL;
  g_autoptr (GVariant) passphrases = NULL;
  const char *name;

  g_variant_get (call->arguments, "(&s@ah@ah)", &name, &files, &passphrases);
  if (ll_bus_account_find (call, &config, name, error) == NULL)
    return NULL;
  if (call->actions->certificate_set == NULL)
    return ll_bus_cannot (error, "keep certificates");
  if (g_variant_n_children (files) > 0)
    return ll_bus_reply (set_certificate (call, name, files, passphrases, error));
  if (!call->actions->certificate_remove (call->actions->data, name, error))
    return NULL;
  return ll_bus_reply (g_variant_new ("a{sv}", NULL));
}

GVariant *
ll_bus_account_use_certificate (LlBusCall *call, GError **error)
{
  g_autoptr (LlConfig) config = NULL;
  const char *name;
  const char *gpgsm;

  g_variant_get (call->arguments, "(&s&s)", &name, &gpgsm);
  if (ll_bus_account_find (call, &config, name, error) == NULL)
    return NULL;
  if (call->actions->certificate_use == NULL)
    return ll_bus_cannot (error, "use certificates of gpgsm");
  return ll_bus_reply (
      call->actions->certificate_use (call->actions->data, name, gpgsm, call->cancellable, error));
}
