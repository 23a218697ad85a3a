# Shared by the scripts of this folder: saying what happens, and installing what is missing.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# With the time since the script began.
say() { printf '\n== %d:%02d %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$*"; }
fail() {
  printf '\n%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# Runs as root: as it is, or through sudo.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    fail "Debian packages are missing and installing them needs root: run this as root, or install sudo"
  fi
}

# What building needs, what the tests need besides, and what `scripts/test --all` needs besides.
packages_build=(g++ cmake ninja-build ccache lld pkg-config ca-certificates
  libboost1.81-dev libboost-json1.81-dev libssl-dev libsqlite3-dev libsodium-dev libfmt-dev
  libexpected-dev libtomlplusplus-dev libcli11-dev libpugixml-dev prometheus-cpp-dev zlib1g-dev
  libspdlog-dev libzip-dev libcurl4-openssl-dev curl)
packages_test=(chromium clang-19 clang-format libgtest-dev libgmock-dev openssl procps spin gcc libc6-dev
  php-cli php-curl)
packages_all=(libclang-rt-19-dev clang-tidy-19)
packages_bench=(postgresql-15 postgresql-client-15 time)

missing_packages() {
  local package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
      printf '%s\n' "$package"
  done
}

# install_packages PACKAGE...: installs those that are not there.
install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  say "Installing Debian packages: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq ||
    fail "apt-get update failed: is there a network, and do the package sources answer?"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >/dev/null ||
    fail "apt-get could not install: ${missing[*]}"
}

# A Node of 18 or newer with npm that is there is used, else Debian's is installed.
install_node() {
  local major=0
  if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1; then
    major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
  fi
  [ "$major" -ge 18 ] || install_packages nodejs npm
}

need_space() { # need_space MEGABYTES
  local free
  free=$(df -Pm "$root" | awk 'NR==2 {print $4}')
  [ "$free" -ge "$1" ] || fail "only $free MB are free in $root; this needs about $1 MB"
}

# build PRESET [TARGET...]
build() {
  local preset=$1
  shift
  say "Building ($preset)"
  (cd "$root" && cmake --preset "$preset" >"$root/build/$preset.configure.log" 2>&1) ||
    { tail -n 20 "$root/build/$preset.configure.log" >&2; fail "cmake could not configure"; }
  ninja -C "$root/build/$preset" "$@" || fail "the build failed"
}
