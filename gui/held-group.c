/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/held-group.h"

#include "api/intl.h"
#include "api/read.h"
#include "api/sentence.h"
#include "gui/decision.h"
#include "gui/held-row.h"
#include "gui/remember.h"
#include "gui/toast.h"

/* Of a mailing to hundreds the first ones tell what it is. */
#define ROWS 20

struct _LlHeldGroup
{
  AdwPreferencesGroup parent_instance;

  GtkListBox *list;
  GtkLabel *more;
  GtkWidget *remember_list;
  AdwPreferencesRow *remember_row;
  GtkSwitch *remember;
  GtkLabel *all;
  GtkBox *buttons;

  LlDaemon *daemon;
  char *domain;
  char *key;
  GPtrArray *letters; /* of GVariant */
  guint offered;      /* bits of LlDecide */
  char *shown;        /* what could be decided of them, to leave alone what did not change */
};

G_DEFINE_FINAL_TYPE (LlHeldGroup, ll_held_group, ADW_TYPE_PREFERENCES_GROUP)

char *
ll_held_group_key (GVariant *recipient)
{
  const char *state = ll_read_text (recipient, "state");
  g_autofree char *reason = g_strdup (ll_read_text (recipient, "reason"));

  if (!g_str_equal (state, "held") && !g_str_equal (state, "uncertain"))
    return NULL;
  /* when it was seen, and at how many servers, makes no other reason */
  g_strdelimit (reason, "0123456789", '#');
  return g_strjoin ("\n", state, ll_read_text (recipient, "domain"), reason, NULL);
}

/* Those of @letter that belong here. (transfer full, of GVariant) */
static GPtrArray *
recipients_of (LlHeldGroup *self, GVariant *letter)
{
  g_autoptr (GVariant) recipients = ll_read_list (letter, "recipients");
  GPtrArray *ours = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);

  for (gsize i = 0; i < g_variant_n_children (recipients); i++)
    {
      g_autoptr (GVariant) recipient = g_variant_get_child_value (recipients, i);
      g_autofree char *key = ll_held_group_key (recipient);

      if (g_strcmp0 (key, self->key) == 0)
        g_ptr_array_add (ours, g_steal_pointer (&recipient));
    }
  return ours;
}

/* -- all of them ------------------------------------------------------------------------------ */

static void
decided_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlHeldGroup) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);

  if (reply == NULL)
    ll_toast (GTK_WIDGET (self), error->message);
}

static void
decide_all (LlHeldGroup *self, LlDecide decide)
{
  for (guint i = 0; i < self->letters->len; i++)
    {
      GVariant *letter = g_ptr_array_index (self->letters, i);
      g_autoptr (GPtrArray) recipients = recipients_of (self, letter);
      g_autoptr (GStrvBuilder) addresses = g_strv_builder_new ();
      g_auto (GStrv) strings = NULL;

      for (guint j = 0; j < recipients->len; j++)
        if (ll_decide_fits (g_ptr_array_index (recipients, j), decide))
          g_strv_builder_add (addresses,
                              ll_read_text (g_ptr_array_index (recipients, j), "address"));
      strings = g_strv_builder_end (addresses);
      if (strings[0] != NULL)
        ll_decide_do (self->daemon, ll_read_text (letter, "id"), (const char *const *) strings,
                      decide, decided_cb, g_object_ref (self));
    }
}

typedef struct
{
  LlHeldGroup *group;
  LlDecide decide;
} Remembered;

/* What cannot be remembered is not done either: both were asked for. */
static void
remembered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Remembered *remembered = data;
  g_autoptr (LlHeldGroup) self = remembered->group;
  g_autoptr (GError) error = NULL;

  gtk_widget_set_sensitive (GTK_WIDGET (self->buttons), TRUE);
  if (!ll_remember_finish (result, &error))
    ll_toast (GTK_WIDGET (self), error->message);
  else
    decide_all (self, remembered->decide);
}

/* Whether a rule would do it without asking. What is broken is held whatever the rule, so that not
 * sending it can be remembered only where sending it could be. */
static gboolean
can_remember (LlHeldGroup *self, LlDecide decide)
{
  return ll_remember_can (decide)
         && (decide != LL_DECIDE_DROP || (self->offered & (1u << LL_DECIDE_ANYWAY)) != 0);
}

static void
all_cb (LlDecide decide, GtkWidget *button, gpointer data)
{
  LlHeldGroup *self = data;
  Remembered *remembered;

  if (!can_remember (self, decide) || !gtk_switch_get_active (self->remember))
    {
      decide_all (self, decide);
      return;
    }
  gtk_widget_set_sensitive (GTK_WIDGET (self->buttons), FALSE);
  remembered = g_new0 (Remembered, 1);
  remembered->group = g_object_ref (self);
  remembered->decide = decide;
  ll_remember (self->daemon, self->domain, decide, remembered_cb, remembered);
}

/* -- what is there --------------------------------------------------------------------------- */

/* Whom a row is about. */
typedef struct
{
  GVariant *letter;
  GVariant *recipient;
} Whom;

static void
whom_clear (gpointer data)
{
  Whom *whom = data;

  g_variant_unref (whom->letter);
  g_variant_unref (whom->recipient);
}

/* All that wait in the group, in their order. (transfer full, of Whom) */
static GArray *
all_of (LlHeldGroup *self)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (Whom));

  g_array_set_clear_func (all, whom_clear);
  for (guint i = 0; i < self->letters->len; i++)
    {
      GVariant *letter = g_ptr_array_index (self->letters, i);
      g_autoptr (GPtrArray) recipients = recipients_of (self, letter);

      for (guint j = 0; j < recipients->len; j++)
        {
          GVariant *recipient = g_ptr_array_index (recipients, j);
          Whom whom = { g_variant_ref (letter), g_variant_ref (recipient) };

          g_array_append_val (all, whom);
        }
    }
  return all;
}

static gboolean
is_wanted (LlHeldRow *row, const GArray *wanted, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      const Whom *whom = &g_array_index (wanted, Whom, i);

      if (ll_held_row_is_of (row, whom->letter, whom->recipient))
        return TRUE;
    }
  return FALSE;
}

/* Rows that stay are the same ones: open, and with the keyboard where it was. */
static void
show_rows (LlHeldGroup *self, const GArray *wanted)
{
  guint n = MIN (wanted->len, ROWS);
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL;)
    if (is_wanted (LL_HELD_ROW (row), wanted, n))
      i++;
    else
      gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; i < n; i++)
    {
      const Whom *whom = &g_array_index (wanted, Whom, i);

      row = gtk_list_box_get_row_at_index (self->list, (int) i);
      if (row == NULL || !ll_held_row_is_of (LL_HELD_ROW (row), whom->letter, whom->recipient))
        gtk_list_box_insert (self->list,
                             ll_held_row_new (self->daemon, whom->letter, whom->recipient),
                             (int) i);
    }
}

/* They are new with every change: the answer to a question about those before is none about these.
 */
static void
show_buttons (LlHeldGroup *self, guint n)
{
  GtkWidget *before = gtk_widget_get_first_child (GTK_WIDGET (self->buttons));
  GtkWidget *box = ll_decision_box_new (self->offered, all_cb, self, NULL);
  g_autofree char *all = g_strdup_printf (ngettext ("For this letter:", "For all %u:", n), n);
  gboolean any = FALSE;

  for (LlDecide decide = 0; decide < LL_N_DECISIONS; decide++)
    any |= (self->offered & (1u << decide)) != 0 && can_remember (self, decide);
  gtk_box_append (self->buttons, box);
  if (before != NULL)
    {
      ll_decision_box_take_keyboard (box, before);
      gtk_box_remove (self->buttons, before);
    }
  gtk_label_set_text (self->all, all);
  gtk_widget_set_visible (self->remember_list, any);
}

/* Who is decided about, and what can be. */
static char *
summary_of (const GArray *all)
{
  g_autoptr (GString) summary = g_string_new (NULL);

  for (guint i = 0; i < all->len; i++)
    {
      const Whom *whom = &g_array_index (all, Whom, i);

      g_string_append_printf (summary, "%s %s %x %s\n", ll_read_text (whom->letter, "id"),
                              ll_read_text (whom->recipient, "address"),
                              ll_decide_offered (whom->recipient),
                              ll_read_text (whom->letter, "subject"));
    }
  return g_string_free (g_steal_pointer (&summary), FALSE);
}

void
ll_held_group_show (LlHeldGroup *self, GPtrArray *letters)
{
  g_autoptr (GArray) all = NULL;
  g_autofree char *summary = NULL;
  g_autofree char *more = NULL;

  g_ptr_array_unref (self->letters);
  self->letters = g_ptr_array_ref (letters);
  all = all_of (self);
  summary = summary_of (all);
  if (g_strcmp0 (summary, self->shown) == 0)
    return;
  g_free (self->shown);
  self->shown = g_steal_pointer (&summary);
  self->offered = 0;
  for (guint i = 0; i < all->len; i++)
    self->offered |= ll_decide_offered (g_array_index (all, Whom, i).recipient);
  show_rows (self, all);
  /* Translators: after the first letters of many: how many more there are */
  more = g_strdup_printf (_ ("and %u more"), all->len > ROWS ? all->len - ROWS : 0);
  gtk_label_set_text (self->more, more);
  gtk_widget_set_visible (GTK_WIDGET (self->more), all->len > ROWS);
  show_buttons (self, all->len);
}

/* -- class ----------------------------------------------------------------------------------- */

static void
dispose (GObject *object)
{
  LlHeldGroup *self = LL_HELD_GROUP (object);

  g_clear_object (&self->daemon);
  G_OBJECT_CLASS (ll_held_group_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  LlHeldGroup *self = LL_HELD_GROUP (object);

  g_ptr_array_unref (self->letters);
  g_free (self->domain);
  g_free (self->key);
  g_free (self->shown);
  G_OBJECT_CLASS (ll_held_group_parent_class)->finalize (object);
}

static void
ll_held_group_class_init (LlHeldGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  G_OBJECT_CLASS (klass)->finalize = finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/held-group.ui");
  gtk_widget_class_bind_template_child (widget_class, LlHeldGroup, list);
  gtk_widget_class_bind_template_child (widget_class, LlHeldGroup, more);
  gtk_widget_class_bind_template_child (widget_class, LlHeldGroup, remember);
  gtk_widget_class_bind_template_child (widget_class, LlHeldGroup, remember_row);
  gtk_widget_class_bind_template_child (widget_class, LlHeldGroup, remember_list);
  gtk_widget_class_bind_template_child (widget_class, LlHeldGroup, all);
  gtk_widget_class_bind_template_child (widget_class, LlHeldGroup, buttons);
}

static void
ll_held_group_init (LlHeldGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->letters = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
}

GtkWidget *
ll_held_group_new (LlDaemon *daemon, GVariant *first)
{
  LlHeldGroup *self = g_object_new (LL_TYPE_HELD_GROUP, NULL);
  g_autofree char *remember = NULL;
  g_autofree char *sentence = ll_sentence_read (first, "reason");
  g_autofree char *reason = g_markup_escape_text (sentence, -1);
  g_autofree char *title = NULL;

  self->daemon = g_object_ref (daemon);
  self->domain = g_strdup (ll_read_text (first, "domain"));
  self->key = ll_held_group_key (first);
  title = g_markup_escape_text (self->domain, -1);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), title);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self), reason);
  /* Translators: %s is a domain */
  remember = g_strdup_printf (_ ("From now on the same for %s"), self->domain);
  adw_preferences_row_set_title (self->remember_row, remember);
  return GTK_WIDGET (self);
}
