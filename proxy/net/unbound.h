/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "net/anchor.h"
#include "net/resolver.h"

G_BEGIN_DECLS

/*
 * One context of libunbound: made once with its servers and its trust anchor,
 * asked asynchronously, thrown away. Belongs to the one thread that made it.
 *
 * The blocking ub_resolve is not used: it gives up after 22 s at the earliest.
 */

typedef enum
{
  LL_UNBOUND_FORWARD,     /* the given servers, UDP with TCP where needed */
  LL_UNBOUND_RECURSE,     /* from the root */
  LL_UNBOUND_FORWARD_TCP, /* the given servers, TCP only */
  LL_UNBOUND_RECURSE_TCP,
  LL_UNBOUND_FORWARD_TLS, /* the given servers' port 853; the signatures are what is trusted.
                             Debian builds libunbound without TLS: there it cannot be asked */
} LlUnboundWay;

typedef struct _LlUnbound LlUnbound;

/* Called from ll_unbound_process with what was given to ll_unbound_ask. (transfer full) */
typedef void (*LlUnboundAnswered) (LlAnswer *answer, gpointer data, gpointer owner);

/* @retries: how often libunbound asks again by itself when signatures fail. It forgets that they
 * did: if nothing answers then, the name is unknown and not bogus, so with 0 alone is a failure
 * certain to be heard of. @anchor NULL: does not validate. @error: LL_CONFIG_ERROR_FILE (an address
 * or the anchor is not understood). */
LlUnbound *ll_unbound_new (LlUnboundWay way,
                           const char *const *servers,
                           const LlAnchor *anchor,
                           guint retries,
                           LlUnboundAnswered answered,
                           gpointer owner,
                           GError **error);
void ll_unbound_free (LlUnbound *unbound); /* forgets what is under way; never inside answered */

/* Becomes readable when there is something to process. */
int ll_unbound_fd (LlUnbound *unbound);
void ll_unbound_process (LlUnbound *unbound);

/* FALSE when it cannot be asked at all; then answered is not called. *id is for cancelling. */
gboolean
ll_unbound_ask (LlUnbound *unbound, const char *name, guint16 type, gpointer data, int *id);
void ll_unbound_cancel (LlUnbound *unbound, int id);

/* An answer that says nothing but why. (transfer full) */
LlAnswer *ll_answer_new_late (const LlAnswer *bogus);
LlAnswer *ll_answer_new_unknown (const char *name, guint16 type, const char *reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlUnbound, ll_unbound_free)

G_END_DECLS
