#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# What paths are. Used by programs that look and, right before a change, by programs that change.
# All names start with b_ or baton_, because commands of users run in subshells of these programs.
b_newline='
'
# The fields of a state, with tabs between them: raw mode, mode, user, group, size, identity, time of change, names.
b_fields='%f	%a	%u	%g	%s	%d:%i	%z	%U	%G'

# A line per path that is there, in their order, in b_lines.
baton_stat() {
    while :; do
        case ${b_stat=gnu} in
        gnu) b_lines=$(TZ=UTC0 LC_ALL=C stat -c "$b_fields" -- "$@" 2>/dev/null) ;;
        bsd) b_lines=$(LC_ALL=C stat -f '%Xp	%Mp%03Lp	%u	%g	%z	%d:%i	%Fc	%Su	%Sg' -- "$@" 2>/dev/null) ;;
        *) b_lines=$(baton_list "$@") ;;
        esac
        [ -z "$b_lines" ] || return
        # Either they are all gone, or this is not the right way to ask.
        case $b_stat in
        gnu) if stat -c %f / >/dev/null 2>&1; then return; else b_stat=bsd; fi ;;
        bsd) if stat -f %Xp / >/dev/null 2>&1; then return; else b_stat=list; fi ;;
        *) return ;;
        esac
    done
}

# The same from `ls`, which every host has; names of users and groups are left out.
baton_list() {
    for b_path; do
        b_line=$(TZ=UTC0 LC_ALL=C ls -ldin -- "$b_path" 2>/dev/null) || continue
        b_line=${b_line%%"$b_newline"*}
        set -f
        # shellcheck disable=SC2086
        set -- $b_line
        set +f
        b_raw=8 b_mode=0 b_rest=${2#?} b_size=$6 b_time="$7 $8 $9"
        case $2 in
        d*) b_raw=4 ;; l*) b_raw=a ;; p*) b_raw=1 ;; s*) b_raw=c ;;
        # A device has two numbers where others have their size.
        c*) b_raw=2 b_size=0 b_time= ;; b*) b_raw=6 b_size=0 b_time= ;;
        esac
        for b_bit in 256 128 64 32 16 8 4 2 1; do
            case $b_rest in [rwxst]*) b_mode=$((b_mode + b_bit)) ;; esac
            case $b_bit$b_rest in
            64[sS]*) b_mode=$((b_mode + 2048)) ;; 8[sS]*) b_mode=$((b_mode + 1024)) ;; 1[tT]*) b_mode=$((b_mode + 512)) ;;
            esac
            b_rest=${b_rest#?}
        done
        printf '%s\t%o\t%s\t%s\t%s\t%s\t%s\t\t\n' "${b_raw}000" "$b_mode" "$4" "$5" "$b_size" "$1" "$b_time"
    done
}

# Which program adds up files, if any.
baton_summer() {
    if [ -n "${b_summer-}" ]; then return; fi
    if command -v sha256sum >/dev/null 2>&1; then
        b_summer=sha256sum
    elif command -v shasum >/dev/null 2>&1; then
        b_summer='shasum -a 256'
    elif command -v openssl >/dev/null 2>&1; then
        b_summer='openssl dgst -sha256 -r'
    else
        b_summer=none
    fi
}

# The sum of one file in b_sum; empty where it cannot be read.
baton_sum() {
    baton_summer
    b_sum=
    [ "$b_summer" = none ] || b_sum=$($b_summer 2>/dev/null <"$1") 2>/dev/null
    b_sum=${b_sum%% *}
}

# Whether a path that does not seem to be there is really missing, rather than out of sight.
baton_missing() {
    b_above=$1
    while :; do
        case $b_above in /*/*) b_above=${b_above%/*} ;; *) return 0 ;; esac
        if [ -d "$b_above" ]; then
            [ -x "$b_above" ]
            return
        fi
    done
}

# The target of a link, whatever bytes it has, in b_target.
baton_target() {
    if command -v readlink >/dev/null 2>&1; then
        b_target=$(readlink -n -- "$1" 2>/dev/null; echo .)
        b_target=${b_target%.}
    else
        b_target=$(LC_ALL=C ls -ld -- "$1" 2>/dev/null; echo .)
        b_target=${b_target%"$b_newline".}
        b_target=${b_target#*"$1 -> "}
    fi
}

# baton_see WANTS PATH...: leaves in b_seen_1, b_seen_2 and so on what each path is, as one line that can be compared
# later; in b_sum_N its sum and in b_names_N its owner's names. WANTS has a word per path: whether its sum is wanted
# (`-` never, `+` always, a number: only with that size). Small files are summed in any case but `-`: their line then says
# what is in them, and not when they were written.
baton_see() {
    b_wants=$1
    shift
    b_there=0 b_kinds=
    for b_path; do
        if [ -h "$b_path" ] || [ -e "$b_path" ]; then
            b_kinds="$b_kinds p" b_there=$((b_there + 1))
        elif baton_missing "$b_path"; then
            b_kinds="$b_kinds m"
        else
            b_kinds="$b_kinds u"
        fi
    done
    b_lines=
    if [ "$b_there" -gt 0 ]; then
        baton_stat "$@"
        baton_count "$b_lines"
        [ "$b_count" -eq "$b_there" ] || b_there=alone
    fi
    b_number=0 b_batch=
    for b_path; do
        b_number=$((b_number + 1))
        b_kinds=${b_kinds# } b_want=${b_wants%% *} b_wants=${b_wants#* }
        b_kind=${b_kinds%% *} b_kinds=${b_kinds#* }
        case $b_kind in
        m) b_line= ;;
        u) b_line=unseen ;;
        # One of them came or went in between: each is asked for by itself.
        *)
            if [ "$b_there" = alone ]; then
                baton_stat "$b_path"
                b_line=$b_lines
            else
                b_line=${b_lines%%"$b_newline"*} b_lines=${b_lines#*"$b_newline"}
            fi
            ;;
        esac
        baton_tell
    done
    [ -n "$b_batch" ] || return 0
    b_arguments=
    for b_number in $b_batch; do b_arguments="$b_arguments \"\${$b_number}\""; done
    # One process for all of them.
    eval "b_lines=\$(\$b_summer $b_arguments 2>/dev/null)"
    baton_count "$b_lines"
    b_rest=$b_lines b_many=$b_count
    # shellcheck disable=SC2086
    baton_words $b_batch
    for b_number in $b_batch; do
        if [ "$b_count" -eq "$b_many" ]; then
            b_sum=${b_rest%% *} b_rest=${b_rest#*"$b_newline"}
        else
            eval "b_path=\${$b_number}"
            baton_sum "$b_path"
        fi
        eval "b_state=\$b_seen_$b_number"
        baton_summed
        eval "b_seen_$b_number=\$b_state b_sum_$b_number=\$b_sum"
    done
}

baton_words() { b_count=$#; }

# Completes b_state, the state of a file, with b_sum.
baton_summed() {
    [ -n "$b_sum" ] || b_sum=unreadable
    case $b_state in *' at '*) ;; *) b_state="$b_state sha256 $b_sum" ;; esac
}

# How many lines a text has, in b_count.
baton_count() {
    b_count=0 b_rest=$1
    while [ -n "$b_rest" ]; do
        b_count=$((b_count + 1))
        case $b_rest in *"$b_newline"*) b_rest=${b_rest#*"$b_newline"} ;; *) b_rest= ;; esac
    done
}

# The fields of b_line.
baton_split() {
    b_tab='	'
    b_raw=${b_line%%"$b_tab"*} b_line=${b_line#*"$b_tab"}
    b_mode=${b_line%%"$b_tab"*} b_line=${b_line#*"$b_tab"}
    b_user=${b_line%%"$b_tab"*} b_line=${b_line#*"$b_tab"}
    b_group=${b_line%%"$b_tab"*} b_line=${b_line#*"$b_tab"}
    b_size=${b_line%%"$b_tab"*} b_line=${b_line#*"$b_tab"}
    b_identity=${b_line%%"$b_tab"*} b_line=${b_line#*"$b_tab"}
    b_time=${b_line%%"$b_tab"*} b_names=${b_line#*"$b_tab"}
    # Written with and without a zero in front.
    case $b_mode in 0?*) b_mode=${b_mode#0} ;; esac
}

# Turns b_line, the state of b_path, into b_seen_N and the others.
baton_tell() {
    b_sum=- b_names=
    case $b_line in
    '') b_state=missing ;;
    unseen) b_state=unseen ;;
    *)
        baton_split
        b_state="$b_mode $b_user $b_group"
        case $b_raw in
        8*)
            b_state="file $b_state $b_size"
            case $b_want in
            -) b_want= ;;
            +) b_want=yes ;;
            *) if [ "$b_size" -le 1048576 ] || [ "$b_want" = "$b_size" ]; then b_want=yes; else b_want=; fi ;;
            esac
            # The sum stands for the content of a small file, identity and time for that of a large one: nobody wants
            # to read it again right before a change.
            if [ "$b_size" -gt 1048576 ] || [ -z "$b_want" ]; then b_state="$b_state at $b_identity $b_time"; fi
            if [ -n "$b_want" ]; then
                baton_summer
                case $b_summer$b_path in
                none*)
                    b_sum=none
                    baton_summed
                    ;;
                # The programs disagree about how such names are printed.
                *[[:cntrl:]]* | *\\*)
                    baton_sum "$b_path"
                    baton_summed
                    ;;
                *) b_batch="$b_batch $b_number" ;;
                esac
            fi
            ;;
        4*) b_state="directory $b_state" ;;
        a*)
            baton_target "$b_path"
            b_state="link $b_user $b_group $b_target"
            ;;
        *) b_state="other $b_raw $b_state $b_identity" ;;
        esac
        ;;
    esac
    eval "b_seen_$b_number=\$b_state b_sum_$b_number=\$b_sum b_names_$b_number=\$b_names"
}
