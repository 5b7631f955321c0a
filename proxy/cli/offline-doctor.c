/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/offline.h"

#include "api/prerequisite.h"
#include "base/clock.h"
#include "base/file.h"
#include "config/config.h"
#include "net/anchor.h"
#include "net/resolver.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* This program is younger: a clock that shows less is wrong. */
#define LL_BUILT_AFTER "2026-11-01"

/* Prerequisites that can be seen without a daemon, each with its remedy. */

static LlConfig *
add_config (GVariantBuilder *list, gboolean daemon_runs)
{
  g_autoptr (GError) error = NULL;
  LlConfig *config = ll_config_load (NULL, NULL, &error);

  if (config == NULL)
    ll_prerequisite_add (list, "configuration", LL_PREREQUISITE_MISSING, error->message,
                         "Correct the file.");
  else if (!daemon_runs)
    ll_prerequisite_add (list, "configuration", LL_PREREQUISITE_THERE,
                         "The configuration is right.", NULL);
  return config;
}

GVariant *
ll_offline_config (GError **error)
{
  LlConfig *config = ll_config_load (NULL, NULL, error);
  GVariant *warnings;

  if (config == NULL)
    return NULL;
  warnings = g_variant_new ("(^as)", config->warnings);
  ll_config_unref (config);
  return g_variant_ref_sink (warnings);
}

/* -- the root keys -------------------------------------------------------------------------- */

/* RFC 4034, appendix B, over the DNSKEY's rdata. */
static guint
key_tag (const guint8 *rdata, gsize length)
{
  guint32 sum = 0;

  for (gsize i = 0; i < length; i++)
    sum += i & 1 ? rdata[i] : (guint32) rdata[i] << 8;
  sum += sum >> 16;
  return sum & 0xffff;
}

/* ". 172800 IN DNSKEY 257 3 8 AwEAA..." or ". IN DS 20326 8 2 E06D...": its key tag; 0: neither. */
static guint
tag_of_record (const char *record)
{
  g_auto (GStrv) words = g_strsplit_set (record, " \t", -1);
  g_autoptr (GPtrArray) fields = g_ptr_array_new ();
  guint64 numbers[3] = { 0 };
  guint i = 0;

  for (guint j = 0; words[j] != NULL; j++)
    if (*words[j] != '\0')
      g_ptr_array_add (fields, words[j]);
  while (i < fields->len && strcmp (fields->pdata[i], "DNSKEY") != 0
         && strcmp (fields->pdata[i], "DS") != 0)
    i++;
  if (i + 4 >= fields->len)
    return 0;
  for (guint j = 0; j < 3; j++)
    if (!g_ascii_string_to_unsigned (fields->pdata[i + 1 + j], 10, 0, 65535, &numbers[j], NULL))
      return 0;
  if (strcmp (fields->pdata[i], "DS") == 0)
    return (guint) numbers[0];
  {
    g_autoptr (GString) base64 = g_string_new (NULL);
    g_autofree guchar *key = NULL;
    g_autoptr (GByteArray) rdata = g_byte_array_new ();
    const guint8 head[] = { (guint8) (numbers[0] >> 8), (guint8) numbers[0], (guint8) numbers[1],
                            (guint8) numbers[2] };
    gsize length;

    for (guint j = i + 4; j < fields->len; j++)
      g_string_append (base64, fields->pdata[j]);
    key = g_base64_decode (base64->str, &length);
    g_byte_array_append (rdata, head, sizeof head);
    g_byte_array_append (rdata, key, (guint) length);
    return key_tag (rdata->data, rdata->len);
  }
}

static void
add_anchor (GVariantBuilder *list, const LlConfig *config)
{
  const char *path = config != NULL ? config->trust_anchor : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (LlAnchor) anchor = ll_anchor_load (path, &error);
  gboolean old = FALSE;
  gboolean new = FALSE;

  if (anchor == NULL)
    {
      ll_prerequisite_add (list, "root keys", LL_PREREQUISITE_MISSING, error->message,
                           "sudo apt install dns-root-data");
      return;
    }
  if (strcmp (anchor->zone, ".") != 0 && *anchor->zone != '\0')
    {
      ll_prerequisite_add (list, "root keys", LL_PREREQUISITE_THERE,
                           "The trust anchor is not the root's: a test or a private tree.", NULL);
      return;
    }
  for (guint i = 0; anchor->records[i] != NULL; i++)
    {
      guint tag = tag_of_record (anchor->records[i]);

      old |= tag == 20326;
      new |= tag == 38696;
    }
  if (old && new)
    ll_prerequisite_add (list, "root keys", LL_PREREQUISITE_THERE,
                         "Both root keys (20326 and 38696) are there.", NULL);
  else if (path != NULL)
    ll_prerequisite_add (list, "root keys",
                         old || new ? LL_PREREQUISITE_THERE : LL_PREREQUISITE_UNTOLD,
                         "The configured trust anchor does not hold both of the root's keys.",
                         NULL);
  else
    ll_prerequisite_add (list, "root keys", LL_PREREQUISITE_MISSING,
                         "One of the root's keys (20326, 38696) is missing: DNS signatures will "
                         "fail when it is "
                         "the one in use.",
                         "sudo apt update && sudo apt install dns-root-data");
}

/* -- the rest ---------------------------------------------------------------------------------- */

/* A clock before the day on which this program was built is wrong. */
static void
add_clock (GVariantBuilder *list)
{
  gint64 built;

  if (ll_clock_parse (LL_BUILT_AFTER, &built) && ll_clock_now () < built)
    ll_prerequisite_add (list, "clock", LL_PREREQUISITE_MISSING,
                         "The clock shows a day before this program was made.",
                         "timedatectl set-ntp true");
  else
    ll_prerequisite_add (list, "clock", LL_PREREQUISITE_THERE, "The clock shows a day that can be.",
                         NULL);
}

static void
add_unit (GVariantBuilder *list, gboolean daemon_runs)
{
  const char *argv[] = { "systemctl", "--user", "is-enabled", "letterlock.service", NULL };
  g_autofree char *output = NULL;
  int status = 0;

  if (daemon_runs)
    ll_prerequisite_add (list, "daemon", LL_PREREQUISITE_THERE, "Letterlock runs.", NULL);
  else
    ll_prerequisite_add (list, "daemon", LL_PREREQUISITE_MISSING, "Letterlock does not run.",
                         "systemctl --user start letterlock, or letterlockd");
  if (!g_file_test ("/run/systemd/system", G_FILE_TEST_IS_DIR))
    {
      ll_prerequisite_add (list, "unit", LL_PREREQUISITE_UNTOLD,
                           "There is no systemd here: start letterlockd with your session.", NULL);
      return;
    }
  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                     NULL, NULL, &output, NULL, &status, NULL))
    return;
  if (g_spawn_check_wait_status (status, NULL))
    ll_prerequisite_add (list, "unit", LL_PREREQUISITE_THERE,
                         "Letterlock starts with your session.", NULL);
  else
    ll_prerequisite_add (list, "unit", LL_PREREQUISITE_MISSING,
                         "Letterlock does not start with your session.",
                         "systemctl --user enable --now letterlock.socket letterlock.service");
}

/* Asks the resolver itself, when no daemon can be asked. */
static void
add_resolver (GVariantBuilder *list, const LlConfig *config)
{
  LlResolverOptions options = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (LlResolver) resolver = NULL;
  g_autoptr (LlAnswer) answer = NULL;
  g_autofree char *detail = NULL;

  if (config != NULL && config->resolvers != NULL && config->resolvers[0] != NULL)
    options.resolvers = (const char *const *) config->resolvers;
  if (config != NULL)
    options.trust_anchor = config->trust_anchor;
  resolver = ll_resolver_new (&options, &error);
  if (resolver == NULL)
    return; /* the trust anchor: said above */
  answer = ll_resolver_query (resolver, "debian.org", 2, ll_deadline_in (15000), NULL);
  switch (ll_resolver_state (resolver, &detail))
    {
    case LL_DNS_VALIDATES:
      ll_prerequisite_add (list, "dns", LL_PREREQUISITE_THERE,
                           "DNS answers, and its signatures can be checked.", NULL);
      break;
    case LL_DNS_CLOCK:
      ll_prerequisite_add (list, "dns", LL_PREREQUISITE_MISSING,
                           "DNS signatures are out of their time.", "timedatectl set-ntp true");
      break;
    case LL_DNS_STRIPPED:
      ll_prerequisite_add (list, "dns", LL_PREREQUISITE_MISSING,
                           "This network removes DNS signatures.",
                           "Name another resolver in letterlock.conf: [network] resolvers");
      break;
    case LL_DNS_UNTESTED:
    case LL_DNS_SILENT:
      ll_prerequisite_add (list, "dns", LL_PREREQUISITE_MISSING, "DNS does not answer.",
                           "Connect to a network.");
      break;
    }
}

/* Whether somebody answers where we are to listen: without a daemon, that is somebody else. */
static void
add_port (GVariantBuilder *list, const char *where)
{
  g_autoptr (GSocketConnectable) address = g_network_address_parse (where, 1587, NULL);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autofree char *check = g_strconcat ("port ", where, NULL);

  if (address == NULL || strncmp (where, "[::1]", 5) == 0)
    return;
  g_socket_client_set_timeout (client, 2);
  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect (client, address, NULL, NULL);
  if (connection == NULL)
    ll_prerequisite_add (list, check, LL_PREREQUISITE_THERE, "The port is free.", NULL);
  else
    ll_prerequisite_add (list, check, LL_PREREQUISITE_MISSING,
                         "Another program answers there: your mail program would hand it your "
                         "password.",
                         "Stop that program (ss -tlnp shows it), or set [listen] smtp and smtps to "
                         "free ports.");
}

static void
add_ports (GVariantBuilder *list, const LlConfig *config)
{
  GStrv lists[] = { config->listen_smtp, config->listen_smtps };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint j = 0; lists[i] != NULL && lists[i][j] != NULL; j++)
      add_port (list, lists[i][j]);
}

GVariant *
ll_offline_doctor (gboolean daemon_runs)
{
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (LlConfig) config = NULL;

  add_unit (&list, daemon_runs);
  config = add_config (&list, daemon_runs);
  add_anchor (&list, config);
  add_clock (&list);
  if (!daemon_runs)
    add_resolver (&list, config);
  if (!daemon_runs && config != NULL)
    add_ports (&list, config);
  return g_variant_ref_sink (g_variant_builder_end (&list));
}
