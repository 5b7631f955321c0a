/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "app-private.h"

#include "base/error.h"

#include <string.h>

static void
listening_free (gpointer data)
{
  g_free (((Listening *) data)->address);
  g_free (data);
}

/* "127.0.0.1:1587", "[::1]:1587" */
static gboolean
split_address (const char *text, char **address, guint16 *port)
{
  const char *colon = strrchr (text, ':');
  gsize length = colon != NULL ? (gsize) (colon - text) : 0;
  guint64 number;

  if (length == 0 || !g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, &number, NULL))
    return FALSE;
  if (text[0] == '[' && text[length - 1] == ']')
    *address = g_strndup (text + 1, length - 2);
  else
    *address = g_strndup (text, length);
  *port = (guint16) number;
  return TRUE;
}

static gboolean
listen_on (LlApp *app, const LlListenerAddress *address)
{
  g_autoptr (GError) error = NULL;
  Listening *listening;

  if (!ll_listener_add (app->listener, address, &error))
    {
      g_warning ("%s", error->message);
      return FALSE;
    }
  listening = g_new0 (Listening, 1);
  listening->address = g_strdup (address->address);
  listening->port = ll_listener_port (app->listener, app->listening->len);
  listening->tls = address->implicit_tls;
  listening->foreign = address->foreign;
  g_ptr_array_add (app->listening, listening);
  g_message ("listening on %s port %u%s", listening->address, listening->port,
             listening->tls ? " (TLS)" : "");
  return TRUE;
}

static void
listen_list (LlApp *app, GStrv list, gboolean tls, gboolean foreign)
{
  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    {
      g_autofree char *host = NULL;
      LlListenerAddress address = { .implicit_tls = tls, .foreign = foreign, .fd = -1 };

      if (*list[i] == '\0')
        continue;
      if (!split_address (list[i], &host, &address.port))
        {
          g_warning ("\"%s\" is not an address and a port", list[i]);
          continue;
        }
      address.address = host;
      listen_on (app, &address);
    }
}

gboolean
ll_app_listen (LlApp *app, GError **error)
{
  LlListenerFactory factory = ll_pipeline_factory (app->pipeline);
  g_autofree char *certificates = g_build_filename (app->state_folder, "certificates", NULL);
  guint n = 0;
  g_autofree LlListenerAddress *activated = ll_listener_activated (&n);

  app->listening = g_ptr_array_new_with_free_func (listening_free);
  app->listener = ll_listener_new (&factory, certificates, error);
  if (app->listener == NULL)
    return FALSE;
  for (guint i = 0; i < n; i++)
    listen_on (app, &activated[i]);
  if (n == 0)
    {
      listen_list (app, app->config->listen_smtp, FALSE, FALSE);
      listen_list (app, app->config->listen_smtps, TRUE, FALSE);
    }
  for (guint i = 0; i < app->config->foreign->len; i++)
    {
      const LlForeign *foreign = g_ptr_array_index (app->config->foreign, i);

      listen_list (app, foreign->smtp, FALSE, TRUE);
      listen_list (app, foreign->smtps, TRUE, TRUE);
    }
  if (app->listening->len > 0)
    return TRUE;
  g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_RANGE,
               "no port could be opened for mail programs; see the lines above");
  return FALSE;
}
