/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-lines"

#include "lines.h"

#define KEY_RELEASED 0
#define KEY_PRESSED 1

/* The US layout, which scanners type by as they leave the factory: without and with Shift. */
static const char layout[][2] = {
  [KEY_1] = "1!", [KEY_2] = "2@", [KEY_3] = "3#", [KEY_4] = "4$", [KEY_5] = "5%", [KEY_6] = "6^", [KEY_7] = "7&",
  [KEY_8] = "8*", [KEY_9] = "9(", [KEY_0] = "0)", [KEY_MINUS] = "-_", [KEY_EQUAL] = "=+",
  [KEY_Q] = "qQ", [KEY_W] = "wW", [KEY_E] = "eE", [KEY_R] = "rR", [KEY_T] = "tT", [KEY_Y] = "yY", [KEY_U] = "uU",
  [KEY_I] = "iI", [KEY_O] = "oO", [KEY_P] = "pP", [KEY_LEFTBRACE] = "[{", [KEY_RIGHTBRACE] = "]}",
  [KEY_A] = "aA", [KEY_S] = "sS", [KEY_D] = "dD", [KEY_F] = "fF", [KEY_G] = "gG", [KEY_H] = "hH", [KEY_J] = "jJ",
  [KEY_K] = "kK", [KEY_L] = "lL", [KEY_SEMICOLON] = ";:", [KEY_APOSTROPHE] = "'\"", [KEY_GRAVE] = "`~",
  [KEY_BACKSLASH] = "\\|",
  [KEY_Z] = "zZ", [KEY_X] = "xX", [KEY_C] = "cC", [KEY_V] = "vV", [KEY_B] = "bB", [KEY_N] = "nN", [KEY_M] = "mM",
  [KEY_COMMA] = ",<", [KEY_DOT] = ".>", [KEY_SLASH] = "/?", [KEY_SPACE] = "  ",
};

/**
 * sl_lines_push:
 * @lines: zeroed at first
 * @byte: the next byte
 *
 * Takes one byte. Control characters within a line are dropped: no code has any.
 *
 * Returns: what has become of the line
 */
SlLineResult
sl_lines_push (SlLines *lines, char byte)
{
  g_return_val_if_fail (lines != NULL, SL_LINE_MORE);

  if (byte == '\r' || byte == '\n')
    {
      gboolean is_line = lines->length > 0 && !lines->dropping;

      lines->text[lines->length] = '\0';
      lines->length = 0;
      lines->dropping = FALSE;
      return is_line ? SL_LINE_DONE : SL_LINE_MORE;
    }
  if (lines->dropping || g_ascii_iscntrl (byte))
    return SL_LINE_MORE;
  if (lines->length >= SL_CODE_MAX_BYTES)
    {
      lines->length = 0;
      lines->dropping = TRUE;
      return SL_LINE_TOO_LONG;
    }
  lines->text[lines->length++] = byte;
  return SL_LINE_MORE;
}

/**
 * sl_keys_push:
 * @keys: zeroed at first
 * @event: the next event of a keyboard-like device
 *
 * Takes one event. Only keys that print by the US layout count, and none while Ctrl, Alt or Meta is down; Caps Lock and
 * key repeat are not looked at. When the kernel says that events were lost, the line they belonged to is dropped.
 *
 * Returns: what has become of the line, which is in keys->lines.text
 */
SlLineResult
sl_keys_push (SlKeys *keys, const struct input_event *event)
{
  char character;

  g_return_val_if_fail (keys != NULL && event != NULL, SL_LINE_MORE);

  if (event->type == EV_SYN && event->code == SYN_DROPPED)
    {
      *keys = (SlKeys) { .lines.dropping = TRUE };
      return SL_LINE_MORE;
    }
  if (event->type != EV_KEY || (event->value != KEY_PRESSED && event->value != KEY_RELEASED))
    return SL_LINE_MORE;
  switch (event->code)
    {
    case KEY_LEFTSHIFT:
    case KEY_RIGHTSHIFT:
      keys->shifts = (guint8) CLAMP (keys->shifts + (event->value == KEY_PRESSED ? 1 : -1), 0, 2);
      return SL_LINE_MORE;
    case KEY_LEFTCTRL:
    case KEY_RIGHTCTRL:
    case KEY_LEFTALT:
    case KEY_RIGHTALT:
    case KEY_LEFTMETA:
    case KEY_RIGHTMETA:
      keys->controls = (guint8) CLAMP (keys->controls + (event->value == KEY_PRESSED ? 1 : -1), 0, 6);
      return SL_LINE_MORE;
    default:
      break;
    }
  if (event->value != KEY_PRESSED || keys->controls > 0)
    return SL_LINE_MORE;
  if (event->code == KEY_ENTER || event->code == KEY_KPENTER)
    return sl_lines_push (&keys->lines, '\n');
  character = event->code < G_N_ELEMENTS (layout) ? layout[event->code][keys->shifts > 0 ? 1 : 0] : '\0';
  return character != '\0' ? sl_lines_push (&keys->lines, character) : SL_LINE_MORE;
}
