#!/bin/sh
# with-heartbeat NAME COMMAND [ARGUMENT...]: says when a command begins and how it ended. The exit code is the command's
# own, whatever becomes of the pings. OVERDUE_URL says where the gateway is; OVERDUE_TOKEN is the heartbeat's key.
set -u

if [ $# -lt 2 ]; then
    echo 'usage: with-heartbeat NAME COMMAND [ARGUMENT...]' >&2
    exit 2
fi
name=$1
shift
# Tells overlapping runs apart.
query=$(cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen 2>/dev/null)
query=${query:+?rid=$query}
url=${OVERDUE_URL:-http://127.0.0.1:8080}/ping/$name

ping() {
    event=$1
    shift
    # The key takes the way of standard input: arguments are seen by everybody on the machine.
    { [ -z "${OVERDUE_TOKEN:-}" ] || printf 'header = "Authorization: Bearer %s"\n' "$OVERDUE_TOKEN"; } |
        curl -fsS -o /dev/null -m 10 "$@" -K - "$url/$event$query"
}

# The command does not wait for a gateway that is away; its end is worth some tries.
ping start
# In the background, so that a signal can be handed on at once. There, a shell would take away its input and its SIGINT.
child=
trap '[ -z "$child" ] || kill -TERM "$child" 2>/dev/null' TERM INT HUP
exec 3<&0
"$@" <&3 3<&- &
child=$!
wait "$child"
code=$?
# A signal ends the waiting before the command has ended.
while kill -0 "$child" 2>/dev/null; do
    wait "$child"
    code=$?
done
ping "$code" --retry 5 --retry-connrefused
exit "$code"
