/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/dane.h"

#include "api/intl.h"
#include "keys/published.h"
#include "keys/smimea.h"
#include "net/rdata.h"

#include <string.h>

/* More records at one name are an attack or a mess. */
#define RECORDS_MAX 10

/* RFC 7929 3.: the first 28 octets of a SHA2-256 */
#define HASH_DIGITS (28 * 2)

/* What stands between the quotes, with its escapes resolved. */
static char *
unquoted (const char *local, gsize length)
{
  GString *text = g_string_new (NULL);

  if (length < 2 || local[0] != '"')
    return g_string_free (g_string_append_len (text, local, (gssize) length), FALSE);
  for (gsize i = 1; i < length - 1; i++)
    {
      if (local[i] == '\\' && i + 1 < length - 1)
        i++;
      g_string_append_c (text, local[i]);
    }
  return g_string_free (text, FALSE);
}

char *
ll_dane_keys_name (const char *address, const char *place)
{
  const char *at = strrchr (address, '@');
  g_autofree char *local = unquoted (address, (gsize) (at - address));
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, local, -1);
  g_autofree char *name = g_strdup_printf ("%.*s.%s.%s", HASH_DIGITS, hash, place, at + 1);

  return ll_dns_name_is_valid (name) ? g_steal_pointer (&name) : NULL;
}

/* Whether the records count. *trouble: why it could not look (transfer full). */
static gboolean
is_proven (const LlAnswer *answer, const char *what, char **trouble)
{
  switch (answer->finding)
    {
    case LL_FOUND:
      return answer->secure;
    case LL_ABSENT:
      return FALSE;
    case LL_BOGUS:
      g_free (*trouble);
      *trouble = g_strdup_printf (N_ ("the DNS signature of the %s record is wrong (%s)"), what,
                                  answer->reason != NULL ? answer->reason : N_ ("no reason given"));
      return FALSE;
    case LL_UNKNOWN:
      if (*trouble == NULL)
        *trouble = g_strdup_printf (N_ ("the %s record could not be asked for (%s)"), what,
                                    answer->reason != NULL ? answer->reason : N_ ("no answer"));
      return FALSE;
    }
  g_return_val_if_reached (FALSE);
}

static void
add_certificate (const LlDaneKeys *dane, GBytes *rdata, const LlKeyQuery *query, GPtrArray *found)
{
  g_autoptr (LlKey) key = ll_smimea_read (rdata, query->address);
  LlKey *seen;

  if (key == NULL)
    return;
  if (key->pin != NULL)
    {
      g_ptr_array_add (found, g_steal_pointer (&key));
      return;
    }
  seen = ll_imported_verify (dane->imported, key);
  if (seen->trust < LL_TRUST_PUBLISHED && !ll_smimea_needs_path (rdata))
    {
      seen->trust = LL_TRUST_PUBLISHED;
      g_clear_pointer (&seen->note, g_free);
    }
  g_ptr_array_add (found, seen);
}

static void
add_keys (const LlDaneKeys *dane,
          const LlAnswer *answer,
          const LlKeyQuery *query,
          GPtrArray *found,
          char **trouble)
{
  for (guint i = 0; i < answer->records->len && i < RECORDS_MAX && *trouble == NULL; i++)
    *trouble = ll_published_add (dane->worker, g_ptr_array_index (answer->records, i), query,
                                 LL_KEY_SOURCE_DANE, LL_TRUST_PUBLISHED, found);
}

char *
ll_dane_keys_find (gpointer data, const LlKeyQuery *query, GPtrArray *found)
{
  const LlDaneKeys *dane = data;
  g_autofree char *key_name = ll_dane_keys_name (query->address, "_openpgpkey");
  g_autofree char *certificate_name = ll_dane_keys_name (query->address, "_smimecert");
  LlQuery queries[]
      = { { key_name, LL_RR_OPENPGPKEY, NULL }, { certificate_name, LL_RR_SMIMEA, NULL } };
  char *trouble = NULL;

  if (key_name == NULL || certificate_name == NULL)
    return NULL; /* nobody can publish anything there */
  ll_resolver_query_many (dane->resolver, queries, G_N_ELEMENTS (queries), query->deadline,
                          query->cancellable);
  if (is_proven (queries[1].answer, "SMIMEA", &trouble))
    for (guint i = 0; i < queries[1].answer->records->len && i < RECORDS_MAX; i++)
      add_certificate (dane, g_ptr_array_index (queries[1].answer->records, i), query, found);
  if (is_proven (queries[0].answer, "OPENPGPKEY", &trouble))
    add_keys (dane, queries[0].answer, query, found, &trouble);
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    ll_answer_unref (queries[i].answer);
  return trouble;
}
