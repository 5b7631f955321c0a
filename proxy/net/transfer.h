/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/clock.h"

#include <curl/curl.h>
#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * What every use of libcurl here needs: set up on first need, waits that a deadline
 * and a cancellable end, and addresses from our own resolver instead of libc's.
 */

/* A new easy handle; NULL when libcurl cannot be used. curl_easy_cleanup. */
CURL *ll_transfer_new (void);

/* Adds @addresses of @host to @list, for CURLOPT_RESOLVE. Returns the list. */
struct curl_slist *
ll_transfer_pin (struct curl_slist *list, const char *host, guint port, char **addresses);

/* Blocks until it is done; CURLE_ABORTED_BY_CALLBACK when cancelled. */
CURLcode ll_transfer_perform (CURL *curl, LlDeadline deadline, GCancellable *cancellable);

/* Several at once. @done is called for each that ends, and may end all by returning FALSE. */
typedef gboolean (*LlTransferDone) (CURL *curl, CURLcode rc, gpointer data);
void ll_transfer_perform_many (CURL **curls,
                               guint n,
                               LlDeadline deadline,
                               GCancellable *cancellable,
                               LlTransferDone done,
                               gpointer data);

G_END_DECLS
