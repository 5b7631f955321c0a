/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "worker/gpg.h"

#include "base/error.h"
#include "base/file.h"
#include "worker/openpgp.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define STATUS_FD 3

/* -- its life ------------------------------------------------------------------------------- */

static GPtrArray *
command (const char *program, const char *const *arguments, gboolean prompt)
{
  /* the user's gpg.conf holds, but for what would change what this is; a key may ask for 3DES and
   * SHA-1, or for nothing at all, which is 3DES to gpg (RFC 9580 9.3 and 9.5 forbid both) */
  static const char *const always[] = { "--batch",
                                        "--no-tty",
                                        "--status-fd",
                                        G_STRINGIFY (STATUS_FD),
                                        "--charset",
                                        "utf8",
                                        "--no-armor",
                                        "--disable-dirmngr",
                                        "--no-encrypt-to",
                                        "--no-throw-keyids",
                                        "--always-trust",
                                        "--cipher-algo",
                                        "AES256",
                                        "--digest-algo",
                                        "SHA512",
                                        "--output",
                                        "-" };
  GPtrArray *argv = g_ptr_array_new ();

  g_ptr_array_add (argv, (char *) program);
  for (guint i = 0; i < G_N_ELEMENTS (always); i++)
    g_ptr_array_add (argv, (char *) always[i]);
  if (!prompt)
    g_ptr_array_add (argv, (char *) "--pinentry-mode=cancel");
  for (guint i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (argv, (char *) arguments[i]);
  g_ptr_array_add (argv, NULL);
  return argv;
}

/* Returns an errno. What it prints for people goes nowhere: its status says it all. */
static int
spawn (char **argv, int in, int out, int status, pid_t *pid)
{
  posix_spawn_file_actions_t actions;
  int failed;

  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_adddup2 (&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2 (&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_addopen (&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2 (&actions, status, STATUS_FD);
  posix_spawn_file_actions_addclosefrom_np (&actions, STATUS_FD + 1);
  failed = posix_spawn (pid, argv[0], &actions, NULL, argv, environ);
  posix_spawn_file_actions_destroy (&actions);
  return failed;
}

static void
listen_to (int fd, LlGpgStatus *status)
{
  FILE *lines = fdopen (fd, "r");
  char line[LL_GPG_STATUS_LINE_MAX];

  while (lines != NULL && fgets (line, sizeof line, lines) != NULL)
    ll_gpg_status_read (status, line, strcspn (line, "\n"));
  if (lines != NULL)
    fclose (lines);
  else
    close (fd);
}

/* -- how it ended --------------------------------------------------------------------------- */

/* INV_RECP and INV_SGNR, as far as gpg itself gives them. */
static gpgme_error_t
code_of (guint reason)
{
  static const gpg_err_code_t codes[] = {
    [1] = GPG_ERR_NO_PUBKEY,     [3] = GPG_ERR_WRONG_KEY_USAGE, [4] = GPG_ERR_CERT_REVOKED,
    [5] = GPG_ERR_CERT_EXPIRED,  [9] = GPG_ERR_NO_SECKEY,       [10] = GPG_ERR_PUBKEY_NOT_TRUSTED,
    [13] = GPG_ERR_KEY_DISABLED,
  };

  return gpgme_error (reason < G_N_ELEMENTS (codes) && codes[reason] != 0
                          ? codes[reason]
                          : GPG_ERR_UNUSABLE_PUBKEY);
}

static gboolean
refuse_key (const LlGpgStatus *status, gboolean prompt, GError **error)
{
  gpgme_error_t code = code_of (status->reason);

  if (gpgme_err_code (code) == GPG_ERR_NO_SECKEY)
    return openpgp_set_error (error, code, prompt, "Your own key cannot be used");
  g_set_error (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_BAD_KEY,
               "GnuPG does not take the key %s: %s",
               *status->key == '/' ? "that was found" : status->key, gpgme_strerror (code));
  return FALSE;
}

static gboolean
judge (const LlGpgStatus *status, int ended, gboolean prompt, GError **error)
{
  if (*status->key != '\0')
    return refuse_key (status, prompt, error);
  if (status->failure != 0)
    return openpgp_set_error (error, gpgme_error (status->failure), prompt, "GnuPG cannot do it");
  if (WIFSIGNALED (ended))
    g_set_error (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED, "GnuPG was killed by signal %d",
                 WTERMSIG (ended));
  else if (!status->done)
    g_set_error (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED,
                 "GnuPG ended before it was done, with status %d", WEXITSTATUS (ended));
  else
    return TRUE; /* of what it had no need of, as a bad key somewhere, it may complain */
  return FALSE;
}

gboolean
gpg_run (const char *const *arguments,
         int in,
         int out,
         gboolean prompt,
         LlGpgStatus *status,
         GError **error)
{
  const char *program = openpgp_program (error);
  g_autoptr (GPtrArray) argv = NULL;
  int ends[2], ended = 0, failed;
  pid_t pid;

  *status = (LlGpgStatus){ 0 };
  if (program == NULL)
    return FALSE;
  if (pipe2 (ends, O_CLOEXEC) < 0)
    return ll_file_set_error (error, "Cannot make a pipe for GnuPG: %m");
  argv = command (program, arguments, prompt);
  failed = spawn ((char **) argv->pdata, in, out, ends[1], &pid);
  close (ends[1]);
  if (failed != 0)
    {
      close (ends[0]);
      g_set_error (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_MISSING, "Cannot start %s: %s", program,
                   g_strerror (failed));
      return FALSE;
    }
  listen_to (ends[0], status);
  while (waitpid (pid, &ended, 0) < 0 && errno == EINTR)
    ;
  return judge (status, ended, prompt, error);
}
