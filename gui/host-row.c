/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/host-row.h"

#include "api/intl.h"
#include "api/text.h"
#include "gui/fact-row.h"
#include "gui/look.h"
#include "api/read.h"

struct _LlHostRow
{
  AdwExpanderRow parent_instance;

  GtkImage *icon;
  GtkLabel *evidence;
  GPtrArray *facts; /* the rows below, not owned */
  char *shown;      /* what they say, to leave alone what did not change */
};

G_DEFINE_FINAL_TYPE (LlHostRow, ll_host_row, ADW_TYPE_EXPANDER_ROW)

typedef struct
{
  const char *key;
  const char *label;
} Field;

static const Field stages[] = {
  { "dns", N_ ("DNS") },           { "connect", N_ ("connected") }, { "greeting", N_ ("greeting") },
  { "starttls", N_ ("STARTTLS") }, { "tls", N_ ("TLS") },
};

static const Field findings[] = {
  { "certificate", N_ ("Certificate") },
  { "dane", N_ ("DANE") },
  { "reason", N_ ("What was seen") },
};

/* "DNS 12 ms · connected 15 ms · …" */
static char *
stages_in_words (GVariant *host)
{
  g_autoptr (GVariant) times = ll_read_below (host, "milliseconds");
  g_autoptr (GString) words = g_string_new (NULL);

  for (guint i = 0; times != NULL && i < G_N_ELEMENTS (stages); i++)
    {
      gint64 at = ll_read_number (times, stages[i].key);

      if (at >= 0)
        g_string_append_printf (words, "%s%s %" G_GINT64_FORMAT " ms", words->len > 0 ? " · " : "",
                                _ (stages[i].label), at);
    }
  return g_string_free (g_steal_pointer (&words), FALSE);
}

static void
add (LlHostRow *self, const char *what, const char *so)
{
  GtkWidget *row;

  if (*so == '\0')
    return;
  row = ll_fact_row_new (what, so);
  g_ptr_array_add (self->facts, row);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), row);
}

static void
add_encryption (LlHostRow *self, GVariant *host)
{
  const char *protocol = ll_read_text (host, "protocol");
  gint64 bits = ll_read_number (host, "bits");
  g_autofree char *text = g_strdup_printf ("%s %s", protocol, ll_read_text (host, "cipher"));
  g_autofree char *with_bits = g_strdup_printf (_ ("%s (%d bits)"), text, (int) bits);

  if (*protocol != '\0')
    add (self, _ ("Encryption"), bits > 0 ? with_bits : text);
}

static void
add_facts (LlHostRow *self, GVariant *host)
{
  g_autofree const char **addresses = ll_read_words (host, "addresses");
  g_autofree char *joined = g_strjoinv (", ", (char **) addresses);
  g_autofree char *times = stages_in_words (host);
  gboolean requiretls;

  add_encryption (self, host);
  for (guint i = 0; i < G_N_ELEMENTS (findings); i++)
    add (self, _ (findings[i].label), ll_read_text (host, findings[i].key));
  if (ll_read_flag (host, "excluded"))
    add (self, "MTA-STS", _ ("This server is not in the domain's policy"));
  if (g_variant_lookup (host, "requiretls", "b", &requiretls))
    add (self, "REQUIRETLS", requiretls ? _ ("Offered") : _ ("Not offered"));
  add (self, _ ("Addresses"), joined);
  add (self, _ ("When, since the start"), times);
}

static void
show_evidence (LlHostRow *self, GVariant *host)
{
  gboolean looking = g_str_equal (ll_read_text (host, "why"), "overdue");
  LlEvidence evidence;

  if (looking || !ll_evidence_from_name (ll_read_text (host, "evidence"), &evidence))
    {
      ll_look_show (self->icon, "content-loading-symbolic", "dim-label");
      gtk_label_set_text (self->evidence, _ ("Looking …"));
      return;
    }
  ll_look_show (self->icon, ll_look_evidence_icon (evidence), ll_look_evidence_style (evidence));
  gtk_label_set_text (self->evidence, ll_text_evidence (evidence));
}

void
ll_host_row_update (LlHostRow *self, GVariant *host)
{
  g_autofree char *printed = g_variant_print (host, FALSE);

  if (g_strcmp0 (printed, self->shown) == 0)
    return;
  g_free (self->shown);
  self->shown = g_steal_pointer (&printed);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), ll_read_text (host, "name"));
  show_evidence (self, host);
  for (guint i = 0; i < self->facts->len; i++)
    adw_expander_row_remove (ADW_EXPANDER_ROW (self), g_ptr_array_index (self->facts, i));
  g_ptr_array_set_size (self->facts, 0);
  add_facts (self, host);
}

static void
finalize (GObject *object)
{
  LlHostRow *self = LL_HOST_ROW (object);

  g_ptr_array_unref (self->facts);
  g_free (self->shown);
  G_OBJECT_CLASS (ll_host_row_parent_class)->finalize (object);
}

static void
ll_host_row_class_init (LlHostRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/host-row.ui");
  gtk_widget_class_bind_template_child (widget_class, LlHostRow, icon);
  gtk_widget_class_bind_template_child (widget_class, LlHostRow, evidence);
}

static void
ll_host_row_init (LlHostRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  self->facts = g_ptr_array_new ();
}

GtkWidget *
ll_host_row_new (GVariant *host)
{
  LlHostRow *self = g_object_new (LL_TYPE_HOST_ROW, NULL);

  ll_host_row_update (self, host);
  return GTK_WIDGET (self);
}
