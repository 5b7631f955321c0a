/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/unlock.h"

#define NAME "org.freedesktop.secrets"
#define PATH "/org/freedesktop/secrets"
#define SERVICE "org.freedesktop.Secret.Service"
#define PROMPT "org.freedesktop.Secret.Prompt"

static GVariant *
take_reply (GObject *source, GAsyncResult *result, GTask *task)
{
  GError *error = NULL;
  GVariant *reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    g_task_return_error (task, error);
  return reply;
}

static void
call (GTask *task,
      const char *path,
      const char *interface,
      const char *method,
      GVariant *arguments,
      const char *reply,
      GAsyncReadyCallback callback)
{
  g_dbus_connection_call (g_task_get_source_object (task), NAME, path, interface, method, arguments,
                          G_VARIANT_TYPE (reply), G_DBUS_CALL_FLAGS_NONE, -1, NULL, callback, task);
}

static void
prompted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GVariant) reply = take_reply (source, result, task);

  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
}

static void
unlocked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GVariant) reply = take_reply (source, result, task);
  const char *prompt;

  if (reply == NULL)
    return;
  g_variant_get (reply, "(@ao&o)", NULL, &prompt);
  if (g_str_equal (prompt, "/"))
    g_task_return_boolean (task, TRUE);
  else
    call (g_steal_pointer (&task), prompt, PROMPT, "Prompt", g_variant_new ("(s)", ""), "()",
          prompted_cb);
}

static void
named_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GVariant) reply = take_reply (source, result, task);
  const char *keyring;

  if (reply == NULL)
    return;
  g_variant_get (reply, "(&o)", &keyring);
  if (g_str_equal (keyring, "/"))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "there is no keyring");
  else
    call (g_steal_pointer (&task), PATH, SERVICE, "Unlock",
          g_variant_new ("(@ao)", g_variant_new_objv (&keyring, 1)), "(aoo)", unlocked_cb);
}

void
ll_unlock_keyring (GDBusConnection *session, GAsyncReadyCallback callback, gpointer data)
{
  call (g_task_new (session, NULL, callback, data), PATH, SERVICE, "ReadAlias",
        g_variant_new ("(s)", "default"), "(o)", named_cb);
}

gboolean
ll_unlock_keyring_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
