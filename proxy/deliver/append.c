/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A notice into the user's own mailbox: IMAP APPEND by libcurl, over TLS verified as everywhere
 * (RFC 3501 6.3.11, RFC 8314). Nothing is said before TLS, STARTTLS is required on other ports.
 */

#include "deliver/notice.h"

#include "base/error.h"
#include "base/limits.h"
#include "deliver/lookup.h"
#include "deliver/password.h"
#include "net/roots.h"
#include "net/transfer.h"

#include <string.h>

#define IMAPS_PORT 993

typedef struct
{
  char *host;
  guint port;
  const char *ca_file;
  const char *text;
  gsize length;
  gsize at;
  char *trouble;
} Append;

static size_t
read_cb (char *buffer, size_t size, size_t n, void *data)
{
  Append *append = data;
  gsize length = MIN (size * n, append->length - append->at);

  memcpy (buffer, append->text + append->at, length);
  append->at += length;
  return length;
}

static size_t
ignore_cb (char *buffer, size_t size, size_t n, void *data)
{
  return size * n;
}

static CURLcode
context_cb (CURL *curl, void *context, void *data)
{
  Append *append = data;
  g_autoptr (GError) error = NULL;

  if (ll_roots_expect (context, append->ca_file, append->host, &error))
    return CURLE_OK;
  append->trouble = g_strdup (error->message);
  return CURLE_SSL_CACERT_BADFILE;
}

static gboolean
split_host (const char *imap, Append *append, GError **error)
{
  g_autoptr (GSocketConnectable) address
      = imap != NULL ? g_network_address_parse (imap, IMAPS_PORT, NULL) : NULL;

  if (address == NULL)
    {
      g_set_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_UNREACHABLE, "imap = %s is not HOST:PORT",
                   imap);
      return FALSE;
    }
  append->host = g_strdup (g_network_address_get_hostname (G_NETWORK_ADDRESS (address)));
  append->port = g_network_address_get_port (G_NETWORK_ADDRESS (address));
  return TRUE;
}

static LlSecret *
password_of (const LlMailbox *mailbox,
             const LlAccount *account,
             LlDeadline deadline,
             GCancellable *cancellable,
             GError **error)
{
  if (account->password_command != NULL)
    return ll_password_run (account->password_command, deadline, cancellable, error);
  return ll_secret_store_lookup (mailbox->secrets, "upstream-password", account->name, cancellable,
                                 error);
}

static void
set_up (CURL *curl, Append *append, const LlMailbox *mailbox, const LlAccount *account)
{
  gboolean implicit = append->port == IMAPS_PORT;
  g_autofree char *url = g_strdup_printf ("%s://%s:%u/INBOX", implicit ? "imaps" : "imap",
                                          append->host, append->port);
  const char *username = account->username != NULL ? account->username : account->addresses[0];

  curl_easy_setopt (curl, CURLOPT_URL, url);
  curl_easy_setopt (curl, CURLOPT_PROTOCOLS_STR, implicit ? "imaps" : "imap");
  curl_easy_setopt (curl, CURLOPT_USE_SSL, (long) CURLUSESSL_ALL);
  curl_easy_setopt (curl, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt (curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt (curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt (curl, CURLOPT_CAINFO, NULL);
  curl_easy_setopt (curl, CURLOPT_CAPATH, NULL);
  curl_easy_setopt (curl, CURLOPT_SSL_CTX_FUNCTION, context_cb);
  curl_easy_setopt (curl, CURLOPT_SSL_CTX_DATA, append);
  curl_easy_setopt (curl, CURLOPT_PROXY, mailbox->proxy != NULL ? mailbox->proxy : "");
  curl_easy_setopt (curl, CURLOPT_NETRC, (long) CURL_NETRC_IGNORED);
  curl_easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (curl, CURLOPT_CONNECTTIMEOUT_MS, (long) LL_CONNECT_TIMEOUT);
  curl_easy_setopt (curl, CURLOPT_USERNAME, username);
  curl_easy_setopt (curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt (curl, CURLOPT_READFUNCTION, read_cb);
  curl_easy_setopt (curl, CURLOPT_READDATA, append);
  curl_easy_setopt (curl, CURLOPT_WRITEFUNCTION, ignore_cb);
  curl_easy_setopt (curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t) append->length);
}

/* libcurl 7.88 appends as read, and says nothing about the number: the last one is ours, or one
 * that came this moment and is unread anyway. A notice that stays "read" is still a notice. */
static void
mark_unread (CURL *curl, LlDeadline deadline, GCancellable *cancellable)
{
  curl_easy_setopt (curl, CURLOPT_UPLOAD, 0L);
  curl_easy_setopt (curl, CURLOPT_CUSTOMREQUEST, "STORE * -FLAGS.SILENT (\\Seen)");
  ll_transfer_perform (curl, deadline, cancellable);
}

static gboolean
judge (CURLcode rc, const Append *append, const char *message, GError **error)
{
  const char *why = append->trouble != NULL ? append->trouble
                    : message[0] != '\0'    ? message
                                            : curl_easy_strerror (rc);

  if (rc == CURLE_OK)
    return TRUE;
  if (rc == CURLE_ABORTED_BY_CALLBACK)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  else if (rc == CURLE_LOGIN_DENIED)
    g_set_error (error, LL_DELIVER_ERROR, LL_DELIVER_ERROR_AUTH,
                 "%s: the mailbox refused the password", append->host);
  else if (rc == CURLE_PEER_FAILED_VERIFICATION || rc == CURLE_USE_SSL_FAILED
           || rc == CURLE_SSL_CONNECT_ERROR || rc == CURLE_SSL_CACERT_BADFILE)
    g_set_error (error, LL_DELIVER_ERROR, LL_DELIVER_ERROR_TLS_REQUIRED,
                 "%s: no verified TLS for the mailbox: %s", append->host, why);
  else
    g_set_error (error, LL_DELIVER_ERROR, LL_DELIVER_ERROR_TEMPORARY,
                 "%s: nothing was put into the mailbox: %s", append->host, why);
  return FALSE;
}

static gboolean
transfer (const LlMailbox *mailbox,
          const LlAccount *account,
          Append *append,
          const LlSecret *password,
          const LlLookup *lookup,
          LlDeadline deadline,
          GCancellable *cancellable,
          GError **error)
{
  CURL *curl = ll_transfer_new ();
  struct curl_slist *pins = ll_transfer_pin (NULL, append->host, append->port, lookup->addresses);
  char message[CURL_ERROR_SIZE] = "";
  CURLcode rc;

  set_up (curl, append, mailbox, account);
  curl_easy_setopt (curl, CURLOPT_RESOLVE, pins);
  curl_easy_setopt (curl, CURLOPT_ERRORBUFFER, message);
  curl_easy_setopt (curl, CURLOPT_PASSWORD, ll_secret_peek (password));
  rc = ll_transfer_perform (curl, deadline, cancellable);
  if (rc == CURLE_OK)
    mark_unread (curl, deadline, cancellable);
  curl_easy_cleanup (curl);
  curl_slist_free_all (pins);
  return judge (rc, append, message, error);
}

gboolean
ll_notice_append (const LlMailbox *mailbox,
                  const LlAccount *account,
                  const char *text,
                  LlDeadline deadline,
                  GCancellable *cancellable,
                  GError **error)
{
  Append append = { .text = text, .length = strlen (text) };
  g_auto (LlLookup) lookup = { NULL, NULL };
  g_autoptr (LlSecret) password = NULL;
  gboolean done = FALSE;

  append.ca_file = account->ca_file != NULL ? account->ca_file : mailbox->ca_file;
  if (split_host (account->imap, &append, error)
      && ll_lookup (mailbox->resolver, append.host, (guint16) append.port, &lookup, deadline,
                    cancellable, error))
    password = password_of (mailbox, account, deadline, cancellable, error);
  if (password != NULL)
    done = transfer (mailbox, account, &append, password, &lookup, deadline, cancellable, error);
  g_free (append.host);
  g_free (append.trouble);
  return done;
}
