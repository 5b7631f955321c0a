/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/text.h"

#include "api/bidi.h"
#include "api/intl.h"

/* Tables by value, as in names.c. */

typedef struct
{
  const char *text;
  const char *unicode;
  const char *ascii;
} Shown;

static const Shown states[] = {
  [LL_STATE_CHECKING] = { N_ ("being looked at"), "…", "." },
  [LL_STATE_HELD] = { N_ ("held for your decision"), "‖", "!" },
  [LL_STATE_WAITING] = { N_ ("waits for a key, the network or a sign-in"), "⌛", "~" },
  [LL_STATE_QUEUED] = { N_ ("is tried again later"), "↻", "~" },
  [LL_STATE_SENDING] = { N_ ("being sent"), "→", ">" },
  [LL_STATE_SENT] = { N_ ("taken by your provider"), "✓", "+" },
  [LL_STATE_UNCERTAIN]
  = { N_ ("perhaps sent: the connection was lost at the last moment"), "?", "?" },
  [LL_STATE_REFUSED] = { N_ ("refused, and your mail program was told"), "✗", "x" },
  [LL_STATE_DROPPED] = { N_ ("not sent"), "✗", "x" },
  [LL_STATE_BOUNCED] = { N_ ("came back"), "↩", "x" },
  [LL_STATE_FAILED] = { N_ ("could not be sent"), "✗", "x" },
  [LL_STATE_EXPIRED] = { N_ ("pickup page expired"), "✗", "x" },
  [LL_STATE_OPENED] = { N_ ("pickup page opened"), "✓", "+" },
  [LL_STATE_REPLIED] = { N_ ("answered on the pickup page"), "✓", "+" },
  [LL_STATE_RETRACTED] = { N_ ("pickup page taken back"), "✗", "x" },
};

static const Shown evidences[] = {
  [LL_EVIDENCE_PLAIN] = { N_ ("no encryption offered"), "○", "-" },
  [LL_EVIDENCE_WEAK] = { N_ ("outdated encryption, which counts as none"), "○", "-" },
  [LL_EVIDENCE_OPP] = { N_ ("encrypts, without proof of who it is"), "◔", "1" },
  [LL_EVIDENCE_PKIX] = { N_ ("encrypts with a valid certificate"), "◑", "2" },
  [LL_EVIDENCE_HALF]
  = { N_ ("published key fits, but who the server is was not signed"), "◑", "2" },
  [LL_EVIDENCE_STS] = { N_ ("asks senders for verified TLS (MTA-STS)"), "◕", "3" },
  [LL_EVIDENCE_DANE] = { N_ ("publishes signed keys (DANE)"), "●", "4" },
  [LL_EVIDENCE_NOMAIL] = { N_ ("accepts no mail"), "∅", "0" },
  [LL_EVIDENCE_BROKEN] = { N_ ("published protection fails: attack or mistake"), "⚠", "!" },
  [LL_EVIDENCE_UNKNOWN] = { N_ ("not known"), "?", "?" },
};

static const char *const whys[] = {
  [LL_WHY_NONE] = N_ ("no reason known"),
  [LL_WHY_PORT25] = N_ ("this network blocks or diverts port 25"),
  [LL_WHY_INTERNAL] = N_ ("inside a private network"),
  [LL_WHY_DNS] = N_ ("this network's DNS cannot be trusted or does not answer"),
  [LL_WHY_OFFLINE] = N_ ("no working network connection"),
  [LL_WHY_REFUSED] = N_ ("the server does not talk to this computer"),
  [LL_WHY_TEMPORARY] = N_ ("the server gave no usable answer"),
  [LL_WHY_INTERCEPTED] = N_ ("this network opens encrypted connections"),
  [LL_WHY_OVERDUE] = N_ ("was still being looked at"),
};

static const char *const sources[] = {
  [LL_SOURCE_NONE] = N_ ("not looked at"),
  [LL_SOURCE_SEEN] = N_ ("seen from this computer"),
  [LL_SOURCE_PUBLISHED] = N_ ("published in DNS and on the web; server not seen from here"),
  [LL_SOURCE_LISTED] = N_ ("by a list of large providers that came with this program"),
  [LL_SOURCE_PORTAL] = N_ ("seen from outside by your organisation's portal"),
};

static const char *const bounds[] = {
  [LL_BOUND_NOBODY] = N_ ("nobody is bound to use it"),
  [LL_BOUND_HONOURS] = N_ ("your provider is known to follow such policies"),
  [LL_BOUND_DECLARED]
  = N_ ("you stated that your provider returns letters rather than send without TLS"),
  [LL_BOUND_REQUIRETLS] = N_ ("your provider took the letter on condition of verified TLS"),
  [LL_BOUND_INTERNAL] = N_ ("one of your own domains: stays with your provider"),
  [LL_BOUND_DIRECT] = N_ ("delivered to the server directly"),
  [LL_BOUND_CONTENT] = N_ ("the content itself is locked"),
};

static const Shown confidences[] = {
  [LL_CONFIDENCE_NONE] = { N_ ("nothing is claimed"), "·", "." },
  [LL_CONFIDENCE_OBSERVED] = { N_ ("it was seen, and nobody has to keep to it"), "◌", "o" },
  [LL_CONFIDENCE_LIKELY] = { N_ ("somebody has to keep to it, as far as is known"), "◒", "%" },
  [LL_CONFIDENCE_ASSURED] = { N_ ("proven, or measured for this provider"), "🔒", "#" },
};

static const char *const methods[] = {
  [LL_METHOD_NONE] = N_ ("not decided"),
  [LL_METHOD_TLS] = N_ ("over TLS"),
  [LL_METHOD_PGP] = N_ ("locked with PGP"),
  [LL_METHOD_SMIME] = N_ ("locked with S/MIME"),
  [LL_METHOD_ESCROW] = N_ ("locked behind a pickup link"),
  [LL_METHOD_OPEN] = N_ ("handed to your provider; from there on not known or not encrypted"),
};

static const char *const codes[] = {
  [LL_CODE_NONE] = N_ ("nothing amiss"),
  [LL_CODE_STARTTLS_NOT_SUPPORTED] = N_ ("the server offers no STARTTLS"),
  [LL_CODE_CERTIFICATE_HOST_MISMATCH] = N_ ("the certificate is for another name"),
  [LL_CODE_CERTIFICATE_EXPIRED] = N_ ("the certificate has expired or is not valid yet"),
  [LL_CODE_CERTIFICATE_NOT_TRUSTED] = N_ ("the certificate is not from an issuer known here"),
  [LL_CODE_VALIDATION_FAILURE] = N_ ("the server does not fit what is published about it"),
  [LL_CODE_TLSA_INVALID] = N_ ("the certificate is not the one that DANE names"),
  [LL_CODE_DNSSEC_INVALID] = N_ ("signed DNS entries do not check out or cannot be had"),
  [LL_CODE_DANE_REQUIRED] = N_ ("DANE keys are published and could not be had"),
  [LL_CODE_STS_POLICY_FETCH_ERROR] = N_ ("the MTA-STS policy could not be fetched"),
  [LL_CODE_STS_POLICY_INVALID] = N_ ("the MTA-STS policy makes no sense or fits no server"),
  [LL_CODE_STS_WEBPKI_INVALID]
  = N_ ("the web server of the MTA-STS policy has no valid certificate"),
  [LL_CODE_UNKNOWN_PORT25_BLOCKED] = N_ ("this network blocks or diverts port 25"),
  [LL_CODE_UNKNOWN_REFUSED] = N_ ("the server does not talk to this computer"),
  [LL_CODE_UNKNOWN_TEMP] = N_ ("the server gave no usable answer"),
  [LL_CODE_WEAK_PROTOCOL] = N_ ("TLS older than 1.2"),
  [LL_CODE_WEAK_CIPHER] = N_ ("a cipher below 128 bits"),
  [LL_CODE_WEAK_KEY] = N_ ("a key that is too short"),
  [LL_CODE_DNS_NETWORK_BROKEN] = N_ ("this network's DNS cannot be trusted"),
  [LL_CODE_DOWNGRADE_SUSPECTED] = N_ ("it was better protected before"),
  [LL_CODE_NULL_MX] = N_ ("the domain accepts no mail"),
  [LL_CODE_NO_SUCH_DOMAIN] = N_ ("the domain does not exist, or has no mail server"),
};

static const char *
text_of (const char *const *table, gsize n, guint value)
{
  g_return_val_if_fail (value < n, "");
  return _ (table[value]);
}

static const char *
symbol_of (const Shown *table, gsize n, guint value, LlSymbols symbols)
{
  g_return_val_if_fail (value < n, "");
  return symbols == LL_SYMBOLS_ASCII ? table[value].ascii : table[value].unicode;
}

#define DEFINE_TEXT(Type, name, table)                                                             \
  const char *ll_text_##name (Type value)                                                          \
  {                                                                                                \
    return text_of (table, G_N_ELEMENTS (table), (guint) value);                                   \
  }

#define DEFINE_SHOWN(Type, name, table)                                                            \
  const char *ll_text_##name (Type value)                                                          \
  {                                                                                                \
    g_return_val_if_fail ((guint) value < G_N_ELEMENTS (table), "");                               \
    return _ (table[value].text);                                                                  \
  }                                                                                                \
                                                                                                   \
  const char *ll_text_##name##_symbol (Type value, LlSymbols symbols)                              \
  {                                                                                                \
    return symbol_of (table, G_N_ELEMENTS (table), (guint) value, symbols);                        \
  }

DEFINE_SHOWN (LlState, state, states)
DEFINE_SHOWN (LlEvidence, evidence, evidences)
DEFINE_SHOWN (LlConfidence, confidence, confidences)
DEFINE_TEXT (LlMethod, method, methods)
DEFINE_TEXT (LlWhy, why, whys)
DEFINE_TEXT (LlSource, source, sources)
DEFINE_TEXT (LlBound, bound, bounds)
DEFINE_TEXT (LlCode, code, codes)

/* -- the timeline ----------------------------------------------------------------------- */

static const struct
{
  const char *event;
  const char *text;
} events[] = {
  { "received", N_ ("received") }, { "accepted", N_ ("accepted") },
  { "changed", N_ ("changed") },   { "relayed", N_ ("relayed") },
  { "released", N_ ("released") }, { "retried", N_ ("tried again") },
  { "signed", N_ ("signed") },     { "lock-failed", N_ ("could not be locked") },
  { "lost", N_ ("lost") },         { "checking", N_ ("looked at") },
  { "held", N_ ("held") },         { "waiting", N_ ("waits") },
  { "queued", N_ ("put off") },    { "sending", N_ ("being sent") },
  { "sent", N_ ("sent") },         { "uncertain", N_ ("perhaps sent") },
  { "refused", N_ ("refused") },   { "dropped", N_ ("not sent") },
  { "bounced", N_ ("came back") }, { "failed", N_ ("failed") },
};

const char *
ll_text_event (const char *event)
{
  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    if (g_str_equal (events[i].event, event))
      return _ (events[i].text);
  return event;
}

char *
ll_text_people (const char *address, guint others)
{
  g_autofree char *name = ll_bidi_isolate (address);
  g_autofree char *people = NULL;

  if (others == 0)
    return ll_bidi_line (name);
  /* Translators: a mail address, and how many people beside it */
  people = g_strdup_printf (ngettext ("%s and %u more", "%s and %u more", others), name, others);
  return ll_bidi_line (people);
}

/* -- what is always said --------------------------------------------------------------------- */

typedef enum
{
  LEFT_NOT,
  LEFT_PERHAPS,
  LEFT_SURELY,
} Left;

static Left
left_of (LlState state)
{
  switch (state)
    {
    case LL_STATE_CHECKING:
    case LL_STATE_HELD:
    case LL_STATE_WAITING:
    case LL_STATE_QUEUED:
    case LL_STATE_REFUSED:
    case LL_STATE_DROPPED:
    case LL_STATE_FAILED:
      return LEFT_NOT;
    case LL_STATE_SENDING:
    case LL_STATE_UNCERTAIN:
      return LEFT_PERHAPS;
    case LL_STATE_SENT:
    case LL_STATE_BOUNCED:
    case LL_STATE_EXPIRED:
    case LL_STATE_OPENED:
    case LL_STATE_REPLIED:
    case LL_STATE_RETRACTED:
      return LEFT_SURELY;
    }
  g_return_val_if_reached (LEFT_NOT);
}

static gboolean
is_locked (const LlFate *fate)
{
  return fate->method == LL_METHOD_PGP || fate->method == LL_METHOD_SMIME
         || fate->method == LL_METHOD_ESCROW;
}

/* What the mail program locked itself is not open, whatever its way. */
static gboolean
is_open (const LlFate *fate)
{
  return fate->method == LL_METHOD_OPEN && fate->bound != LL_BOUND_CONTENT;
}

/* How surely a copy left open, not counting that of recipient @but. */
static Left
left_open (const LlFate *fates, gsize n, gsize but)
{
  Left most = LEFT_NOT;

  for (gsize i = 0; i < n; i++)
    if (i != but && is_open (&fates[i]))
      most = MAX (most, left_of (fates[i].state));
  return most;
}

GPtrArray *
ll_text_always_said (const LlFate *fates, gsize n, gsize i)
{
  GPtrArray *said = g_ptr_array_new ();
  gboolean left;

  g_return_val_if_fail (i < n, said);
  left = left_of (fates[i].state) != LEFT_NOT;
  if (is_locked (&fates[i]))
    {
      if (left)
        g_ptr_array_add (said, (gpointer) _ ("addresses, date and size stayed readable"));
      g_ptr_array_add (said, (gpointer) _ ("what your mail program saves in Sent or Drafts is not "
                                           "locked, also where your provider has these folders"));
    }
  if (!left || is_open (&fates[i]))
    return said;
  if (left_open (fates, n, i) == LEFT_SURELY)
    g_ptr_array_add (said, (gpointer) _ ("another copy of this letter went open"));
  else if (left_open (fates, n, i) == LEFT_PERHAPS)
    g_ptr_array_add (said, (gpointer) _ ("another copy of this letter may have gone open"));
  return said;
}

const char *
ll_text_warning (const LlFate *fates, gsize n)
{
  Left locked = LEFT_NOT;
  Left open = left_open (fates, n, n);

  for (gsize i = 0; i < n; i++)
    if (is_locked (&fates[i]))
      locked = MAX (locked, left_of (fates[i].state));
  switch (MIN (locked, open))
    {
    case LEFT_NOT:
      return NULL;
    case LEFT_PERHAPS:
      return _ (
          "it may have left locked for some and open for others: who reads an open copy knows "
          "what the locked ones say");
    case LEFT_SURELY:
      return _ ("it left locked for some and open for others: who reads an open copy knows what "
                "the locked ones say");
    }
  g_return_val_if_reached (NULL);
}
