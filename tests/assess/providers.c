/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/providers.h"

#include "assess/assess.h"
#include "base/clock.h"
#include "config/account.h"

#include <string.h>

static const struct
{
  const char *host;
  const char *name; /* its begin; NULL: not listed */
} recipients[] = {
  { "aspmx.l.google.com", "Google" },
  { "alt1.gmail-smtp-in.l.google.com", "Google" },
  { "example-com.mail.protection.outlook.com", "Microsoft" },
  { "example-com.d-v1.mx.microsoft", "Microsoft" },
  { "mta5.am0.yahoodns.net", "Yahoo" },
  { "mx01.mail.icloud.com", "Apple" },
  { "mx00.emig.gmx.net", "GMX" },
  { "mx-ha02.web.de", "WEB.DE" },
  { "mx00.kundenserver.de", "IONOS" },
  { "in1-smtp.messagingengine.com", "Fastmail" },
  { "mail.protonmail.ch", "Proton" },
  { "mxext1.mailbox.org", "mailbox.org" },
  { "mx01.posteo.de", "Posteo" },
  { "mx.zoho.eu", "Zoho" },
  { "mx1.mail.ovh.net", "OVH" },
  { "mta-gw.infomaniak.ch", "Infomaniak" },
  { "mx.yandex.net", "Yandex" },
  { "mxs.mail.ru", "Mail.ru" },
  { "mx.example.com", NULL },
  { "notgoogle.com", NULL },
  { "aspmx.l.google.com.evil.example", NULL },
  { "google.com", NULL },
  { "evil-mx.microsoft", NULL },
};

static void
test_recipients (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (recipients); i++)
    {
      const LlProvider *provider = ll_provider_of_mx (recipients[i].host);

      g_test_message ("%s", recipients[i].host);
      g_assert_cmpint (provider != NULL, ==, recipients[i].name != NULL);
      if (provider != NULL)
        g_assert_true (g_str_has_prefix (provider->name, recipients[i].name));
    }
}

static void
test_senders (void)
{
  guint honours = 0;
  const char *date = NULL;
  const char *source = NULL;

  g_assert_true (ll_provider_honours ("smtp.gmail.com", &honours, &date, &source));
  g_assert_cmpuint (honours, ==, LL_HONOURS_STS);
  g_assert_nonnull (date);
  g_assert_nonnull (source);
  g_assert_true (ll_provider_honours ("SMTP.Office365.com", &honours, NULL, NULL));
  g_assert_cmpuint (honours, ==, LL_HONOURS_STS | LL_HONOURS_DANE);
  g_assert_false (ll_provider_honours ("smtp.example.com", &honours, NULL, NULL));
}

/* Every row says when and from where, and is written as the look-up compares. */
static void
test_rows (void)
{
  for (gsize i = 0; i < ll_providers_length; i++)
    {
      const LlProvider *row = &ll_providers[i];
      gint64 when;

      g_test_message ("%s", row->name);
      g_assert_true (ll_clock_parse (row->date, &when));
      g_assert_cmpuint (strlen (row->source), >, 0);
      for (guint j = 0; row->mx[j] != NULL; j++)
        {
          g_autofree char *lower = g_ascii_strdown (row->mx[j], -1);

          g_assert_cmpstr (row->mx[j], ==, lower);
          g_assert_nonnull (strchr (row->mx[j] + 1, '.') ? row->mx[j] : strchr (row->mx[j], '.'));
        }
    }
}

static void
test_variant (void)
{
  g_autoptr (GVariant) rows = g_variant_ref_sink (ll_providers_to_variant ());

  g_assert_true (g_variant_is_of_type (rows, G_VARIANT_TYPE ("aa{sv}")));
  g_assert_cmpuint (g_variant_n_children (rows), ==, ll_providers_length);
  for (gsize i = 0; i < ll_providers_length; i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      guint32 rate = 0;

      g_assert_cmpint (g_variant_lookup (row, "rate", "u", &rate), ==, ll_providers[i].rate > 0);
      g_assert_cmpuint (rate, ==, ll_providers[i].rate);
    }
  g_assert_cmpuint (ll_provider_rate ("SMTP.office365.com"), ==, 30);
  g_assert_cmpuint (ll_provider_rate ("mail.unlisted.example"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/assess/providers/recipients", test_recipients);
  g_test_add_func ("/assess/providers/senders", test_senders);
  g_test_add_func ("/assess/providers/rows", test_rows);
  g_test_add_func ("/assess/providers/variant", test_variant);
  return g_test_run ();
}
