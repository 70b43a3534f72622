/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-service"

#include <glib/gi18n-lib.h>

#include "cli/values.h"
#include "engine/service.h"

#define SERVICE_OPTIONS \
  { "credits", SL_CLI_INT, FALSE, N_ ("H"), N_ ("what it costs in hundredths of a credit; 0: free") }, \
  { "price", SL_CLI_INT, FALSE, N_ ("CENTS"), N_ ("drop-in price; without it there is no drop-in sale") }, \
  { "mode", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("who may book it: self, instructor, staff or mixed") }, \
  { "reserve", SL_CLI_INT, FALSE, N_ ("N"), N_ ("spots kept for walk-ins") }, \
  { "difficulty", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("beginner, intermediate, advanced or all_levels") }, \
  { "colour", SL_CLI_TEXT, FALSE, N_ ("#RRGGBB"), N_ ("its colour on screens") }, \
  { "description", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("what members read about it") }, \
  { "equipment", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("what it needs: mats, bikes") }, \
  { "member-price", SL_CLI_INT, FALSE, N_ ("CENTS"), N_ ("price for members (the price)") }, \
  { "peak-price", SL_CLI_INT, FALSE, N_ ("CENTS"), N_ ("price at peak hours (the price)") }, \
  { "instructor", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("who gives it where nobody else is named") }, \
  { "location", SL_CLI_LIST, FALSE, N_ ("ID"), N_ ("where it is offered (everywhere)") }, \
  { "parq", SL_CLI_TEXT, FALSE, N_ ("YES-OR-NO"), N_ ("whether the health questions have to be answered first") }

static const SlCliOption service_add_options[] = {
  { "name", SL_CLI_TEXT, TRUE, N_ ("NAME"), N_ ("what people call it; need not be unique") },
  { "kind", SL_CLI_TEXT, TRUE, N_ ("WORD"), N_ ("class or one_to_one") },
  { "type", SL_CLI_TEXT, TRUE, N_ ("WORD"), N_ ("yoga, pilates, hiit, strength, cardio, dance, …") },
  { "duration", SL_CLI_INT, TRUE, N_ ("MIN"), N_ ("minutes") },
  { "capacity", SL_CLI_INT, FALSE, N_ ("N"), N_ ("how many fit in; a class needs it") },
  SERVICE_OPTIONS,
  SL_CLI_OPTIONS_END
};

static const SlCliOption service_edit_options[] = {
  { "name", SL_CLI_TEXT, FALSE, N_ ("NAME"), N_ ("what people call it; need not be unique") },
  { "kind", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("class or one_to_one") },
  { "type", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("yoga, pilates, hiit, strength, cardio, dance, …") },
  { "duration", SL_CLI_INT, FALSE, N_ ("MIN"), N_ ("minutes; sessions made before keep theirs") },
  { "capacity", SL_CLI_INT, FALSE, N_ ("N"), N_ ("how many fit in; sessions made before keep theirs") },
  SERVICE_OPTIONS,
  { "no-price", SL_CLI_FLAG, FALSE, NULL, N_ ("no drop-in sale any more") },
  { "no-member-price", SL_CLI_FLAG, FALSE, NULL, N_ ("no price of their own for members any more") },
  { "no-peak-price", SL_CLI_FLAG, FALSE, NULL, N_ ("no price of their own for peak hours any more") },
  { "everywhere", SL_CLI_FLAG, FALSE, NULL, N_ ("offer it at all locations") },
  { "active", SL_CLI_TEXT, FALSE, N_ ("YES-OR-NO"), N_ ("whether it is still offered") },
  SL_CLI_OPTIONS_END
};

static const SlColumn service_list_columns[] = {
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  { "name", N_ ("Name"), SL_SHOW_TEXT, NULL },
  { "kind", N_ ("Kind"), SL_SHOW_TEXT, NULL },
  { "type", N_ ("Type"), SL_SHOW_TEXT, NULL },
  { "duration", N_ ("Minutes"), SL_SHOW_TEXT, NULL },
  { "capacity", N_ ("Capacity"), SL_SHOW_TEXT, NULL },
  { "credits", N_ ("Credits"), SL_SHOW_CREDITS, NULL },
  { "price", N_ ("Price"), SL_SHOW_MONEY, NULL },
  { "active", N_ ("Active"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static const SlColumn service_columns[] = {
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  { "name", N_ ("Name"), SL_SHOW_TEXT, NULL },
  { "kind", N_ ("Kind"), SL_SHOW_TEXT, NULL },
  { "type", N_ ("Type"), SL_SHOW_TEXT, NULL },
  { "difficulty", N_ ("Difficulty"), SL_SHOW_TEXT, NULL },
  { "duration", N_ ("Minutes"), SL_SHOW_TEXT, NULL },
  { "capacity", N_ ("Capacity"), SL_SHOW_TEXT, NULL },
  { "reserve", N_ ("Kept for walk-ins"), SL_SHOW_TEXT, NULL },
  { "credits", N_ ("Credits"), SL_SHOW_CREDITS, NULL },
  { "price", N_ ("Price"), SL_SHOW_MONEY, NULL },
  { "member_price", N_ ("Price for members"), SL_SHOW_MONEY, NULL },
  { "peak_price", N_ ("Price at peak hours"), SL_SHOW_MONEY, NULL },
  { "mode", N_ ("Booked by"), SL_SHOW_TEXT, NULL },
  { "instructor", N_ ("Instructor"), SL_SHOW_TEXT, NULL },
  { "locations", N_ ("Locations"), SL_SHOW_TEXT, NULL },
  { "equipment", N_ ("Equipment"), SL_SHOW_TEXT, NULL },
  { "parq", N_ ("Health questions first"), SL_SHOW_TEXT, NULL },
  { "colour", N_ ("Colour"), SL_SHOW_TEXT, NULL },
  { "description", N_ ("Description"), SL_SHOW_TEXT, NULL },
  { "active", N_ ("Active"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static json_t *
price_to_json (gint64 cents)
{
  return cents == SL_NUMBER_NONE ? json_null () : json_integer (cents);
}

/* (transfer full): null: everywhere */
static json_t *
locations_to_json (const GArray *locations)
{
  json_t *array = locations->len > 0 ? json_array () : json_null ();
  for (guint i = 0; i < locations->len; i++)
    json_array_append_new (array, sl_json_id (&g_array_index (locations, SlId, i)));
  return array;
}

static json_t *
service_to_json (const SlService *service)
{
  return json_pack ("{s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:o, s:s, s:I, s:o, s:o, s:o,"
                    " s:o, s:o, s:o, s:o, s:o, s:o}",
                    "id", sl_json_id (&service->id),
                    "name", sl_json_text (service->name), "kind", sl_json_text (service->kind),
                    "type", sl_json_text (service->type),
                    "difficulty", sl_json_text (service->difficulty), "duration", (json_int_t) service->duration_min,
                    "capacity", (json_int_t) service->capacity, "credits", (json_int_t) service->credits_hundredths,
                    "price", price_to_json (service->price_cents),
                    "mode", sl_booking_mode_name (service->mode), "reserve", (json_int_t) service->reserve,
                    "colour", sl_json_text (service->colour), "description", sl_json_text (service->description),
                    "active", sl_json_bool (service->active),
                    "member_price", price_to_json (service->member_price_cents),
                    "peak_price", price_to_json (service->peak_price_cents),
                    "equipment", sl_json_text (service->equipment), "instructor", sl_json_id (&service->instructor_id),
                    "locations", locations_to_json (service->locations), "parq", sl_json_bool (service->needs_parq));
}

static gboolean
answer_service (SlCli *cli, const SlId *id, GError **error)
{
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  g_autoptr (SlService) service = sl_service_get (cli->engine, id, error);
  if (service == NULL)
    return FALSE;
  cli->answer = service_to_json (service);
  return TRUE;
}

/* What a service's options name; lives as long as its parameters. */
typedef struct {
  SlId instructor;
  GArray *locations;
} ServiceIds;

static void
service_ids_clear (ServiceIds *ids)
{
  g_clear_pointer (&ids->locations, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ServiceIds, service_ids_clear)

static gboolean
read_places (SlCli *cli, ServiceIds *ids, SlServiceParams *out, GError **error)
{
  const char *instructor = sl_cli_text (cli->call, "instructor");
  GPtrArray *texts = sl_cli_list (cli->call, "location");
  gboolean everywhere = sl_cli_has (cli->call, "everywhere");
  ids->instructor = sl_id_none;
  ids->locations = g_array_new (FALSE, FALSE, sizeof (SlId));
  if (instructor != NULL && *instructor != '\0' &&
      !sl_cli_option_id (cli, "instructor", SL_THING_STAFF, &ids->instructor, error))
    return FALSE;
  for (guint i = 0; texts != NULL && i < texts->len; i++)
    {
      SlId id;
      if (!sl_engine_resolve_id (cli->engine, SL_THING_LOCATION, texts->pdata[i], &id, error))
        {
          g_prefix_error (error, "--location: ");
          return FALSE;
        }
      g_array_append_val (ids->locations, id);
    }
  if (everywhere && ids->locations->len > 0)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--everywhere: not together with --location");
      return FALSE;
    }
  out->instructor = instructor != NULL ? &ids->instructor : NULL;
  out->locations = everywhere || ids->locations->len > 0 ? ids->locations : NULL;
  return TRUE;
}

static gboolean
read_service_params (SlCli *cli, ServiceIds *ids, SlServiceParams *out, GError **error)
{
  const SlCliCall *call = cli->call;
  sl_service_params_init (out);
  out->name = sl_cli_text (call, "name");
  out->kind = sl_cli_text (call, "kind");
  out->type = sl_cli_text (call, "type");
  out->difficulty = sl_cli_text (call, "difficulty");
  out->mode = sl_cli_text (call, "mode");
  out->colour = sl_cli_text (call, "colour");
  out->description = sl_cli_text (call, "description");
  out->equipment = sl_cli_text (call, "equipment");
  out->duration_min = sl_cli_int (call, "duration", SL_NUMBER_NONE);
  out->capacity = sl_cli_int (call, "capacity", SL_NUMBER_NONE);
  out->credits_hundredths = sl_cli_int (call, "credits", SL_NUMBER_NONE);
  out->price_cents = sl_cli_int (call, "price", SL_NUMBER_NONE);
  out->member_price_cents = sl_cli_int (call, "member-price", SL_NUMBER_NONE);
  out->peak_price_cents = sl_cli_int (call, "peak-price", SL_NUMBER_NONE);
  out->reserve = sl_cli_int (call, "reserve", SL_NUMBER_NONE);
  out->no_price = sl_cli_has (call, "no-price");
  out->no_member_price = sl_cli_has (call, "no-member-price");
  out->no_peak_price = sl_cli_has (call, "no-peak-price");
  return sl_cli_yes_or_no (call, "active", &out->active, error) &&
         sl_cli_yes_or_no (call, "parq", &out->needs_parq, error) && read_places (cli, ids, out, error);
}

static gboolean
run_service_add (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlServiceParams params;
  g_auto (ServiceIds) ids = { 0 };
  SlId id;
  return read_service_params (cli, &ids, &params, error) &&
         sl_service_add (cli->engine, &cli->actor, &params, &id, &cli->refusal, error) &&
         answer_service (cli, &id, error);
}

static gboolean
run_service_edit (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlServiceParams params;
  g_auto (ServiceIds) ids = { 0 };
  SlId id;
  return sl_cli_argument_id (cli, 0, SL_THING_SERVICE, &id, error) &&
         read_service_params (cli, &ids, &params, error) &&
         sl_service_edit (cli->engine, &cli->actor, &id, &params, &cli->refusal, error) &&
         answer_service (cli, &id, error);
}

static gboolean
run_service_show (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  return sl_cli_argument_id (cli, 0, SL_THING_SERVICE, &id, error) && answer_service (cli, &id, error);
}

static gboolean
run_service_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GPtrArray) services = sl_service_list (cli->engine, error);
  if (services == NULL)
    return FALSE;
  json_t *items = json_array ();
  for (guint i = 0; i < services->len; i++)
    json_array_append_new (items, service_to_json (g_ptr_array_index (services, i)));
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

const SlCliCommand sl_cli_service_commands[] = {
  { "service add", N_ ("add a class or a one-to-one session that can be scheduled"), NULL, NULL, SL_CLI_IN_STUDIO,
    run_service_add,
    service_add_options, service_columns },
  { "service list", N_ ("list the services"), NULL, NULL, SL_CLI_IN_STUDIO, run_service_list, NULL,
    service_list_columns },
  { "service show", N_ ("show a service"), NULL, "ID", SL_CLI_IN_STUDIO, run_service_show, NULL, service_columns },
  { "service edit", N_ ("change a service; what is not named stays"),
    N_ ("An empty instructor clears it."), "ID", SL_CLI_IN_STUDIO, run_service_edit,
    service_edit_options, service_columns },
  { NULL }
};
