/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/refusal.h"

#include <string.h>

static void
assert_is_for_people (const SlCodeInfo *info)
{
  g_assert_true (strspn (info->code, "abcdefghijklmnopqrstuvwxyz_") == strlen (info->code) && *info->code != '\0');
  g_assert_true (g_str_has_suffix (info->message, "."));
  g_assert_true (g_str_has_suffix (info->hint, "."));
}

static void
names_every_code_once_with_its_exit_status (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint code = SL_REFUSAL_NONE + 1; code < SL_REFUSAL_LAST; code++)
    {
      const SlCodeInfo *info = sl_refusal_info (code);
      assert_is_for_people (info);
      g_assert_cmpint (info->exit_status, ==, 3);
      g_assert_true (g_hash_table_add (seen, (gpointer) info->code));
    }
  for (guint code = 0; code < SL_ERROR_LAST; code++)
    {
      const SlCodeInfo *info = sl_error_info (code);
      assert_is_for_people (info);
      if (code == SL_ERROR_REVOKED) /* it is the same situation as the refusal, found before a command begins */
        {
          g_assert_cmpstr (info->code, ==, sl_refusal_name (SL_REFUSAL_DEVICE_REVOKED));
          g_assert_cmpint (info->exit_status, ==, 3);
          continue;
        }
      g_assert_cmpint (info->exit_status, >=, 4);
      g_assert_cmpint (info->exit_status, <=, 7);
      g_assert_true (g_hash_table_add (seen, (gpointer) info->code));
    }
  g_assert_cmpstr (sl_refusal_name (SL_REFUSAL_NONE), ==, "ok");
  g_assert_cmpint (sl_refusal_info (SL_REFUSAL_NONE)->exit_status, ==, 0);
}

static void
failures_exit_by_their_class (void)
{
  g_assert_cmpint (sl_error_info (SL_ERROR_NOT_FOUND)->exit_status, ==, 4);
  g_assert_cmpint (sl_error_info (SL_ERROR_AMBIGUOUS_ID)->exit_status, ==, 4);
  g_assert_cmpint (sl_error_info (SL_ERROR_NO_STUDIO)->exit_status, ==, 4);
  g_assert_cmpint (sl_error_info (SL_ERROR_BAD_INPUT)->exit_status, ==, 5);
  for (guint code = SL_ERROR_STORAGE; code <= SL_ERROR_BUSY; code++)
    g_assert_cmpint (sl_error_info (code)->exit_status, ==, 6);
  for (guint code = SL_ERROR_OFFLINE; code <= SL_ERROR_CLOCK_SKEW; code++)
    g_assert_cmpint (sl_error_info (code)->exit_status, ==, 7);
  g_assert_cmpstr (sl_error_info (SL_ERROR_DISK_FULL)->code, ==, "disk_full");
}

static void
carries_details (void)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_assert_null (sl_refusal_dup_details (&refusal));
  g_assert_cmpint (sl_refusal_get_int (&refusal, "until_ms", -1), ==, -1);
  g_assert_false (sl_refuse (&refusal, SL_REFUSAL_PIN_LOCKED));
  sl_refusal_set_int (&refusal, "until_ms", 1234);
  sl_refusal_set_text (&refusal, "desk", "Front desk");
  sl_refusal_set_text (&refusal, "nothing", NULL);
  for (guint again = 0; again < 2; again++)
    {
      g_autoptr (GVariant) details = sl_refusal_dup_details (&refusal);
      g_autofree char *text = g_variant_print (details, FALSE);
      g_assert_cmpstr (text, ==, "{'desk': <'Front desk'>, 'until_ms': <int64 1234>}");
    }
  g_assert_cmpint (sl_refusal_get_int (&refusal, "until_ms", -1), ==, 1234);
  g_assert_cmpint (sl_refusal_get_int (&refusal, "desk", -1), ==, -1);
  g_assert_cmpstr (sl_refusal_get_text (&refusal, "desk"), ==, "Front desk");
  g_assert_null (sl_refusal_get_text (&refusal, "until_ms"));
  sl_refuse (&refusal, SL_REFUSAL_CLASS_FULL);
  g_assert_null (sl_refusal_get_text (&refusal, "desk"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/refusal/names-every-code-once-with-its-exit-status",
                   names_every_code_once_with_its_exit_status);
  g_test_add_func ("/sl/refusal/failures-exit-by-their-class", failures_exit_by_their_class);
  g_test_add_func ("/sl/refusal/carries-details", carries_details);
  return g_test_run ();
}
