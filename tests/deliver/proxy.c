/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/proxy.h"

#include "world.h"

static void
through (World *world, const char *url)
{
  LlUpstreamOptions options = {
    .store = world->place.store,
    .secrets = world->place.secrets,
    .ca_file = world->ca_file,
    .proxy = url,
  };

  ll_upstream_free (world->upstream);
  world->upstream = ll_upstream_new (&options);
}

static const struct
{
  const char *proxy;  /* arguments of Proxy */
  const char *scheme; /* as configured */
  LlOutcome outcome;
} kinds[] = {
  { "{\"kind\": \"http\"}", "http", LL_OUTCOME_SENT },
  { "{\"kind\": \"socks5\"}", "socks5", LL_OUTCOME_SENT },
  { "{\"kind\": \"socks5\"}", "socks5h", LL_OUTCOME_SENT },
  { "{\"kind\": \"http\", \"refuse\": true}", "http", LL_OUTCOME_NO_CONNECTION },
  { "{\"kind\": \"socks5\", \"refuse\": true}", "socks5", LL_OUTCOME_NO_CONNECTION },
};

/* The proxy is told the name, and carries TLS that is verified all the same. */
static void
test_kinds (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      World world;
      guint port = faults_listen (&faults, "{\"certificate\": \"good\"}");
      g_autoptr (JsonObject) answer = faults_order (&faults, "{\"proxy\": %s}", kinds[i].proxy);
      guint at = (guint) json_object_get_int_member (answer, "port");
      g_autofree char *url = g_strdup_printf ("%s://127.0.0.1:%u", kinds[i].scheme, at);
      g_autofree char *wanted = g_strdup_printf ("localhost:%u", port);

      world_begin (&world, port);
      through (&world, url);
      g_autoptr (LlDelivery) delivery = send_simple (&world, soon ());
      g_test_message ("%s", result_at (delivery, 0)->text);
      g_assert_cmpint (result_at (delivery, 0)->outcome, ==, kinds[i].outcome);
      g_autoptr (JsonObject) seen = faults_ask (&faults, at);
      JsonArray *asked = json_object_get_array_member (seen, "asked");
      g_assert_cmpstr (json_array_get_string_element (asked, 0), ==, wanted);
      world_end (&world);
    }
}

static void
test_no_proxy (void)
{
  static const char *const urls[] = { "http://127.0.0.1:1", "gopher://127.0.0.1:1", "nonsense" };

  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      World world;

      world_begin (&world, 25);
      through (&world, urls[i]);
      g_autoptr (LlDelivery) delivery = send_simple (&world, soon ());
      g_test_message ("%s", result_at (delivery, 0)->text);
      g_assert_cmpint (result_at (delivery, 0)->outcome, ==, LL_OUTCOME_NO_CONNECTION);
      world_end (&world);
    }
}

int
main (int argc, char **argv)
{
  place_init (&argc, &argv);
  g_test_add_func ("/deliver/proxy/kinds", test_kinds);
  g_test_add_func ("/deliver/proxy/no-proxy", test_no_proxy);
  return world_run ();
}
