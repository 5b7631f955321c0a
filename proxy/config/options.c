/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/options.h"

#include "config/account.h"
#include "config/rules.h"

#include <string.h>

static const char *const mode_words[] = { "opportunistic", "forced", "exclusive", "encrypt", NULL };
static const char *const minimum_words[] = { "encrypted", "verified", "policy", "assured", NULL };
static const char *const unknown_words[] = { "send", "lock", "hold", NULL };
static const char *const preset_words[]
    = { "everyday", "careful", "confidential", "regulated", NULL };
static const char *const method_words[] = { "pgp", "smime", "escrow", NULL };
static const char *const auth_words[] = { "optional", "required", NULL };
static const char *const bare_lf_words[] = { "normalise", "refuse", NULL };
static const char *const probe_words[] = { "auto", "never", NULL };
static const char *const security_words[] = { "tls", "starttls", NULL };
static const char *const sign_in_words[]
    = { "password", "oauth2", "client", "certificate", "none", NULL };
static const char *const oauth2_words[] = { "own", "google", "microsoft", NULL };
static const char *const https_words[] = { "https", NULL };
static const char *const sign_words[] = { "none", "pgp", "smime", NULL };
static const char *const honours_words[] = { "sts", "dane", "none", NULL };
static const char *const declared_words[] = { "none", "encrypted", "verified", NULL };
static const char *const kind_words[] = { "list", "calendar", "robot", NULL };
static const char *const portal_words[] = { "https", NULL };
static const char *const trust_words[] = { "strict", "accepted", "opportunistic", NULL };
static const char *const subject_words[] = { "auto", "hide", "keep", NULL };
static const char *const keyserver_words[] = { "https", NULL };
static const char *const ldap_words[] = { "ldaps", "ldap", NULL };
static const char *const metered_words[] = { "spare", "ignore", NULL };
static const char *const none_words[] = { "none", NULL };
static const char *const proxy_words[] = { "http", "socks5", "socks5h", NULL };

#define CONFIG(field) .offset = G_STRUCT_OFFSET (LlConfig, field)
#define ACCOUNT(field) .offset = G_STRUCT_OFFSET (LlAccount, field)
#define RULE(field) .offset = G_STRUCT_OFFSET (LlRule, field)
#define OTHERS(field) .offset = G_STRUCT_OFFSET (LlForeign, field)
#define YEAR (366 * 86400)

const LlOption ll_options[] = {
  /* -- [listen] ---------------------------------------------------------------------- */
  { "listen", "smtp", LL_OPTION_LOCAL, "127.0.0.1:1587;[::1]:1587", CONFIG (listen_smtp),
    .doc = "Where mail programs submit letters with STARTTLS. Loopback only; empty: nowhere.",
    .example = "127.0.0.1:1587;[::1]:1587" },
  { "listen", "smtps", LL_OPTION_LOCAL, "127.0.0.1:1465;[::1]:1465", CONFIG (listen_smtps),
    .doc = "Where mail programs submit letters with TLS from the first byte. Loopback only; "
           "empty: nowhere.",
    .example = "127.0.0.1:1465" },
  { "listen", "auth", LL_OPTION_WORD, "required", auth_words, CONFIG (auth_required),
    .doc = "Whether a mail program has to sign in with the local password. Even when it is "
           "optional, only your own processes are served.",
    .example = "required" },
  { "listen", "bare-lf", LL_OPTION_WORD, "normalise", bare_lf_words, CONFIG (bare_lf_refused),
    .doc = "What is done with a line feed without carriage return inside a letter: written as "
           "CRLF, or the letter is refused.",
    .example = "normalise" },

  /* -- [network] --------------------------------------------------------------------- */
  { "network", "resolvers", LL_OPTION_RESOLVERS, "", CONFIG (resolvers),
    .doc = "DNS servers to ask, as address or address@port. Answers are validated here whatever "
           "they say. Empty: those of the system.",
    .example = "9.9.9.9;127.0.0.1@5353" },
  { "network", "trust-anchor", LL_OPTION_PATH, NULL, CONFIG (trust_anchor),
    .doc = "File with the DNSSEC root keys. Default: that of the package dns-root-data.",
    .example = "/usr/share/dns/root.key" },
  { "network", "ca-file", LL_OPTION_PATH, NULL, CONFIG (ca_file),
    .doc = "PEM file with certificate authorities that count as if they were shipped with the "
           "system: for the provider, for mail servers and for policy hosts.",
    .example = "/etc/ssl/private-ca.pem" },
  { "network", "allow-private-addresses", LL_OPTION_FLAG, "false", CONFIG (allow_private_addresses),
    .doc = "Whether mail servers, and the places where issuers of certificates say what they "
           "revoked, are contacted in private or loopback address ranges.",
    .example = "false" },
  { "network", "control-hosts", LL_OPTION_HOSTS, NULL, CONFIG (control_hosts),
    .set = G_STRUCT_OFFSET (LlConfig, control_hosts_set),
    .doc = "Mail servers known to offer TLS; they show whether this network blocks, redirects or "
           "strips port 25. Default: the provider's and a shipped table. Empty: recipients alone "
           "judge.",
    .example = "mx1.example.net;mx2.example.org" },
  { "network", "mx-port", LL_OPTION_NUMBER, "25", .min = 1, .max = 65535, CONFIG (mx_port),
    .doc = "Port on which mail servers are looked at.", .example = "25" },
  { "network", "https-port", LL_OPTION_NUMBER, "443", .min = 1, .max = 65535, CONFIG (https_port),
    .doc = "Port from which MTA-STS policies are fetched.", .example = "443" },
  { "network", "probe", LL_OPTION_WORD, "auto", probe_words, CONFIG (probe_never),
    .doc = "Whether recipients' mail servers are contacted to see what they offer. With never, "
           "DNS and MTA-STS policies alone are looked at.",
    .example = "auto" },
  { "network", "portal", LL_OPTION_URL, NULL, portal_words, CONFIG (portal),
    .doc = "A server of your organisation that looks at mail servers from outside, for networks "
           "that block port 25. Not asked yet by this version.",
    .example = "https://portal.example.org/" },
  { "network", "proxy", LL_OPTION_URL, NULL, proxy_words, CONFIG (proxy),
    .doc = "HTTP or SOCKS proxy for HTTPS and for the connection to the provider. Proxies named in "
           "the environment are not used.",
    .example = "socks5h://127.0.0.1:9050" },

  /* -- [policy] ---------------------------------------------------------------------- */
  { "policy", "preset", LL_OPTION_WORD, "careful", preset_words, CONFIG (preset),
    .doc = "A name for mode, minimum and unknown together; each of these keys beats it where it is "
           "given.",
    .example = "careful" },
  { "policy", "mode", LL_OPTION_WORD, NULL, mode_words, CONFIG (mode),
    .doc = "What is done where the way does not reach the minimum: sent with a remark, locked or "
           "held, not sent at all, or always locked. Default: the preset's.",
    .example = "forced" },
  { "policy", "minimum", LL_OPTION_WORD, NULL, minimum_words, CONFIG (minimum),
    .doc = "What the way to a recipient has to be worth. Default: the preset's.",
    .example = "encrypted" },
  { "policy", "unknown", LL_OPTION_WORD, NULL, unknown_words, CONFIG (unknown),
    .doc = "What is done where the way could not be looked at, under the mode forced. Default: the "
           "preset's.",
    .example = "send" },
  { "policy", "fallback", LL_OPTION_METHODS, "pgp;smime;escrow", method_words, CONFIG (fallback),
    .doc = "The ways to lock a letter, in the order in which they are tried. Empty: none, the "
           "letter is held.",
    .example = "pgp;smime;escrow" },
  { "policy", "together", LL_OPTION_FLAG, "false", CONFIG (together),
    .doc = "Whether a letter leaves for all its recipients at once or not yet at all, when it is "
           "held for one of them.",
    .example = "false" },
  { "policy", "tag-encrypt", LL_OPTION_TAG, "encrypt", CONFIG (tag_encrypt),
    .doc = "The word that, in square brackets at the start of a subject, locks a letter.",
    .example = "encrypt" },
  { "policy", "tag-tls", LL_OPTION_TAG, "tls", CONFIG (tag_tls),
    .doc = "The subject tag for: over TLS that reaches the minimum, or not at all.",
    .example = "tls" },
  { "policy", "tag-pickup", LL_OPTION_TAG, "pickup", CONFIG (tag_pickup),
    .doc = "The subject tag for: as an encrypted pickup page.", .example = "pickup" },
  { "policy", "tag-hold", LL_OPTION_TAG, "hold", CONFIG (tag_hold),
    .doc = "The subject tag for: held until you decide.", .example = "hold" },
  { "policy", "trace-headers", LL_OPTION_FLAG, "false", CONFIG (trace_headers),
    .doc = "Whether letters leave with a Received header that says when they passed Letterlock; it "
           "names nothing of this machine.",
    .example = "false" },

  /* -- [keys] ------------------------------------------------------------------------ */
  { "keys", "trust", LL_OPTION_WORD, "accepted", trust_words, CONFIG (key_trust),
    .doc = "Which keys lock letters without a question: strict: only those that you accepted; "
           "accepted: also those of your own keyring, those that the recipient's domain publishes, "
           "and certificates whose issuer is trusted; opportunistic: any that can be used, and it "
           "is said that nobody vouches for it. A key that takes the place of another one always "
           "asks.",
    .example = "accepted" },
  { "keys", "plus-tags", LL_OPTION_FLAG, "false", CONFIG (plus_tags),
    .doc = "Whether a key of bob@example.org will do for bob+news@example.org, where that address "
           "has none of its own.",
    .example = "false" },
  { "keys", "keyserver", LL_OPTION_URL, NULL, keyserver_words, CONFIG (keyserver),
    .doc = "A key server that gives keys by e-mail address (VKS). It learns whom you write to, and "
           "you are asked about each key that it gives. Default: none.",
    .example = "https://keys.openpgp.org" },
  { "keys", "ldap", LL_OPTION_URLS, "", ldap_words, CONFIG (ldap),
    .doc = "Directories with certificates: ldaps://HOST/BASE, or ldap://HOST/BASE, which has to "
           "offer StartTLS. They learn whom you write to. A certificate that they give is used by "
           "itself only if its issuer is trusted.",
    .example = "ldaps://directory.example.org/dc=example,dc=org" },

  /* -- [protect] --------------------------------------------------------------------- */
  { "protect", "subject", LL_OPTION_WORD, "auto", subject_words, CONFIG (subject),
    .doc = "The subject outside of a letter that is locked although its way would do; the real one "
           "is inside. auto: hidden with PGP, whose programs show the one inside, kept with "
           "S/MIME, where few do. Where the way does not do, it is always hidden; only letterlock "
           "key prefer keeps it, for one contact.",
    .example = "hide" },
  { "protect", "gossip", LL_OPTION_FLAG, "true", CONFIG (gossip),
    .doc = "Whether those who see each other in a letter that is locked with PGP are told each "
           "other's keys inside of it (Autocrypt-Gossip), so that each can answer all. Bcc "
           "recipients are never told of, nor their keys.",
    .example = "true" },
  { "protect", "autocrypt", LL_OPTION_FLAG, "true", CONFIG (autocrypt),
    .doc = "Whether a letter that is locked with PGP carries your own public key in its header "
           "(Autocrypt), so that its reader can lock the answer. A field that your mail program "
           "wrote stays as it is.",
    .example = "true" },

  /* -- [queue] ----------------------------------------------------------------------- */
  { "queue", "lifetime", LL_OPTION_DURATION, "5d", .min = 1, .max = 30 * 86400, CONFIG (lifetime),
    .doc = "How long sending is tried before it is given up and you are told.", .example = "5d" },

  { "queue", "metered", LL_OPTION_WORD, "spare", metered_words, CONFIG (metered_ignored),
    .doc = "On a network that NetworkManager calls metered, such as a telephone's: spare lets a "
           "letter of more than 1 MB that could not be sent at once wait for another network, for "
           "a day at most, and its recipients' servers are not looked at meanwhile; a look at a "
           "server counts for an hour instead of ten minutes; kept policies are not renewed ahead "
           "of their time. ignore does all of it as everywhere. The first try, and what you ask "
           "for, are never put off.",
    .example = "ignore" },

  /* -- [record] ---------------------------------------------------------------------- */
  { "record", "retention", LL_OPTION_DURATION, "365d", .min = 0, .max = 100u * YEAR,
    CONFIG (retention),
    .doc = "How long the ledger keeps what was done with a letter; 0: for ever.",
    .example = "365d" },
  { "record", "originals", LL_OPTION_DURATION, "90d", none_words, .min = 1, .max = 100u * YEAR,
    CONFIG (originals),
    .doc = "How long what you wrote is kept, encrypted with your key, after it left locked, so "
           "that you can read and search it; none: not at all. Never longer than retention.",
    .example = "90d" },
  { "record", "subjects", LL_OPTION_FLAG, "false", CONFIG (subjects),
    .doc = "Whether the ledger keeps the subjects of letters from then on, each encrypted with "
           "your key, so that window, log and show have them while your keyring is open. Once "
           "false again, those that were kept are erased.",
    .example = "true" },

  /* -- [notices] --------------------------------------------------------------------- */
  { "notices", "sent", LL_OPTION_FLAG, "false", CONFIG (sent_told),
    .doc = "Whether the icon's program also shows a notification of each letter that was sent. "
           "Without it, it is silent when all goes well.",
    .example = "true" },

  /* -- [account NAME] ---------------------------------------------------------------- */
  { "account", "addresses", LL_OPTION_ADDRESSES, NULL, ACCOUNT (addresses), .required = TRUE,
    .doc = "The sender addresses that this account serves; *@domain stands for all of a domain.",
    .example = "alice@example.org;*@alice.example" },
  { "account", "login", LL_OPTION_TEXT, NULL, ACCOUNT (login),
    .doc = "The user name with which mail programs sign in here. Default: the account's name. "
           "Accounts may share one.",
    .example = "alice" },
  { "account", "upstream", LL_OPTION_UPSTREAM, NULL, ACCOUNT (host),
    .second = G_STRUCT_OFFSET (LlAccount, port), .required = TRUE,
    .doc = "The provider's submission server as host:port. Its certificate has to be valid for "
           "this name.",
    .example = "smtp.example.net:465" },
  { "account", "security", LL_OPTION_WORD, NULL, security_words, ACCOUNT (security),
    .doc = "TLS from the first byte, or STARTTLS. There is no third way. Default: tls on port 465, "
           "else starttls.",
    .example = "tls" },
  { "account", "auth", LL_OPTION_WORD, "password", sign_in_words, ACCOUNT (auth),
    .doc = "How to sign in with the provider: password (from the keyring, or password-command), "
           "oauth2 (in a browser, see letterlock account login), client (the mail program's own "
           "credentials are passed on), certificate, none.",
    .example = "password" },
  { "account", "username", LL_OPTION_TEXT, NULL, ACCOUNT (username),
    .doc = "The user name at the provider. Default: the first address.",
    .example = "alice@example.org" },
  { "account", "password-command", LL_OPTION_TEXT, NULL, ACCOUNT (password_command),
    .doc = "A command that prints the provider's password, instead of the keyring. Passwords "
           "themselves are never in this file.",
    .example = "pass show mail/alice" },
  { "account", "oauth2", LL_OPTION_WORD, "own", oauth2_words, ACCOUNT (oauth2),
    .doc = "Whose sign-in auth = oauth2 uses: google, microsoft, or own, whose addresses stand in "
           "authorization-url, token-url, device-url and scope. Each of these four, where it is "
           "given, counts instead of what is known of google and microsoft.",
    .example = "microsoft" },
  { "account", "client-id", LL_OPTION_TEXT, NULL, ACCOUNT (client_id),
    .doc = "What the provider calls this program: the client id that you or your organisation "
           "registered there. Needed for auth = oauth2.",
    .example = "11111111-2222-3333-4444-555555555555" },
  { "account", "tenant", LL_OPTION_TEXT, NULL, ACCOUNT (tenant),
    .doc = "With oauth2 = microsoft: your organisation there, by domain or number. Default: "
           "common, which an application of one organisation alone does not allow.",
    .example = "example.org" },
  { "account", "authorization-url", LL_OPTION_URL, NULL, https_words, ACCOUNT (authorization_url),
    .doc = "With auth = oauth2: the page on which you sign in.",
    .example = "https://login.example.org/authorize" },
  { "account", "token-url", LL_OPTION_URL, NULL, https_words, ACCOUNT (token_url),
    .doc = "With auth = oauth2: where permissions are given and renewed.",
    .example = "https://login.example.org/token" },
  { "account", "device-url", LL_OPTION_URL, NULL, https_words, ACCOUNT (device_url),
    .doc = "With auth = oauth2: where a sign-in on another device begins (RFC 8628). Default: "
           "none.",
    .example = "https://login.example.org/device" },
  { "account", "scope", LL_OPTION_TEXT, NULL, ACCOUNT (scope),
    .doc = "With auth = oauth2: what is asked for, with blanks between.",
    .example = "smtp offline_access" },
  { "account", "certificate", LL_OPTION_PATH, NULL, ACCOUNT (certificate_file),
    .doc = "PEM file with certificate and key, for auth = certificate.",
    .example = "/home/alice/mail.pem" },
  { "account", "ca-file", LL_OPTION_PATH, NULL, ACCOUNT (ca_file),
    .doc = "PEM file with the certificate authority of this provider.",
    .example = "/home/alice/provider-ca.pem" },
  { "account", "pins", LL_OPTION_PINS, "", ACCOUNT (pins),
    .doc = "SHA-256 of public keys (64 hexadecimal digits, colons allowed) that are accepted from "
           "this provider without a valid certificate.",
    .example = "0f3c...64 digits in all" },
  { "account", "preset", LL_OPTION_WORD, NULL, preset_words, ACCOUNT (preset),
    .set = G_STRUCT_OFFSET (LlAccount, preset_set),
    .doc = "As in [policy], for this account. Default: what [policy] says.",
    .example = "confidential" },
  { "account", "mode", LL_OPTION_WORD, NULL, mode_words, ACCOUNT (mode),
    .doc = "As in [policy], for this account.", .example = "forced" },
  { "account", "minimum", LL_OPTION_WORD, NULL, minimum_words, ACCOUNT (minimum),
    .doc = "As in [policy], for this account.", .example = "verified" },
  { "account", "unknown", LL_OPTION_WORD, NULL, unknown_words, ACCOUNT (unknown),
    .doc = "As in [policy], for this account.", .example = "lock" },
  { "account", "fallback", LL_OPTION_METHODS, NULL, method_words, ACCOUNT (fallback),
    .doc = "As in [policy], for this account.", .example = "smime;escrow" },
  { "account", "honours", LL_OPTION_HONOURS, NULL, honours_words, ACCOUNT (honours),
    .set = G_STRUCT_OFFSET (LlAccount, honours_set),
    .doc = "Which published policies the provider follows when it delivers: sts, dane, both, or "
           "none. Default: a shipped, dated table.",
    .example = "sts;dane" },
  { "account", "declared", LL_OPTION_DECLARED, "none", declared_words, ACCOUNT (declared),
    .second = G_STRUCT_OFFSET (LlAccount, declared_level),
    .doc = "Your statement that the provider returns a letter rather than deliver it without TLS: "
           "encrypted, or encrypted with a verified certificate.",
    .example = "encrypted" },
  { "account", "declared-domains", LL_OPTION_DOMAINS, "", ACCOUNT (declared_domains),
    .doc = "The recipient domains that the statement is about. Default: all.",
    .example = "bank.example;clinic.example" },
  { "account", "declared-when", LL_OPTION_DATE, NULL, ACCOUNT (declared_when),
    .doc = "The day of the statement; it lapses after 12 months.", .example = "2026-11-22" },
  { "account", "internal", LL_OPTION_DOMAINS, "", ACCOUNT (internal),
    .doc = "Domains whose letters stay with the provider, which you confirm by naming them.",
    .example = "@example.org" },
  { "account", "imap", LL_OPTION_HOST_PORT, NULL, ACCOUNT (imap),
    .doc = "The provider's IMAP server (TLS), for notes to yourself, replies and bounces.",
    .example = "imap.example.net:993" },
  { "account", "sign", LL_OPTION_WORD, "none", sign_words, ACCOUNT (sign),
    .doc
    = "Signs letters that leave unlocked, so that their readers can tell that they are yours: pgp "
      "with your own GnuPG key, smime with your certificate (letterlock account edit --cert). Such "
      "a letter is changed: it becomes multipart/signed, and parts that could be damaged on the "
      "way are encoded anew. Never signed are lists, calendars, reports, automatic mail, and what "
      "your mail program signed or locked itself. Where the key cannot be used, the letter waits.",
    .example = "smime" },
  { "account", "rate", LL_OPTION_NUMBER, "0", .min = 0, .max = 10000, ACCOUNT (rate),
    .doc
    = "Letters a minute that this provider takes; what is more waits for its turn. 0: what the "
      "shipped table says, else no limit.",
    .example = "30" },

  /* -- [rule N] ---------------------------------------------------------------------- */
  { "rule", "account", LL_OPTION_TEXT, NULL, RULE (account),
    .doc = "The rule is for this account only. Default: all.", .example = "work" },
  { "rule", "to", LL_OPTION_PATTERNS, "", RULE (to),
    .doc = "Recipients: an address, a domain, *.domain for all below it, * for all. Default: all.",
    .example = "bank.example;*.bank.example" },
  { "rule", "kinds", LL_OPTION_KINDS, "", kind_words, RULE (kinds),
    .doc = "Kinds of letters: list, calendar, robot (reports, automatic and no-reply mail). "
           "Default: all.",
    .example = "calendar" },
  { "rule", "tag", LL_OPTION_TAG, NULL, RULE (tag),
    .doc = "Letters whose subject starts with this word in square brackets. Such a rule can only "
           "strengthen.",
    .example = "bank" },
  { "rule", "mode", LL_OPTION_WORD, NULL, mode_words, RULE (mode),
    .set = G_STRUCT_OFFSET (LlRule, mode_set), .doc = "As in [policy], where the rule matches.",
    .example = "exclusive" },
  { "rule", "minimum", LL_OPTION_WORD, NULL, minimum_words, RULE (minimum),
    .set = G_STRUCT_OFFSET (LlRule, minimum_set), .doc = "As in [policy], where the rule matches.",
    .example = "policy" },
  { "rule", "unknown", LL_OPTION_WORD, NULL, unknown_words, RULE (unknown),
    .set = G_STRUCT_OFFSET (LlRule, unknown_set), .doc = "As in [policy], where the rule matches.",
    .example = "hold" },
  { "rule", "fallback", LL_OPTION_METHODS, NULL, method_words, RULE (fallback),
    .doc = "As in [policy], where the rule matches.", .example = "escrow" },
  { "rule", "requiretls", LL_OPTION_FLAG, "false", RULE (requiretls),
    .doc = "Whether the provider is asked to insist on verified TLS all the way (REQUIRETLS), "
           "where it offers that.",
    .example = "true" },
  { "rule", "expires", LL_OPTION_DATE, NULL, RULE (expires),
    .doc = "The day from which the rule counts no more.", .example = "2027-01-31" },
  { "rule", "note", LL_OPTION_TEXT, NULL, RULE (note), .doc = "A note to yourself.",
    .example = "agreed with Ms Weber by telephone" },

  /* -- [foreign NAME] ---------------------------------------------------------------- */
  { "foreign", "smtp", LL_OPTION_FOREIGN, "", OTHERS (smtp),
    .doc = "Where others submit letters with STARTTLS, which is required there, as is a sign-in.",
    .example = "192.0.2.10:587" },
  { "foreign", "smtps", LL_OPTION_FOREIGN, "", OTHERS (smtps),
    .doc = "Where others submit letters with TLS from the first byte; a sign-in is required.",
    .example = "192.0.2.10:465" },
  { NULL },
};

const char *const ll_option_fixed_groups[]
    = { "listen", "network", "policy", "keys", "protect", "queue", "record", "notices", NULL };

static const struct
{
  const char *name;
  gboolean named; /* [account NAME] */
  const char *doc;
} groups[] = {
  { "listen", FALSE, "Where Letterlock takes letters from your mail programs." },
  { "network", FALSE,
    "How the way to recipients is looked at. Offices and tests need these keys." },
  { "policy", FALSE, "What is done with a letter." },
  { "keys", FALSE, "Where keys and certificates of recipients are found, and which are used." },
  { "protect", FALSE, "How letters are locked." },
  { "queue", FALSE, "Letters that wait to be sent." },
  { "record", FALSE, "What is remembered of letters." },
  { "notices", FALSE, "What notifications tell beside what needs you." },
  { "account", TRUE, "One mail account: whose letters, and the provider that takes them." },
  { "rule", TRUE,
    "An exception for some letters. Rules are tried by their number; the first that matches "
    "counts." },
  { "foreign", TRUE,
    "A listener for other users or machines. Everybody there has to use TLS and sign in." },
};

const char *
ll_option_group_doc (const char *group)
{
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    if (strcmp (groups[i].name, group) == 0)
      return groups[i].doc;
  return NULL;
}

const char *
ll_option_group_of (const char *group, const char **name)
{
  const char *blank = strchr (group, ' ');
  gsize length = blank != NULL ? (gsize) (blank - group) : strlen (group);

  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      if (strlen (groups[i].name) != length || strncmp (groups[i].name, group, length) != 0)
        continue;
      if (groups[i].named != (blank != NULL) || (blank != NULL && blank[1] == '\0'))
        return NULL;
      *name = blank != NULL ? blank + 1 : NULL;
      return groups[i].name;
    }
  return NULL;
}

const LlOption *
ll_option_find (const char *group, const char *key)
{
  for (const LlOption *option = ll_options; option->group != NULL; option++)
    if (strcmp (option->group, group) == 0 && strcmp (option->key, key) == 0)
      return option;
  return NULL;
}

/* How many letters have to be changed, added, left out or swapped with their neighbour. */
static guint
distance (const char *a, const char *b)
{
  enum
  {
    LONGEST = 40
  };
  guint row[3][LONGEST + 1];
  gsize n = strlen (a), m = strlen (b);

  if (n > LONGEST || m > LONGEST)
    return LONGEST;
  for (gsize j = 0; j <= m; j++)
    row[0][j] = (guint) j;
  for (gsize i = 1; i <= n; i++)
    {
      guint *now = row[i % 3], *before = row[(i + 2) % 3], *earlier = row[(i + 1) % 3];

      now[0] = (guint) i;
      for (gsize j = 1; j <= m; j++)
        {
          guint cost = g_ascii_tolower (a[i - 1]) == g_ascii_tolower (b[j - 1]) ? 0 : 1;

          now[j] = MIN (MIN (before[j] + 1, now[j - 1] + 1), before[j - 1] + cost);
          if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            now[j] = MIN (now[j], earlier[j - 2] + 1);
        }
    }
  return row[n % 3][m];
}

const char *
ll_option_nearest (const char *group, const char *key)
{
  const char *wanted = key != NULL ? key : group;
  const char *nearest = NULL;
  guint least = MAX (2, (guint) strlen (wanted) / 2) + 1;

  if (key == NULL)
    for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
      {
        guint far = distance (wanted, groups[i].name);

        if (far < least)
          least = far, nearest = groups[i].name;
      }
  for (const LlOption *option = ll_options; key != NULL && option->group != NULL; option++)
    {
      guint far = strcmp (option->group, group) == 0 ? distance (wanted, option->key) : least;

      if (far < least)
        least = far, nearest = option->key;
    }
  return nearest;
}
