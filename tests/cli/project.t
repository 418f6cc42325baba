#!/bin/sh
# What belongs to the project beside the tools: pages, completion, installing.
. "$(dirname "$0")/tap.sh"

out=$("$root/scripts/check-examples" "$TW_BIN" 2>&1)
is $? 0 "the examples in the pages run: $out"
out=$("$root/scripts/check-usage" "$TW_BIN" 2>&1)
is $? 0 "usage and SYNOPSIS are the same: $out"
out=$("$root/scripts/rehearse" "$TW_BIN" 2000 2>&1)
is "$? $out" "0 " "make pgo: what the tools rehearse goes well"

is "$(HOME=$tmp TW_CONF='' TW_DATA="$tmp/data" "$root/scripts/tw-crontab" |
	grep -c "^[^ ]* .* TW_DATA='$tmp/data' '")" 5 \
	"the crontab tells what only the environment knows"
is "$(HOME=$tmp TW_CONF='' TW_DATA='' XDG_DATA_HOME=$tmp/share "$root/scripts/tw-crontab" |
	grep -c " TW_DATA='$tmp/share/tw' '")" 5 \
	"also where it only says where the data of all programs lie"

# With it cd(1) says where it went, in the midst of what is to be a path.
for tool in tw-crontab tw-etl tw-forget tw-site tw-status tw-tidy tw-track tw-watch \
	tw-weekly; do
	is "$(cd "$root" && CDPATH=. "scripts/$tool" -V 2>&1 | cut -d ' ' -f 1)" \
		$tool "$tool: CDPATH is set"
done
like "$(cd "$root" && TW_CONF=/dev/null CDPATH=. scripts/tw-live -f /nonexistent 2>&1)" \
	'^tw-chat: ' "tw-live: CDPATH is set"

complete=$(bash -c '. "$1"; _tw tw-report h --format; echo "${COMPREPLY[*]}"
	_tw tw-agg --w ""; echo "${COMPREPLY[*]}"
	_tw tw-report Europe/Berl --tz; echo "${COMPREPLY[*]}"
	_tw tw-poll --on ""; echo "${COMPREPLY[*]}"
	cd "$2" && _tw tw-chat cli/d -o; echo "${COMPREPLY[*]}"' x \
	"$root/scripts/completion/tw.bash" "$root/tests")
is "$complete" "html
--window
Europe/Berlin
--once
cli/data" "bash completion"
reports=$(bash -c '. "$1"; COMP_CWORD=1; _tw tw-report hi tw-report
	echo "${COMPREPLY[*]}"' x "$root/scripts/completion/tw.bash")
is "$reports" history "bash completion of the reports"
zsh -n "$root/scripts/completion/_tw"
ok $? "zsh completion is zsh"
for tool in tw-chat tw-poll tw-parse tw-agg tw-load tw-report; do
	for option in $("$tool" -h | grep -o -e '^  --[a-z-]*' | tr -d ' '); do
		grep -q -e "$option" "$root/scripts/completion/tw.bash" &&
			grep -q -e "$option\\[" "$root/scripts/completion/_tw" &&
			grep -q "Fl -${option#--}" "$root/man/$tool.1"
		ok $? "$tool $option is in the page and in both completions"
	done
done

for tool in tw-crontab tw-etl tw-forget tw-status tw-tidy tw-track tw-watch tw-weekly; do
	for option in $("$root/scripts/$tool" -h | grep -o -e '^  --[a-z-]*' | tr -d ' '); do
		grep -q -e "$option" "$root/scripts/completion/tw.bash" &&
			grep -q -e "'$option\[" "$root/scripts/completion/_tw" &&
			grep -q "Fl -${option#--}" "$root/man/$tool.1"
		ok $? "$tool $option is in the page and in both completions"
	done
done
scripted=$(bash -c '. "$1"; _tw_script tw-weekly "" --format
	echo "${COMPREPLY[*]}"; _tw_script tw-etl --b tw-etl
	echo "${COMPREPLY[*]}"' x "$root/scripts/completion/tw.bash")
is "$scripted" "text csv json html
--backfill" "bash completion of scripts"
scripted=$(bash -c '. "$1"; COMP_WORDS=(tw-track -q r)
	_tw_script tw-track r -q; echo "${COMPREPLY[*]}"
	COMP_WORDS=(tw-track remove r); _tw_script tw-track r remove
	echo "${COMPREPLY[*]}"; _tw_script tw-crontab -q tw-crontab
	echo "${COMPREPLY[*]}"' x "$root/scripts/completion/tw.bash")
is "$scripted" "remove" "what fits in, and nothing else"

# With the flags of this build, or it would be made anew with others.
unset MAKEFLAGS MFLAGS
eval "set -- ${TW_MAKE:-}"
make -s -C "$root" "$@" DESTDIR="$tmp/dest" PREFIX=/usr install
is $? 0 "make install"
is "$("$tmp/dest/usr/bin/tw-parse" -V | cut -d' ' -f1)" tw-parse "the tools are there"
[ -e "$tmp/dest/usr/share/man/man5/tw-event.5" ] &&
	[ -e "$tmp/dest/usr/share/bash-completion/completions/tw-agg" ]
ok $? "and the pages and completions"
make -s -C "$root" "$@" DESTDIR="$tmp/dest" PREFIX=/usr uninstall
is "$(find "$tmp/dest" -type f) $(ls "$tmp/dest/usr/share")" " bash-completion
man
zsh" "make uninstall leaves nothing"
make -s -C "$root" "$@" PREFIX="$tmp/a b" install
[ -x "$tmp/a b/bin/tw-parse" ] && [ -e "$tmp/a b/share/tw/systemd/tw-chat.service" ]
ok $? "also where the path has a blank"
is "$(grep -l KillMode=process "$tmp/a b"/share/tw/systemd/*.service | tr '\n' '\0' |
	xargs -0 grep -c -e PrivateTmp=yes)" 0 \
	"what goes on behind a unit keeps its folder for temporary files"
make -s -C "$root" "$@" PREFIX="$tmp/a b" uninstall
is "$(find "$tmp/a b" -type f)" "" "and nothing is left there"

# As README.md has it, PREFIX=$HOME/.local: the data are in the same folder.
make -s -C "$root" "$@" PREFIX="$tmp/home/.local" install
mkdir -p "$tmp/home/.local/share/tw/raw/chat/kanal"
echo line >"$tmp/home/.local/share/tw/raw/chat/kanal/2026-11-09.log"
make -s -C "$root" "$@" PREFIX="$tmp/home/.local" uninstall
is "$(find "$tmp/home/.local" -type f)" \
	"$tmp/home/.local/share/tw/raw/chat/kanal/2026-11-09.log" \
	"what was collected outlives make uninstall"

# The whole chain, as the README has it.
"$TW_BIN/tests/gen" week "$tmp/raw"
like "$(tw-parse "$tmp"/raw/*/*/*.log | tw-agg | tw-report weekly --week 2026-W47)" \
	'^kanal_eins  *1,073  *1,019.2  *8  *2.25  *3  *7,592.6$' "the chain"
done_testing
