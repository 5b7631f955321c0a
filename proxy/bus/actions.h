/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "engine/worker.h"
#include "config/config.h"
#include "listen/session.h"
#include "net/https.h"
#include "net/network.h"
#include "net/resolver.h"
#include "secrets/store.h"
#include "spool/store.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * What the bus asks of the rest of the program: a table that app.c fills. The bus
 * itself does what needs only the leaves (accounts, rules, configuration, doctor,
 * sender, export); all that touches a stage is a function here.
 *
 * EVERY FUNCTION IS CALLED ON A THREAD OF THE BUS'S OWN POOL, never on the main
 * thread, and may block. Several run at once.
 *
 * Dictionaries are as proxy/api/org.letterlock.Letterlock1.xml says; returned
 * GVariants may be floating; "a{sv}" unless said otherwise. NULL and FALSE mean that
 * @error is set, with any domain: LL_API_ERROR and the others of base/error.h are
 * passed on as what they mean for the caller (LL_STORE_ERROR_ABSENT as NotFound,
 * LL_SECRET_ERROR_LOCKED as Locked...). A function that is NULL is answered
 * "this daemon cannot ... ".
 */

/* Sends a partial answer to the caller. (a{sv}; sinks a floating @partial) Any thread. */
typedef void (*LlBusProgress) (GVariant *partial, gpointer progress_data);

typedef struct
{
  gpointer data; /* first argument of all functions */

  /* -- leaves, shared; they outlive the service. NULL where there is none. ------------- */
  LlStore *store;
  LlSecretStore *secrets;
  LlResolver *resolver;
  LlWorker *worker; /* (not owned) */
  LlNetwork *network;
  LlHttps *https;
  const char *state_folder;  /* of config/login.h */
  const char *config_path;   /* the user's file; NULL: the default place */
  const char *config_system; /* the administrator's; NULL: the default place */

  /* The snapshot in force (transfer full). */
  LlConfig *(*config) (gpointer data);
  /* Reads the files again and puts them in force. Also called after each change of the
   * configuration that the bus wrote (accounts, rules, SetConfig). */
  gboolean (*reload) (gpointer data, GError **error);

  /* -- the whole ------------------------------------------------------------------------- */

  /* Status without "version" (added by the bus). Also asked before StateChanged. */
  GVariant *(*status) (gpointer data, GError **error);
  gboolean (*pause) (gpointer data, guint minutes, GError **error); /* 0: until resume */
  gboolean (*resume) (gpointer data, GError **error);
  GVariant *(*providers) (gpointer data,
                          GError **error); /* aa{sv}: the shipped rows, seen as, domains u */
  /* Further lines of `doctor` that only the app knows; aa{sv}. May be NULL. The bus adds
   * resolver, trust anchor, network, keyring, accounts, configuration, spool by itself. */
  GVariant *(*doctor) (gpointer data, GError **error);

  /* -- the way ---------------------------------------------------------------------------- */

  /* @target: a domain, A-label, lower case. ll_assess_check + ll_verdict_to_variant. */
  GVariant *(*check) (gpointer data,
                      const char *domain,
                      LlBusProgress progress, /* NULL: nobody listens */
                      gpointer progress_data,
                      GCancellable *cancellable, /* the caller went away */
                      GError **error);
  /* One dictionary per address, in order (aa{sv}). @options: account, sender, tag, mode. */
  GVariant *(*preview) (gpointer data,
                        const char *const *addresses,
                        GVariant *options,
                        GCancellable *cancellable,
                        GError **error);

  /* -- letters ----------------------------------------------------------------------------- */

  /* ll_ledger_list_page (ledger, query, next, error): aa{sv}, *next (transfer full). */
  GVariant *(*letters) (gpointer data, GVariant *query, char **next, GError **error);
  /* ll_ledger_list_ids */
  GVariant *(*letter_ids) (gpointer data, GVariant *query, GError **error);
  /* ll_ledger_get */
  GVariant *(*letter) (gpointer data, const char *id_prefix, GError **error);
  /* ll_report_render (ledger, query, format, error): (transfer full) */
  char *(*report) (gpointer data, GVariant *query, const char *format, GError **error);

  /* @id is whole here: the bus resolved the prefix by letter(). @method: LL_METHOD_NONE: as
   * decided anew; LL_METHOD_OPEN: "send anyway". @recipients: NULL: all it applies to.
   * Return when the decision is recorded (not: when the letter is sent). */
  gboolean (*release) (gpointer data,
                       const char *id,
                       LlMethod method,
                       const char *const *recipients,
                       const char *reason,
                       GError **error);
  gboolean (*drop) (gpointer data,
                    const char *id,
                    const char *const *recipients,
                    const char *reason,
                    GError **error);
  gboolean (*retry) (gpointer data, const char *id, GError **error);

  /* The original of a letter that left locked (spool/original.h); @id is whole. NULL: not kept,
   * or its key cannot be had. (transfer full) */
  LlReader *(*original) (gpointer data, const char *id, GError **error);
  /* All of them, newest first: aa{sv} {id s, original_until s}. */
  GVariant *(*originals) (gpointer data, GError **error);
  /* The answer of SearchOriginals; a part of it that took no more than LL_SEARCH_SLICE. */
  GVariant *(*search) (
      gpointer data, const char *text, GVariant *query, GCancellable *cancellable, GError **error);

  /* @domain A-label, lower case; @reason not empty; @days 1..30. Answer: domain reason since
   * until. record/override.h keeps them: ll_ledger_override_*. */
  GVariant *(*override) (
      gpointer data, const char *domain, const char *reason, guint days, GError **error);
  GVariant *(*overrides) (gpointer data, GError **error); /* aa{sv} */
  /* Looks at @domain, and begins its history anew when a downgrade is suspected. */
  GVariant *(*accept_change) (gpointer data,
                              const char *domain,
                              const char *reason,
                              GCancellable *cancellable,
                              GError **error);
  gboolean (*override_remove) (gpointer data, const char *domain, GError **error);

  /* -- people -----------------------------------------------------------------------------------
   */

  /* @address: normalised. aa{sv}, a{sv} as in the contract. */
  GVariant *(*keys) (gpointer data, const char *address, GError **error);
  GVariant *(*key_find) (gpointer data,
                         const char *address,
                         LlBusProgress progress, /* NULL: nobody listens */
                         gpointer progress_data,
                         GCancellable *cancellable,
                         GError **error);
  /* @name: a normalised address, or a fingerprint. (transfer full) */
  char *(*key_export) (gpointer data,
                       const char *name,
                       const char *fingerprint,
                       GCancellable *cancellable,
                       GError **error);
  /* @file: stays the caller's; @accept: all that is in it. */
  GVariant *(*key_import) (
      gpointer data, int file, gboolean accept, GCancellable *cancellable, GError **error);
  GVariant *(*key_say) (
      gpointer data, const char *address, const char *fingerprint, gboolean accept, GError **error);

  /* @wishes: {method s, subject s}, may be empty. What is wished then: {address method subject}. */
  GVariant *(*key_prefer) (gpointer data, const char *address, GVariant *wishes, GError **error);

  /* The account's own certificate: a{sv} as of ListKeys without use, NULL: none. */
  GVariant *(*certificate) (gpointer data, const char *account);
  /* @file: PKCS #12; @passphrase may be NULL. LL_API_ERROR_INVALID with the reason. */
  GVariant *(*certificate_set) (gpointer data,
                                const char *account,
                                GBytes *file,
                                const LlSecret *passphrase,
                                GCancellable *cancellable,
                                GError **error);
  GVariant *(*certificate_use) (gpointer data,
                                const char *account,
                                const char *gpgsm,
                                GCancellable *cancellable,
                                GError **error);
  gboolean (*certificate_remove) (gpointer data, const char *account, GError **error);

  /* -- accounts ------------------------------------------------------------------------------ */

  /* ll_upstream_test; @step for each {step, ok, detail}. FALSE with @error: the test failed,
   * and the message says why. */
  gboolean (*account_test) (gpointer data,
                            const char *name,
                            LlBusProgress step,
                            gpointer step_data,
                            GCancellable *cancellable,
                            GError **error);
  /* The local authority's certificate in PEM. (transfer full) */
  char *(*authority) (gpointer data);
  /* That of the local server itself. (transfer full) */
  char *(*server_certificate) (gpointer data);
  /* `account test --onward`: writes to @addresses (empty: to nobody), waits @wait seconds for what
   * comes of it and of earlier ones. As account_test; TRUE: something was measured, and nothing
   * that is broken. */
  gboolean (*measure) (gpointer data,
                       const char *name,
                       const char *const *addresses,
                       guint wait,
                       LlBusProgress step,
                       gpointer step_data,
                       GCancellable *cancellable,
                       GError **error);
  /* What is known by that: {requiretls s, declared s, open u, time s, until s, letters aa{sv}};
   * NULL: nothing. */
  GVariant *(*measured) (gpointer data, const char *name);
  /* A person signs in at the provider (auth = oauth2), in a browser or with @device; @step for what
   * he has to do: {url s, code s}. */
  gboolean (*sign_in) (gpointer data,
                       const char *name,
                       gboolean device,
                       LlBusProgress step,
                       gpointer step_data,
                       GCancellable *cancellable,
                       GError **error);
  /* Whether he has: {sign_in s, sign_in_reason s}; NULL: the account does not need it. */
  GVariant *(*sign_in_state) (gpointer data, const char *name);
  /* After an account was added, changed, removed or got a new password, and after reload():
   * close its warm connections, try again what waits for sign-in. May be NULL. */
  void (*account_saved) (gpointer data, const char *name);

  /* -- submission (`letterlock sendmail`) ------------------------------------------------------ */

  /* The very handler that the listener uses; the bus calls mail, rcpt, data, content, end,
   * received and reset of it in their order, without a session. @account: name, or NULL for
   * all: as if signed in with that account's login. (transfer full) by submit_close. */
  const LlSessionHandler *submit_handler;
  gpointer (*submit_open) (gpointer data, const char *account, GError **error);
  void (*submit_close) (gpointer handler_data);
} LlBusActions;

G_END_DECLS
