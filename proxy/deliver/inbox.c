/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/inbox.h"

#include "api/intl.h"
#include "base/error.h"
#include "base/limits.h"
#include "deliver/lookup.h"
#include "deliver/password.h"
#include "net/roots.h"
#include "net/transfer.h"

#include <string.h>

#define IMAPS_PORT 993

/* One visit, by libcurl. */
typedef struct
{
  CURL *curl;
  struct curl_slist *pins;
  char *host;
  guint port;
  char *url; /* of the INBOX */
  const char *ca_file;
  LlSecret *password;
  char message[CURL_ERROR_SIZE];
  char *trouble;
  LlDeadline deadline;
  GCancellable *cancellable;
  /* what goes there */
  const char *text;
  gsize length;
  gsize at;
  /* what comes from there */
  GByteArray *got;
} Visit;

static size_t
read_cb (char *buffer, size_t size, size_t n, void *data)
{
  Visit *visit = data;
  gsize length = MIN (size * n, visit->length - visit->at);

  memcpy (buffer, visit->text + visit->at, length);
  visit->at += length;
  return length;
}

static size_t
write_cb (char *buffer, size_t size, size_t n, void *data)
{
  Visit *visit = data;

  if (visit->got->len + size * n > LL_INBOX_MESSAGE_MAX)
    return 0;
  g_byte_array_append (visit->got, (const guint8 *) buffer, (guint) (size * n));
  return size * n;
}

static CURLcode
context_cb (CURL *curl, void *context, void *data)
{
  Visit *visit = data;
  g_autoptr (GError) error = NULL;

  if (ll_roots_expect (context, visit->ca_file, visit->host, &error))
    return CURLE_OK;
  visit->trouble = g_strdup (error->message);
  return CURLE_SSL_CACERT_BADFILE;
}

static gboolean
split_host (const char *imap, Visit *visit, GError **error)
{
  g_autoptr (GSocketConnectable) address
      = imap != NULL ? g_network_address_parse (imap, IMAPS_PORT, NULL) : NULL;

  if (address == NULL)
    {
      g_set_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_UNREACHABLE, "imap = %s is not HOST:PORT",
                   imap);
      return FALSE;
    }
  visit->host = g_strdup (g_network_address_get_hostname (G_NETWORK_ADDRESS (address)));
  visit->port = g_network_address_get_port (G_NETWORK_ADDRESS (address));
  return TRUE;
}

static LlSecret *
password_of (const LlInbox *inbox,
             const LlAccount *account,
             LlDeadline deadline,
             GCancellable *cancellable,
             GError **error)
{
  if (account->password_command != NULL)
    return ll_password_run (account->password_command, deadline, cancellable, error);
  return ll_secret_store_lookup (inbox->secrets, "upstream-password", account->name, cancellable,
                                 error);
}

static void
set_up (Visit *visit, const LlInbox *inbox, const LlAccount *account)
{
  gboolean implicit = visit->port == IMAPS_PORT;
  const char *username = account->username != NULL ? account->username : account->addresses[0];
  CURL *curl = visit->curl;

  visit->url
      = g_strdup_printf ("%s://%s:%u/INBOX", implicit ? "imaps" : "imap", visit->host, visit->port);
  curl_easy_setopt (curl, CURLOPT_URL, visit->url);
  curl_easy_setopt (curl, CURLOPT_PROTOCOLS_STR, implicit ? "imaps" : "imap");
  curl_easy_setopt (curl, CURLOPT_USE_SSL, (long) CURLUSESSL_ALL);
  curl_easy_setopt (curl, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt (curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt (curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt (curl, CURLOPT_CAINFO, NULL);
  curl_easy_setopt (curl, CURLOPT_CAPATH, NULL);
  curl_easy_setopt (curl, CURLOPT_SSL_CTX_FUNCTION, context_cb);
  curl_easy_setopt (curl, CURLOPT_SSL_CTX_DATA, visit);
  curl_easy_setopt (curl, CURLOPT_PROXY, inbox->proxy != NULL ? inbox->proxy : "");
  curl_easy_setopt (curl, CURLOPT_NETRC, (long) CURL_NETRC_IGNORED);
  curl_easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (curl, CURLOPT_CONNECTTIMEOUT_MS, (long) LL_CONNECT_TIMEOUT);
  curl_easy_setopt (curl, CURLOPT_RESOLVE, visit->pins);
  curl_easy_setopt (curl, CURLOPT_ERRORBUFFER, visit->message);
  curl_easy_setopt (curl, CURLOPT_USERNAME, username);
  curl_easy_setopt (curl, CURLOPT_PASSWORD, ll_secret_peek (visit->password));
  curl_easy_setopt (curl, CURLOPT_WRITEFUNCTION, write_cb);
  curl_easy_setopt (curl, CURLOPT_WRITEDATA, visit);
}

static void
visit_end (Visit *visit)
{
  if (visit->curl != NULL)
    curl_easy_cleanup (visit->curl);
  curl_slist_free_all (visit->pins);
  ll_secret_free (visit->password);
  g_byte_array_unref (visit->got);
  g_free (visit->host);
  g_free (visit->url);
  g_free (visit->trouble);
}

/* Everything but the connection itself, which libcurl makes when it is needed. */
static gboolean
visit_begin (Visit *visit,
             const LlInbox *inbox,
             const LlAccount *account,
             LlDeadline deadline,
             GCancellable *cancellable,
             GError **error)
{
  g_auto (LlLookup) lookup = { NULL, NULL, NULL };

  *visit = (Visit){ .deadline = deadline, .cancellable = cancellable };
  visit->got = g_byte_array_new ();
  visit->ca_file = account->ca_file != NULL ? account->ca_file : inbox->ca_file;
  if (!split_host (account->imap, visit, error)
      || !ll_lookup (inbox->resolver, visit->host, (guint16) visit->port, &lookup, deadline,
                     cancellable, error))
    return FALSE;
  visit->password = password_of (inbox, account, deadline, cancellable, error);
  if (visit->password == NULL)
    return FALSE;
  visit->curl = ll_transfer_new ();
  visit->pins = ll_transfer_pin (NULL, visit->host, visit->port, lookup.addresses);
  set_up (visit, inbox, account);
  return TRUE;
}

static gboolean
judge (CURLcode rc, const Visit *visit, const char *what, GError **error)
{
  const char *why = visit->trouble != NULL      ? visit->trouble
                    : visit->message[0] != '\0' ? visit->message
                                                : curl_easy_strerror (rc);

  if (rc == CURLE_OK)
    return TRUE;
  if (rc == CURLE_ABORTED_BY_CALLBACK)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  else if (rc == CURLE_LOGIN_DENIED)
    g_set_error (error, LL_DELIVER_ERROR, LL_DELIVER_ERROR_AUTH,
                 "%s: the mailbox refused the password", visit->host);
  else if (rc == CURLE_PEER_FAILED_VERIFICATION || rc == CURLE_USE_SSL_FAILED
           || rc == CURLE_SSL_CONNECT_ERROR || rc == CURLE_SSL_CACERT_BADFILE)
    g_set_error (error, LL_DELIVER_ERROR, LL_DELIVER_ERROR_TLS_REQUIRED,
                 "%s: no verified TLS for the mailbox: %s", visit->host, why);
  else
    g_set_error (error, LL_DELIVER_ERROR, LL_DELIVER_ERROR_TEMPORARY, "%s: %s: %s", visit->host,
                 what, why);
  return FALSE;
}

/* libcurl 7.88 appends as read, and says nothing about the number: the last one is ours, or one
 * that came this moment and is unread anyway. A notice that stays "read" is still a notice. */
static void
mark_unread (Visit *visit)
{
  curl_easy_setopt (visit->curl, CURLOPT_UPLOAD, 0L);
  curl_easy_setopt (visit->curl, CURLOPT_CUSTOMREQUEST, "STORE * -FLAGS.SILENT (\\Seen)");
  ll_transfer_perform (visit->curl, visit->deadline, visit->cancellable);
}

static gboolean
put (Visit *visit, const char *text, GError **error)
{
  CURLcode rc;

  visit->text = text;
  visit->length = strlen (text);
  curl_easy_setopt (visit->curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt (visit->curl, CURLOPT_READFUNCTION, read_cb);
  curl_easy_setopt (visit->curl, CURLOPT_READDATA, visit);
  curl_easy_setopt (visit->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t) visit->length);
  rc = ll_transfer_perform (visit->curl, visit->deadline, visit->cancellable);
  if (rc == CURLE_OK)
    mark_unread (visit);
  return judge (rc, visit, N_ ("nothing was put into the mailbox"), error);
}

gboolean
ll_inbox_append (const LlInbox *inbox,
                 const LlAccount *account,
                 const char *text,
                 LlDeadline deadline,
                 GCancellable *cancellable,
                 GError **error)
{
  Visit visit;
  gboolean done = visit_begin (&visit, inbox, account, deadline, cancellable, error)
                  && put (&visit, text, error);

  visit_end (&visit);
  return done;
}

/* -- looking for a message -------------------------------------------------------------------- */

/* "* SEARCH 12 15": the numbers. */
static GArray *
numbers_of (const GByteArray *got)
{
  g_autofree char *text = g_strndup ((const char *) got->data, got->len);
  g_auto (GStrv) words = g_strsplit_set (text, " \r\n", -1);
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint i = 0; words[i] != NULL && numbers->len < LL_INBOX_FOUND_MAX; i++)
    {
      guint64 number;

      if (g_ascii_string_to_unsigned (words[i], 10, 1, G_MAXUINT32, &number, NULL))
        g_array_append_val (numbers, number);
    }
  return numbers;
}

static gboolean
fetch (Visit *visit, guint64 number, GError **error)
{
  g_autofree char *url = g_strdup_printf ("%s;UID=%" G_GUINT64_FORMAT, visit->url, number);

  g_byte_array_set_size (visit->got, 0);
  curl_easy_setopt (visit->curl, CURLOPT_CUSTOMREQUEST, NULL);
  curl_easy_setopt (visit->curl, CURLOPT_URL, url);
  return judge (ll_transfer_perform (visit->curl, visit->deadline, visit->cancellable), visit,
                N_ ("a message could not be read"), error);
}

static gboolean
look (Visit *visit, const char *word, GPtrArray *found, GError **error)
{
  g_autofree char *request = g_strdup_printf ("UID SEARCH TEXT \"%s\"", word);
  g_autoptr (GArray) numbers = NULL;

  curl_easy_setopt (visit->curl, CURLOPT_CUSTOMREQUEST, request);
  if (!judge (ll_transfer_perform (visit->curl, visit->deadline, visit->cancellable), visit,
              N_ ("the mailbox could not be searched"), error))
    return FALSE;
  numbers = numbers_of (visit->got);
  for (guint i = 0; i < numbers->len; i++)
    {
      if (!fetch (visit, g_array_index (numbers, guint64, i), error))
        return FALSE;
      g_ptr_array_add (found, g_bytes_new (visit->got->data, visit->got->len));
    }
  return TRUE;
}

GPtrArray *
ll_inbox_find (const LlInbox *inbox,
               const LlAccount *account,
               const char *word,
               LlDeadline deadline,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  Visit visit;
  gboolean done = visit_begin (&visit, inbox, account, deadline, cancellable, error)
                  && look (&visit, word, found, error);

  visit_end (&visit);
  return done ? g_steal_pointer (&found) : NULL;
}
