/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "policy/decide.h"

#include <string.h>

/* One letter from a@b.example to x@clinic.example; tests change what they are about. */

#define FIXTURE_NOW 1795365060 /* 2026-11-22 16:31 UTC */

#define FIXTURE_LOCKS (1u << LL_METHOD_PGP | 1u << LL_METHOD_SMIME | 1u << LL_METHOD_ESCROW)

typedef struct
{
  LlConfig *config;
  LlVerdict verdict;
  LlMessageFacts facts;
  LlRecipient recipient;
  LlPolicyInput input;
} Fixture;

static inline LlConfig *
fixture_config (const char *system, const char *text)
{
  g_autofree char *whole = g_strconcat ("[account work]\naddresses=a@b.example\n"
                                        "upstream=smtp.b.example:465\n",
                                        text, NULL);
  LlConfigText user = { "USER", whole, strlen (whole) };
  LlConfigText below = { "SYSTEM", system, system != NULL ? strlen (system) : 0 };
  g_autoptr (GError) error = NULL;
  LlConfig *config = ll_config_parse (&below, &user, &error);

  g_assert_no_error (error);
  return config;
}

static inline void
fixture_init_over (Fixture *f, const char *system, const char *text)
{
  memset (f, 0, sizeof *f);
  f->config = fixture_config (system, text);
  f->recipient.address = (char *) "x@clinic.example";
  f->recipient.original = f->recipient.address;
  f->recipient.domain = (char *) "clinic.example";
  f->verdict.domain = f->recipient.domain;
  f->verdict.time = FIXTURE_NOW;
  f->verdict.source = LL_SOURCE_SEEN;
  f->verdict.settled = TRUE;
  f->verdict.seen = f->verdict.total = 1;
  f->input.config = f->config;
  f->input.account = ll_config_account (f->config, "work");
  f->input.recipient = &f->recipient;
  f->input.facts = &f->facts;
  f->input.verdict = &f->verdict;
  f->input.verdict_done = TRUE;
  f->input.recipients = 1;
  f->input.now = FIXTURE_NOW;
}

static inline void
fixture_init (Fixture *f, const char *text)
{
  fixture_init_over (f, NULL, text);
}

static inline void
fixture_evidence (Fixture *f, LlEvidence evidence)
{
  f->verdict.evidence = f->verdict.evidence_if_sts = evidence;
}

static inline void
fixture_clear (Fixture *f)
{
  ll_config_unref (f->config);
}

/* s: sent, o: sent open, L: locked, h: held, r: refused, d: dropped, w: looked at again */
static inline char
fixture_letter (const LlDecision *d)
{
  switch (d->kind)
    {
    case LL_DECISION_SEND:
      return d->method == LL_METHOD_OPEN ? 'o' : 's';
    case LL_DECISION_LOCK:
      return 'L';
    case LL_DECISION_HOLD:
      return 'h';
    case LL_DECISION_REFUSE:
      return 'r';
    case LL_DECISION_DROP:
      return 'd';
    case LL_DECISION_LATER:
      return 'w';
    }
  g_return_val_if_reached ('?');
}
