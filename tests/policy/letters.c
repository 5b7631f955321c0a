/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Kinds of letters, what is in them, and what a person decided (design 4.4, promise 7). */

#include "fixture.h"

/* -- people and letters ---------------------------------------------------------------------- */

enum
{
  CALENDAR = 1 << 0,
  LIST = 1 << 1,
  NO_REPLY = 1 << 2,
  REPLY = 1 << 3,
  TLS_NO = 1 << 4,
  SEALED = 1 << 5,
  INLINE = 1 << 6,
  OVERRIDE = 1 << 7,
  ANYWAY = 1 << 8,
  BY_PGP = 1 << 9,
  BY_ESCROW = 1 << 10,
  ONLY_ESCROW = 1 << 11,
  NO_LOCKS = 1 << 12,
  BULK = 1 << 13,
  OTHERS = 1 << 14,
  SURE = 1 << 15,
};

static const struct
{
  const char *name;
  const char *text;
  LlEvidence evidence;
  guint flags;
  const char *wanted; /* letter, then method of a lock */
} letters[] = {
  { "calendar is not locked", "", LL_EVIDENCE_PLAIN, CALENDAR, "h" },
  { "calendar over TLS", "", LL_EVIDENCE_OPP, CALENDAR, "s" },
  { "calendar, encrypt", "mode=encrypt\n", LL_EVIDENCE_DANE, CALENDAR, "h" },
  { "list, encrypt", "mode=encrypt\n", LL_EVIDENCE_DANE, LIST, "h" },
  { "bulk, rule", "mode=encrypt\n[rule 1]\nkinds=robot\nmode=forced\n", LL_EVIDENCE_DANE, BULK,
    "s" },
  { "no-reply is not locked", "", LL_EVIDENCE_PLAIN, NO_REPLY, "h" },
  { "no-reply, rule", "[rule 1]\nkinds=robot\nmode=opportunistic\n", LL_EVIDENCE_PLAIN, NO_REPLY,
    "o" },
  { "calendar by hand", "", LL_EVIDENCE_PLAIN, CALENDAR | BY_PGP, "h" },
  { "reply to locked", "", LL_EVIDENCE_DANE, REPLY, "h" },
  { "reply to locked, anyway", "", LL_EVIDENCE_DANE, REPLY | ANYWAY, "s" },
  { "reply to locked, locked", "mode=encrypt\n", LL_EVIDENCE_DANE, REPLY, "Lpgp" },
  { "reply to locked, exclusive", "mode=exclusive\n", LL_EVIDENCE_PLAIN, REPLY, "r" },
  { "TLS-Required: No", "", LL_EVIDENCE_DANE, TLS_NO, "h" },
  { "TLS-Required: No, everyday", "preset=everyday\n", LL_EVIDENCE_PLAIN, TLS_NO, "o" },
  { "TLS-Required: No, released", "", LL_EVIDENCE_DANE, TLS_NO | ANYWAY, "s" },
  { "sealed, plain", "", LL_EVIDENCE_PLAIN, SEALED, "o" },
  { "sealed, broken", "", LL_EVIDENCE_BROKEN, SEALED, "o" },
  { "sealed, exclusive", "mode=exclusive\n", LL_EVIDENCE_PLAIN, SEALED, "r" },
  { "sealed, broken, exclusive", "mode=exclusive\n", LL_EVIDENCE_BROKEN, SEALED, "h" },
  { "sealed, encrypt", "mode=encrypt\n", LL_EVIDENCE_OPP, SEALED, "s" },
  { "sealed, inline", "", LL_EVIDENCE_PLAIN, INLINE | NO_LOCKS, "o" },
  { "sealed for others, plain", "", LL_EVIDENCE_PLAIN, SEALED | OTHERS, "h" },
  { "sealed for others, good way", "", LL_EVIDENCE_DANE, SEALED | OTHERS, "h" },
  { "sealed for others, encrypt", "mode=encrypt\n", LL_EVIDENCE_DANE, SEALED | OTHERS, "h" },
  { "sealed for others, everyday", "preset=everyday\n", LL_EVIDENCE_PLAIN, SEALED | OTHERS, "o" },
  { "sealed for others, broken", "", LL_EVIDENCE_BROKEN, SEALED | OTHERS, "h" },
  { "sealed for others, exclusive", "mode=exclusive\n", LL_EVIDENCE_PLAIN, SEALED | OTHERS, "r" },
  { "sealed for others, anyway", "", LL_EVIDENCE_PLAIN, SEALED | OTHERS | ANYWAY, "o" },
  { "sealed for others, by PGP", "", LL_EVIDENCE_PLAIN, SEALED | OTHERS | BY_PGP, "h" },
  { "sealed for an accepted key, exclusive", "mode=exclusive\n", LL_EVIDENCE_PLAIN, SEALED | SURE,
    "r" },
  { "sealed for an accepted key, assured", "minimum=assured\n", LL_EVIDENCE_PLAIN, SEALED | SURE,
    "o" },
  { "override", "", LL_EVIDENCE_BROKEN, OVERRIDE, "o" },
  { "override, everyday", "preset=everyday\n", LL_EVIDENCE_BROKEN, OVERRIDE, "o" },
  { "override, verified", "minimum=verified\n", LL_EVIDENCE_BROKEN, OVERRIDE, "Lpgp" },
  { "override, verified, no locks", "minimum=verified\n", LL_EVIDENCE_BROKEN, OVERRIDE | NO_LOCKS,
    "h" },
  { "override, exclusive", "mode=exclusive\n", LL_EVIDENCE_BROKEN, OVERRIDE, "h" },
  { "broken, anyway", "", LL_EVIDENCE_BROKEN, ANYWAY, "h" },
  { "broken, everyday, anyway", "preset=everyday\n", LL_EVIDENCE_BROKEN, ANYWAY, "h" },
  { "broken, by PGP", "", LL_EVIDENCE_BROKEN, BY_PGP, "Lpgp" },
  { "broken, encrypt, only escrow", "mode=encrypt\n", LL_EVIDENCE_BROKEN, ONLY_ESCROW, "h" },
  { "broken, by pickup", "", LL_EVIDENCE_BROKEN, BY_ESCROW, "Lescrow" },
  { "plain, anyway", "", LL_EVIDENCE_PLAIN, ANYWAY | NO_LOCKS, "o" },
  { "plain, exclusive, anyway", "mode=exclusive\n", LL_EVIDENCE_PLAIN, ANYWAY, "r" },
  { "plain, exclusive, by PGP", "mode=exclusive\n", LL_EVIDENCE_PLAIN, BY_PGP, "h" },
  { "unknown, exclusive, anyway", "mode=exclusive\n", LL_EVIDENCE_UNKNOWN, ANYWAY, "w" },
  { "order of locks", "fallback=escrow;smime\n", LL_EVIDENCE_PLAIN, 0, "Lescrow" },
  { "no fallback", "fallback=\n", LL_EVIDENCE_PLAIN, 0, "h" },
  { "fallback of a rule", "[rule 1]\nfallback=smime\n", LL_EVIDENCE_PLAIN, 0, "Lsmime" },
  { "only what can be used", "", LL_EVIDENCE_PLAIN, ONLY_ESCROW, "Lescrow" },
  { "nomail, anyway", "", LL_EVIDENCE_NOMAIL, ANYWAY, "r" },
};

static void
set_flags (Fixture *f, guint flags)
{
  if ((flags & CALENDAR) != 0)
    f->facts.kind = LL_KIND_CALENDAR;
  if ((flags & LIST) != 0)
    f->facts.kind = LL_KIND_LIST;
  if ((flags & BULK) != 0)
    f->facts.kind = LL_KIND_AUTO;
  if ((flags & NO_REPLY) != 0)
    f->recipient.address = (char *) "do-not-Reply@clinic.example";
  if ((flags & SEALED) != 0)
    f->facts.protection = LL_PROTECTION_PGP_MIME;
  if ((flags & INLINE) != 0)
    f->facts.protection = LL_PROTECTION_PGP_INLINE;
  f->input.fits = (flags & OTHERS) != 0 ? LL_FITS_OTHERS
                  : (flags & SURE) != 0 ? LL_FITS_ACCEPTED
                                        : LL_FITS_UNKNOWN;
  f->facts.tls_required_no = (flags & TLS_NO) != 0;
  f->input.reply_to_locked = (flags & REPLY) != 0;
  f->input.overridden = (flags & OVERRIDE) != 0;
  f->input.locks = (flags & NO_LOCKS) != 0      ? 0
                   : (flags & ONLY_ESCROW) != 0 ? 1u << LL_METHOD_ESCROW
                                                : FIXTURE_LOCKS;
  f->input.release = (flags & ANYWAY) != 0      ? LL_RELEASE_SEND
                     : (flags & BY_PGP) != 0    ? LL_RELEASE_PGP
                     : (flags & BY_ESCROW) != 0 ? LL_RELEASE_ESCROW
                                                : LL_RELEASE_NONE;
}

static void
test_letters (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (letters); i++)
    {
      g_autoptr (LlDecision) d = NULL;
      Fixture f;

      fixture_init (&f, letters[i].text);
      fixture_evidence (&f, letters[i].evidence);
      set_flags (&f, letters[i].flags);
      d = ll_policy_decide (&f.input);
      g_test_message ("%s: %c, %s", letters[i].name, fixture_letter (d), d->reason);
      g_assert_cmpint (fixture_letter (d), ==, letters[i].wanted[0]);
      if (d->kind == LL_DECISION_LOCK)
        g_assert_cmpstr (ll_method_name (d->method), ==, letters[i].wanted + 1);
      if (letters[i].flags == OVERRIDE && d->kind == LL_DECISION_SEND)
        g_assert_true (d->overridden);
      fixture_clear (&f);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/letters/decide", test_letters);
  return g_test_run ();
}
