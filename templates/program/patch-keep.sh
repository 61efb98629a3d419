# FOLDER NAME=VERSION…: the packages as they are now, for going back. Prints the names it could keep.
set -eu
folder=$1
shift
mkdir -p -m 700 /var/lib/selfhelp/patch
rm -rf "$folder"
mkdir -m 700 "$folder"
cd "$folder"
for package do
  mkdir .one
  if (cd .one && apt-get -qq -o APT::Sandbox::User=root download "$package") >/dev/null 2>&1; then
    mv .one/*.deb .
    echo "${package%%=*}"
  else
    find /var/cache/apt/archives -maxdepth 1 -name "${package%%=*}_*.deb" | while read -r file; do
      [ "$(dpkg-deb -f "$file" Version)" = "${package#*=}" ] || continue
      cp "$file" . && echo "${package%%=*}"
    done
  fi
  rm -rf .one
done
