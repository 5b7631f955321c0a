/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * `account test`: walks the way to the provider once, on a connection of its own, and says what
 * it sees. Where the certificate bears another name, it looks for one in it that leads to the
 * same address, because that is the one to configure; else the key can be pinned.
 */

#include "base/error.h"
#include "api/intl.h"
#include "deliver/lookup.h"
#include "deliver/result.h"
#include "deliver/upstream-private.h"

#include <string.h>

#define NAMES_MAX 10

typedef struct
{
  LlUpstream *upstream;
  const LlTarget *target;
  LlUpstreamStep step;
  gpointer data;
  LlDeadline deadline;
  GCancellable *cancellable;
} Walk;

static void
say (const Walk *walk, const char *step, gboolean ok, const char *detail)
{
  if (walk->step != NULL)
    walk->step (step, ok, detail, walk->data);
}

static gboolean
leads_to (const Walk *walk, const char *name, const char *address)
{
  g_auto (LlLookup) lookup = { NULL, NULL, NULL };

  return strchr (name, '*') == NULL && g_ascii_strcasecmp (name, walk->target->host) != 0
         && ll_lookup (walk->upstream->resolver, name, walk->target->port, &lookup, walk->deadline,
                       walk->cancellable, NULL)
         && g_strv_contains ((const char *const *) lookup.addresses, address);
}

/* A pinned key that changed is for a person to look at, never for a suggestion. */
static void
suggest (const Walk *walk, const LlDialed *seen)
{
  g_autofree char *detail = NULL;

  if (seen->facts == NULL || seen->facts->verify == X509_V_OK || walk->target->pins != NULL)
    return;
  for (guint i = 0; seen->facts->verify == X509_V_ERR_HOSTNAME_MISMATCH && i < NAMES_MAX
                    && seen->facts->names[i] != NULL;
       i++)
    if (leads_to (walk, seen->facts->names[i], seen->address))
      {
        detail = g_strdup_printf (N_ ("the certificate is for %s, which leads to the same address: "
                                      "use --upstream %s:%u"),
                                  seen->facts->names[i], seen->facts->names[i], walk->target->port);
        say (walk, "suggestion", TRUE, detail);
        return;
      }
  detail
      = g_strdup_printf (N_ ("if you know from your provider that this is its key, accept it with "
                             "--pin %s"),
                         seen->facts->spki);
  say (walk, "suggestion", TRUE, detail);
}

static char *
offers_text (const LlEhlo *ehlo)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append (text, ehlo->pipelining ? "PIPELINING " : "");
  g_string_append (text, ehlo->chunking ? "CHUNKING " : "");
  g_string_append (text, ehlo->eightbitmime ? "8BITMIME " : "");
  g_string_append (text, ehlo->smtputf8 ? "SMTPUTF8 " : "");
  g_string_append (text, ehlo->dsn ? "DSN " : "");
  g_string_append (text, ehlo->requiretls ? "REQUIRETLS " : "");
  if (ehlo->size > 0)
    g_string_append_printf (text, "SIZE %" G_GUINT64_FORMAT, ehlo->size);
  return g_strdup (g_strchomp (text->str));
}

/* Without an answer it was not the provider who refused: there was no password to show. */
static int
error_code_of (const LlResult *problem)
{
  switch (problem->outcome)
    {
    case LL_OUTCOME_NO_TLS:
      return LL_DELIVER_ERROR_TLS_REQUIRED;
    case LL_OUTCOME_AUTH:
      return problem->code != 0 ? LL_DELIVER_ERROR_AUTH : LL_DELIVER_ERROR_TEMPORARY;
    case LL_OUTCOME_REFUSED:
      return LL_DELIVER_ERROR_PERMANENT;
    case LL_OUTCOME_SENT:
    case LL_OUTCOME_TEMPORARY:
    case LL_OUTCOME_LOCKED:
    case LL_OUTCOME_NO_CONNECTION:
    case LL_OUTCOME_UNCERTAIN:
    case LL_OUTCOME_REQUIRETLS_REFUSED:
    case LL_OUTCOME_TOO_LARGE:
    case LL_OUTCOME_CANCELLED:
    case LL_OUTCOME_PACED:
    default:
      return LL_DELIVER_ERROR_TEMPORARY;
    }
}

/* With auth = client there is nothing of ours to sign in with: the way there is walked all the
 * same. */
static LlTarget *
target_for_test (const LlAccount *account)
{
  LlTarget *target = ll_target_new (account);

  if (target->auth == LL_AUTH_CLIENT)
    target->auth = LL_AUTH_NONE;
  return target;
}

gboolean
ll_upstream_test (LlUpstream *upstream,
                  const LlAccount *account,
                  LlUpstreamStep step,
                  gpointer data,
                  LlDeadline deadline,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (LlTarget) target = target_for_test (account);
  Walk walk = { upstream, target, step, data, deadline, cancellable };
  LlDial dial = {
    .target = target,
    .step = step,
    .data = data,
    .deadline = deadline,
    .cancellable = cancellable,
  };
  g_autoptr (LlDialed) seen = NULL;
  g_autoptr (LlResult) problem = NULL;
  g_autoptr (LlDialed) dialed = ll_dial (upstream->dialer, &dial, &seen, &problem);
  g_autofree char *text = NULL;

  if (dialed == NULL)
    {
      if (problem->code != 0 && problem->outcome != LL_OUTCOME_NO_TLS)
        text = g_strdup_printf ("%s: %u %s%s%s", target->host, problem->code, problem->enhanced,
                                problem->enhanced[0] != '\0' ? " " : "", problem->text);
      else
        text = g_strdup (problem->text);
      say (&walk, "problem", FALSE, text);
      suggest (&walk, seen);
      g_set_error_literal (error, LL_DELIVER_ERROR, error_code_of (problem), text);
      return FALSE;
    }
  ll_offers_put (upstream->offers, target, ll_client_offers (dialed->client));
  text = offers_text (ll_client_offers (dialed->client));
  say (&walk, "offers", TRUE, text);
  ll_client_quit (g_steal_pointer (&dialed->client), cancellable);
  return TRUE;
}
