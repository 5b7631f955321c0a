/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/window.h"

#include "api/intl.h"
#include "api/read.h"
#include "api/status.h"
#include "api/unlock.h"
#include "gui/accounts-page.h"
#include "gui/check-page.h"
#include "gui/held-page.h"
#include "gui/letters-page.h"
#include "gui/overview-page.h"
#include "gui/people-page.h"
#include "gui/rules-page.h"
#include "gui/setup-window.h"
#include "gui/toast.h"

struct _LlWindow
{
  AdwApplicationWindow parent_instance;

  AdwLeaflet *leaflet;
  GtkListBox *pages;
  GtkStack *stack;
  GtkLabel *title;
  GtkLabel *state;
  GtkWidget *banner;
  GtkLabel *banner_text;
  GtkButton *banner_button;

  GtkLabel *held_count; /* beside its page */
  gboolean welcomed;
  LlDaemon *daemon;
};

G_DEFINE_FINAL_TYPE (LlWindow, ll_window, ADW_TYPE_APPLICATION_WINDOW)

/* -- pages ---------------------------------------------------------------------------------- */

/* Made when it is looked at first: the window stands sooner. */
static const struct
{
  const char *name; /* in window.ui */
  GtkWidget *(*make) (LlDaemon *daemon);
} makers[] = {
  { "letters", ll_letters_page_new },   { "held", ll_held_page_new },
  { "check", ll_check_page_new },       { "people", ll_people_page_new },
  { "rules", ll_rules_page_new },       { "accounts", ll_accounts_page_new },
  { "overview", ll_overview_page_new },
};

static void
make_page (LlWindow *self, GtkStackPage *page)
{
  AdwBin *place = ADW_BIN (gtk_stack_page_get_child (page));

  if (adw_bin_get_child (place) != NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (makers); i++)
    if (g_str_equal (makers[i].name, gtk_stack_page_get_name (page)))
      adw_bin_set_child (place, makers[i].make (self->daemon));
}

static GtkWidget *
page_row_new (gpointer item, gpointer data)
{
  GtkStackPage *page = item;
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = gtk_label_new (gtk_stack_page_get_title (page));

  gtk_box_append (GTK_BOX (box),
                  gtk_image_new_from_icon_name (gtk_stack_page_get_icon_name (page)));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), label);
  if (g_str_equal (gtk_stack_page_get_name (page), "held"))
    gtk_box_append (GTK_BOX (box), GTK_WIDGET (LL_WINDOW (data)->held_count));
  gtk_widget_set_margin_top (box, 9);
  gtk_widget_set_margin_bottom (box, 9);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  gtk_stack_page_get_title (page), -1);
  return row;
}

static void
show_page (LlWindow *self, guint position)
{
  g_autoptr (GtkSelectionModel) pages = gtk_stack_get_pages (self->stack);
  g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (pages), position);
  GtkStackPage *page = GTK_STACK_PAGE (item);

  make_page (self, page);
  gtk_stack_set_visible_child (self->stack, gtk_stack_page_get_child (page));
  gtk_label_set_text (self->title, gtk_stack_page_get_title (page));
}

void
ll_window_show_page (LlWindow *self, const char *name)
{
  g_autoptr (GtkSelectionModel) pages = gtk_stack_get_pages (self->stack);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (pages)); i++)
    {
      g_autoptr (GObject) page = g_list_model_get_item (G_LIST_MODEL (pages), i);

      if (g_strcmp0 (gtk_stack_page_get_name (GTK_STACK_PAGE (page)), name) == 0)
        gtk_list_box_select_row (self->pages, gtk_list_box_get_row_at_index (self->pages, (int) i));
    }
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_FORWARD);
  if (gtk_widget_get_focus_child (gtk_stack_get_visible_child (self->stack)) == NULL)
    gtk_widget_child_focus (GTK_WIDGET (self->stack), GTK_DIR_TAB_FORWARD);
}

/* Tab comes to the list once, at the page that is shown; the arrow keys go on from there. */
static void
be_one_stop (LlWindow *self, GtkListBoxRow *chosen)
{
  gboolean had_focus = gtk_widget_get_focus_child (GTK_WIDGET (self->pages)) != NULL;
  GtkListBoxRow *row;

  gtk_widget_set_can_focus (GTK_WIDGET (chosen), TRUE);
  if (had_focus)
    gtk_widget_grab_focus (GTK_WIDGET (chosen));
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->pages, i)) != NULL; i++)
    gtk_widget_set_can_focus (GTK_WIDGET (row), row == chosen);
}

/* For the keyboard, and for others on the bus: win.page with a page's name. */
static void
page_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ll_window_show_page (LL_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
letter_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ll_window_open_letter (LL_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
row_selected_cb (LlWindow *self, GtkListBoxRow *row)
{
  if (row == NULL)
    return;
  be_one_stop (self, row);
  show_page (self, (guint) gtk_list_box_row_get_index (row));
}

static void
row_activated_cb (LlWindow *self, GtkListBoxRow *row)
{
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_FORWARD);
}

static void
back_cb (LlWindow *self)
{
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

/* -- the state of the whole ------------------------------------------------------------------ */

static void
show_count (LlWindow *self, GVariant *status)
{
  gulong n = ll_status_for_user (status);
  g_autofree char *text = g_strdup_printf ("%lu", n);

  gtk_label_set_text (self->held_count, text);
  gtk_widget_set_visible (GTK_WIDGET (self->held_count), n > 0);
}

/* For the accounts page, and by itself where there is no account yet: win.setup. */
static void
setup_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  LlWindow *self = LL_WINDOW (widget);

  self->welcomed = TRUE;
  gtk_window_present (ll_setup_window_new (GTK_WINDOW (self), self->daemon));
}

static void
welcome (LlWindow *self, GVariant *status)
{
  if (!self->welcomed && ll_read_number (status, "accounts") == 0)
    setup_cb (GTK_WIDGET (self), NULL, NULL);
}

static void
show_state (LlWindow *self)
{
  GVariant *status = ll_daemon_get_state (self->daemon);
  /* a moment after it came, it has not said yet how it is */
  gboolean known = status != NULL || !ll_daemon_is_connected (self->daemon);
  const char *text = known ? ll_status_trouble (status) : NULL;
  const char *button = known ? ll_remedy_label (ll_status_remedy (status)) : NULL;
  g_autofree char *words = ll_status_counts (status);

  show_count (self, status);
  welcome (self, status);
  gtk_label_set_text (self->state, words);
  gtk_widget_set_visible (GTK_WIDGET (self->state), status != NULL);
  gtk_widget_set_visible (self->banner, text != NULL);
  if (text != NULL)
    gtk_label_set_text (self->banner_text, text);
  gtk_widget_set_visible (GTK_WIDGET (self->banner_button), button != NULL);
  if (button != NULL)
    gtk_button_set_label (self->banner_button, button);
}

static void
called_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);

  if (reply == NULL)
    ll_toast (GTK_WIDGET (self->stack), error->message);
}

static void
start_daemon (LlWindow *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process
      = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, "systemctl", "--user", "start",
                          "letterlock.service", NULL);

  if (process == NULL)
    ll_toast (GTK_WIDGET (self->stack), error->message);
}

static void
unlocked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlWindow) self = data;
  g_autoptr (GError) error = NULL;

  if (!ll_unlock_keyring_finish (result, &error))
    ll_toast (GTK_WIDGET (self->stack), error->message);
}

static void
sign_in (LlWindow *self)
{
  g_autofree char *account = ll_status_sign_in (ll_daemon_get_state (self->daemon));

  if (account != NULL)
    ll_daemon_sign_in (self->daemon, account, FALSE, NULL, called_cb, g_object_ref (self));
}

static void
banner_cb (LlWindow *self)
{
  GApplication *application = g_application_get_default ();

  switch (ll_status_remedy (ll_daemon_get_state (self->daemon)))
    {
    case LL_REMEDY_START:
      start_daemon (self);
      break;
    case LL_REMEDY_GO_ON:
      ll_daemon_call (self->daemon, "Resume", NULL, NULL, called_cb, g_object_ref (self));
      break;
    case LL_REMEDY_UNLOCK:
      if (g_application_get_dbus_connection (application) != NULL)
        ll_unlock_keyring (g_application_get_dbus_connection (application), unlocked_cb,
                           g_object_ref (self));
      break;
    case LL_REMEDY_SIGN_IN:
      sign_in (self);
      break;
    case LL_REMEDY_NONE:
      break;
    }
}

void
ll_window_open_letter (LlWindow *self, const char *id)
{
  AdwBin *place;

  ll_window_show_page (self, "letters");
  place = ADW_BIN (gtk_stack_get_visible_child (self->stack));
  ll_letters_page_open (LL_LETTERS_PAGE (adw_bin_get_child (place)), id);
}

/* -- class ------------------------------------------------------------------------------------ */

static void
dispose (GObject *object)
{
  g_clear_object (&LL_WINDOW (object)->daemon);
  G_OBJECT_CLASS (ll_window_parent_class)->dispose (object);
}

static void
ll_window_class_init (LlWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/window.ui");
  gtk_widget_class_bind_template_child (widget_class, LlWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, LlWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, LlWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, LlWindow, title);
  gtk_widget_class_bind_template_child (widget_class, LlWindow, state);
  gtk_widget_class_bind_template_child (widget_class, LlWindow, banner);
  gtk_widget_class_bind_template_child (widget_class, LlWindow, banner_text);
  gtk_widget_class_bind_template_child (widget_class, LlWindow, banner_button);
  gtk_widget_class_install_action (widget_class, "win.page", "s", page_cb);
  gtk_widget_class_install_action (widget_class, "win.letter", "s", letter_cb);
  gtk_widget_class_install_action (widget_class, "win.setup", NULL, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
  gtk_widget_class_bind_template_callback (widget_class, banner_cb);
}

static void
ll_window_init (LlWindow *self)
{
  g_autoptr (GtkSelectionModel) pages = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->held_count = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->held_count), "ll-count");
  pages = gtk_stack_get_pages (self->stack);
  gtk_list_box_bind_model (self->pages, G_LIST_MODEL (pages), page_row_new, self, NULL);
}

GtkWindow *
ll_window_new (AdwApplication *app, LlDaemon *daemon)
{
  LlWindow *self = g_object_new (LL_TYPE_WINDOW, "application", app, NULL);

  self->daemon = g_object_ref (daemon);
  gtk_list_box_select_row (self->pages, gtk_list_box_get_row_at_index (self->pages, 0));
  g_signal_connect_object (daemon, "notify::state", G_CALLBACK (show_state), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (daemon, "notify::connected", G_CALLBACK (show_state), self,
                           G_CONNECT_SWAPPED);
  show_state (self);
  return GTK_WINDOW (self);
}
