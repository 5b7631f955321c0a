/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/host-row.h"

#include "api/bidi.h"
#include "api/intl.h"
#include "api/text.h"
#include "gui/look.h"
#include "api/read.h"

struct _LlHostRow
{
  LlRecordRow parent_instance;

  GtkLabel *evidence;
  char *shown; /* what it says, to leave alone what did not change */
};

G_DEFINE_FINAL_TYPE (LlHostRow, ll_host_row, LL_TYPE_RECORD_ROW)

static const LlFact stages[] = {
  { "dns", N_ ("DNS") },           { "connect", N_ ("connected") }, { "greeting", N_ ("greeting") },
  { "starttls", N_ ("STARTTLS") }, { "tls", N_ ("TLS") },
};

static const LlFact findings[] = {
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
add_encryption (LlRecordRow *self, GVariant *host)
{
  const char *protocol = ll_read_text (host, "protocol");
  gint64 bits = ll_read_number (host, "bits");
  g_autofree char *text = g_strdup_printf ("%s %s", protocol, ll_read_text (host, "cipher"));
  g_autofree char *name = ll_bidi_isolate (text);
  g_autofree char *with_bits = g_strdup_printf (_ ("%s (%d bits)"), name, (int) bits);
  g_autofree char *line = ll_bidi_line (with_bits);

  if (*protocol != '\0')
    ll_record_row_add (self, _ ("Encryption"), bits > 0 ? line : text);
}

static void
add_facts (LlRecordRow *self, GVariant *host)
{
  g_autofree const char **addresses = ll_read_words (host, "addresses");
  g_autofree char *joined = g_strjoinv (", ", (char **) addresses);
  g_autofree char *times = stages_in_words (host);
  gboolean requiretls;

  add_encryption (self, host);
  ll_record_row_add_facts (self, host, findings, G_N_ELEMENTS (findings));
  if (ll_read_flag (host, "excluded"))
    ll_record_row_add (self, "MTA-STS", _ ("This server is not in the domain's policy"));
  if (g_variant_lookup (host, "requiretls", "b", &requiretls))
    ll_record_row_add (self, "REQUIRETLS", requiretls ? _ ("Offered") : _ ("Not offered"));
  ll_record_row_add (self, _ ("Addresses"), joined);
  ll_record_row_add (self, _ ("When, since the start"), times);
}

static void
show_evidence (LlHostRow *self, GVariant *host)
{
  gboolean looking = g_str_equal (ll_read_text (host, "why"), "overdue");
  LlEvidence evidence;

  if (looking || !ll_evidence_from_name (ll_read_text (host, "evidence"), &evidence))
    {
      ll_record_row_look (LL_RECORD_ROW (self), "content-loading-symbolic", "dim-label");
      gtk_label_set_text (self->evidence, _ ("Looking …"));
      return;
    }
  ll_record_row_look (LL_RECORD_ROW (self), ll_look_evidence_icon (evidence),
                      ll_look_evidence_style (evidence));
  gtk_label_set_text (self->evidence, ll_text_evidence (evidence));
}

void
ll_host_row_update (LlHostRow *self, GVariant *host)
{
  g_autofree char *printed = g_variant_print (host, FALSE);
  LlRecordRow *row = LL_RECORD_ROW (self);

  if (g_strcmp0 (printed, self->shown) == 0)
    return;
  g_free (self->shown);
  self->shown = g_steal_pointer (&printed);
  ll_record_row_set_title (row, ll_read_text (host, "name"));
  show_evidence (self, host);
  ll_record_row_clear (row);
  add_facts (row, host);
}

static void
finalize (GObject *object)
{
  g_free (LL_HOST_ROW (object)->shown);
  G_OBJECT_CLASS (ll_host_row_parent_class)->finalize (object);
}

static void
ll_host_row_class_init (LlHostRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
}

static void
ll_host_row_init (LlHostRow *self)
{
  self->evidence = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->evidence, TRUE);
  gtk_label_set_max_width_chars (self->evidence, 24);
  gtk_widget_add_css_class (GTK_WIDGET (self->evidence), "caption-heading");
  adw_expander_row_add_action (ADW_EXPANDER_ROW (self), GTK_WIDGET (self->evidence));
}

GtkWidget *
ll_host_row_new (GVariant *host)
{
  LlHostRow *self = g_object_new (LL_TYPE_HOST_ROW, NULL);

  ll_host_row_update (self, host);
  return GTK_WIDGET (self);
}
