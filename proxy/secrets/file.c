/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "secrets/file.h"

#include "base/error.h"
#include "base/file.h"
#include "base/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX (1024 * 1024)
#define KEYRING "@keyring"

static gboolean
failed (GError **error, GError *cause)
{
  g_set_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_FAILED, "%s", cause->message);
  g_error_free (cause);
  return FALSE;
}

/* A missing file is an empty one. (transfer full) */
static LlSecret *
load (const char *path, GError **error)
{
  LL_AUTO_FD fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  g_autofree char *bytes = NULL;
  g_autoptr (GError) local = NULL;
  LlSecret *secret = NULL;
  struct stat status;
  gssize got;

  if (fd < 0 && errno == ENOENT)
    return ll_secret_new ("", 0);
  if (fd < 0 || fstat (fd, &status) < 0)
    {
      ll_file_set_error (&local, "Cannot read %s: %m", path);
      failed (error, g_steal_pointer (&local));
      return NULL;
    }
  if (!S_ISREG (status.st_mode) || status.st_size > FILE_MAX || status.st_uid != geteuid ())
    {
      g_set_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_FAILED,
                   "%s is not a file of this user of at most %d bytes", path, FILE_MAX);
      return NULL;
    }
  if (status.st_mode & 077)
    (void) fchmod (fd, 0600);
  bytes = g_malloc ((gsize) status.st_size + 1);
  got = ll_file_read_full (fd, bytes, (gsize) status.st_size, &local);
  if (got >= 0)
    secret = ll_secret_new (bytes, (gsize) got);
  else
    failed (error, g_steal_pointer (&local));
  ll_secret_wipe (bytes, (gsize) status.st_size);
  return secret;
}

/* "PURPOSE NAME-IN-HEX " with which a secret's line begins. (transfer full) */
static char *
line_start (const char *purpose, const char *name)
{
  GString *line = g_string_new (purpose);

  g_string_append (line, *name ? " " : " -");
  for (; *name; name++)
    g_string_append_printf (line, "%02x", (guchar) *name);
  g_string_append_c (line, ' ');
  return g_string_free (line, FALSE);
}

/* The next line of @rest, without its newline; @value: what stands after @start when it is that
 * secret's line. */
static gboolean
next_line (LlScan *rest, const char *start, LlScan *line, gboolean *matches, LlScan *value)
{
  if (ll_scan_at_end (rest))
    return FALSE;
  if (ll_scan_until (rest, '\n', line))
    ll_scan_byte (rest, '\n');
  else
    {
      *line = *rest;
      rest->at = rest->end;
    }
  *value = *line;
  *matches = ll_scan_literal (value, start);
  return TRUE;
}

static LlSecret *
decode (const LlScan *value)
{
  gsize length = ll_scan_length (value);
  g_autofree guchar *bytes = NULL;
  LlSecret *secret = NULL;
  int got;

  if (length % 4 != 0)
    return NULL;
  bytes = g_malloc (length + 1);
  got = EVP_DecodeBlock (bytes, (const guchar *) value->at, (int) length);
  if (got >= 0)
    {
      /* DecodeBlock counts the padding as bytes */
      for (gsize i = 0; i < 2 && i < length && value->end[-1 - (gssize) i] == '='; i++)
        got--;
      secret = ll_secret_new ((const char *) bytes, (gsize) got);
    }
  ll_secret_wipe (bytes, length);
  return secret;
}

LlSecretFileFound
ll_secret_file_lookup (
    const char *path, const char *purpose, const char *name, LlSecret **secret, GError **error)
{
  g_autofree char *start = line_start (purpose, name);
  g_autoptr (LlSecret) file = load (path, error);
  LlScan rest, line, value;
  gboolean matches;

  if (file == NULL)
    return LL_SECRET_FILE_FAILED;
  rest = ll_scan (ll_secret_peek (file), ll_secret_length (file));
  while (next_line (&rest, start, &line, &matches, &value))
    {
      LlSecret *found;

      if (!matches)
        continue;
      if (ll_scan_equals (&value, KEYRING))
        return LL_SECRET_FILE_KEYRING;
      found = decode (&value);
      if (found == NULL)
        {
          g_set_error (error, LL_SECRET_ERROR, LL_SECRET_ERROR_FAILED,
                       "%s is damaged: the line of %s cannot be read", path, purpose);
          return LL_SECRET_FILE_FAILED;
        }
      *secret = found;
      return LL_SECRET_FILE_HERE;
    }
  return LL_SECRET_FILE_ABSENT;
}

/* Writes the file anew without the line of @start, and with @value for it unless that is NULL. */
static gboolean
rewrite (const char *path, const char *start, const char *value, GError **error)
{
  g_autoptr (LlSecret) file = load (path, error);
  g_autoptr (GError) local = NULL;
  g_autofree char *bytes = NULL;
  gsize capacity, length = 0;
  LlScan rest, line, old;
  gboolean matches, done;

  if (file == NULL)
    return FALSE;
  capacity = ll_secret_length (file) + strlen (start) + (value ? strlen (value) : 0) + 3;
  bytes = g_malloc (capacity);
  rest = ll_scan (ll_secret_peek (file), ll_secret_length (file));
  while (next_line (&rest, start, &line, &matches, &old))
    if (!matches && !ll_scan_at_end (&line))
      {
        memcpy (bytes + length, line.at, ll_scan_length (&line));
        length += ll_scan_length (&line);
        bytes[length++] = '\n';
      }
  if (value != NULL)
    length += (gsize) g_snprintf (bytes + length, capacity - length, "%s%s\n", start, value);
  done = ll_file_replace (path, bytes, length, &local);
  ll_secret_wipe (bytes, capacity);
  return done || failed (error, g_steal_pointer (&local));
}

gboolean
ll_secret_file_save (
    const char *path, const char *purpose, const char *name, const LlSecret *secret, GError **error)
{
  g_autofree char *start = line_start (purpose, name);
  g_autofree char *value = NULL;
  gsize capacity;
  gboolean done;

  if (secret == NULL)
    return rewrite (path, start, KEYRING, error);
  capacity = (ll_secret_length (secret) + 2) / 3 * 4 + 1;
  value = g_malloc (capacity);
  EVP_EncodeBlock ((guchar *) value, (const guchar *) ll_secret_peek (secret),
                   (int) ll_secret_length (secret));
  done = rewrite (path, start, value, error);
  ll_secret_wipe (value, capacity);
  return done;
}

gboolean
ll_secret_file_remove (const char *path, const char *purpose, const char *name, GError **error)
{
  g_autofree char *start = line_start (purpose, name);

  if (access (path, F_OK) < 0 && errno == ENOENT)
    return TRUE;
  return rewrite (path, start, NULL, error);
}
