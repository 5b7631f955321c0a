/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "bus/doctor.h"

#include "api/prerequisite.h"
#include "base/error.h"
#include "base/limits.h"
#include "bus/accounts.h"
#include "config/account.h"

#include <string.h>

/* How long port 25 may take to show what it is, when nothing asked for it yet. */
#define NETWORK_DEADLINE 15000

/* ... and GnuPG to say its version. */
#define GNUPG_TIMEOUT 5000

static void
add_resolver (GVariantBuilder *list, LlResolver *resolver, GCancellable *cancellable)
{
  LlDnsState state = ll_resolver_test (resolver, ll_deadline_in (LL_DNS_DEADLINE), cancellable);
  g_autofree char *detail = NULL;

  ll_resolver_state (resolver, &detail);
  switch (state)
    {
    case LL_DNS_UNTESTED:
      ll_prerequisite_add (list, "dns", LL_PREREQUISITE_UNTOLD,
                           "The test of DNS did not end in time.", NULL);
      break;
    case LL_DNS_VALIDATES:
      ll_prerequisite_add (list, "dns", LL_PREREQUISITE_THERE,
                           "DNS answers, and its signatures can be checked.", NULL);
      break;
    case LL_DNS_STRIPPED:
      ll_prerequisite_add (list, "dns", LL_PREREQUISITE_MISSING,
                           detail != NULL ? detail : "This network removes DNS signatures.",
                           "Use another resolver: letterlock config set network.resolvers 9.9.9.9");
      break;
    case LL_DNS_CLOCK:
      ll_prerequisite_add (list, "dns", LL_PREREQUISITE_MISSING,
                           detail != NULL ? detail : "DNS signatures are out of their time.",
                           "Set the clock: timedatectl set-ntp true");
      break;
    case LL_DNS_SILENT:
      ll_prerequisite_add (list, "dns", LL_PREREQUISITE_MISSING,
                           detail != NULL ? detail : "DNS does not answer.",
                           "Connect to a network, or name a resolver: letterlock config set "
                           "network.resolvers "
                           "ADDRESS");
      break;
    }
}

/* Who does not want mail servers to be looked at does not want it for this either. */
static void
add_network (GVariantBuilder *list,
             const LlBusActions *actions,
             LlNetwork *network,
             GCancellable *cancellable)
{
  g_autoptr (LlConfig) config = actions->config != NULL ? actions->config (actions->data) : NULL;
  gboolean may_look = config == NULL || !config->probe_never;
  g_autofree char *words = NULL;
  g_autofree char *sentence = NULL;

  if (may_look)
    ll_network_judge (network, ll_deadline_in (NETWORK_DEADLINE), cancellable);
  words = ll_network_sentence (network);
  sentence = words != NULL ? g_strconcat (words, ".", NULL) : NULL;
  switch (ll_network_state (network))
    {
    case LL_NETWORK_UNTESTED:
      ll_prerequisite_add (list, "network", LL_PREREQUISITE_UNTOLD,
                           may_look
                               ? "Port 25 could not be tested: no known mail server could be asked."
                               : "Port 25 is not tested, because of [network] probe = never.",
                           NULL);
      break;
    case LL_NETWORK_OPEN:
      ll_prerequisite_add (list, "network", LL_PREREQUISITE_THERE,
                           "Mail servers can be looked at from here.", NULL);
      break;
    case LL_NETWORK_BLOCKED:
      /* the base case at home: nothing is wrong with this machine */
      ll_prerequisite_add (list, "network", LL_PREREQUISITE_THERE, sentence,
                           "None needed: DNS and published policies are used instead. From a "
                           "server with port 25 "
                           "open more can be seen.");
      break;
    case LL_NETWORK_REDIRECTED:
    case LL_NETWORK_STRIPPED:
      ll_prerequisite_add (list, "network", LL_PREREQUISITE_MISSING, sentence,
                           "Ask who runs this network, or use another one; letters still go to "
                           "your provider over "
                           "verified TLS only.");
      break;
    case LL_NETWORK_PORTAL:
      ll_prerequisite_add (list, "network", LL_PREREQUISITE_MISSING, sentence,
                           "Sign in to this network with a browser.");
      break;
    case LL_NETWORK_OFFLINE:
      ll_prerequisite_add (list, "network", LL_PREREQUISITE_MISSING, sentence,
                           "Connect to a network; letters wait until then.");
      break;
    }
}

static void
add_keyring (GVariantBuilder *list, LlSecretStore *secrets)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlSecret) key = NULL;

  if (ll_secret_store_kind (secrets) == LL_SECRET_STORE_FILE)
    {
      ll_prerequisite_add (list, "keyring", LL_PREREQUISITE_THERE,
                           "There is no Secret Service: passwords and keys rest in a file that "
                           "only you can read, "
                           "not encrypted.",
                           "On a desktop, install gnome-keyring or KWallet and restart "
                           "Letterlock.");
      return;
    }
  key = ll_secret_store_lookup (secrets, "spool-key", "", NULL, &error);
  if (key != NULL || g_error_matches (error, LL_SECRET_ERROR, LL_SECRET_ERROR_ABSENT))
    ll_prerequisite_add (list, "keyring", LL_PREREQUISITE_THERE, "The keyring is open.", NULL);
  else if (g_error_matches (error, LL_SECRET_ERROR, LL_SECRET_ERROR_LOCKED))
    ll_prerequisite_add (list, "keyring", LL_PREREQUISITE_MISSING,
                         "The keyring is locked: letters are taken, and wait.",
                         "Unlock it (log in, or open \"Passwords and Keys\").");
  else
    ll_prerequisite_add (list, "keyring", LL_PREREQUISITE_MISSING, error->message,
                         "See whether the keyring's program runs.");
}

static void
add_config (GVariantBuilder *list, const LlBusActions *actions)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlConfig) config
      = ll_config_load (actions->config_system, actions->config_path, &error);

  if (config == NULL)
    ll_prerequisite_add (list, "configuration", LL_PREREQUISITE_MISSING, error->message,
                         "Correct the file; until then the one read before stays in force.");
  else if (config->warnings[0] == NULL)
    ll_prerequisite_add (list, "configuration", LL_PREREQUISITE_THERE,
                         "The configuration is right.", NULL);
  for (guint i = 0; config != NULL && config->warnings[i] != NULL; i++)
    ll_prerequisite_add (list, "configuration", LL_PREREQUISITE_THERE, config->warnings[i],
                         "None needed for now, but it is hardly what was meant: see "
                         "letterlock.conf(5).");
}

#define LOCKS                                                                                      \
  "The preset locks letters where the way is not good enough; those to people without a key that " \
  "is known here are held."

/* What locks letters with OpenPGP. */
static void
add_gnupg (GVariantBuilder *list, const LlBusActions *actions)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autofree char *text = NULL;
  const char *version = "";
  gboolean agent = FALSE;

  if (actions->worker == NULL)
    return;
  reply = ll_worker_call (actions->worker, "status", NULL, NULL, 0, ll_deadline_in (GNUPG_TIMEOUT),
                          NULL, &error);
  if (reply == NULL)
    {
      ll_prerequisite_add (list, "gnupg", LL_PREREQUISITE_MISSING, error->message,
                           "sudo apt install gnupg");
      return;
    }
  g_variant_lookup (reply, "version", "&s", &version);
  g_variant_lookup (reply, "agent", "b", &agent);
  text = g_strdup_printf ("GnuPG %s is there to lock letters%s", version,
                          agent ? ", and gpg-agent to sign them."
                                : ". gpg-agent is not running: letters are locked without your "
                                  "signature.");
  ll_prerequisite_add (list, "gnupg", LL_PREREQUISITE_THERE, text, NULL);
}

static gboolean
needs_lock (const LlAccount *account)
{
  return account->preset_set
         && (account->preset == LL_PRESET_CONFIDENTIAL || account->preset == LL_PRESET_REGULATED);
}

/* auth = oauth2 */
static void
add_sign_in (GVariantBuilder *list,
             const LlBusActions *actions,
             const LlAccount *account,
             const char *check)
{
  GVariant *answer = actions->sign_in_state != NULL
                         ? actions->sign_in_state (actions->data, account->name)
                         : NULL;
  g_autoptr (GVariant) state = answer != NULL ? g_variant_ref_sink (answer) : NULL;
  g_autofree char *login = g_strdup_printf ("letterlock account login %s", account->name);
  const char *word = "";
  const char *reason = "";
  LlSignIn sign_in;

  if (state == NULL)
    return;
  g_variant_lookup (state, "sign_in", "&s", &word);
  g_variant_lookup (state, "sign_in_reason", "&s", &reason);
  if (!ll_sign_in_from_name (word, &sign_in))
    return;
  switch (sign_in)
    {
    case LL_SIGN_IN_NEVER:
      ll_prerequisite_add (list, check, LL_PREREQUISITE_MISSING,
                           "Nobody has signed in at its provider yet.", login);
      break;
    case LL_SIGN_IN_SIGNED_IN:
      ll_prerequisite_add (list, check, LL_PREREQUISITE_THERE,
                           "Its permission from the provider is stored, and was not refused since "
                           "the start.",
                           NULL);
      break;
    case LL_SIGN_IN_AGAIN:
    case LL_SIGN_IN_REFUSED:
      ll_prerequisite_add (list, check, LL_PREREQUISITE_MISSING, reason, login);
      break;
    case LL_SIGN_IN_LOCKED:
      ll_prerequisite_add (list, check, LL_PREREQUISITE_UNTOLD, reason, NULL);
      break;
    }
}

static void
add_account (GVariantBuilder *list, const LlBusActions *actions, const LlAccount *account)
{
  g_autofree char *check = g_strconcat ("account ", account->name, NULL);
  g_autofree char *remedy = NULL;
  g_autoptr (LlSecret) secret = NULL;
  g_autoptr (GError) error = NULL;

  if (needs_lock (account))
    ll_prerequisite_add (list, check, LL_PREREQUISITE_UNTOLD, LOCKS, NULL);
  if (account->auth == LL_AUTH_OAUTH2)
    add_sign_in (list, actions, account, check);
  if (account->auth != LL_AUTH_PASSWORD || account->password_command != NULL
      || actions->secrets == NULL)
    return;
  secret = ll_secret_store_lookup (actions->secrets, LL_BUS_PASSWORD_PURPOSE, account->name, NULL,
                                   &error);
  remedy = g_strdup_printf ("letterlock account edit %s --password-stdin", account->name);
  if (secret != NULL)
    ll_prerequisite_add (list, check, LL_PREREQUISITE_THERE,
                         "Its password at the provider is stored.", NULL);
  else if (g_error_matches (error, LL_SECRET_ERROR, LL_SECRET_ERROR_ABSENT))
    ll_prerequisite_add (list, check, LL_PREREQUISITE_MISSING,
                         "Its password at the provider is not stored.", remedy);
  else
    ll_prerequisite_add (list, check, LL_PREREQUISITE_UNTOLD, error->message, NULL);
}

/* Who learns whom the user writes to, because he named them. */
static void
add_key_sources (GVariantBuilder *list, const LlConfig *config)
{
  gboolean directories = config->ldap != NULL && config->ldap[0] != NULL;
  g_autofree char *names = directories ? g_strjoinv (", ", config->ldap) : NULL;
  g_autofree char *all
      = g_strdup_printf ("Asked for keys of recipients: %s%s%s. They learn whom you write to.",
                         config->keyserver != NULL ? config->keyserver : "",
                         config->keyserver != NULL && directories ? ", " : "",
                         directories ? names : "");

  if (config->keyserver == NULL && !directories)
    ll_prerequisite_add (list, "key sources", LL_PREREQUISITE_THERE,
                         "No key server and no directory is asked for keys of recipients.", NULL);
  else
    ll_prerequisite_add (list, "key sources", LL_PREREQUISITE_THERE, all,
                         "None needed; letterlock config set keys.keyserver \"\" and keys.ldap "
                         "\"\" end it.");
}

static void
add_accounts (GVariantBuilder *list, const LlBusActions *actions, const LlConfig *config)
{
  if (config->accounts->len == 0)
    ll_prerequisite_add (list, "accounts", LL_PREREQUISITE_MISSING, "There is no account yet.",
                         "letterlock account add --address YOU@EXAMPLE --upstream HOST:PORT "
                         "--password-stdin");
  for (guint i = 0; i < config->accounts->len; i++)
    add_account (list, actions, g_ptr_array_index (config->accounts, i));
  if (config->preset == LL_PRESET_CONFIDENTIAL || config->preset == LL_PRESET_REGULATED)
    ll_prerequisite_add (list, "preset", LL_PREREQUISITE_UNTOLD, LOCKS, NULL);
}

/* What only the app knows: sockets, spool... */
static gboolean
add_others (GVariantBuilder *list, const LlBusActions *actions, GError **error)
{
  g_autoptr (GVariant) others = NULL;
  GVariant *answer;

  if (actions->doctor == NULL)
    return TRUE;
  answer = actions->doctor (actions->data, error);
  if (answer == NULL)
    return FALSE;
  others = g_variant_take_ref (answer);
  for (gsize i = 0; i < g_variant_n_children (others); i++)
    {
      g_autoptr (GVariant) line = g_variant_get_child_value (others, i);

      g_variant_builder_add_value (list, line);
    }
  return TRUE;
}

GVariant *
ll_bus_doctor (const LlBusActions *actions, GCancellable *cancellable, GError **error)
{
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  g_autoptr (LlConfig) config = actions->config != NULL ? actions->config (actions->data) : NULL;

  add_config (&list, actions);
  if (config != NULL)
    {
      add_key_sources (&list, config);
      add_accounts (&list, actions, config);
    }
  if (actions->secrets != NULL)
    add_keyring (&list, actions->secrets);
  if (actions->resolver != NULL)
    add_resolver (&list, actions->resolver, cancellable);
  add_gnupg (&list, actions);
  if (actions->network != NULL)
    add_network (&list, actions, actions->network, cancellable);
  return add_others (&list, actions, error) ? g_variant_builder_end (&list) : NULL;
}
