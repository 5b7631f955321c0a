/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/dial.h"

#include "api/intl.h"
#include "base/error.h"
#include "base/limits.h"
#include "deliver/proxy.h"
#include "deliver/result.h"
#include "deliver/sign-in.h"
#include "deliver/verify.h"

#include <string.h>

/* Neither the host's name nor its address in the local network is the provider's business. */
#define OUR_NAME "[127.0.0.1]"

/* While there are more addresses to try, one that does not answer gets that long. */
#define ADDRESS_MILLISECONDS 4000

/* How a connection is made, from its begin to its end: [network] may change meanwhile. Immutable.
 */
typedef struct
{
  gint ref_count;
  LlResolver *resolver; /* (owned) pinned; or NULL */
  LlVerifier *verifier; /* (owned) */
  char *proxy;          /* or NULL */
} Way;

struct _LlDialer
{
  LlSigner *signer;
  GMutex lock;
  Way *way; /* (owned) under the lock */
};

static Way *
way_new (const LlUpstreamOptions *options)
{
  Way *way = g_new0 (Way, 1);

  way->ref_count = 1;
  way->resolver = ll_resolver_pin (options->resolver);
  way->verifier = ll_verifier_new (options->ca_file);
  way->proxy = g_strdup (options->proxy);
  return way;
}

static void
way_unref (Way *way)
{
  if (!g_atomic_int_dec_and_test (&way->ref_count))
    return;
  ll_resolver_free (way->resolver);
  ll_verifier_unref (way->verifier);
  g_free (way->proxy);
  g_free (way);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Way, way_unref)

/* (transfer full) */
static Way *
way_now (LlDialer *dialer)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&dialer->lock);

  g_atomic_int_inc (&dialer->way->ref_count);
  return dialer->way;
}

LlDialer *
ll_dialer_new (const LlUpstreamOptions *options)
{
  LlDialer *dialer = g_new0 (LlDialer, 1);

  g_mutex_init (&dialer->lock);
  dialer->way = way_new (options);
  dialer->signer = ll_signer_new (options);
  return dialer;
}

void
ll_dialer_free (LlDialer *dialer)
{
  if (dialer == NULL)
    return;
  ll_signer_free (dialer->signer);
  way_unref (dialer->way);
  g_mutex_clear (&dialer->lock);
  g_free (dialer);
}

void
ll_dialer_follow (LlDialer *dialer, const LlUpstreamOptions *options)
{
  Way *way = way_new (options);
  Way *old;

  g_mutex_lock (&dialer->lock);
  old = dialer->way;
  dialer->way = way;
  g_mutex_unlock (&dialer->lock);
  way_unref (old);
  ll_oauth_follow (ll_dialer_oauth (dialer), options);
}

LlOauth *
ll_dialer_oauth (LlDialer *dialer)
{
  return ll_signer_oauth (dialer->signer);
}

void
ll_dialer_forget (LlDialer *dialer)
{
  g_autoptr (Way) way = way_now (dialer);

  ll_signer_forget (dialer->signer);
  ll_verifier_forget (way->verifier);
}

void
ll_dialed_free (LlDialed *dialed)
{
  if (dialed == NULL)
    return;
  ll_client_free (dialed->client);
  ll_tls_facts_free (dialed->facts);
  g_free (dialed->address);
  g_free (dialed->tls);
  g_free (dialed->local_root);
  g_free (dialed);
}

void
ll_dial_tell (const LlDial *dial, const char *step, gboolean ok, const char *format, ...)
{
  va_list arguments;

  if (dial->step == NULL)
    return;
  va_start (arguments, format);
  g_autofree char *detail = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  dial->step (step, ok, detail, dial->data);
}

LlDeadline
ll_dial_command_deadline (const LlDial *dial)
{
  return ll_deadline_earlier (dial->deadline, ll_deadline_in (LL_UPSTREAM_COMMAND));
}

/* -- the connection ----------------------------------------------------------- */

static LlConnection *
connect_one (
    const Way *way, const LlDial *dial, const char *address, LlDeadline end, GError **error)
{
  if (way->proxy != NULL)
    return ll_proxy_open (way->proxy, dial->target->host, dial->target->port, end,
                          dial->cancellable, error);
  return ll_connection_open (address, dial->target->port, end, dial->cancellable, error);
}

static LlResult *
connect_any (const Way *way, const LlDial *dial, const LlLookup *lookup, LlDialed *out)
{
  LlDeadline end = ll_deadline_earlier (dial->deadline, ll_deadline_in (LL_UPSTREAM_CONNECT));
  LlConnection *connection = NULL;
  g_autoptr (GError) error = NULL;

  for (char **address = lookup->addresses; *address != NULL && connection == NULL; address++)
    {
      LlDeadline turn = address[1] != NULL
                            ? ll_deadline_earlier (end, ll_deadline_in (ADDRESS_MILLISECONDS))
                            : end;

      g_clear_error (&error);
      connection = connect_one (way, dial, *address, turn, &error);
      if (connection != NULL)
        out->address = g_strdup (*address);
      else if (g_cancellable_is_cancelled (dial->cancellable) || ll_deadline_left (end) == 0)
        break;
    }
  if (connection == NULL)
    return ll_result_new_error (LL_OUTCOME_NO_CONNECTION, dial->target->host, error);
  out->client = ll_client_new (connection);
  ll_dial_tell (dial, "connect", TRUE, "%s port %u", out->address, dial->target->port);
  return NULL;
}

static LlResult *
find_and_connect (const Way *way, const LlDial *dial, LlLookup *lookup, LlDialed *out)
{
  const LlTarget *target = dial->target;
  g_autoptr (GError) error = NULL;

  if (way->proxy != NULL)
    {
      /* the proxy looks names up where it stands */
      lookup->addresses = g_strsplit (target->host, "\n", 1);
      return connect_any (way, dial, lookup, out);
    }
  if (!ll_lookup (way->resolver, target->host, target->port, lookup, dial->deadline,
                  dial->cancellable, &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return ll_result_new_error (LL_OUTCOME_CANCELLED, target->host, error);
      return ll_result_new (g_error_matches (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TLS)
                                ? LL_OUTCOME_NO_TLS
                                : LL_OUTCOME_NO_CONNECTION,
                            "%s", error->message);
    }
  return connect_any (way, dial, lookup, out);
}

/* -- greeting and EHLO ---------------------------------------------------------- */

static LlResult *
read_greeting (const LlDial *dial, LlDialed *out)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlServerReply) reply
      = ll_client_read (out->client, ll_dial_command_deadline (dial), dial->cancellable, &error);

  if (reply == NULL)
    return ll_result_new_error (LL_OUTCOME_NO_CONNECTION, dial->target->host, error);
  /* a 5xx here is about this connection, never about a letter */
  if (reply->code != 220)
    return ll_result_new_reply (LL_OUTCOME_TEMPORARY, reply);
  return NULL;
}

static LlResult *
say_ehlo (const LlDial *dial, LlDialed *out)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlServerReply) reply
      = ll_client_ehlo (out->client, OUR_NAME, ll_dial_command_deadline (dial), dial->cancellable,
                        &error);

  if (reply == NULL)
    return ll_result_new_error (LL_OUTCOME_NO_CONNECTION, dial->target->host, error);
  if (reply->code != 250)
    return ll_result_new_reply (LL_OUTCOME_TEMPORARY, reply);
  return NULL;
}

/* -- TLS -------------------------------------------------------------------------- */

static LlResult *
ask_for_tls (const LlDial *dial, LlDialed *out)
{
  const char *host = dial->target->host;
  g_autoptr (LlServerReply) reply = NULL;
  g_autoptr (GError) error = NULL;

  if (!ll_client_offers (out->client)->starttls)
    return ll_result_new (LL_OUTCOME_NO_TLS,
                          ll_client_offers (out->client)->tampered
                              ? N_ ("%s: STARTTLS was overwritten on the way; nothing was sent")
                              : N_ ("%s: the server offers no STARTTLS; nothing was sent"),
                          host);
  reply = ll_client_starttls (out->client, ll_dial_command_deadline (dial), dial->cancellable,
                              &error);
  if (reply == NULL)
    return ll_result_new_error (g_error_matches (error, LL_WIRE_ERROR, LL_WIRE_ERROR_INJECTED)
                                    ? LL_OUTCOME_NO_TLS
                                    : LL_OUTCOME_NO_CONNECTION,
                                host, error);
  if (reply->code != 220)
    {
      g_autofree char *words = ll_server_reply_describe (reply);
      LlResult *result = ll_result_new_reply (LL_OUTCOME_NO_TLS, reply);

      g_free (result->text);
      result->text = g_strdup_printf (N_ ("%s: STARTTLS was refused: %s"), host, words);
      return result;
    }
  return NULL;
}

static LlResult *
handshake (const Way *way, const LlDial *dial, const LlLookup *lookup, LlDialed *out)
{
  const LlTarget *target = dial->target;
  LlDeadline end = ll_deadline_earlier (dial->deadline, ll_deadline_in (LL_UPSTREAM_CONNECT));
  g_autoptr (GError) error = NULL;
  SSL *ssl = ll_verifier_start (way->verifier, target, lookup, &error);
  gboolean shaken;

  if (ssl == NULL)
    return ll_result_new (LL_OUTCOME_NO_TLS, "%s", error->message);
  shaken = ll_client_handshake (out->client, ssl, end, dial->cancellable, &error);
  ssl = ll_connection_ssl (ll_client_connection (out->client));
  out->facts = ssl != NULL ? ll_tls_facts_new (ssl) : NULL;
  if (!shaken)
    {
      g_autofree char *sentence = ll_verifier_explain (target, ssl, error);

      return ll_result_new (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                                ? LL_OUTCOME_CANCELLED
                                : LL_OUTCOME_NO_TLS,
                            "%s", sentence);
    }
  if (!ll_verifier_check (way->verifier, target, ssl, out->facts, &out->local_root, &error))
    return ll_result_new (LL_OUTCOME_NO_TLS, "%s", error->message);
  out->tls = g_strdup_printf ("%s %s", out->facts->protocol, out->facts->cipher);
  out->resumed = SSL_session_reused (ssl) == 1;
  ll_dial_tell (dial, "tls", TRUE, "%s%s", out->tls, out->resumed ? ", resumed" : "");
  ll_dial_tell (dial, "certificate", TRUE, N_ ("%s, issued by %s"), out->facts->fingerprint,
                out->facts->issuer);
  if (out->local_root != NULL)
    ll_dial_tell (dial, "root", FALSE,
                  N_ ("your network can read this connection: it ends in the locally installed %s"),
                  out->local_root);
  return NULL;
}

/* -- all of it ------------------------------------------------------------------------ */

static LlResult *
dial_steps (LlDialer *dialer, const LlDial *dial, LlDialed *out)
{
  g_autoptr (Way) way = way_now (dialer);
  g_auto (LlLookup) lookup = { NULL, NULL, NULL };
  gboolean implicit = dial->target->security == LL_SECURITY_TLS;
  LlResult *problem = find_and_connect (way, dial, &lookup, out);

  if (problem == NULL && !implicit)
    {
      problem = read_greeting (dial, out);
      if (problem == NULL)
        problem = say_ehlo (dial, out);
      if (problem == NULL)
        problem = ask_for_tls (dial, out);
    }
  if (problem == NULL)
    problem = handshake (way, dial, &lookup, out);
  if (problem == NULL && implicit)
    problem = read_greeting (dial, out);
  if (problem == NULL)
    problem = say_ehlo (dial, out);
  if (problem == NULL)
    problem = ll_signer_sign_in (dialer->signer, dial, out->client);
  return problem;
}

LlDialed *
ll_dial (LlDialer *dialer, const LlDial *dial, LlDialed **seen, LlResult **problem)
{
  LlDialed *dialed = g_new0 (LlDialed, 1);

  *problem = dial_steps (dialer, dial, dialed);
  if (*problem == NULL)
    return dialed;
  if (seen != NULL)
    *seen = dialed;
  else
    ll_dialed_free (dialed);
  return NULL;
}
