#!/bin/sh
# guard.sh COMMAND [ARGUMENT...]
#
# Runs a command that must not outlive the process that asked for it, not even when that one is killed with -9:
# the command gets a process group of its own, and when our standard input ends (the other end is held by nobody
# but our parent) the whole group is killed, with whatever the command has started.
# The environment is emptied: a stray NO_PROXY or LD_PRELOAD of the worker must not reach a tool that reads
# untrusted media, and no secret of the worker does either.
[ "$GUARDED" = 1 ] || exec env -i GUARDED=1 PATH="$PATH" HOME=/nonexistent LANG=C.UTF-8 TMPDIR="${TMPDIR:-${TMP:-${TEMP:-/tmp}}}" setsid sh "$0" "$@"
unset GUARDED

exec 3<&0 </dev/null
# A handler, unlike an ignored signal, is not inherited: the group's TERM ends the command, and we report it.
# It stands before the command: a TERM that follows the command's first words must find it.
trap : TERM INT HUP
"$@" 3<&- &
command=$!
# Ignores the polite signals, so that it is there until the end; `read` comes back when the parent is gone.
(trap '' TERM INT HUP; while read -r _; do :; done <&3; kill -KILL 0) >/dev/null 2>&1 &
watcher=$!
while :; do
  wait "$command"
  code=$?
  kill -0 "$command" 2>/dev/null || break
done
kill -KILL "$watcher"
# Nobody is left when we are gone.
wait "$watcher" 2>/dev/null
exit "$code"
