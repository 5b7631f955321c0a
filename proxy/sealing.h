/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "pipeline-private.h"

G_BEGIN_DECLS

typedef struct
{
  LlPipeline *pipeline;
  LlLive *live;
  const LlAccount *account;
  LlMethod method;
  GArray *recipients; /* of guint: those who share it */
  GPtrArray *keys;    /* of LlKey: theirs, and the sender's own */
  const LlSigner *signer;
  guint number;
  gboolean gossip; /* as [protect] says */
  gboolean autocrypt;
  gboolean prompt; /* the user asked for this just now */
} LlSealing;

/* What stands outside as the subject, in place of the real one. */
#define LL_SUBJECT_HIDDEN "[...]"

/* Whether it does: one of those who share the copy is enough. */
gboolean ll_sealing_hides_subject (const LlSealing *copy);

/* gossiping.c: whole fields for the inside, or NULL. (transfer full) */
char *ll_sealing_gossip (const LlSealing *copy);

/* gossiping.c: a whole field for the outside, or NULL. (transfer full) */
char *ll_sealing_autocrypt (const LlSealing *copy);

/* Makes the copy and puts it beside the letter. */
gboolean ll_seal_copy (LlSealing *copy, GError **error);

G_END_DECLS
