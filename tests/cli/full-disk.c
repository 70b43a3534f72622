/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A disk that is full, for where no small file system can be mounted: a library to be preloaded. SL_TEST_DISK_DIR names
 * the directory that lies on it, SL_TEST_DISK_FREE a file of eight bytes that holds how many bytes are free. What makes
 * a file there longer takes of them, and fails with ENOSPC where they do not suffice; what makes one shorter gives
 * them back. Writing over what is there costs nothing, as on most disks. */

/* Both names of each call are wanted here, not one under the other's name. */
#undef _FILE_OFFSET_BITS

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static volatile int64_t *free_bytes;

__attribute__ ((constructor)) static void
open_disk (void)
{
  const char *path = getenv ("SL_TEST_DISK_FREE");
  int fd = path != NULL ? open (path, O_RDWR | O_CLOEXEC) : -1;
  void *shared = fd >= 0 ? mmap (NULL, sizeof (int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;

  if (fd >= 0)
    (void) close (fd);
  if (shared != MAP_FAILED)
    free_bytes = shared;
}

static int
is_on_disk (const char *path)
{
  const char *dir = getenv ("SL_TEST_DISK_DIR");

  return free_bytes != NULL && dir != NULL && strncmp (path, dir, strlen (dir)) == 0;
}

static int
fd_is_on_disk (int fd)
{
  char link[64], path[PATH_MAX];
  ssize_t length;

  if (free_bytes == NULL)
    return 0;
  (void) snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  length = readlink (link, path, sizeof path - 1);
  if (length < 0)
    return 0;
  path[length] = '\0';
  return is_on_disk (path);
}

/* Takes what a file grows by when it is to reach end. 0, or -1 with ENOSPC. */
static int
grow (int fd, off_t end)
{
  struct stat info;
  int64_t more;

  if (!fd_is_on_disk (fd) || fstat (fd, &info) != 0 || !S_ISREG (info.st_mode))
    return 0;
  more = (int64_t) end - info.st_size;
  if (more > 0 && *free_bytes < more)
    {
      errno = ENOSPC;
      return -1;
    }
  *free_bytes -= more > 0 ? more : 0;
  return 0;
}

#define NEXT(name) ((__typeof__ (&name)) dlsym (RTLD_NEXT, #name))

ssize_t
write (int fd, const void *data, size_t length)
{
  off_t at = free_bytes != NULL ? lseek (fd, 0, SEEK_CUR) : -1;

  if (at >= 0 && grow (fd, at + (off_t) length) != 0)
    return -1;
  return NEXT (write) (fd, data, length);
}

ssize_t
pwrite (int fd, const void *data, size_t length, off_t at)
{
  return grow (fd, at + (off_t) length) == 0 ? NEXT (pwrite) (fd, data, length, at) : -1;
}

ssize_t
pwrite64 (int fd, const void *data, size_t length, off64_t at)
{
  return grow (fd, at + (off_t) length) == 0 ? NEXT (pwrite64) (fd, data, length, at) : -1;
}

int
posix_fallocate (int fd, off_t at, off_t length)
{
  return grow (fd, at + length) == 0 ? NEXT (posix_fallocate) (fd, at, length) : ENOSPC;
}

int
posix_fallocate64 (int fd, off64_t at, off64_t length)
{
  return grow (fd, at + length) == 0 ? NEXT (posix_fallocate64) (fd, at, length) : ENOSPC;
}

int
fallocate (int fd, int mode, off_t at, off_t length)
{
  return grow (fd, at + length) == 0 ? NEXT (fallocate) (fd, mode, at, length) : -1;
}

int
fallocate64 (int fd, int mode, off64_t at, off64_t length)
{
  return grow (fd, at + length) == 0 ? NEXT (fallocate64) (fd, mode, at, length) : -1;
}

static void
give_back (int fd, off_t length)
{
  struct stat info;

  if (fd_is_on_disk (fd) && fstat (fd, &info) == 0 && info.st_size > length)
    *free_bytes += info.st_size - length;
}

int
ftruncate (int fd, off_t length)
{
  give_back (fd, length);
  return NEXT (ftruncate) (fd, length);
}

int
ftruncate64 (int fd, off64_t length)
{
  give_back (fd, length);
  return NEXT (ftruncate64) (fd, length);
}

int
unlink (const char *path)
{
  struct stat info;

  if (is_on_disk (path) && stat (path, &info) == 0 && info.st_nlink == 1)
    *free_bytes += info.st_size;
  return NEXT (unlink) (path);
}
