/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/names.h"

G_BEGIN_DECLS

/* What a preset stands for (design 4.4). */
typedef struct
{
  LlMode mode;
  LlMinimum minimum;
  LlUnknown unknown;
} LlPresetValues;

const LlPresetValues *ll_preset_values (LlPreset preset);

G_END_DECLS
