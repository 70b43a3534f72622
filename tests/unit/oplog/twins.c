/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "twins.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

static const char *const contents[] = { SL_STORE_FILE, SL_STORE_FILE "-wal", "identity", "mark" };

/* The file stays the same one, inode and all. */
static void
write_in_place (const char *path, const char *text, gsize length)
{
  int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, text, length), ==, (gssize) length);
  (void) close (fd);
}

static void
save (Twins *twins, int which)
{
  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autofree char *from = g_build_filename (twins->device->dir, contents[i], NULL);
      g_autofree char *to = g_build_filename (twins->keep[which]->path, contents[i], NULL);
      g_autofree char *text = NULL;
      gsize length;
      (void) g_unlink (to);
      if (g_file_get_contents (from, &text, &length, NULL))
        g_assert_true (g_file_set_contents (to, text, (gssize) length, NULL));
    }
  g_autofree char *identity = g_build_filename (twins->device->dir, "identity", NULL);
  g_autofree char *inode = g_build_filename (twins->keep[which]->path, "inode", NULL);
  (void) g_unlink (inode);
  g_assert_cmpint (link (identity, inode), ==, 0);
}

void
twins_split (Twins *twins, Device *device)
{
  *twins = (Twins){ .device = device, .in = -1 };
  device_close (device);
  for (int i = 0; i < 2; i++)
    {
      twins->keep[i] = sl_temp_dir_new ();
      sl_fake_world_init (&twins->world[i], device->world.now_ms, 1000 + (guint64) i);
      save (twins, i);
    }
}

void
twins_enter (Twins *twins, int which)
{
  Device *device = twins->device;
  g_autofree char *shm = g_build_filename (device->dir, SL_STORE_FILE "-shm", NULL);
  g_autofree char *identity = g_build_filename (device->dir, "identity", NULL);
  g_autofree char *inode = g_build_filename (twins->keep[which]->path, "inode", NULL);
  g_assert_cmpint (twins->in, ==, -1);
  (void) g_unlink (shm);
  (void) g_unlink (identity);
  g_assert_cmpint (link (inode, identity), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autofree char *from = g_build_filename (twins->keep[which]->path, contents[i], NULL);
      g_autofree char *to = g_build_filename (device->dir, contents[i], NULL);
      g_autofree char *text = NULL;
      gsize length;
      if (g_file_get_contents (from, &text, &length, NULL))
        write_in_place (to, text, length);
      else
        (void) g_unlink (to);
    }
  device->world = twins->world[which];
  device_open (device);
  twins->in = which;
}

void
twins_leave (Twins *twins)
{
  g_assert_cmpint (twins->in, !=, -1);
  device_close (twins->device);
  twins->world[twins->in] = twins->device->world;
  save (twins, twins->in);
  twins->in = -1;
}

void
twins_clear (Twins *twins)
{
  for (int i = 0; i < 2; i++)
    g_clear_pointer (&twins->keep[i], sl_temp_dir_free);
}
