/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "bus/call.h"

#include "api/intl.h"
#include "api/names.h"
#include "base/error.h"
#include "base/limits.h"
#include "wire/address.h"

#include <string.h>

/* -- which function ------------------------------------------------------------------ */

static const LlBusMethod *const tables[] = {
  ll_bus_manager_methods, ll_bus_key_methods,     ll_bus_message_methods,
  ll_bus_setting_methods, ll_bus_account_methods, ll_bus_submit_methods,
};

const LlBusMethod *
ll_bus_method_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const LlBusMethod *method = tables[i]; method->name != NULL; method++)
      if (strcmp (method->name, name) == 0)
        return method;
  return NULL;
}

/* -- what an error means for the caller ------------------------------------------------ */

static LlApiError
config_error (int code)
{
  switch ((LlConfigError) code)
    {
    case LL_CONFIG_ERROR_UNKNOWN_KEY:
      return LL_API_ERROR_NOT_FOUND;
    case LL_CONFIG_ERROR_TYPE:
    case LL_CONFIG_ERROR_RANGE:
      return LL_API_ERROR_INVALID;
    case LL_CONFIG_ERROR_LOCKED:
      return LL_API_ERROR_LOCKED;
    case LL_CONFIG_ERROR_FILE:
      return LL_API_ERROR_FAILED;
    }
  return LL_API_ERROR_FAILED;
}

static LlApiError
api_error (const GError *error)
{
  if (error->domain == LL_CONFIG_ERROR)
    return config_error (error->code);
  if (error->domain == LL_WIRE_ERROR)
    return error->code == LL_WIRE_ERROR_SYNTAX || error->code == LL_WIRE_ERROR_TOO_LONG
               ? LL_API_ERROR_INVALID
               : LL_API_ERROR_UNAVAILABLE;
  if (error->domain == LL_SECRET_ERROR)
    return error->code == LL_SECRET_ERROR_LOCKED ? LL_API_ERROR_LOCKED : LL_API_ERROR_FAILED;
  if (error->domain == LL_STORE_ERROR)
    return error->code == LL_STORE_ERROR_ABSENT   ? LL_API_ERROR_NOT_FOUND
           : error->code == LL_STORE_ERROR_LOCKED ? LL_API_ERROR_LOCKED
                                                  : LL_API_ERROR_FAILED;
  if (error->domain == LL_DELIVER_ERROR)
    return LL_API_ERROR_UNAVAILABLE;
  return LL_API_ERROR_FAILED;
}

static void
answer_error (GDBusMethodInvocation *invocation, const GError *error)
{
  if (error->domain == LL_API_ERROR)
    g_dbus_method_invocation_return_gerror (invocation, error);
  else
    g_dbus_method_invocation_return_error_literal (invocation, LL_API_ERROR,
                                                   (int) api_error (error), error->message);
}

void
ll_bus_call_run (LlBusCall *call, const LlBusMethod *method)
{
  GDBusMethodInvocation *invocation = g_steal_pointer (&call->invocation);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  GVariant *made;

  call->invocation = invocation; /* (not owned) from here: progress goes to its sender */
  if (g_cancellable_is_cancelled (call->cancellable))
    {
      g_dbus_method_invocation_return_error_literal (invocation, LL_API_ERROR,
                                                     LL_API_ERROR_UNAVAILABLE,
                                                     N_ ("Letterlock is stopping"));
      return;
    }
  made = method->run (call, &error);
  /* before it is given away: from then on nobody can tell whether it was floating */
  reply = made != NULL ? g_variant_take_ref (made) : NULL;
  if (reply != NULL)
    g_dbus_method_invocation_return_value (invocation, reply);
  else if (error != NULL)
    answer_error (invocation, error);
  else
    g_dbus_method_invocation_return_error (invocation, LL_API_ERROR, LL_API_ERROR_FAILED,
                                           N_ ("%s failed, and nobody said why"), method->name);
}

/* -- for the methods ---------------------------------------------------------------------- */

GVariant *
ll_bus_done (void)
{
  return g_variant_ref_sink (g_variant_new_tuple (NULL, 0));
}

GVariant *
ll_bus_reply (GVariant *value)
{
  g_autoptr (GVariant) owned = NULL;

  if (value == NULL)
    return NULL;
  owned = g_variant_take_ref (value);
  return g_variant_ref_sink (g_variant_new_tuple (&owned, 1));
}

GVariant *
ll_bus_cannot (GError **error, const char *what)
{
  g_set_error (error, LL_API_ERROR, LL_API_ERROR_UNAVAILABLE, "This daemon cannot %s", what);
  return NULL;
}

int
ll_bus_take_descriptor (LlBusCall *call, gint32 handle, GError **error)
{
  if (call->descriptors == NULL || handle < 0
      || handle >= g_unix_fd_list_get_length (call->descriptors))
    {
      g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                           "The message came without its file descriptor");
      return -1;
    }
  return g_unix_fd_list_get (call->descriptors, handle, error);
}

void
ll_bus_progress_cb (GVariant *partial, gpointer progress_to)
{
  const LlBusProgressTo *to = progress_to;
  GDBusMethodInvocation *invocation = to->call->invocation;

  g_dbus_connection_emit_signal (g_dbus_method_invocation_get_connection (invocation),
                                 g_dbus_method_invocation_get_sender (invocation), LL_BUS_PATH,
                                 LL_BUS_INTERFACE, to->signal,
                                 g_variant_new ("(u@a{sv})", to->cookie, partial), NULL);
}

static gboolean
wrong_type (const char *key, const char *what, GError **error)
{
  g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID, "\"%s\" must be %s", key, what);
  return FALSE;
}

gboolean
ll_bus_take_text (GVariant *dictionary, const char *key, const char **text, GError **error)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (dictionary, key, NULL);

  *text = NULL;
  if (value == NULL)
    return TRUE;
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return wrong_type (key, "text", error);
  *text = g_variant_get_string (value, NULL);
  if (strlen (*text) > LL_QUERY_TEXT_MAX)
    return wrong_type (key, "shorter", error);
  return TRUE;
}

gboolean
ll_bus_take_list (GVariant *dictionary, const char *key, GStrv *list, GError **error)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (dictionary, key, NULL);

  *list = NULL;
  if (value == NULL)
    return TRUE;
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    return wrong_type (key, "a list", error);
  *list = g_variant_dup_strv (value, NULL);
  return TRUE;
}

gboolean
ll_bus_check_keys (GVariant *dictionary, const char *const *known, GError **error)
{
  GVariantIter iter;
  const char *key;

  g_variant_iter_init (&iter, dictionary);
  while (g_variant_iter_next (&iter, "{&s@v}", &key, NULL))
    if (!g_strv_contains (known, key))
      {
        g_autofree char *printable = g_strescape (key, NULL);

        g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID, "\"%s\" is not known here",
                     printable);
        return FALSE;
      }
  return TRUE;
}

char *
ll_bus_domain_of (const char *target, GError **error)
{
  char *domain = ll_address_domain_of (target);

  if (domain == NULL)
    {
      g_autofree char *printable = g_strescape (target, NULL);

      g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                   "\"%s\" is neither a domain nor an address", printable);
    }
  return domain;
}
