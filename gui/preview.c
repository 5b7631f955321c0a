/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/preview.h"

#include "api/intl.h"
#include "api/read.h"
#include "api/sentence.h"
#include "gui/fact-row.h"
#include "gui/list.h"
#include "gui/toast.h"

static const struct
{
  const char *decision;
  const char *words;
  const char *icon;
  const char *style;
} decisions[] = {
  { "send", N_ ("It would be sent"), "object-select-symbolic", "success" },
  { "lock", N_ ("It would be locked on this computer"), "object-select-symbolic", "success" },
  { "hold", N_ ("It would be held for your decision"), "media-playback-pause-symbolic", "warning" },
  { "refuse", N_ ("It would be refused"), "action-unavailable-symbolic", "error" },
};

static GtkWidget *
row_new (GVariant *decision, gpointer data)
{
  const char *kind = ll_read_text (decision, "decision");
  g_autofree char *reason = ll_sentence_read (decision, "reason");
  guint i = 0;

  while (i + 1 < G_N_ELEMENTS (decisions) && !g_str_equal (kind, decisions[i].decision))
    i++;
  return ll_fact_row_new_with_icon (_ (decisions[i].words), reason, decisions[i].icon,
                                    decisions[i].style);
}

typedef struct
{
  GtkListBox *list;
  GtkSpinner *spinner;
} Look;

static void
look_free (Look *look)
{
  g_object_unref (look->list);
  g_object_unref (look->spinner);
  g_free (look);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Look, look_free)

static void
previewed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Look) look = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);
  g_autoptr (GVariant) found = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the spinner turns for the next one, if it does */
  gtk_spinner_stop (look->spinner);
  if (reply == NULL)
    {
      ll_toast (GTK_WIDGET (look->list), error->message);
      return;
    }
  found = g_variant_get_child_value (reply, 0);
  ll_list_fill (look->list, found, row_new, NULL);
}

GCancellable *
ll_preview_start (
    GtkListBox *list, GtkSpinner *spinner, LlDaemon *daemon, const char *address, GVariant *rule)
{
  const char *const addresses[] = { address, NULL };
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  GCancellable *looking = g_cancellable_new ();
  Look *look = g_new0 (Look, 1);

  look->list = g_object_ref (list);
  look->spinner = g_object_ref (spinner);
  if (rule != NULL)
    g_variant_dict_insert_value (&options, "rule", rule);
  gtk_widget_set_visible (GTK_WIDGET (list), FALSE);
  gtk_spinner_start (spinner);
  ll_daemon_call (daemon, "Preview",
                  g_variant_new ("(^as@a{sv})", addresses, g_variant_dict_end (&options)), looking,
                  previewed_cb, look);
  return looking;
}

void
ll_preview_end (GCancellable **looking)
{
  g_cancellable_cancel (*looking);
  g_clear_object (looking);
}
