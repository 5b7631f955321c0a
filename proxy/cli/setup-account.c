/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/setup.h"

#include "api/client.h"

#include <gio/gunixfdlist.h>
#include <string.h>

/* Whatever the port: a host has one for each kind of TLS. */
static gboolean
is_same_host (const char *a, const char *b)
{
  gsize length = strcspn (a, ":");

  return strcspn (b, ":") == length && g_ascii_strncasecmp (a, b, length) == 0;
}

/* Local parts, too: two accounts whose addresses differ in case alone are a person's own puzzle. */
static gboolean
has_address (const char *const *addresses, const char *address)
{
  for (guint i = 0; addresses != NULL && addresses[i] != NULL; i++)
    if (g_ascii_strcasecmp (addresses[i], address) == 0)
      return TRUE;
  return FALSE;
}

static GVariant *
find_by_address (GVariant *accounts, const char *upstream, const char *address)
{
  for (gsize i = 0; i < g_variant_n_children (accounts); i++)
    {
      g_autoptr (GVariant) account = g_variant_get_child_value (accounts, i);
      g_autofree const char **addresses = NULL;

      if (g_variant_lookup (account, "addresses", "^a&s", &addresses)
          && has_address (addresses, address)
          && is_same_host (ll_text (account, "upstream"), upstream))
        return g_steal_pointer (&account);
    }
  return NULL;
}

GVariant *
ll_setup_account_find (GVariant *accounts, const LlSetupUpstream *upstream)
{
  GVariant *found = NULL;

  for (guint i = 0; found == NULL && upstream->addresses[i] != NULL; i++)
    found = find_by_address (accounts, upstream->upstream, upstream->addresses[i]);
  return found;
}

gboolean
ll_setup_account_has_other_secret (GVariant *account, const char *username)
{
  const char *own = account != NULL ? ll_text (account, "username") : "";

  return account != NULL
         && (strcmp (ll_text (account, "auth"), "password") != 0
             || (*username != '\0' && *own != '\0' && strcmp (own, username) != 0));
}

static GVariant *
settings_of (const LlSetupUpstream *upstream)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (upstream->permission);

  ll_dict_list (&dict, "addresses", upstream->addresses);
  ll_dict_text (&dict, "upstream", upstream->upstream);
  ll_dict_text (&dict, "security", upstream->security);
  ll_dict_text (&dict, "auth", upstream->auth);
  ll_dict_text (&dict, "username", *upstream->username != '\0' ? upstream->username : NULL);
  return g_variant_dict_end (&dict);
}

/* The addresses that it has, and those that it lacks. */
static GVariant *
more_addresses (GVariant *there, const LlSetupUpstream *upstream)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree const char **has = NULL;
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  g_variant_lookup (there, "addresses", "^a&s", &has);
  for (guint i = 0; has != NULL && has[i] != NULL; i++)
    g_ptr_array_add (all, (gpointer) has[i]);
  for (guint i = 0; upstream->addresses[i] != NULL; i++)
    if (!has_address (has, upstream->addresses[i]))
      g_ptr_array_add (all, (gpointer) upstream->addresses[i]);
  g_ptr_array_add (all, NULL);
  ll_dict_list (&dict, "addresses", (const char *const *) all->pdata);
  return g_variant_dict_end (&dict);
}

static GUnixFDList *
hand_over (const LlSecret *password, GVariant **handles)
{
  return ll_bus_client_hand_over (password != NULL ? ll_secret_peek (password) : NULL,
                                  password != NULL ? ll_secret_length (password) : 0, handles);
}

/* Read again: another server of the same mail program may have given it addresses, too. */
static gboolean
complete (const char *name, const LlSetupUpstream *upstream, const LlSecret *password, int *status)
{
  GVariant *handles;
  g_autoptr (GUnixFDList) descriptors = hand_over (password, &handles);
  g_autoptr (GVariant) there
      = ll_ask_one ("GetAccount", g_variant_new ("(s)", name), LL_ASK_SHORT, status);
  g_autoptr (GVariant) reply = NULL;

  if (there != NULL)
    reply = ll_ask_with ("EditAccount",
                         g_variant_new ("(s@a{sv}@ah)", name, more_addresses (there, upstream),
                                        handles),
                         descriptors, LL_ASK_SHORT, status);
  else
    g_variant_unref (g_variant_ref_sink (handles));
  return reply != NULL;
}

GVariant *
ll_setup_account_make (const LlSetupUpstream *upstream, const LlSecret *password, int *status)
{
  GVariant *handles;
  g_autoptr (GUnixFDList) descriptors = hand_over (password, &handles);
  g_autoptr (GVariant) reply
      = ll_ask_with ("AddAccount", g_variant_new ("(@a{sv}@ah)", settings_of (upstream), handles),
                     descriptors, LL_ASK_SHORT, status);

  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

GVariant *
ll_setup_account_use (const char *name,
                      const LlSetupUpstream *upstream,
                      const LlSecret *password,
                      GVariant *access,
                      int *status)
{
  if (!complete (name, upstream, password, status))
    return NULL;
  return access != NULL
             ? g_variant_ref (access)
             : ll_ask_one ("NewPassword", g_variant_new ("(s)", name), LL_ASK_SHORT, status);
}
