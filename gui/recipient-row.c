/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/recipient-row.h"

#include "api/intl.h"
#include "api/sentence.h"
#include "api/read.h"
#include "api/text.h"
#include "api/words.h"
#include "gui/letter.h"
#include "gui/look.h"

static void
add_evidence (LlRecordRow *self, GVariant *recipient)
{
  LlEvidence evidence;
  LlSource source;
  LlWhy why;
  g_autoptr (GString) text = NULL;

  if (!ll_evidence_from_name (ll_read_text (recipient, "evidence"), &evidence))
    return;
  text = g_string_new (ll_text_evidence (evidence));
  if (ll_why_from_name (ll_read_text (recipient, "why"), &why) && why != LL_WHY_NONE)
    g_string_append_printf (text, ": %s", ll_text_why (why));
  if (ll_source_from_name (ll_read_text (recipient, "source"), &source) && source != LL_SOURCE_NONE)
    g_string_append_printf (text, " (%s)", ll_text_source (source));
  ll_record_row_add_with_icon (self, _ ("The way to them"), text->str,
                               ll_look_evidence_icon (evidence), ll_look_evidence_style (evidence));
}

static void
add_bound (LlRecordRow *self, GVariant *recipient)
{
  LlBound bound;
  LlConfidence confidence;

  if (ll_bound_from_name (ll_read_text (recipient, "bound"), &bound))
    ll_record_row_add (self, _ ("Who must keep to it"), ll_text_bound (bound));
  if (ll_confidence_from_name (ll_read_text (recipient, "confidence"), &confidence)
      && confidence != LL_CONFIDENCE_NONE)
    ll_record_row_add_with_icon (self, _ ("How sure this is"), ll_text_confidence (confidence),
                                 ll_look_confidence_icon (confidence), "dim-label");
}

/* The proof, for whom the sentence is not enough; what is nested is for the command line. */
static const LlFact proofs[] = {
  { "mx", N_ ("Mail server") },          { "protocol", N_ ("Protocol") },
  { "cipher", N_ ("Cipher") },           { "key", N_ ("Key") },
  { "certificate", N_ ("Certificate") }, { "subject", N_ ("Its owner") },
  { "issuer", N_ ("Its issuer") },       { "fingerprint", N_ ("Its fingerprint") },
  { "not_after", N_ ("Valid until") },   { "dane", N_ ("DANE") },
  { "tlsa", N_ ("TLSA record") },        { "policy", N_ ("MTA-STS policy") },
  { "network", N_ ("This network") },    { "time", N_ ("Seen at") },
};

static void
add_proof (LlRecordRow *self, GVariant *recipient)
{
  g_autoptr (GVariant) proof = ll_read_below (recipient, "proof");
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (proofs); i++)
    {
      const char *text = ll_words_of (proofs[i].key, ll_read_text (proof, proofs[i].key));

      if (*text != '\0')
        g_string_append_printf (lines, "%s%s: %s", lines->len > 0 ? "\n" : "", _ (proofs[i].label),
                                text);
    }
  ll_record_row_add (self, _ ("Proof"), lines->str);
}

/* Whose key the content is locked for. */
static void
add_lock (LlRecordRow *self, GVariant *recipient)
{
  g_autoptr (GVariant) proof = ll_read_below (recipient, "proof");
  g_autoptr (GVariant) lock = ll_read_below (proof, "lock");
  g_autofree char *note = ll_sentence_read (lock, "note");

  ll_record_row_add (self, _ ("Locked for"), ll_read_text (lock, "user_id"));
  ll_record_row_add (self, _ ("Fingerprint"), ll_read_text (lock, "fingerprint"));
  ll_record_row_add (self, _ ("About this key"), note);
}

GtkWidget *
ll_recipient_row_new (GVariant *recipient)
{
  LlRecordRow *self = g_object_new (LL_TYPE_RECORD_ROW, NULL);
  g_autofree char *next = ll_time_for_people (ll_read_text (recipient, "next_try"));
  g_autofree char *reason = ll_sentence_read (recipient, "reason");
  g_autofree char *words = NULL;
  g_autofree char *subtitle = NULL;
  LlState state = LL_STATE_CHECKING;
  LlMethod method;

  (void) ll_state_from_name (ll_read_text (recipient, "state"), &state);
  words = ll_read_as_heading (ll_text_state (state));
  subtitle = g_strjoin ("\n", words, reason, NULL);
  ll_record_row_set_title (self, ll_read_text (recipient, "address"));
  ll_record_row_set_subtitle (self, subtitle);
  ll_record_row_look (self, ll_look_state_icon (state), ll_look_state_style (state));
  if (ll_method_from_name (ll_read_text (recipient, "method"), &method) && method != LL_METHOD_NONE)
    ll_record_row_add (self, _ ("How"), ll_text_method (method));
  add_evidence (self, recipient);
  add_bound (self, recipient);
  if (ll_read_flag (recipient, "overridden"))
    ll_record_row_add (self, _ ("Overridden"), _ ("You accepted this domain as it is"));
  add_lock (self, recipient);
  ll_record_row_add (self, _ ("Next try"), next);
  ll_record_row_add (self, _ ("Your provider answered"), ll_read_text (recipient, "reply"));
  add_proof (self, recipient);
  return GTK_WIDGET (self);
}
