/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "bus/call.h"

#include "base/error.h"
#include "base/file.h"
#include "wire/address.h"

#include <string.h>

/* What could lock letters to somebody, and what the user says of it. */

/* (transfer full) or NULL */
static char *
address_of (const char *text, GError **error)
{
  char *address = ll_address_normalise (text, NULL, NULL);

  if (address == NULL)
    g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID, "\"%s\" is not an e-mail address",
                 text);
  return address;
}

static GVariant *
list (LlBusCall *call, GError **error)
{
  g_autofree char *address = NULL;
  const char *text;

  g_variant_get (call->arguments, "(&s)", &text);
  address = address_of (text, error);
  if (address == NULL)
    return NULL;
  if (call->actions->keys == NULL)
    return ll_bus_cannot (error, "look for keys");
  return ll_bus_reply (call->actions->keys (call->actions->data, address, error));
}

static GVariant *
find (LlBusCall *call, GError **error)
{
  LlBusProgressTo to = { .call = call, .signal = "KeyProgress" };
  g_autofree char *address = NULL;
  const char *text;

  g_variant_get (call->arguments, "(&su)", &text, &to.cookie);
  address = address_of (text, error);
  if (address == NULL)
    return NULL;
  if (call->actions->key_find == NULL)
    return ll_bus_cannot (error, "look for keys");
  return ll_bus_reply (call->actions->key_find (call->actions->data, address,
                                                to.cookie != 0 ? ll_bus_progress_cb : NULL, &to,
                                                call->cancellable, error));
}

static GVariant *
export_key (LlBusCall *call, GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *fingerprint = NULL;
  const char *text;
  const char *written;
  char *key;

  g_variant_get (call->arguments, "(&s&s)", &text, &written);
  fingerprint = g_ascii_strdown (written, -1);
  name = strchr (text, '@') != NULL ? address_of (text, error) : g_ascii_strdown (text, -1);
  if (name == NULL)
    return NULL;
  if (call->actions->key_export == NULL)
    return ll_bus_cannot (error, "export keys");
  key = call->actions->key_export (call->actions->data, name, fingerprint, call->cancellable,
                                   error);
  return key != NULL ? ll_bus_reply (g_variant_new_take_string (key)) : NULL;
}

static GVariant *
import (LlBusCall *call, GError **error)
{
  static const char *const known[] = { "accept", NULL };
  g_autoptr (GVariant) options = NULL;
  gboolean accept = FALSE;
  gint32 handle;
  LL_AUTO_FD file = -1;

  g_variant_get (call->arguments, "(h@a{sv})", &handle, &options);
  if (!ll_bus_check_keys (options, known, error))
    return NULL;
  g_variant_lookup (options, "accept", "b", &accept);
  file = ll_bus_take_descriptor (call, handle, error);
  if (file < 0)
    return NULL;
  if (call->actions->key_import == NULL)
    return ll_bus_cannot (error, "import keys");
  return ll_bus_reply (
      call->actions->key_import (call->actions->data, file, accept, call->cancellable, error));
}

static GVariant *
say (LlBusCall *call, gboolean accept, GError **error)
{
  g_autofree char *address = NULL;
  g_autofree char *fingerprint = NULL;
  const char *text;
  const char *written;

  g_variant_get (call->arguments, "(&s&s)", &text, &written);
  address = address_of (text, error);
  if (address == NULL)
    return NULL;
  fingerprint = g_ascii_strdown (written, -1);
  if (call->actions->key_say == NULL)
    return ll_bus_cannot (error, "remember keys");
  return ll_bus_reply (
      call->actions->key_say (call->actions->data, address, fingerprint, accept, error));
}

static GVariant *
accept_key (LlBusCall *call, GError **error)
{
  return say (call, TRUE, error);
}

static GVariant *
reject_key (LlBusCall *call, GError **error)
{
  return say (call, FALSE, error);
}

static GVariant *
prefer (LlBusCall *call, GError **error)
{
  g_autoptr (GVariant) wishes = g_variant_get_child_value (call->arguments, 1);
  g_autofree char *address = NULL;
  const char *text;

  g_variant_get_child (call->arguments, 0, "&s", &text);
  address = address_of (text, error);
  if (address == NULL)
    return NULL;
  if (call->actions->key_prefer == NULL)
    return ll_bus_cannot (error, "remember contacts");
  return ll_bus_reply (call->actions->key_prefer (call->actions->data, address, wishes, error));
}

const LlBusMethod ll_bus_key_methods[] = {
  { "ListKeys", list },        { "FindKeys", find },
  { "ExportKey", export_key }, { "ImportKeys", import },
  { "AcceptKey", accept_key }, { "RejectKey", reject_key },
  { "PreferKeys", prefer },    { NULL, NULL },
};
