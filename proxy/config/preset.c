/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/preset.h"

static const LlPresetValues presets[] = {
  /* opportunistic asks for no minimum; what it says of a way is measured against this one */
  [LL_PRESET_EVERYDAY] = { LL_MODE_OPPORTUNISTIC, LL_MINIMUM_ENCRYPTED, LL_UNKNOWN_SEND },
  [LL_PRESET_CAREFUL] = { LL_MODE_FORCED, LL_MINIMUM_ENCRYPTED, LL_UNKNOWN_SEND },
  [LL_PRESET_CONFIDENTIAL] = { LL_MODE_FORCED, LL_MINIMUM_VERIFIED, LL_UNKNOWN_LOCK },
  [LL_PRESET_REGULATED] = { LL_MODE_FORCED, LL_MINIMUM_ASSURED, LL_UNKNOWN_LOCK },
};

const LlPresetValues *
ll_preset_values (LlPreset preset)
{
  g_return_val_if_fail ((guint) preset < G_N_ELEMENTS (presets), &presets[LL_PRESET_CAREFUL]);
  return &presets[preset];
}
