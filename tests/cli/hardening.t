#!/bin/sh
# What the tools are built with: read from the binaries, not from the Makefile.
. "$(dirname "$0")/tap.sh"

# The last -O counts; the sanitizers do not go with _FORTIFY_SOURCE.
fortified=
case $(grep -o -e ' -O[0-9a-z]*' "$TW_BIN/flags" | tail -n 1) in
'' | ' -O0') ;;
*) [ "$TW_MODE" = san ] || fortified=1 ;;
esac

for file in "$TW_BIN"/tw-*; do
	[ -x "$file" ] || continue
	tool=${file##*/}
	elf=$(readelf -hlWd "$file")
	like "$elf" '^ *Type: *DYN' "$tool: its addresses are not known beforehand"
	like "$elf" 'Flags:.* PIE' "$tool: is an executable all the same"
	like "$elf" 'GNU_RELRO' "$tool: what the loader fills in is read-only"
	like "$elf" 'Flags: NOW' "$tool: all of it, before main()"
	like "$elf" 'GNU_STACK .* RW  *0x' "$tool: no code on the stack"
	is "$(echo "$elf" | grep -c -e ' RWE ')" 0 "$tool: nothing is written and run"
	symbols=$(readelf -sW --dyn-syms "$file")
	like "$symbols" '__stack_chk_fail' "$tool: the stack is guarded"
	[ -z "$fortified" ] ||
		like "$symbols" 'printf_chk' "$tool: libc looks at sizes"
done
is "$(grep -c -e '-fstack-protector-strong' "$TW_BIN/flags")" 1 "in every function with an array"

# CFLAGS, LDFLAGS and what the compiler is stay the user's.
unset MAKEFLAGS MFLAGS
made() {
	make -s -n -C "$root" B="$tmp/x" "$@" "$tmp/x/tw-chat" 2>&1
}
like "$(made LDFLAGS=-Wl,--as-needed CFLAGS='-O1 -Wno-vla')" \
	'-O1 -Wno-vla .* -pie .* -Wl,--as-needed -o' "flags of the user come last"
is "$(made CFLAGS=-O0 | grep -c _FORTIFY_SOURCE)" 0 "without optimisation libc would complain"
is "$(made CFLAGS='-O2 -D_FORTIFY_SOURCE=3' | grep -c _FORTIFY_SOURCE=2)" 0 \
	"another level is the user's"
is "$(made HARDEN= HARDEN_LD= | grep -c -e '-pie' -e stack-protector)" 0 "none of it, when asked"
done_testing
