/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/letter.h"

#include "api/bidi.h"
#include "api/intl.h"
#include "api/sentence.h"
#include "api/text.h"
#include "api/read.h"

/* More than these would not fit a row. */
#define ADDRESSES_SHOWN 3

struct _LlLetter
{
  GObject parent_instance;

  char *id;
  char *time;
  LlState state;
  char *recipients;
  char *methods;
  char *reason;
  char *subject;
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (LlLetter, ll_letter, G_TYPE_OBJECT)

/* What a row says of all recipients together. */
typedef struct
{
  GString *addresses;
  guint n_addresses;
  guint methods;      /* a bit each */
  const char *reason; /* points into the letter */
} Sum;

static void
add_recipient (Sum *sum, GVariant *recipient, const char *state_of_letter)
{
  LlMethod method;

  if (sum->n_addresses++ < ADDRESSES_SHOWN)
    {
      if (sum->addresses->len > 0)
        g_string_append (sum->addresses, ", ");
      g_string_append (sum->addresses, ll_read_text (recipient, "address"));
    }
  /* a letter that is held for one is not "over TLS", whatever became of the others */
  if (!g_str_equal (ll_read_text (recipient, "state"), state_of_letter))
    return;
  if (ll_method_from_name (ll_read_text (recipient, "method"), &method))
    sum->methods |= 1u << method;
  if (sum->reason == NULL)
    sum->reason = ll_read_text (recipient, "reason");
}

static char *
methods_in_words (guint methods)
{
  g_autoptr (GString) words = g_string_new (NULL);

  for (LlMethod method = LL_METHOD_TLS; method <= LL_METHOD_OPEN; method++)
    if (methods & (1u << method))
      g_string_append_printf (words, "%s%s", words->len > 0 ? ", " : "", ll_text_method (method));
  return g_string_free (g_steal_pointer (&words), FALSE);
}

static void
sum_up (LlLetter *self, GVariant *from)
{
  const char *state = ll_read_text (from, "state");
  g_autoptr (GVariant) recipients = ll_read_list (from, "recipients");
  Sum sum = { .addresses = g_string_new (NULL) };

  for (gsize i = 0; i < g_variant_n_children (recipients); i++)
    {
      g_autoptr (GVariant) recipient = g_variant_get_child_value (recipients, i);

      add_recipient (&sum, recipient, state);
    }
  if (sum.n_addresses > ADDRESSES_SHOWN)
    /* Translators: after the first addresses of a letter: how many more there are */
    g_string_append_printf (sum.addresses, _ (" and %u more"), sum.n_addresses - ADDRESSES_SHOWN);
  self->recipients = g_string_free (sum.addresses, FALSE);
  self->methods = methods_in_words (sum.methods);
  self->reason = ll_sentence (sum.reason != NULL ? sum.reason : "");
}

static void
clear (LlLetter *self)
{
  g_clear_pointer (&self->time, g_free);
  g_clear_pointer (&self->recipients, g_free);
  g_clear_pointer (&self->methods, g_free);
  g_clear_pointer (&self->reason, g_free);
  g_clear_pointer (&self->subject, g_free);
}

void
ll_letter_update (LlLetter *self, GVariant *from)
{
  clear (self);
  self->time = g_strdup (ll_read_text (from, "time"));
  if (!ll_state_from_name (ll_read_text (from, "state"), &self->state))
    self->state = LL_STATE_CHECKING;
  self->subject = ll_subject_for_people (from);
  sum_up (self, from);
  g_signal_emit (self, changed_signal, 0);
}

LlLetter *
ll_letter_new (const char *id)
{
  LlLetter *self = g_object_new (LL_TYPE_LETTER, NULL);

  self->id = g_strdup (id);
  return self;
}

const char *
ll_letter_id_text (guint64 number, char text[LL_LETTER_ID_SIZE])
{
  g_snprintf (text, LL_LETTER_ID_SIZE, "%012" G_GINT64_MODIFIER "x", number);
  return text;
}

guint64
ll_letter_id_number (const char *text)
{
  return g_ascii_strtoull (text, NULL, 16);
}

gboolean
ll_letter_is_read (LlLetter *self)
{
  return self->time != NULL;
}

static const char *
or_nothing (const char *text)
{
  return text != NULL ? text : "";
}

const char *
ll_letter_get_id (LlLetter *self)
{
  return self->id;
}

LlState
ll_letter_get_state (LlLetter *self)
{
  return self->state;
}

const char *
ll_letter_get_recipients (LlLetter *self)
{
  return or_nothing (self->recipients);
}

const char *
ll_letter_get_methods (LlLetter *self)
{
  return or_nothing (self->methods);
}

const char *
ll_letter_get_reason (LlLetter *self)
{
  return or_nothing (self->reason);
}

const char *
ll_letter_get_subject (LlLetter *self)
{
  return or_nothing (self->subject);
}

char *
ll_subject_for_people (GVariant *letter)
{
  const char *subject = ll_read_text (letter, "subject");
  g_autofree char *own = *subject != '\0' ? ll_bidi_isolate (subject) : g_strdup ("");

  return *own != '\0' ? ll_bidi_line (own) : g_strdup ("");
}

char *
ll_time_for_people (const char *time)
{
  g_autoptr (GDateTime) parsed = g_date_time_new_from_iso8601 (time, NULL);
  g_autoptr (GDateTime) local = parsed != NULL ? g_date_time_to_local (parsed) : NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  if (local == NULL)
    return g_strdup ("");
  if (g_date_time_get_year (local) == g_date_time_get_year (now)
      && g_date_time_get_day_of_year (local) == g_date_time_get_day_of_year (now))
    return g_date_time_format (local, "%H:%M");
  if (g_date_time_get_year (local) == g_date_time_get_year (now))
    /* Translators: a day of this year and its time, as strftime(3) knows them */
    return g_date_time_format (local, _ ("%e %b, %H:%M"));
  /* Translators: a day of another year, as strftime(3) knows it */
  return g_date_time_format (local, _ ("%e %b %Y"));
}

char *
ll_letter_dup_time (LlLetter *self)
{
  return ll_time_for_people (or_nothing (self->time));
}

static void
finalize (GObject *object)
{
  LlLetter *self = LL_LETTER (object);

  clear (self);
  g_free (self->id);
  G_OBJECT_CLASS (ll_letter_parent_class)->finalize (object);
}

static void
ll_letter_class_init (LlLetterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
ll_letter_init (LlLetter *self)
{
}
