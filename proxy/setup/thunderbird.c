/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/thunderbird.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "setup/files.h"
#include "setup/lock.h"
#include "setup/logins.h"
#include "setup/stores.h"

#include <string.h>

#define HOST "localhost"
#define ORIGIN "smtp://" HOST

struct _LlThunderbird
{
  char *profile;
  LlProfileLock lock;
  LlSetupRecord *record;
  LlPrefs *prefs;
  GPtrArray *servers; /* of LlOutgoing */
  GBytes *logins_before;
  LlLogins *logins;
  gboolean logins_changed;
  LlStores *stores;
  GArray *changes; /* of LlPrefChange */
};

void
ll_thunderbird_free (LlThunderbird *thunderbird)
{
  if (thunderbird == NULL)
    return;
  ll_stores_free (thunderbird->stores);
  ll_setup_record_free (thunderbird->record);
  ll_prefs_free (thunderbird->prefs);
  g_clear_pointer (&thunderbird->servers, g_ptr_array_unref);
  g_clear_pointer (&thunderbird->logins_before, g_bytes_unref);
  ll_logins_free (thunderbird->logins);
  g_array_unref (thunderbird->changes);
  ll_profile_lock_clear (&thunderbird->lock);
  g_free (thunderbird->profile);
  g_free (thunderbird);
}

/* -- reading --------------------------------------------------------------- */

/* Parsed; NULL without @error: there is no such file. */
static LlPrefs *
read_prefs (const char *profile, const char *name, GError **error)
{
  g_autoptr (GBytes) bytes = ll_setup_read (profile, name, error);
  LlPrefs *prefs = bytes != NULL ? ll_prefs_parse (bytes, error) : NULL;

  if (bytes != NULL && prefs == NULL)
    g_prefix_error (error, "%s/%s: ", profile, name);
  return prefs;
}

/* user.js is read at each start, over prefs.js. */
static gboolean
check_user_js (const char *profile, GPtrArray *servers, GError **error)
{
  static const char *const fields[]
      = { "hostname", "port", "try_ssl", "authMethod", "username", NULL };
  g_autoptr (GError) cause = NULL;
  g_autoptr (LlPrefs) fixed = read_prefs (profile, "user.js", &cause);

  if (cause != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
  for (guint i = 0; fixed != NULL && i < servers->len; i++)
    for (guint j = 0; fields[j] != NULL; j++)
      {
        g_autofree char *name = ll_outgoing_name (g_ptr_array_index (servers, i), fields[j]);

        if (ll_prefs_find (fixed, name) == NULL)
          continue;
        g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED,
                     "%s/user.js fixes %s: Thunderbird would go back to it at each start", profile,
                     name);
        return FALSE;
      }
  return TRUE;
}

static gboolean
read_logins (LlThunderbird *thunderbird, GError **error)
{
  g_autoptr (GError) cause = NULL;

  thunderbird->logins_before = ll_setup_read (thunderbird->profile, "logins.json", &cause);
  if (cause != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
  thunderbird->logins = ll_logins_parse (thunderbird->logins_before, error);
  return thunderbird->logins != NULL;
}

static gboolean
read_profile (LlThunderbird *thunderbird, GError **error)
{
  g_autoptr (GError) cause = NULL;

  thunderbird->prefs = read_prefs (thunderbird->profile, "prefs.js", &cause);
  if (thunderbird->prefs == NULL)
    {
      if (cause != NULL)
        g_propagate_error (error, g_steal_pointer (&cause));
      else
        g_set_error (error, LL_API_ERROR, LL_API_ERROR_NOT_FOUND,
                     "%s is no profile of Thunderbird, or one that was never used",
                     thunderbird->profile);
      return FALSE;
    }
  thunderbird->servers = ll_outgoing_read (thunderbird->prefs);
  return check_user_js (thunderbird->profile, thunderbird->servers, error)
         && read_logins (thunderbird, error);
}

LlThunderbird *
ll_thunderbird_open (const char *profile, GError **error)
{
  g_autoptr (LlThunderbird) thunderbird = g_new0 (LlThunderbird, 1);

  thunderbird->lock.fd = -1;
  thunderbird->profile = g_canonicalize_filename (profile, NULL);
  thunderbird->changes = ll_pref_changes_new ();
  if (!g_file_test (thunderbird->profile, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_NOT_FOUND, "There is no folder %s",
                   thunderbird->profile);
      return NULL;
    }
  if (!ll_profile_lock (thunderbird->profile, &thunderbird->lock, error)
      || !read_profile (thunderbird, error))
    return NULL;
  thunderbird->record = ll_setup_record_new ("thunderbird", thunderbird->profile, error);
  if (thunderbird->record == NULL)
    return NULL;
  thunderbird->stores = ll_stores_open (thunderbird->profile, thunderbird->record->folder, error);
  return thunderbird->stores != NULL ? g_steal_pointer (&thunderbird) : NULL;
}

GPtrArray *
ll_thunderbird_servers (LlThunderbird *thunderbird)
{
  return thunderbird->servers;
}

gboolean
ll_thunderbird_is_locked (LlThunderbird *thunderbird)
{
  return ll_vault_is_locked (thunderbird->stores->vault);
}

gboolean
ll_thunderbird_unlock (LlThunderbird *thunderbird, const LlSecret *password, GError **error)
{
  return ll_vault_unlock (thunderbird->stores->vault, password, error);
}

/* The guid and the password of the login for this origin and user name. */
static gboolean
find_login (LlThunderbird *thunderbird, const char *origin, const char *username, LlLogin *out)
{
  g_autoptr (GArray) logins = ll_logins_find (thunderbird->logins, origin);

  for (guint i = 0; i < logins->len; i++)
    {
      LlLogin *login = &g_array_index (logins, LlLogin, i);
      g_autoptr (LlSecret) name
          = ll_vault_decrypt (thunderbird->stores->vault, login->username, NULL);

      if (name == NULL || strcmp (ll_secret_peek (name), username) != 0)
        continue;
      *out = *login;
      return TRUE;
    }
  return FALSE;
}

LlSecret *
ll_thunderbird_password (LlThunderbird *thunderbird, const LlOutgoing *server, GError **error)
{
  g_autofree char *origin = g_strdup_printf ("smtp://%s", server->host);
  LlLogin login;

  if (ll_thunderbird_is_locked (thunderbird)
      || !find_login (thunderbird, origin, server->username, &login))
    return NULL;
  return ll_vault_decrypt (thunderbird->stores->vault, login.password, error);
}

/* -- changing, still beside it --------------------------------------------- */

static void
change (LlThunderbird *thunderbird, const LlOutgoing *server, const char *field, char *value)
{
  ll_pref_changes_add (thunderbird->changes, ll_outgoing_name (server, field), value);
}

/* A list in the record, of which undo takes each. */
static void
note (LlThunderbird *thunderbird, const char *key, const char *text)
{
  g_autofree char *before = ll_setup_record_text (thunderbird->record, key);
  g_autofree char *more = g_strconcat (before, *before != '\0' ? ";" : "", text, NULL);

  g_key_file_set_string (thunderbird->record->file, "setup", key, more);
}

static gboolean
save_login (LlThunderbird *thunderbird,
            const char *username,
            const LlSecret *password,
            GError **error)
{
  g_autofree char *uuid = g_uuid_string_random ();
  g_autofree char *guid = g_strdup_printf ("{%s}", uuid);
  g_autofree char *name = NULL, *sealed = NULL;
  LlLogin login;

  name = ll_vault_encrypt (thunderbird->stores->vault, username, error);
  sealed = name != NULL
               ? ll_vault_encrypt (thunderbird->stores->vault, ll_secret_peek (password), error)
               : NULL;
  if (sealed == NULL)
    return FALSE;
  /* an older one would be found first */
  while (find_login (thunderbird, ORIGIN, username, &login))
    {
      note (thunderbird, "replaced", login.guid);
      if (!ll_logins_remove (thunderbird->logins, login.guid, ORIGIN))
        break;
    }
  login = (LlLogin){ .guid = guid, .username = name, .password = sealed };
  ll_logins_add (thunderbird->logins, ORIGIN, &login, ll_clock_now () * 1000);
  note (thunderbird, "logins", guid);
  thunderbird->logins_changed = TRUE;
  return TRUE;
}

gboolean
ll_thunderbird_point (LlThunderbird *thunderbird,
                      const LlOutgoing *server,
                      guint port,
                      const char *username,
                      const LlSecret *password,
                      GError **error)
{
  if (password != NULL && !save_login (thunderbird, username, password, error))
    return FALSE;
  change (thunderbird, server, "hostname", ll_prefs_quote (HOST));
  change (thunderbird, server, "port", g_strdup_printf ("%u", port));
  change (thunderbird, server, "try_ssl", g_strdup_printf ("%d", LL_OUTGOING_TLS));
  change (thunderbird, server, "authMethod", g_strdup_printf ("%d", LL_OUTGOING_AUTH_PASSWORD));
  change (thunderbird, server, "username", ll_prefs_quote (username));
  return TRUE;
}

/* -- writing --------------------------------------------------------------- */

static gboolean
add_prefs (LlThunderbird *thunderbird, GError **error)
{
  g_autoptr (GBytes) after = ll_prefs_change (thunderbird->prefs, thunderbird->changes);

  for (guint i = 0; i < thunderbird->changes->len; i++)
    {
      const LlPrefChange *one = &g_array_index (thunderbird->changes, LlPrefChange, i);
      g_autofree char *group = g_strdup_printf ("pref %s", one->name);
      g_autofree char *before = ll_prefs_value (thunderbird->prefs, one->name);

      if (before != NULL && !g_utf8_validate (before, -1, NULL))
        {
          g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE,
                       "prefs.js: %s is not UTF-8, and could not be put back", one->name);
          return FALSE;
        }
      g_key_file_set_string (thunderbird->record->file, group, "after", one->value);
      if (before != NULL)
        g_key_file_set_string (thunderbird->record->file, group, "before", before);
    }
  return ll_setup_record_add (thunderbird->record, "prefs.js", thunderbird->prefs->bytes, after,
                              error);
}

static gboolean
add_logins (LlThunderbird *thunderbird, GError **error)
{
  g_autoptr (GBytes) after = NULL;

  if (!thunderbird->logins_changed)
    return TRUE;
  after = ll_logins_write (thunderbird->logins);
  return ll_setup_record_add (thunderbird->record, "logins.json", thunderbird->logins_before, after,
                              error);
}

/* prefs.js comes last: until it is there, Thunderbird sends as before. */
gboolean
ll_thunderbird_write (LlThunderbird *thunderbird, const char *authority, GError **error)
{
  if (!ll_stores_trust (thunderbird->stores, authority, thunderbird->record, error)
      || !add_logins (thunderbird, error) || !add_prefs (thunderbird, error)
      || !ll_setup_record_keep (thunderbird->record, error))
    return FALSE;
  if (ll_setup_record_apply (thunderbird->record, error))
    {
      ll_profile_lock_clear (&thunderbird->lock);
      return TRUE;
    }
  g_prefix_error (error, "It is not finished, and \"letterlock undo\" takes it back: ");
  return FALSE;
}
