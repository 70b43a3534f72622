/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-transport-curl"

#include "agent/transport-curl.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/error.h"

#define HEADER_LINE_MAX_BYTES 4096 /* of anybody's header; longer ones are a server that goes on for ever */
#define ANSWER_HEADERS_MAX_BYTES (64 * 1024)
#define ANSWER_DEFAULT_MAX_BYTES (G_GUINT64_CONSTANT (96) * 1024 * 1024) /* with the keys of a large studio */
#define KEEPALIVE_S 30 /* a probe each: the ninth that nobody answers ends the connection */
#define PIN_CHARS (sizeof "sha256//" - 1 + 44)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CURLU, curl_url_cleanup)

struct _SlCurl {
  CURL *easy;
  char *url, *ca_file, *pins;
  SlCurlTickFunc tick;
  gpointer tick_data;
  gint64 connect_ms, request_ms, silence_s;
  guint64 answer_max_bytes;
  /* of the request under way */
  GByteArray *body;
  int body_fd;             /* -1: into body */
  guint64 body_bytes, header_bytes;
  GHashTable *headers;
  gboolean malformed, too_large, unwritten;
};

/* --- addresses --- */

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, message);
  return FALSE;
}

static char *
url_part (CURLU *url, CURLUPart part)
{
  char *text = NULL;
  if (curl_url_get (url, part, &text, 0) != CURLUE_OK)
    return NULL;
  char *copy = g_strdup (text);
  curl_free (text);
  return copy;
}

/* Where nobody on the way can listen. */
static gboolean
is_loopback (const char *host)
{
  g_autofree char *bare = g_str_has_prefix (host, "[") ? g_strndup (host + 1, strlen (host) - 2) : g_strdup (host);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (bare);
  return address != NULL ? g_inet_address_get_is_loopback (address) : g_ascii_strcasecmp (host, "localhost") == 0;
}

static gboolean
check_url (CURLU *url, gboolean plain, GError **error)
{
  g_autofree char *scheme = url_part (url, CURLUPART_SCHEME), *host = url_part (url, CURLUPART_HOST);
  g_autofree char *user = url_part (url, CURLUPART_USER), *query = url_part (url, CURLUPART_QUERY);
  g_autofree char *fragment = url_part (url, CURLUPART_FRAGMENT);
  gboolean is_http = g_strcmp0 (scheme, "http") == 0;
  if (host == NULL || *host == '\0' || (!is_http && g_strcmp0 (scheme, "https") != 0))
    return fail (error, "a hub's address begins with https://");
  if (user != NULL || query != NULL || fragment != NULL)
    return fail (error, "a hub's address has no user, no ? and no #");
  if (is_http && !plain && !is_loopback (host))
    return fail (error, "http:// without encryption is only for a hub on this machine; https:// is wanted, or "
                        "--insecure-http");
  return TRUE;
}

/**
 * sl_curl_clean_url:
 * @text: (nullable): as somebody typed it
 * @plain: plain http to other machines will do: somebody said so
 * @error: return location
 *
 * Returns: (transfer full): the address, without a slash at its end; %NULL with %SL_ERROR_BAD_INPUT
 */
char *
sl_curl_clean_url (const char *text, gboolean plain, GError **error)
{
  g_autoptr (CURLU) url = curl_url ();
  if (text == NULL || strlen (text) > SL_HUB_URL_MAX_BYTES || url == NULL
      || curl_url_set (url, CURLUPART_URL, text, 0) != CURLUE_OK)
    {
      (void) fail (error, "not an address of a hub, such as https://hub.example");
      return NULL;
    }
  if (!check_url (url, plain, error))
    return NULL;
  char *clean = url_part (url, CURLUPART_URL);
  for (gsize length = clean != NULL ? strlen (clean) : 0; length > 0 && clean[length - 1] == '/'; length--)
    clean[length - 1] = '\0';
  return clean;
}

/**
 * sl_curl_pins_are_sound:
 * @pins: what somebody typed
 *
 * Returns: whether it is hashes of TLS keys as libcurl takes them: sha256// and base64, several with ; between
 */
gboolean
sl_curl_pins_are_sound (const char *pins)
{
  g_auto (GStrv) parts = g_strsplit (pins, ";", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      gsize length = 0;
      if (strlen (parts[i]) != PIN_CHARS || !g_str_has_prefix (parts[i], "sha256//"))
        return FALSE;
      g_autofree guint8 *hash = g_base64_decode (parts[i] + strlen ("sha256//"), &length);
      if (hash == NULL || length != 32)
        return FALSE;
    }
  return parts[0] != NULL;
}

/* --- what comes --- */

/**
 * sl_curl_take_header:
 * @headers: from sl_sync_headers_new()
 * @data: one line with its line break
 * @length: bytes
 *
 * Returns: %FALSE where it breaks the rules of the protocol
 */
gboolean
sl_curl_take_header (GHashTable *headers, const char *data, gsize length)
{
  const char *colon = memchr (data, ':', length);
  if (length > HEADER_LINE_MAX_BYTES || memchr (data, '\0', length) != NULL)
    return FALSE;
  if (colon == NULL)
    return TRUE;
  g_autofree char *name = g_strndup (data, colon - data);
  g_autofree char *value = g_strstrip (g_strndup (colon + 1, length - (gsize) (colon + 1 - data)));
  return sl_sync_headers_add (headers, name, value);
}

static size_t
on_header (char *data, size_t size, size_t count, void *user_data)
{
  SlCurl *self = user_data;
  gsize length = size * count;
  self->header_bytes += length;
  if (length > 5 && strncmp (data, "HTTP/", 5) == 0) /* 100 Continue has had its own */
    g_hash_table_remove_all (self->headers);
  self->malformed |= self->header_bytes > ANSWER_HEADERS_MAX_BYTES
                     || !sl_curl_take_header (self->headers, data, length);
  return self->malformed ? 0 : length;
}

static gboolean
write_to_file (SlCurl *self, const char *data, gsize length)
{
  for (gsize at = 0; at < length;)
    {
      gssize written = write (self->body_fd, data + at, length - at);
      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0)
        return FALSE;
      at += (gsize) written;
    }
  return TRUE;
}

static size_t
on_body (char *data, size_t size, size_t count, void *user_data)
{
  SlCurl *self = user_data;
  gsize length = size * count;
  self->body_bytes += length;
  self->too_large = self->body_bytes > self->answer_max_bytes;
  if (self->too_large)
    return 0;
  if (self->body_fd < 0)
    g_byte_array_append (self->body, (const guint8 *) data, length);
  else if (!write_to_file (self, data, length))
    {
      self->unwritten = TRUE;
      return 0;
    }
  return length;
}

static int
on_progress (void *user_data, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
  SlCurl *self = user_data;
  return self->tick == NULL || self->tick (self->tick_data) ? 0 : 1;
}

/* --- a handle --- */

/**
 * sl_curl_prepare:
 * @easy: a CURL handle, new or reset
 * @where: which server
 * @path: on it
 *
 * What every request has: only HTTP, no redirects, no signals, its server's identity checked. libcurl keeps copies.
 */
void
sl_curl_prepare (gpointer easy, const SlCurlWhere *where, const char *path)
{
  g_autofree char *url = g_strconcat (where->url, path, NULL);
  gboolean by_pins = where->pins != NULL && where->ca_file == NULL;
  curl_easy_setopt (easy, CURLOPT_URL, url);
  curl_easy_setopt (easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt (easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt (easy, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1);
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (easy, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
  curl_easy_setopt (easy, CURLOPT_TCP_KEEPALIVE, 1L); /* also where a long silence is allowed, a dead line is not */
  curl_easy_setopt (easy, CURLOPT_TCP_KEEPIDLE, (long) KEEPALIVE_S);
  curl_easy_setopt (easy, CURLOPT_TCP_KEEPINTVL, (long) KEEPALIVE_S);
  curl_easy_setopt (easy, CURLOPT_CONNECTTIMEOUT_MS, (long) SL_CURL_CONNECT_MS);
  curl_easy_setopt (easy, CURLOPT_USERAGENT, "studioloop-sync");
  curl_easy_setopt (easy, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
  /* A pinned key is who it is: whoever certifies it adds nothing, and a hub of one's own needs no authority. */
  curl_easy_setopt (easy, CURLOPT_SSL_VERIFYPEER, by_pins ? 0L : 1L);
  curl_easy_setopt (easy, CURLOPT_SSL_VERIFYHOST, by_pins ? 0L : 2L);
  if (where->ca_file != NULL)
    {
      curl_easy_setopt (easy, CURLOPT_CAINFO, where->ca_file);
      curl_easy_setopt (easy, CURLOPT_CAPATH, NULL);
    }
  if (where->pins != NULL)
    curl_easy_setopt (easy, CURLOPT_PINNEDPUBLICKEY, where->pins);
}

/**
 * sl_curl_header_list:
 * @request: a signed request
 *
 * Returns: (transfer full): its headers as a curl_slist; curl_slist_free_all() it
 */
gpointer
sl_curl_header_list (const SlSyncRequest *request)
{
  /* A push is sent without asking first: the hub reads it in any case. */
  struct curl_slist *list = curl_slist_append (NULL, "Expect:");
  list = curl_slist_append (list, "Accept:"); /* nobody chooses by it */
  GHashTableIter iter;
  gpointer name, value;
  g_hash_table_iter_init (&iter, request->headers);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      g_autofree char *line = g_strconcat (name, ": ", value, NULL);
      list = curl_slist_append (list, line);
    }
  return list;
}

/**
 * sl_curl_new:
 * @where: the server
 *
 * Returns: (transfer full): a connection that is made with the first request; of one thread
 */
SlCurl *
sl_curl_new (const SlCurlWhere *where)
{
  g_return_val_if_fail (where != NULL && where->url != NULL, NULL);

  SlCurl *self = g_new0 (SlCurl, 1);
  self->url = g_strdup (where->url);
  self->ca_file = g_strdup (where->ca_file);
  self->pins = g_strdup (where->pins);
  self->connect_ms = SL_CURL_CONNECT_MS;
  self->request_ms = SL_CURL_REQUEST_MS;
  self->silence_s = SL_CURL_SILENCE_S;
  self->answer_max_bytes = ANSWER_DEFAULT_MAX_BYTES;
  self->easy = curl_easy_init ();
  return self;
}

/**
 * sl_curl_free:
 * @curl: (nullable) (transfer full): a connection
 */
void
sl_curl_free (SlCurl *curl)
{
  if (curl == NULL)
    return;
  curl_easy_cleanup (curl->easy);
  g_free (curl->url);
  g_free (curl->ca_file);
  g_free (curl->pins);
  g_free (curl);
}

/**
 * sl_curl_set_tick:
 * @curl: a connection
 * @tick: (nullable): called about once a second while a request waits
 * @user_data: for it
 */
void
sl_curl_set_tick (SlCurl *curl, SlCurlTickFunc tick, gpointer user_data)
{
  curl->tick = tick;
  curl->tick_data = user_data;
}

/**
 * sl_curl_set_patience:
 * @curl: a connection
 * @silence_s: how long the other side may say nothing while it works on a request
 */
void
sl_curl_set_patience (SlCurl *curl, gint64 silence_s)
{
  curl->silence_s = silence_s;
}

/**
 * sl_curl_set_connect:
 * @curl: a connection
 * @connect_ms: how long the other side may take until the connection stands; above 0
 */
void
sl_curl_set_connect (SlCurl *curl, gint64 connect_ms)
{
  curl->connect_ms = connect_ms;
}

/**
 * sl_curl_set_limits:
 * @curl: a connection
 * @request_ms: how long a request may take as a whole
 * @answer_max_bytes: 0: as many as an exchange may have
 */
void
sl_curl_set_limits (SlCurl *curl, gint64 request_ms, guint64 answer_max_bytes)
{
  curl->request_ms = request_ms;
  curl->answer_max_bytes = answer_max_bytes != 0 ? answer_max_bytes : ANSWER_DEFAULT_MAX_BYTES;
}

static void
set_body (SlCurl *self, const SlSyncRequest *request)
{
  gsize length;
  const void *data = g_bytes_get_data (request->body, &length);
  curl_easy_setopt (self->easy, CURLOPT_CUSTOMREQUEST, request->method);
  if (g_str_equal (request->method, "GET"))
    return;
  curl_easy_setopt (self->easy, CURLOPT_POST, 1L);
  curl_easy_setopt (self->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) length);
  curl_easy_setopt (self->easy, CURLOPT_POSTFIELDS, data != NULL ? data : "");
}

static gboolean
perform (SlCurl *self, const SlSyncRequest *request, long *out_status, GError **error)
{
  const SlCurlWhere where = { self->url, self->ca_file, self->pins };
  char message[CURL_ERROR_SIZE] = "";
  curl_easy_reset (self->easy); /* keeps the connection */
  sl_curl_prepare (self->easy, &where, request->path);
  curl_easy_setopt (self->easy, CURLOPT_CONNECTTIMEOUT_MS, (long) self->connect_ms);
  set_body (self, request);
  struct curl_slist *headers = sl_curl_header_list (request);
  curl_easy_setopt (self->easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt (self->easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt (self->easy, CURLOPT_HEADERDATA, self);
  curl_easy_setopt (self->easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt (self->easy, CURLOPT_WRITEDATA, self);
  curl_easy_setopt (self->easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt (self->easy, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt (self->easy, CURLOPT_XFERINFODATA, self);
  curl_easy_setopt (self->easy, CURLOPT_TIMEOUT_MS, (long) self->request_ms);
  curl_easy_setopt (self->easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt (self->easy, CURLOPT_LOW_SPEED_TIME, (long) self->silence_s);
  curl_easy_setopt (self->easy, CURLOPT_ERRORBUFFER, message);
  CURLcode code = curl_easy_perform (self->easy);
  curl_easy_getinfo (self->easy, CURLINFO_RESPONSE_CODE, out_status);
  curl_easy_setopt (self->easy, CURLOPT_ERRORBUFFER, NULL);
  curl_slist_free_all (headers);
  if (code == CURLE_OK)
    return TRUE;
  if (self->unwritten)
    g_set_error_literal (error, SL_ERROR, SL_ERROR_DISK_FULL, "what came could not be written");
  else
    g_set_error (error, SL_ERROR, SL_ERROR_OFFLINE, "%s",
                 self->malformed   ? "what answers is no hub"
                 : self->too_large ? "the answer is too long"
                 : *message != 0   ? message
                                   : curl_easy_strerror (code));
  return FALSE;
}

static gboolean
send_into (SlCurl *self, const SlSyncRequest *request, int fd, long *out_status, GError **error)
{
  self->body_fd = fd;
  self->body_bytes = self->header_bytes = 0;
  self->malformed = self->too_large = self->unwritten = FALSE;
  self->body = g_byte_array_new ();
  self->headers = sl_sync_headers_new ();
  if (perform (self, request, out_status, error))
    return TRUE;
  g_clear_pointer (&self->body, g_byte_array_unref);
  g_clear_pointer (&self->headers, g_hash_table_unref);
  return FALSE;
}

static gboolean
send_to_memory (gpointer user_data, const SlSyncRequest *request, SlSyncAnswer **out_answer, GError **error)
{
  SlCurl *self = user_data;
  long status;
  if (!send_into (self, request, -1, &status, error))
    return FALSE;
  g_autoptr (GBytes) body = g_byte_array_free_to_bytes (g_steal_pointer (&self->body));
  *out_answer = sl_sync_answer_new_received ((int) status, g_steal_pointer (&self->headers), body);
  return TRUE;
}

/**
 * sl_curl_transport:
 * @curl: a connection; must outlive the result
 *
 * Returns: what an agent sends over
 */
SlTransport
sl_curl_transport (SlCurl *curl)
{
  return (SlTransport){ .send = send_to_memory, .user_data = curl };
}

/**
 * sl_curl_send_to_file:
 * @curl: a connection
 * @request: what is asked
 * @file: where the body of the answer goes: a new file of mode 0600
 * @out_answer: (out) (transfer full): the answer, whose body is that file's content, mapped
 * @error: return location: %SL_ERROR_OFFLINE, %SL_ERROR_DISK_FULL, %SL_ERROR_STORAGE
 *
 * For answers of gigabytes.
 *
 * Returns: %FALSE where no answer came
 */
gboolean
sl_curl_send_to_file (SlCurl *curl, const SlSyncRequest *request, const char *file, SlSyncAnswer **out_answer,
                      GError **error)
{
  g_return_val_if_fail (curl != NULL && request != NULL && file != NULL && out_answer != NULL, FALSE);

  long status;
  int fd = open (file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "%s: %s", file, g_strerror (errno));
      return FALSE;
    }
  gboolean sent = send_into (curl, request, fd, &status, error);
  (void) close (fd);
  if (!sent)
    return FALSE;
  g_clear_pointer (&curl->body, g_byte_array_unref);
  g_autoptr (GMappedFile) mapped = g_mapped_file_new (file, FALSE, error);
  g_autoptr (GBytes) body = mapped != NULL ? g_mapped_file_get_bytes (mapped) : NULL;
  if (body == NULL)
    {
      g_clear_pointer (&curl->headers, g_hash_table_unref);
      return FALSE;
    }
  *out_answer = sl_sync_answer_new_received ((int) status, g_steal_pointer (&curl->headers), body);
  return TRUE;
}
