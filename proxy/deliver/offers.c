/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/offers.h"

#include "base/file.h"

#include <string.h>

#define FILE_NAME "upstream-offers"

struct _LlOffers
{
  char *path; /* or NULL */
  GMutex lock;
  GKeyFile *file; /* a group per account */
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

LlOffers *
ll_offers_new (const char *folder)
{
  LlOffers *offers = g_new0 (LlOffers, 1);

  g_mutex_init (&offers->lock);
  offers->file = g_key_file_new ();
  if (folder != NULL)
    {
      offers->path = g_build_filename (folder, FILE_NAME, NULL);
      g_key_file_load_from_file (offers->file, offers->path, G_KEY_FILE_NONE, NULL);
    }
  return offers;
}

void
ll_offers_free (LlOffers *offers)
{
  if (offers == NULL)
    return;
  g_key_file_unref (offers->file);
  g_mutex_clear (&offers->lock);
  g_free (offers->path);
  g_free (offers);
}

static char *
server_of (const LlTarget *target)
{
  return g_strdup_printf ("%s:%u", target->host, target->port);
}

LlUpstreamOffers
ll_offers_get (LlOffers *offers, const LlTarget *target)
{
  LlUpstreamOffers out = { 0 };
  g_autofree char *server = server_of (target);

  g_mutex_lock (&offers->lock);
  g_autofree char *known = g_key_file_get_string (offers->file, target->account, "server", NULL);
  if (g_strcmp0 (known, server) == 0)
    {
      out.known = TRUE;
      out.size = g_key_file_get_uint64 (offers->file, target->account, "size", NULL);
      for (gsize i = 0; i < G_N_ELEMENTS (flags); i++)
        G_STRUCT_MEMBER (gboolean, &out, flags[i].offset)
            = g_key_file_get_boolean (offers->file, target->account, flags[i].key, NULL);
    }
  g_mutex_unlock (&offers->lock);
  return out;
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
  LlUpstreamOffers before = ll_offers_get (offers, target);
  g_autofree char *server = server_of (target);
  g_autofree char *text = NULL;
  gsize length = 0;

  ll_offers_from_ehlo (ehlo, &seen);
  if (same_offers (&seen, &before))
    return;
  g_mutex_lock (&offers->lock);
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
