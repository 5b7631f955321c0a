/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "worker/worker.h"

#include "base/error.h"
#include "base/limits.h"

#include <gpgme.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* The daemon's end of the pair is the other one. */
#define SOCKET 3

static const struct
{
  const char *name;
  Verb verb;
} verbs[] = {
  { "status", worker_status },     { "list", worker_list },       { "own", worker_own },
  { "inspect", worker_inspect },   { "export", worker_export },   { "seal", worker_seal },
  { "sign", worker_sign },         { "pkcs12", worker_pkcs12 },   { "cms-own", worker_cms_own },
  { "cms-sign", worker_cms_sign }, { "harvest", worker_harvest }, { "ldap", worker_ldap },
};

static Verb
find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (strcmp (verbs[i].name, name) == 0)
      return verbs[i].verb;
  return NULL;
}

static GVariant *
failure (const GError *error)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "text", "s", error->message);
  return g_variant_dict_end (&dict);
}

/* FALSE: the daemon does not listen any more. */
static gboolean
answer (LlEngineMessage *request)
{
  Verb verb = find (request->verb);
  g_autoptr (GError) error = NULL;
  GVariant *reply = NULL;

  if (verb != NULL)
    reply = verb (request->arguments, request->fds, request->n_fds, &error);
  else
    g_set_error (&error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED, "there is no verb %s",
                 request->verb);
  if (reply != NULL)
    return ll_engine_send (SOCKET, "ok", reply, NULL, 0, NULL);
  return ll_engine_send (SOCKET, ll_engine_error_word (error->code), failure (error), NULL, 0,
                         NULL);
}

static gboolean
serve_one (void)
{
  g_auto (LlEngineMessage) request = { 0 };
  struct pollfd poll_fd = { .fd = SOCKET, .events = POLLIN };

  if (poll (&poll_fd, 1, LL_ENGINE_IDLE * 1000) <= 0)
    return FALSE;
  return ll_engine_receive (SOCKET, &request, NULL) && answer (&request);
}

int
main (int argc, char **argv)
{
  struct rlimit none = { 0, 0 };
  struct pollfd poll_fd = { .fd = SOCKET };

  if (argc > 1 || poll (&poll_fd, 1, 0) < 0 || (poll_fd.revents & POLLNVAL) != 0)
    {
      fputs ("letterlock-worker is started by letterlockd alone\n", stderr);
      return 2;
    }
  setrlimit (RLIMIT_CORE, &none);
  prctl (PR_SET_DUMPABLE, 0);
  setlocale (LC_ALL, "");
  gpgme_check_version (NULL);
  while (serve_one ())
    ;
  return 0;
}
