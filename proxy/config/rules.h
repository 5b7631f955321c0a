/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "config/config.h"

G_BEGIN_DECLS

/* [rule N]: first match wins (design 4.4). Unset fields match everything or change nothing. */

struct _LlRule
{
  guint number;
  gboolean system; /* the administrator's, from /etc */
  char *account;   /* or NULL */
  GStrv to;        /* "a@b", "@b" or "b" (the domain), "*.b" (below it), "*"; empty: all */
  GStrv kinds;     /* "list" "calendar" "robot"; empty: all */
  char *tag;       /* or NULL */
  gboolean mode_set;
  LlMode mode;
  gboolean minimum_set;
  LlMinimum minimum;
  gboolean unknown_set;
  LlUnknown unknown;
  GArray *fallback;    /* of LlMethod, or NULL */
  gboolean requiretls; /* ask the provider for REQUIRETLS */
  gint64 expires;      /* wall seconds, 0: never */
  char *note;
};

/* Whether @pattern (as in LlRule.to) covers @address (domain A-label, lower case). */
gboolean ll_rule_pattern_matches (const char *pattern, const char *address);

/* For config.c: whether it says anything at all. */
gboolean ll_rule_complete (const LlRule *rule, GError **error);
void ll_rule_free (LlRule *rule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlRule, ll_rule_free)

G_END_DECLS
