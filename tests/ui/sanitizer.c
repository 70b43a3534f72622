/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Defaults for AddressSanitizer and LeakSanitizer, which look for functions of these names; without them nobody calls
 * these. GLib keeps the names of a program that loads GTK or GStreamer in more than one table, and lets the first go
 * without freeing it, on purpose: it may be read without a lock. It was allocated while the library was loaded, which
 * only a full unwinding of the stack shows; ten frames are enough for that. */
const char *__asan_default_options (void);
const char *__lsan_default_suppressions (void);

const char *
__asan_default_options (void)
{
  return "fast_unwind_on_malloc=0:malloc_context_size=10";
}

const char *
__lsan_default_suppressions (void)
{
  return "leak:call_init\n";
}
