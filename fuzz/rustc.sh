#!/bin/sh
# Cargo's RUSTC_WORKSPACE_WRAPPER for `cargo xtask fuzz`: compiles the workspace's own crates with the
# coverage counters libFuzzer reads, on the stable compiler. Dependencies stay as they were built.
rustc=$1
shift
crate=
previous=
for argument; do
    [ "$previous" != --crate-name ] || crate=$argument
    previous=$argument
done
case $crate in
fuzz | protocol | sealed | sfu | srtp | testkit) ;;
*) exec "$rustc" "$@" ;; # build scripts, and what is built beside the targets
esac
exec "$rustc" "$@" --cfg fuzzing -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares
