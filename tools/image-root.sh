#!/bin/sh
# The files under an image of ours: Node, the libraries it names, the rest of the C library, an init, certificate roots, one user. No shell, no npm.
# usage: image-root.sh FOLDER NODE TINI   (NODE and TINI: full paths; the Dockerfile and the e2e cluster both run this)
set -eu
folder=$1 node=$2 tini=$3

mkdir -p "$folder/usr/local/bin" "$folder/usr/bin" "$folder/etc/ssl/certs" "$folder/app" "$folder/home/nonroot"
install -m 755 "$node" "$folder/usr/local/bin/node"
if command -v strip >/dev/null; then strip "$folder/usr/local/bin/node"; fi
install -m 755 "$tini" "$folder/usr/bin/tini"

# ldd prints "name => /path (address)" and, for the loader, "/path (address)".
ldd "$node" | grep -o '/[^ ]*' | sort -u | while read -r library; do
  mkdir -p "$folder$(dirname "$library")"
  cp -L "$library" "$folder$library"
done
# Parts of the C library that Node does not name, and compiled addons of packages do.
libraries=$(dirname "$(ldd "$node" | grep -o '/[^ ]*/libc\.so\.6')")
for part in libresolv.so.2 librt.so.1 libutil.so.1; do cp -L "$libraries/$part" "$folder$libraries/"; done

cp -L /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/"
echo 'hosts: files dns' > "$folder/etc/nsswitch.conf"
printf 'root:x:0:0:root:/:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n' > "$folder/etc/passwd"
printf 'root:x:0:\nnonroot:x:65532:\n' > "$folder/etc/group"
chown 65532:65532 "$folder/home/nonroot"
mkdir -p "$folder/tmp"
chmod 1777 "$folder/tmp"
