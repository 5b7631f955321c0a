/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/envelope.h"

#include "base/error.h"
#include "base/limits.h"

#include <string.h>

/* sender, size, 8bit, smtputf8, requiretls, ret, envid, recipients */
#define ENVELOPE_TYPE "(stbbbmsmsa(sssmsms))"

LlEnvelope *
ll_envelope_new (void)
{
  LlEnvelope *envelope = g_new0 (LlEnvelope, 1);

  envelope->sender = g_strdup ("");
  envelope->recipients = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_recipient_free);
  return envelope;
}

LlEnvelope *
ll_envelope_copy (const LlEnvelope *envelope)
{
  LlEnvelope *copy = g_new0 (LlEnvelope, 1);

  *copy = *envelope;
  copy->sender = g_strdup (envelope->sender);
  copy->ret = g_strdup (envelope->ret);
  copy->envid = g_strdup (envelope->envid);
  copy->recipients = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_recipient_free);
  for (guint i = 0; i < envelope->recipients->len; i++)
    g_ptr_array_add (copy->recipients, ll_recipient_copy (ll_envelope_recipient (envelope, i)));
  return copy;
}

void
ll_envelope_free (LlEnvelope *envelope)
{
  if (envelope == NULL)
    return;
  g_free (envelope->sender);
  g_free (envelope->ret);
  g_free (envelope->envid);
  g_ptr_array_unref (envelope->recipients);
  g_free (envelope);
}

LlRecipient *
ll_recipient_copy (const LlRecipient *recipient)
{
  LlRecipient *copy = g_new0 (LlRecipient, 1);

  copy->address = g_strdup (recipient->address);
  copy->original = g_strdup (recipient->original);
  copy->domain = g_strdup (recipient->domain);
  copy->notify = g_strdup (recipient->notify);
  copy->orcpt = g_strdup (recipient->orcpt);
  return copy;
}

void
ll_recipient_free (LlRecipient *recipient)
{
  if (recipient == NULL)
    return;
  g_free (recipient->address);
  g_free (recipient->original);
  g_free (recipient->domain);
  g_free (recipient->notify);
  g_free (recipient->orcpt);
  g_free (recipient);
}

GVariant *
ll_envelope_to_variant (const LlEnvelope *envelope)
{
  GVariantBuilder recipients;

  g_variant_builder_init (&recipients, G_VARIANT_TYPE ("a(sssmsms)"));
  for (guint i = 0; i < envelope->recipients->len; i++)
    {
      const LlRecipient *recipient = ll_envelope_recipient (envelope, i);

      g_variant_builder_add (&recipients, "(sssmsms)", recipient->address, recipient->original,
                             recipient->domain, recipient->notify, recipient->orcpt);
    }
  return g_variant_new (ENVELOPE_TYPE, envelope->sender, envelope->size, envelope->body_8bit,
                        envelope->smtputf8, envelope->requiretls, envelope->ret, envelope->envid,
                        &recipients);
}

/* What stands in these fields goes into SMTP commands: one line each, whatever the file says. */
static gboolean
is_one_line (const char *text)
{
  if (text != NULL)
    for (; *text != '\0'; text++)
      if (g_ascii_iscntrl (*text))
        return FALSE;
  return TRUE;
}

static gboolean
is_word (const char *text)
{
  return is_one_line (text) && (text == NULL || strchr (text, ' ') == NULL);
}

static gboolean
is_sound_recipient (const LlRecipient *recipient)
{
  const char *at = strrchr (recipient->address, '@');

  return at != NULL && at != recipient->address && at[1] != '\0'
         && g_strcmp0 (at + 1, recipient->domain) == 0 && recipient->original[0] != '\0'
         && is_one_line (recipient->address) && is_one_line (recipient->original)
         && is_word (recipient->domain) && is_word (recipient->notify)
         && is_word (recipient->orcpt);
}

static gboolean
is_sound (const LlEnvelope *envelope)
{
  if (!is_one_line (envelope->sender) || !is_word (envelope->envid)
      || (envelope->ret != NULL && g_strcmp0 (envelope->ret, "FULL") != 0
          && g_strcmp0 (envelope->ret, "HDRS") != 0)
      || envelope->recipients->len > LL_RECIPIENTS_MAX)
    return FALSE;
  for (guint i = 0; i < envelope->recipients->len; i++)
    if (!is_sound_recipient (ll_envelope_recipient (envelope, i)))
      return FALSE;
  return TRUE;
}

LlEnvelope *
ll_envelope_from_variant (GVariant *variant, GError **error)
{
  g_autoptr (LlEnvelope) envelope = NULL;
  g_autoptr (GVariantIter) recipients = NULL;
  LlRecipient recipient;

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE (ENVELOPE_TYPE))
      || !g_variant_is_normal_form (variant))
    {
      g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT,
                   "The envelope of the letter cannot be read");
      return NULL;
    }
  envelope = ll_envelope_new ();
  g_clear_pointer (&envelope->sender, g_free);
  g_variant_get (variant, ENVELOPE_TYPE, &envelope->sender, &envelope->size, &envelope->body_8bit,
                 &envelope->smtputf8, &envelope->requiretls, &envelope->ret, &envelope->envid,
                 &recipients);
  while (g_variant_iter_next (recipients, "(sssmsms)", &recipient.address, &recipient.original,
                              &recipient.domain, &recipient.notify, &recipient.orcpt))
    g_ptr_array_add (envelope->recipients, g_memdup2 (&recipient, sizeof recipient));
  if (!is_sound (envelope))
    {
      g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT,
                   "The envelope of the letter holds what no mail program can have said");
      return NULL;
    }
  return g_steal_pointer (&envelope);
}
