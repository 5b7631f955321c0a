/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/remember.h"

#include "api/intl.h"
#include "api/read.h"

static const struct
{
  const char *mode; /* NULL: no rule says it */
  const char *fallback;
} rules[LL_N_DECISIONS] = {
  [LL_DECIDE_PGP] = { "encrypt", "pgp" },       [LL_DECIDE_SMIME] = { "encrypt", "smime" },
  [LL_DECIDE_ESCROW] = { "encrypt", "escrow" }, [LL_DECIDE_ANYWAY] = { "opportunistic", NULL },
  [LL_DECIDE_DROP] = { "exclusive", NULL },
};

gboolean
ll_remember_can (LlDecide decide)
{
  return rules[decide].mode != NULL;
}

/* @rule, ahead of @before (0: at the end). */
static GVariant *
placed (GVariant *rule, guint before)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (rule);

  if (before > 0)
    g_variant_dict_insert (&dict, "before", "u", before);
  return g_variant_new ("(@a{sv})", g_variant_dict_end (&dict));
}

/* The number of the first rule that is the user's own; 0: none is. */
static guint
first_own (GVariant *list)
{
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) rule = g_variant_get_child_value (list, i);

      if (!ll_read_flag (rule, "administrator"))
        return (guint) ll_read_number (rule, "number");
    }
  return 0;
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);

  if (reply == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);
  g_autoptr (GVariant) list = NULL;

  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  list = g_variant_get_child_value (reply, 0);
  ll_daemon_call (LL_DAEMON (source), "AddRule",
                  placed (g_task_get_task_data (task), first_own (list)), NULL, added_cb,
                  g_object_ref (task));
}

void
ll_remember_rule (LlDaemon *daemon, GVariant *rule, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (daemon, NULL, callback, data);

  g_task_set_task_data (task, g_variant_ref_sink (rule), (GDestroyNotify) g_variant_unref);
  ll_daemon_call (daemon, "ListRules", NULL, NULL, listed_cb, task);
}

void
ll_remember (LlDaemon *daemon,
             const char *domain,
             LlDecide decide,
             GAsyncReadyCallback callback,
             gpointer data)
{
  g_auto (GVariantDict) rule = G_VARIANT_DICT_INIT (NULL);
  const char *const to[] = { domain, NULL };
  const char *const fallback[] = { rules[decide].fallback, NULL };

  g_variant_dict_insert (&rule, "to", "^as", to);
  g_variant_dict_insert (&rule, "mode", "s", rules[decide].mode);
  if (fallback[0] != NULL)
    g_variant_dict_insert (&rule, "fallback", "^as", fallback);
  g_variant_dict_insert (&rule, "note", "s", _ ("Remembered when a letter was held"));
  ll_remember_rule (daemon, g_variant_dict_end (&rule), callback, data);
}

gboolean
ll_remember_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
