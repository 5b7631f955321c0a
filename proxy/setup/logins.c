/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/logins.h"

#include "base/error.h"
#include "base/json.h"
#include "base/limits.h"

#include <string.h>

#define EMPTY                                                                                      \
  "{\"nextId\":1,\"logins\":[],\"potentiallyVulnerablePasswords\":[],"                             \
  "\"dismissedBreachAlertsByLoginGUID\":{},\"version\":3}"

void
ll_logins_free (LlLogins *logins)
{
  if (logins == NULL)
    return;
  g_clear_pointer (&logins->root, json_node_unref);
  g_free (logins);
}

static JsonObject *
object_of (const LlLogins *logins)
{
  return json_node_get_object (logins->root);
}

static JsonArray *
array_of (const LlLogins *logins)
{
  return json_object_get_array_member (object_of (logins), "logins");
}

static const char *
text_of (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
                 && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : "";
}

/* { "nextId": 2, "logins": [ {}, ... ], ... } */
static gboolean
is_well_formed (JsonNode *root)
{
  JsonNode *logins;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return FALSE;
  logins = json_object_get_member (json_node_get_object (root), "logins");
  if (logins == NULL || !JSON_NODE_HOLDS_ARRAY (logins))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (json_node_get_array (logins)); i++)
    if (!JSON_NODE_HOLDS_OBJECT (json_array_get_element (json_node_get_array (logins), i)))
      return FALSE;
  return TRUE;
}

/* Whether @written says what @text does, blanks aside: the library rounds numbers, and of two
 * members with one name it keeps one. */
static gboolean
is_same (const char *text, const char *end, const char *written)
{
  gboolean quoted = FALSE;

  while (text < end)
    {
      gsize length = quoted && *text == '\\' ? 2 : 1;

      if (!quoted && g_ascii_isspace (*text))
        {
          text++;
          continue;
        }
      if (strncmp (text, written, length) != 0)
        return FALSE;
      if (*text == '"')
        quoted = !quoted;
      text += length;
      written += length;
    }
  return *written == '\0';
}

/* NULL: it would not be written as it was read. */
static LlLogins *
read_logins (const char *text, gsize length)
{
  g_autoptr (LlLogins) logins = g_new0 (LlLogins, 1);
  g_autoptr (GBytes) written = NULL;

  logins->root = ll_json_read (text, length, LL_LOGINS_DEPTH_MAX);
  if (!is_well_formed (logins->root))
    return NULL;
  written = ll_logins_write (logins);
  return is_same (text, text + length, g_bytes_get_data (written, NULL)) ? g_steal_pointer (&logins)
                                                                         : NULL;
}

LlLogins *
ll_logins_parse (GBytes *bytes, GError **error)
{
  gsize length = strlen (EMPTY);
  const char *text = bytes != NULL ? g_bytes_get_data (bytes, &length) : EMPTY;
  LlLogins *logins = read_logins (text, length);

  if (logins == NULL)
    g_set_error_literal (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE,
                         "logins.json is not what Letterlock knows");
  return logins;
}

GArray *
ll_logins_find (const LlLogins *logins, const char *origin)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (LlLogin));
  JsonArray *array = array_of (logins);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *object = json_array_get_object_element (array, i);
      const LlLogin login = { .guid = text_of (object, "guid"),
                              .username = text_of (object, "encryptedUsername"),
                              .password = text_of (object, "encryptedPassword") };

      if (strcmp (text_of (object, "hostname"), origin) == 0
          && strcmp (text_of (object, "httpRealm"), origin) == 0)
        g_array_append_val (found, login);
    }
  return found;
}

static gint64
take_id (const LlLogins *logins)
{
  JsonObject *root = object_of (logins);
  gint64 id = json_object_get_int_member_with_default (root, "nextId", 1);

  json_object_set_int_member (root, "nextId", id + 1);
  return id;
}

void
ll_logins_add (LlLogins *logins, const char *origin, const LlLogin *login, gint64 now)
{
  static const char *const times[] = { "timeCreated", "timeLastUsed", "timePasswordChanged" };
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", take_id (logins));
  json_object_set_string_member (object, "hostname", origin);
  json_object_set_string_member (object, "httpRealm", origin);
  json_object_set_null_member (object, "formSubmitURL");
  json_object_set_string_member (object, "usernameField", "");
  json_object_set_string_member (object, "passwordField", "");
  json_object_set_string_member (object, "encryptedUsername", login->username);
  json_object_set_string_member (object, "encryptedPassword", login->password);
  json_object_set_string_member (object, "guid", login->guid);
  json_object_set_int_member (object, "encType", 1);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    json_object_set_int_member (object, times[i], now);
  json_object_set_int_member (object, "timesUsed", 1);
  json_array_add_object_element (array_of (logins), object);
}

/* @origin NULL: any. -1: it is not there. */
static int
place_of (const LlLogins *logins, const char *guid, const char *origin)
{
  JsonArray *array = array_of (logins);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *object = json_array_get_object_element (array, i);

      if (strcmp (text_of (object, "guid"), guid) == 0
          && (origin == NULL || strcmp (text_of (object, "hostname"), origin) == 0))
        return (int) i;
    }
  return -1;
}

gboolean
ll_logins_remove (LlLogins *logins, const char *guid, const char *origin)
{
  int place = place_of (logins, guid, origin);

  if (place < 0)
    return FALSE;
  json_array_remove_element (array_of (logins), (guint) place);
  return TRUE;
}

void
ll_logins_take_back (LlLogins *logins, const LlLogins *other, const char *guid)
{
  int place = place_of (other, guid, NULL);

  if (place >= 0 && place_of (logins, guid, NULL) < 0)
    json_array_add_element (array_of (logins),
                            json_array_dup_element (array_of (other), (guint) place));
}

GBytes *
ll_logins_write (const LlLogins *logins)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  gsize length;
  char *text;

  json_generator_set_root (generator, logins->root);
  text = json_generator_to_data (generator, &length);
  return g_bytes_new_take (text, length);
}
