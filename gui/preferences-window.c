/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/preferences-window.h"

#include "api/intl.h"
#include "api/read.h"
#include "gui/autostart-row.h"

/* The most that a setting offers. */
#define CHOICES 5

typedef struct
{
  const char *key; /* as of GetConfig */
  const char *title;
  struct
  {
    const char *value;
    const char *words;
  } choices[CHOICES];
} Setting;

static const Setting policy[] = {
  { "policy.preset",
    N_ ("When the way is open"),
    { { "everyday", N_ ("Everyday: send it, and say so") },
      { "careful", N_ ("Careful: lock it, or ask me") },
      { "confidential", N_ ("Confidential: only verified ways") },
      { "regulated", N_ ("Regulated: only what is assured") } } },
  { "policy.fallback",
    N_ ("How letters are locked"),
    { { "pgp;smime;escrow", N_ ("PGP first, then S/MIME") },
      { "smime;pgp;escrow", N_ ("S/MIME first, then PGP") },
      { "pgp", N_ ("Only with PGP") },
      { "smime", N_ ("Only with S/MIME") } } },
};

static const Setting record[] = {
  { "record.retention",
    N_ ("Remember what was done with letters"),
    { { "30d", N_ ("For a month") },
      { "90d", N_ ("For three months") },
      { "365d", N_ ("For a year") },
      { "0", N_ ("For ever") } } },
  { "record.originals",
    N_ ("Keep what I wrote in locked letters"),
    { { "30d", N_ ("For a month") },
      { "90d", N_ ("For three months") },
      { "365d", N_ ("For a year") },
      { "none", N_ ("Not at all") } } },
  { "record.subjects",
    N_ ("Keep subjects, encrypted"),
    { { "false", N_ ("No: those that were kept are erased") },
      { "true", N_ ("Yes: you see them while your keyring is open") } } },
};

static const Setting notices[] = {
  { "notices.sent",
    N_ ("When a letter was sent"),
    { { "false", N_ ("Say nothing: all went well") },
      { "true", N_ ("Tell me with a notification") } } },
};

struct _LlPreferencesWindow
{
  AdwPreferencesWindow parent_instance;

  LlDaemon *daemon;
  GHashTable *rows;  /* key -> AdwComboRow, not owned */
  gboolean is_shown; /* what the daemon has; from then on a change is the user's */
};

G_DEFINE_FINAL_TYPE (LlPreferencesWindow, ll_preferences_window, ADW_TYPE_PREFERENCES_WINDOW)

static void ask (LlPreferencesWindow *self);

/* -- changing one -------------------------------------------------------------------- */

static void
set_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlPreferencesWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, &error);
  g_autofree char *escaped = error != NULL ? g_markup_escape_text (error->message, -1) : NULL;

  if (reply == NULL)
    {
      adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (self), adw_toast_new (escaped));
      ask (self); /* what counts is shown again */
    }
}

static void
selected_cb (AdwComboRow *row, GParamSpec *spec, LlPreferencesWindow *self)
{
  const Setting *setting = g_object_get_data (G_OBJECT (row), "setting");
  guint chosen = adw_combo_row_get_selected (row);

  if (self->is_shown && chosen < CHOICES && setting->choices[chosen].value != NULL)
    ll_daemon_call (self->daemon, "SetConfig",
                    g_variant_new ("(ss)", setting->key, setting->choices[chosen].value), NULL,
                    set_cb, g_object_ref (self));
}

/* -- showing what counts ------------------------------------------------------------- */

/* A value that is none of the choices stands behind them, as it is in the file. */
static void
show_value (AdwComboRow *row, const char *value)
{
  const Setting *setting = g_object_get_data (G_OBJECT (row), "setting");
  GtkStringList *model = GTK_STRING_LIST (adw_combo_row_get_model (row));
  guint n = 0;

  for (; n < CHOICES && setting->choices[n].value != NULL; n++)
    if (g_str_equal (setting->choices[n].value, value))
      {
        adw_combo_row_set_selected (row, n);
        return;
      }
  while (g_list_model_get_n_items (G_LIST_MODEL (model)) > n)
    gtk_string_list_remove (model, n);
  gtk_string_list_append (model, value);
  adw_combo_row_set_selected (row, n);
}

static void
say_locked (AdwComboRow *row)
{
  const Setting *setting = g_object_get_data (G_OBJECT (row), "setting");
  /* Translators: %s is the title of a setting */
  g_autofree char *title
      = g_strdup_printf (_ ("%s (fixed by your administrator)"), _ (setting->title));

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LlPreferencesWindow) self = data;
  g_autoptr (GVariant) reply = ll_daemon_call_finish (LL_DAEMON (source), result, NULL);
  g_autoptr (GVariant) options = NULL;

  if (reply == NULL)
    return; /* the window says that nobody answers */
  options = g_variant_get_child_value (reply, 0);
  self->is_shown = FALSE;
  for (gsize i = 0; i < g_variant_n_children (options); i++)
    {
      g_autoptr (GVariant) option = g_variant_get_child_value (options, i);
      AdwComboRow *row = g_hash_table_lookup (self->rows, ll_read_text (option, "key"));
      gboolean is_locked = ll_read_flag (option, "locked");

      if (row == NULL)
        continue;
      show_value (row, ll_read_text (option, "value"));
      gtk_widget_set_sensitive (GTK_WIDGET (row), !is_locked);
      if (is_locked)
        say_locked (row);
    }
  self->is_shown = TRUE;
}

static void
ask (LlPreferencesWindow *self)
{
  ll_daemon_call (self->daemon, "ListConfig", NULL, NULL, listed_cb, g_object_ref (self));
}

/* -- class --------------------------------------------------------------------------- */

static GtkWidget *
row_new (LlPreferencesWindow *self, const Setting *setting)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GtkStringList) model = gtk_string_list_new (NULL);

  for (guint i = 0; i < CHOICES && setting->choices[i].value != NULL; i++)
    gtk_string_list_append (model, _ (setting->choices[i].words));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (setting->title));
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (model));
  adw_combo_row_set_use_subtitle (ADW_COMBO_ROW (row), TRUE); /* at the end it would be cut off */
  gtk_widget_set_sensitive (row, FALSE);                      /* until it is known what counts */
  g_object_set_data (G_OBJECT (row), "setting", (gpointer) setting);
  g_signal_connect (row, "notify::selected", G_CALLBACK (selected_cb), self);
  g_hash_table_insert (self->rows, (gpointer) setting->key, row);
  return row;
}

static AdwPreferencesGroup *
group_new (LlPreferencesWindow *self, const char *title, const Setting *settings, guint n)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

  adw_preferences_group_set_title (group, title);
  for (guint i = 0; i < n; i++)
    adw_preferences_group_add (group, row_new (self, &settings[i]));
  return group;
}

static void
dispose (GObject *object)
{
  g_clear_object (&LL_PREFERENCES_WINDOW (object)->daemon);
  G_OBJECT_CLASS (ll_preferences_window_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_hash_table_unref (LL_PREFERENCES_WINDOW (object)->rows);
  G_OBJECT_CLASS (ll_preferences_window_parent_class)->finalize (object);
}

static void
ll_preferences_window_class_init (LlPreferencesWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dispose;
  G_OBJECT_CLASS (klass)->finalize = finalize;
}

static void
ll_preferences_window_init (LlPreferencesWindow *self)
{
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (adw_preferences_page_new ());
  AdwPreferencesGroup *desktop;

  self->rows = g_hash_table_new (g_str_hash, g_str_equal);
  adw_preferences_page_add (page, group_new (self, _ ("Letters"), policy, G_N_ELEMENTS (policy)));
  adw_preferences_page_add (page, group_new (self, _ ("What is kept on this computer"), record,
                                             G_N_ELEMENTS (record)));
  desktop = group_new (self, _ ("Icon and notifications"), notices, G_N_ELEMENTS (notices));
  adw_preferences_group_add (desktop, ll_autostart_row_new ());
  adw_preferences_page_add (page, desktop);
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (self), page);
}

GtkWindow *
ll_preferences_window_new (GtkWindow *parent, LlDaemon *daemon)
{
  LlPreferencesWindow *self
      = g_object_new (LL_TYPE_PREFERENCES_WINDOW, "transient-for", parent, "modal", TRUE,
                      "search-enabled", FALSE, "default-width", 560, "default-height", 680, NULL);

  self->daemon = g_object_ref (daemon);
  ask (self);
  return GTK_WINDOW (self);
}
