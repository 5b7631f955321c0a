/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/layer.h"

#include "base/error.h"
#include "config/lines.h"
#include "config/list.h"
#include "config/options.h"

#include <string.h>

typedef struct
{
  char *name;
  GKeyFile *file; /* NULL: missing */
} Layer;

struct _LlLayers
{
  Layer system;
  Layer user;
  GStrv locked;
};

void
ll_layers_free (LlLayers *layers)
{
  if (layers == NULL)
    return;
  g_free (layers->system.name);
  g_free (layers->user.name);
  g_clear_pointer (&layers->system.file, g_key_file_unref);
  g_clear_pointer (&layers->user.file, g_key_file_unref);
  g_strfreev (layers->locked);
  g_free (layers);
}

/* -- what may stand in a file ---------------------------------------------------------- */

gboolean
ll_layers_fail_group (const char *group, GError **error)
{
  g_auto (GStrv) words = g_strsplit (group, " ", 2);
  const char *nearest = words[0] != NULL ? ll_option_nearest (words[0], NULL) : NULL;
  g_autofree char *fixed = g_strjoinv (", ", (char **) ll_option_fixed_groups);

  if (nearest != NULL && g_strcmp0 (nearest, words[0]) == 0)
    g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_UNKNOWN_KEY, "[%s] %s", group,
                 words[1] != NULL ? "takes no name" : "needs a name, as in [account work]");
  else if (nearest != NULL)
    g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_UNKNOWN_KEY,
                 "there is no group [%s]; did you mean [%s]?", group, nearest);
  else
    g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_UNKNOWN_KEY,
                 "there is no group [%s]; groups are %s, account NAME, rule N and foreign NAME",
                 group, fixed);
  return FALSE;
}

static gboolean
fail_unknown_key (const char *kind, const char *group, const char *key, GError **error)
{
  const char *nearest = ll_option_nearest (kind, key);

  if (strcmp (kind, "account") == 0 && strcmp (key, "password") == 0)
    g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_UNKNOWN_KEY,
                 "[%s] password: passwords are never in this file; letterlock account edit puts "
                 "one into the keyring, password-command names a program that prints it",
                 group);
  else if (nearest != NULL)
    g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_UNKNOWN_KEY,
                 "[%s] has no key \"%s\"; did you mean \"%s\"?", group, key, nearest);
  else
    g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_UNKNOWN_KEY,
                 "[%s] has no key \"%s\"; letterlock.conf(5) lists them", group, key);
  return FALSE;
}

static gboolean
check_group (GKeyFile *file, const char *group, gboolean is_system, GError **error)
{
  const char *name = NULL;
  const char *kind;
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, NULL);

  if (strcmp (group, "lock") == 0)
    {
      if (!is_system)
        g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_LOCKED,
                     "[lock] counts only in " LL_CONFIG_SYSTEM_PATH);
      for (guint i = 0; is_system && keys[i] != NULL; i++)
        if (strcmp (keys[i], "keys") != 0)
          {
            g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_UNKNOWN_KEY,
                         "[lock] has no key \"%s\"; did you mean \"keys\"?", keys[i]);
            return FALSE;
          }
      return is_system;
    }
  kind = ll_option_group_of (group, &name);
  if (kind == NULL)
    return ll_layers_fail_group (group, error);
  for (guint i = 0; keys[i] != NULL; i++)
    if (ll_option_find (kind, keys[i]) == NULL)
      return fail_unknown_key (kind, group, keys[i], error);
  return TRUE;
}

static gboolean
read_layer (Layer *layer, const LlConfigText *text, gboolean is_system, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) cause = NULL;
  g_auto (GStrv) groups = NULL;

  layer->name = g_strdup (text != NULL ? text->name : "");
  if (text == NULL || text->bytes == NULL)
    return TRUE;
  if (!g_utf8_validate_len (text->bytes, text->length, NULL))
    g_set_error (&cause, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE, "it is not text in UTF-8");
  else if (text->length > 0
           && !g_key_file_load_from_data (file, text->bytes, text->length,
                                          G_KEY_FILE_KEEP_TRANSLATIONS, &cause))
    cause->domain = LL_CONFIG_ERROR, cause->code = LL_CONFIG_ERROR_FILE;
  else
    ll_lines_check_unique (text->bytes, text->length, &cause);
  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; cause == NULL && groups[i] != NULL; i++)
    check_group (file, groups[i], is_system, &cause);
  if (cause != NULL)
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&cause), "%s: ", layer->name);
      return FALSE;
    }
  layer->file = g_steal_pointer (&file);
  return TRUE;
}

/* -- locks ------------------------------------------------------------------------------- */

gboolean
ll_locked_contains (const char *const *locked, const char *kind, const char *key)
{
  g_autofree char *one = key != NULL ? g_strconcat (kind, ".", key, NULL) : NULL;

  return locked != NULL
         && (g_strv_contains (locked, kind) || (one != NULL && g_strv_contains (locked, one)));
}

static gboolean
check_lock (const char *entry, GError **error)
{
  g_auto (GStrv) words = g_strsplit (entry, ".", 2);
  gboolean known = words[0] != NULL && ll_option_group_doc (words[0]) != NULL;

  if (known && (words[1] == NULL || ll_option_find (words[0], words[1]) != NULL))
    return TRUE;
  g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_TYPE,
               "[lock] keys: \"%s\" is no key; write group.key as in policy.mode, or a whole group "
               "as in rule",
               entry);
  return FALSE;
}

/* A fixed preset would be no more than a suggestion if its parts could be changed. */
static const char *const preset_parts[] = { "policy.mode", "policy.minimum", "policy.unknown" };

static gboolean
read_locks (LlLayers *layers, GError **error)
{
  g_autofree char *text = layers->system.file != NULL
                              ? g_key_file_get_string (layers->system.file, "lock", "keys", NULL)
                              : NULL;
  g_auto (GStrv) entries = ll_list_split (text != NULL ? text : "");
  GStrvBuilder *all = g_strv_builder_new ();
  gboolean ok = TRUE;

  for (guint i = 0; ok && entries[i] != NULL; i++)
    {
      if (g_str_has_suffix (entries[i], ".*"))
        entries[i][strlen (entries[i]) - 2] = '\0';
      ok = check_lock (entries[i], error);
      g_strv_builder_add (all, entries[i]);
      for (guint j = 0; strcmp (entries[i], "policy.preset") == 0 && j < 3; j++)
        if (!g_strv_contains ((const char *const *) entries, preset_parts[j]))
          g_strv_builder_add (all, preset_parts[j]);
    }
  if (!ok)
    g_prefix_error (error, "%s: ", layers->system.name);
  layers->locked = g_strv_builder_end (all);
  g_strv_builder_unref (all);
  return ok;
}

static gboolean
is_locked (const LlLayers *layers, const char *kind, const char *key)
{
  return ll_locked_contains ((const char *const *) layers->locked, kind, key);
}

GStrv
ll_layers_locked (const LlLayers *layers)
{
  return g_strdupv (layers->locked);
}

/* -- one over the other -------------------------------------------------------------------- */

LlLayers *
ll_layers_new (const LlConfigText *system, const LlConfigText *user, GError **error)
{
  g_autoptr (LlLayers) layers = g_new0 (LlLayers, 1);

  if (!read_layer (&layers->system, system, TRUE, error)
      || !read_layer (&layers->user, user, FALSE, error) || !read_locks (layers, error))
    return NULL;
  return g_steal_pointer (&layers);
}

static gboolean
has_group (const Layer *layer, const char *group)
{
  return layer->file != NULL && g_key_file_has_group (layer->file, group);
}

GStrv
ll_layers_groups (const LlLayers *layers)
{
  const Layer *both[] = { &layers->system, &layers->user };
  GStrvBuilder *names = g_strv_builder_new ();
  GStrv list;

  for (guint i = 0; i < G_N_ELEMENTS (both); i++)
    {
      g_auto (GStrv) groups
          = both[i]->file != NULL ? g_key_file_get_groups (both[i]->file, NULL) : NULL;

      for (guint j = 0; groups != NULL && groups[j] != NULL; j++)
        {
          const char *name;
          const char *kind = ll_option_group_of (groups[j], &name);

          if (kind == NULL) /* [lock] */
            continue;
          if (both[i] == &layers->user
              && (has_group (&layers->system, groups[j]) || is_locked (layers, kind, NULL)))
            continue;
          g_strv_builder_add (names, groups[j]);
        }
    }
  list = g_strv_builder_end (names);
  g_strv_builder_unref (names);
  return list;
}

/* The file whose word counts for a key; NULL: none has it. Rules are never mixed: half of one and
 * half of another would be a rule that nobody wrote. */
static const Layer *
layer_of (const LlLayers *layers, const char *group, const char *key)
{
  const char *name;
  const char *kind = ll_option_group_of (group, &name);
  gboolean fixed = is_locked (layers, kind, key);
  gboolean whole = strcmp (kind, "rule") == 0 && has_group (&layers->user, group) && !fixed;

  if (!fixed && has_group (&layers->user, group)
      && g_key_file_has_key (layers->user.file, group, key, NULL))
    return &layers->user;
  if (!whole && has_group (&layers->system, group)
      && g_key_file_has_key (layers->system.file, group, key, NULL))
    return &layers->system;
  return NULL;
}

const char *
ll_layers_name (const LlLayers *layers, const char *group)
{
  return has_group (&layers->user, group) || layers->system.file == NULL ? layers->user.name
                                                                         : layers->system.name;
}

gboolean
ll_layers_get (
    const LlLayers *layers, const char *group, const char *key, char **text, GError **error)
{
  const Layer *layer = layer_of (layers, group, key);
  g_autoptr (GError) cause = NULL;

  *text = NULL;
  if (layer == NULL)
    return TRUE;
  *text = g_key_file_get_string (layer->file, group, key, &cause);
  if (cause != NULL)
    {
      g_clear_pointer (text, g_free);
      g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_TYPE,
                   "%s: [%s] %s: a backslash stands there that means nothing; write \\\\ for one",
                   layer->name, group, key);
      return FALSE;
    }
  g_strstrip (*text);
  return TRUE;
}

const char *
ll_layers_name_of_key (const LlLayers *layers, const char *group, const char *key)
{
  const Layer *layer = layer_of (layers, group, key);

  return layer != NULL ? layer->name : ll_layers_name (layers, group);
}

gboolean
ll_layers_is_system (const LlLayers *layers, const char *group)
{
  const char *name;
  const char *kind = ll_option_group_of (group, &name);

  return has_group (&layers->system, group)
         && (!has_group (&layers->user, group) || is_locked (layers, kind, NULL));
}

static void
warn_of_group (const LlLayers *layers, const char *group, GStrvBuilder *warnings)
{
  g_auto (GStrv) keys = g_key_file_get_keys (layers->user.file, group, NULL, NULL);
  const char *name;
  const char *kind = ll_option_group_of (group, &name);

  for (guint i = 0; kind != NULL && keys[i] != NULL; i++)
    if (is_locked (layers, kind, keys[i]))
      {
        g_autofree char *text
            = g_strdup_printf ("%s: [%s] %s does not count: the administrator fixed this key in %s",
                               layers->user.name, group, keys[i], layers->system.name);

        g_strv_builder_add (warnings, text);
      }
}

GStrv
ll_layers_warnings (const LlLayers *layers)
{
  g_auto (GStrv) groups
      = layers->user.file != NULL ? g_key_file_get_groups (layers->user.file, NULL) : NULL;
  GStrvBuilder *warnings = g_strv_builder_new ();
  GStrv list;

  for (guint i = 0; groups != NULL && groups[i] != NULL; i++)
    warn_of_group (layers, groups[i], warnings);
  list = g_strv_builder_end (warnings);
  g_strv_builder_unref (warnings);
  return list;
}
