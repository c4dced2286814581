#!/bin/sh
# Makes this device a screen: Debian 12 or newer, Raspberry Pi OS. It may run again; --dry-run only prints the steps.
#
#   sudo deploy/kiosk-install.sh https://bangtin.example.vn/screen [--user NAME] [--dry-run]
#
# It installs a Wayland compositor (sway) that shows nothing but Chromium, the guard, and a user of their own; an
# installed desktop is no longer started. The hardware's watchdog reboots the machine when it hangs. Nothing listens on
# the network.
set -eu

ADDRESS=""
UNIT="/etc/systemd/system/bangtin-screen.service"
# A second installation keeps the user, whose browser stores the screen's key. "bangtin" is the server's user.
NAME=$(sed -n 's/^User=//p' "$UNIT" 2>/dev/null || true)
NAME="${NAME:-bangtin-screen}"
DRY=""
TARGET="/opt/bangtin-screen"
HERE=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)

usage() {
  echo "usage: $0 https://SERVER/screen [--user NAME] [--dry-run]" >&2
  exit 2
}

while [ $# -gt 0 ]; do
  case "$1" in
    --dry-run) DRY=1 ;;
    --user)
      [ $# -ge 2 ] || usage
      NAME="$2"
      shift
      ;;
    http://* | https://*) ADDRESS="$1" ;;
    *) usage ;;
  esac
  shift
done
[ -n "$ADDRESS" ] || usage
case "$NAME" in *[!a-z0-9-]* | "" | -*) echo "a user's name has a-z, 0-9 and hyphens: $NAME" >&2; exit 2 ;; esac
case "$ADDRESS" in *[!A-Za-z0-9:/._~%-]*) echo "not an address: $ADDRESS" >&2; exit 2 ;; esac
# Scheme, host and port: all that the browser may open.
ORIGIN=$(printf '%s' "$ADDRESS" | sed -E 's#^(https?://[^/]+).*#\1#')
if [ -z "$DRY" ] && [ "$(id -u)" -ne 0 ]; then
  echo "Run it as root: sudo $0 $ADDRESS" >&2
  exit 1
fi
command -v apt-get >/dev/null 2>&1 || { echo "This is neither Debian nor Raspberry Pi OS: no apt-get" >&2; exit 1; }

# Prints a command and, without --dry-run, runs it.
do_it() {
  echo "+ $*"
  [ -n "$DRY" ] || "$@"
}

# Writes standard input to a file where it differs.
write() {
  text=$(cat)
  if [ -f "$1" ] && [ "$(cat "$1")" = "$text" ]; then
    echo "= $1"
    return
  fi
  echo "+ write $1"
  [ -n "$DRY" ] && return
  mkdir -p "$(dirname "$1")"
  printf '%s\n' "$text" >"$1"
}

missing=""
for package in sway seatd chromium python3 python3-websocket wlr-randr cec-utils fonts-noto-core; do
  dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
done
if [ -n "$missing" ]; then
  do_it apt-get update -q
  # shellcheck disable=SC2086 # several names
  do_it env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
fi

id "$NAME" >/dev/null 2>&1 || do_it useradd --create-home --shell /bin/bash "$NAME"
for group in video render input audio; do
  if getent group "$group" >/dev/null && ! id -nG "$NAME" 2>/dev/null | grep -qw "$group"; then
    do_it usermod -aG "$group" "$NAME"
  fi
done

do_it mkdir -p "$TARGET/display/guard"
for file in display/__init__.py $(cd "$HERE" && echo display/guard/*.py); do
  do_it install -m 644 "$HERE/$file" "$TARGET/$file"
done

# No bars and no borders, not even for errors: one window on whatever outputs there are, also when none is left for a
# while (switching a television off removes its output). When the guard ends, sway ends and systemd restarts both.
write "$TARGET/sway.conf" <<CONF
xwayland disable
default_border none
swaynag_command -
focus_on_window_activation focus
seat * hide_cursor 1000
for_window [app_id=".*"] fullscreen enable
# Whoever plugs in a keyboard or a mouse reaches neither the browser's keys nor its menus.
input type:keyboard events disabled
input type:pointer events disabled
input type:touchpad events disabled
input type:touch events disabled
input type:tablet_tool events disabled
exec sh -c '/usr/bin/python3 $TARGET/display/guard/guard.py $ADDRESS --flag=--ozone-platform=wayland; swaymsg exit'
CONF

# One unit and one control group, no login session: systemd would not accept the guard's watchdog messages from a
# session of its own (PAMName=). The network is not waited for: the screen shows what it has stored.
write "$UNIT" <<UNIT
[Unit]
Description=Bang Tin, this screen: a kiosk and its guard
After=systemd-user-sessions.service seatd.service getty@tty1.service display-manager.service
Wants=seatd.service
Conflicts=getty@tty1.service display-manager.service
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=all
User=$NAME
RuntimeDirectory=bangtin-screen
RuntimeDirectoryMode=0700
Environment=XDG_RUNTIME_DIR=/run/bangtin-screen LIBSEAT_BACKEND=seatd
ExecStart=/usr/bin/sway --config $TARGET/sway.conf
WatchdogSec=60
# The browser keeps its own sandbox, which needs namespaces. What is ended for want of memory is one process.
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=full
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectHostname=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
SystemCallArchitectures=native
MemoryMax=85%
OOMPolicy=continue
LimitCORE=0
UMask=0077
Restart=always
RestartSec=2
TimeoutStopSec=15

[Install]
WantedBy=multi-user.target
UNIT

# Nothing of the browser may cover the board: no offer to translate, no question, no sign-in. It opens the server's pages
# and nothing else: no developer tools (their window is a page, devtools://), no settings, no files, no other site; the
# data: page is the guard's, for a device that waits. DeveloperToolsAvailability=2 would shut out the guard as well,
# which drives the page by the same protocol over a pipe (Chromium 156: "Not allowed").
for folder in /etc/chromium /etc/chromium-browser; do
  write "$folder/policies/managed/bangtin-screen.json" <<POLICY
{
  "URLBlocklist": ["*", "chrome://*", "devtools://*", "view-source:*", "file://*"],
  "URLAllowlist": ["$ORIGIN", "data:*"],
  "AllowFileSelectionDialogs": false,
  "DownloadRestrictions": 3,
  "ExtensionInstallBlocklist": ["*"],
  "IncognitoModeAvailability": 1,
  "BrowserGuestModeEnabled": false,
  "BrowserAddPersonEnabled": false,
  "PrintingEnabled": false,
  "TranslateEnabled": false,
  "BrowserSignin": 0,
  "PasswordManagerEnabled": false,
  "AutofillAddressEnabled": false,
  "AutofillCreditCardEnabled": false,
  "DefaultNotificationsSetting": 2,
  "DefaultGeolocationSetting": 2,
  "PromotionalTabsEnabled": false,
  "MetricsReportingEnabled": false
}
POLICY
done

# Where the machine has a watchdog, systemd triggers it, so that a hung kernel reboots within 20 s.
write /etc/systemd/system.conf.d/bangtin-watchdog.conf <<'CONF'
[Manager]
RuntimeWatchdogSec=20
RebootWatchdogSec=2min
CONF

if [ -d /run/systemd/system ]; then
  do_it systemctl daemon-reload
  # Without a desktop, because two compositors cannot share the seat.
  do_it systemctl set-default multi-user.target
  do_it systemctl enable --now seatd.service
  do_it systemctl enable bangtin-screen.service
  # Restarted where it runs already, for the new guard and address.
  do_it systemctl restart bangtin-screen.service
else
  echo "systemd does not run here: the unit starts with the machine"
fi
echo "Done. The screen shows eight letters; type them at the desk, under Màn hình."
