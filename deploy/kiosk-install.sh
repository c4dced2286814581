#!/bin/sh
# Makes a screen of this device: Debian 12 or newer, Raspberry Pi OS. Run it again at any time; --dry-run only says.
#
#   sudo deploy/kiosk-install.sh https://bangtin.example.vn/screen [--user NAME] [--dry-run]
#
# It installs a Wayland kiosk (cage), Chromium and the guard, logs a user of its own in on the first terminal, and
# lets the hardware's watchdog start the machine again when it hangs. Nothing listens on the network.
set -eu

ADDRESS=""
NAME="bangtin"
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
if [ -z "$DRY" ] && [ "$(id -u)" -ne 0 ]; then
  echo "Run it as root: sudo $0 $ADDRESS" >&2
  exit 1
fi
command -v apt-get >/dev/null 2>&1 || { echo "This is neither Debian nor Raspberry Pi OS: no apt-get" >&2; exit 1; }

# Says what it does, and does it unless asked only to say.
do_it() {
  echo "+ $*"
  [ -n "$DRY" ] || "$@"
}

# A file with this text, written only where it differs.
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
for package in cage chromium python3 python3-websocket wlr-randr cec-utils fonts-noto-core; do
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

do_it mkdir -p "$TARGET/display"
for file in __init__ guard patience chromium panel ear; do
  do_it install -m 644 "$HERE/display/$file.py" "$TARGET/display/$file.py"
done

# The kiosk's session is one program: the guard inside cage. systemd starts it again whatever happens to it.
write /etc/systemd/system/bangtin-screen.service <<UNIT
[Unit]
Description=Bang Tin, this screen: a kiosk and its guard
After=systemd-user-sessions.service network-online.target getty@tty1.service
Wants=network-online.target
Conflicts=getty@tty1.service

[Service]
Type=notify
NotifyAccess=all
User=$NAME
PAMName=login
TTYPath=/dev/tty1
StandardInput=tty
StandardOutput=journal
StandardError=journal
UtmpIdentifier=tty1
UtmpMode=user
ExecStart=/usr/bin/cage -d -- /usr/bin/python3 $TARGET/display/guard.py $ADDRESS --flag=--ozone-platform=wayland
WatchdogSec=60
Restart=always
RestartSec=2
TimeoutStopSec=15

[Install]
WantedBy=graphical.target
UNIT

# The machine itself: where it has a watchdog, systemd feeds it, and a hung kernel starts anew within 20 s.
write /etc/systemd/system.conf.d/bangtin-watchdog.conf <<'CONF'
[Manager]
RuntimeWatchdogSec=20
RebootWatchdogSec=2min
CONF

if [ -d /run/systemd/system ]; then
  do_it systemctl daemon-reload
  do_it systemctl set-default graphical.target
  do_it systemctl enable --now bangtin-screen.service
else
  echo "systemd does not run here: the unit starts with the machine"
fi
echo "Done. The screen shows eight letters; type them at the desk, under Màn hình."
