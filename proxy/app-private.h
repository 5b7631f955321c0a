/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app.h"

#include "bus/service.h"
#include "keys/dane.h"
#include "keys/directory.h"
#include "keys/keyserver.h"
#include "keys/revocation.h"
#include "keys/wkd.h"
#include "machine.h"
#include "net/access.h"
#include "pipeline.h"
#include "refreshing.h"

G_BEGIN_DECLS

/* What app.c (life), app-listening.c (ports) and app-bus.c (what is said of the whole),
 * app-reload.c (other settings) share. */

struct _LlApp
{
  GMainLoop *loop;
  char *config_user;
  char *config_system;
  char *state_folder;
  char *cache_folder;
  int lock;

  GMutex reloading;     /* one at a time; guards the next */
  char *network_stamp;  /* of [network] as it is in force (net/access.h) */
  GMutex in_force_lock; /* guards the next: look-ups outlive the pipeline */
  LlConfig *in_force;
  LlSecretStore *secrets;
  LlStore *store;
  LlLedger *ledger;
  LlAccess access;
  LlAssess *assess;
  LlUpstream *upstream;
  LlWorker *worker;
  LlContacts *contacts;
  LlImported *imported;
  LlWkd wkd;
  LlDaneKeys dane;
  LlKeyserver keyserver;
  LlWorker *directory_worker; /* one that stalls keeps no other waiting */
  LlDirectory directory;
  LlRevocation *revocation;
  LlKeys *keys;
  LlPipeline *pipeline;
  LlListener *listener;
  gboolean activated; /* systemd opened the ports */
  GMutex listening_lock;
  GPtrArray *listening; /* of Listening, in the order of the listener's */
  LlBusService *bus;
  LlBusActions actions;
  LlMachine *machine;
  LlRefreshing *refreshing;
};

typedef struct
{
  char *address;
  char *spec; /* as configured: "127.0.0.1:1587"; NULL: systemd's */
  guint16 port;
  gboolean tls;
  gboolean foreign;
} Listening;

/* Opens the ports of the configuration, or takes those that systemd passed. FALSE when there is
 * not one. */
gboolean ll_app_listen (LlApp *app, GError **error);

/* After a reload: opens what is new, closes what is gone; sessions go on. FALSE: something could
 * not be opened, and what was open is open again. */
gboolean ll_app_listen_anew (LlApp *app, LlConfig *config, GError **error);

/* What the stages are built from, and follow. @access: as of now, or as it will be. They borrow
 * from
 * @app and @config. */
LlAssessOptions ll_app_assess_options (LlApp *app, const LlAccess *access, const LlConfig *config);
LlUpstreamOptions ll_app_upstream_options (LlApp *app, const LlConfig *config);

/* Serves the bus. */
gboolean ll_app_serve (LlApp *app, GError **error);

/* Reads the configuration again and puts it in force; FALSE: it stays as it was. */
gboolean ll_app_reload (LlApp *app, GError **error);

G_END_DECLS
