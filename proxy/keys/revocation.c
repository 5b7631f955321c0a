/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/revocation.h"

#include "api/intl.h"
#include "base/file.h"
#include "base/limits.h"
#include "keys/certificate.h"
#include "keys/revocation-answer.h"

#include <openssl/x509.h>
#include <string.h>

/* What is left to those who wait for the whole search, after the last answer (microseconds). */
#define MARGIN (500 * 1000)

/* A place that did not answer is left alone for so many seconds, if it had so many milliseconds. */
#define SILENT_SECONDS 300
#define SILENT_AFTER 1000

/* More places than anybody's correspondents have. */
#define SILENT_MAX 1000

struct _LlRevocation
{
  LlHttps *https; /* (not owned) */
  char *folder;
  GMutex lock;
  GHashTable *silent; /* address -> gint64: seconds since boot, when it may be asked again */
};

/* One certificate of a chain, and who is asked about it. */
typedef struct
{
  LlRevocation *revocation;
  const LlKeyQuery *query;
  LlDeadline deadline;
  X509 *certificate;
  X509 *issuer;
  char *why; /* nothing is known: a clause */
} Question;

/* One place. */
typedef struct
{
  const char *url;
  LlRevocationJudge judge;
  GBytes *body; /* what is asked; NULL: the place itself is the question */
  gsize limit;
} Place;

LlRevocation *
ll_revocation_new (LlHttps *https, const char *folder)
{
  LlRevocation *revocation = g_new0 (LlRevocation, 1);

  revocation->https = https;
  revocation->folder = g_strdup (folder);
  revocation->silent = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_mutex_init (&revocation->lock);
  return revocation;
}

void
ll_revocation_free (LlRevocation *revocation)
{
  if (revocation == NULL)
    return;
  g_hash_table_unref (revocation->silent);
  g_mutex_clear (&revocation->lock);
  g_free (revocation->folder);
  g_free (revocation);
}

/* -- places that do not answer --------------------------------------------------------------- */

static gboolean
is_silent (LlRevocation *revocation, const char *url)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&revocation->lock);
  const gint64 *until = g_hash_table_lookup (revocation->silent, url);

  return until != NULL && *until > ll_clock_boot ();
}

static void
keep_silent (LlRevocation *revocation, const char *url)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&revocation->lock);
  gint64 *until = g_new (gint64, 1);

  if (g_hash_table_size (revocation->silent) >= SILENT_MAX)
    g_hash_table_remove_all (revocation->silent);
  *until = ll_clock_boot () + SILENT_SECONDS;
  g_hash_table_replace (revocation->silent, g_strdup (url), until);
}

static void
set_why (Question *question, const char *why)
{
  g_free (question->why);
  question->why = g_strdup (why);
}

/* -- what was kept ----------------------------------------------------------------------------- */

/* A file for each place and question. (transfer full) or NULL */
static char *
path_of (const Question *question, const Place *place)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  if (question->revocation->folder == NULL)
    return NULL;
  g_checksum_update (sum, (const guint8 *) place->url, (gssize) strlen (place->url));
  if (place->body != NULL)
    g_checksum_update (sum, g_bytes_get_data (place->body, NULL),
                       (gssize) g_bytes_get_size (place->body));
  return g_build_filename (question->revocation->folder, "revocation", g_checksum_get_string (sum),
                           NULL);
}

static void
keep (const char *path, GBytes *answer)
{
  g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : NULL;

  if (folder != NULL && ll_file_make_folder (folder, NULL))
    ll_file_replace (path, g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), NULL);
}

/* -- asking ------------------------------------------------------------------------------------ */

static LlRevocationState
judge (Question *question, const Place *place, GBytes *answer)
{
  const char *why = NULL;
  LlRevocationState state
      = place->judge (answer, question->certificate, question->issuer, ll_clock_now (), &why);

  if (state == LL_REVOCATION_UNKNOWN)
    set_why (question, why);
  return state;
}

static LlRevocationState
fetch (Question *question, const Place *place, const char *path)
{
  LlRevocation *revocation = question->revocation;
  g_autoptr (LlHttpsResult) result = NULL;
  int left = ll_deadline_left (question->deadline);
  LlRevocationState state;

  if (left == 0)
    return LL_REVOCATION_UNKNOWN; /* those before took all the time, and are the reason */
  if (!question->query->anew && is_silent (revocation, place->url))
    {
      set_why (question, N_ ("its issuer's server did not answer just now"));
      return LL_REVOCATION_UNKNOWN;
    }
  result = ll_http_ask (revocation->https, place->url, "application/ocsp-request", place->body,
                        place->limit, question->deadline, question->query->cancellable);
  if (result->outcome == LL_HTTPS_UNREACHABLE && left >= SILENT_AFTER
      && !g_cancellable_is_cancelled (question->query->cancellable))
    keep_silent (revocation, place->url);
  if (result->outcome != LL_HTTPS_OK)
    {
      set_why (question, result->detail);
      return LL_REVOCATION_UNKNOWN;
    }
  state = judge (question, place, result->body);
  if (state != LL_REVOCATION_UNKNOWN)
    keep (path, result->body);
  return state;
}

/* What is kept is signed, too: it is judged like what comes. */
static LlRevocationState
ask_place (Question *question, const Place *place)
{
  g_autofree char *path = path_of (question, place);
  g_autoptr (GBytes) kept = path != NULL ? ll_file_load (path, place->limit, NULL) : NULL;
  LlRevocationState before = kept != NULL ? judge (question, place, kept) : LL_REVOCATION_UNKNOWN;
  LlRevocationState now;

  if (before == LL_REVOCATION_GOOD || before == LL_REVOCATION_REVOKED)
    return before;
  now = fetch (question, place, path);
  if (now == LL_REVOCATION_UNKNOWN)
    now = before;
  return now == LL_REVOCATION_WAS ? LL_REVOCATION_REVOKED : now;
}

static LlRevocationState
ask_places (Question *question, GStrv urls, const Place *how)
{
  LlRevocationState state = LL_REVOCATION_UNKNOWN;

  for (guint i = 0; urls[i] != NULL && state == LL_REVOCATION_UNKNOWN; i++)
    {
      Place place = *how;

      place.url = urls[i];
      state = ask_place (question, &place);
    }
  return state;
}

/* *places: whether there is anybody to ask. */
static LlRevocationState
ask (Question *question, gboolean *places)
{
  g_auto (GStrv) ocsp = ll_revocation_ocsp_places (question->certificate);
  g_auto (GStrv) crl = ll_revocation_crl_places (question->certificate);
  g_autoptr (GBytes) body = ll_revocation_question (question->certificate, question->issuer);
  const Place by_ocsp = { NULL, ll_revocation_of_ocsp, body, LL_OCSP_MAX };
  const Place by_list = { NULL, ll_revocation_of_crl, NULL, LL_CRL_MAX };
  LlRevocationState state = LL_REVOCATION_UNKNOWN;

  *places = ocsp[0] != NULL || crl[0] != NULL;
  set_why (question, N_ ("it names no place to ask"));
  if (body != NULL)
    state = ask_places (question, ocsp, &by_ocsp);
  return state != LL_REVOCATION_UNKNOWN ? state : ask_places (question, crl, &by_list);
}

/* -- a whole chain ----------------------------------------------------------------------------- */

/* The certificate itself, then those of its issuers that are no roots. An issuer without a place
 * to ask is as good as its own issuer says. */
static LlRevocationState
ask_chain (Question *question, const LlKey *key)
{
  LlRevocationState all = LL_REVOCATION_GOOD;

  question->certificate = ll_certificate_open (key->blob);
  for (guint i = 0; i < key->issuers->len && all != LL_REVOCATION_REVOKED; i++)
    {
      g_autofree char *before = g_strdup (question->why);
      LlRevocationState state;
      gboolean places;

      question->issuer = ll_certificate_open (g_ptr_array_index (key->issuers, i));
      state = ask (question, &places);
      if (state == LL_REVOCATION_REVOKED || (state == LL_REVOCATION_UNKNOWN && (places || i == 0)))
        all = state;
      else
        set_why (question, before);
      X509_free (question->certificate);
      question->certificate = g_steal_pointer (&question->issuer);
    }
  X509_free (question->certificate);
  return all;
}

LlKey *
ll_revocation_check (gpointer data, LlKey *key, const LlKeyQuery *query)
{
  Question question = { .revocation = data, .query = query };
  LlRevocationState state;
  LlKey *judged;

  if (key->method != LL_METHOD_SMIME || key->trust != LL_TRUST_VERIFIED || key->issuers == NULL
      || !ll_key_is_sound (key, ll_clock_now ()))
    return ll_key_ref (key);
  question.deadline
      = ll_deadline_earlier (ll_deadline_in (LL_REVOCATION_BUDGET), query->deadline - MARGIN);
  state = ask_chain (&question, key);
  judged = ll_key_copy (key);
  if (state == LL_REVOCATION_REVOKED)
    judged->defect = LL_KEY_REVOKED;
  if (state == LL_REVOCATION_UNKNOWN)
    {
      g_free (judged->note);
      judged->note = g_strdup_printf (N_ ("whether its issuer revoked it could not be asked: %s"),
                                      question.why);
    }
  g_free (question.why);
  return judged;
}
