/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "tray/item.h"

#define PATH "/StatusNotifierItem"
#define INTERFACE "org.kde.StatusNotifierItem"
#define WATCHER "org.kde.StatusNotifierWatcher"

struct _LlItem
{
  GDBusConnection *bus;
  guint object;
  guint watch;
  char *menu_path;
  char *icon;
  char *words;
  gboolean attention;
  LlItemActivate activate;
  gpointer data;
};

/* The parts of the interface that panels of today ask for. */
static const char description[]
    = "<node><interface name='org.kde.StatusNotifierItem'>"
      "<property name='Category' type='s' access='read'/>"
      "<property name='Id' type='s' access='read'/>"
      "<property name='Title' type='s' access='read'/>"
      "<property name='Status' type='s' access='read'/>"
      "<property name='WindowId' type='i' access='read'/>"
      "<property name='IconName' type='s' access='read'/>"
      "<property name='AttentionIconName' type='s' access='read'/>"
      "<property name='IconThemePath' type='s' access='read'/>"
      "<property name='IconAccessibleDesc' type='s' access='read'/>"
      "<property name='AttentionAccessibleDesc' type='s' access='read'/>"
      "<property name='ToolTip' type='(sa(iiay)ss)' access='read'/>"
      "<property name='ItemIsMenu' type='b' access='read'/>"
      "<property name='Menu' type='o' access='read'/>"
      "<method name='ContextMenu'><arg type='i'/><arg type='i'/></method>"
      "<method name='Activate'><arg type='i'/><arg type='i'/></method>"
      "<method name='SecondaryActivate'><arg type='i'/><arg type='i'/></method>"
      "<method name='Scroll'><arg type='i'/><arg type='s'/></method>"
      "<signal name='NewTitle'/><signal name='NewIcon'/><signal name='NewAttentionIcon'/>"
      "<signal name='NewToolTip'/><signal name='NewStatus'><arg type='s'/></signal>"
      "</interface></node>";

static const char *
status_of (const LlItem *item)
{
  return item->attention ? "NeedsAttention" : "Active";
}

static GVariant *
get_property (GDBusConnection *bus,
              const char *sender,
              const char *path,
              const char *interface,
              const char *name,
              GError **error,
              gpointer data)
{
  const LlItem *item = data;

  if (g_str_equal (name, "Category"))
    return g_variant_new_string ("Communications");
  if (g_str_equal (name, "Id"))
    return g_variant_new_string ("letterlock");
  if (g_str_equal (name, "Title"))
    return g_variant_new_string ("Letterlock");
  if (g_str_equal (name, "Status"))
    return g_variant_new_string (status_of (item));
  if (g_str_equal (name, "WindowId"))
    return g_variant_new_int32 (0);
  if (g_str_equal (name, "IconName") || g_str_equal (name, "AttentionIconName"))
    return g_variant_new_string (item->icon);
  if (g_str_equal (name, "IconThemePath"))
    return g_variant_new_string ("");
  if (g_str_has_suffix (name, "AccessibleDesc"))
    return g_variant_new_string (item->words);
  if (g_str_equal (name, "ToolTip"))
    return g_variant_new ("(s@a(iiay)ss)", item->icon,
                          g_variant_new_array (G_VARIANT_TYPE ("(iiay)"), NULL, 0), "Letterlock",
                          item->words);
  if (g_str_equal (name, "ItemIsMenu"))
    return g_variant_new_boolean (FALSE);
  return g_variant_new_object_path (item->menu_path); /* Menu: the last of those above */
}

static void
call (GDBusConnection *bus,
      const char *sender,
      const char *path,
      const char *interface,
      const char *method,
      GVariant *parameters,
      GDBusMethodInvocation *invocation,
      gpointer data)
{
  LlItem *item = data;

  /* the menu itself is the panel's to show; turning the wheel over it means nothing */
  if (g_str_equal (method, "Activate") || g_str_equal (method, "SecondaryActivate"))
    item->activate (item->data);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
registered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    g_message ("the panel does not take the icon: %s", error->message);
}

static void
watcher_came_cb (GDBusConnection *bus, const char *name, const char *owner, gpointer data)
{
  g_dbus_connection_call (bus, WATCHER, "/StatusNotifierWatcher", WATCHER,
                          "RegisterStatusNotifierItem",
                          g_variant_new ("(s)", g_dbus_connection_get_unique_name (bus)), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, registered_cb, NULL);
}

LlItem *
ll_item_new (GDBusConnection *bus, const char *menu_path, LlItemActivate activate, gpointer data)
{
  static const GDBusInterfaceVTable table = { .method_call = call, .get_property = get_property };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (description, NULL);
  LlItem *item = g_new0 (LlItem, 1);

  item->bus = g_object_ref (bus);
  item->menu_path = g_strdup (menu_path);
  item->icon = g_strdup ("letterlock-offline-symbolic");
  item->words = g_strdup ("");
  item->activate = activate;
  item->data = data;
  item->object = g_dbus_connection_register_object (bus, PATH, node->interfaces[0], &table, item,
                                                    NULL, NULL);
  item->watch = g_bus_watch_name_on_connection (bus, WATCHER, G_BUS_NAME_WATCHER_FLAGS_AUTO_START,
                                                watcher_came_cb, NULL, item, NULL);
  return item;
}

static void
tell (LlItem *item, const char *signal, GVariant *arguments)
{
  g_dbus_connection_emit_signal (item->bus, NULL, PATH, INTERFACE, signal, arguments, NULL);
}

void
ll_item_show (LlItem *item, const char *icon, gboolean attention, const char *words)
{
  if (!g_str_equal (item->icon, icon))
    {
      g_free (item->icon);
      item->icon = g_strdup (icon);
      tell (item, "NewIcon", NULL);
      tell (item, "NewAttentionIcon", NULL);
    }
  if (!g_str_equal (item->words, words))
    {
      g_free (item->words);
      item->words = g_strdup (words);
      tell (item, "NewToolTip", NULL);
      tell (item, "NewTitle", NULL); /* some panels read the tooltip anew only then */
    }
  if (item->attention != attention)
    {
      item->attention = attention;
      tell (item, "NewStatus", g_variant_new ("(s)", status_of (item)));
    }
}

void
ll_item_free (LlItem *item)
{
  if (item == NULL)
    return;
  g_bus_unwatch_name (item->watch);
  g_dbus_connection_unregister_object (item->bus, item->object);
  g_object_unref (item->bus);
  g_free (item->menu_path);
  g_free (item->icon);
  g_free (item->words);
  g_free (item);
}
