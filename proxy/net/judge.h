/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "net/network.h"

G_BEGIN_DECLS

/*
 * The judgement about a network, from what contacts showed. Pure: no I/O, no clock.
 *
 * Any greeting proves port 25 open; blocked takes the control hosts and three
 * unrelated addresses that all failed; a foreign certificate or a missing STARTTLS
 * of a control host counts until another control host looks as it should.
 */

#define LL_JUDGE_UNRELATED_MIN 3

typedef struct
{
  gboolean greeted;         /* by anybody */
  gboolean control_greeted; /* by a control host, as it should be */
  gboolean suspicious;      /* a recipient's host looked stripped or foreign: perhaps it is */
  guint control_failed;     /* contacts with control hosts that came to nothing */
  guint control_foreign;
  guint control_stripped;
  GHashTable *failed; /* set of the networks (IPv4 /24, IPv6 /48) of recipients' hosts that
                         did not answer */
} LlJudge;

void ll_judge_init (LlJudge *judge);
void ll_judge_clear (LlJudge *judge);

void ll_judge_report (LlJudge *judge, const char *address, LlContact contact, gboolean control);

/* @has_control: control hosts are configured; without any the recipients' hosts judge alone. */
LlNetworkState
ll_judge_state (const LlJudge *judge, gboolean has_control, gboolean portal, gboolean offline);

G_END_DECLS
