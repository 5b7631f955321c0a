/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/rule-window.h"

#include "gui/list.h"
#include "gui/preview.h"
#include "gui/remember.h"
#include "gui/toast.h"
#include "gui/typed.h"

struct _LlRuleWindow
{
  AdwWindow parent_instance;

  GtkWidget *add;
  GtkEditable *to;
  AdwComboRow *mode;
  AdwComboRow *minimum;
  AdwComboRow *unknown;
  GtkEditable *note;
  GtkEditable *trial;
  GtkSpinner *spinner;
  GtkListBox *preview;

  LlDaemon *daemon;
  GCancellable *looking; /* what is shown next as a preview */
};

G_DEFINE_FINAL_TYPE (LlRuleWindow, ll_rule_window, ADW_TYPE_WINDOW)

/* As the entries of the rows in rule-window.ui; NULL: the rule does not say. */
static const char *const modes[] = { "forced", "exclusive", "encrypt", "opportunistic" };
static const char *const minimums[] = { NULL, "encrypted", "verified", "policy" };
static const char *const unknowns[] = { NULL, "send", "lock", "hold" };

static void
take (GVariantDict *rule, const char *key, AdwComboRow *row, const char *const words[4])
{
  const char *word = words[MIN (adw_combo_row_get_selected (row), 3)];

  if (word != NULL)
    g_variant_dict_insert (rule, key, "s", word);
}

static GVariant *
rule_of (LlRuleWindow *self)
{
  g_auto (GVariantDict) rule = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *pattern = ll_typed (self->to);
  g_autofree char *note = ll_typed (self->note);
  const char *const to[] = { pattern, NULL };

  g_variant_dict_insert (&rule, "to", "^as", to);
  take (&rule, "mode", self->mode, modes);
  take (&rule, "minimum", self->minimum, minimums);
  take (&rule, "unknown", self->unknown, unknowns);
  if (*note != '\0')
    g_variant_dict_insert (&rule, "note", "s", note);
  return g_variant_dict_end (&rule);
}

/* What was looked at was another rule. */
static void
changed_cb (LlRuleWindow *self)
{
  g_autofree char *to = ll_typed (self->to);

  if (self->daemon == NULL)
    return; /* while it is built */
  ll_preview_end (&self->looking);
  gtk_spinner_stop (self->spinner);
  gtk_widget_set_sensitive (self->add, *to != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->preview), FALSE);
}

/* -- preview ------------------------------------------------------------------------- */

static void
look_cb (LlRuleWindow *self)
{
  g_autofree char *address = ll_typed (self->trial);

  if (*address == '\0')
    return;
  ll_preview_end (&self->looking);
  self->looking
      = ll_preview_start (self->preview, self->spinner, self->daemon, address, rule_of (self));
}

/* -- adding it ----------------------------------------------------------------------- */

static void
added_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlRuleWindow) self = data;
  g_autoptr (GError) error = NULL;

  if (ll_remember_finish (result, &error))
    gtk_window_close (GTK_WINDOW (self));
  else
    ll_toast (GTK_WIDGET (self->preview), error->message);
  gtk_widget_set_sensitive (self->add, TRUE);
}

static void
add_cb (LlRuleWindow *self)
{
  gtk_widget_set_sensitive (self->add, FALSE);
  ll_remember_rule (self->daemon, rule_of (self), added_cb, g_object_ref (self));
}

/* -- class --------------------------------------------------------------------------- */

static void
dispose (GObject *object)
{
  LlRuleWindow *self = LL_RULE_WINDOW (object);

  ll_preview_end (&self->looking);
  g_clear_object (&self->daemon);
  G_OBJECT_CLASS (ll_rule_window_parent_class)->dispose (object);
}

static void
ll_rule_window_class_init (LlRuleWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/rule-window.ui");
  gtk_widget_class_bind_template_child (widget_class, LlRuleWindow, add);
  gtk_widget_class_bind_template_child (widget_class, LlRuleWindow, to);
  gtk_widget_class_bind_template_child (widget_class, LlRuleWindow, mode);
  gtk_widget_class_bind_template_child (widget_class, LlRuleWindow, minimum);
  gtk_widget_class_bind_template_child (widget_class, LlRuleWindow, unknown);
  gtk_widget_class_bind_template_child (widget_class, LlRuleWindow, note);
  gtk_widget_class_bind_template_child (widget_class, LlRuleWindow, trial);
  gtk_widget_class_bind_template_child (widget_class, LlRuleWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, LlRuleWindow, preview);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, look_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ll_rule_window_init (LlRuleWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWindow *
ll_rule_window_new (GtkWindow *parent, LlDaemon *daemon)
{
  LlRuleWindow *self = g_object_new (LL_TYPE_RULE_WINDOW, "transient-for", parent, NULL);

  self->daemon = g_object_ref (daemon);
  gtk_widget_grab_focus (GTK_WIDGET (self->to));
  return GTK_WINDOW (self);
}
