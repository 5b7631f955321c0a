/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A line with a round trip of MILLISECONDS: a TUN device "near" in the network namespace that we
 * were started in, a TUN device "far" in a new one, and packets that go from one to the other
 * half a round trip later. Kernels without netem have no other. Prints "ready"; whoever wants to
 * be at the far end enters our namespace. Nothing is lost and nothing is reordered.
 *
 *   link MILLISECONDS
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define PACKET_MAX 2048
/* 32 MB each way: more than a hundred handshakes or a window of a large letter have under way. */
#define QUEUE 16384

typedef struct
{
  int64_t due; /* nanoseconds, monotonic */
  ssize_t length;
  char bytes[PACKET_MAX];
} Packet;

typedef struct
{
  int from;
  int to;
  Packet *packets; /* a ring: first in, first out */
  unsigned head;
  unsigned tail;
} Way;

static int64_t delay;

static int64_t
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return time.tv_sec * INT64_C (1000000000) + time.tv_nsec;
}

static int
open_device (const char *name)
{
  struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
  int fd = open ("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

  strcpy (request.ifr_name, name);
  if (fd < 0 || ioctl (fd, TUNSETIFF, &request) < 0)
    {
      perror (name);
      exit (1);
    }
  return fd;
}

static void
take (Way *way)
{
  while (way->tail - way->head < QUEUE)
    {
      Packet *packet = &way->packets[way->tail % QUEUE];

      packet->length = read (way->from, packet->bytes, PACKET_MAX);
      if (packet->length <= 0)
        return;
      packet->due = now () + delay;
      way->tail++;
    }
}

/* Nanoseconds until the next one is due; -1: none is on its way. */
static int64_t
give (Way *way)
{
  while (way->head != way->tail)
    {
      const Packet *packet = &way->packets[way->head % QUEUE];
      int64_t left = packet->due - now ();

      if (left > 0)
        return left;
      if (write (way->to, packet->bytes, (size_t) packet->length) < 0 && errno == EAGAIN)
        return 100000;
      way->head++;
    }
  return -1;
}

static void
shuttle (Way *there, Way *back)
{
  struct pollfd fds[2]
      = { { .fd = there->from, .events = POLLIN }, { .fd = back->from, .events = POLLIN } };

  for (;;)
    {
      int64_t one, other, left;
      struct timespec time;

      take (there);
      take (back);
      one = give (there);
      other = give (back);
      left = one < 0 || (other >= 0 && other < one) ? other : one;
      time = (struct timespec){ left / 1000000000, left % 1000000000 };
      ppoll (fds, 2, left < 0 ? NULL : &time, NULL);
    }
}

int
main (int argc, char **argv)
{
  Way there = { 0 }, back = { 0 };

  if (argc != 2)
    return 2;
  delay = atoi (argv[1]) * INT64_C (1000000) / 2;
  prctl (PR_SET_PDEATHSIG, SIGTERM);
  /* a line is not slow because the machine is busy */
  setpriority (PRIO_PROCESS, 0, -15);
  prctl (PR_SET_TIMERSLACK, 1000);
  there.from = back.to = open_device ("near");
  if (unshare (CLONE_NEWNET) < 0)
    {
      perror ("unshare");
      return 1;
    }
  there.to = back.from = open_device ("far");
  there.packets = calloc (QUEUE, sizeof (Packet));
  back.packets = calloc (QUEUE, sizeof (Packet));
  puts ("ready");
  fflush (stdout);
  shuttle (&there, &back);
}
