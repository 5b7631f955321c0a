/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

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
 * A real service on a real socket, with a table of actions that this file plays. The service's
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

static LlConfig *
config_action (gpointer data)
{
  Fixture *f = data;
  g_autoptr (GError) error = NULL;
  LlConfig *config = ll_config_load (f->actions.config_system, f->actions.config_path, &error);

  g_assert_no_error (error);
  return config;
}

static gboolean
reload_action (gpointer data, GError **error)
{
  g_atomic_int_inc (&((Fixture *) data)->reloads);
  return TRUE;
}

static GVariant *
status_action (gpointer data, GError **error)
{
  return g_variant_new_parsed ("{'state': <'calm'>, 'paused': <%b>}",
                               g_atomic_int_get (&((Fixture *) data)->paused) != 0);
}

static gboolean
pause_action (gpointer data, GError **error)
{
  g_atomic_int_set (&((Fixture *) data)->paused, 1);
  return TRUE;
}

static GVariant *
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

static GVariant *
letter_action (gpointer data, const char *prefix, GError **error)
{
  if (g_str_has_prefix ("7f3a00112233", prefix))
    return g_variant_new_parsed ("{'id': <'7f3a00112233'>, 'state': <'held'>}");
  g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_ABSENT, "No letter has the id %s", prefix);
  return NULL;
}

static GVariant *
letters_action (gpointer data, GVariant *query, char **next, GError **error)
{
  *next = g_strdup ("7f3a00112233");
  return g_variant_new_parsed ("[{'id': <'7f3a00112233'>}]");
}

static gboolean
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

static gboolean
drop_action (gpointer data,
             const char *id,
             const char *const *recipients,
             const char *reason,
             GError **error)
{
  g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_REFUSED, "It was sent already");
  return FALSE;
}

static gboolean
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

static void
mail_cb (gpointer data, const LlEnvelope *envelope, LlReply *reply)
{
  Fixture *f = data;

  g_string_append_printf (f->submitted, "MAIL %s%s%s\n", envelope->sender,
                          envelope->body_8bit ? " 8bit" : "", envelope->smtputf8 ? " utf8" : "");
  ll_reply_set (reply, 250, "2.1.0", "Ok");
}

static void
rcpt_cb (gpointer data, const LlEnvelope *envelope, const LlRecipient *recipient, LlReply *reply)
{
  Fixture *f = data;

  g_string_append_printf (f->submitted, "RCPT %s\n", recipient->address);
  if (f->refuse_bob && g_str_has_prefix (recipient->address, "bob@"))
    ll_reply_set (reply, 550, "5.1.1", "No such Bob");
  else
    ll_reply_set (reply, 250, "2.1.5", "Ok");
}

static void
data_cb (gpointer data, const LlEnvelope *envelope, LlReply *reply)
{
  g_string_append (((Fixture *) data)->submitted, "DATA\n");
}

static gboolean
content_cb (gpointer data, const char *bytes, gsize length)
{
  g_string_append_len (((Fixture *) data)->submitted, bytes, (gssize) length);
  return TRUE;
}

static void
end_cb (gpointer data, const LlEnvelope *envelope, const char *fault, LlReply *reply)
{
  g_string_append (((Fixture *) data)->submitted, "END\n");
  ll_reply_set (reply, 250, "2.0.0", "Taken as 7f3a00112233");
}

static void
reset_cb (gpointer data)
{
  g_string_append (((Fixture *) data)->submitted, "RESET\n");
}

static void
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

static gpointer
submit_open_action (gpointer data, const char *account, GError **error)
{
  if (account == NULL || strcmp (account, "nobody") != 0)
    return data;
  g_set_error (error, LL_API_ERROR, LL_API_ERROR_NOT_FOUND, "There is no account \"%s\"", account);
  return NULL;
}

static void
submit_close_action (gpointer data)
{
}

/* -- the fixture --------------------------------------------------------------------------- */

static gpointer
loop_thread (gpointer data)
{
  Fixture *f = data;

  g_main_context_push_thread_default (f->context);
  g_main_loop_run (f->loop);
  g_main_context_pop_thread_default (f->context);
  return NULL;
}

static void
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

static void
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

static gboolean
free_service_cb (gpointer data)
{
  Fixture *f = data;

  ll_bus_service_free (f->service);
  g_main_loop_quit (f->loop);
  return G_SOURCE_REMOVE;
}

static void
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

static GVariant *
call_fd (Fixture *f, const char *method, GVariant *arguments, int fd, GError **error)
{
  g_autoptr (GUnixFDList) list = fd >= 0 ? g_unix_fd_list_new_from_array (&fd, 1) : NULL;

  return ll_bus_client_call (f->client, method, arguments, list, 60000, NULL, error);
}

static GVariant *
call (Fixture *f, const char *method, GVariant *arguments)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = call_fd (f, method, arguments, -1, &error);

  g_assert_no_error (error);
  return reply;
}

static void
fails (Fixture *f, const char *method, GVariant *arguments, LlApiError code, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (call_fd (f, method, arguments, -1, &error));
  g_test_message ("%s: %s", method, error->message);
  g_assert_error (error, LL_API_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, words));
}

static GVariant *
no_options (void)
{
  return g_variant_new_parsed ("@a{sv} {}");
}

/* -- tests ------------------------------------------------------------------------------------ */

static void
test_status (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) before = call (f, "Status", NULL);
  g_autoptr (GVariant) done = call (f, "Pause", NULL);
  g_autoptr (GVariant) after = call (f, "Status", NULL);
  g_autoptr (GVariant) state = g_variant_get_child_value (after, 0);
  gboolean paused = FALSE;
  const char *version = NULL;

  g_assert_true (g_variant_lookup (state, "paused", "b", &paused));
  g_assert_true (paused);
  g_assert_true (g_variant_lookup (state, "version", "&s", &version));
  g_assert_cmpstr (version, ==, LL_VERSION);
  fails (f, "Resume", NULL, LL_API_ERROR_UNAVAILABLE, "cannot resume");
}

static void
test_socket_is_private (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "letterlock", "bus", NULL);
  g_autoptr (GError) error = NULL;
  struct stat info;

  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  g_assert_null (ll_bus_service_new (&f->actions, path, FALSE, &error));
  g_assert_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED);
}

typedef struct
{
  guint signals;
  char *name;
} Heard;

static void
signal_cb (const char *name, GVariant *arguments, gpointer data)
{
  Heard *heard = data;
  g_autofree char *text = g_variant_print (arguments, FALSE);

  heard->signals++;
  g_free (heard->name);
  heard->name = g_strdup_printf ("%s %s", name, text);
}

static void
wait_for (Heard *heard)
{
  while (heard->signals == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_check (Fixture *f, gconstpointer data)
{
  Heard heard = { 0 };
  guint id = ll_bus_client_subscribe (f->client, "CheckProgress", signal_cb, &heard);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) verdict = NULL;
  const char *address = NULL;
  const char *domain = NULL;

  reply = call (f, "Check", g_variant_new ("(su@a{sv})", "Ada@Bücher.example", 7, no_options ()));
  verdict = g_variant_get_child_value (reply, 0);
  g_assert_true (g_variant_lookup (verdict, "domain", "&s", &domain));
  g_assert_cmpstr (domain, ==, "xn--bcher-kva.example");
  g_assert_true (g_variant_lookup (verdict, "address", "&s", &address));
  g_assert_cmpstr (address, ==, "Ada@Bücher.example");
  wait_for (&heard);
  g_assert_cmpstr (heard.name, ==,
                   "CheckProgress (7, {'domain': <'xn--bcher-kva.example'>, 'seen': <uint32 0>})");
  g_free (heard.name);
  ll_bus_client_unsubscribe (f->client, id);
  fails (f, "Check", g_variant_new ("(su@a{sv})", "no domain", 0, no_options ()),
         LL_API_ERROR_INVALID, "neither a domain");
}

/* Whoever waits for a slow check does not keep others waiting, nor the service from ending. */
static void
test_slow_check_blocks_nobody (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) reply = NULL;

  ll_bus_client_call_async (f->client, "Check",
                            g_variant_new ("(su@a{sv})", "slow.lab", 0, no_options ()), NULL, -1,
                            NULL, NULL, NULL);
  reply = call (f, "Status", NULL);
  g_assert_nonnull (reply);
}

static void
test_letters (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) list = call (f, "ListLetters", g_variant_new ("(@a{sv})", no_options ()));
  g_autoptr (GVariant) letter = call (f, "GetLetter", g_variant_new ("(s)", "7f3a"));
  g_autoptr (GVariant) released = NULL;
  const char *next;

  g_variant_get_child (list, 1, "&s", &next);
  g_assert_cmpstr (next, ==, "7f3a00112233");
  fails (f, "GetLetter", g_variant_new ("(s)", "ffff"), LL_API_ERROR_NOT_FOUND, "ffff");
  released = call (f, "Release",
                   g_variant_new ("(s@a{sv})", "7f3a",
                                  g_variant_new_parsed ("{'method': <'open'>, 'reason': <'r'>,"
                                                        " 'recipients': <['a@b.lab']>}")));
  g_assert_cmpstr (f->released, ==, "7f3a00112233 open a@b.lab r");
  fails (f, "Release",
         g_variant_new ("(s@a{sv})", "7f3a", g_variant_new_parsed ("{'method': <'magic'>}")),
         LL_API_ERROR_INVALID, "magic");
  fails (f, "Release",
         g_variant_new ("(s@a{sv})", "7f3a", g_variant_new_parsed ("{'colour': <'red'>}")),
         LL_API_ERROR_INVALID, "colour");
  fails (f, "Drop", g_variant_new ("(s@a{sv})", "7f3a", no_options ()), LL_API_ERROR_REFUSED,
         "sent already");
  fails (f, "Retry", g_variant_new ("(s)", "7f3a"), LL_API_ERROR_UNAVAILABLE, "cannot");
}

static void
test_signals (Fixture *f, gconstpointer data)
{
  static const char *const ids[] = { "7f3a00112233", NULL };
  Heard letters = { 0 };
  Heard state = { 0 };
  guint first = ll_bus_client_subscribe (f->client, "LettersChanged", signal_cb, &letters);
  guint second = ll_bus_client_subscribe (f->client, "StateChanged", signal_cb, &state);

  ll_bus_service_letters_changed (ids, f->service);
  ll_bus_service_letters_changed (ids, f->service);
  wait_for (&letters);
  g_assert_cmpstr (letters.name, ==, "LettersChanged (['7f3a00112233'],)");
  ll_bus_service_state_changed (f->service);
  wait_for (&state);
  g_assert_nonnull (strstr (state.name, "calm"));
  g_assert_cmpuint (letters.signals, ==, 1);
  g_free (letters.name);
  g_free (state.name);
  ll_bus_client_unsubscribe (f->client, first);
  ll_bus_client_unsubscribe (f->client, second);
}

static int
pipe_with (const char *text)
{
  int ends[2];

  g_assert_cmpint (pipe (ends), ==, 0);
  g_assert_true (ll_file_write_all (ends[1], text, strlen (text), NULL));
  close (ends[1]);
  return ends[0];
}

static void
test_accounts (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) added = NULL;
  g_autoptr (GVariant) access = NULL;
  g_autoptr (GVariant) shown = NULL;
  g_autoptr (GVariant) account = NULL;
  g_autoptr (GVariant) removed = NULL;
  g_autoptr (LlSecret) stored = NULL;
  g_autofree char *text = NULL;
  const char *password = NULL;
  int fd = pipe_with ("s3cret-upstream\n");

  added = call_fd (f, "AddAccount",
                   g_variant_new ("(@a{sv}@ah)",
                                  g_variant_new_parsed ("{'addresses': <['alice@office.lab']>,"
                                                        " 'upstream': <'smtp.lab:465'>}"),
                                  g_variant_new_parsed ("[handle 0]")),
                   fd, &error);
  g_assert_no_error (error);
  access = g_variant_get_child_value (added, 0);
  text = g_variant_print (access, FALSE);
  g_assert_null (strstr (text, "s3cret-upstream"));
  g_assert_true (g_variant_lookup (access, "password", "&s", &password));
  g_assert_cmpuint (strlen (password), >=, 22); /* 128 bits */
  g_assert_nonnull (strstr (text, "'account': <'alice'>"));
  g_assert_nonnull (strstr (text, "1587"));
  g_assert_nonnull (strstr (text, "1465"));
  stored = ll_secret_store_lookup (f->actions.secrets, "upstream-password", "alice", NULL, NULL);
  g_assert_cmpstr (ll_secret_peek (stored), ==, "s3cret-upstream");
  g_assert_cmpint (g_atomic_int_get (&f->reloads), ==, 1);

  fails (f, "AddAccount",
         g_variant_new ("(@a{sv}@ah)",
                        g_variant_new_parsed ("{'name': <'alice'>, 'addresses': <['a@b.lab']>,"
                                              " 'upstream': <'smtp.lab:465'>}"),
                        g_variant_new_parsed ("@ah []")),
         LL_API_ERROR_REFUSED, "already");
  shown = call (f, "GetAccount", g_variant_new ("(s)", "alice"));
  account = g_variant_get_child_value (shown, 0);
  g_free (text);
  text = g_variant_print (account, FALSE);
  g_assert_null (strstr (text, "s3cret"));
  g_assert_nonnull (strstr (text, "'password_stored': <true>"));
  g_assert_nonnull (strstr (text, "smtp.lab:465"));
  fails (f, "RemoveAccount", g_variant_new ("(s@a{sv})", "alice", no_options ()),
         LL_API_ERROR_REFUSED, "still wait");
  removed = call (f, "RemoveAccount",
                  g_variant_new ("(s@a{sv})", "alice", g_variant_new_parsed ("{'force': <true>}")));
  fails (f, "GetAccount", g_variant_new ("(s)", "alice"), LL_API_ERROR_NOT_FOUND, "alice");
}

static void
test_account_edit (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) added
      = call (f, "AddAccount",
              g_variant_new ("(@a{sv}@ah)",
                             g_variant_new_parsed (
                                 "{'name': <'work'>, 'addresses': <['a@b.lab']>,"
                                 " 'upstream': <'smtp.lab:587'>, 'auth': <'none'>}"),
                             g_variant_new_parsed ("@ah []")));
  g_autoptr (GVariant) edited
      = call (f, "EditAccount",
              g_variant_new ("(s@a{sv}@ah)", "work",
                             g_variant_new_parsed (
                                 "{'declared': <'encrypted'>, 'honours': <['sts']>,"
                                 " 'internal': <['@b.lab']>}"),
                             g_variant_new_parsed ("@ah []")));
  g_autofree char *text = g_variant_print (edited, FALSE);

  g_assert_nonnull (strstr (text, "'declared': <'encrypted'>"));
  g_assert_nonnull (strstr (text, "'honours': <['sts']>"));
  g_assert_nonnull (strstr (text, "'declared_when'"));
  fails (f, "EditAccount",
         g_variant_new ("(s@a{sv}@ah)", "work", g_variant_new_parsed ("{'colour': <'red'>}"),
                        g_variant_new_parsed ("@ah []")),
         LL_API_ERROR_INVALID, "colour");
  fails (f, "EditAccount",
         g_variant_new ("(s@a{sv}@ah)", "work", g_variant_new_parsed ("{'upstream': <'a\nb'>}"),
                        g_variant_new_parsed ("@ah []")),
         LL_API_ERROR_INVALID, "one short line");
  fails (f, "EditAccount",
         g_variant_new ("(s@a{sv}@ah)", "work", g_variant_new_parsed ("{'security': <'none'>}"),
                        g_variant_new_parsed ("@ah []")),
         LL_API_ERROR_INVALID, "tls");
}

static void
test_account_test (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) added
      = call (f, "AddAccount",
              g_variant_new ("(@a{sv}@ah)",
                             g_variant_new_parsed ("{'name': <'work'>, 'addresses': <['a@b.lab']>,"
                                                   " 'upstream': <'smtp.lab:587'>}"),
                             g_variant_new_parsed ("@ah []")));
  g_autoptr (GVariant) result
      = call (f, "TestAccount", g_variant_new ("(su@a{sv})", "work", 0, no_options ()));
  g_autofree char *text = g_variant_print (result, FALSE);

  g_assert_nonnull (strstr (text, "'ok': <false>"));
  g_assert_nonnull (strstr (text, "The password was refused"));
  g_assert_nonnull (strstr (text, "'step': <'connect'>"));
}

static void
test_rules (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) first
      = call (f, "AddRule",
              g_variant_new ("(@a{sv})", g_variant_new_parsed ("{'to': <['bank.lab']>,"
                                                               " 'mode': <'exclusive'>}")));
  g_autoptr (GVariant) before
      = call (f, "AddRule",
              g_variant_new ("(@a{sv})", g_variant_new_parsed ("{'to': <['shop.lab']>, 'before':"
                                                               " <uint32 1>,"
                                                               " 'mode': <'encrypt'>}")));
  g_autoptr (GVariant) list = call (f, "ListRules", NULL);
  g_autoptr (GVariant) removed = NULL;
  g_autofree char *text = g_variant_print (list, FALSE);
  const char *shop = strstr (text, "shop.lab");

  g_assert_nonnull (shop);
  g_assert_nonnull (strstr (shop, "bank.lab")); /* after it */
  g_assert_nonnull (strstr (shop, "exclusive"));
  fails (f, "AddRule",
         g_variant_new ("(@a{sv})", g_variant_new_parsed ("{'to': <['x.lab']>,"
                                                          " 'mode': <'sometimes'>}")),
         LL_API_ERROR_INVALID, "sometimes");
  removed = call (f, "RemoveRule", g_variant_new ("(u)", 1));
  fails (f, "RemoveRule", g_variant_new ("(u)", 17), LL_API_ERROR_NOT_FOUND, "17");
}

static void
test_config (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) set
      = call (f, "SetConfig", g_variant_new ("(ss)", "policy.mode", "exclusive"));
  g_autoptr (GVariant) got = call (f, "GetConfig", g_variant_new ("(s)", "policy.mode"));
  g_autoptr (GVariant) all = call (f, "ListConfig", NULL);
  g_autoptr (GVariant) checked = NULL;
  const char *value;

  g_variant_get (got, "(&s)", &value);
  g_assert_cmpstr (value, ==, "exclusive");
  fails (f, "SetConfig", g_variant_new ("(ss)", "policy.mod", "x"), LL_API_ERROR_NOT_FOUND, "mode");
  fails (f, "SetConfig", g_variant_new ("(ss)", "policy.mode", "x"), LL_API_ERROR_INVALID,
         "forced");
  fails (f, "SetConfig", g_variant_new ("(ss)", "policy", "x"), LL_API_ERROR_INVALID, "key");
  checked = call (f, "CheckConfig", NULL);
  g_assert_true (g_file_set_contents (f->actions.config_path, "[policy]\nmode = x\n", -1, NULL));
  fails (f, "CheckConfig", NULL, LL_API_ERROR_INVALID, "mode");
}

static GVariant *
submission (const char *const *recipients, const char *options)
{
  return g_variant_new ("(s^as@a{sv}h)", "me@office.lab", recipients,
                        g_variant_new_parsed (options), 0);
}

static int
file_with (Fixture *f, const char *text)
{
  g_autofree char *path = g_build_filename (f->folder, "letter", NULL);
  int fd;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  g_assert_cmpint (fd, >=, 0);
  return fd;
}

static void
test_submit (Fixture *f, gconstpointer data)
{
  static const char *const both[] = { "ada@a.lab", "bob@b.lab", NULL };
  static const char letter[] = "Subject: hi\n\ngr\xc3\xbc\xc3\x9f\r\nend";
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) refused = NULL;
  g_autofree char *text = NULL;

  reply = call_fd (f, "Submit", submission (both, "@a{sv} {}"), file_with (f, letter), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (f->submitted->str, ==,
                   "MAIL me@office.lab 8bit\nRCPT ada@a.lab\nRCPT bob@b.lab\nDATA\n"
                   "Subject: hi\r\n\r\ngr\xc3\xbc\xc3\x9f\r\nend\r\nEND\nRECEIVED\n");
  text = g_variant_print (reply, FALSE);
  g_assert_nonnull (strstr (text, "Taken as 7f3a00112233"));

  g_string_truncate (f->submitted, 0);
  f->refuse_bob = TRUE;
  refused = call_fd (f, "Submit", submission (both, "@a{sv} {}"), file_with (f, letter), &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (f->submitted->str, "RESET"));
  g_assert_null (strstr (f->submitted->str, "DATA"));
  g_free (text);
  text = g_variant_print (refused, FALSE);
  g_assert_nonnull (strstr (text, "No such Bob"));
  g_assert_nonnull (strstr (text, "550"));
}

static void
test_submit_refusals (Fixture *f, gconstpointer data)
{
  static const char *const ada[] = { "ada@a.lab", NULL };
  static const char *const nobody[] = { NULL };
  g_autoptr (GError) error = NULL;
  int fd;

  g_assert_null (
      call_fd (f, "Submit", submission (nobody, "@a{sv} {}"), file_with (f, "x"), &error));
  g_assert_error (error, LL_API_ERROR, LL_API_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (call_fd (f, "Submit", submission (ada, "{'account': <'nobody'>}"),
                          file_with (f, "x"), &error));
  g_assert_error (error, LL_API_ERROR, LL_API_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (call_fd (f, "Submit", submission (ada, "@a{sv} {}"), -1, &error));
  g_assert_error (error, LL_API_ERROR, LL_API_ERROR_INVALID);
  g_clear_error (&error);
  fd = pipe_with ("x");
  g_assert_null (call_fd (f, "Submit", submission (ada, "@a{sv} {}"), fd, &error));
  g_assert_nonnull (error);
}

static void
test_doctor (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) reply = call (f, "Doctor", NULL);
  g_autofree char *text = g_variant_print (reply, FALSE);

  g_assert_nonnull (strstr (text, "There is no account yet."));
  g_assert_nonnull (strstr (text, "'check': <'keyring'>"));
}

static void
test_override (Fixture *f, gconstpointer data)
{
  fails (f, "Override", g_variant_new ("(ssu)", "a.lab", " ", 3), LL_API_ERROR_INVALID, "reason");
  fails (f, "Override", g_variant_new ("(ssu)", "a.lab", "x", 31), LL_API_ERROR_INVALID, "30");
  fails (f, "Override", g_variant_new ("(ssu)", "a.lab", "x", 3), LL_API_ERROR_UNAVAILABLE,
         "cannot");
}

static void
test_nobody_there (void)
{
  g_autofree char *folder = g_dir_make_tmp ("bus-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;

  g_setenv ("XDG_RUNTIME_DIR", folder, TRUE);
  g_unsetenv ("DBUS_SESSION_BUS_ADDRESS");
  g_assert_null (ll_bus_client_new (NULL, &error));
  g_assert_error (error, LL_API_ERROR, LL_API_ERROR_UNAVAILABLE);
  remove_tree (folder);
}

#define ADD(name, function) g_test_add ("/bus/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("status", test_status);
  ADD ("socket is private", test_socket_is_private);
  ADD ("check", test_check);
  ADD ("slow check blocks nobody", test_slow_check_blocks_nobody);
  ADD ("letters", test_letters);
  ADD ("signals", test_signals);
  ADD ("accounts", test_accounts);
  ADD ("account edit", test_account_edit);
  ADD ("account test", test_account_test);
  ADD ("rules", test_rules);
  ADD ("config", test_config);
  ADD ("submit", test_submit);
  ADD ("submit refusals", test_submit_refusals);
  ADD ("doctor", test_doctor);
  ADD ("override", test_override);
  g_test_add_func ("/bus/nobody there", test_nobody_there);
  return g_test_run ();
}
