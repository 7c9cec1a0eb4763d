#!/bin/sh
# apt-install.sh PACKAGE...   (as root)
#
# Installs Debian packages without starting the services in them: Debian asks /usr/sbin/policy-rc.d, if there is one.
# A policy of the machine's own stays as it is; ours is gone at the end, however this ends.
set -e
policy=/usr/sbin/policy-rc.d
mark='# made by the set-up of Clipferry, for as long as it runs'
if [ -e "$policy" ] && grep -qxF "$mark" "$policy"; then rm -f "$policy"; fi
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT TERM HUP
  printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >"$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
# A repository of somebody else that does not answer is no reason to give up: install says what is really missing.
apt-get update || :
apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=120 "$@"
