/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/rules-page.h"

#include "api/bidi.h"
#include "api/intl.h"
#include "api/read.h"
#include "api/words.h"
#include "gui/fact-row.h"
#include "gui/list.h"
#include "gui/preview.h"
#include "gui/record-row.h"
#include "gui/rule-window.h"
#include "gui/toast.h"
#include "gui/typed.h"

struct _LlRulesPage
{
  AdwBin parent_instance;

  AdwEntryRow *entry;
  GtkSpinner *spinner;
  GtkListBox *preview;
  GtkListBox *list;

  LlDaemon *daemon;
  GCancellable *looking; /* what is shown next as a preview */
};

G_DEFINE_FINAL_TYPE (LlRulesPage, ll_rules_page, ADW_TYPE_BIN)

static void ask (GtkWidget *page);

/* -- preview --------------------------------------------------------------------------------- */

static void
look_cb (LlRulesPage *self)
{
  g_autofree char *address = ll_typed (GTK_EDITABLE (self->entry));

  if (*address == '\0')
    return;
  ll_preview_end (&self->looking);
  self->looking = ll_preview_start (self->preview, self->spinner, self->daemon, address, NULL);
}

/* -- rules ----------------------------------------------------------------------------------- */

/* As the window in which it was made calls them. (transfer full) */
static char *
rule_in_words (GVariant *rule)
{
  static const LlFact facts[] = {
    { "account", N_ ("Account") },
    { "tag", N_ ("Tag") },
    { "mode", N_ ("How") },
    { "minimum", N_ ("The way has to be at least") },
    { "unknown", N_ ("If the way cannot be seen") },
    { "expires", N_ ("Until") },
    { "note", N_ ("Note") },
  };
  g_autofree const char **to = ll_read_words (rule, "to");
  g_autofree char *joined = g_strjoinv (", ", (char **) to);
  g_autofree char *line = ll_bidi_line (joined);
  g_autoptr (GString) words = g_string_new (line);

  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    if (*ll_read_text (rule, facts[i].key) != '\0')
      g_string_append_printf (words, "%s%s: %s", words->len > 0 ? "\n" : "", _ (facts[i].label),
                              ll_words_of (facts[i].key, ll_read_text (rule, facts[i].key)));
  return g_string_free (g_steal_pointer (&words), FALSE);
}

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlRulesPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);

  if (reply == NULL)
    ll_toast (GTK_WIDGET (self), error->message);
  ask (GTK_WIDGET (self));
}

static void
remove_cb (GtkButton *button, LlRulesPage *self)
{
  guint number = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "number"));

  ll_daemon_call (self->daemon, "RemoveRule", g_variant_new ("(u)", number), NULL, removed_cb,
                  g_object_ref (self));
}

static GtkWidget *
rule_row_new (GVariant *rule, gpointer data)
{
  gint64 number = ll_read_number (rule, "number");
  g_autofree char *what
      = g_strdup_printf (ll_read_flag (rule, "expired") ? _ ("Rule %d, expired") : _ ("Rule %d"),
                         (int) number);
  g_autofree char *words = rule_in_words (rule);
  g_autofree char *label = g_strdup_printf (_ ("Remove rule %d"), (int) number);
  GtkWidget *row = ll_fact_row_new (what, words);
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");

  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  g_object_set_data (G_OBJECT (button), "number", GUINT_TO_POINTER ((guint) number));
  g_signal_connect_object (button, "clicked", G_CALLBACK (remove_cb), data, 0);
  gtk_box_append (GTK_BOX (gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (row))), button);
  return row;
}

static void
rules_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlRulesPage) self = data;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, NULL);
  g_autoptr (GVariant) rules = NULL;

  if (reply == NULL)
    return; /* the window says that nobody answers */
  rules = g_variant_get_child_value (reply, 0);
  ll_list_fill (self->list, rules, rule_row_new, self);
}

static void
ask (GtkWidget *page)
{
  ll_daemon_call (LL_RULES_PAGE (page)->daemon, "ListRules", NULL, NULL, rules_cb,
                  g_object_ref (page));
}

static void
add_cb (LlRulesPage *self)
{
  GtkWindow *parent = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkWindow *window = ll_rule_window_new (parent, self->daemon);

  g_signal_connect_object (window, "unmap", G_CALLBACK (ask), self, G_CONNECT_SWAPPED);
  gtk_window_present (window);
}

/* -- class ----------------------------------------------------------------------------------- */

static void
dispose (GObject *object)
{
  LlRulesPage *self = LL_RULES_PAGE (object);

  ll_preview_end (&self->looking);
  g_clear_object (&self->daemon);
  G_OBJECT_CLASS (ll_rules_page_parent_class)->dispose (object);
}

static void
ll_rules_page_class_init (LlRulesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/rules-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LlRulesPage, entry);
  gtk_widget_class_bind_template_child (widget_class, LlRulesPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, LlRulesPage, preview);
  gtk_widget_class_bind_template_child (widget_class, LlRulesPage, list);
  gtk_widget_class_bind_template_callback (widget_class, look_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
}

static void
ll_rules_page_init (LlRulesPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ll_rules_page_new (LlDaemon *daemon)
{
  LlRulesPage *self = g_object_new (LL_TYPE_RULES_PAGE, NULL);

  self->daemon = g_object_ref (daemon);
  ll_list_keep_fresh (GTK_WIDGET (self), daemon, ask);
  return GTK_WIDGET (self);
}
