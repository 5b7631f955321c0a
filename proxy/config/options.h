/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The one table of options. The parser, `config get|set|check`, the man page
 * letterlock.conf(5) and the bus all read it, so that a new option is one row.
 */

typedef enum
{
  LL_OPTION_TEXT,      /* char * */
  LL_OPTION_PATH,      /* char *, absolute */
  LL_OPTION_URL,       /* char *, scheme among words */
  LL_OPTION_HOST_PORT, /* char * "host:port" */
  LL_OPTION_UPSTREAM,  /* char * host at offset, guint port at second */
  LL_OPTION_FLAG,      /* gboolean */
  LL_OPTION_NUMBER,    /* guint, min..max */
  LL_OPTION_DURATION,  /* guint seconds, min..max; 0: the word, if there is one */
  LL_OPTION_DATE,      /* gint64 wall seconds */
  LL_OPTION_WORD,      /* enum or gboolean: index of the word */
  LL_OPTION_DECLARED,  /* gboolean at offset, LlMinimum at second */
  LL_OPTION_HONOURS,   /* guint of LL_HONOURS_* */
  LL_OPTION_METHODS,   /* GArray of LlMethod */
  LL_OPTION_KINDS,     /* GStrv of words */
  LL_OPTION_TAG,       /* char *, lower case */
  LL_OPTION_LOCAL,     /* GStrv of loopback address:port */
  LL_OPTION_FOREIGN,   /* GStrv of address:port */
  LL_OPTION_RESOLVERS, /* GStrv of address or address@port */
  LL_OPTION_HOSTS,     /* GStrv of host names */
  LL_OPTION_ADDRESSES, /* GStrv of a@b and *@b */
  LL_OPTION_DOMAINS,   /* GStrv of domains */
  LL_OPTION_PATTERNS,  /* GStrv of what LlRule.to takes */
  LL_OPTION_URLS,      /* GStrv of URLs, scheme among words */
  LL_OPTION_PINS,      /* GStrv of SHA-256 in lower-case hex */
} LlOptionType;

typedef struct
{
  const char *group; /* "account", "rule" and "foreign" take a name after it */
  const char *key;
  LlOptionType type;
  const char *preset;       /* the default as it would stand in the file; NULL: none */
  const char *const *words; /* what is valid, by value; NULL-ended */
  guint min;
  guint max;
  gsize offset; /* of the field in LlConfig, LlAccount, LlRule or LlForeign */
  gsize second; /* of the second field, 0: none */
  gsize set;    /* of a gboolean that says whether the key was given, 0: none */
  gboolean required;
  const char *doc;     /* one sentence or two, for people */
  const char *example; /* or NULL */
} LlOption;

/* All rows, group by group; ends with a row whose group is NULL. */
extern const LlOption ll_options[];

/* The groups that stand once in a file, whose options are those of LlConfig; ends with NULL. */
extern const char *const ll_option_fixed_groups[];

/* What a group is for: one sentence for the man page. NULL: no such group. */
const char *ll_option_group_doc (const char *group);

/* "account work" -> "account" with *name at "work"; "policy" -> "policy" with *name NULL.
 * NULL when there is no such group, or it lacks its name, or has one too many. (transfer none) */
const char *ll_option_group_of (const char *group, const char **name);

/* NULL: no such option. */
const LlOption *ll_option_find (const char *group, const char *key);

/* The valid key of @group (or group, when @key is NULL) that is nearest to what was written;
 * NULL when nothing is near. */
const char *ll_option_nearest (const char *group, const char *key);

/* "a list of addresses such as ...": what a value of this option looks like. (transfer full) */
char *ll_option_valid (const LlOption *option);

G_END_DECLS
