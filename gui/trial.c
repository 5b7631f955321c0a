/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/trial.h"

#include "api/intl.h"
#include "api/read.h"
#include "api/sentence.h"

void
ll_trial_free (LlTrial *trial)
{
  if (trial == NULL)
    return;
  g_clear_pointer (&trial->account, g_variant_unref);
  g_clear_pointer (&trial->test, g_variant_unref);
  g_clear_pointer (&trial->decision, g_variant_unref);
  g_free (trial);
}

static const char *
name_of (const LlTrial *trial)
{
  return ll_read_text (trial->account, "account");
}

typedef struct
{
  LlTrial *trial;
  char *address;
  gboolean asks_permission; /* with OAuth2 */
  gboolean device;
  GCancellable *cancellable; /* or NULL */
  gboolean stays;            /* whatever its test says */
  GError *error;             /* what went wrong, while the account is taken away */
} Course;

static void
course_free (gpointer data)
{
  Course *course = data;

  ll_trial_free (course->trial);
  g_clear_error (&course->error);
  g_clear_object (&course->cancellable);
  g_free (course->address);
  g_free (course);
}

static GVariant *
no_options (void)
{
  return g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0);
}

/* The first value of an answer; NULL and @error. (transfer full) */
static GVariant *
take (GObject *source, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, error);

  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Course *course = g_task_get_task_data (task);
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, NULL);

  g_task_return_error (task, g_steal_pointer (&course->error));
}

/* Because of the course's error. @task: full. */
static void
take_away (LlDaemon *daemon, GTask *task)
{
  const Course *course = g_task_get_task_data (task);

  ll_daemon_call (daemon, "RemoveAccount",
                  g_variant_new ("(s@a{sv})", name_of (course->trial), no_options ()), NULL,
                  removed_cb, task);
}

static void
previewed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Course *course = g_task_get_task_data (task);
  g_autoptr (GVariant) decisions = take (source, result, NULL);

  if (g_cancellable_set_error_if_cancelled (course->cancellable, &course->error))
    {
      take_away (LL_DAEMON (source), g_steal_pointer (&task));
      return;
    }
  if (decisions != NULL && g_variant_n_children (decisions) > 0)
    course->trial->decision = g_variant_get_child_value (decisions, 0);
  g_task_return_pointer (task, g_steal_pointer (&course->trial), (GDestroyNotify) ll_trial_free);
}

static void
try_lock (LlDaemon *daemon, GTask *task)
{
  Course *course = g_task_get_task_data (task);
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  const char *const addresses[] = { course->address, NULL };

  g_variant_dict_insert (&options, "account", "s", name_of (course->trial));
  g_variant_dict_insert (&options, "mode", "s", "encrypt");
  ll_daemon_call (daemon, "Preview",
                  g_variant_new ("(^as@a{sv})", addresses, g_variant_dict_end (&options)), NULL,
                  previewed_cb, task);
}

/* How far the test came, in words for people; its own words come after. */
static const char *
failure_of (const Course *course)
{
  g_autoptr (GVariant) steps = ll_read_list (course->trial->test, "steps");

  if (ll_read_flag (course->trial->test, "sign_in_refused"))
    return course->asks_permission
               ? _ ("Your provider does not let Letterlock send with this permission")
               : _ ("Your provider did not accept the user name or the password");
  for (gsize i = 0; i < g_variant_n_children (steps); i++)
    {
      g_autoptr (GVariant) step = g_variant_get_child_value (steps, i);

      if (g_str_equal (ll_read_text (step, "step"), "tls"))
        return _ ("Signing in at your provider did not work");
    }
  return _ ("The server cannot be reached, or does not show that it is your provider's");
}

static void
tested_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Course *course = g_task_get_task_data (task);

  course->trial->test = take (source, result, &course->error);
  if (course->trial->test != NULL && (course->stays || ll_read_flag (course->trial->test, "ok")))
    {
      try_lock (LL_DAEMON (source), g_steal_pointer (&task));
      return;
    }
  if (course->stays)
    {
      g_task_return_error (task, g_steal_pointer (&course->error));
      return;
    }
  if (course->error == NULL)
    {
      g_autofree char *reason = ll_sentence_read (course->trial->test, "reason");

      course->error
          = g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED, "%s (%s)", failure_of (course), reason);
    }
  take_away (LL_DAEMON (source), g_steal_pointer (&task));
}

static void
test (LlDaemon *daemon, GTask *task)
{
  Course *course = g_task_get_task_data (task);

  ll_daemon_call (daemon, "TestAccount",
                  g_variant_new ("(su@a{sv})", name_of (course->trial), 0, no_options ()),
                  course->cancellable, tested_cb, task);
}

static void
permitted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Course *course = g_task_get_task_data (task);
  g_autoptr (GVariant) answer = take (source, result, &course->error);

  if (answer != NULL)
    {
      test (LL_DAEMON (source), g_steal_pointer (&task));
      return;
    }
  g_prefix_error (&course->error, "%s: ", _ ("Not signed in"));
  take_away (LL_DAEMON (source), g_steal_pointer (&task));
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Course *course = g_task_get_task_data (task);
  GError *error = NULL;

  course->trial->account = take (source, result, &error);
  if (course->trial->account == NULL)
    g_task_return_error (task, error);
  else if (course->asks_permission)
    ll_daemon_sign_in (LL_DAEMON (source), name_of (course->trial), course->device,
                       course->cancellable, permitted_cb, g_steal_pointer (&task));
  else
    test (LL_DAEMON (source), g_steal_pointer (&task));
}

static GTask *
task_new (LlDaemon *daemon, GVariant *account, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (daemon, NULL, callback, data);
  g_autofree const char **addresses = ll_read_words (account, "addresses");
  Course *course = g_new0 (Course, 1);

  course->trial = g_new0 (LlTrial, 1);
  course->address = g_strdup (addresses[0]);
  g_task_set_task_data (task, course, course_free);
  return task;
}

void
ll_trial_start (LlDaemon *daemon,
                GVariant *settings,
                const char *secret,
                gboolean device,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer data)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (settings);
  GTask *task = task_new (daemon, owned, callback, data);
  Course *course = g_task_get_task_data (task);

  course->asks_permission = g_str_equal (ll_read_text (owned, "auth"), "oauth2");
  course->device = device;
  course->cancellable = g_object_ref (cancellable);
  ll_daemon_call_with_secret (daemon, "AddAccount", g_variant_new ("(@a{sv})", owned), secret,
                              added_cb, task);
}

void
ll_trial_of (LlDaemon *daemon, GVariant *account, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = task_new (daemon, account, callback, data);
  Course *course = g_task_get_task_data (task);

  course->stays = TRUE;
  course->trial->account = g_variant_ref (account);
  test (daemon, task);
}

LlTrial *
ll_trial_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
