/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/mail-program.h"

#include "api/read.h"

#include <json-glib/json-glib.h>
#include <string.h>

static void
wipe (char *secret)
{
  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

void
ll_mail_program_wishes_free (LlMailProgramWishes *wishes)
{
  if (wishes == NULL)
    return;
  g_free (wishes->name);
  g_free (wishes->client_id);
  wipe (wishes->client_secret);
  g_free (wishes->tenant);
  wipe (wishes->password);
  g_free (wishes);
}

/* -- the command --------------------------------------------------------------------------- */

/* One run of it, line by line. */
typedef struct
{
  GSubprocess *process;
  GDataInputStream *lines;
  GString *output;
  GOutputStream *complaint;
  LlMailProgramStep step; /* NULL: nothing is told meanwhile */
  gpointer data;
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  g_object_unref (run->process);
  g_object_unref (run->lines);
  g_string_free (run->output, TRUE);
  g_object_unref (run->complaint);
  g_free (run);
}

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
  const Run *run = g_task_get_task_data (task);
  GMemoryOutputStream *stream = G_MEMORY_OUTPUT_STREAM (run->complaint);
  gsize length = g_memory_output_stream_get_data_size (stream);
  const char *complaint = length > 0 ? g_memory_output_stream_get_data (stream) : "";
  g_autofree char *valid = g_utf8_make_valid (complaint, (gssize) length);

  (void) g_subprocess_wait_finish (run->process, result, NULL);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (g_subprocess_get_if_exited (run->process) && g_subprocess_get_exit_status (run->process) == 0)
    g_task_return_pointer (task, together (valid, run->output->str), g_free);
  else
    {
      g_autofree char *bare = together (valid, "");

      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", g_strstrip (bare));
    }
}

static void
complained_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const Run *run = g_task_get_task_data (task);

  (void) g_output_stream_splice_finish (run->complaint, result, NULL);
  g_subprocess_wait_async (run->process, NULL, ended_cb, g_steal_pointer (&task));
}

/* The lines of `account login` come before those of what was set up. */
static void
tell (const Run *run, const char *line)
{
  GVariant *parsed = json_gvariant_deserialize_data (line, -1, "a{sv}", NULL);
  g_autoptr (GVariant) step = parsed != NULL ? g_variant_take_ref (parsed) : NULL;

  if (*ll_read_text (step, "url") != '\0' || *ll_read_text (step, "sign_in") != '\0')
    run->step (step, run->data);
}

static void read_line (GTask *task);

static void
line_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Run *run = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *line
      = g_data_input_stream_read_line_finish_utf8 (run->lines, result, NULL, &error);

  if (line != NULL)
    {
      g_string_append_printf (run->output, "%s\n", line);
      if (run->step != NULL)
        tell (run, line);
      read_line (g_steal_pointer (&task));
      return;
    }
  if (error != NULL)
    g_subprocess_force_exit (run->process);
  g_output_stream_splice_async (run->complaint, g_subprocess_get_stderr_pipe (run->process),
                                G_OUTPUT_STREAM_SPLICE_NONE, G_PRIORITY_DEFAULT, NULL,
                                complained_cb, g_steal_pointer (&task));
}

/* @task: taken. */
static void
read_line (GTask *task)
{
  const Run *run = g_task_get_task_data (task);

  g_data_input_stream_read_line_async (run->lines, G_PRIORITY_DEFAULT,
                                       g_task_get_cancellable (task), line_cb, task);
}

/* (transfer full) */
static GSubprocess *
start (const LlMailProgramWishes *wishes, const char *const *options, GError **error)
{
  g_autofree char *word = g_ascii_strdown (wishes->name, -1);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  const char *const before[] = { "letterlock", "setup", word, "--password-stdin" };

  for (guint i = 0; i < G_N_ELEMENTS (before); i++)
    g_ptr_array_add (words, (gpointer) before[i]);
  for (guint i = 0; options[i] != NULL; i++)
    g_ptr_array_add (words, (gpointer) options[i]);
  if (*wishes->client_id != '\0')
    {
      g_ptr_array_add (words, (gpointer) "--client-id");
      g_ptr_array_add (words, (gpointer) wishes->client_id);
    }
  if (*wishes->tenant != '\0')
    {
      g_ptr_array_add (words, (gpointer) "--tenant");
      g_ptr_array_add (words, (gpointer) wishes->tenant);
    }
  g_ptr_array_add (words, NULL);
  return g_subprocess_newv ((const char *const *) words->pdata,
                            G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                            error);
}

/* In the order in which it asks; a pipe has room for them. */
static void
answer (GSubprocess *process, const LlMailProgramWishes *wishes)
{
  GOutputStream *pipe = g_subprocess_get_stdin_pipe (process);
  const char *const lines[] = { wishes->client_secret, wishes->password };

  for (guint i = *wishes->client_id != '\0' ? 0 : 1; i < G_N_ELEMENTS (lines); i++)
    if (!g_output_stream_write_all (pipe, lines[i], strlen (lines[i]), NULL, NULL, NULL)
        || !g_output_stream_write_all (pipe, "\n", 1, NULL, NULL, NULL))
      break; /* it has ended: why, it says */
  (void) g_output_stream_close (pipe, NULL, NULL);
}

static void
run (const LlMailProgramWishes *wishes,
     const char *const *options,
     GCancellable *cancellable,
     LlMailProgramStep step,
     gpointer step_data,
     GAsyncReadyCallback callback,
     gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  GError *error = NULL;
  g_autoptr (GSubprocess) process = start (wishes, options, &error);
  Run *run;

  if (process == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  answer (process, wishes);
  run = g_new0 (Run, 1);
  run->lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  run->process = g_steal_pointer (&process);
  run->output = g_string_new (NULL);
  run->complaint = g_memory_output_stream_new_resizable ();
  run->step = step;
  run->data = step_data;
  g_task_set_task_data (task, run, run_free);
  read_line (g_steal_pointer (&task));
}

void
ll_mail_program_plan (const LlMailProgramWishes *wishes,
                      GAsyncReadyCallback callback,
                      gpointer data)
{
  static const char *const options[] = { "--dry-run", NULL };

  run (wishes, options, NULL, NULL, NULL, callback, data);
}

char *
ll_mail_program_plan_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
ll_mail_program_wants_client_id (const char *words)
{
  return strstr (words, "--client-id") != NULL;
}

/* -- what it made --------------------------------------------------------------------------- */

typedef struct
{
  LlMailProgramWishes *wishes; /* until it was started */
  LlDaemon *daemon;
  LlMailProgramStep step;
  gpointer data;
  GVariant *before; /* as ListAccounts has it */
  GError *error;    /* why it ended, while what it made is taken away */
} Course;

static void
course_free (gpointer data)
{
  Course *course = data;

  ll_mail_program_wishes_free (course->wishes);
  g_clear_pointer (&course->before, g_variant_unref);
  g_clear_error (&course->error);
  g_object_unref (course->daemon);
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
take_away (LlDaemon *daemon, GPtrArray *made)
{
  for (guint i = 0; i < made->len; i++)
    ll_daemon_call (daemon, "RemoveAccount",
                    g_variant_new ("(s@a{sv})",
                                   ll_read_text (g_ptr_array_index (made, i), "account"),
                                   g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0)),
                    NULL, NULL, NULL);
}

static void
after_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Course *course = g_task_get_task_data (task);
  g_autoptr (GPtrArray) made = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autoptr (GVariant) after = NULL;

  if (!take_list (source, result, task, &after))
    return;
  for (gsize i = 0; i < g_variant_n_children (after); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (after, i);

      if (!has_account (course->before, one))
        g_ptr_array_add (made, g_steal_pointer (&one));
    }
  if (course->error == NULL)
    {
      g_task_return_pointer (task, g_steal_pointer (&made), (GDestroyNotify) g_ptr_array_unref);
      return;
    }
  take_away (course->daemon, made);
  g_task_return_error (task, g_steal_pointer (&course->error));
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Course *course = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *said = g_task_propagate_pointer (G_TASK (result), &error);

  if (said == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, error);
      return;
    }
  course->error = error;
  ll_daemon_call (course->daemon, "ListAccounts", NULL, NULL, after_cb, g_steal_pointer (&task));
}

static void
before_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  static const char *const options[] = { "--yes", "--json", NULL };
  g_autoptr (GTask) task = data;
  Course *course = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (!take_list (source, result, task, &course->before))
    return;
  run (course->wishes, options, cancellable, course->step, course->data, done_cb,
       g_steal_pointer (&task));
  g_clear_pointer (&course->wishes, ll_mail_program_wishes_free);
}

void
ll_mail_program_setup (LlMailProgramWishes *wishes,
                       LlDaemon *daemon,
                       GCancellable *cancellable,
                       LlMailProgramStep step,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  Course *course = g_new0 (Course, 1);

  course->wishes = wishes;
  course->daemon = g_object_ref (daemon);
  course->step = step;
  course->data = data;
  g_task_set_task_data (task, course, course_free);
  g_task_set_check_cancellable (task, FALSE); /* what was made is taken away first */
  ll_daemon_call (daemon, "ListAccounts", NULL, NULL, before_cb, task);
}

GPtrArray *
ll_mail_program_setup_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
