/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "assess/assess.h"
#include "deliver/queue.h"
#include "deliver/upstream.h"
#include "engine/worker.h"
#include "keys/contacts.h"
#include "keys/find.h"
#include "keys/imported.h"
#include "listen/listener.h"
#include "message/parse.h"
#include "policy/decide.h"
#include "record/ledger.h"
#include "spool/store.h"

G_BEGIN_DECLS

/*
 * The journey of a letter. Only the files of this folder (pipeline, reception,
 * judgement, departure, requests) call one stage after the other:
 *
 *   reception  what the mail program says becomes a letter in the spool
 *   judgement  one recipient: evidence, who is bound, decision
 *   departure  decided recipients become copies, copies leave, results come back
 *   pipeline   one step of a letter: on-disk state in, next on-disk state out
 *   requests   what a person asks for through the bus
 *
 * A step is idempotent and the same after intake, restart, release or retry.
 */

typedef struct _LlPipeline LlPipeline;

typedef struct
{
  LlStore *store; /* (not owned) all of these outlive the pipeline */
  LlLedger *ledger;
  LlAssess *assess;
  LlNetwork *network;
  LlUpstream *upstream;
  LlResolver *resolver;
  LlSecretStore *secrets;
  LlWorker *worker;
  LlKeys *keys;
  LlContacts *contacts;
  LlImported *imported;
  const char *state_folder;
  gpointer host; /* who built it all: for requests that are about more than letters */
} LlPipelineParts;

/* Letters that are in the spool are taken up again, and the ledger is completed from them. */
LlPipeline *ll_pipeline_new (const LlPipelineParts *parts, LlConfig *config);
void ll_pipeline_free (LlPipeline *pipeline); /* waits for steps under way */

/* The program is about to end: steps under way come to an end soon, and nothing new leaves. */
void ll_pipeline_end (LlPipeline *pipeline);

gpointer ll_pipeline_host (LlPipeline *pipeline);

/* A new configuration counts from the next command, step and connection on. */
void ll_pipeline_configure (LlPipeline *pipeline, LlConfig *config);
LlConfig *ll_pipeline_config (LlPipeline *pipeline); /* (transfer full) */

/* For the listener; each connection gets a reception of its own. */
LlListenerFactory ll_pipeline_factory (LlPipeline *pipeline);

/* The same without a connection, for `letterlock sendmail`: data of the factory's handler, as if
 * signed in with the login of @account (NULL: whichever fits the sender). LL_API_ERROR_NOT_FOUND.
 * Ends with the factory's close. (transfer full) */
gpointer ll_pipeline_submission (LlPipeline *pipeline, const char *account, GError **error);

/* The network or the configuration changed, or the machine woke up: decide and try anew. */
void ll_pipeline_renew (LlPipeline *pipeline);

/* What the main thread is told (from any thread): letters that changed or need a person. */
typedef enum
{
  LL_PIPELINE_CHANGED,
  LL_PIPELINE_HELD,
  LL_PIPELINE_TROUBLE, /* failed, uncertain, refused by the provider, waiting */
  LL_PIPELINE_STATE,   /* no letter, the whole: paused, resumed; the id is NULL */
} LlPipelineNews;
/* After ll_pipeline_watch (NULL) returned, the old listener is not called any more. */
typedef void (*LlPipelineListener) (LlPipelineNews news,
                                    const char *id,
                                    const char *text,
                                    gpointer data);
void ll_pipeline_watch (LlPipeline *pipeline, LlPipelineListener listener, gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlPipeline, ll_pipeline_free)

G_END_DECLS
