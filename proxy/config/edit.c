/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/config.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "config/layer.h"
#include "config/lines.h"
#include "config/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * The user's file is his: what a program writes into it changes the lines that it
 * has to and leaves order, blank lines and comments as they are.
 */

/* -- lines -------------------------------------------------------------------------------- */

static gboolean
line_is (const char *line, LlLineKind kind, const char *word)
{
  g_autofree char *found = NULL;

  return ll_line_parse (line, &found) == kind && (word == NULL || strcmp (found, word) == 0);
}

/* The lines of a group without its header: [*start, *end). FALSE: there is no such group. */
static gboolean
find_group (GPtrArray *lines, const char *group, guint *start, guint *end)
{
  guint i = 0;

  while (i < lines->len && !line_is (lines->pdata[i], LL_LINE_GROUP, group))
    i++;
  if (i == lines->len)
    return FALSE;
  *start = i + 1;
  for (i++; i < lines->len && !line_is (lines->pdata[i], LL_LINE_GROUP, NULL);)
    i++;
  *end = i;
  return TRUE;
}

/* Right after the last key, so that comments before the next group stay with that. */
static guint
end_of_keys (GPtrArray *lines, guint start, guint end)
{
  while (end > start && !line_is (lines->pdata[end - 1], LL_LINE_KEY, NULL))
    end--;
  return end;
}

static char *
key_line (const char *group, const char *key, const char *value)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *raw = NULL;

  g_key_file_set_string (file, group, key, value); /* escapes what needs it */
  raw = g_key_file_get_value (file, group, key, NULL);
  return g_strdup_printf ("%s = %s", key, raw);
}

static void
apply (GPtrArray *lines, const char *group, const LlConfigChange *change)
{
  guint start, end, at;

  if (!find_group (lines, group, &start, &end))
    {
      if (change->value == NULL)
        return;
      if (lines->len > 0 && *(char *) lines->pdata[lines->len - 1] != '\0')
        g_ptr_array_add (lines, g_strdup (""));
      g_ptr_array_add (lines, g_strdup_printf ("[%s]", group));
      start = end = lines->len;
    }
  for (at = start; at < end && !line_is (lines->pdata[at], LL_LINE_KEY, change->key);)
    at++;
  if (at < end)
    g_ptr_array_remove_index (lines, at);
  else
    at = end_of_keys (lines, start, end);
  if (change->value != NULL)
    g_ptr_array_insert (lines, (gint) at, key_line (group, change->key, change->value));
}

static void
remove_group (GPtrArray *lines, const char *group)
{
  guint start, end;

  if (!find_group (lines, group, &start, &end))
    return;
  end = end_of_keys (lines, start, end);
  if (end < lines->len && *(char *) lines->pdata[end] == '\0')
    end++;
  g_ptr_array_remove_range (lines, start - 1, end - start + 1);
}

/* Of a listener, a rule or an account nothing is left when its last key goes. */
static gboolean
is_used_up (GPtrArray *lines, const char *group)
{
  const char *name = NULL;
  guint start, end;

  ll_option_group_of (group, &name);
  if (name == NULL || !find_group (lines, group, &start, &end))
    return FALSE;
  for (guint at = start; at < end; at++)
    if (line_is (lines->pdata[at], LL_LINE_KEY, NULL))
      return FALSE;
  return TRUE;
}

static GPtrArray *
split (const char *bytes, gsize length)
{
  g_autofree char *text = g_strndup (bytes != NULL ? bytes : "", length);
  g_auto (GStrv) parts = g_strsplit (text, "\n", -1);
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  guint n = g_strv_length (parts);

  if (n > 0 && parts[n - 1][0] == '\0')
    n--; /* what follows the last line feed is no line */
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (lines, g_strdup (parts[i]));
  return lines;
}

static GString *
join (GPtrArray *lines)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < lines->len; i++)
    g_string_append_printf (text, "%s\n", (char *) lines->pdata[i]);
  return text;
}

/* -- what may be changed -------------------------------------------------------------------- */

static gboolean
check_changes (const LlConfig *system,
               const char *system_path,
               const char *group,
               const LlConfigChange *changes,
               gsize n,
               GError **error)
{
  const char *name;
  const char *kind = ll_option_group_of (group, &name);
  gboolean clean = g_utf8_validate (group, -1, NULL) && strpbrk (group, "[]\r\n\t") == NULL;

  if (!clean)
    {
      g_set_error_literal (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_UNKNOWN_KEY,
                           "a group's name has no brackets and no control characters");
      return FALSE;
    }
  if (kind == NULL)
    return ll_layers_fail_group (group, error);
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *dotted = g_strconcat (kind, ".", changes[i].key, NULL);
      const char *nearest = ll_option_nearest (kind, changes[i].key);

      if (ll_option_find (kind, changes[i].key) == NULL)
        {
          g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_UNKNOWN_KEY,
                       "[%s] has no key \"%s\"%s%s%s", group, changes[i].key,
                       nearest != NULL ? "; did you mean \"" : "", nearest != NULL ? nearest : "",
                       nearest != NULL ? "\"?" : "");
          return FALSE;
        }
      if (ll_config_is_locked (system, dotted))
        {
          g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_LOCKED,
                       "%s is fixed by the administrator in %s", dotted, system_path);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
load (const char *path, GBytes **bytes, GError **error)
{
  g_autoptr (GError) cause = NULL;

  *bytes = ll_file_load (path, LL_CONFIG_FILE_MAX, &cause);
  if (*bytes == NULL && g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    *bytes = g_bytes_new_static ("", 0);
  if (*bytes == NULL)
    g_set_error_literal (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE, cause->message);
  return *bytes != NULL;
}

/* Where the file really is: people keep theirs as a link into a folder under version control. */
static char *
real_path (const char *path)
{
  char *resolved = realpath (path, NULL);
  char *copy = g_strdup (resolved != NULL ? resolved : path);

  free (resolved);
  return copy;
}

static gboolean
write_file (const char *path, const GString *text, GError **error)
{
  g_autofree char *target = real_path (path);
  g_autofree char *folder = g_path_get_dirname (target);
  g_autoptr (GError) cause = NULL;

  if (ll_file_make_folder (folder, &cause)
      && ll_file_replace (target, text->str, text->len, &cause))
    return TRUE;
  g_set_error_literal (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE, cause->message);
  return FALSE;
}

/* The person did not write @path: what is wrong is what was to be written into it. */
static void
take_path_away (const char *path, GError **error)
{
  g_autofree char *prefix = g_strconcat (path, ": ", NULL);

  if (error != NULL && *error != NULL && g_str_has_prefix ((*error)->message, prefix))
    {
      char *rest = g_strdup ((*error)->message + strlen (prefix));

      g_free ((*error)->message);
      (*error)->message = rest;
    }
}

static gboolean
edit (const char *system_path,
      const char *path,
      const char *group,
      const LlConfigChange *changes,
      gsize n,
      GError **error)
{
  g_autoptr (GBytes) below = NULL;
  g_autoptr (GBytes) above = NULL;
  g_autoptr (LlConfig) system = NULL;
  g_autoptr (LlConfig) result = NULL;
  g_autoptr (GPtrArray) lines = NULL;
  g_autoptr (GString) text = NULL;
  LlConfigText system_text = { .name = system_path }, user_text = { .name = path };

  if (!load (system_path, &below, error) || !load (path, &above, error))
    return FALSE;
  system_text.bytes = g_bytes_get_data (below, &system_text.length);
  system = ll_config_parse (&system_text, NULL, error);
  if (system == NULL || !check_changes (system, system_path, group, changes, n, error))
    return FALSE;
  lines = split (g_bytes_get_data (above, NULL), g_bytes_get_size (above));
  for (gsize i = 0; i < n; i++)
    apply (lines, group, &changes[i]);
  if (n == 0 || is_used_up (lines, group))
    remove_group (lines, group);
  text = join (lines);
  user_text.bytes = text->str;
  user_text.length = text->len;
  result = ll_config_parse (&system_text, &user_text, error);
  if (result == NULL)
    take_path_away (path, error);
  return result != NULL && write_file (path, text, error);
}

gboolean
ll_config_edit (const char *system,
                const char *path,
                const char *group,
                const LlConfigChange *changes,
                gsize n,
                GError **error)
{
  static GMutex one_writer;
  g_autofree char *user = path != NULL ? g_strdup (path) : ll_config_user_path ();
  gboolean ok;

  g_mutex_lock (&one_writer);
  ok = edit (system != NULL ? system : LL_CONFIG_SYSTEM_PATH, user, group, changes, n, error);
  g_mutex_unlock (&one_writer);
  return ok;
}
