/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/presets.h"

#include "api/read.h"

typedef struct
{
  GPtrArray *accounts;
  char *preset;
  guint done; /* so many of them have it */
} Course;

static void
course_free (gpointer data)
{
  Course *course = data;

  g_ptr_array_unref (course->accounts);
  g_free (course->preset);
  g_free (course);
}

static void choose_next (GTask *task);

static void
chosen_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Course *course = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);

  course->done++;
  if (reply != NULL)
    choose_next (g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

/* @task: taken. */
static void
choose_next (GTask *task)
{
  const Course *course = g_task_get_task_data (task);
  g_auto (GVariantDict) settings = G_VARIANT_DICT_INIT (NULL);
  const char *name;

  if (course->done == course->accounts->len)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  name = ll_read_text (g_ptr_array_index (course->accounts, course->done), "account");
  g_variant_dict_insert (&settings, "preset", "s", course->preset);
  ll_daemon_call_with_secret (g_task_get_source_object (task), "EditAccount",
                              g_variant_new ("(s@a{sv})", name, g_variant_dict_end (&settings)),
                              NULL, chosen_cb, task);
}

void
ll_presets_choose (LlDaemon *daemon,
                   GPtrArray *accounts,
                   const char *preset,
                   GAsyncReadyCallback callback,
                   gpointer data)
{
  GTask *task = g_task_new (daemon, NULL, callback, data);
  Course *course = g_new0 (Course, 1);

  course->accounts = g_ptr_array_ref (accounts);
  course->preset = g_strdup (preset);
  g_task_set_task_data (task, course, course_free);
  choose_next (task);
}

gboolean
ll_presets_choose_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
