/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What is to be seen on a screen, from outside: each time a window there has painted, one line with
 * when that was (seconds, monotonic) and what part of its pixels has changed since the line before.
 * Prints "ready"; follows every window that comes after that. No program that is looked at knows of
 * it, and none is slowed: the server counts the painting (X Damage) and hands over the pixels in
 * shared memory.
 *
 *   frames        of the screen in DISPLAY
 */

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XShm.h>
#include <X11/extensions/Xdamage.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <time.h>

typedef struct
{
  Display *display;
  XShmSegmentInfo pixels;
  size_t room; /* of both, in pixels */
  uint32_t *before;
  unsigned long window; /* whose pixels they are */
} Watch;

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

/* A window that goes while we ask for it is none of ours. */
static int
error_cb (Display *display, XErrorEvent *event)
{
  return 0;
}

static int
open_screen (Watch *self)
{
  self->display = XOpenDisplay (NULL);
  if (self->display == NULL)
    return 0;
  self->room = (size_t) DisplayWidth (self->display, 0) * (size_t) DisplayHeight (self->display, 0);
  self->before = calloc (self->room, sizeof *self->before);
  self->pixels.shmid = shmget (IPC_PRIVATE, self->room * sizeof *self->before, IPC_CREAT | 0600);
  self->pixels.shmaddr = shmat (self->pixels.shmid, NULL, 0);
  XSetErrorHandler (error_cb);
  XShmAttach (self->display, &self->pixels);
  XSync (self->display, False);
  shmctl (self->pixels.shmid, IPC_RMID, NULL);
  XSelectInput (self->display, DefaultRootWindow (self->display), SubstructureNotifyMask);
  XSync (self->display, False);
  return self->before != NULL && self->pixels.shmaddr != (void *) -1;
}

/* The part of its pixels that is not as it was; less than 0: it cannot be looked at (any more). */
static double
changed (Watch *self, unsigned long window)
{
  const uint32_t *pixels = (const uint32_t *) (const void *) self->pixels.shmaddr;
  XWindowAttributes window_is;
  XImage *image;
  size_t n, different = 0;

  if (!XGetWindowAttributes (self->display, window, &window_is)
      || window_is.map_state != IsViewable)
    return -1;
  n = (size_t) window_is.width * (size_t) window_is.height;
  if (n > self->room)
    return -1;
  image = XShmCreateImage (self->display, window_is.visual, (unsigned) window_is.depth, ZPixmap,
                           self->pixels.shmaddr, &self->pixels, (unsigned) window_is.width,
                           (unsigned) window_is.height);
  if (image == NULL || !XShmGetImage (self->display, window, image, 0, 0, AllPlanes))
    return -1;
  image->data = NULL;
  XDestroyImage (image);
  if (self->window != window)
    memset (self->before, 0, self->room * sizeof *self->before);
  self->window = window;
  for (size_t i = 0; i < n; i++)
    different += pixels[i] != self->before[i];
  memcpy (self->before, pixels, n * sizeof *pixels);
  return (double) different / (double) n;
}

static void
painted (Watch *self, const XDamageNotifyEvent *event)
{
  double when = now ();
  double part;

  /* what is painted from here on is told anew */
  XDamageSubtract (self->display, event->damage, None, None);
  part = changed (self, event->drawable);
  if (part >= 0)
    printf ("%.6f %.6f\n", when, part);
}

int
main (void)
{
  Watch self = { 0 };
  int first, errors;
  XEvent event;

  prctl (PR_SET_PDEATHSIG, SIGTERM);
  setvbuf (stdout, NULL, _IOLBF, 0);
  if (!open_screen (&self) || !XDamageQueryExtension (self.display, &first, &errors))
    return 1;
  puts ("ready");
  for (;;)
    {
      XNextEvent (self.display, &event);
      if (event.type == CreateNotify)
        XDamageCreate (self.display, event.xcreatewindow.window, XDamageReportNonEmpty);
      else if (event.type == first + XDamageNotify)
        painted (&self, (const XDamageNotifyEvent *) &event);
    }
}
