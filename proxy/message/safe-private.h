/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "message/safe.h"

G_BEGIN_DECLS

/* What safe-plan.c finds and safe.c does. */

typedef enum
{
  LL_SAFE_REPLACE,     /* other bytes stand there */
  LL_SAFE_QUOTED,      /* becomes quoted-printable */
  LL_SAFE_BASE64,      /* becomes base64 */
  LL_SAFE_TIDY_FIELD,  /* a line of a header: without blanks at its end */
  LL_SAFE_TIDY_TEXT,   /* a line that nobody sees: and in ASCII */
  LL_SAFE_TIDY_QUOTED, /* is quoted-printable, badly */
  LL_SAFE_TIDY_BASE64, /* is base64, badly */
} LlSafeMode;

typedef struct
{
  guint64 start;
  guint64 end;
  LlSafeMode mode;
  char *before; /* comes first; NULL: nothing */
} LlSafeStretch;

/* Ascending, without overlaps. (transfer none) of LlSafeStretch */
const GArray *ll_safe_plan_stretches (const LlSafePlan *plan);

G_END_DECLS
