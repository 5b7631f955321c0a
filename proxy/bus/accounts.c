/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "bus/accounts.h"
#include "bus/options.h"

#include "base/error.h"
#include "base/limits.h"
#include "config/account.h"

#include <string.h>

/* Accounts: listed, shown, tested. What changes them is in account-edit.c. */

const LlAccount *
ll_bus_account_find (LlBusCall *call, LlConfig **config, const char *name, GError **error)
{
  const LlAccount *account;

  if (call->actions->config == NULL)
    {
      ll_bus_cannot (error, "show accounts");
      return NULL;
    }
  *config = call->actions->config (call->actions->data);
  account = ll_config_account (*config, name);
  if (account == NULL)
    {
      g_autofree char *printable = g_strescape (name, NULL);

      g_set_error (error, LL_API_ERROR, LL_API_ERROR_NOT_FOUND, "There is no account \"%s\"",
                   printable);
    }
  return account;
}

/* -- showing --------------------------------------------------------------------------------- */

void
ll_bus_account_show (GVariantDict *dict, const LlAccount *account)
{
  ll_bus_options_add (dict, "account", account);
  g_variant_dict_insert (dict, "account", "s", account->name);
  g_variant_dict_insert (dict, "login", "s", account->login);
}

/* Of one that signs in with OAuth2. */
static void
add_sign_in (LlBusCall *call, GVariantDict *dict, const LlAccount *account)
{
  GVariant *answer = call->actions->sign_in_state != NULL
                         ? call->actions->sign_in_state (call->actions->data, account->name)
                         : NULL;
  g_autoptr (GVariant) state = answer != NULL ? g_variant_ref_sink (answer) : NULL;
  GVariantIter iter;
  const char *key;
  GVariant *value;

  if (state == NULL)
    return;
  g_variant_iter_init (&iter, state);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    g_variant_dict_insert_value (dict, key, value);
}

static GVariant *
list_accounts (LlBusCall *call, GError **error)
{
  g_autoptr (LlConfig) config = NULL;
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  if (call->actions->config == NULL)
    return ll_bus_cannot (error, "show accounts");
  config = call->actions->config (call->actions->data);
  for (guint i = 0; i < config->accounts->len; i++)
    {
      g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

      ll_bus_account_show (&dict, g_ptr_array_index (config->accounts, i));
      add_sign_in (call, &dict, g_ptr_array_index (config->accounts, i));
      g_variant_builder_add_value (&list, g_variant_dict_end (&dict));
    }
  return ll_bus_reply (g_variant_builder_end (&list));
}

/* Whether a password is stored: the keyring may be locked, then it cannot be told. */
static void
add_has_password (LlBusCall *call, GVariantDict *dict, const LlAccount *account)
{
  g_autoptr (LlSecret) secret = NULL;
  g_autoptr (GError) error = NULL;

  if (call->actions->secrets == NULL || account->auth != LL_AUTH_PASSWORD
      || account->password_command != NULL)
    return;
  secret = ll_secret_store_lookup (call->actions->secrets, LL_BUS_PASSWORD_PURPOSE, account->name,
                                   call->cancellable, &error);
  if (secret != NULL || g_error_matches (error, LL_SECRET_ERROR, LL_SECRET_ERROR_ABSENT))
    g_variant_dict_insert (dict, "password_stored", "b", secret != NULL);
}

static void
add_measured (LlBusCall *call, GVariantDict *dict, const LlAccount *account)
{
  GVariant *measured = call->actions->measured != NULL
                           ? call->actions->measured (call->actions->data, account->name)
                           : NULL;

  if (measured != NULL)
    g_variant_dict_insert_value (dict, "measured", measured);
}

static void
add_certificate (LlBusCall *call, GVariantDict *dict, const LlAccount *account)
{
  GVariant *certificate = call->actions->certificate != NULL
                              ? call->actions->certificate (call->actions->data, account->name)
                              : NULL;

  if (certificate != NULL)
    g_variant_dict_insert_value (dict, "own_certificate", certificate);
}

static GVariant *
get_account (LlBusCall *call, GError **error)
{
  g_autoptr (LlConfig) config = NULL;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  const LlAccount *account;
  const char *name;

  g_variant_get (call->arguments, "(&s)", &name);
  account = ll_bus_account_find (call, &config, name, error);
  if (account == NULL)
    return NULL;
  ll_bus_account_show (&dict, account);
  add_has_password (call, &dict, account);
  add_sign_in (call, &dict, account);
  add_certificate (call, &dict, account);
  add_measured (call, &dict, account);
  return ll_bus_reply (g_variant_dict_end (&dict));
}

static GVariant *
get_authority (LlBusCall *call, GError **error)
{
  g_autofree char *pem = NULL;

  if (call->actions->authority == NULL)
    return ll_bus_cannot (error, "show its certificate");
  pem = call->actions->authority (call->actions->data);
  return g_variant_new ("(s)", pem);
}

static GVariant *
get_server_certificate (LlBusCall *call, GError **error)
{
  g_autofree char *pem = NULL;

  if (call->actions->server_certificate == NULL)
    return ll_bus_cannot (error, "show its certificate");
  pem = call->actions->server_certificate (call->actions->data);
  return g_variant_new ("(s)", pem);
}

/* -- testing --------------------------------------------------------------------------------- */

typedef struct
{
  LlBusProgressTo to;
  GMutex lock;
  GVariantBuilder steps;
} Test;

static void
step_cb (GVariant *step, gpointer data)
{
  Test *test = data;
  g_autoptr (GVariant) owned = g_variant_ref_sink (step);

  g_mutex_lock (&test->lock);
  g_variant_builder_add_value (&test->steps, owned);
  g_mutex_unlock (&test->lock);
  if (test->to.cookie != 0)
    ll_bus_progress_cb (owned, &test->to);
}

/* {onward as, wait u}: with "onward" the provider's conduct is measured, else the way to it is
 * walked. */
static gboolean
run_test (LlBusCall *call, const char *name, GVariant *options, Test *test, GError **error)
{
  g_autofree const char **addresses = NULL;
  guint32 wait = 0;

  if (!g_variant_lookup (options, "onward", "^a&s", &addresses))
    return call->actions->account_test (call->actions->data, name, step_cb, test, call->cancellable,
                                        error);
  g_variant_lookup (options, "wait", "u", &wait);
  if (call->actions->measure == NULL)
    {
      ll_bus_cannot (error, "measure providers");
      return FALSE;
    }
  return call->actions->measure (call->actions->data, name, addresses,
                                 MIN (wait, LL_ONWARD_WAIT_MAX), step_cb, test, call->cancellable,
                                 error);
}

static GVariant *
test_account (LlBusCall *call, GError **error)
{
  static const char *const known[] = { "onward", "wait", NULL };
  Test test = { .to = { .call = call, .signal = "TestProgress" } };
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (LlConfig) config = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GError) cause = NULL;
  const LlAccount *account;
  const char *name;
  gboolean ok;

  g_variant_get (call->arguments, "(&su@a{sv})", &name, &test.to.cookie, &options);
  account = ll_bus_account_find (call, &config, name, error);
  if (account == NULL || !ll_bus_check_keys (options, known, error))
    return NULL;
  if (call->actions->account_test == NULL)
    return ll_bus_cannot (error, "test accounts");
  g_mutex_init (&test.lock);
  g_variant_builder_init (&test.steps, G_VARIANT_TYPE ("aa{sv}"));
  ok = run_test (call, name, options, &test, &cause);
  g_variant_dict_insert (&dict, "account", "s", name);
  g_variant_dict_insert (&dict, "ok", "b", ok);
  if (cause != NULL)
    g_variant_dict_insert (&dict, "reason", "s", cause->message);
  g_variant_dict_insert (&dict, "sign_in_refused", "b",
                         g_error_matches (cause, LL_DELIVER_ERROR, LL_DELIVER_ERROR_AUTH));
  g_variant_dict_insert_value (&dict, "steps", g_variant_builder_end (&test.steps));
  add_measured (call, &dict, account);
  g_mutex_clear (&test.lock);
  return ll_bus_reply (g_variant_dict_end (&dict));
}

/* -- signing in ------------------------------------------------------------------------------ */

static GVariant *
sign_in (LlBusCall *call, GError **error)
{
  static const char *const known[] = { "device", NULL };
  LlBusProgressTo to = { .call = call, .signal = "SignInProgress" };
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (LlConfig) config = NULL;
  g_autoptr (GVariant) options = NULL;
  const LlAccount *account;
  const char *name;
  gboolean device = FALSE;

  g_variant_get (call->arguments, "(&su@a{sv})", &name, &to.cookie, &options);
  account = ll_bus_account_find (call, &config, name, error);
  if (account == NULL || !ll_bus_check_keys (options, known, error))
    return NULL;
  if (call->actions->sign_in == NULL)
    return ll_bus_cannot (error, "sign in");
  g_variant_lookup (options, "device", "b", &device);
  if (!call->actions->sign_in (call->actions->data, name, device, ll_bus_progress_cb, &to,
                               call->cancellable, error))
    return NULL;
  g_variant_dict_insert (&dict, "account", "s", name);
  add_sign_in (call, &dict, account);
  return ll_bus_reply (g_variant_dict_end (&dict));
}

const LlBusMethod ll_bus_account_methods[] = {
  { "ListAccounts", list_accounts },
  { "GetAccount", get_account },
  { "FindProvider", ll_bus_find_provider },
  { "AddAccount", ll_bus_account_add },
  { "EditAccount", ll_bus_account_edit },
  { "RemoveAccount", ll_bus_account_remove },
  { "NewPassword", ll_bus_account_new_password },
  { "SetCertificate", ll_bus_account_certificate },
  { "UseCertificate", ll_bus_account_use_certificate },
  { "GetAuthority", get_authority },
  { "GetServerCertificate", get_server_certificate },
  { "TestAccount", test_account },
  { "SignIn", sign_in },
  { NULL, NULL },
};
