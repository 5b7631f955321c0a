/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/mail-program.h"

#include "api/read.h"

#include <string.h>

/* -- the command --------------------------------------------------------------------------- */

/* What stays as it is, which the command line says beside its plan, stands before it. (transfer
 * full) */
static char *
together (const char *complaint, const char *output)
{
  g_auto (GStrv) parts = g_strsplit (complaint, "letterlock: ", -1);
  g_autofree char *bare = g_strjoinv ("", parts);

  return g_strconcat (bare, *bare != '\0' ? "\n" : "", output, NULL);
}

static void
ended_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GSubprocess *process = G_SUBPROCESS (source);
  g_autofree char *output = NULL;
  g_autofree char *complaint = NULL;
  GError *error = NULL;

  if (!g_subprocess_communicate_utf8_finish (process, result, &output, &complaint, &error))
    g_task_return_error (task, error);
  else if (g_subprocess_get_if_exited (process) && g_subprocess_get_exit_status (process) == 0)
    g_task_return_pointer (task, together (complaint, output), g_free);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", g_strstrip (complaint));
}

static void
run (const char *name,
     const char *option,
     const char *password,
     GAsyncReadyCallback callback,
     gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, data);
  g_autofree char *word = g_ascii_strdown (name, -1);
  g_autofree char *line = password != NULL ? g_strconcat (password, "\n", NULL) : NULL;
  GError *error = NULL;
  g_autoptr (GSubprocess) process
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                              | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                          &error, "letterlock", "setup", word, option, "--password-stdin", NULL);

  if (process == NULL)
    g_task_return_error (task, error);
  else
    g_subprocess_communicate_utf8_async (process, line, NULL, ended_cb, g_steal_pointer (&task));
  if (line != NULL)
    explicit_bzero (line, strlen (line));
}

void
ll_mail_program_plan (const char *name, GAsyncReadyCallback callback, gpointer data)
{
  run (name, "--dry-run", NULL, callback, data);
}

char *
ll_mail_program_plan_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* -- what it made --------------------------------------------------------------------------- */

typedef struct
{
  char *name;
  LlDaemon *daemon;
  char *password;   /* until it was handed on */
  GVariant *before; /* as ListAccounts has it */
} Course;

static void
forget_password (Course *course)
{
  if (course->password != NULL)
    explicit_bzero (course->password, strlen (course->password));
  g_clear_pointer (&course->password, g_free);
}

static void
course_free (gpointer data)
{
  Course *course = data;

  forget_password (course);
  g_clear_pointer (&course->before, g_variant_unref);
  g_object_unref (course->daemon);
  g_free (course->name);
  g_free (course);
}

/* FALSE: the task has ended with the error. */
static gboolean
take_list (GObject *source, GAsyncResult *result, GTask *task, GVariant **list)
{
  GError *error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);

  if (reply == NULL)
    g_task_return_error (task, error);
  else
    *list = g_variant_get_child_value (reply, 0);
  return reply != NULL;
}

static gboolean
has_account (GVariant *list, GVariant *account)
{
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (list, i);

      if (g_str_equal (ll_read_text (one, "account"), ll_read_text (account, "account")))
        return TRUE;
    }
  return FALSE;
}

static void
after_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const Course *course = g_task_get_task_data (task);
  g_autoptr (GVariant) after = NULL;
  GPtrArray *made;

  if (!take_list (source, result, task, &after))
    return;
  made = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  for (gsize i = 0; i < g_variant_n_children (after); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (after, i);

      if (!has_account (course->before, one))
        g_ptr_array_add (made, g_steal_pointer (&one));
    }
  g_task_return_pointer (task, made, (GDestroyNotify) g_ptr_array_unref);
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const Course *course = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *said = g_task_propagate_pointer (G_TASK (result), &error);

  if (said == NULL)
    g_task_return_error (task, error);
  else
    ll_daemon_call (course->daemon, "ListAccounts", NULL, NULL, after_cb, g_steal_pointer (&task));
}

static void
before_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Course *course = g_task_get_task_data (task);

  if (!take_list (source, result, task, &course->before))
    return;
  run (course->name, "--yes", course->password, done_cb, g_steal_pointer (&task));
  forget_password (course);
}

void
ll_mail_program_setup (const char *name,
                       LlDaemon *daemon,
                       const char *password,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  GTask *task = g_task_new (NULL, NULL, callback, data);
  Course *course = g_new0 (Course, 1);

  course->name = g_strdup (name);
  course->daemon = g_object_ref (daemon);
  course->password = *password != '\0' ? g_strdup (password) : NULL;
  g_task_set_task_data (task, course, course_free);
  ll_daemon_call (daemon, "ListAccounts", NULL, NULL, before_cb, task);
}

GPtrArray *
ll_mail_program_setup_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
