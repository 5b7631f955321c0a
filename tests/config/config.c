/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/config.h"

#include "base/error.h"
#include "config/account.h"
#include "config/options.h"
#include "config/rules.h"

#include <glib/gstdio.h>
#include <string.h>

static LlConfig *
parse (const char *system, const char *user, GError **error)
{
  LlConfigText below = { "SYSTEM", system, system != NULL ? strlen (system) : 0 };
  LlConfigText above = { "USER", user, user != NULL ? strlen (user) : 0 };

  return ll_config_parse (&below, &above, error);
}

#define ACCOUNT "[account work]\naddresses = a@b.example\nupstream = smtp.b.example:465\n"

static void
test_defaults (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlConfig) config = parse (NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (config->listen_smtp[0], ==, "127.0.0.1:1587");
  g_assert_cmpstr (config->listen_smtp[1], ==, "[::1]:1587");
  g_assert_cmpstr (config->listen_smtps[1], ==, "[::1]:1465");
  g_assert_true (config->auth_required);
  g_assert_false (config->bare_lf_refused);
  g_assert_false (config->control_hosts_set);
  g_assert_null (config->control_hosts);
  g_assert_cmpuint (config->mx_port, ==, 25);
  g_assert_cmpuint (config->https_port, ==, 443);
  g_assert_cmpint (config->preset, ==, LL_PRESET_CAREFUL);
  g_assert_cmpint (config->mode, ==, LL_MODE_FORCED);
  g_assert_cmpint (config->minimum, ==, LL_MINIMUM_ENCRYPTED);
  g_assert_cmpint (config->unknown, ==, LL_UNKNOWN_SEND);
  g_assert_cmpuint (config->fallback->len, ==, 3);
  g_assert_cmpint (g_array_index (config->fallback, LlMethod, 2), ==, LL_METHOD_ESCROW);
  g_assert_cmpuint (config->lifetime, ==, 5 * 86400);
  g_assert_cmpuint (config->retention, ==, 365 * 86400);
  g_assert_cmpuint (config->originals, ==, 90 * 86400);
  g_assert_cmpstr (config->tags[3], ==, "hold");
  g_assert_cmpuint (g_strv_length (config->tags), ==, 4);
  g_assert_cmpuint (config->accounts->len, ==, 0);
}

static void
test_presets (void)
{
  static const struct
  {
    const char *text;
    LlMode mode;
    LlMinimum minimum;
    LlUnknown unknown;
  } cases[] = {
    { "preset=everyday", LL_MODE_OPPORTUNISTIC, LL_MINIMUM_ENCRYPTED, LL_UNKNOWN_SEND },
    { "preset=careful", LL_MODE_FORCED, LL_MINIMUM_ENCRYPTED, LL_UNKNOWN_SEND },
    { "preset=confidential", LL_MODE_FORCED, LL_MINIMUM_VERIFIED, LL_UNKNOWN_LOCK },
    { "preset=regulated", LL_MODE_FORCED, LL_MINIMUM_ASSURED, LL_UNKNOWN_LOCK },
    { "unknown=hold\npreset=regulated", LL_MODE_FORCED, LL_MINIMUM_ASSURED, LL_UNKNOWN_HOLD },
    { "mode=exclusive", LL_MODE_EXCLUSIVE, LL_MINIMUM_ENCRYPTED, LL_UNKNOWN_SEND },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = g_strdup_printf ("%s[policy]\n%s\n", ACCOUNT, cases[i].text);
      g_autofree char *own = g_strdup_printf ("%s%s\n", ACCOUNT, cases[i].text);
      g_autoptr (LlConfig) whole = parse (NULL, text, &error);
      g_autoptr (LlConfig) one = parse (NULL, own, &error);
      const LlAccount *inherits, *has;

      g_assert_no_error (error);
      inherits = ll_config_account (whole, "work");
      has = ll_config_account (one, "work");
      g_assert_cmpint (whole->mode, ==, cases[i].mode);
      g_assert_cmpint (inherits->mode, ==, cases[i].mode);
      g_assert_cmpint (inherits->minimum, ==, cases[i].minimum);
      g_assert_cmpint (inherits->unknown, ==, cases[i].unknown);
      g_assert_cmpint (has->mode, ==, cases[i].mode);
      g_assert_cmpint (has->minimum, ==, cases[i].minimum);
      g_assert_cmpint (has->unknown, ==, cases[i].unknown);
    }
}

static void
test_account (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlConfig) config
      = parse (NULL,
               "[account home]\n"
               "addresses = *@Bücher.example; Alice@EXAMPLE.org\n"
               "upstream = [::1]:465\n"
               "pins = AA:bbccddeeff00112233445566778899aabbccddeeff00112233445566778899\n"
               "honours = sts;dane\ndeclared = verified\ndeclared-when = 2026-11-01\n"
               "internal = @Example.org\nimap = imap.example.org:993\nrate = 7\nfallback =\n"
               "[account other]\naddresses=b@c.example\nupstream=Smtp.Example.NET:587\nauth=none\n",
               &error);
  const LlAccount *home, *other;

  g_assert_no_error (error);
  home = ll_config_account (config, "home");
  other = ll_config_account (config, "other");
  g_assert_cmpstr (home->addresses[0], ==, "*@xn--bcher-kva.example");
  g_assert_cmpstr (home->addresses[1], ==, "Alice@example.org");
  g_assert_cmpstr (home->username, ==, "Alice@example.org");
  g_assert_cmpstr (home->login, ==, "home");
  g_assert_cmpstr (home->host, ==, "::1");
  g_assert_cmpuint (home->port, ==, 465);
  g_assert_cmpint (home->security, ==, LL_SECURITY_TLS);
  g_assert_cmpuint (strlen (home->pins[0]), ==, 64);
  g_assert_true (home->honours_set);
  g_assert_cmpuint (home->honours, ==, LL_HONOURS_STS | LL_HONOURS_DANE);
  g_assert_true (home->declared);
  g_assert_cmpint (home->declared_level, ==, LL_MINIMUM_VERIFIED);
  g_assert_cmpstr (home->internal[0], ==, "example.org");
  g_assert_cmpuint (home->fallback->len, ==, 0);
  g_assert_cmpuint (home->rate, ==, 7);
  g_assert_cmpstr (other->host, ==, "smtp.example.net");
  g_assert_cmpint (other->security, ==, LL_SECURITY_STARTTLS);
  g_assert_cmpint (other->auth, ==, LL_AUTH_NONE);
  g_assert_false (other->honours_set);
  g_assert_cmpuint (other->fallback->len, ==, 3);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *user;
    LlConfigError code;
    const char *says; /* all of it has to be in the sentence */
    const char *also;
  } cases[] = {
    { "[policy]\nmod = forced\n", LL_CONFIG_ERROR_UNKNOWN_KEY, "USER: [policy] has no key \"mod\"",
      "did you mean \"mode\"?" },
    { "[polcy]\nmode = forced\n", LL_CONFIG_ERROR_UNKNOWN_KEY, "USER: ", "[policy]" },
    { "[account]\n", LL_CONFIG_ERROR_UNKNOWN_KEY, "USER: ", "needs a name" },
    { "[listen x]\n", LL_CONFIG_ERROR_UNKNOWN_KEY, "USER: ", "takes no name" },
    { "[policy]\nmode = strict\n", LL_CONFIG_ERROR_TYPE, "USER: [policy] mode: \"strict\"",
      "opportunistic, forced, exclusive or encrypt" },
    { "[network]\nmx-port = 70000\n", LL_CONFIG_ERROR_RANGE, "USER: [network] mx-port: \"70000\"",
      "from 1 to 65535" },
    { "[network]\nmx-port = x\n", LL_CONFIG_ERROR_TYPE, "USER: [network] mx-port: ", "a number" },
    { "[listen]\nsmtp = 0.0.0.0:25\n", LL_CONFIG_ERROR_RANGE, "[listen] smtp: \"0.0.0.0:25\"",
      "[foreign NAME]" },
    { "[listen]\nsmtp = localhost:25\n", LL_CONFIG_ERROR_TYPE, "[listen] smtp: ", "address" },
    { "[listen]\nsmtp = ::1:25\n", LL_CONFIG_ERROR_TYPE, "[listen] smtp: ", "brackets" },
    { "[listen]\nsmtp = 127.0.0.1:1465\n", LL_CONFIG_ERROR_TYPE, "127.0.0.1:1465", "twice" },
    { "[account x]\naddresses=a@b\n", LL_CONFIG_ERROR_TYPE, "USER: [account x] lacks upstream",
      "host:port" },
    { ACCOUNT "security = none\n", LL_CONFIG_ERROR_TYPE, "[account work] security: \"none\"",
      "without verified TLS" },
    { ACCOUNT "password = x\n", LL_CONFIG_ERROR_UNKNOWN_KEY,
      "[account work] password: ", "never in this file" },
    { "[account w]\naddresses=a@b\nupstream=host\n", LL_CONFIG_ERROR_TYPE,
      "[account w] upstream: \"host\"", "has no port" },
    { "[account w]\naddresses=nobody\nupstream=host:25\n", LL_CONFIG_ERROR_TYPE,
      "[account w] addresses: \"nobody\"", "alice@example.org" },
    { ACCOUNT "declared = encrypted\n", LL_CONFIG_ERROR_TYPE, "[account work]: ", "declared-when" },
    { ACCOUNT "pins = 1234\n", LL_CONFIG_ERROR_TYPE, "[account work] pins: ", "64" },
    { ACCOUNT "auth = certificate\n", LL_CONFIG_ERROR_TYPE, "[account work]: ", "PEM" },
    { ACCOUNT "honours = none;sts\n", LL_CONFIG_ERROR_TYPE, "[account work] honours: ", "none" },
    { ACCOUNT ACCOUNT, LL_CONFIG_ERROR_FILE, "[account work] stands there twice", "line 4" },
    { "[policy]\nmode=forced\nmode=forced\n", LL_CONFIG_ERROR_FILE, "[policy] mode", "twice" },
    { ACCOUNT "login=x\n[account z]\naddresses=A@b.EXAMPLE\nupstream=h:465\nlogin=x\n",
      LL_CONFIG_ERROR_TYPE, "a@b.example stands in", "share the login \"x\"" },
    { ACCOUNT "login=x\n[account z]\naddresses=c@d\nupstream=h:465\nlogin=x\nauth=client\n",
      LL_CONFIG_ERROR_TYPE, "[account work] and [account z]", "another login" },
    { "[rule 1]\nto=x.example\n", LL_CONFIG_ERROR_TYPE, "USER: [rule 1]: ", "says nothing" },
    { "[rule 1]\nmode=exclusive\nto=a@b@\n", LL_CONFIG_ERROR_TYPE, "[rule 1] to: \"a@b@\"",
      "*.domain" },
    { "[rule 1]\nmode=exclusive\nto=x.example;X.EXAMPLE\n", LL_CONFIG_ERROR_TYPE,
      "[rule 1] to: \"x.example\"", "twice" },
    { "[rule bank]\nmode=exclusive\n", LL_CONFIG_ERROR_TYPE, "USER: [rule bank]: ", "number" },
    { "[rule 1]\nmode=exclusive\nexpires=soon\n", LL_CONFIG_ERROR_TYPE,
      "[rule 1] expires: ", "2026-11-22" },
    { "[policy]\ntag-tls = encrypt\n", LL_CONFIG_ERROR_TYPE, "USER: [policy]", "same word" },
    { "[policy]\ntag-tls = a b\n", LL_CONFIG_ERROR_TYPE, "[policy] tag-tls: ", "one word" },
    { "[foreign office]\n", LL_CONFIG_ERROR_TYPE, "[foreign office]", "smtp or smtps" },
    { "[lock]\nkeys = policy.mode\n", LL_CONFIG_ERROR_LOCKED, "USER: [lock]", "/etc" },
    { "[network]\nproxy = ftp://x\n", LL_CONFIG_ERROR_TYPE, "[network] proxy: ", "socks5://" },
    { "[network]\nca-file = x.pem\n", LL_CONFIG_ERROR_TYPE, "[network] ca-file: ", "absolute" },
    { "[queue]\nlifetime = 5 fortnights\n", LL_CONFIG_ERROR_TYPE, "[queue] lifetime: ", "5d" },
    { "[queue]\nlifetime = 99999d\n", LL_CONFIG_ERROR_RANGE, "[queue] lifetime: ", "time" },
    { "mode = forced\n", LL_CONFIG_ERROR_FILE, "USER: ", "" },
    { "[policy]\nmode[de] = forced\n", LL_CONFIG_ERROR_UNKNOWN_KEY, "[policy]", "mode[de]" },
    { "[network]\nca-file = /a\\q\n", LL_CONFIG_ERROR_TYPE, "[network] ca-file: ", "backslash" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LlConfig) config = parse (NULL, cases[i].user, &error);

      g_test_message ("%s -> %s", cases[i].user, error != NULL ? error->message : "(taken)");
      g_assert_null (config);
      g_assert_error (error, LL_CONFIG_ERROR, (int) cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].says));
      g_assert_nonnull (strstr (error->message, cases[i].also));
    }
}

static void
test_not_text (void)
{
  LlConfigText user = { "USER", "[policy]\nmode=\xff\n", 15 };
  g_autoptr (GError) error = NULL;

  g_assert_null (ll_config_parse (NULL, &user, &error));
  g_assert_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE);
}

static void
test_layers (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlConfig) config
      = parse ("[network]\nca-file=/etc/x.pem\nmx-port=26\n"
               "[account firm]\naddresses=*@firm.example\nupstream=smtp.firm.example:465\n"
               "username=all\n"
               "[rule 2]\nto=bank.example\nmode=exclusive\nexpires=2027-01-01\n",
               "[network]\nmx-port=27\n[account firm]\nusername=me\n" ACCOUNT
               "[rule 1]\nmode=encrypt\n",
               &error);

  g_assert_no_error (error);
  g_assert_cmpstr (config->ca_file, ==, "/etc/x.pem");
  g_assert_cmpuint (config->mx_port, ==, 27);
  g_assert_cmpuint (config->accounts->len, ==, 2);
  g_assert_cmpstr (ll_config_account (config, "firm")->username, ==, "me");
  g_assert_cmpuint (config->rules->len, ==, 2);
  g_assert_false (((LlRule *) config->rules->pdata[0])->system);
  g_assert_true (((LlRule *) config->rules->pdata[1])->system);
}

static void
test_rule_patterns (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlConfig) config
      = parse (NULL,
               "[rule 1]\nmode=exclusive\n"
               "to=@Bank.Example; *.B\303\274cher.example ;A@X.example;*;[192.0.2.1];*@c.example\n",
               &error);
  const LlRule *rule;

  g_assert_no_error (error);
  rule = config->rules->pdata[0];
  g_assert_cmpstr (rule->to[0], ==, "bank.example");
  g_assert_cmpstr (rule->to[1], ==, "*.xn--bcher-kva.example");
  g_assert_cmpstr (rule->to[2], ==, "A@x.example");
  g_assert_cmpstr (rule->to[3], ==, "*");
  g_assert_cmpstr (rule->to[4], ==, "[192.0.2.1]");
  g_assert_cmpstr (rule->to[5], ==, "c.example");
}

static void
test_rules_are_not_mixed (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlConfig) config
      = parse ("[rule 1]\nto=bank.example\nmode=exclusive\n", "[rule 1]\nmode=encrypt\n", &error);
  const LlRule *rule;

  g_assert_no_error (error);
  rule = config->rules->pdata[0];
  g_assert_cmpuint (config->rules->len, ==, 1);
  g_assert_cmpint (rule->mode, ==, LL_MODE_ENCRYPT);
  g_assert_null (rule->to[0]);
}

static void
test_locks (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlConfig) config
      = parse ("[lock]\nkeys=policy.preset;network.ca-file;rule.*\n"
               "[policy]\npreset=regulated\n[rule 7]\nto=@bank\nmode=exclusive\n",
               "[policy]\npreset=everyday\nmode=opportunistic\nfallback=pgp\n"
               "[network]\nca-file=/home/x\n[rule 1]\nmode=opportunistic\n",
               &error);

  g_assert_no_error (error);
  g_assert_cmpint (config->mode, ==, LL_MODE_FORCED);
  g_assert_cmpint (config->minimum, ==, LL_MINIMUM_ASSURED);
  g_assert_cmpuint (config->fallback->len, ==, 1);
  g_assert_null (config->ca_file);
  g_assert_cmpuint (config->rules->len, ==, 1);
  g_assert_cmpuint (((LlRule *) config->rules->pdata[0])->number, ==, 7);
  g_assert_true (ll_config_is_locked (config, "policy.mode"));
  g_assert_true (ll_config_is_locked (config, "rule.mode"));
  g_assert_false (ll_config_is_locked (config, "policy.fallback"));
  g_assert_cmpuint (g_strv_length (config->warnings), ==, 4);
  g_assert_nonnull (strstr (config->warnings[0], "USER: [policy] preset does not count"));
}

/* What is taken and has no effect is said. */
static void
test_idle_setting (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlConfig) config
      = parse (NULL, "[network]\nportal=https://portal.example.org/\n", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (config->warnings), ==, 1);
  g_assert_nonnull (strstr (config->warnings[0], "portal does nothing yet"));
}

static void
test_bad_lock (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (parse ("[lock]\nkeys=policy.mood\n", NULL, &error));
  g_assert_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_TYPE);
  g_assert_nonnull (strstr (error->message, "SYSTEM: [lock] keys: \"policy.mood\""));
}

static void
test_get (void)
{
  static const char *const pairs[][2] = {
    { "policy.mode", "forced" },
    { "policy.fallback", "pgp;smime;escrow" },
    { "listen.smtp", "127.0.0.1:1587;[::1]:1587" },
    { "listen.auth", "required" },
    { "network.ca-file", "" },
    { "network.control-hosts", "" },
    { "queue.lifetime", "5d" },
    { "account work.upstream", "smtp.b.example:465" },
    { "account work.login", "work" },
    { "account work.declared", "none" },
    { "rule 3.expires", "2027-01-31T00:00:00Z" },
    { "rule 3.minimum", "" },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (LlConfig) config
      = parse (NULL, ACCOUNT "[rule 3]\nmode=exclusive\nexpires=2027-01-31\n", &error);
  g_autoptr (GVariant) all = NULL;

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *value = ll_config_get (config, pairs[i][0], &error);

      g_assert_no_error (error);
      g_assert_cmpstr (value, ==, pairs[i][1]);
    }
  g_assert_null (ll_config_get (config, "policy.mod", &error));
  g_assert_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_UNKNOWN_KEY);
  g_assert_nonnull (strstr (error->message, "did you mean \"policy.mode\"?"));
  g_clear_error (&error);
  g_assert_null (ll_config_get (config, "polcy.mode", &error));
  g_assert_nonnull (strstr (error->message, "did you mean \"policy.mode\"?"));
  g_clear_error (&error);
  g_assert_null (ll_config_get (config, "account x.mode", &error));
  g_assert_nonnull (strstr (error->message, "there is no [account x]"));
  all = g_variant_ref_sink (ll_config_to_variant (config));
  g_assert_cmpuint (g_variant_n_children (all), >, 50);
}

/* The table's words are those of api/names, by value. */
static void
test_words (void)
{
  for (const LlOption *option = ll_options; option->group != NULL; option++)
    for (guint i = 0; option->words != NULL && option->words[i] != NULL; i++)
      {
        if (strcmp (option->key, "mode") == 0)
          g_assert_cmpstr (option->words[i], ==, ll_mode_name (i));
        if (strcmp (option->key, "minimum") == 0)
          g_assert_cmpstr (option->words[i], ==, ll_minimum_name (i));
        if (strcmp (option->key, "unknown") == 0)
          g_assert_cmpstr (option->words[i], ==, ll_unknown_name (i));
      }
}

/* Each example of the man page is taken. */
static void
test_examples (void)
{
  for (const LlOption *option = ll_options; option->group != NULL; option++)
    {
      const char *example = strcmp (option->key, "pins") == 0
                                ? "aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899"
                                : option->example;
      const char *before = "";
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;
      g_autoptr (LlConfig) config = NULL;

      g_assert_nonnull (option->doc);
      if (option->required || strcmp (option->key, "declared") == 0)
        continue;
      if (strcmp (option->group, "account") == 0)
        before = ACCOUNT;
      else if (strcmp (option->group, "rule") == 0)
        before = "[rule 1]\n";
      else if (strcmp (option->group, "foreign") == 0)
        before = "[foreign x]\n";
      text = before[0] == '\0'
                 ? g_strdup_printf ("[%s]\n%s = %s\n", option->group, option->key, example)
                 : g_strdup_printf ("%s%s = %s\n%s", before, option->key, example,
                                    g_str_has_prefix (before, "[rule") ? "#" : "");
      if (g_str_has_prefix (before, "[rule") && strcmp (option->key, "mode") != 0)
        {
          g_autofree char *more = g_steal_pointer (&text);

          text = g_strconcat (more, "\nmode = exclusive\n", NULL);
        }
      config = parse (NULL, text, &error);
      g_test_message ("%s", text);
      g_assert_no_error (error);
    }
}

static void
test_load (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ll-config-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "letterlock.conf", NULL);
  g_autofree char *none = g_build_filename (folder, "none", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (LlConfig) missing = ll_config_load (none, none, &error);
  g_autoptr (LlConfig) there = NULL;
  g_autoptr (LlConfig) writable = NULL;

  g_assert_no_error (error);
  g_assert_nonnull (missing);
  g_assert_true (g_file_set_contents (path, "[policy]\r\nmode = exclusive\r\n", -1, NULL));
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  there = ll_config_load (none, path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (there->mode, ==, LL_MODE_EXCLUSIVE);
  g_assert_cmpuint (g_strv_length (there->warnings), ==, 0);
  g_assert_cmpint (g_chmod (path, 0666), ==, 0);
  writable = ll_config_load (none, path, &error);
  g_assert_cmpuint (g_strv_length (writable->warnings), ==, 1);
  g_assert_null (ll_config_load (none, folder, &error));
  g_assert_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, folder));
  g_remove (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/defaults", test_defaults);
  g_test_add_func ("/config/presets", test_presets);
  g_test_add_func ("/config/account", test_account);
  g_test_add_func ("/config/refused", test_refused);
  g_test_add_func ("/config/not-text", test_not_text);
  g_test_add_func ("/config/layers", test_layers);
  g_test_add_func ("/config/rule-patterns", test_rule_patterns);
  g_test_add_func ("/config/rules-are-not-mixed", test_rules_are_not_mixed);
  g_test_add_func ("/config/locks", test_locks);
  g_test_add_func ("/config/idle-setting", test_idle_setting);
  g_test_add_func ("/config/bad-lock", test_bad_lock);
  g_test_add_func ("/config/get", test_get);
  g_test_add_func ("/config/words", test_words);
  g_test_add_func ("/config/examples", test_examples);
  g_test_add_func ("/config/load", test_load);
  return g_test_run ();
}
