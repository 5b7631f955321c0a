/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The real engine on networks that stand in the way: port 25 blocked, stripped of STARTTLS,
 * redirected to somebody else's server; and a server that really lost its STARTTLS. */

#include "assess/assess.h"

#include "fake.h"
#include "world.h"

static void
nft (const char *rules)
{
  g_autofree char *command = g_strdup_printf ("nft '%s'", rules);
  const char *argv[] = { "sh", "-c", command, NULL };
  int status;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
}

static void
block (void)
{
  nft ("add table ip t; add chain ip t c { type filter hook output priority 0; }; "
       "add rule ip t c tcp dport 25 drop");
}

/* @whom: "" for everybody, or "ip daddr 127.0.1.1". */
static void
redirect (const char *whom, guint16 port)
{
  g_autofree char *rules = g_strdup_printf ("add table ip t; add chain ip t c { type nat hook "
                                            "output priority -100; }; "
                                            "add rule ip t c %s tcp dport 25 redirect to :%u",
                                            whom, port);

  nft (rules);
}

static void
open_again (void)
{
  nft ("delete table ip t");
}

/* An engine that knows nothing of the network; the memory of @folder, or none. */
static void
begin (const char *folder)
{
  ll_assess_free (world.assess);
  ll_network_free (world.network);
  world.network = network_new ();
  world.assess = engine_new (folder, world.network, TRUE);
}

static void
assert_look (const char *domain, LlEvidence evidence, LlSource source, LlWhy why)
{
  g_autoptr (LlVerdict) verdict = look (domain);

  g_assert_cmpint (verdict->evidence, ==, evidence);
  g_assert_cmpint (verdict->source, ==, source);
  g_assert_cmpint (verdict->why, ==, why);
  g_assert_false (verdict->suspected_downgrade);
}

static void
test_blocked (void)
{
  static const char *const first[] = { "valid.lab", "self.lab", "plain.lab", "expired.lab" };
  gboolean done;

  begin (NULL);
  block ();
  for (guint i = 0; i < G_N_ELEMENTS (first); i++)
    ll_assess_start (world.assess, first[i]);
  for (guint i = 0; i < G_N_ELEMENTS (first); i++)
    assert_look (first[i], LL_EVIDENCE_UNKNOWN, LL_SOURCE_NONE, LL_WHY_PORT25);
  g_assert_cmpint (ll_network_state (world.network), ==, LL_NETWORK_BLOCKED);
  /* from here on DNS and HTTPS answer, and nobody waits for a port that is closed */
  assert_look ("dane.lab", LL_EVIDENCE_DANE, LL_SOURCE_PUBLISHED, LL_WHY_NONE);
  assert_look ("sts.lab", LL_EVIDENCE_STS, LL_SOURCE_PUBLISHED, LL_WHY_NONE);
  assert_look ("half.lab", LL_EVIDENCE_HALF, LL_SOURCE_PUBLISHED, LL_WHY_NONE);
  assert_look ("old.lab", LL_EVIDENCE_UNKNOWN, LL_SOURCE_NONE, LL_WHY_PORT25);
  /* the table stands in where nothing is published, and only here */
  assert_look ("listed.lab", LL_EVIDENCE_OPP, LL_SOURCE_LISTED, LL_WHY_PORT25);
  assert_look ("bogus.lab", LL_EVIDENCE_BROKEN, LL_SOURCE_PUBLISHED, LL_WHY_NONE);
  assert_look ("null.lab", LL_EVIDENCE_NOMAIL, LL_SOURCE_PUBLISHED, LL_WHY_NONE);
  open_again ();
  /* what could not be seen there is looked at anew elsewhere */
  ll_network_renew (world.network);
  ll_assess_renew (world.assess);
  {
    g_autoptr (LlVerdict) verdict
        = ll_assess_wait (world.assess, "valid.lab", ll_deadline_in (ENOUGH), NULL, &done);

    g_assert_cmpint (verdict->evidence, ==, LL_EVIDENCE_PKIX);
    g_assert_cmpint (ll_network_state (world.network), ==, LL_NETWORK_OPEN);
  }
}

static void
test_stripped (void)
{
  static const char *const scripts[]
      = { "220 mx\n|<|250-mx\n250-XXXXXXXA\n250 SIZE\n|<|221 bye\n", NULL };
  Fake fake = { 0 };

  fake_start (&fake, scripts, NULL);
  begin (NULL);
  redirect ("", fake.port);
  assert_look ("valid.lab", LL_EVIDENCE_UNKNOWN, LL_SOURCE_NONE, LL_WHY_PORT25);
  g_assert_cmpint (ll_network_state (world.network), ==, LL_NETWORK_STRIPPED);
  assert_look ("dane.lab", LL_EVIDENCE_DANE, LL_SOURCE_PUBLISHED, LL_WHY_NONE);
  assert_look ("sts.lab", LL_EVIDENCE_STS, LL_SOURCE_PUBLISHED, LL_WHY_NONE);
  assert_look ("plain.lab", LL_EVIDENCE_UNKNOWN, LL_SOURCE_NONE, LL_WHY_PORT25);
  open_again ();
  fake_stop (&fake);
}

static void
test_redirected (void)
{
  static const char *const scripts[]
      = { "220 mx\n|<|250-mx\n250 STARTTLS\n|<|220 go\n|TLS|<|250 mx\n|<|221 bye\n", NULL };
  Certificate own = certificate_make (&(CertificateWish){ .names = "DNS:mail.isp.lab" }, NULL);
  SSL_CTX *context = SSL_CTX_new (TLS_server_method ());
  Fake fake = { 0 };

  SSL_CTX_use_certificate (context, own.certificate);
  SSL_CTX_use_PrivateKey (context, own.key);
  fake_start (&fake, scripts, context);
  begin (NULL);
  redirect ("", fake.port);
  assert_look ("valid.lab", LL_EVIDENCE_UNKNOWN, LL_SOURCE_NONE, LL_WHY_PORT25);
  g_assert_cmpint (ll_network_state (world.network), ==, LL_NETWORK_REDIRECTED);
  assert_look ("dane.lab", LL_EVIDENCE_DANE, LL_SOURCE_PUBLISHED, LL_WHY_NONE);
  assert_look ("sts.lab", LL_EVIDENCE_STS, LL_SOURCE_PUBLISHED, LL_WHY_NONE);
  open_again ();
  fake_stop (&fake);
  certificate_clear (&own);
}

/* K11: seen encrypted, now in clear, on a network whose control hosts look as they should. */
static void
test_downgrade (void)
{
  static const char *const scripts[] = { "220 mx\n|<|250-mx\n250 SIZE\n|<|221 bye\n", NULL };
  g_autofree char *address = NULL;
  g_autofree char *whom = NULL;
  Fake fake = { 0 };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (LlVerdict) before = NULL;

      begin (world.folder);
      before = look ("valid.lab");
      g_assert_cmpint (before->evidence, ==, LL_EVIDENCE_PKIX);
      g_free (address);
      address = g_strdup (((LlHostFacts *) before->hosts->pdata[0])->addresses[0]);
    }
  whom = g_strdup_printf ("ip daddr %s", address);
  fake_start (&fake, scripts, NULL);
  begin (world.folder);
  redirect (whom, fake.port);
  {
    g_autoptr (LlVerdict) stripped = look ("valid.lab");

    g_assert_cmpint (ll_network_state (world.network), ==, LL_NETWORK_OPEN);
    g_assert_cmpint (stripped->evidence, ==, LL_EVIDENCE_PLAIN);
    g_assert_true (stripped->suspected_downgrade);
    g_assert_true (g_str_has_prefix (stripped->was, "encrypted until"));
    g_assert_cmpint (stripped->code, ==, LL_CODE_DOWNGRADE_SUSPECTED);
    g_assert_false (stripped->settled);
  }
  ll_assess_accept (world.assess, "valid.lab");
  assert_look ("valid.lab", LL_EVIDENCE_PLAIN, LL_SOURCE_SEEN, LL_WHY_NONE);
  open_again ();
  fake_stop (&fake);
}

/* Promise 7: what failed here is not unknown elsewhere, nor after a restart, nor in clear. */
static void
test_broken_stays (void)
{
  static const char *const scripts[] = { "220 mx\n|<|250-mx\n250 SIZE\n|<|221 bye\n", NULL };
  static const char *const domains[] = { "badane.lab", "badsts.lab" };
  LlCode codes[G_N_ELEMENTS (domains)];
  Fake fake = { 0 };

  begin (world.folder);
  for (guint i = 0; i < G_N_ELEMENTS (domains); i++)
    {
      g_autoptr (LlVerdict) verdict = look (domains[i]);

      g_assert_cmpint (verdict->evidence, ==, LL_EVIDENCE_BROKEN);
      codes[i] = verdict->code;
    }
  fake_start (&fake, scripts, NULL);
  for (guint way = 0; way < 2; way++)
    {
      begin (world.folder);
      if (way == 0)
        block ();
      else
        redirect ("", fake.port);
      for (guint i = 0; i < G_N_ELEMENTS (domains); i++)
        {
          g_autoptr (LlVerdict) verdict = look (domains[i]);
          gboolean done;
          g_autoptr (LlVerdict) early
              = ll_assess_wait (world.assess, domains[i], ll_deadline_in (0), NULL, &done);

          g_assert_cmpint (verdict->evidence, ==, LL_EVIDENCE_BROKEN);
          g_assert_cmpint (verdict->code, ==, codes[i]);
          g_assert_cmpint (early->evidence, ==, LL_EVIDENCE_BROKEN);
        }
      open_again ();
    }
  fake_stop (&fake);
  ll_assess_accept (world.assess, "badsts.lab");
  begin (world.folder);
  block ();
  assert_look ("badsts.lab", LL_EVIDENCE_STS, LL_SOURCE_PUBLISHED, LL_WHY_NONE);
  open_again ();
}

int
main (int argc, char **argv)
{
  int result;

  be_alone (argc, argv);
  g_test_init (&argc, &argv, NULL);
  start_world ();
  start_engine ();
  g_test_add_func ("/assess/networks/blocked", test_blocked);
  g_test_add_func ("/assess/networks/stripped", test_stripped);
  g_test_add_func ("/assess/networks/redirected", test_redirected);
  g_test_add_func ("/assess/networks/K11-downgrade", test_downgrade);
  g_test_add_func ("/assess/networks/promise-7-broken-stays", test_broken_stays);
  result = g_test_run ();
  stop_engine ();
  stop_world ();
  return result;
}
