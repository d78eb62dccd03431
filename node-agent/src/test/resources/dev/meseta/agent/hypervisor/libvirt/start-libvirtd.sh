#!/bin/sh
# Becomes the libvirtd of one private host: start-libvirtd.sh FOLDER HOSTNAME
# Runs inside mount, network and UTS namespaces of its own.
set -eu
folder=$1
name=$2
mount --make-rprivate /
hostname "$name"
mount --bind "$folder/run" /run
mount --bind "$folder/etc" /etc/libvirt
mount --bind "$folder/lib" /var/lib/libvirt
mount --bind "$folder/log" /var/log/libvirt
mount --bind "$folder/cache" /var/cache/libvirt
if [ -e "$folder/kvm" ]; then
    mount --bind "$folder/kvm" /dev/kvm
fi
exec libvirtd --config /etc/libvirt/libvirtd.conf
