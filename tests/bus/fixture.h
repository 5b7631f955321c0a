/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "bus/service.h"

#include "api/client.h"
#include "api/names.h"
#include "base/error.h"
#include "base/file.h"

#include <glib/gstdio.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * For the tests of the bus: a real service on a real socket, with a table of actions that this file
 * plays. The service's
 * main loop runs on a thread of its own; the client blocks on the test's.
 */

typedef struct
{
  char *folder;
  char *runtime;
  LlBusActions actions;
  LlBusService *service;
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  LlBusClient *client;

  gint reloads;
  gint paused;
  GMutex lock;
  char *released;      /* "id method reason" */
  GString *submitted;  /* what the handler saw */
  gboolean refuse_bob; /* at RCPT */
} Fixture;

/* -- the actions ---------------------------------------------------------------------- */

G_GNUC_UNUSED static LlConfig *
config_action (gpointer data)
{
  Fixture *f = data;
  g_autoptr (GError) error = NULL;
  LlConfig *config = ll_config_load (f->actions.config_system, f->actions.config_path, &error);

  g_assert_no_error (error);
  return config;
}

G_GNUC_UNUSED static gboolean
reload_action (gpointer data, GError **error)
{
  g_atomic_int_inc (&((Fixture *) data)->reloads);
  return TRUE;
}

G_GNUC_UNUSED static GVariant *
status_action (gpointer data, GError **error)
{
  return g_variant_new_parsed ("{'state': <'calm'>, 'paused': <%b>}",
                               g_atomic_int_get (&((Fixture *) data)->paused) != 0);
}

G_GNUC_UNUSED static gboolean
pause_action (gpointer data, guint minutes, GError **error)
{
  g_atomic_int_set (&((Fixture *) data)->paused, 1);
  return TRUE;
}

G_GNUC_UNUSED static GVariant *
check_action (gpointer data,
              const char *domain,
              LlBusProgress progress,
              gpointer progress_data,
              GCancellable *cancellable,
              GError **error)
{
  if (strcmp (domain, "slow.lab") == 0)
    {
      /* until the caller goes away, or the service ends */
      GPollFD fd;

      if (g_cancellable_make_pollfd (cancellable, &fd))
        {
          g_poll (&fd, 1, -1);
          g_cancellable_release_fd (cancellable);
        }
      g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_UNAVAILABLE, "Gone");
      return NULL;
    }
  if (progress != NULL)
    progress (g_variant_new_parsed ("{'domain': <%s>, 'seen': <uint32 0>}", domain), progress_data);
  return g_variant_new_parsed ("{'domain': <%s>, 'evidence': <'dane'>}", domain);
}

G_GNUC_UNUSED static GVariant *
letter_action (gpointer data, const char *prefix, GError **error)
{
  if (g_str_has_prefix ("7f3a00112233", prefix))
    return g_variant_new_parsed ("{'id': <'7f3a00112233'>, 'state': <'held'>}");
  g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_ABSENT, "No letter has the id %s", prefix);
  return NULL;
}

G_GNUC_UNUSED static GVariant *
letters_action (gpointer data, GVariant *query, char **next, GError **error)
{
  *next = g_strdup ("7f3a00112233");
  return g_variant_new_parsed ("[{'id': <'7f3a00112233'>}]");
}

G_GNUC_UNUSED static gboolean
release_action (gpointer data,
                const char *id,
                LlMethod method,
                const char *const *recipients,
                const char *reason,
                GError **error)
{
  Fixture *f = data;

  g_mutex_lock (&f->lock);
  g_free (f->released);
  f->released
      = g_strdup_printf ("%s %s %s %s", id,
                         method != LL_METHOD_NONE ? ll_method_name (method) : "-",
                         recipients != NULL ? recipients[0] : "-", reason != NULL ? reason : "-");
  g_mutex_unlock (&f->lock);
  return TRUE;
}

G_GNUC_UNUSED static gboolean
drop_action (gpointer data,
             const char *id,
             const char *const *recipients,
             const char *reason,
             GError **error)
{
  g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_REFUSED, "It was sent already");
  return FALSE;
}

G_GNUC_UNUSED static gboolean
test_action (gpointer data,
             const char *name,
             LlBusProgress step,
             gpointer step_data,
             GCancellable *cancellable,
             GError **error)
{
  step (g_variant_new_parsed ("{'step': <'connect'>, 'ok': <true>}"), step_data);
  g_set_error_literal (error, LL_DELIVER_ERROR, LL_DELIVER_ERROR_AUTH, "The password was refused");
  return FALSE;
}

/* -- the handler that takes letters ------------------------------------------------------- */

G_GNUC_UNUSED static void
mail_cb (gpointer data, const LlEnvelope *envelope, LlReply *reply)
{
  Fixture *f = data;

  g_string_append_printf (f->submitted, "MAIL %s%s%s\n", envelope->sender,
                          envelope->body_8bit ? " 8bit" : "", envelope->smtputf8 ? " utf8" : "");
  ll_reply_set (reply, 250, "2.1.0", "Ok");
}

G_GNUC_UNUSED static void
rcpt_cb (gpointer data, const LlEnvelope *envelope, const LlRecipient *recipient, LlReply *reply)
{
  Fixture *f = data;

  g_string_append_printf (f->submitted, "RCPT %s\n", recipient->address);
  if (f->refuse_bob && g_str_has_prefix (recipient->address, "bob@"))
    ll_reply_set (reply, 550, "5.1.1", "No such Bob");
  else
    ll_reply_set (reply, 250, "2.1.5", "Ok");
}

G_GNUC_UNUSED static void
data_cb (gpointer data, const LlEnvelope *envelope, LlReply *reply)
{
  g_string_append (((Fixture *) data)->submitted, "DATA\n");
}

G_GNUC_UNUSED static gboolean
content_cb (gpointer data, const char *bytes, gsize length)
{
  g_string_append_len (((Fixture *) data)->submitted, bytes, (gssize) length);
  return TRUE;
}

G_GNUC_UNUSED static void
end_cb (gpointer data, const LlEnvelope *envelope, const char *fault, LlReply *reply)
{
  g_string_append (((Fixture *) data)->submitted, "END\n");
  ll_reply_set (reply, 250, "2.0.0", "Taken as 7f3a00112233");
}

G_GNUC_UNUSED static void
reset_cb (gpointer data)
{
  g_string_append (((Fixture *) data)->submitted, "RESET\n");
}

G_GNUC_UNUSED static void
received_cb (gpointer data)
{
  g_string_append (((Fixture *) data)->submitted, "RECEIVED\n");
}

static const LlSessionHandler handler = {
  .mail = mail_cb,
  .rcpt = rcpt_cb,
  .data = data_cb,
  .content = content_cb,
  .end = end_cb,
  .reset = reset_cb,
  .received = received_cb,
};

G_GNUC_UNUSED static gpointer
submit_open_action (gpointer data, const char *account, GError **error)
{
  if (account == NULL || strcmp (account, "nobody") != 0)
    return data;
  g_set_error (error, LL_API_ERROR, LL_API_ERROR_NOT_FOUND, "There is no account \"%s\"", account);
  return NULL;
}

G_GNUC_UNUSED static void
submit_close_action (gpointer data)
{
}

/* -- the fixture --------------------------------------------------------------------------- */

G_GNUC_UNUSED static gpointer
loop_thread (gpointer data)
{
  Fixture *f = data;

  g_main_context_push_thread_default (f->context);
  g_main_loop_run (f->loop);
  g_main_context_pop_thread_default (f->context);
  return NULL;
}

G_GNUC_UNUSED static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->folder = g_dir_make_tmp ("bus-XXXXXX", NULL);
  g_setenv ("XDG_RUNTIME_DIR", f->folder, TRUE);
  g_unsetenv ("DBUS_SESSION_BUS_ADDRESS");
  g_mutex_init (&f->lock);
  f->submitted = g_string_new (NULL);
  f->actions = (LlBusActions){
    .data = f,
    .state_folder = f->folder,
    .config = config_action,
    .reload = reload_action,
    .status = status_action,
    .pause = pause_action,
    .check = check_action,
    .letter = letter_action,
    .letters = letters_action,
    .release = release_action,
    .drop = drop_action,
    .account_test = test_action,
    .submit_handler = &handler,
    .submit_open = submit_open_action,
    .submit_close = submit_close_action,
  };
  f->actions.config_path = g_build_filename (f->folder, "letterlock.conf", NULL);
  f->actions.config_system = g_build_filename (f->folder, "system.conf", NULL);
  f->actions.secrets = ll_secret_store_new (f->folder);
  f->context = g_main_context_new ();
  f->loop = g_main_loop_new (f->context, FALSE);
  g_main_context_push_thread_default (f->context);
  f->service = ll_bus_service_new (&f->actions, NULL, FALSE, &error);
  g_main_context_pop_thread_default (f->context);
  g_assert_no_error (error);
  f->thread = g_thread_new ("loop", loop_thread, f);
  f->client = ll_bus_client_new (NULL, &error);
  g_assert_no_error (error);
}

G_GNUC_UNUSED static void
remove_tree (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        remove_tree (path);
      else
        g_unlink (path);
    }
  g_rmdir (folder);
}

G_GNUC_UNUSED static gboolean
free_service_cb (gpointer data)
{
  Fixture *f = data;

  ll_bus_service_free (f->service);
  g_main_loop_quit (f->loop);
  return G_SOURCE_REMOVE;
}

G_GNUC_UNUSED static void
tear_down (Fixture *f, gconstpointer data)
{
  ll_bus_client_free (f->client);
  g_main_context_invoke (f->context, free_service_cb, f);
  g_thread_join (f->thread);
  g_main_loop_unref (f->loop);
  g_main_context_unref (f->context);
  ll_secret_store_free (f->actions.secrets);
  remove_tree (f->folder);
  g_free ((char *) f->actions.config_path);
  g_free ((char *) f->actions.config_system);
  g_free (f->folder);
  g_free (f->released);
  g_string_free (f->submitted, TRUE);
  g_mutex_clear (&f->lock);
}

G_GNUC_UNUSED static GVariant *
call_fd (Fixture *f, const char *method, GVariant *arguments, int fd, GError **error)
{
  g_autoptr (GUnixFDList) list = fd >= 0 ? g_unix_fd_list_new_from_array (&fd, 1) : NULL;

  return ll_bus_client_call (f->client, method, arguments, list, 60000, NULL, error);
}

G_GNUC_UNUSED static GVariant *
call (Fixture *f, const char *method, GVariant *arguments)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = call_fd (f, method, arguments, -1, &error);

  g_assert_no_error (error);
  return reply;
}

G_GNUC_UNUSED static void
fails (Fixture *f, const char *method, GVariant *arguments, LlApiError code, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (call_fd (f, method, arguments, -1, &error));
  g_test_message ("%s: %s", method, error->message);
  g_assert_error (error, LL_API_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, words));
}

G_GNUC_UNUSED static GVariant *
no_options (void)
{
  return g_variant_new_parsed ("@a{sv} {}");
}
