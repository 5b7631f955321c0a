/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/https-private.h"

#include "api/intl.h"
#include "base/limits.h"
#include "net/network.h"
#include "net/roots.h"
#include "net/transfer.h"
#include "secrets/secret.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <string.h>

#define HTTP_OK 200
#define HTTP_PORT 80
#define HTTPS_PORT 443
#define HEADERS_MAX 65536 /* no policy host needs more than a few hundred bytes */

/* One GET; lives on the stack of ll_https_get. */
typedef struct
{
  const LlHttpsSettings *settings; /* (not owned) */
  const char *host;
  gsize limit;
  GByteArray *body;
  gsize headers;
  gboolean too_large;
  gboolean private_address;
  gboolean intercepted;
  char *trouble; /* why no TLS could even be tried */
  guint port;
  const char *scheme;
  GBytes *question; /* is posted; or NULL */
  const char *content_type;
  gboolean secret; /* what comes back is nobody's business, whatever its status */
} Get;

void
ll_https_result_free (LlHttpsResult *result)
{
  if (result == NULL)
    return;
  g_free (result->content_type);
  g_clear_pointer (&result->body, g_bytes_unref);
  g_free (result->detail);
  g_free (result);
}

static LlHttpsResult *
failure (LlHttpsOutcome outcome, char *detail)
{
  LlHttpsResult *result = g_new0 (LlHttpsResult, 1);

  result->outcome = outcome;
  result->detail = detail;
  return result;
}

/* -- what libcurl calls ------------------------------------------------------------ */

/* CURLOPT_MAXFILESIZE does nothing when the length is not announced, so it is counted here. */
static size_t
body_cb (char *bytes, size_t size, size_t n, void *data)
{
  Get *get = data;
  gsize length = size * n;

  if (length > get->limit - get->body->len)
    {
      get->too_large = TRUE;
      return CURL_WRITEFUNC_ERROR;
    }
  g_byte_array_append (get->body, (const guint8 *) bytes, (guint) length);
  return length;
}

static size_t
header_cb (char *bytes, size_t size, size_t n, void *data)
{
  Get *get = data;

  get->headers += size * n;
  if (get->headers <= HEADERS_MAX)
    return size * n;
  get->too_large = TRUE;
  return CURL_WRITEFUNC_ERROR;
}

/* The last word on where a connection goes, whatever was resolved. */
static curl_socket_t
socket_cb (void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
  Get *get = data;
  char text[INET6_ADDRSTRLEN] = "";
  const void *bytes = address->family == AF_INET
                          ? (const void *) &((struct sockaddr_in *) &address->addr)->sin_addr
                          : (const void *) &((struct sockaddr_in6 *) &address->addr)->sin6_addr;

  inet_ntop (address->family, bytes, text, sizeof text);
  if (!get->settings->allow_private && get->settings->proxy == NULL && ll_network_is_private (text))
    {
      get->private_address = TRUE;
      return CURL_SOCKET_BAD;
    }
  return socket (address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Whose root it was can be seen only while the connection lives. */
static void
handshake_cb (const SSL *ssl, int where, int value)
{
  Get *get = SSL_CTX_get_app_data (SSL_get_SSL_CTX (ssl));
  STACK_OF (X509) * chain;

  if ((where & SSL_CB_HANDSHAKE_DONE) == 0)
    return;
  chain = SSL_get0_verified_chain (ssl);
  if (chain != NULL && sk_X509_num (chain) > 0)
    get->intercepted = ll_roots_is_local (sk_X509_value (chain, sk_X509_num (chain) - 1),
                                          get->settings->ca_file);
}

/* libcurl 7.88 takes the common name where a certificate has no SAN, and partial wildcards; so
 * OpenSSL checks the name itself, in the handshake. */
static CURLcode
context_cb (CURL *curl, void *context, void *data)
{
  Get *get = data;
  g_autoptr (GError) error = NULL;

  if (!ll_roots_expect (context, get->settings->ca_file, get->host, &error))
    {
      get->trouble = g_strdup (error->message);
      return CURLE_SSL_CACERT_BADFILE;
    }
  SSL_CTX_set_app_data ((SSL_CTX *) context, get);
  SSL_CTX_set_info_callback (context, handshake_cb);
  return CURLE_OK;
}

/* -- setting up --------------------------------------------------------------------- */

static void
set_up (CURL *curl, Get *get, const char *url, struct curl_slist *pins, LlDeadline deadline)
{
  long left = MAX (ll_deadline_left (deadline), 1);

  curl_easy_setopt (curl, CURLOPT_URL, url);
  curl_easy_setopt (curl, CURLOPT_PROTOCOLS_STR, get->scheme);
  curl_easy_setopt (curl, CURLOPT_REDIR_PROTOCOLS_STR, "https");
  curl_easy_setopt (curl, CURLOPT_FOLLOWLOCATION, 0L);
  /* an empty string: none, not even from the environment */
  curl_easy_setopt (curl, CURLOPT_PROXY, get->settings->proxy != NULL ? get->settings->proxy : "");
  curl_easy_setopt (curl, CURLOPT_NOPROXY, "");
  curl_easy_setopt (curl, CURLOPT_NETRC, (long) CURL_NETRC_IGNORED);
  curl_easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (curl, CURLOPT_RESOLVE, pins);
  curl_easy_setopt (curl, CURLOPT_TIMEOUT_MS, left);
  curl_easy_setopt (curl, CURLOPT_CONNECTTIMEOUT_MS, MIN (left, (long) LL_CONNECT_TIMEOUT));

  curl_easy_setopt (curl, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt (curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt (curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt (curl, CURLOPT_SSL_SESSIONID_CACHE, 0L);
  /* the store comes from context_cb */
  curl_easy_setopt (curl, CURLOPT_CAINFO, NULL);
  curl_easy_setopt (curl, CURLOPT_CAPATH, NULL);
  curl_easy_setopt (curl, CURLOPT_SSL_CTX_FUNCTION, context_cb);
  curl_easy_setopt (curl, CURLOPT_SSL_CTX_DATA, get);

  curl_easy_setopt (curl, CURLOPT_WRITEFUNCTION, body_cb);
  curl_easy_setopt (curl, CURLOPT_WRITEDATA, get);
  curl_easy_setopt (curl, CURLOPT_HEADERFUNCTION, header_cb);
  curl_easy_setopt (curl, CURLOPT_HEADERDATA, get);
  curl_easy_setopt (curl, CURLOPT_OPENSOCKETFUNCTION, socket_cb);
  curl_easy_setopt (curl, CURLOPT_OPENSOCKETDATA, get);
}

/* -- the result ------------------------------------------------------------------------ */

static LlHttpsResult *
certificate_failure (CURL *curl, const Get *get)
{
  long verify = 0;

  curl_easy_getinfo (curl, CURLINFO_SSL_VERIFYRESULT, &verify);
  if (verify == X509_V_ERR_HOSTNAME_MISMATCH || verify == X509_V_OK)
    return failure (LL_HTTPS_CERTIFICATE,
                    g_strdup_printf (N_ ("the certificate of %s is not for that name"), get->host));
  return failure (LL_HTTPS_CERTIFICATE,
                  g_strdup_printf (N_ ("the certificate of %s cannot be trusted: %s"), get->host,
                                   X509_verify_cert_error_string (verify)));
}

static void
wipe_cb (gpointer data)
{
  GByteArray *array = data;

  ll_secret_wipe (array->data, array->len);
  g_byte_array_unref (array);
}

/* (transfer full). Of a secret there is no second copy. */
static GBytes *
take_body (const Get *get)
{
  if (!get->secret)
    return g_bytes_new (get->body->data, get->body->len);
  return g_bytes_new_with_free_func (get->body->data, get->body->len, wipe_cb,
                                     g_byte_array_ref (get->body));
}

static LlHttpsResult *
success (CURL *curl, const Get *get)
{
  LlHttpsResult *result = g_new0 (LlHttpsResult, 1);
  const char *type = NULL;
  long status = 0;

  curl_easy_getinfo (curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo (curl, CURLINFO_CONTENT_TYPE, &type);
  result->status = (guint) status;
  result->content_type = g_strdup (type);
  if (status == HTTP_OK)
    {
      result->outcome = LL_HTTPS_OK;
      result->body = take_body (get);
      return result;
    }
  result->outcome = LL_HTTPS_STATUS;
  result->body = get->secret ? take_body (get) : NULL;
  result->detail = g_strdup_printf (N_ ("%s answered with status %ld"), get->host, status);
  return result;
}

static LlHttpsResult *
judge (CURL *curl, CURLcode rc, Get *get, const char *message)
{
  if (rc == CURLE_OK)
    return success (curl, get);
  if (get->too_large)
    return failure (LL_HTTPS_TOO_LARGE,
                    g_strdup_printf (N_ ("the answer of %s is longer than %zu bytes"), get->host,
                                     get->limit));
  if (rc == CURLE_PEER_FAILED_VERIFICATION)
    return certificate_failure (curl, get);
  if (get->private_address)
    return failure (LL_HTTPS_PRIVATE,
                    g_strdup_printf (N_ ("%s has a private address, which is not contacted"),
                                     get->host));
  if (get->trouble != NULL)
    return failure (LL_HTTPS_UNREACHABLE, g_steal_pointer (&get->trouble));
  return failure (LL_HTTPS_UNREACHABLE,
                  g_strdup_printf (N_ ("%s cannot be reached: %s"), get->host,
                                   message[0] != '\0' ? message : curl_easy_strerror (rc)));
}

/* -- where to ------------------------------------------------------------------------ */

static const char *
describe_absence (LlFinding finding)
{
  switch (finding)
    {
    case LL_BOGUS:
      return N_ ("its DNSSEC signatures are wrong");
    case LL_UNKNOWN:
      return N_ ("its address could not be looked up");
    case LL_FOUND:
    case LL_ABSENT:
    default:
      return N_ ("it has no address");
    }
}

/* The addresses that may be contacted; NULL and *refusal when there are none. */
static GStrv
addresses_of (const LlHttpsSettings *settings,
              const char *host,
              LlDeadline deadline,
              GCancellable *cancellable,
              LlHttpsResult **refusal)
{
  LlFinding finding;
  gboolean secure;
  g_auto (GStrv) all
      = ll_resolver_addresses (settings->resolver, host, deadline, cancellable, &finding, &secure);
  g_autoptr (GPtrArray) allowed = g_ptr_array_new ();

  for (guint i = 0; all[i] != NULL; i++)
    if (settings->allow_private || !ll_network_is_private (all[i]))
      g_ptr_array_add (allowed, g_strdup (all[i]));
  if (allowed->len > 0)
    {
      g_ptr_array_add (allowed, NULL);
      return (GStrv) g_ptr_array_free (g_steal_pointer (&allowed), FALSE);
    }
  if (all[0] != NULL)
    *refusal
        = failure (LL_HTTPS_PRIVATE,
                   g_strdup_printf (N_ ("%s has a private address, which is not contacted"), host));
  else
    {
      *refusal = failure (LL_HTTPS_UNREACHABLE, g_strdup_printf (N_ ("%s cannot be reached: %s"),
                                                                 host, describe_absence (finding)));
      (*refusal)->absent = finding == LL_ABSENT;
      (*refusal)->bogus = finding == LL_BOGUS;
    }
  return NULL;
}

/* The proxy's own name, too, is looked up by our resolver. It may well be in the office's net. */
static struct curl_slist *
pin_proxy (struct curl_slist *pins,
           const LlHttpsSettings *settings,
           LlDeadline deadline,
           GCancellable *cancellable)
{
  g_autoptr (GUri) uri = g_uri_parse (settings->proxy, G_URI_FLAGS_NONE, NULL);
  g_auto (GStrv) addresses = NULL;
  LlFinding finding;
  gboolean secure;

  if (uri == NULL || g_uri_get_host (uri) == NULL || g_uri_get_port (uri) < 0
      || g_hostname_is_ip_address (g_uri_get_host (uri)))
    return pins;
  addresses = ll_resolver_addresses (settings->resolver, g_uri_get_host (uri), deadline,
                                     cancellable, &finding, &secure);
  if (addresses[0] == NULL)
    return pins;
  return ll_transfer_pin (pins, g_uri_get_host (uri), (guint) g_uri_get_port (uri), addresses);
}

/* What is posted; (transfer full), lives as long as the transfer. */
static struct curl_slist *
post (CURL *curl, const Get *get)
{
  g_autofree char *type = NULL;
  struct curl_slist *headers;

  if (get->question == NULL)
    return NULL;
  type = g_strdup_printf ("Content-Type: %s", get->content_type);
  headers = curl_slist_append (NULL, type);
  curl_easy_setopt (curl, CURLOPT_POST, 1L);
  curl_easy_setopt (curl, CURLOPT_POSTFIELDSIZE, (long) g_bytes_get_size (get->question));
  curl_easy_setopt (curl, CURLOPT_POSTFIELDS, g_bytes_get_data (get->question, NULL));
  curl_easy_setopt (curl, CURLOPT_HTTPHEADER, headers);
  return headers;
}

/* @target: what follows host and port in the address. */
static LlHttpsResult *
run (Get *get, const char *target, LlDeadline deadline, GCancellable *cancellable)
{
  const LlHttpsSettings *settings = get->settings;
  char message[CURL_ERROR_SIZE] = "";
  LlHttpsResult *result = NULL;
  g_auto (GStrv) addresses = addresses_of (settings, get->host, deadline, cancellable, &result);
  g_autofree char *url = NULL;
  struct curl_slist *pins = NULL;
  struct curl_slist *headers;
  CURL *curl;

  /* behind a proxy our own DNS need not know the world; a private address stays refused */
  if (addresses == NULL && (settings->proxy == NULL || result->outcome == LL_HTTPS_PRIVATE))
    return result;
  g_clear_pointer (&result, ll_https_result_free);

  curl = ll_transfer_new ();
  if (curl == NULL)
    return failure (LL_HTTPS_UNREACHABLE, g_strdup (N_ ("libcurl cannot be used")));
  /* one that grows would leave copies behind */
  get->body = get->secret ? g_byte_array_sized_new ((guint) get->limit) : g_byte_array_new ();
  url = g_strdup_printf ("%s://%s:%u%s", get->scheme, get->host, get->port, target);
  if (addresses != NULL)
    pins = ll_transfer_pin (pins, get->host, get->port, addresses);
  if (settings->proxy != NULL)
    pins = pin_proxy (pins, settings, deadline, cancellable);
  set_up (curl, get, url, pins, deadline);
  headers = post (curl, get);
  curl_easy_setopt (curl, CURLOPT_ERRORBUFFER, message);
  result = judge (curl, ll_transfer_perform (curl, deadline, cancellable), get, message);
  result->intercepted = get->intercepted;
  curl_easy_cleanup (curl);
  curl_slist_free_all (pins);
  curl_slist_free_all (headers);
  if (get->secret && result->body == NULL)
    ll_secret_wipe (get->body->data, get->body->len);
  g_byte_array_unref (get->body);
  g_free (get->trouble);
  return result;
}

LlHttpsResult *
ll_https_get (LlHttps *https,
              const char *host,
              const char *path,
              gsize limit,
              LlDeadline deadline,
              GCancellable *cancellable)
{
  g_autoptr (LlHttpsSettings) settings = ll_https_settings (https);
  Get get = {
    .settings = settings, .host = host, .limit = limit, .port = settings->port, .scheme = "https"
  };

  return run (&get, path, deadline, cancellable);
}

/* One question to @url, of get->scheme only. */
static LlHttpsResult *
ask (Get *get, const char *url, guint port, LlDeadline deadline, GCancellable *cancellable)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  g_autofree char *target = NULL;

  /* names only: an address in its place would go past what DNS is asked for */
  if (host == NULL || *host == '\0' || g_hostname_is_ip_address (host)
      || strcmp (g_uri_get_scheme (uri), get->scheme) != 0 || g_uri_get_userinfo (uri) != NULL)
    return failure (LL_HTTPS_UNREACHABLE, g_strdup (N_ ("its address is not one that is asked")));
  get->host = host;
  get->port = g_uri_get_port (uri) > 0 ? (guint) g_uri_get_port (uri) : port;
  target = g_strdup_printf ("%s%s%s", *g_uri_get_path (uri) != '\0' ? g_uri_get_path (uri) : "/",
                            g_uri_get_query (uri) != NULL ? "?" : "",
                            g_uri_get_query (uri) != NULL ? g_uri_get_query (uri) : "");
  return run (get, target, deadline, cancellable);
}

LlHttpsResult *
ll_http_ask (LlHttps *https,
             const char *url,
             const char *content_type,
             GBytes *body,
             gsize limit,
             LlDeadline deadline,
             GCancellable *cancellable)
{
  g_autoptr (LlHttpsSettings) settings = ll_https_settings (https);
  Get get = { .settings = settings,
              .limit = limit,
              .scheme = "http",
              .question = body,
              .content_type = content_type };

  return ask (&get, url, HTTP_PORT, deadline, cancellable);
}

LlHttpsResult *
ll_https_post (LlHttps *https,
               const char *url,
               const char *content_type,
               GBytes *body,
               gsize limit,
               LlDeadline deadline,
               GCancellable *cancellable)
{
  g_autoptr (LlHttpsSettings) settings = ll_https_settings (https);
  Get get = { .settings = settings,
              .limit = limit,
              .scheme = "https",
              .question = body,
              .content_type = content_type,
              .secret = TRUE };

  return ask (&get, url, HTTPS_PORT, deadline, cancellable);
}
