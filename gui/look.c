/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/look.h"

static const char *const styles[] = { "success", "warning", "error", "dim-label", NULL };

const char *
ll_look_state_icon (LlState state)
{
  switch (state)
    {
    case LL_STATE_CHECKING:
      return "system-search-symbolic";
    case LL_STATE_HELD:
      return "media-playback-pause-symbolic";
    case LL_STATE_WAITING:
      return "content-loading-symbolic";
    case LL_STATE_QUEUED:
      return "document-open-recent-symbolic";
    case LL_STATE_SENDING:
      return "document-send-symbolic";
    case LL_STATE_SENT:
    case LL_STATE_OPENED:
    case LL_STATE_REPLIED:
      return "object-select-symbolic";
    case LL_STATE_UNCERTAIN:
      return "dialog-question-symbolic";
    case LL_STATE_REFUSED:
    case LL_STATE_DROPPED:
    case LL_STATE_RETRACTED:
      return "action-unavailable-symbolic";
    case LL_STATE_BOUNCED:
    case LL_STATE_FAILED:
    case LL_STATE_EXPIRED:
      break;
    }
  return "dialog-error-symbolic";
}

const char *
ll_look_state_style (LlState state)
{
  switch (state)
    {
    case LL_STATE_SENT:
    case LL_STATE_OPENED:
    case LL_STATE_REPLIED:
      return "success";
    case LL_STATE_HELD:
    case LL_STATE_UNCERTAIN:
      return "warning";
    case LL_STATE_BOUNCED:
    case LL_STATE_FAILED:
    case LL_STATE_EXPIRED:
    case LL_STATE_REFUSED:
      return "error";
    case LL_STATE_CHECKING:
    case LL_STATE_WAITING:
    case LL_STATE_QUEUED:
    case LL_STATE_SENDING:
    case LL_STATE_DROPPED:
    case LL_STATE_RETRACTED:
      break;
    }
  return "dim-label";
}

const char *
ll_look_confidence_icon (LlConfidence confidence)
{
  return confidence == LL_CONFIDENCE_ASSURED ? "channel-secure-symbolic"
                                             : "dialog-information-symbolic";
}

const char *
ll_look_evidence_icon (LlEvidence evidence)
{
  switch (evidence)
    {
    case LL_EVIDENCE_OPP:
    case LL_EVIDENCE_PKIX:
    case LL_EVIDENCE_HALF:
    case LL_EVIDENCE_STS:
    case LL_EVIDENCE_DANE:
      return "object-select-symbolic";
    case LL_EVIDENCE_PLAIN:
    case LL_EVIDENCE_WEAK:
      return "dialog-warning-symbolic";
    case LL_EVIDENCE_NOMAIL:
      return "action-unavailable-symbolic";
    case LL_EVIDENCE_BROKEN:
      return "dialog-error-symbolic";
    case LL_EVIDENCE_UNKNOWN:
      break;
    }
  return "dialog-question-symbolic";
}

const char *
ll_look_evidence_style (LlEvidence evidence)
{
  switch (evidence)
    {
    case LL_EVIDENCE_OPP:
    case LL_EVIDENCE_PKIX:
    case LL_EVIDENCE_HALF:
    case LL_EVIDENCE_STS:
    case LL_EVIDENCE_DANE:
      return "success";
    case LL_EVIDENCE_PLAIN:
    case LL_EVIDENCE_WEAK:
      return "warning";
    case LL_EVIDENCE_NOMAIL:
    case LL_EVIDENCE_BROKEN:
      return "error";
    case LL_EVIDENCE_UNKNOWN:
      break;
    }
  return "dim-label";
}

void
ll_look_show (GtkImage *image, const char *icon, const char *style)
{
  for (guint i = 0; styles[i] != NULL; i++)
    gtk_widget_remove_css_class (GTK_WIDGET (image), styles[i]);
  gtk_widget_add_css_class (GTK_WIDGET (image), style);
  gtk_image_set_from_icon_name (image, icon);
}
