/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "app-private.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "keys/gnupg.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* How long sessions may take to say goodbye at the end. */
#define STOP_TIMEOUT 5000

/* ... and the look-ups after everything durable is done. Longer than a question to a token server:
 * its answer may bring the only refresh token that still counts. */
#define LEAVE_SECONDS 20
G_STATIC_ASSERT (LEAVE_SECONDS * 1000 > LL_OAUTH_TIMEOUT);

/* -- one daemon for each state folder -------------------------------------------------- */

static gboolean
lock_state (LlApp *app, GError **error)
{
  g_autofree char *path = g_build_filename (app->state_folder, "lock", NULL);

  app->lock = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (app->lock < 0)
    return ll_file_set_error (error, "Cannot open %s: %m", path);
  if (flock (app->lock, LOCK_EX | LOCK_NB) < 0)
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED,
                   "another letterlockd already works in %s; letterlock status asks it",
                   app->state_folder);
      return FALSE;
    }
  return TRUE;
}

/* -- building ------------------------------------------------------------------------------ */

static gboolean
build_leaves (LlApp *app, GError **error)
{
  g_autofree char *spool = g_build_filename (app->state_folder, "spool", NULL);
  g_autofree char *ledger = g_build_filename (app->state_folder, "ledger.db", NULL);

  app->secrets = ll_secret_store_new (app->state_folder);
  app->store = ll_store_new (spool, app->secrets, error);
  if (app->store == NULL)
    return FALSE;
  app->ledger = ll_ledger_open (ledger, error);
  if (app->ledger == NULL)
    return FALSE;
  ll_ledger_follow (app->ledger, app->store);
  return TRUE;
}

static char *
find_in_keyring (gpointer data, const LlKeyQuery *query, GPtrArray *found)
{
  LlApp *app = data;
  g_autoptr (GError) error = NULL;
  GPtrArray *keys
      = ll_gnupg_find (app->worker, query->address, query->deadline, query->cancellable, &error);

  if (keys == NULL)
    return g_strdup (error->message);
  g_ptr_array_extend_and_steal (found, keys);
  return NULL;
}

static char *
find_imported (gpointer data, const LlKeyQuery *query, GPtrArray *found)
{
  return ll_imported_find (((LlApp *) data)->imported, query, found);
}

static LlConfig *
config_in_force (gpointer data)
{
  LlApp *app = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&app->in_force_lock);

  return ll_config_ref (app->in_force);
}

/* What can lock letters, and where it is looked for. */
static gboolean
build_keys (LlApp *app, GError **error)
{
  const LlKeyFinder finders[] = { { LL_KEY_SOURCE_GNUPG, find_in_keyring, app },
                                  { LL_KEY_SOURCE_IMPORTED, find_imported, app },
                                  { LL_KEY_SOURCE_WKD, ll_wkd_find, &app->wkd },
                                  { LL_KEY_SOURCE_DANE, ll_dane_keys_find, &app->dane },
                                  { LL_KEY_SOURCE_KEYSERVER, ll_keyserver_find, &app->keyserver },
                                  { LL_KEY_SOURCE_LDAP, ll_directory_find, &app->directory } };

  app->worker = ll_worker_new (NULL);
  app->wkd = (LlWkd){ app->access.resolver, app->access.https, app->worker, app->cache_folder };
  app->contacts = ll_contacts_new (app->state_folder, error);
  if (app->contacts == NULL)
    return FALSE;
  app->imported = ll_imported_new (app->state_folder, app->in_force->ca_file, app->worker, error);
  if (app->imported == NULL)
    return FALSE;
  app->dane = (LlDaneKeys){ app->access.resolver, app->worker, app->imported };
  app->keyserver
      = (LlKeyserver){ app->access.resolver, app->worker, app->cache_folder, config_in_force, app };
  app->directory_worker = ll_worker_new (NULL);
  app->directory = (LlDirectory){ app->directory_worker, app->imported, app->cache_folder,
                                  config_in_force, app };
  app->keys = ll_keys_new (finders, G_N_ELEMENTS (finders));
  app->revocation = ll_revocation_new (app->access.https, app->cache_folder);
  ll_keys_set_check (app->keys, ll_revocation_check, app->revocation);
  return TRUE;
}

LlAssessOptions
ll_app_assess_options (LlApp *app, const LlAccess *access, const LlConfig *config)
{
  return (LlAssessOptions){
    .resolver = access->resolver,
    .https = access->https,
    .network = app->access.network,
    .state = app->state_folder,
    .cache = app->cache_folder,
    .ca_file = config->ca_file,
    .mx_port = (guint16) config->mx_port,
    .allow_private = config->allow_private_addresses,
    .probe = !config->probe_never,
  };
}

LlUpstreamOptions
ll_app_upstream_options (LlApp *app, const LlConfig *config)
{
  return (LlUpstreamOptions){
    .resolver = app->access.resolver,
    .store = app->store,
    .secrets = app->secrets,
    .ca_file = config->ca_file,
    .folder = app->state_folder,
    .proxy = config->proxy,
  };
}

static gboolean
build_stages (LlApp *app, GError **error)
{
  LlAssessOptions assess = ll_app_assess_options (app, &app->access, app->in_force);
  LlUpstreamOptions upstream = ll_app_upstream_options (app, app->in_force);
  LlPipelineParts parts;

  app->assess = ll_assess_new (&assess, error);
  if (app->assess == NULL)
    return FALSE;
  app->upstream = ll_upstream_new (&upstream);
  if (!build_keys (app, error))
    return FALSE;
  parts = (LlPipelineParts){
    .store = app->store,
    .ledger = app->ledger,
    .assess = app->assess,
    .network = app->access.network,
    .upstream = app->upstream,
    .resolver = app->access.resolver,
    .secrets = app->secrets,
    .worker = app->worker,
    .keys = app->keys,
    .contacts = app->contacts,
    .imported = app->imported,
    .state_folder = app->state_folder,
    .host = app,
  };
  app->pipeline = ll_pipeline_new (&parts, app->in_force);
  return TRUE;
}

/* -- what happens by itself ------------------------------------------------------------------ */

static void
network_changed_cb (gpointer data)
{
  LlApp *app = data;

  g_message ("the network changed");
  ll_pipeline_renew (app->pipeline);
  if (app->bus != NULL)
    ll_bus_service_state_changed (app->bus);
}

static gboolean
quit_cb (gpointer data)
{
  g_main_loop_quit (((LlApp *) data)->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
hangup_cb (gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!ll_app_reload (data, &error))
    g_warning ("the configuration stays as it was: %s", error->message);
  return G_SOURCE_CONTINUE;
}

/* sd_notify(3), without the library */
static void
notify_manager (const char *state)
{
  const char *path = g_getenv ("NOTIFY_SOCKET");
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  LL_AUTO_FD fd = -1;
  gsize length;

  if (path == NULL || strlen (path) >= sizeof address.sun_path)
    return;
  length = strlen (path);
  memcpy (address.sun_path, path, length);
  if (path[0] == '@')
    address.sun_path[0] = '\0';
  fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0
      || sendto (fd, state, strlen (state), MSG_NOSIGNAL, (struct sockaddr *) &address,
                 (socklen_t) (G_STRUCT_OFFSET (struct sockaddr_un, sun_path) + length))
             < 0)
    g_debug ("the service manager was not told \"%s\"", state);
}

/* -- life ------------------------------------------------------------------------------------ */

LlApp *
ll_app_new (const LlAppOptions *options, GError **error)
{
  g_autoptr (LlApp) app = g_new0 (LlApp, 1);

  app->lock = -1;
  g_mutex_init (&app->reloading);
  g_mutex_init (&app->listening_lock);
  g_mutex_init (&app->in_force_lock);
  app->config_user = options->config != NULL ? g_strdup (options->config) : ll_config_user_path ();
  app->config_system = g_strdup (options->config_system);
  app->state_folder = ll_folder_state ();
  app->cache_folder = ll_folder_cache ();
  app->loop = g_main_loop_new (NULL, FALSE);
  if (!ll_file_make_folder (app->state_folder, error) || !lock_state (app, error))
    return NULL;
  app->in_force = ll_config_load (app->config_system, app->config_user, error);
  if (app->in_force == NULL || !build_leaves (app, error)
      || !ll_access_open (&app->access, app->in_force, error) || !build_stages (app, error)
      || !ll_app_listen (app, error) || !ll_app_serve (app, error))
    return NULL;
  app->network_stamp = ll_access_stamp (app->in_force);
  return g_steal_pointer (&app);
}

void
ll_app_run (LlApp *app)
{
  guint term = g_unix_signal_add (SIGTERM, quit_cb, app);
  guint interrupt = g_unix_signal_add (SIGINT, quit_cb, app);
  guint hangup = g_unix_signal_add (SIGHUP, hangup_cb, app);

  ll_network_watch (app->access.network, network_changed_cb, app);
  app->refreshing = ll_refreshing_new (app->assess, app->access.network);
  notify_manager ("READY=1");
  g_message ("ready");
  g_main_loop_run (app->loop);
  notify_manager ("STOPPING=1");
  g_source_remove (term);
  g_source_remove (interrupt);
  g_source_remove (hangup);
}

/* Everything that must not be lost is on disk by now. What still looks at somebody's server, or
 * waits for a library that does not come back, must not keep a session from ending. */
static void
leave_cb (int number)
{
  static const char text[] = "letterlockd: a look-up does not end; leaving without it\n";

  if (write (STDERR_FILENO, text, sizeof text - 1) < 0)
    _exit (3);
  _exit (0);
}

void
ll_app_free (LlApp *app)
{
  if (app == NULL)
    return;
  if (app->pipeline != NULL)
    ll_pipeline_end (app->pipeline);
  if (app->listener != NULL)
    ll_listener_stop (app->listener, ll_deadline_in (STOP_TIMEOUT));
  if (app->pipeline != NULL)
    ll_pipeline_watch (app->pipeline, NULL, NULL);
  if (app->ledger != NULL)
    ll_ledger_watch (app->ledger, NULL, NULL);
  g_clear_pointer (&app->bus, ll_bus_service_free); /* its threads ask the machine */
  g_clear_pointer (&app->machine, ll_machine_free);
  g_clear_pointer (&app->listener, ll_listener_free);
  g_clear_pointer (&app->pipeline, ll_pipeline_free);
  if (app->ledger != NULL)
    ll_ledger_flush (app->ledger, NULL);
  signal (SIGALRM, leave_cb);
  alarm (LEAVE_SECONDS);
  g_clear_pointer (&app->refreshing, ll_refreshing_free);
  g_clear_pointer (&app->keys, ll_keys_free);
  g_clear_pointer (&app->revocation, ll_revocation_free);
  g_clear_pointer (&app->imported, ll_imported_free);
  g_clear_pointer (&app->contacts, ll_contacts_free);
  g_clear_pointer (&app->directory_worker, ll_worker_free);
  g_clear_pointer (&app->worker, ll_worker_free);
  g_clear_pointer (&app->upstream, ll_upstream_free);
  g_clear_pointer (&app->assess, ll_assess_free);
  ll_access_close (&app->access);
  g_clear_pointer (&app->ledger, ll_ledger_close);
  g_clear_pointer (&app->store, ll_store_free);
  g_clear_pointer (&app->secrets, ll_secret_store_free);
  g_clear_pointer (&app->in_force, ll_config_unref);
  g_clear_pointer (&app->listening, g_ptr_array_unref);
  g_clear_pointer (&app->loop, g_main_loop_unref);
  g_mutex_clear (&app->reloading);
  g_mutex_clear (&app->listening_lock);
  g_mutex_clear (&app->in_force_lock);
  g_free (app->config_user);
  g_free (app->config_system);
  g_free (app->state_folder);
  g_free (app->cache_folder);
  g_free (app->network_stamp);
  ll_fd_clear (&app->lock);
  g_free (app);
}
