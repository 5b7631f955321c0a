/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "tray/menu.h"

#include "api/decide.h"
#include "api/intl.h"
#include "api/read.h"
#include "api/text.h"

#include <libdbusmenu-glib/server.h>

/* What "for an hour" is. */
#define PAUSE_MINUTES 60

/* Letters under a head; none of it is seen while there are none. */
typedef struct
{
  DbusmenuMenuitem *line;
  DbusmenuMenuitem *head;
  GPtrArray *entries; /* of DbusmenuMenuitem, as they stand */
} Section;

struct _LlMenu
{
  LlDaemon *daemon;
  DbusmenuServer *server;
  const LlMenuTable *table;
  gpointer data;
  DbusmenuMenuitem *root;
  DbusmenuMenuitem *words;
  Section held;
  Section last;
  DbusmenuMenuitem *pause;
  DbusmenuMenuitem *resume;
};

/* -- entries ------------------------------------------------------------------------------ */

/* An underline would make the letter after it a key: addresses have them as they are. */
static char *
as_label (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "_", -1);

  return g_strjoinv ("__", parts);
}

static DbusmenuMenuitem *
entry_new (const char *text)
{
  DbusmenuMenuitem *item = dbusmenu_menuitem_new ();
  g_autofree char *label = as_label (text);

  dbusmenu_menuitem_property_set (item, DBUSMENU_MENUITEM_PROP_LABEL, label);
  return item;
}

static DbusmenuMenuitem *
add (DbusmenuMenuitem *to, const char *text)
{
  DbusmenuMenuitem *item = entry_new (text);

  dbusmenu_menuitem_child_append (to, item);
  g_object_unref (item); /* @to keeps it */
  return item;
}

static DbusmenuMenuitem *
add_line (DbusmenuMenuitem *to)
{
  DbusmenuMenuitem *item = dbusmenu_menuitem_new ();

  dbusmenu_menuitem_property_set (item, DBUSMENU_MENUITEM_PROP_TYPE, "separator");
  dbusmenu_menuitem_child_append (to, item);
  g_object_unref (item);
  return item;
}

static DbusmenuMenuitem *
add_words (DbusmenuMenuitem *to, const char *words)
{
  DbusmenuMenuitem *item = add (to, words);

  dbusmenu_menuitem_property_set_bool (item, DBUSMENU_MENUITEM_PROP_ENABLED, FALSE);
  return item;
}

static void
set_visible (DbusmenuMenuitem *item, gboolean visible)
{
  dbusmenu_menuitem_property_set_bool (item, DBUSMENU_MENUITEM_PROP_VISIBLE, visible);
}

/* What a click on an entry does about a letter. */
typedef struct
{
  LlMenu *menu;
  char *id;
  LlDecide decide;
} Click;

static void
click_free (gpointer data, GClosure *closure)
{
  Click *click = data;

  g_free (click->id);
  g_free (click);
}

static Click *
click_new (LlMenu *menu, const char *id, LlDecide decide)
{
  Click *click = g_new0 (Click, 1);

  click->menu = menu;
  click->id = g_strdup (id);
  click->decide = decide;
  return click;
}

static void
open_cb (DbusmenuMenuitem *item, guint time, Click *click)
{
  click->menu->table->open (click->id, click->menu->data);
}

static void
decide_cb (DbusmenuMenuitem *item, guint time, Click *click)
{
  ll_decide_do (click->menu->daemon, click->id, NULL, click->decide, NULL, NULL);
}

static void
on_click (DbusmenuMenuitem *item, gpointer callback, Click *click)
{
  g_signal_connect_data (item, DBUSMENU_MENUITEM_SIGNAL_ITEM_ACTIVATED, G_CALLBACK (callback),
                         click, click_free, 0);
}

/* -- letters --------------------------------------------------------------------------------- */

/* (transfer full) */
static char *
to_whom (GVariant *letter)
{
  g_autoptr (GVariant) recipients = ll_read_list (letter, "recipients");
  gsize n = g_variant_n_children (recipients);
  g_autoptr (GVariant) first = n > 0 ? g_variant_get_child_value (recipients, 0) : NULL;

  return ll_text_people (ll_read_text (first, "address"), n > 1 ? (guint) n - 1 : 0);
}

static DbusmenuMenuitem *
held_new (LlMenu *menu, GVariant *letter)
{
  const char *id = ll_read_text (letter, "id");
  g_autofree char *whom = to_whom (letter);
  DbusmenuMenuitem *entry = entry_new (whom);

  dbusmenu_menuitem_property_set (entry, DBUSMENU_MENUITEM_PROP_CHILD_DISPLAY,
                                  DBUSMENU_MENUITEM_CHILD_DISPLAY_SUBMENU);
  for (guint i = 0; i < LL_N_DECISIONS; i++)
    if (ll_decide_settles (letter, (LlDecide) i))
      on_click (add (entry, ll_decide_label ((LlDecide) i)), decide_cb,
                click_new (menu, id, (LlDecide) i));
  on_click (add (entry, _ ("Show it, and why")), open_cb, click_new (menu, id, LL_N_DECISIONS));
  return entry;
}

static DbusmenuMenuitem *
last_new (LlMenu *menu, GVariant *letter)
{
  g_autofree char *whom = to_whom (letter);
  g_autofree char *text = NULL;
  LlState state = LL_STATE_CHECKING;
  DbusmenuMenuitem *entry = NULL;

  (void) ll_state_from_name (ll_read_text (letter, "state"), &state);
  text = g_strdup_printf ("%s: %s", whom, ll_text_state (state));
  entry = entry_new (text);
  on_click (entry, open_cb, click_new (menu, ll_read_text (letter, "id"), LL_N_DECISIONS));
  return entry;
}

typedef DbusmenuMenuitem *(*EntryNew) (LlMenu *menu, GVariant *letter);

/* What an entry shows of @letter, and would do about it (transfer full). */
static char *
face_of (GVariant *letter)
{
  g_autofree char *whom = to_whom (letter);
  guint decisions = 0;

  for (guint i = 0; i < LL_N_DECISIONS; i++)
    if (ll_decide_settles (letter, (LlDecide) i))
      decisions |= 1u << i;
  return g_strdup_printf ("%s %s %u %s", ll_read_text (letter, "id"),
                          ll_read_text (letter, "state"), decisions, whom);
}

#define FACE "letterlock-face"

static DbusmenuMenuitem *
find_entry (GPtrArray *entries, const char *face)
{
  for (guint i = 0; i < entries->len; i++)
    if (g_str_equal (g_object_get_data (entries->pdata[i], FACE), face))
      return entries->pdata[i];
  return NULL;
}

/* The entries that @letters want: as it stands in @section, or new (transfer container). */
static GPtrArray *
wanted_entries (LlMenu *menu, Section *section, GVariant *letters, EntryNew new_entry)
{
  GPtrArray *wanted = g_ptr_array_new_with_free_func (g_object_unref);
  gsize n = letters != NULL ? g_variant_n_children (letters) : 0;

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) letter = g_variant_get_child_value (letters, i);
      g_autofree char *face = face_of (letter);
      DbusmenuMenuitem *entry = find_entry (section->entries, face);

      if (entry != NULL)
        g_object_ref (entry);
      else
        entry = new_entry (menu, letter);
      g_object_set_data_full (G_OBJECT (entry), FACE, g_steal_pointer (&face), g_free);
      g_ptr_array_add (wanted, entry);
    }
  return wanted;
}

/* Entries that stay keep their numbers: who has the menu open clicks on what he sees. */
static void
show_letters (LlMenu *menu, Section *section, GVariant *letters, EntryNew new_entry)
{
  g_autoptr (GPtrArray) wanted = wanted_entries (menu, section, letters, new_entry);
  guint position = 0;

  for (guint i = 0; i < section->entries->len; i++)
    if (!g_ptr_array_find (wanted, section->entries->pdata[i], NULL))
      dbusmenu_menuitem_child_delete (menu->root, section->entries->pdata[i]);
  position = dbusmenu_menuitem_get_position (section->head, menu->root) + 1;
  for (guint i = 0; i < wanted->len; i++, position++)
    if (!g_ptr_array_find (section->entries, wanted->pdata[i], NULL))
      dbusmenu_menuitem_child_add_position (menu->root, wanted->pdata[i], position);
    else if (dbusmenu_menuitem_get_position (wanted->pdata[i], menu->root) != position)
      dbusmenu_menuitem_child_reorder (menu->root, wanted->pdata[i], position);
  set_visible (section->line, wanted->len > 0);
  set_visible (section->head, wanted->len > 0);
  g_ptr_array_unref (section->entries);
  section->entries = g_steal_pointer (&wanted);
}

static void
add_section (LlMenu *menu, Section *section, const char *head)
{
  section->line = add_line (menu->root);
  section->head = add_words (menu->root, head);
  section->entries = g_ptr_array_new_with_free_func (g_object_unref);
}

/* -- the rest --------------------------------------------------------------------------------- */

static void
pause_cb (DbusmenuMenuitem *item, guint time, LlMenu *menu)
{
  ll_daemon_call (menu->daemon, "PauseFor", g_variant_new ("(u)", PAUSE_MINUTES), NULL, NULL, NULL);
}

static void
resume_cb (DbusmenuMenuitem *item, guint time, LlMenu *menu)
{
  ll_daemon_call (menu->daemon, "Resume", NULL, NULL, NULL, NULL);
}

static void
window_cb (DbusmenuMenuitem *item, guint time, LlMenu *menu)
{
  menu->table->open (NULL, menu->data);
}

static void
quit_cb (DbusmenuMenuitem *item, guint time, LlMenu *menu)
{
  menu->table->quit (menu->data);
}

static DbusmenuMenuitem *
add_entry (LlMenu *menu, const char *label, gpointer callback)
{
  DbusmenuMenuitem *item = add (menu->root, label);

  g_signal_connect (item, DBUSMENU_MENUITEM_SIGNAL_ITEM_ACTIVATED, G_CALLBACK (callback), menu);
  return item;
}

void
ll_menu_show (LlMenu *menu, const char *words, GVariant *held, GVariant *last)
{
  g_autofree char *label = as_label (words);
  gboolean connected = ll_daemon_is_connected (menu->daemon);
  gboolean paused = ll_read_flag (ll_daemon_get_state (menu->daemon), "paused");

  dbusmenu_menuitem_property_set (menu->words, DBUSMENU_MENUITEM_PROP_LABEL, label);
  show_letters (menu, &menu->held, held, held_new);
  show_letters (menu, &menu->last, last, last_new);
  set_visible (menu->pause, connected && !paused);
  set_visible (menu->resume, connected && paused);
}

static void
build (LlMenu *menu)
{
  menu->root = dbusmenu_menuitem_new ();
  menu->words = add_words (menu->root, "");
  add_section (menu, &menu->held, _ ("For you to decide"));
  add_section (menu, &menu->last, _ ("Last letters"));
  add_line (menu->root);
  menu->pause = add_entry (menu, _ ("Pause for an hour"), pause_cb);
  menu->resume = add_entry (menu, _ ("Go on"), resume_cb);
  add_entry (menu, _ ("Open Letterlock"), window_cb);
  add_entry (menu, _ ("Hide this icon"), quit_cb);
}

LlMenu *
ll_menu_new (LlDaemon *daemon, const LlMenuTable *table, gpointer data)
{
  LlMenu *menu = g_new0 (LlMenu, 1);

  menu->daemon = g_object_ref (daemon);
  menu->server = dbusmenu_server_new (LL_MENU_PATH);
  menu->table = table;
  menu->data = data;
  build (menu);
  ll_menu_show (menu, "", NULL, NULL);
  dbusmenu_server_set_root (menu->server, menu->root);
  return menu;
}

void
ll_menu_free (LlMenu *menu)
{
  if (menu == NULL)
    return;
  g_object_unref (menu->server);
  g_ptr_array_unref (menu->held.entries);
  g_ptr_array_unref (menu->last.entries);
  g_object_unref (menu->root);
  g_object_unref (menu->daemon);
  g_free (menu);
}
