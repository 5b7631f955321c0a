/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/provider-page.h"

#include "api/intl.h"
#include "api/read.h"
#include "gui/list.h"
#include "gui/provider-words.h"
#include "gui/typed.h"

#include <string.h>

struct _LlProviderPage
{
  AdwBin parent_instance;

  AdwPreferencesGroup *found;
  GtkListBox *servers;
  GtkWidget *by_hand;
  GtkEditable *server;
  AdwComboRow *security;
  GtkWidget *sign_in;
  AdwComboRow *way;
  GtkEditable *username;
  GtkEditable *password;
  AdwActionRow *app_password;
  AdwPreferencesGroup *permission;
  GtkEditable *client_id;
  GtkEditable *client_secret;
  GtkEditable *tenant;
  GtkEditable *authorization_url;
  GtkEditable *token_url;
  GtkEditable *device_url;
  GtkEditable *scope;
  GtkWidget *device_row;
  GtkSwitch *device;

  char *address;
  GVariant *offered; /* aa{sv}, as FindProvider has them */
  GVariant *chosen;  /* one of them, or NULL */
  gboolean is_other; /* the user names another one */
};

G_DEFINE_FINAL_TYPE (LlProviderPage, ll_provider_page, ADW_TYPE_BIN)

enum
{
  CONFIRMED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* As the entries of the row in provider-page.ui. */
static const struct
{
  const char *name;
  const char *port;
} securities[] = { { "tls", ":465" }, { "starttls", ":587" } };

typedef enum
{
  WAY_PASSWORD,
  WAY_GOOGLE,
  WAY_MICROSOFT,
  WAY_OWN,
} Way;

/* As the entries of the row in provider-page.ui. */
static const struct
{
  const char *name;
  const char *words; /* what the user needs for it */
} ways[] = {
  [WAY_PASSWORD] = { "", "" },
  [WAY_GOOGLE]
  = { "google",
      N_ ("You sign in on Google's own page, and Letterlock gets a permission to send. For "
          "that Google wants a client id, the name under which it knows a program. None is "
          "shipped with Letterlock: ask your organisation, or make one in the Google Cloud "
          "console (Credentials, OAuth client ID, Desktop app); it comes with a secret.") },
  [WAY_MICROSOFT]
  = { "microsoft",
      N_ ("You sign in on Microsoft's own page, and Letterlock gets a permission to send. For that "
          "Microsoft wants a client id, the name under which it knows a program. None is shipped "
          "with Letterlock: ask your organisation, or make one in the Entra admin centre (App "
          "registrations; platform “Mobile and desktop applications”, redirect address "
          "http://localhost, permission SMTP.Send).") },
  [WAY_OWN]
  = { "own", N_ ("You sign in on your provider's own page, and Letterlock gets a "
                 "permission to send. For that it needs a client id, the name under which "
                 "your provider knows a program. Ask your provider, or your "
                 "organisation.") },
};

static Way
way_of (LlProviderPage *self)
{
  return MIN (adw_combo_row_get_selected (self->way), WAY_OWN);
}

/* -- what is asked for ------------------------------------------------------------------------ */

static void
show_field (gpointer field, gboolean visible)
{
  gtk_widget_set_visible (GTK_WIDGET (field), visible);
}

static void
show_fields (LlProviderPage *self)
{
  Way way = way_of (self);
  gboolean is_asked = self->is_other || self->chosen != NULL;
  gboolean is_open = g_str_equal (ll_read_text (self->chosen, "auth"), "none");
  gboolean is_told = *ll_read_text (self->chosen, "token_url") != '\0';
  const char *page = ll_read_text (self->chosen, "app_password");

  show_field (self->by_hand, self->is_other);
  show_field (self->sign_in, is_asked && !is_open);
  show_field (self->password, way == WAY_PASSWORD);
  show_field (self->app_password, way == WAY_PASSWORD && *page != '\0');
  show_field (self->permission, is_asked && !is_open && way != WAY_PASSWORD);
  adw_preferences_group_set_description (self->permission,
                                         *ways[way].words != '\0' ? _ (ways[way].words) : NULL);
  show_field (self->tenant, way == WAY_MICROSOFT);
  show_field (self->authorization_url, way == WAY_OWN && !is_told);
  show_field (self->token_url, way == WAY_OWN && !is_told);
  show_field (self->scope, way == WAY_OWN && !is_told);
  show_field (self->device_url, way == WAY_OWN);
  show_field (self->device_row, way != WAY_GOOGLE);
}

/* The usual way to sign in there. */
static Way
usual_way (GVariant *server)
{
  const char *preset = ll_read_text (server, "oauth2");

  for (guint i = WAY_GOOGLE; i < G_N_ELEMENTS (ways); i++)
    if (g_str_equal (preset, ways[i].name) && *ll_read_text (server, "app_password") == '\0')
      return i;
  return g_str_equal (ll_read_text (server, "auth"), "oauth2") ? WAY_OWN : WAY_PASSWORD;
}

static void
choose (LlProviderPage *self, GVariant *server)
{
  const char *username = ll_read_text (server, "username");

  g_clear_pointer (&self->chosen, g_variant_unref);
  self->chosen = server != NULL ? g_variant_ref (server) : NULL;
  self->is_other = server == NULL;
  gtk_editable_set_text (self->username, g_strcmp0 (username, self->address) != 0 ? username : "");
  adw_action_row_set_subtitle (self->app_password, ll_read_text (server, "app_password"));
  adw_combo_row_set_selected (self->way, usual_way (server));
  show_fields (self);
}

static void
way_cb (LlProviderPage *self)
{
  show_fields (self);
}

static void
confirmed_cb (LlProviderPage *self)
{
  g_signal_emit (self, signals[CONFIRMED], 0);
}

static void
app_password_cb (LlProviderPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  gtk_show_uri (GTK_WINDOW (root), ll_read_text (self->chosen, "app_password"), GDK_CURRENT_TIME);
}

/* -- the choices -------------------------------------------------------------------------- */

/* The last row stands for another server. */
static void
chosen_cb (LlProviderPage *self, GtkCheckButton *check)
{
  GtkWidget *row = gtk_widget_get_ancestor (GTK_WIDGET (check), GTK_TYPE_LIST_BOX_ROW);
  gsize place = (gsize) gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row));
  g_autoptr (GVariant) server = NULL;

  if (!gtk_check_button_get_active (check))
    return;
  if (place < g_variant_n_children (self->offered))
    server = g_variant_get_child_value (self->offered, place);
  choose (self, server);
}

/* Returns what is clicked; it is in a group with @before (NULL: the first). */
static GtkCheckButton *
add_choice (LlProviderPage *self, GtkCheckButton *before, const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *check = gtk_check_button_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  gtk_check_button_set_group (GTK_CHECK_BUTTON (check), before);
  g_signal_connect_swapped (check, "toggled", G_CALLBACK (chosen_cb), self);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  gtk_list_box_append (self->servers, row);
  return GTK_CHECK_BUTTON (check);
}

static GtkCheckButton *
add_server (LlProviderPage *self, GtkCheckButton *before, GVariant *server)
{
  g_autofree char *subtitle = ll_provider_words_server (server);

  return add_choice (self, before, ll_read_text (server, "upstream"), subtitle);
}

/* What is not proven is nobody's choice before it is the user's. */
static void
show_servers (LlProviderPage *self)
{
  GtkCheckButton *before = NULL;

  ll_list_fill (self->servers, NULL, NULL, NULL);
  for (gsize i = 0; i < g_variant_n_children (self->offered); i++)
    {
      g_autoptr (GVariant) server = g_variant_get_child_value (self->offered, i);

      before = add_server (self, before, server);
      if (i == 0 && ll_read_flag (server, "proven"))
        gtk_check_button_set_active (before, TRUE);
    }
  add_choice (self, before, _ ("Another server"), _ ("You type it in yourself"));
}

void
ll_provider_page_show (LlProviderPage *self, const char *address, GVariant *found)
{
  g_autoptr (GVariant) offered = ll_read_list (found, "servers");
  gboolean any = g_variant_n_children (offered) > 0;
  g_autofree char *text = ll_provider_words_introduction (address, found);
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  g_free (self->address);
  self->address = g_strdup (address);
  g_clear_pointer (&self->chosen, g_variant_unref);
  g_clear_pointer (&self->offered, g_variant_unref);
  self->offered = g_steal_pointer (&offered);
  self->is_other = FALSE;
  ll_provider_page_forget_secret (self);
  gtk_widget_set_visible (GTK_WIDGET (self->servers), any);
  adw_preferences_group_set_description (self->found, escaped);
  if (any)
    show_servers (self);
  else
    choose (self, NULL);
  show_fields (self);
}

/* -- what was chosen ---------------------------------------------------------------------- */

static void
insert (GVariantDict *settings, const char *key, const char *value)
{
  if (*value != '\0')
    g_variant_dict_insert (settings, key, "s", value);
}

static void
insert_typed (GVariantDict *settings, const char *key, GtkEditable *field)
{
  g_autofree char *text = ll_typed (field);

  if (gtk_widget_get_visible (GTK_WIDGET (field)))
    insert (settings, key, text);
}

void
ll_provider_page_begin (LlProviderPage *self)
{
  GtkEditable *first = self->is_other                  ? self->server
                       : way_of (self) == WAY_PASSWORD ? self->password
                                                       : self->client_id;

  gtk_widget_grab_focus (GTK_WIDGET (first));
}

/* Where the provider is known by its name, its server need not be named. */
static void
insert_server (LlProviderPage *self, GVariantDict *settings)
{
  g_autofree char *server = ll_typed (self->server);
  guint security = MIN (adw_combo_row_get_selected (self->security), 1);
  g_autofree char *upstream = NULL;

  if (self->chosen != NULL)
    {
      insert (settings, "upstream", ll_read_text (self->chosen, "upstream"));
      insert (settings, "security", ll_read_text (self->chosen, "security"));
    }
  else if (*server != '\0')
    {
      upstream = g_strconcat (server, strchr (server, ':') == NULL ? securities[security].port : "",
                              NULL);
      insert (settings, "upstream", upstream);
      insert (settings, "security", securities[security].name);
    }
}

static void
insert_permission (LlProviderPage *self, GVariantDict *settings)
{
  static const char *const told[] = { "authorization_url", "token_url", "scope" };

  insert (settings, "oauth2", ways[way_of (self)].name);
  insert_typed (settings, "client_id", self->client_id);
  insert_typed (settings, "tenant", self->tenant);
  insert_typed (settings, "device_url", self->device_url);
  insert_typed (settings, "authorization_url", self->authorization_url);
  insert_typed (settings, "token_url", self->token_url);
  insert_typed (settings, "scope", self->scope);
  for (guint i = 0; way_of (self) == WAY_OWN && i < G_N_ELEMENTS (told); i++)
    insert (settings, told[i], ll_read_text (self->chosen, told[i]));
}

/* NULL: nothing. */
static const char *
missing (LlProviderPage *self)
{
  if (self->chosen == NULL && !self->is_other)
    return _ ("Choose your provider's server first");
  if (way_of (self) != WAY_PASSWORD && *gtk_editable_get_text (self->client_id) == '\0')
    return _ ("Without a client id your provider lets nobody sign in this way");
  return NULL;
}

GVariant *
ll_provider_page_settings (LlProviderPage *self, GError **error)
{
  gboolean is_open = g_str_equal (ll_read_text (self->chosen, "auth"), "none");
  Way way = is_open ? WAY_PASSWORD : way_of (self);
  const char *const addresses[] = { self->address, NULL };
  g_auto (GVariantDict) settings = G_VARIANT_DICT_INIT (NULL);

  if (missing (self) != NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, missing (self));
      return NULL;
    }
  g_variant_dict_insert (&settings, "addresses", "^as", addresses);
  insert_server (self, &settings);
  insert (&settings, "auth", is_open ? "none" : way == WAY_PASSWORD ? "password" : "oauth2");
  insert_typed (&settings, "username", self->username);
  if (!g_variant_dict_contains (&settings, "username"))
    insert (&settings, "username", ll_read_text (self->chosen, "username"));
  if (way != WAY_PASSWORD)
    insert_permission (self, &settings);
  return g_variant_dict_end (&settings);
}

const char *
ll_provider_page_secret (LlProviderPage *self)
{
  const char *secret = gtk_editable_get_text (way_of (self) == WAY_PASSWORD ? self->password
                                                                            : self->client_secret);

  return *secret != '\0' ? secret : NULL;
}

void
ll_provider_page_forget_secret (LlProviderPage *self)
{
  gtk_editable_set_text (self->password, "");
  gtk_editable_set_text (self->client_secret, "");
}

gboolean
ll_provider_page_wants_device (LlProviderPage *self)
{
  return way_of (self) != WAY_GOOGLE && gtk_switch_get_active (self->device);
}

/* -- class ------------------------------------------------------------------------------------ */

static void
finalize (GObject *object)
{
  LlProviderPage *self = LL_PROVIDER_PAGE (object);

  g_clear_pointer (&self->chosen, g_variant_unref);
  g_clear_pointer (&self->offered, g_variant_unref);
  g_free (self->address);
  G_OBJECT_CLASS (ll_provider_page_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, LlProviderPage, found);
  gtk_widget_class_bind_template_child (widget_class, LlProviderPage, servers);
  gtk_widget_class_bind_template_child (widget_class, LlProviderPage, by_hand);
  gtk_widget_class_bind_template_child (widget_class, LlProviderPage, server);
  gtk_widget_class_bind_template_child (widget_class, LlProviderPage, security);
  gtk_widget_class_bind_template_child (widget_class, LlProviderPage, sign_in);
  gtk_widget_class_bind_template_child (widget_class, LlProviderPage, way);
  gtk_widget_class_bind_template_child (widget_class, LlProviderPage, username);
  gtk_widget_class_bind_template_child (widget_class, LlProviderPage, password);
  gtk_widget_class_bind_template_child (widget_class, LlProviderPage, app_password);
  gtk_widget_class_bind_template_child (widget_class, LlProviderPage, permission);
  gtk_widget_class_bind_template_child (widget_class, LlProviderPage, client_id);
  gtk_widget_class_bind_template_child (widget_class, LlProviderPage, client_secret);
  gtk_widget_class_bind_template_child (widget_class, LlProviderPage, tenant);
  gtk_widget_class_bind_template_child (widget_class, LlProviderPage, authorization_url);
  gtk_widget_class_bind_template_child (widget_class, LlProviderPage, token_url);
  gtk_widget_class_bind_template_child (widget_class, LlProviderPage, device_url);
  gtk_widget_class_bind_template_child (widget_class, LlProviderPage, scope);
  gtk_widget_class_bind_template_child (widget_class, LlProviderPage, device_row);
  gtk_widget_class_bind_template_child (widget_class, LlProviderPage, device);
}

static void
ll_provider_page_class_init (LlProviderPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = finalize;
  signals[CONFIRMED] = g_signal_new ("confirmed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/letterlock/provider-page.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, way_cb);
  gtk_widget_class_bind_template_callback (widget_class, confirmed_cb);
  gtk_widget_class_bind_template_callback (widget_class, app_password_cb);
}

static void
ll_provider_page_init (LlProviderPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
