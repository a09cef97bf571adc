# Sourced by start.sh and sentinel.sh. Redis and Sentinel look a name up anew each second while its server is away, and
# stand still until that is answered. A container that has ended has no name any more, and whoever Docker asks then may take
# seconds to say so: after two Sentinel goes into TILT and replaces nobody. So each name is kept in /etc/hosts as it was last.
keep_names() {
  while true; do
    for name in redis redis-replica redis-sentinel-1 redis-sentinel-2 redis-sentinel-3; do
      [ "$name" != "$(hostname)" ] || continue
      # From the network, not from the file; and not by "sed -i", as Docker mounts the file itself.
      address=$(timeout 2 getent -s hosts:dns ahostsv4 "$name" | head -n 1 | cut -d ' ' -f 1) || continue
      [ -n "$address" ] || continue
      if ! grep -qxF "$address $name" /etc/hosts; then
        kept=$(grep -v " $name\$" /etc/hosts)
        printf '%s\n%s %s\n' "$kept" "$address" "$name" >/etc/hosts
      fi
    done
    sleep 1
  done
}
