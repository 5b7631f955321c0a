/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/error.h"

#include <gio/gio.h>

G_DEFINE_QUARK (ll - wire - error - quark, ll_wire_error)
G_DEFINE_QUARK (ll - config - error - quark, ll_config_error)
G_DEFINE_QUARK (ll - secret - error - quark, ll_secret_error)
G_DEFINE_QUARK (ll - message - error - quark, ll_message_error)
G_DEFINE_QUARK (ll - store - error - quark, ll_store_error)
G_DEFINE_QUARK (ll - deliver - error - quark, ll_deliver_error)
G_DEFINE_QUARK (ll - engine - error - quark, ll_engine_error)

static const GDBusErrorEntry api_errors[] = {
  { LL_API_ERROR_FAILED, "org.letterlock.Error.Failed" },
  { LL_API_ERROR_NOT_FOUND, "org.letterlock.Error.NotFound" },
  { LL_API_ERROR_INVALID, "org.letterlock.Error.Invalid" },
  { LL_API_ERROR_REFUSED, "org.letterlock.Error.Refused" },
  { LL_API_ERROR_LOCKED, "org.letterlock.Error.Locked" },
  { LL_API_ERROR_UNAVAILABLE, "org.letterlock.Error.Unavailable" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (api_errors) == LL_API_ERROR_COUNT);

GQuark
ll_api_error_quark (void)
{
  static gsize quark = 0;

  g_dbus_error_register_error_domain ("ll-api-error-quark", &quark, api_errors,
                                      G_N_ELEMENTS (api_errors));
  return (GQuark) quark;
}
