/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/key-row.h"

#include "api/intl.h"
#include "api/read.h"
#include "gui/letter.h"
#include "gui/toast.h"

struct _LlKeyRow
{
  LlRecordRow parent_instance;

  LlDaemon *daemon;
  char *address;
  char *fingerprint;
};

G_DEFINE_FINAL_TYPE (LlKeyRow, ll_key_row, LL_TYPE_RECORD_ROW)

/* The words of the bus for what a key is good for. */
static const struct
{
  const char *use;
  const char *words;
  const char *icon;
  const char *style;
} uses[] = {
  { "ready", N_ ("Locks letters by itself"), "object-select-symbolic", "success" },
  { "ask", N_ ("You are asked before its first use"), "dialog-question-symbolic", "warning" },
  { "changed", N_ ("Another one than before: you are asked"), "dialog-warning-symbolic",
    "warning" },
  { "rejected", N_ ("You said no to it"), "action-unavailable-symbolic", "dim-label" },
  { "no", N_ ("Cannot be used"), "action-unavailable-symbolic", "dim-label" },
};

static const LlFact facts[] = {
  { "reason", N_ ("Why") },
  { "user_id", N_ ("Named for") },
  { "fingerprint", N_ ("Fingerprint") },
  { "algorithm", N_ ("Algorithm") },
  { "issuer", N_ ("Issuer") },
  { "source", N_ ("Found in") },
  { "trust", N_ ("Trust") },
  { "defect", N_ ("Defect") },
};

static void
done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWidget) row = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);

  if (reply == NULL)
    ll_toast (row, error->message);
  else
    gtk_widget_activate_action (row, "people.decided", NULL);
}

static void
say (LlKeyRow *self, const char *method)
{
  ll_daemon_call (self->daemon, method, g_variant_new ("(ss)", self->address, self->fingerprint),
                  NULL, done_cb, g_object_ref (self));
}

static void
accept_cb (LlKeyRow *self)
{
  say (self, "AcceptKey");
}

static void
reject_cb (LlKeyRow *self)
{
  say (self, "RejectKey");
}

static GtkWidget *
button_new (LlKeyRow *self, const char *label, GCallback callback)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  return button;
}

/* Only what would change something. */
static void
add_buttons (LlKeyRow *self, const char *use, const char *trust)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  if (!g_str_equal (trust, "accepted") && !g_str_equal (use, "no"))
    gtk_box_append (GTK_BOX (box), button_new (self, _ ("Accept"), G_CALLBACK (accept_cb)));
  if (!g_str_equal (use, "rejected"))
    gtk_box_append (GTK_BOX (box), button_new (self, _ ("Reject"), G_CALLBACK (reject_cb)));
  gtk_widget_set_margin_top (box, 8);
  gtk_widget_set_margin_bottom (box, 8);
  gtk_widget_set_margin_start (box, 12);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  ll_record_row_add_child (LL_RECORD_ROW (self), row);
}

static void
show (LlKeyRow *self, GVariant *key)
{
  LlRecordRow *row = LL_RECORD_ROW (self);
  const char *use = ll_read_text (key, "use");
  g_autofree char *expires = ll_time_for_people (ll_read_text (key, "expires"));

  ll_record_row_set_title (row, g_str_equal (ll_read_text (key, "method"), "smime")
                                    ? _ ("Certificate (S/MIME)")
                                    : _ ("Key (OpenPGP)"));
  for (guint i = 0; i < G_N_ELEMENTS (uses); i++)
    if (g_str_equal (use, uses[i].use))
      {
        ll_record_row_set_subtitle (row, _ (uses[i].words));
        ll_record_row_look (row, uses[i].icon, uses[i].style);
      }
  ll_record_row_add_facts (row, key, facts, G_N_ELEMENTS (facts));
  ll_record_row_add (row, _ ("Ends"), expires);
  add_buttons (self, use, ll_read_text (key, "trust"));
  /* what wants an answer is open */
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self),
                                 g_str_equal (use, "ask") || g_str_equal (use, "changed"));
}

static void
finalize (GObject *object)
{
  LlKeyRow *self = LL_KEY_ROW (object);

  g_clear_object (&self->daemon);
  g_free (self->address);
  g_free (self->fingerprint);
  G_OBJECT_CLASS (ll_key_row_parent_class)->finalize (object);
}

static void
ll_key_row_class_init (LlKeyRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
}

static void
ll_key_row_init (LlKeyRow *self)
{
}

GtkWidget *
ll_key_row_new (LlDaemon *daemon, const char *address, GVariant *key)
{
  LlKeyRow *self = g_object_new (LL_TYPE_KEY_ROW, NULL);

  self->daemon = g_object_ref (daemon);
  self->address = g_strdup (address);
  self->fingerprint = g_strdup (ll_read_text (key, "fingerprint"));
  show (self, key);
  return GTK_WIDGET (self);
}
