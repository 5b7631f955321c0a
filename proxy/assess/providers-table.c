/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Data. One row per provider; a row without a statement of the provider about how it sends has
 * honours 0, however likely the contrary is. */

#include "assess/providers.h"

#include "config/account.h"

#define HOSTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* The names of the mail servers are what the provider tells customers to publish as MX. */
#define MX_ONLY "MX names in the provider's set-up instructions for own domains"

const LlProvider ll_providers[] = {
  { "Google (Gmail, Workspace)", HOSTS (".google.com", ".googlemail.com"),
    HOSTS ("smtp.gmail.com", "smtp.googlemail.com", "smtp-relay.gmail.com"), "smtp.gmail.com:465",
    LL_HONOURS_STS, 0, "2026-11-22", "https://support.google.com/a/answer/9261504" },
  { "Microsoft (Exchange Online, Outlook.com)",
    HOSTS (".mail.protection.outlook.com", ".mx.microsoft", ".olc.protection.outlook.com"),
    HOSTS ("smtp.office365.com", "smtp-mail.outlook.com", "outlook.office365.com"),
    "smtp.office365.com:587", LL_HONOURS_STS | LL_HONOURS_DANE, 30, "2026-11-22",
    "https://techcommunity.microsoft.com/blog/exchange (4501005, 4514248): SMTP DANE and MTA-STS "
    "outbound" },
  { "Yahoo, AOL", HOSTS (".yahoodns.net"), HOSTS ("smtp.mail.yahoo.com", "smtp.aol.com"), NULL, 0,
    0, "2026-11-22", MX_ONLY },
  { "Apple iCloud", HOSTS (".mail.icloud.com"), HOSTS ("smtp.mail.me.com", "smtp.mail.icloud.com"),
    "smtp.mail.me.com:587", 0, 0, "2026-11-22", MX_ONLY },
  { "GMX", HOSTS (".gmx.net", ".gmx.com"), HOSTS ("mail.gmx.net", "mail.gmx.com", "smtp.gmx.com"),
    NULL, 0, 0, "2026-11-22", MX_ONLY },
  { "WEB.DE", HOSTS (".web.de"), HOSTS ("smtp.web.de"), "smtp.web.de:465", 0, 0, "2026-11-22",
    MX_ONLY },
  { "IONOS, 1&1",
    HOSTS (".kundenserver.de", ".ionos.de", ".ionos.com", ".ionos.co.uk", ".ionos.fr", ".ionos.es"),
    HOSTS ("smtp.ionos.de",
           "smtp.ionos.com",
           "smtp.ionos.co.uk",
           "smtp.ionos.fr",
           "smtp.ionos.es",
           "smtp.1und1.de"),
    NULL, 0, 0, "2026-11-22", MX_ONLY },
  { "T-Online", HOSTS (".t-online.de"), HOSTS ("securesmtp.t-online.de"),
    "securesmtp.t-online.de:465", 0, 0, "2026-11-22", MX_ONLY },
  { "Fastmail", HOSTS (".messagingengine.com"), HOSTS ("smtp.fastmail.com"),
    "smtp.fastmail.com:465", 0, 0, "2026-11-22", MX_ONLY },
  { "Proton", HOSTS ("mail.protonmail.ch", "mailsec.protonmail.ch"), HOSTS ("smtp.protonmail.ch"),
    NULL, 0, 0, "2026-11-22", MX_ONLY },
  { "mailbox.org", HOSTS (".mailbox.org"), HOSTS ("smtp.mailbox.org"), "smtp.mailbox.org:465",
    LL_HONOURS_DANE, 0, "2026-11-22",
    "the help pages of mailbox.org on guaranteed encrypted sending; not measured" },
  { "Posteo", HOSTS (".posteo.de"), HOSTS ("posteo.de", "smtp.posteo.de"), "posteo.de:465",
    LL_HONOURS_DANE, 0, "2026-11-22",
    "https://posteo.de/en/help/why-posteo-displays-dane-status-but-not-tls-status" },
  { "Zoho", HOSTS (".zoho.com", ".zoho.eu", ".zoho.in", ".zohomail.com"),
    HOSTS ("smtp.zoho.com", "smtp.zoho.eu", "smtppro.zoho.com", "smtppro.zoho.eu"), NULL, 0, 0,
    "2026-11-22", MX_ONLY },
  { "OVHcloud", HOSTS (".mail.ovh.net", ".ovh.net"),
    HOSTS ("ssl0.ovh.net", "pro1.mail.ovh.net", "pro2.mail.ovh.net"), NULL, 0, 0, "2026-11-22",
    MX_ONLY },
  { "Infomaniak", HOSTS ("mta-gw.infomaniak.ch", ".infomaniak.ch", ".infomaniak.com"),
    HOSTS ("mail.infomaniak.com"), "mail.infomaniak.com:465", 0, 0, "2026-11-22", MX_ONLY },
  { "Hetzner", HOSTS (".your-server.de"), HOSTS (".your-server.de"), "mail.your-server.de:465", 0,
    0, "2026-11-22", MX_ONLY },
  { "STRATO", HOSTS (".rzone.de"), HOSTS ("smtp.strato.de"), "smtp.strato.de:465", 0, 0,
    "2026-11-22", MX_ONLY },
  { "Gandi", HOSTS (".mail.gandi.net"), HOSTS ("mail.gandi.net"), "mail.gandi.net:465", 0, 0,
    "2026-11-22", MX_ONLY },
  { "Mimecast", HOSTS (".mimecast.com"), NULL, NULL, 0, 0, "2026-11-22", MX_ONLY },
  { "Proofpoint", HOSTS (".pphosted.com", ".ppe-hosted.com"), NULL, NULL, 0, 0, "2026-11-22",
    MX_ONLY },
  { "Amazon SES, WorkMail", HOSTS (".amazonaws.com", ".awsapps.com"),
    HOSTS (".amazonaws.com", ".awsapps.com"), NULL, 0, 0, "2026-11-22", MX_ONLY },
  { "Yandex", HOSTS (".yandex.net", ".yandex.ru"), HOSTS ("smtp.yandex.ru", "smtp.yandex.com"),
    NULL, 0, 0, "2026-11-22", MX_ONLY },
  { "Mail.ru", HOSTS (".mail.ru"), HOSTS ("smtp.mail.ru"), "smtp.mail.ru:465", 0, 0, "2026-11-22",
    MX_ONLY },
};

const gsize ll_providers_length = G_N_ELEMENTS (ll_providers);
