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

struct _LlMenu
{
  LlDaemon *daemon;
  DbusmenuServer *server;
  const LlMenuTable *table;
  gpointer data;
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
add (DbusmenuMenuitem *to, const char *text)
{
  DbusmenuMenuitem *item = dbusmenu_menuitem_new ();
  g_autofree char *label = as_label (text);

  dbusmenu_menuitem_property_set (item, DBUSMENU_MENUITEM_PROP_LABEL, label);
  dbusmenu_menuitem_child_append (to, item);
  g_object_unref (item); /* @to keeps it */
  return item;
}

static void
add_line (DbusmenuMenuitem *to)
{
  DbusmenuMenuitem *item = dbusmenu_menuitem_new ();

  dbusmenu_menuitem_property_set (item, DBUSMENU_MENUITEM_PROP_TYPE, "separator");
  dbusmenu_menuitem_child_append (to, item);
  g_object_unref (item);
}

static void
add_words (DbusmenuMenuitem *to, const char *words)
{
  dbusmenu_menuitem_property_set_bool (add (to, words), DBUSMENU_MENUITEM_PROP_ENABLED, FALSE);
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

/* "eve@plain.lab and 2 more" (transfer full) */
static char *
to_whom (GVariant *letter)
{
  g_autoptr (GVariant) recipients = ll_read_list (letter, "recipients");
  gsize n = g_variant_n_children (recipients);
  g_autoptr (GVariant) first = n > 0 ? g_variant_get_child_value (recipients, 0) : NULL;

  if (n > 1)
    return g_strdup_printf (_ ("%s and %d more"), ll_read_text (first, "address"), (int) n - 1);
  return g_strdup (ll_read_text (first, "address"));
}

static void
add_held (LlMenu *menu, DbusmenuMenuitem *to, GVariant *letter)
{
  const char *id = ll_read_text (letter, "id");
  g_autofree char *whom = to_whom (letter);
  DbusmenuMenuitem *entry = add (to, whom);

  dbusmenu_menuitem_property_set (entry, DBUSMENU_MENUITEM_PROP_CHILD_DISPLAY,
                                  DBUSMENU_MENUITEM_CHILD_DISPLAY_SUBMENU);
  for (guint i = 0; i < LL_N_DECISIONS; i++)
    if (ll_decide_settles (letter, (LlDecide) i))
      on_click (add (entry, ll_decide_label ((LlDecide) i)), decide_cb,
                click_new (menu, id, (LlDecide) i));
  on_click (add (entry, _ ("Show it, and why")), open_cb, click_new (menu, id, LL_N_DECISIONS));
}

static void
add_last (LlMenu *menu, DbusmenuMenuitem *to, GVariant *letter)
{
  g_autofree char *whom = to_whom (letter);
  g_autofree char *text = NULL;
  LlState state = LL_STATE_CHECKING;

  (void) ll_state_from_name (ll_read_text (letter, "state"), &state);
  text = g_strdup_printf ("%s: %s", whom, ll_text_state (state));
  on_click (add (to, text), open_cb, click_new (menu, ll_read_text (letter, "id"), LL_N_DECISIONS));
}

static void
add_letters (LlMenu *menu,
             DbusmenuMenuitem *to,
             const char *head,
             GVariant *letters,
             void (*add_one) (LlMenu *, DbusmenuMenuitem *, GVariant *))
{
  if (letters == NULL || g_variant_n_children (letters) == 0)
    return;
  add_line (to);
  add_words (to, head);
  for (gsize i = 0; i < g_variant_n_children (letters); i++)
    {
      g_autoptr (GVariant) letter = g_variant_get_child_value (letters, i);

      add_one (menu, to, letter);
    }
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

static void
add_entry (LlMenu *menu, DbusmenuMenuitem *to, const char *label, gpointer callback)
{
  g_signal_connect (add (to, label), DBUSMENU_MENUITEM_SIGNAL_ITEM_ACTIVATED, G_CALLBACK (callback),
                    menu);
}

void
ll_menu_show (LlMenu *menu, const char *words, GVariant *held, GVariant *last)
{
  DbusmenuMenuitem *root = dbusmenu_menuitem_new ();
  gboolean paused = ll_read_flag (ll_daemon_get_state (menu->daemon), "paused");

  add_words (root, words);
  add_letters (menu, root, _ ("For you to decide"), held, add_held);
  add_letters (menu, root, _ ("Last letters"), last, add_last);
  add_line (root);
  if (ll_daemon_is_connected (menu->daemon))
    add_entry (menu, root, paused ? _ ("Go on") : _ ("Pause for an hour"),
               paused ? (gpointer) resume_cb : (gpointer) pause_cb);
  add_entry (menu, root, _ ("Open Letterlock"), window_cb);
  add_entry (menu, root, _ ("Hide this icon"), quit_cb);
  dbusmenu_server_set_root (menu->server, root);
  g_object_unref (root);
}

LlMenu *
ll_menu_new (LlDaemon *daemon, const LlMenuTable *table, gpointer data)
{
  LlMenu *menu = g_new0 (LlMenu, 1);

  menu->daemon = g_object_ref (daemon);
  menu->server = dbusmenu_server_new (LL_MENU_PATH);
  menu->table = table;
  menu->data = data;
  return menu;
}

void
ll_menu_free (LlMenu *menu)
{
  if (menu == NULL)
    return;
  g_object_unref (menu->server);
  g_object_unref (menu->daemon);
  g_free (menu);
}
