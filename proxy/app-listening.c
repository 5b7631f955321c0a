/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "app-private.h"

#include "base/error.h"

#include <string.h>

static void
listening_free (gpointer data)
{
  g_free (((Listening *) data)->address);
  g_free (((Listening *) data)->spec);
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
listen_on (LlApp *app, const LlListenerAddress *address, const char *spec, GError **error)
{
  Listening *listening;

  if (!ll_listener_add (app->listener, address, error))
    return FALSE;
  listening = g_new0 (Listening, 1);
  listening->address = g_strdup (address->address);
  listening->spec = g_strdup (spec);
  listening->port = ll_listener_port (app->listener, app->listening->len);
  listening->tls = address->implicit_tls;
  listening->foreign = address->foreign;
  g_ptr_array_add (app->listening, listening);
  g_message ("listening on %s port %u%s", listening->address, listening->port,
             listening->tls ? " (TLS)" : "");
  return TRUE;
}

/* -- what the configuration wants ------------------------------------------------------------- */

typedef struct
{
  const char *spec; /* (the configuration's) */
  gboolean tls;
  gboolean foreign;
} Wanted;

static void
want_list (GArray *wanted, GStrv list, gboolean tls, gboolean foreign)
{
  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    {
      Wanted one = { list[i], tls, foreign };

      if (*list[i] != '\0')
        g_array_append_val (wanted, one);
    }
}

/* Own ports that systemd opened are not the configuration's to change. */
static GArray *
wanted_by (LlApp *app, const LlConfig *config)
{
  GArray *wanted = g_array_new (FALSE, FALSE, sizeof (Wanted));

  if (!app->activated)
    {
      want_list (wanted, config->listen_smtp, FALSE, FALSE);
      want_list (wanted, config->listen_smtps, TRUE, FALSE);
    }
  for (guint i = 0; i < config->foreign->len; i++)
    {
      const LlForeign *foreign = g_ptr_array_index (config->foreign, i);

      want_list (wanted, foreign->smtp, FALSE, TRUE);
      want_list (wanted, foreign->smtps, TRUE, TRUE);
    }
  return wanted;
}

static gboolean
is_same (const Listening *listening, const Wanted *wanted)
{
  return g_strcmp0 (listening->spec, wanted->spec) == 0 && listening->tls == wanted->tls
         && listening->foreign == wanted->foreign;
}

static gboolean
is_wanted (const Listening *listening, const GArray *wanted)
{
  for (guint i = 0; i < wanted->len; i++)
    if (is_same (listening, &g_array_index (wanted, Wanted, i)))
      return TRUE;
  return listening->spec == NULL;
}

static gboolean
is_open (LlApp *app, const Wanted *wanted)
{
  for (guint i = 0; i < app->listening->len; i++)
    if (is_same (g_ptr_array_index (app->listening, i), wanted))
      return TRUE;
  return FALSE;
}

static gboolean
open_one (LlApp *app, const Wanted *wanted, GError **error)
{
  g_autofree char *host = NULL;
  LlListenerAddress address = { .implicit_tls = wanted->tls, .foreign = wanted->foreign, .fd = -1 };

  if (!split_address (wanted->spec, &host, &address.port))
    {
      g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_RANGE,
                   "\"%s\" is not an address and a port", wanted->spec);
      return FALSE;
    }
  address.address = host;
  return listen_on (app, &address, wanted->spec, error);
}

/* All that can be opened; @error: the first that cannot. */
static gboolean
open_wanted (LlApp *app, const GArray *wanted, GError **error)
{
  gboolean all = TRUE;

  for (guint i = 0; i < wanted->len; i++)
    {
      g_autoptr (GError) problem = NULL;

      if (is_open (app, &g_array_index (wanted, Wanted, i))
          || open_one (app, &g_array_index (wanted, Wanted, i), &problem))
        continue;
      g_warning ("%s", problem->message);
      if (all)
        g_propagate_error (error, g_steal_pointer (&problem));
      all = FALSE;
    }
  return all;
}

static void
close_unwanted (LlApp *app, const GArray *wanted)
{
  for (guint i = app->listening->len; i > 0; i--)
    {
      const Listening *listening = g_ptr_array_index (app->listening, i - 1);

      if (is_wanted (listening, wanted))
        continue;
      g_message ("no longer listening on %s port %u", listening->address, listening->port);
      ll_listener_remove (app->listener, i - 1);
      g_ptr_array_remove_index (app->listening, i - 1);
    }
}

gboolean
ll_app_listen (LlApp *app, GError **error)
{
  LlListenerFactory factory = ll_pipeline_factory (app->pipeline);
  g_autofree char *certificates = g_build_filename (app->state_folder, "certificates", NULL);
  g_autoptr (GArray) wanted = NULL;
  guint n = 0;
  g_autofree LlListenerAddress *activated = ll_listener_activated (&n);

  app->listening = g_ptr_array_new_with_free_func (listening_free);
  app->activated = n > 0;
  app->listener = ll_listener_new (&factory, certificates, error);
  if (app->listener == NULL)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GError) problem = NULL;

      if (!listen_on (app, &activated[i], NULL, &problem))
        g_warning ("%s", problem->message);
    }
  wanted = wanted_by (app, app->in_force);
  open_wanted (app, wanted, NULL);
  if (app->listening->len > 0)
    return TRUE;
  g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_RANGE,
               "no port could be opened for mail programs; see the lines above");
  return FALSE;
}

gboolean
ll_app_listen_anew (LlApp *app, LlConfig *config, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&app->listening_lock);
  g_autoptr (LlConfig) before = ll_pipeline_config (app->pipeline);
  g_autoptr (GArray) old = wanted_by (app, before);
  g_autoptr (GArray) wanted = wanted_by (app, config);

  /* first closed: an address may only have changed its kind */
  close_unwanted (app, wanted);
  if (open_wanted (app, wanted, error))
    return TRUE;
  close_unwanted (app, old);
  open_wanted (app, old, NULL);
  return FALSE;
}
