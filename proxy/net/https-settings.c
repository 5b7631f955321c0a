/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/https-private.h"

struct _LlHttps
{
  GMutex lock;
  LlHttpsSettings *settings; /* (owned) under the lock */
};

void
ll_https_settings_unref (LlHttpsSettings *settings)
{
  if (settings == NULL || !g_atomic_int_dec_and_test (&settings->ref_count))
    return;
  ll_resolver_free (settings->resolver);
  g_free (settings->ca_file);
  g_free (settings->proxy);
  g_free (settings);
}

LlHttpsSettings *
ll_https_settings (LlHttps *https)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&https->lock);

  g_atomic_int_inc (&https->settings->ref_count);
  return https->settings;
}

/* Takes @settings. */
static LlHttps *
https_of (LlHttpsSettings *settings)
{
  LlHttps *https = g_new0 (LlHttps, 1);

  g_mutex_init (&https->lock);
  https->settings = settings;
  return https;
}

LlHttps *
ll_https_new (LlResolver *resolver,
              const char *ca_file,
              const char *proxy,
              gboolean allow_private,
              guint16 port)
{
  LlHttpsSettings *settings = g_new0 (LlHttpsSettings, 1);

  settings->ref_count = 1;
  settings->resolver = ll_resolver_pin (resolver);
  settings->ca_file = g_strdup (ca_file);
  settings->proxy = proxy != NULL && proxy[0] != '\0' ? g_strdup (proxy) : NULL;
  settings->allow_private = allow_private;
  settings->port = port;
  return https_of (settings);
}

LlHttps *
ll_https_pin (LlHttps *https)
{
  return https_of (ll_https_settings (https));
}

void
ll_https_follow (LlHttps *https, LlHttps *fresh)
{
  LlHttpsSettings *settings = ll_https_settings (fresh);
  LlHttpsSettings *old;

  g_mutex_lock (&https->lock);
  old = https->settings;
  https->settings = settings;
  g_mutex_unlock (&https->lock);
  ll_https_settings_unref (old);
}

void
ll_https_free (LlHttps *https)
{
  if (https == NULL)
    return;
  ll_https_settings_unref (https->settings);
  g_mutex_clear (&https->lock);
  g_free (https);
}
