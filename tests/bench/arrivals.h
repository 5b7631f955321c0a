/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <fcntl.h>
#include <glib.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * What load and sink share: a file in memory in which the sink writes when each letter arrived
 * (microseconds of the monotonic clock, which all processes read alike). A letter carries
 * "X-Bench: RUN-INDEX"; of another run nothing is written.
 */

#define ARRIVALS_MAX 100000

typedef struct
{
  gint64 run;
  gint64 letters;    /* since the sink started, of any run */
  gint64 handshakes; /* TLS, and how many of them were resumed */
  gint64 resumed;
  gint64 at[ARRIVALS_MAX]; /* 0: not yet */
} Arrivals;

/* NULL when it cannot be. For the life of the program. */
static inline Arrivals *
arrivals_open (const char *path)
{
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  void *map = MAP_FAILED;

  if (fd >= 0 && ftruncate (fd, sizeof (Arrivals)) == 0)
    map = mmap (NULL, sizeof (Arrivals), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (fd >= 0)
    close (fd);
  return map != MAP_FAILED ? map : NULL;
}
