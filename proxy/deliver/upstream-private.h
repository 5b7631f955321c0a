/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "deliver/dial.h"
#include "deliver/offers.h"
#include "deliver/pool.h"

/* For upstream.c and test.c only. */
struct _LlUpstream
{
  LlStore *store;       /* (not owned) */
  LlResolver *resolver; /* (not owned) */
  LlDialer *dialer;
  LlPool *pool;
  LlOffers *offers;
};
