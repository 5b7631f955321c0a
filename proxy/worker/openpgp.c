/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "worker/openpgp.h"

#include "base/error.h"
#include "base/file.h"
#include "worker/worker.h"

#include <sys/socket.h>
#include <sys/un.h>

static void
set_missing (GError **error, gpgme_error_t code)
{
  g_set_error (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_MISSING, "GnuPG cannot be used: %s",
               gpgme_strerror (code));
}

const char *
openpgp_program (GError **error)
{
  gpgme_error_t code = gpgme_engine_check_version (GPGME_PROTOCOL_OpenPGP);

  if (code == 0)
    return gpgme_get_dirinfo ("gpg-name");
  set_missing (error, code);
  return NULL;
}

gpgme_ctx_t
openpgp_new (GError **error)
{
  gpgme_ctx_t context = NULL;
  gpgme_error_t code;

  if (openpgp_program (error) == NULL)
    return NULL;
  code = gpgme_new (&context);
  if (code == 0)
    code = gpgme_set_protocol (context, GPGME_PROTOCOL_OpenPGP);
  if (code == 0)
    {
      gpgme_set_offline (context, 1); /* no key server is asked behind our back */
      return context;
    }
  if (context != NULL)
    gpgme_release (context);
  set_missing (error, code);
  return NULL;
}

/* What is not here is FAILED. */
static const struct
{
  gpg_err_code_t code;
  int meaning;
} meanings[] = {
  { GPG_ERR_CANCELED, LL_ENGINE_ERROR_LOCKED },
  { GPG_ERR_FULLY_CANCELED, LL_ENGINE_ERROR_LOCKED },
  { GPG_ERR_NO_PIN_ENTRY, LL_ENGINE_ERROR_LOCKED },
  { GPG_ERR_PIN_ENTRY, LL_ENGINE_ERROR_LOCKED },
  { GPG_ERR_BAD_PASSPHRASE, LL_ENGINE_ERROR_LOCKED },
  { GPG_ERR_NO_PASSPHRASE, LL_ENGINE_ERROR_LOCKED },
  { GPG_ERR_NO_AGENT, LL_ENGINE_ERROR_NO_AGENT },
  { GPG_ERR_AGENT, LL_ENGINE_ERROR_NO_AGENT },
  { GPG_ERR_NO_SECKEY, LL_ENGINE_ERROR_NO_SECRET },
  { GPG_ERR_UNUSABLE_SECKEY, LL_ENGINE_ERROR_NO_SECRET },
  { GPG_ERR_CARD_NOT_PRESENT, LL_ENGINE_ERROR_NO_SECRET },
  { GPG_ERR_CARD_REMOVED, LL_ENGINE_ERROR_NO_SECRET },
  { GPG_ERR_NO_PUBKEY, LL_ENGINE_ERROR_BAD_KEY },
  { GPG_ERR_UNUSABLE_PUBKEY, LL_ENGINE_ERROR_BAD_KEY },
  { GPG_ERR_WRONG_PUBKEY_ALGO, LL_ENGINE_ERROR_BAD_KEY },
  { GPG_ERR_BAD_PUBKEY, LL_ENGINE_ERROR_BAD_KEY },
  { GPG_ERR_INV_KEYRING, LL_ENGINE_ERROR_BAD_KEY },
  { GPG_ERR_UNSUPPORTED_ALGORITHM, LL_ENGINE_ERROR_BAD_KEY },
  { GPG_ERR_INV_ENGINE, LL_ENGINE_ERROR_MISSING },
};

static int
meaning_of (gpgme_error_t code, gboolean prompted)
{
  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (meanings[i].code == gpgme_err_code (code))
      return prompted && meanings[i].meaning == LL_ENGINE_ERROR_LOCKED ? LL_ENGINE_ERROR_DECLINED
                                                                       : meanings[i].meaning;
  return LL_ENGINE_ERROR_FAILED;
}

gboolean
openpgp_set_error (GError **error, gpgme_error_t code, gboolean prompted, const char *what)
{
  g_set_error (error, LL_ENGINE_ERROR, meaning_of (code, prompted), "%s: %s", what,
               gpgme_strerror (code));
  return FALSE;
}

static gboolean
agent_listens (void)
{
  const char *path = gpgme_get_dirinfo ("agent-socket");
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  LL_AUTO_FD fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (path == NULL || fd < 0
      || g_strlcpy (address.sun_path, path, sizeof address.sun_path) >= sizeof address.sun_path)
    return FALSE;
  return connect (fd, (struct sockaddr *) &address, sizeof address) == 0;
}

/* -- starting it, but not as a child of ours: what we start ends with us, and lives in our cell  */

static gboolean
run_to_end (const char *const *arguments)
{
  int status = 1;

  return g_spawn_sync (NULL, (char **) arguments, NULL,
                       G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL
                           | G_SPAWN_STDERR_TO_DEV_NULL,
                       NULL, NULL, NULL, NULL, &status, NULL)
         && status == 0;
}

/* The unit that comes with GnuPG serves its default home alone. */
static gboolean
start_socket_unit (void)
{
  static const char *const start[] = { "systemctl", "--user", "start", "gpg-agent.socket", NULL };

  return g_getenv ("GNUPGHOME") == NULL && run_to_end (start) && agent_listens ();
}

static gboolean
start_own_unit (void)
{
  const char *home = gpgme_get_dirinfo ("homedir");
  g_autofree char *variable = g_strdup_printf ("--setenv=GNUPGHOME=%s", home != NULL ? home : "");
  const char *start[] = { "systemd-run", "--user",  "--quiet",  "--collect", "-pType=forking",
                          variable,      "gpgconf", "--launch", "gpg-agent", NULL };

  return home != NULL && run_to_end (start) && agent_listens ();
}

gboolean
openpgp_has_secrets (void)
{
  const char *home = gpgme_get_dirinfo ("homedir");
  g_autofree char *path = g_build_filename (home != NULL ? home : "", "private-keys-v1.d", NULL);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);

  return folder != NULL && g_dir_read_name (folder) != NULL;
}

gboolean
openpgp_needs_agent (GError **error)
{
  if (agent_listens () || start_socket_unit () || start_own_unit ())
    return TRUE;
  g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_NO_AGENT,
                       "gpg-agent is not running");
  return FALSE;
}

GVariant *
worker_status (GVariant *arguments, const int *fds, guint n_fds, GError **error)
{
  gpgme_ctx_t context = openpgp_new (error);
  const char *home = gpgme_get_dirinfo ("homedir");
  gpgme_engine_info_t info;
  GVariantDict dict;

  if (context == NULL)
    return NULL;
  info = gpgme_ctx_get_engine_info (context);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "version", "s", info->version != NULL ? info->version : "");
  g_variant_dict_insert (&dict, "home", "s", home != NULL ? home : "");
  g_variant_dict_insert (&dict, "agent", "b", agent_listens ());
  gpgme_release (context);
  return g_variant_dict_end (&dict);
}
