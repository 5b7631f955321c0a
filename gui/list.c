/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/list.h"

void
ll_list_fill (GtkListBox *list, GVariant *of, LlListRow make, gpointer data)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (list, 0)) != NULL)
    gtk_list_box_remove (list, GTK_WIDGET (row));
  for (gsize i = 0; of != NULL && i < g_variant_n_children (of); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (of, i);

      gtk_list_box_append (list, make (one, data));
    }
  gtk_widget_set_visible (GTK_WIDGET (list), TRUE);
}

/* Lives as long as its page. */
typedef struct
{
  GtkWidget *page;
  LlDaemon *daemon;
  void (*ask) (GtkWidget *page);
} Asking;

static void
asking_free (gpointer data, GClosure *closure)
{
  g_object_unref (((Asking *) data)->daemon);
  g_free (data);
}

static void
ask_cb (Asking *asking)
{
  if (ll_daemon_is_connected (asking->daemon) && gtk_widget_get_mapped (asking->page))
    asking->ask (asking->page);
}

static void
connected_cb (LlDaemon *daemon, GParamSpec *spec, GtkWidget *page)
{
  ask_cb (g_object_get_data (G_OBJECT (page), "asking"));
}

void
ll_list_keep_fresh (GtkWidget *page, LlDaemon *daemon, void (*ask) (GtkWidget *page))
{
  Asking *asking = g_new0 (Asking, 1);

  asking->page = page;
  asking->daemon = g_object_ref (daemon);
  asking->ask = ask;
  g_object_set_data (G_OBJECT (page), "asking", asking); /* lives as long as the handler of "map" */
  g_signal_connect_data (page, "map", G_CALLBACK (ask_cb), asking, asking_free,
                         G_CONNECT_AFTER | G_CONNECT_SWAPPED);
  g_signal_connect_object (daemon, "notify::connected", G_CALLBACK (connected_cb), page, 0);
}
