/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preloaded into a program under test: names each step in which it touches the disk or the network, and ends the
 * program by SIGKILL at one of them. Told by the environment:
 *
 *   SL_MORTAL_LIST     a file that gets a line for each step, as it comes
 *   SL_MORTAL_TRIGGER  steps count only while this file exists; without it from the start
 *   SL_MORTAL_STEP     the name of a step, as in the list
 *   SL_MORTAL_TURN     which one of that name, from 1
 *   SL_MORTAL_WHEN     before, after, or half: after half of the bytes, where there are any
 *
 * A step is named by what it does and to what: the last part of a file's path, the first line of what goes over a
 * socket. Digits of chance in it are a star, so that names are the same in each run. A test counts steps of one name
 * and not all of them, since those of other threads come in between as they like.
 *
 * System calls are made directly: nothing here depends on what else was loaded in between. Both names of a call are
 * ours, so neither may stand for the other. */
#undef _FILE_OFFSET_BITS
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define NAME_BYTES 160
#define PATH_BYTES 4096
#define LINE_CHARS 60      /* of what goes over a socket */
#define CHANCE_DIGITS 8    /* so many hexadecimal digits in a row are an id */
#define SUFFIX_CHARS 6     /* of a temporary file */

typedef enum { BEFORE, AFTER, HALF } When;

static atomic_uint turns;

/* --- names --- */

static int
is_suffix_char (char c)
{
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static int
is_id_char (char c)
{
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
}

/* Stars for what chance made. */
static void
put_plain (char *out, size_t room, const char *text)
{
  size_t length = strlen (text), at = 0;
  for (size_t i = 0; i < length && at + 2 < room;)
    {
      size_t run = 0;
      int digits = 0;
      while (i + run < length && is_id_char (text[i + run]))
        digits += text[i + run++] != '-';
      size_t rest = length - i, suffix = 0;
      while (suffix < rest && is_suffix_char (text[i + suffix]))
        suffix++;
      if (digits >= CHANCE_DIGITS || (suffix == SUFFIX_CHARS && suffix == rest))
        {
          out[at++] = '*';
          i += digits >= CHANCE_DIGITS ? run : suffix;
        }
      else
        out[at++] = text[i++];
    }
  out[at] = '\0';
}

static const char *
last_part (const char *path)
{
  const char *slash = strrchr (path, '/');
  return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

/* What a file descriptor is: 'f' a file (its name in out), 's' a socket, 0 neither disk nor network. */
static char
look (int fd, char *out, size_t room)
{
  char link[64], path[PATH_BYTES];
  if (fd == STDERR_FILENO)
    return 0;
  (void) snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink (link, path, sizeof path - 1);
  if (length <= 0)
    return 0;
  path[length] = '\0';
  if (strncmp (path, "socket:", 7) == 0)
    return 's';
  if (path[0] != '/' || strncmp (path, "/dev/", 5) == 0 || strncmp (path, "/proc/", 6) == 0)
    return 0;
  char *deleted = strstr (path, " (deleted)");
  if (deleted != NULL)
    *deleted = '\0';
  put_plain (out, room, last_part (path));
  return 'f';
}

/* The first line where it is one, without the version of the protocol. */
static void
name_message (char *out, size_t room, const void *bytes, size_t length)
{
  const char *text = bytes;
  size_t end = 0;
  while (end < length && end < LINE_CHARS && text[end] >= ' ' && text[end] <= '~')
    end++;
  int is_line = end >= 4 && end < length && (text[end] == '\r' || text[end] == '\n');
  char line[LINE_CHARS + 1];
  memcpy (line, text, is_line ? end : 0);
  line[is_line ? end : 0] = '\0';
  char *version = strstr (line, " HTTP/");
  if (version != NULL)
    *version = '\0';
  put_plain (out, room, is_line ? line : "bytes");
}

/* --- steps --- */

static void
die (void)
{
  for (;;)
    (void) syscall (SYS_kill, getpid (), SIGKILL);
}

static int
is_armed (void)
{
  const char *trigger = getenv ("SL_MORTAL_TRIGGER");
  return trigger == NULL || syscall (SYS_access, trigger, F_OK) == 0;
}

static void
tell (const char *name)
{
  const char *path = getenv ("SL_MORTAL_LIST");
  char line[NAME_BYTES + 1];
  int fd = -1;
  if (path != NULL)
    fd = (int) syscall (SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0)
    return;
  int length = snprintf (line, sizeof line, "%s\n", name);
  (void) syscall (SYS_write, fd, line, length);
  (void) syscall (SYS_close, fd);
}

/* Says that a step is there; gives whether to die half-way in it or after it. Before it, it does not return. */
static int
step (const char *what, const char *of, When *out_when)
{
  char name[NAME_BYTES];
  int saved = errno;
  const char *wanted = getenv ("SL_MORTAL_STEP"), *turn = getenv ("SL_MORTAL_TURN"), *when = getenv ("SL_MORTAL_WHEN");
  if (!is_armed ())
    {
      errno = saved;
      return 0;
    }
  (void) snprintf (name, sizeof name, "%s %.100s", what, of);
  tell (name);
  int dies = wanted != NULL && turn != NULL && when != NULL && strcmp (name, wanted) == 0
             && atomic_fetch_add (&turns, 1) + 1 == (unsigned) atoi (turn);
  if (dies && strcmp (when, "before") == 0)
    die ();
  *out_when = dies && strcmp (when, "half") == 0 ? HALF : AFTER;
  errno = saved;
  return dies;
}

/* A step on a descriptor with bytes that go out: how many of them, and whether it dies then. */
static int
step_out (const char *what, int fd, const void *bytes, size_t *inout_length)
{
  char of[NAME_BYTES];
  When when;
  char kind = look (fd, of, sizeof of);
  if (kind == 's')
    name_message (of, sizeof of, bytes, *inout_length);
  if (kind == 0 || !step (kind == 's' ? "send" : what, of, &when))
    return 0;
  if (when == HALF)
    *inout_length /= 2;
  return 1;
}

static int
step_fd (const char *what, int fd)
{
  char of[NAME_BYTES];
  When when;
  return look (fd, of, sizeof of) == 'f' && step (what, of, &when);
}

static int
step_path (const char *what, const char *path)
{
  char of[NAME_BYTES];
  When when;
  put_plain (of, sizeof of, last_part (path));
  return step (what, of, &when);
}

/* What came in is known only afterwards: dying before it is dying then. room: of the first part; more may have come. */
static ssize_t
took (int fd, const void *bytes, size_t room, ssize_t length)
{
  char of[NAME_BYTES];
  When when;
  int saved = errno;
  if (length > 0 && look (fd, of, sizeof of) == 's')
    {
      name_message (of, sizeof of, bytes, (size_t) length < room ? (size_t) length : room);
      if (step ("recv", of, &when))
        die ();
    }
  errno = saved;
  return length;
}

static ssize_t
went (int dies, ssize_t result)
{
  if (dies)
    die ();
  return result;
}

/* --- the calls --- */

ssize_t
write (int fd, const void *bytes, size_t length)
{
  int dies = step_out ("write", fd, bytes, &length);
  return went (dies, syscall (SYS_write, fd, bytes, length));
}

ssize_t
pwrite (int fd, const void *bytes, size_t length, off_t at)
{
  int dies = step_out ("pwrite", fd, bytes, &length);
  return went (dies, syscall (SYS_pwrite64, fd, bytes, length, at));
}

ssize_t
pwrite64 (int fd, const void *bytes, size_t length, off64_t at)
{
  int dies = step_out ("pwrite", fd, bytes, &length);
  return went (dies, syscall (SYS_pwrite64, fd, bytes, length, at));
}

ssize_t
writev (int fd, const struct iovec *parts, int count)
{
  size_t length = count > 0 ? parts[0].iov_len : 0;
  int dies = step_out ("write", fd, count > 0 ? parts[0].iov_base : "", &length);
  return went (dies, syscall (SYS_writev, fd, parts, dies && count > 1 ? count / 2 : count));
}

ssize_t
send (int fd, const void *bytes, size_t length, int flags)
{
  int dies = step_out ("send", fd, bytes, &length);
  return went (dies, syscall (SYS_sendto, fd, bytes, length, flags, NULL, 0));
}

ssize_t
sendto (int fd, const void *bytes, size_t length, int flags, const struct sockaddr *to, socklen_t to_length)
{
  int dies = step_out ("send", fd, bytes, &length);
  return went (dies, syscall (SYS_sendto, fd, bytes, length, flags, to, to_length));
}

ssize_t
sendmsg (int fd, const struct msghdr *message, int flags)
{
  size_t length = message->msg_iovlen > 0 ? message->msg_iov[0].iov_len : 0;
  int dies = step_out ("send", fd, length > 0 ? message->msg_iov[0].iov_base : "", &length);
  return went (dies, syscall (SYS_sendmsg, fd, message, flags));
}

ssize_t
sendfile64 (int to, int from, off64_t *at, size_t length)
{
  int dies = step_out ("send", to, "", &(size_t){ 0 });
  return went (dies, syscall (SYS_sendfile, to, from, at, dies ? length / 2 : length));
}

ssize_t
recv (int fd, void *bytes, size_t length, int flags)
{
  return took (fd, bytes, length, syscall (SYS_recvfrom, fd, bytes, length, flags, NULL, NULL));
}

ssize_t
recvfrom (int fd, void *restrict bytes, size_t length, int flags, struct sockaddr *restrict from,
          socklen_t *restrict from_length)
{
  return took (fd, bytes, length, syscall (SYS_recvfrom, fd, bytes, length, flags, from, from_length));
}

ssize_t
recvmsg (int fd, struct msghdr *message, int flags)
{
  ssize_t length = syscall (SYS_recvmsg, fd, message, flags);
  const struct iovec *first = message->msg_iovlen > 0 ? message->msg_iov : &(struct iovec){ "", 0 };
  return took (fd, first->iov_base, first->iov_len, length);
}

int
fdatasync (int fd)
{
  int dies = step_fd ("fdatasync", fd);
  return (int) went (dies, syscall (SYS_fdatasync, fd));
}

int
fsync (int fd)
{
  int dies = step_fd ("fsync", fd);
  return (int) went (dies, syscall (SYS_fsync, fd));
}

int
ftruncate (int fd, off_t length)
{
  int dies = step_fd ("ftruncate", fd);
  return (int) went (dies, syscall (SYS_ftruncate, fd, length));
}

int
ftruncate64 (int fd, off64_t length)
{
  int dies = step_fd ("ftruncate", fd);
  return (int) went (dies, syscall (SYS_ftruncate, fd, length));
}

int
rename (const char *from, const char *to)
{
  int dies = step_path ("rename to", to);
  return (int) went (dies, syscall (SYS_rename, from, to));
}

int
link (const char *from, const char *to)
{
  int dies = step_path ("link", to);
  return (int) went (dies, syscall (SYS_link, from, to));
}

int
unlink (const char *path)
{
  int dies = step_path ("unlink", path);
  return (int) went (dies, syscall (SYS_unlink, path));
}

int
mkdir (const char *path, mode_t mode)
{
  int dies = step_path ("mkdir", path);
  return (int) went (dies, syscall (SYS_mkdir, path, mode));
}

int
rmdir (const char *path)
{
  int dies = step_path ("rmdir", path);
  return (int) went (dies, syscall (SYS_rmdir, path));
}

/* What is written with stdio goes out here at the latest; its own writing cannot be seen from outside. */
int
fclose (FILE *file)
{
  static int (*real) (FILE *);
  int writes = (fcntl (fileno (file), F_GETFL) & O_ACCMODE) != O_RDONLY;
  if (real == NULL)
    *(void **) &real = dlsym (RTLD_NEXT, "fclose");
  int dies = writes && step_fd ("fclose", fileno (file));
  return (int) went (dies, real (file));
}
