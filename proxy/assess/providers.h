/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The shipped, dated table of large providers: by the suffix of their mail servers
 * (as recipients), and by the name of their submission host (as senders). A row is
 * a claim with a date and a source, never a proof: "listed" meets `encrypted` only,
 * "honours" makes an assurance likely at most.
 */

typedef struct
{
  const char *name;
  const char *const *mx; /* ".suffix": a host below it; "name": that host; NULL-terminated */
  const char *const *submission; /* the same, of submission hosts; or NULL */
  const char *takes;  /* HOST:PORT, one of these, where its users' programs hand in letters, by TLS
                         on 465 and STARTTLS on 587; NULL: there are several, or not known */
  guint honours;      /* LL_HONOURS_* (config/account.h) */
  guint rate;         /* messages a minute that it takes from one account; 0: not known */
  const char *date;   /* when the source was read */
  const char *source; /* of what is said about sending; of the suffixes otherwise */
} LlProvider;

extern const LlProvider ll_providers[];
extern const gsize ll_providers_length;

/* NULL: not listed. @host: lower case A-label. */
const LlProvider *ll_provider_of_mx (const char *host);
const LlProvider *ll_provider_of_submission (const char *host);

/* Letters a minute; 0: not known. */
guint ll_provider_rate (const char *upstream_host);

G_END_DECLS
