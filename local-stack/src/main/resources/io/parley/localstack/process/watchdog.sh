# Ends the processes of a JVM that is gone. Reads "+ SIGNAL PID" and "- SIGNAL PID" until the pipe from the
# JVM closes; then each process group left gets its signal, and SIGKILL five seconds later.
trap '' INT TERM HUP
left=
while read -r sign signal pid; do
  case $sign in
    +) left="$left $signal:$pid" ;;
    -)
      kept=
      for entry in $left; do
        [ "$entry" = "$signal:$pid" ] || kept="$kept $entry"
      done
      left=$kept
      ;;
  esac
done
for entry in $left; do
  kill -s "${entry%%:*}" -- "-${entry#*:}"
done
tenths=0
while [ "$tenths" -lt 50 ]; do
  alive=
  for entry in $left; do
    kill -s 0 -- "-${entry#*:}" && alive=yes
  done
  [ -n "$alive" ] || exit 0
  sleep 0.1
  tenths=$((tenths + 1))
done
for entry in $left; do
  kill -s KILL -- "-${entry#*:}"
done
