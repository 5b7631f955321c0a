/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "cli/command.h"

G_BEGIN_DECLS

/* What account.c, account-edit.c and account-test.c share. */

void ll_account_print (GVariant *account);
int ll_account_add_run (int argc, char **argv);
int ll_account_edit_run (int argc, char **argv);
int ll_account_test_run (int argc, char **argv);

G_END_DECLS
