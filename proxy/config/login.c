/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/login.h"

#include "base/error.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/limits.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#define FILE_NAME "logins"
#define SALT_BYTES 16
#define HASH_BYTES 32
/* 26 letters of 5 bits each: 130 bits, easy to type from a screen */
#define PASSWORD_LETTERS 26

static const char alphabet[] = "abcdefghijkmnopqrstuvwxyz23456789"; /* no l, 0, 1 */
G_STATIC_ASSERT (sizeof alphabet - 1 >= 32);

/* One writer at a time inside the daemon; readers see the old file or the new one. */
static GMutex writer;

static char *
path_of (const char *folder)
{
  return g_build_filename (folder, FILE_NAME, NULL);
}

/* Logins are any text; group names of a key file are not. */
static char *
group_of (const char *login)
{
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, login, -1);

  return g_strconcat ("login ", digest, NULL);
}

static gboolean
load (const char *folder, GKeyFile **file, GError **error)
{
  g_autofree char *path = path_of (folder);
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autoptr (GError) cause = NULL;
  g_autoptr (GBytes) bytes = ll_file_load (path, LL_CONFIG_FILE_MAX, &cause);

  if (bytes == NULL && !g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_set_error_literal (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE, cause->message);
      return FALSE;
    }
  g_clear_error (&cause);
  if (bytes != NULL && g_bytes_get_size (bytes) > 0
      && !g_key_file_load_from_bytes (keys, bytes, G_KEY_FILE_NONE, &cause))
    {
      g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE, "%s: %s", path, cause->message);
      return FALSE;
    }
  *file = g_steal_pointer (&keys);
  return TRUE;
}

static gboolean
save (const char *folder, GKeyFile *file, GError **error)
{
  g_autofree char *path = path_of (folder);
  gsize length;
  g_autofree char *text = g_key_file_to_data (file, &length, NULL);
  g_autoptr (GError) cause = NULL;

  if (ll_file_make_folder (folder, &cause) && ll_file_replace (path, text, length, &cause))
    return TRUE;
  g_set_error_literal (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE, cause->message);
  return FALSE;
}

static gboolean
from_hex (const char *hex, guchar *bytes, gsize length)
{
  if (hex == NULL || strlen (hex) != length * 2)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      int high = g_ascii_xdigit_value (hex[2 * i]), low = g_ascii_xdigit_value (hex[2 * i + 1]);

      if (high < 0 || low < 0)
        return FALSE;
      bytes[i] = (guchar) (high << 4 | low);
    }
  return TRUE;
}

static gboolean
hash (const guchar *salt, const LlSecret *password, guchar out[HASH_BYTES])
{
  EVP_MD_CTX *context = EVP_MD_CTX_new ();
  gboolean ok
      = context != NULL && EVP_DigestInit_ex (context, EVP_sha256 (), NULL) == 1
        && EVP_DigestUpdate (context, salt, SALT_BYTES) == 1
        && EVP_DigestUpdate (context, ll_secret_peek (password), ll_secret_length (password)) == 1
        && EVP_DigestFinal_ex (context, out, NULL) == 1;

  EVP_MD_CTX_free (context);
  return ok;
}

/* Each letter from 5 fresh bits: no letter is likelier than another. */
static LlSecret *
generate (void)
{
  guchar random[PASSWORD_LETTERS];
  char text[PASSWORD_LETTERS + 1];
  LlSecret *password = NULL;

  if (RAND_bytes (random, sizeof random) == 1)
    {
      for (guint i = 0; i < PASSWORD_LETTERS; i++)
        text[i] = alphabet[random[i] & 31];
      text[PASSWORD_LETTERS] = '\0';
      password = ll_secret_new (text, PASSWORD_LETTERS);
    }
  ll_secret_wipe (random, sizeof random);
  ll_secret_wipe (text, sizeof text);
  return password;
}

LlSecret *
ll_login_create (const char *folder, const char *login, GError **error)
{
  g_autoptr (LlSecret) password = generate ();
  g_autoptr (GKeyFile) file = NULL;
  g_autofree char *group = group_of (login);
  g_autofree char *salt_hex = NULL;
  g_autofree char *hash_hex = NULL;
  guchar salt[SALT_BYTES], digest[HASH_BYTES];
  gboolean ok;

  if (password == NULL || RAND_bytes (salt, sizeof salt) != 1 || !hash (salt, password, digest))
    {
      g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE,
                   "The system gave no random numbers for a password");
      return NULL;
    }
  salt_hex = ll_hex (salt, sizeof salt);
  hash_hex = ll_hex (digest, sizeof digest);
  g_mutex_lock (&writer);
  ok = load (folder, &file, error);
  if (ok)
    {
      g_key_file_set_string (file, group, "name", login);
      g_key_file_set_string (file, group, "salt", salt_hex);
      g_key_file_set_string (file, group, "hash", hash_hex);
      ok = save (folder, file, error);
    }
  g_mutex_unlock (&writer);
  return ok ? g_steal_pointer (&password) : NULL;
}

gboolean
ll_login_remove (const char *folder, const char *login, GError **error)
{
  g_autoptr (GKeyFile) file = NULL;
  g_autofree char *group = group_of (login);
  gboolean ok;

  g_mutex_lock (&writer);
  ok = load (folder, &file, error);
  if (ok && g_key_file_remove_group (file, group, NULL))
    ok = save (folder, file, error);
  g_mutex_unlock (&writer);
  return ok;
}

gboolean
ll_login_check (const char *folder, const char *login, const LlSecret *password)
{
  g_autoptr (GKeyFile) file = NULL;
  g_autofree char *group = group_of (login);
  g_autofree char *salt_hex = NULL;
  g_autofree char *hash_hex = NULL;
  guchar salt[SALT_BYTES] = { 0 }, wanted[HASH_BYTES] = { 0 }, given[HASH_BYTES];
  gboolean known = FALSE;

  if (load (folder, &file, NULL))
    {
      salt_hex = g_key_file_get_string (file, group, "salt", NULL);
      hash_hex = g_key_file_get_string (file, group, "hash", NULL);
      known = from_hex (salt_hex, salt, sizeof salt) && from_hex (hash_hex, wanted, sizeof wanted);
    }
  /* the same work whether the login is known or not */
  if (!hash (salt, password, given))
    return FALSE;
  return CRYPTO_memcmp (given, wanted, HASH_BYTES) == 0 && known;
}
