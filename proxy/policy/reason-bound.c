/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who acts on the way, and who is bound to what: the part of the sentence that says how far it can
 * be relied on. */

#include "policy/reason-private.h"

#include "api/intl.h"

char *
ll_reason_time (gint64 when, const char *format)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (when);

  return time != NULL ? g_date_time_format (time, format) : NULL;
}

static const char *
unbound (const LlReason *reason)
{
  if (reason->evidence == LL_EVIDENCE_UNKNOWN)
    return N_ ("whether your provider delivers it encrypted is not known");
  if (reason->evidence == LL_EVIDENCE_BROKEN)
    return N_ ("your provider delivers it, and may not even reach the right server");
  if (reason->evidence == LL_EVIDENCE_PLAIN || reason->evidence == LL_EVIDENCE_WEAK)
    return N_ ("your provider delivers it, from there on most likely unencrypted");
  if (!reason->stated
      && (reason->evidence == LL_EVIDENCE_STS || reason->evidence == LL_EVIDENCE_DANE))
    return N_ ("your provider delivers it; whether it keeps to that is not known");
  return N_ ("your provider delivers it and nothing binds it to use TLS");
}

static char *
declared_of (const LlReason *reason, gboolean measured)
{
  g_autofree char *day = ll_reason_time (reason->declared, "%Y-%m-%d");

  if (measured)
    return g_strdup (
        N_ ("your provider was seen to return letters that it cannot deliver over TLS"));
  return g_strdup_printf (N_ ("you stated on %s that your provider returns a letter rather than "
                              "deliver it without TLS, which cannot be checked from here"),
                          day != NULL ? day : N_ ("an unknown day"));
}

static char *
honours_of (const LlReason *reason)
{
  if (reason->honours == NULL)
    return g_strdup (
        N_ ("your provider delivers it and, as you stated, follows that policy; nothing "
            "binds it for this letter"));
  return g_strdup_printf (N_ ("your provider delivers it and is known to follow that policy (list "
                              "of %s); nothing binds it for this letter"),
                          reason->honours);
}

static const char *
sealed_of (LlFits fits)
{
  switch (fits)
    {
    case LL_FITS_UNKNOWN:
      return N_ ("your mail program locked its content; for whom is not known here");
    case LL_FITS_KEY:
      return N_ ("your mail program locked its content for a key that is known here as this "
                 "recipient's");
    case LL_FITS_ACCEPTED:
      return N_ ("your mail program locked its content for a key that you accepted");
    case LL_FITS_OTHERS:
      return LL_REASON_MISFIT;
    }
  g_return_val_if_reached (NULL);
}

char *
ll_reason_bound (const LlReason *reason)
{
  gboolean assured = reason->confidence == LL_CONFIDENCE_ASSURED;

  switch (reason->bound)
    {
    case LL_BOUND_NOBODY:
      return g_strdup (unbound (reason));
    case LL_BOUND_HONOURS:
      return honours_of (reason);
    case LL_BOUND_DECLARED:
      return declared_of (reason, assured);
    case LL_BOUND_REQUIRETLS:
      return g_strdup (
          assured ? N_ ("your provider takes it on condition of verified TLS all the way "
                        "(REQUIRETLS), and was seen to keep to that")
                  : N_ ("your provider is told to deliver it over verified TLS or return it "
                        "(REQUIRETLS); whether it keeps to that was not measured"));
    case LL_BOUND_INTERNAL:
      return g_strdup (N_ ("one of your own domains, so it stays with your provider"));
    case LL_BOUND_DIRECT:
      return g_strdup (N_ ("delivered straight to this mail server from here"));
    case LL_BOUND_CONTENT:
      return g_strdup (sealed_of (reason->fits));
    }
  g_return_val_if_reached (NULL);
}
