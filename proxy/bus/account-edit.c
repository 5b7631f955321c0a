/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "bus/accounts.h"
#include "bus/options.h"

#include "base/clock.h"
#include "base/error.h"
#include "config/login.h"

#include <string.h>

/*
 * Accounts: the file, the keyring and the local login together, so that one failing
 * leaves none of the three behind. An upstream password comes in by a pipe and goes
 * into the Secret Service; the local one is made here and shown in that answer only.
 */

static gboolean
put_in_force (LlBusCall *call, const char *name, GError **error)
{
  if (call->actions->reload != NULL && !call->actions->reload (call->actions->data, error))
    return FALSE;
  if (call->actions->account_saved != NULL)
    call->actions->account_saved (call->actions->data, name);
  return TRUE;
}

static gboolean
edit_group (LlBusCall *call, const char *name, const GArray *changes, GError **error)
{
  g_autofree char *group = g_strdup_printf ("account %s", name);

  return ll_config_edit (call->actions->config_system, call->actions->config_path, group,
                         changes != NULL ? (const LlConfigChange *) (const void *) changes->data
                                         : NULL,
                         changes != NULL ? changes->len : 0, error);
}

/* Where a mail program submits: hosts and ports of the listeners, each once. */
static void
add_listeners (GVariantDict *dict, const LlConfig *config)
{
  g_autoptr (GPtrArray) hosts = g_ptr_array_new_with_free_func (g_free);
  g_auto (GVariantBuilder) ports = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("au"));
  g_auto (GVariantBuilder) tls_ports = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("au"));
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  GStrv lists[] = { config->listen_smtp, config->listen_smtps };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint j = 0; lists[i] != NULL && lists[i][j] != NULL; j++)
      {
        const char *colon = strrchr (lists[i][j], ':');
        g_autofree char *host = NULL;
        guint64 port;

        if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 1, 65535, &port, NULL))
          continue;
        host = g_strndup (lists[i][j], (gsize) (colon - lists[i][j]));
        g_strdelimit (host, "[]", ' ');
        g_strstrip (host);
        if (!g_ptr_array_find_with_equal_func (hosts, host, g_str_equal, NULL))
          g_ptr_array_add (hosts, g_steal_pointer (&host));
        if (!g_hash_table_add (seen, GUINT_TO_POINTER ((guint) port)))
          continue;
        g_variant_builder_add (&ports, "u", (guint32) port);
        if (i == 1)
          g_variant_builder_add (&tls_ports, "u", (guint32) port);
      }
  g_ptr_array_add (hosts, NULL);
  g_variant_dict_insert (dict, "hosts", "^as", hosts->pdata);
  g_variant_dict_insert_value (dict, "ports", g_variant_builder_end (&ports));
  g_variant_dict_insert_value (dict, "tls_ports", g_variant_builder_end (&tls_ports));
}

/* -- the parts of a change -------------------------------------------------------------------- */

/* A declaration counts from today on. */
static void
add_declared_when (GArray *changes)
{
  for (guint i = 0; i < changes->len; i++)
    {
      const LlConfigChange *change = &g_array_index (changes, LlConfigChange, i);
      g_autofree char *now = NULL;
      LlConfigChange when = { .key = "declared-when" };

      if (strcmp (change->key, "declared") != 0)
        continue;
      now = ll_clock_format (ll_clock_now ());
      when.value = change->value != NULL && strcmp (change->value, "none") != 0
                       ? g_strndup (now, 10)
                       : NULL;
      g_array_append_val (changes, when);
      return;
    }
}

static gboolean
shares_login (const LlConfig *config, const LlAccount *account)
{
  for (guint i = 0; i < config->accounts->len; i++)
    {
      const LlAccount *other = g_ptr_array_index (config->accounts, i);

      if (strcmp (other->name, account->name) != 0 && strcmp (other->login, account->login) == 0)
        return TRUE;
    }
  return FALSE;
}

/* {account username password hosts ports}. @fresh: make a new local password. */
static GVariant *
access_of (LlBusCall *call,
           const LlConfig *config,
           const LlAccount *account,
           gboolean fresh,
           GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  gboolean client = account->auth == LL_AUTH_CLIENT;

  if (fresh && !client)
    {
      g_autoptr (LlSecret) secret
          = ll_login_create (call->actions->state_folder, account->login, error);

      if (secret == NULL)
        return NULL;
      g_variant_dict_insert (&dict, "password", "s", ll_secret_peek (secret));
    }
  g_variant_dict_insert (&dict, "account", "s", account->name);
  g_variant_dict_insert (&dict, "username", "s", client ? account->username : account->login);
  add_listeners (&dict, config);
  return ll_bus_reply (g_variant_dict_end (&dict));
}

/* -- adding ------------------------------------------------------------------------------------ */

/* "alice" of alice@example.org, "example" of *@example.org, with a number if it is taken. */
static char *
make_name (const LlConfig *config, GVariant *settings)
{
  g_autofree const char **addresses = NULL;
  g_autofree char *base = NULL;
  char *name;

  if (!g_variant_lookup (settings, "addresses", "^a&s", &addresses) || addresses[0] == NULL)
    return g_strdup ("account");
  base = g_ascii_strdown (g_str_has_prefix (addresses[0], "*@") ? addresses[0] + 2 : addresses[0],
                          -1);
  base[strcspn (base, "@.")] = '\0';
  g_strcanon (base, "abcdefghijklmnopqrstuvwxyz0123456789-_", '-');
  name = g_strdup (*base != '\0' ? base : "account");
  for (guint i = 2; ll_config_account (config, name) != NULL; i++)
    {
      g_free (name);
      name = g_strdup_printf ("%s-%u", *base != '\0' ? base : "account", i);
    }
  return name;
}

/* The same address at the same server is most likely a command that was given twice; a name says
 * that it is meant. */
static gboolean
check_twice (const LlConfig *config, GVariant *settings, GError **error)
{
  g_autofree const char **addresses = NULL;
  const char *upstream = "";

  g_variant_lookup (settings, "addresses", "^a&s", &addresses);
  g_variant_lookup (settings, "upstream", "&s", &upstream);
  for (guint i = 0; addresses != NULL && addresses[0] != NULL && i < config->accounts->len; i++)
    {
      const LlAccount *account = g_ptr_array_index (config->accounts, i);
      g_auto (GVariantDict) shown = G_VARIANT_DICT_INIT (NULL);
      const char *theirs = "";

      ll_bus_account_show (&shown, account);
      g_variant_dict_lookup (&shown, "upstream", "&s", &theirs);
      if (g_ascii_strcasecmp (theirs, upstream) != 0
          || g_ascii_strcasecmp (account->addresses[0], addresses[0]) != 0)
        continue;
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED,
                   "The account \"%s\" has %s and this server already: letterlock account edit "
                   "changes it, and --name NAME adds another one",
                   account->name, addresses[0]);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_name (const LlConfig *config, const char *name, GError **error)
{
  if (*name == '\0' || strlen (name) > 64 || strpbrk (name, "[]\r\n\t\"\\") != NULL
      || !g_utf8_validate (name, -1, NULL))
    g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                         "An account's name is 1 to 64 characters without brackets and quotes");
  else if (ll_config_account (config, name) != NULL)
    g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED,
                 "There is an account \"%s\" already: edit it, or choose another name", name);
  else
    return TRUE;
  return FALSE;
}

/* Takes back what a failed addition left. */
static void
undo_add (LlBusCall *call, const char *name)
{
  edit_group (call, name, NULL, NULL);
  ll_bus_account_remove_secrets (call, name, NULL);
  if (call->actions->reload != NULL)
    call->actions->reload (call->actions->data, NULL);
}

static GVariant *
finish_add (LlBusCall *call, const char *name, const LlSecret *secret, GError **error)
{
  g_autoptr (LlConfig) config = NULL;
  const LlAccount *account;
  GVariant *answer = NULL;

  if (ll_bus_account_save_secret (call, name, secret, error) && put_in_force (call, name, error))
    {
      config = ll_config_load (call->actions->config_system, call->actions->config_path, error);
      account = config != NULL ? ll_config_account (config, name) : NULL;
      if (account != NULL)
        answer = access_of (call, config, account, !shares_login (config, account), error);
    }
  if (answer == NULL)
    undo_add (call, name);
  return answer;
}

/* Where the provider is known by its name, its server need not be named. */
static GVariant *
with_upstream (GVariant *settings)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (settings);
  const char *oauth2 = "";
  const char *word = "";
  const LlOauth2Preset *preset;
  const LlAppPassword *known;

  g_variant_lookup (settings, "oauth2", "&s", &oauth2);
  g_variant_lookup (settings, "app_password", "&s", &word);
  preset = ll_oauth2_find (oauth2);
  known = ll_app_password_find (word);
  if (!g_variant_dict_contains (&dict, "upstream") && (preset != NULL || known != NULL))
    g_variant_dict_insert (&dict, "upstream", "s",
                           preset != NULL ? preset->upstream : known->upstream);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/* FALSE: the provider is not known, or wants an app password that is not here. */
static gboolean
check_app_password (GVariant *settings, const LlSecret *secret, GError **error)
{
  const LlAppPassword *known;
  g_autofree char *names = NULL;
  const char *word;

  if (!g_variant_lookup (settings, "app_password", "&s", &word))
    return TRUE;
  known = ll_app_password_find (word);
  if (known != NULL && secret != NULL)
    return TRUE;
  names = ll_app_password_names ();
  if (known == NULL)
    g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                 "No provider with app passwords is known as \"%s\"; there are %s", word, names);
  else
    g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                 "Make an app password at %s first, and give it with --password-stdin",
                 known->page);
  return FALSE;
}

GVariant *
ll_bus_account_add (LlBusCall *call, GError **error)
{
  static const char *const except[] = { "name", "app_password", NULL };
  g_autoptr (LlConfig) config = NULL;
  g_autoptr (GVariant) asked = NULL;
  g_autoptr (GVariant) settings = NULL;
  g_autoptr (GVariant) handles = NULL;
  g_autoptr (LlSecret) secret = NULL;
  g_autoptr (GArray) changes = NULL;
  g_autofree char *name = NULL;
  const char *given;

  if (call->actions->config == NULL || call->actions->state_folder == NULL)
    return ll_bus_cannot (error, "add accounts");
  config = call->actions->config (call->actions->data);
  g_variant_get (call->arguments, "(@a{sv}@ah)", &asked, &handles);
  settings = with_upstream (asked);
  if (!ll_bus_take_text (settings, "name", &given, error))
    return NULL;
  name = given != NULL ? g_strdup (given) : make_name (config, settings);
  changes = ll_bus_options_changes (settings, "account", except, error);
  if (changes == NULL || (given == NULL && !check_twice (config, settings, error))
      || !check_name (config, name, error)
      || !ll_bus_take_secret (call, handles, "The password", &secret, error)
      || !check_app_password (settings, secret, error))
    return NULL;
  if (changes->len == 0)
    {
      g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                           "An account needs an address and an upstream server");
      return NULL;
    }
  add_declared_when (changes);
  if (!edit_group (call, name, changes, error))
    return NULL;
  return finish_add (call, name, secret, error);
}

/* -- changing -------------------------------------------------------------------------------- */

GVariant *
ll_bus_account_edit (LlBusCall *call, GError **error)
{
  static const char *const except[] = { NULL };
  g_autoptr (LlConfig) config = NULL;
  g_autoptr (LlConfig) changed = NULL;
  g_autoptr (GVariant) settings = NULL;
  g_autoptr (GVariant) handles = NULL;
  g_autoptr (LlSecret) secret = NULL;
  g_autoptr (GArray) changes = NULL;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  const LlAccount *account;
  const char *name;

  g_variant_get (call->arguments, "(&s@a{sv}@ah)", &name, &settings, &handles);
  account = ll_bus_account_find (call, &config, name, error);
  if (account == NULL)
    return NULL;
  changes = ll_bus_options_changes (settings, "account", except, error);
  if (changes == NULL || !ll_bus_take_secret (call, handles, "The password", &secret, error))
    return NULL;
  add_declared_when (changes);
  if ((changes->len > 0 && !edit_group (call, name, changes, error))
      || !ll_bus_account_drop_grant (call, account, error)
      || !ll_bus_account_save_secret (call, name, secret, error)
      || !put_in_force (call, name, error))
    return NULL;
  changed = ll_config_load (call->actions->config_system, call->actions->config_path, error);
  account = changed != NULL ? ll_config_account (changed, name) : NULL;
  if (account == NULL)
    return NULL;
  ll_bus_account_show (&dict, account);
  return ll_bus_reply (g_variant_dict_end (&dict));
}

/* Letters of this account whose journey is not over. */
static gboolean
has_letters (LlBusCall *call, const char *name)
{
  static const char *const open[]
      = { "checking", "held", "waiting", "queued", "sending", "uncertain", NULL };
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) query = NULL;
  g_autoptr (GVariant) letters = NULL;
  g_autofree char *next = NULL;
  GVariant *answer;

  if (call->actions->letters == NULL)
    return FALSE;
  g_variant_dict_insert (&dict, "account", "s", name);
  g_variant_dict_insert (&dict, "states", "^as", open);
  g_variant_dict_insert (&dict, "limit", "u", 1);
  query = g_variant_ref_sink (g_variant_dict_end (&dict));
  answer = call->actions->letters (call->actions->data, query, &next, NULL);
  if (answer == NULL)
    return FALSE;
  letters = g_variant_take_ref (answer);
  return g_variant_n_children (letters) > 0;
}

GVariant *
ll_bus_account_remove (LlBusCall *call, GError **error)
{
  static const char *const known[] = { "force", NULL };
  g_autoptr (LlConfig) config = NULL;
  g_autoptr (GVariant) options = NULL;
  const LlAccount *account;
  const char *name;
  gboolean force = FALSE;

  g_variant_get (call->arguments, "(&s@a{sv})", &name, &options);
  account = ll_bus_account_find (call, &config, name, error);
  if (account == NULL || !ll_bus_check_keys (options, known, error))
    return NULL;
  g_variant_lookup (options, "force", "b", &force);
  if (!force && has_letters (call, name))
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED,
                   "Letters of \"%s\" still wait: send or drop them first", name);
      return NULL;
    }
  if (!edit_group (call, name, NULL, error))
    return NULL;
  if (call->actions->state_folder != NULL && !shares_login (config, account))
    ll_login_remove (call->actions->state_folder, account->login, NULL);
  if (!put_in_force (call, name, error))
    return NULL;
  if (!ll_bus_account_remove_secrets (call, name, error))
    {
      g_prefix_error (error, "The account is removed, but not its password: ");
      return NULL;
    }
  if (call->actions->certificate_remove != NULL
      && !call->actions->certificate_remove (call->actions->data, name, error))
    {
      g_prefix_error (error, "The account is removed, but not its certificate's key: ");
      return NULL;
    }
  return ll_bus_done ();
}

GVariant *
ll_bus_account_new_password (LlBusCall *call, GError **error)
{
  g_autoptr (LlConfig) config = NULL;
  const LlAccount *account;
  const char *name;

  g_variant_get (call->arguments, "(&s)", &name);
  account = ll_bus_account_find (call, &config, name, error);
  if (account == NULL)
    return NULL;
  if (call->actions->state_folder == NULL)
    return ll_bus_cannot (error, "make passwords");
  if (account->auth == LL_AUTH_CLIENT)
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED,
                   "\"%s\" has no password here: the mail program signs in with the provider's",
                   name);
      return NULL;
    }
  return access_of (call, config, account, TRUE, error);
}
