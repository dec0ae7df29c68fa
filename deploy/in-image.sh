#!/bin/sh
# Runs the image's strata as a container does: as its user, on a read-only root that holds nothing but the image, with no
# more than /tmp to write to. STRATA_IMAGE_ROOT is the unpacked image. It needs to be root itself, but no container engine
# that can run here, and it stays one process, so that signals reach the server.
#
#   STRATA_EXECUTABLE=$PWD/deploy/in-image.sh STRATA_IMAGE_ROOT=$PWD/.build/image swift test --filter EndToEndTests
#
# The folder it is started in must be /tmp or below, and what is below is given to that user.
set -eu
: "${STRATA_IMAGE_ROOT:?is the unpacked image}"
user=10001
case $PWD in
/tmp) ;;
/tmp/*) chown -R "$user:$user" . ;;
*)
    echo "in-image.sh: start it in /tmp or below, not in $PWD" >&2
    exit 64
    ;;
esac
exec unshare --mount --propagation private sh -euc '
    root=$0 user=$1
    shift
    mount --bind "$root" "$root"
    for place in tmp proc dev etc/hosts; do mount --rbind "/$place" "$root/$place"; done
    mount -o remount,bind,ro "$root"
    exec unshare --root "$root" --wd "$PWD" --setgid "$user" --setuid "$user" /usr/local/bin/strata "$@"
' "$STRATA_IMAGE_ROOT" "$user" "$@"
