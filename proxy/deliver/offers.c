/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/offers.h"

#include "base/file.h"

#include <string.h>

#define FILE_NAME "upstream-offers"

/* One account's. */
typedef struct
{
  char *server; /* "host:port" of which it is true */
  LlUpstreamOffers offers;
} Known;

struct _LlOffers
{
  char *path; /* or NULL */
  GMutex lock;
  GKeyFile *file;    /* a group per account, */
  GHashTable *known; /* and the same for those who ask: account -> Known */
};

static const struct
{
  const char *key;
  gsize offset; /* of a gboolean in LlUpstreamOffers */
} flags[] = {
  { "requiretls", G_STRUCT_OFFSET (LlUpstreamOffers, requiretls) },
  { "smtputf8", G_STRUCT_OFFSET (LlUpstreamOffers, smtputf8) },
  { "8bitmime", G_STRUCT_OFFSET (LlUpstreamOffers, eightbitmime) },
  { "dsn", G_STRUCT_OFFSET (LlUpstreamOffers, dsn) },
  { "chunking", G_STRUCT_OFFSET (LlUpstreamOffers, chunking) },
  { "pipelining", G_STRUCT_OFFSET (LlUpstreamOffers, pipelining) },
};

static void
known_free (gpointer data)
{
  g_free (((Known *) data)->server);
  g_free (data);
}

static void
keep (LlOffers *offers, const char *account, const char *server, const LlUpstreamOffers *seen)
{
  Known *known = g_new0 (Known, 1);

  known->server = g_strdup (server);
  known->offers = *seen;
  g_hash_table_replace (offers->known, g_strdup (account), known);
}

static void
load_account (LlOffers *offers, const char *account)
{
  g_autofree char *server = g_key_file_get_string (offers->file, account, "server", NULL);
  LlUpstreamOffers out = { .known = TRUE };

  if (server == NULL)
    return;
  out.size = g_key_file_get_uint64 (offers->file, account, "size", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++)
    G_STRUCT_MEMBER (gboolean, &out, flags[i].offset)
        = g_key_file_get_boolean (offers->file, account, flags[i].key, NULL);
  keep (offers, account, server, &out);
}

LlOffers *
ll_offers_new (const char *folder)
{
  LlOffers *offers = g_new0 (LlOffers, 1);
  g_auto (GStrv) accounts = NULL;

  g_mutex_init (&offers->lock);
  offers->file = g_key_file_new ();
  offers->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, known_free);
  if (folder != NULL)
    {
      offers->path = g_build_filename (folder, FILE_NAME, NULL);
      g_key_file_load_from_file (offers->file, offers->path, G_KEY_FILE_NONE, NULL);
    }
  accounts = g_key_file_get_groups (offers->file, NULL);
  for (guint i = 0; accounts[i] != NULL; i++)
    load_account (offers, accounts[i]);
  return offers;
}

void
ll_offers_free (LlOffers *offers)
{
  if (offers == NULL)
    return;
  g_key_file_unref (offers->file);
  g_hash_table_unref (offers->known);
  g_mutex_clear (&offers->lock);
  g_free (offers->path);
  g_free (offers);
}

/* "host:port" */
static gboolean
is_server (const char *server, const char *host, guint port)
{
  gsize length = strlen (host);

  return strncmp (server, host, length) == 0 && server[length] == ':'
         && g_ascii_strtoull (server + length + 1, NULL, 10) == port;
}

LlUpstreamOffers
ll_offers_get (LlOffers *offers, const char *account, const char *host, guint port)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&offers->lock);
  const Known *known = g_hash_table_lookup (offers->known, account);

  if (known == NULL || !is_server (known->server, host, port))
    return (LlUpstreamOffers){ 0 };
  return known->offers;
}

void
ll_offers_from_ehlo (const LlEhlo *ehlo, LlUpstreamOffers *out)
{
  *out = (LlUpstreamOffers){
    .known = ehlo->known,
    .requiretls = ehlo->requiretls,
    .smtputf8 = ehlo->smtputf8,
    .eightbitmime = ehlo->eightbitmime,
    .dsn = ehlo->dsn,
    .chunking = ehlo->chunking,
    .pipelining = ehlo->pipelining,
    .size = ehlo->size,
  };
}

/* Field by field: what lies between them is anything. */
static gboolean
same_offers (const LlUpstreamOffers *a, const LlUpstreamOffers *b)
{
  gboolean same = a->known == b->known && a->size == b->size;

  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++)
    same &= G_STRUCT_MEMBER (gboolean, a, flags[i].offset)
            == G_STRUCT_MEMBER (gboolean, b, flags[i].offset);
  return same;
}

void
ll_offers_put (LlOffers *offers, const LlTarget *target, const LlEhlo *ehlo)
{
  LlUpstreamOffers seen;
  LlUpstreamOffers before = ll_offers_get (offers, target->account, target->host, target->port);
  g_autofree char *server = NULL;
  g_autofree char *text = NULL;
  gsize length = 0;

  ll_offers_from_ehlo (ehlo, &seen);
  if (same_offers (&seen, &before))
    return;
  server = g_strdup_printf ("%s:%u", target->host, target->port);
  g_mutex_lock (&offers->lock);
  keep (offers, target->account, server, &seen);
  g_key_file_set_string (offers->file, target->account, "server", server);
  g_key_file_set_uint64 (offers->file, target->account, "size", seen.size);
  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++)
    g_key_file_set_boolean (offers->file, target->account, flags[i].key,
                            G_STRUCT_MEMBER (gboolean, &seen, flags[i].offset));
  text = g_key_file_to_data (offers->file, &length, NULL);
  /* not to be able to keep it costs a better answer at RCPT, nothing else */
  if (offers->path != NULL)
    ll_file_replace (offers->path, text, length, NULL);
  g_mutex_unlock (&offers->lock);
}
