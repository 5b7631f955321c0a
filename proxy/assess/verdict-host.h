/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "assess/verdict.h"

G_BEGIN_DECLS

/* One host's part of the fold: what its DNS and the looks at its addresses are worth together,
 * before any policy of the domain. (transfer full) */
LlHostFacts *ll_verdict_fold_host (const LlVerdictInput *input, const LlVerdictHost *host);

/* Whether another host of this evidence lowers the domain below @b. BROKEN is below all. */
gboolean ll_evidence_is_weaker (LlEvidence a, LlEvidence b);

G_END_DECLS
