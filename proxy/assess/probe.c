/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/probe.h"

#include "api/intl.h"
#include "base/error.h"
#include "base/limits.h"
#include "wire/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/* Two repeats of the first packet; a port that is closed must be known before a letter's answer
 * is due (LL_CHECK_HARD). */
#define CONNECT_SILENCE 5000

struct _LlProbe
{
  guint16 port;
  char *ehlo;
  SSL_CTX *strict;
  SSL_CTX *classify;
};

/* One conversation. */
typedef struct
{
  LlProbe *probe;
  LlSight *sight; /* (not owned) being filled */
  LlClient *client;
  LlDeadline deadline;
  GCancellable *cancellable;
  gint64 began;
  LlProbeReady ready;
  gpointer data;
} Talk;

LlProbe *
ll_probe_new (guint16 port, const char *ehlo, const char *ca_file, GError **error)
{
  g_autoptr (SSL_CTX) strict = ll_tls_client_context (LL_TLS_PROBE, ca_file, error);
  g_autoptr (SSL_CTX) classify = NULL;
  LlProbe *probe;

  if (strict == NULL)
    return NULL;
  classify = ll_tls_client_context (LL_TLS_CLASSIFY, ca_file, error);
  if (classify == NULL)
    return NULL;
  probe = g_new0 (LlProbe, 1);
  probe->port = port;
  probe->ehlo = g_strdup (ehlo);
  probe->strict = g_steal_pointer (&strict);
  probe->classify = g_steal_pointer (&classify);
  return probe;
}

void
ll_probe_free (LlProbe *probe)
{
  if (probe == NULL)
    return;
  g_free (probe->ehlo);
  SSL_CTX_free (probe->strict);
  SSL_CTX_free (probe->classify);
  g_free (probe);
}

SSL_CTX *
ll_probe_trust (LlProbe *probe)
{
  return probe->strict;
}

static int
elapsed (const Talk *talk)
{
  return (int) ((g_get_monotonic_time () - talk->began) / 1000);
}

static void G_GNUC_PRINTF (4, 5)
    conclude (LlSight *sight, LlSightKind kind, LlCode code, const char *format, ...)
{
  va_list arguments;

  sight->kind = kind;
  sight->code = code;
  g_free (sight->detail);
  va_start (arguments, format);
  sight->detail = g_strdup_vprintf (format, arguments);
  va_end (arguments);
}

/* What a conversation that cannot go on says about the server. */
static void
conclude_error (LlSight *sight, const GError *error)
{
  if (g_error_matches (error, LL_WIRE_ERROR, LL_WIRE_ERROR_SYNTAX)
      || g_error_matches (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TOO_LONG))
    conclude (sight, LL_SIGHT_PROTOCOL, LL_CODE_UNKNOWN_TEMP,
              N_ ("what answers there is not a mail server (%s)"), error->message);
  else if (g_error_matches (error, LL_WIRE_ERROR, LL_WIRE_ERROR_INJECTED))
    {
      /* T04: nothing of it is read, and the person is told */
      sight->tampered = TRUE;
      conclude (sight, LL_SIGHT_TEMPORARY, LL_CODE_VALIDATION_FAILURE, "%s", error->message);
    }
  else
    conclude (sight, LL_SIGHT_TEMPORARY, LL_CODE_UNKNOWN_TEMP, "%s", error->message);
}

/* A reply that is not the wished one. FALSE: the conversation ends here. */
static gboolean
conclude_reply (LlSight *sight, const LlServerReply *reply)
{
  g_autofree char *words = ll_server_reply_describe (reply);

  if (reply->code >= 200 && reply->code < 300)
    return TRUE;
  if (reply->code >= 500)
    conclude (sight, LL_SIGHT_UNWELCOME, LL_CODE_UNKNOWN_REFUSED,
              N_ ("the server will not talk to this address: %s"), words);
  else
    conclude (sight, LL_SIGHT_TEMPORARY, LL_CODE_UNKNOWN_TEMP, N_ ("the server said: %s"), words);
  return FALSE;
}

/* RFC 5321 4.1.3: who has no name says its address. */
static char *
own_name (const Talk *talk)
{
  struct sockaddr_storage own = { 0 };
  socklen_t length = sizeof own;
  char text[INET6_ADDRSTRLEN] = "127.0.0.1";

  if (talk->probe->ehlo != NULL)
    return g_strdup (talk->probe->ehlo);
  if (getsockname (ll_connection_fd (ll_client_connection (talk->client)), (struct sockaddr *) &own,
                   &length)
          == 0
      && own.ss_family == AF_INET6)
    {
      inet_ntop (AF_INET6, &((struct sockaddr_in6 *) &own)->sin6_addr, text, sizeof text);
      return g_strdup_printf ("[IPv6:%s]", text);
    }
  if (own.ss_family == AF_INET)
    inet_ntop (AF_INET, &((struct sockaddr_in *) &own)->sin_addr, text, sizeof text);
  return g_strdup_printf ("[%s]", text);
}

static gboolean
open_connection (Talk *talk)
{
  g_autoptr (GError) error = NULL;
  LlDeadline deadline = ll_deadline_earlier (talk->deadline, ll_deadline_in (CONNECT_SILENCE));
  LlConnection *connection = ll_connection_open (talk->sight->address, talk->probe->port, deadline,
                                                 talk->cancellable, &error);

  if (connection != NULL)
    {
      talk->client = ll_client_new (connection);
      talk->sight->ms.connect = elapsed (talk);
      return TRUE;
    }
  if (g_error_matches (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TIMEOUT))
    conclude (talk->sight, LL_SIGHT_TIMEOUT, LL_CODE_UNKNOWN_TEMP,
              N_ ("the server did not answer in time"));
  else if (g_error_matches (error, LL_WIRE_ERROR, LL_WIRE_ERROR_UNREACHABLE))
    conclude (talk->sight, LL_SIGHT_UNREACHABLE, LL_CODE_UNKNOWN_TEMP,
              N_ ("the server cannot be reached (%s)"), error->message);
  else
    conclude_error (talk->sight, error);
  return FALSE;
}

static gboolean
read_greeting (Talk *talk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlServerReply) reply
      = ll_client_read (talk->client, talk->deadline, talk->cancellable, &error);
  const char *newline;

  if (reply == NULL)
    {
      conclude_error (talk->sight, error);
      return FALSE;
    }
  newline = strchr (reply->text, '\n');
  talk->sight->greeted = TRUE;
  talk->sight->greeting
      = newline ? g_strndup (reply->text, (gsize) (newline - reply->text)) : g_strdup (reply->text);
  talk->sight->ms.greeting = elapsed (talk);
  return conclude_reply (talk->sight, reply);
}

static gboolean
say_hello (Talk *talk)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = own_name (talk);
  g_autoptr (LlServerReply) reply
      = ll_client_ehlo (talk->client, name, talk->deadline, talk->cancellable, &error);

  if (reply == NULL)
    {
      conclude_error (talk->sight, error);
      return FALSE;
    }
  return conclude_reply (talk->sight, reply);
}

static gboolean
ask_for_tls (Talk *talk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlServerReply) reply = NULL;
  const LlEhlo *offers = ll_client_offers (talk->client);

  if (!offers->starttls)
    {
      talk->sight->tampered = offers->tampered;
      conclude (talk->sight, LL_SIGHT_PLAIN, LL_CODE_STARTTLS_NOT_SUPPORTED,
                N_ ("the server offers no encryption%s"),
                offers->tampered ? N_ (", and somebody on the way seems to have removed it") : "");
      return FALSE;
    }
  reply = ll_client_starttls (talk->client, talk->deadline, talk->cancellable, &error);
  talk->sight->ms.starttls = elapsed (talk);
  if (reply == NULL)
    conclude_error (talk->sight, error);
  else if (reply->code >= 500)
    conclude (talk->sight, LL_SIGHT_PLAIN, LL_CODE_STARTTLS_NOT_SUPPORTED,
              N_ ("the server announces encryption and refuses it"));
  else if (reply->code != 220)
    conclude (talk->sight, LL_SIGHT_TEMPORARY, LL_CODE_UNKNOWN_TEMP,
              N_ ("the server cannot encrypt at the moment (%u)"), reply->code);
  else
    return TRUE;
  return FALSE;
}

static gboolean
handshake (Talk *talk, SSL_CTX *context, GError **error)
{
  SSL *ssl = ll_tls_client_new (context, talk->sight->sni, error);

  if (ssl == NULL)
    return FALSE;
  SSL_set_tlsext_status_type (ssl, TLSEXT_STATUSTYPE_ocsp);
  return ll_client_handshake (talk->client, ssl, talk->deadline, talk->cancellable, error);
}

static int
ephemeral_dh_bits (SSL *ssl)
{
  EVP_PKEY *key = NULL;
  int bits = 0;

  if (SSL_get_peer_tmp_key (ssl, &key) == 1 && EVP_PKEY_get_base_id (key) == EVP_PKEY_DH)
    bits = EVP_PKEY_get_bits (key);
  EVP_PKEY_free (key);
  return bits;
}

static void
add_note (LlSight *sight, const char *note)
{
  char *joined
      = sight->note != NULL ? g_strdup_printf ("%s; %s", sight->note, note) : g_strdup (note);

  g_free (sight->note);
  sight->note = joined;
}

/* Keeps what the handshake showed, and judges it by the floor. */
static void
take_facts (Talk *talk)
{
  LlSight *sight = talk->sight;
  SSL *ssl = ll_connection_ssl (ll_client_connection (talk->client));
  g_autofree char *detail = NULL;

  sight->ms.tls = elapsed (talk);
  sight->chain = ll_chain_new (ssl);
  if (sight->chain == NULL || sight->chain->tls == NULL)
    {
      conclude (sight, LL_SIGHT_WEAK, LL_CODE_WEAK_CIPHER, N_ ("the server shows no certificate"));
      return;
    }
  sight->code = ll_sight_floor (sight->chain->tls, ephemeral_dh_bits (ssl), &detail);
  sight->kind = sight->code == LL_CODE_NONE ? LL_SIGHT_TLS : LL_SIGHT_WEAK;
  sight->detail = g_steal_pointer (&detail);
  sight->trust = ll_chain_verify (sight->chain, talk->probe->strict, sight->sni);
  sight->revoked = ll_chain_is_revoked (sight->chain, talk->probe->strict);
  if (!sight->chain->tls->forward_secrecy)
    add_note (sight, "no forward secrecy");
  if (ll_chain_lacks_staple (sight->chain))
    add_note (sight, N_ ("its certificate asks for a stapled answer (OCSP) and none came"));
}

/* The question is on its way while what the handshake showed is judged and told. */
static void
say_hello_ahead (Talk *talk)
{
  g_autofree char *name = own_name (talk);

  ll_client_ehlo_ahead (talk->client, name, talk->deadline, talk->cancellable, NULL);
}

static void
say_hello_again (Talk *talk)
{
  g_autofree char *name = own_name (talk);
  g_autoptr (LlServerReply) reply
      = ll_client_ehlo (talk->client, name, talk->deadline, talk->cancellable, NULL);
  const LlEhlo *offers = ll_client_offers (talk->client);

  if (reply == NULL || !offers->known)
    {
      add_note (talk->sight, N_ ("the server said nothing more once the connection was encrypted"));
      return;
    }
  talk->sight->requiretls = offers->requiretls;
  if (offers->starttls)
    add_note (talk->sight, N_ ("the server offers STARTTLS once more inside TLS"));
}

static gboolean
reach_starttls (Talk *talk)
{
  return open_connection (talk) && read_greeting (talk) && say_hello (talk) && ask_for_tls (talk);
}

static void
talk_end (Talk *talk)
{
  if (talk->client != NULL && talk->sight->greeted)
    ll_client_quit (g_steal_pointer (&talk->client), talk->cancellable);
  g_clear_pointer (&talk->client, ll_client_free);
}

/* What OpenSSL's reasons say when no old protocol helps either: hand-made servers with SSLv3,
 * RC4 or EXPORT suites, which this OpenSSL cannot speak, end here. */
static LlCode
code_of_reason (const char *reason)
{
  static const struct
  {
    const char *words;
    LlCode code;
  } table[] = {
    { "dh key too small", LL_CODE_WEAK_KEY },
    { "ee key too small", LL_CODE_WEAK_KEY },
    { "bad dh", LL_CODE_WEAK_KEY },
    { "unsupported protocol", LL_CODE_WEAK_PROTOCOL },
    { "protocol version", LL_CODE_WEAK_PROTOCOL },
    { "unknown protocol", LL_CODE_WEAK_PROTOCOL },
    { "wrong ssl version", LL_CODE_WEAK_PROTOCOL },
    { "cipher", LL_CODE_WEAK_CIPHER },
    { "handshake failure", LL_CODE_WEAK_CIPHER },
    { "insufficient security", LL_CODE_WEAK_CIPHER },
    { "no suitable", LL_CODE_WEAK_CIPHER },
    { "sigalg", LL_CODE_WEAK_KEY },
    { "signature type", LL_CODE_WEAK_KEY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (strstr (reason, table[i].words) != NULL)
      return table[i].code;
  return LL_CODE_NONE;
}

/* facts/assurance.md 7.4: one more connection, for the words only. */
static void
classify (LlSight *sight, const Talk *first, const char *reason)
{
  g_autoptr (LlSight) other = ll_sight_new (sight->address, sight->sni);
  g_autoptr (GError) error = NULL;
  Talk talk = *first;
  LlCode code = code_of_reason (reason);

  talk.sight = other;
  talk.client = NULL;
  if (reach_starttls (&talk))
    {
      if (handshake (&talk, first->probe->classify, &error))
        {
          take_facts (&talk);
          sight->chain = g_steal_pointer (&other->chain);
          sight->classified = TRUE;
          if (other->kind == LL_SIGHT_WEAK)
            code = other->code;
        }
      else if (code == LL_CODE_NONE)
        code = code_of_reason (error->message);
    }
  g_clear_pointer (&talk.client, ll_client_free);
  if (code == LL_CODE_NONE)
    conclude (sight, LL_SIGHT_TEMPORARY, LL_CODE_UNKNOWN_TEMP,
              N_ ("the encryption could not be set up (%s)"), reason);
  else if (other->detail != NULL && other->kind == LL_SIGHT_WEAK)
    conclude (sight, LL_SIGHT_WEAK, code, "%s", other->detail);
  else
    conclude (sight, LL_SIGHT_WEAK, code, N_ ("its encryption is outdated or too weak (%s)"),
              reason);
}

/* Who insists on a certificate of ours breaks off; that is no weakness. */
static gboolean
wants_certificate (const Talk *talk)
{
  SSL *ssl = ll_connection_ssl (ll_client_connection (talk->client));

  return ssl != NULL && SSL_get0_peer_CA_list (ssl) != NULL;
}

/* What is known once TLS is up is handed out before the last question is asked. The connection
 * stays in @talk, so that nobody waits for the farewell. */
static LlSight *
look_once (Talk *talk, const char *address, const char *sni)
{
  g_autoptr (LlSight) sight = ll_sight_new (address, sni);
  g_autoptr (GError) error = NULL;
  gboolean wanted;

  talk->sight = sight;
  talk->began = g_get_monotonic_time ();
  if (!reach_starttls (talk))
    return g_steal_pointer (&sight);
  if (handshake (talk, talk->probe->strict, &error))
    {
      say_hello_ahead (talk);
      take_facts (talk);
      talk->ready (sight, FALSE, talk->data);
      talk->sight = ll_sight_copy (sight);
      ll_sight_unref (sight);
      sight = talk->sight;
      say_hello_again (talk);
      return g_steal_pointer (&sight);
    }
  wanted = wants_certificate (talk);
  g_clear_pointer (&talk->client, ll_client_free);
  if (wanted)
    conclude (sight, LL_SIGHT_TEMPORARY, LL_CODE_UNKNOWN_TEMP,
              N_ ("the server wants a certificate of ours before it says more (%s)"),
              error->message);
  else if (g_error_matches (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TLS)
           || g_error_matches (error, LL_WIRE_ERROR, LL_WIRE_ERROR_CLOSED))
    classify (sight, talk, error->message);
  else
    conclude_error (sight, error);
  return g_steal_pointer (&sight);
}

void
ll_probe_look (LlProbe *probe,
               const char *address,
               const char *sni,
               LlDeadline deadline,
               GCancellable *cancellable,
               LlProbeReady ready,
               gpointer data)
{
  Talk talk = {
    .probe = probe, .deadline = deadline, .cancellable = cancellable, .ready = ready, .data = data
  };
  g_autoptr (LlSight) sight = look_once (&talk, address, sni);

  if (sight->kind == LL_SIGHT_PLAIN)
    {
      g_autoptr (LlSight) second = NULL;

      talk_end (&talk);
      second = look_once (&talk, address, sni);
      if (second->kind == LL_SIGHT_TLS || second->kind == LL_SIGHT_WEAK)
        {
          /* one of a farm without STARTTLS, or somebody on the way who is not always there */
          add_note (second, N_ ("on another connection a moment ago it offered no encryption"));
          ll_sight_unref (sight);
          sight = g_steal_pointer (&second);
        }
    }
  ready (sight, TRUE, data);
  talk.sight = sight;
  talk_end (&talk);
}
