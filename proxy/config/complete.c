/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/complete.h"

#include "base/error.h"
#include "config/account.h"
#include "config/rules.h"

#include <stdarg.h>
#include <string.h>

G_GNUC_PRINTF (2, 3)
static gboolean
fail (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (error != NULL)
    *error = g_error_new_valist (LL_CONFIG_ERROR, LL_CONFIG_ERROR_TYPE, format, arguments);
  va_end (arguments);
  return FALSE;
}

/* -- subject tags ------------------------------------------------------------------------------ */

static gboolean
complete_tags (LlConfig *config, GError **error)
{
  const char *four[]
      = { config->tag_encrypt, config->tag_tls, config->tag_pickup, config->tag_hold, NULL };
  GStrvBuilder *tags = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  gboolean distinct = TRUE;

  for (guint i = 0; four[i] != NULL; i++)
    {
      distinct = g_hash_table_add (seen, (gpointer) four[i]) && distinct;
      g_strv_builder_add (tags, four[i]);
    }
  for (guint i = 0; i < config->rules->len; i++)
    {
      const LlRule *rule = g_ptr_array_index (config->rules, i);

      if (rule->tag != NULL && g_hash_table_add (seen, rule->tag))
        g_strv_builder_add (tags, rule->tag);
    }
  config->tags = g_strv_builder_end (tags);
  g_strv_builder_unref (tags);
  return distinct || fail (error, "[policy]: two of the subject tags are the same word");
}

/* -- listeners ------------------------------------------------------------------------------- */

static gboolean
claim (GHashTable *seen, GStrv endpoints, GError **error)
{
  for (guint i = 0; endpoints != NULL && endpoints[i] != NULL; i++)
    if (!g_str_has_suffix (endpoints[i], ":0") && !g_hash_table_add (seen, endpoints[i]))
      return fail (error, "%s is to be listened on twice: each port speaks one way only",
                   endpoints[i]);
  return TRUE;
}

static gboolean
check_listeners (const LlConfig *config, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  if (!claim (seen, config->listen_smtp, error) || !claim (seen, config->listen_smtps, error))
    return FALSE;
  for (guint i = 0; i < config->foreign->len; i++)
    {
      const LlForeign *foreign = g_ptr_array_index (config->foreign, i);

      if (foreign->smtp[0] == NULL && foreign->smtps[0] == NULL)
        return fail (error, "[foreign %s] names no address: give it smtp or smtps", foreign->name);
      if (!claim (seen, foreign->smtp, error) || !claim (seen, foreign->smtps, error))
        return FALSE;
    }
  return TRUE;
}

/* -- accounts -------------------------------------------------------------------------------- */

/* A login says which password is asked for, so it cannot be ours and the provider's at once;
 * and one address under one login has to lead to one account. */
static gboolean
check_pair (const LlAccount *a, const LlAccount *b, GError **error)
{
  gboolean shared = ll_account_has_login (a, b->login) || ll_account_has_login (b, a->login);

  if (!shared)
    return TRUE;
  if ((a->auth == LL_AUTH_CLIENT) != (b->auth == LL_AUTH_CLIENT))
    return fail (error,
                 "[account %s] and [account %s] share the login \"%s\", but only one passes on the "
                 "mail program's own password: give one of them another login",
                 a->name, b->name, b->login);
  for (guint i = 0; a->addresses[i] != NULL; i++)
    for (guint j = 0; b->addresses[j] != NULL; j++)
      if (g_ascii_strcasecmp (a->addresses[i], b->addresses[j]) == 0)
        return fail (error,
                     "%s stands in [account %s] and in [account %s], which share the login \"%s\": "
                     "nothing says which of them is meant",
                     a->addresses[i], a->name, b->name, b->login);
  return TRUE;
}

static gboolean
check_accounts (const LlConfig *config, GError **error)
{
  for (guint i = 0; i < config->accounts->len; i++)
    for (guint j = 0; j < i; j++)
      if (!check_pair (g_ptr_array_index (config->accounts, j),
                       g_ptr_array_index (config->accounts, i), error))
        return FALSE;
  return TRUE;
}

/* -- harmless, but surely not meant ---------------------------------------------------------- */

static void
warn_of_rules (const LlConfig *config, GStrvBuilder *warnings)
{
  for (guint i = 0; i < config->rules->len; i++)
    {
      const LlRule *rule = g_ptr_array_index (config->rules, i);

      if (rule->account != NULL && ll_config_account (config, rule->account) == NULL)
        {
          g_autofree char *text
              = g_strdup_printf ("[rule %u] is for the account \"%s\", which does not exist: the "
                                 "rule never matches",
                                 rule->number, rule->account);

          g_strv_builder_add (warnings, text);
        }
    }
}

/* The portal's own program is not built yet. */
static void
warn_of_portal (const LlConfig *config, GStrvBuilder *warnings)
{
  if (config->portal != NULL)
    g_strv_builder_add (warnings, "[network] portal does nothing yet: this version of Letterlock "
                                  "looks at mail servers from here alone");
}

static void
warn (LlConfig *config)
{
  GStrvBuilder *warnings = g_strv_builder_new ();

  for (guint i = 0; config->warnings != NULL && config->warnings[i] != NULL; i++)
    g_strv_builder_add (warnings, config->warnings[i]);
  warn_of_rules (config, warnings);
  warn_of_portal (config, warnings);
  g_strfreev (config->warnings);
  config->warnings = g_strv_builder_end (warnings);
  g_strv_builder_unref (warnings);
}

gboolean
ll_config_complete (LlConfig *config, GError **error)
{
  if (!complete_tags (config, error) || !check_listeners (config, error)
      || !check_accounts (config, error))
    return FALSE;
  warn (config);
  return TRUE;
}
