/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-program-commands"

#include "hub/program.h"

#include "core/datetime.h"
#include "scan/code-picture.h"

#define DEFAULT_URL "http://" SL_PROGRAM_LISTEN

static void
put_text (json_t *object, const char *key, const char *text)
{
  json_object_set_new (object, key, text != NULL ? json_string (text) : json_null ());
}

static void
put_id (json_t *object, const char *key, const SlId *id)
{
  char text[SL_ID_TEXT_BYTES];
  put_text (object, key, sl_id_is_none (id) ? NULL : sl_id_format (id, text));
}

/* The account that --org names: its id, its studio's, or 8 and more of the first characters of either. */
static gboolean
find_org (SlProgram *program, SlId *out, GError **error)
{
  const char *text = program->options.org;
  SlId low, high;
  if (!sl_id_parse_prefix (text, &low, &high))
    {
      g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "no organisation '%.60s'", text);
      return FALSE;
    }
  g_autoptr (GPtrArray) tenants = sl_hub_tenants (program->hub, error);
  if (tenants == NULL)
    return FALSE;
  const SlTenant *found = NULL;
  for (guint i = 0; i < tenants->len; i++)
    {
      const SlTenant *tenant = g_ptr_array_index (tenants, i);
      gboolean by_id = sl_id_compare (&low, &tenant->id) <= 0 && sl_id_compare (&tenant->id, &high) <= 0;
      gboolean by_studio = !sl_id_is_none (&tenant->organisation) && sl_id_compare (&low, &tenant->organisation) <= 0 &&
                           sl_id_compare (&tenant->organisation, &high) <= 0;
      if (!by_id && !by_studio)
        continue;
      if (found != NULL)
        {
          g_set_error (error, SL_ERROR, SL_ERROR_AMBIGUOUS_ID, "'%.60s' begins more than one organisation's id", text);
          return FALSE;
        }
      found = tenant;
    }
  if (found == NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "no organisation '%.60s'", text);
  else
    *out = found->id;
  return found != NULL;
}

/* The address that devices are to come to. */
static const char *
public_url (SlProgram *program)
{
  const char *url = program->options.url != NULL ? program->options.url : g_getenv ("STUDIOLOOP_HUB_URL");
  return url != NULL && *url != '\0' ? url : DEFAULT_URL;
}

/* A fresh code for an account, in the answer; what a QR code says in *out_qr. */
static gboolean
put_code (SlProgram *program, const SlId *org, char **out_qr, GError **error)
{
  g_autofree char *code = NULL;
  gint64 expires_ms;
  if (!sl_hub_pairing_code (program->hub, org, &code, &expires_ms, error))
    return FALSE;
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autofree char *expires = sl_time_format (expires_ms, zone);
  const char *url = public_url (program);
  put_text (program->answer, "code", code);
  put_text (program->answer, "expires", expires);
  put_text (program->answer, "url", url);
  if (out_qr != NULL)
    *out_qr = g_strdup_printf ("%s#%s", url, code);
  return TRUE;
}

/**
 * sl_program_org_add:
 *
 * `org add NAME`: an account, and the code that founds it. Keys: id, org, name, code, expires, url.
 *
 * Returns: %FALSE with the store's errors
 */
gboolean
sl_program_org_add (SlProgram *program, GError **error)
{
  SlId id;
  if (!sl_program_open (program, error) || !sl_hub_add_tenant (program->hub, program->words[0], &id, error))
    return FALSE;
  program->answer = json_object ();
  put_id (program->answer, "id", &id);
  put_id (program->answer, "org", &id);
  put_text (program->answer, "name", program->words[0]);
  return put_code (program, &id, NULL, error);
}

/**
 * sl_program_org_list:
 *
 * `org list`: items of id, org, name, organisation (null: no studio yet), founded, head.
 *
 * Returns: %FALSE with the store's errors
 */
gboolean
sl_program_org_list (SlProgram *program, GError **error)
{
  if (!sl_program_open (program, error))
    return FALSE;
  g_autoptr (GPtrArray) tenants = sl_hub_tenants (program->hub, error);
  if (tenants == NULL)
    return FALSE;
  json_t *items = json_array ();
  for (guint i = 0; i < tenants->len; i++)
    {
      const SlTenant *tenant = g_ptr_array_index (tenants, i);
      json_t *item = json_object ();
      put_id (item, "id", &tenant->id);
      put_id (item, "org", &tenant->id);
      put_text (item, "name", tenant->name);
      put_id (item, "organisation", &tenant->organisation);
      json_object_set_new (item, "founded", json_boolean (!sl_id_is_none (&tenant->organisation)));
      json_object_set_new (item, "head", json_integer ((json_int_t) tenant->head));
      json_array_append_new (items, item);
    }
  program->answer = json_object ();
  json_object_set_new (program->answer, "items", items);
  return TRUE;
}

/**
 * sl_program_pairing_code:
 *
 * `pairing-code --org ID`: a code that is good once, for ten minutes; as a QR code on a terminal, and in a picture with
 * --png. What the QR code says is `URL#CODE`. Keys: id, org, code, expires, url.
 *
 * Returns: %FALSE with the store's errors, or those of the picture
 */
gboolean
sl_program_pairing_code (SlProgram *program, GError **error)
{
  SlId id;
  if (!sl_program_open (program, error) || !find_org (program, &id, error))
    return FALSE;
  program->answer = json_object ();
  put_id (program->answer, "id", &id);
  put_id (program->answer, "org", &id);
  g_autofree char *qr = NULL;
  if (!put_code (program, &id, &qr, error))
    return FALSE;
  if (!program->options.json && !sl_program_show_qr (qr, error))
    return FALSE;
  return program->options.png == NULL ||
         sl_code_picture_save_png (qr, SL_CODE_PICTURE_MODULE_PX, program->options.png, error);
}

static json_t *
device_to_json (const SlDevice *device)
{
  json_t *item = json_object ();
  put_id (item, "id", &device->id);
  put_id (item, "replica", &device->id);
  put_text (item, "name", device->name);
  put_text (item, "role", device->role);
  put_text (item, "location", device->location_name);
  json_object_set_new (item, "own", json_boolean (device->own));
  json_object_set_new (item, "admitted", json_boolean (device->admitted));
  json_object_set_new (item, "revoked", json_boolean (device->revoked));
  json_object_set_new (item, "operations", json_integer ((json_int_t) device->applied_seq));
  return item;
}

/**
 * sl_program_device_list:
 *
 * `device list --org ID`: items of id, replica, name, role, location, own, admitted, revoked, operations.
 *
 * Returns: %FALSE with the store's errors or %SL_ERROR_NO_STUDIO
 */
gboolean
sl_program_device_list (SlProgram *program, GError **error)
{
  SlId id;
  if (!sl_program_open (program, error) || !find_org (program, &id, error))
    return FALSE;
  g_autoptr (GPtrArray) devices = sl_hub_devices (program->hub, &id, error);
  if (devices == NULL)
    return FALSE;
  json_t *items = json_array ();
  for (guint i = 0; i < devices->len; i++)
    json_array_append_new (items, device_to_json (g_ptr_array_index (devices, i)));
  program->answer = json_object ();
  json_object_set_new (program->answer, "items", items);
  return TRUE;
}

static gboolean
find_device (SlProgram *program, const SlId *org, const char *text, SlId *out, GError **error)
{
  SlId low, high;
  g_autoptr (GPtrArray) devices = sl_hub_devices (program->hub, org, error);
  if (devices == NULL)
    return FALSE;
  guint found = 0;
  for (guint i = 0; i < devices->len && sl_id_parse_prefix (text, &low, &high); i++)
    {
      const SlDevice *device = g_ptr_array_index (devices, i);
      if (sl_id_compare (&low, &device->id) > 0 || sl_id_compare (&device->id, &high) > 0)
        continue;
      *out = device->id;
      found++;
    }
  if (found > 1)
    g_set_error (error, SL_ERROR, SL_ERROR_AMBIGUOUS_ID, "'%.60s' begins more than one device's id", text);
  else if (found == 0)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "no device '%.60s'", text);
  return found == 1;
}

/**
 * sl_program_device_revoke:
 *
 * `device revoke REPLICA --org ID --reason R`: by an operation of the hub's own device. Keys: id, org, replica,
 * revoked.
 *
 * Returns: %FALSE with the store's errors, %SL_ERROR_NOT_FOUND or %SL_ERROR_HUB_REFUSED
 */
gboolean
sl_program_device_revoke (SlProgram *program, GError **error)
{
  SlId org, replica;
  if (!sl_program_open (program, error) || !find_org (program, &org, error) ||
      !find_device (program, &org, program->words[0], &replica, error) ||
      !sl_hub_revoke (program->hub, &org, &replica, program->options.reason, error))
    return FALSE;
  program->answer = json_object ();
  put_id (program->answer, "id", &replica);
  put_id (program->answer, "org", &org);
  put_id (program->answer, "replica", &replica);
  json_object_set_new (program->answer, "revoked", json_true ());
  return TRUE;
}
