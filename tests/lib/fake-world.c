/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-fake-world"

#include "fake-world.h"

static gint64
fake_now_ms (SlWorld *world)
{
  return ((SlFakeWorld *) world)->now_ms;
}

/* SplitMix64 (Steele, Lea, Flood 2014): every seed gives another long sequence. */
static guint64
next_random (SlFakeWorld *world)
{
  guint64 z = world->state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static void
fake_random_bytes (SlWorld *world, void *buffer, gsize length)
{
  guint8 *bytes = buffer;
  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) (next_random ((SlFakeWorld *) world) >> 56);
}

/**
 * sl_fake_world_init:
 * @world: (out caller-allocates): nothing to free
 * @now_ms: the time that it is, UTC milliseconds
 * @seed: where its chance begins
 */
void
sl_fake_world_init (SlFakeWorld *world, gint64 now_ms, guint64 seed)
{
  *world = (SlFakeWorld) { { fake_now_ms, fake_random_bytes }, now_ms, seed };
}
