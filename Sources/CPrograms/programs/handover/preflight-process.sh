#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# What the kernel shows of the processes of a service.

# baton_pf_process ROLE PID: `process ROLE PID START PARENT UID GID` and what goes with it.
baton_pf_process() {
    baton_identity "$2" || return 1
    b_pf_start=$b_s_start b_pf_stack=$b_s_stack b_pf_parent=$b_s_parent
    b_pf_real_gid=
    {
        while read -r b_field b_real b_pf_effective _; do
            case $b_field in Uid:) b_uid=$b_pf_effective ;; Gid:) b_pf_real_gid=$b_pf_effective && break ;; esac
        done <"$b_proc/$2/status"
    } 2>/dev/null
    [ -n "$b_uid" ] && [ -n "$b_pf_real_gid" ] || return 1
    baton_pf_say process "$1 $2 $b_pf_start $b_pf_parent $b_uid $b_pf_real_gid"
    # Its user, where the caller knows none.
    if [ -z "$b_pf_uid" ]; then b_pf_uid=$b_uid b_pf_gid=$b_pf_real_gid; fi
    { tr '\000' '\n' <"$b_proc/$2/cmdline" | head -c 16384 | baton_pf_lines argument 200; } 2>/dev/null
    b_pf_folder=$(readlink -- "$b_proc/$2/cwd" 2>/dev/null)
    baton_pf_say directory "$b_pf_folder"
    b_pf_exe=$(readlink -- "$b_proc/$2/exe" 2>/dev/null)
    baton_pf_say executable "$b_pf_exe"
    # With what it would start itself again, if its arguments still say so.
    { IFS= read -r b_pf_first <"$b_proc/$2/cmdline" || [ -n "$b_pf_first" ]; } 2>/dev/null
    b_pf_first=$({ tr '\000' '\n' <"$b_proc/$2/cmdline" | head -n 1; } 2>/dev/null)
    case $b_pf_first in
    /*) if [ -x "$b_pf_first" ] && [ -f "$b_pf_first" ]; then echo 'starts yes'; else echo 'starts no'; fi ;;
    esac
    baton_pf_mapped "$2"
    b_pf_weight=0
    if baton_pf_pss "$2"; then
        baton_pf_say memory "$b_pf_pss"
    fi
}

# Of which releases it has code in memory, and what else there is that says who it is: `mapped PATH`.
baton_pf_mapped() {
    b_pf_last='' b_pf_most=40
    { sed -n 's|^[^/]*\(/.*\)$|\1|p' "$b_proc/$1/maps" | sort -u | head -n 4000; } 2>/dev/null |
        while IFS= read -r b_pf_line; do
            case $b_pf_line in
            "${b_pf_real:-/nowhere}/releases/"*)
                b_pf_id=${b_pf_line#"$b_pf_real/releases/"}
                b_pf_id=${b_pf_id%%/*}
                # One of each release will do.
                if [ "$b_pf_id" = "$b_pf_last" ]; then continue; fi
                b_pf_last=$b_pf_id
                ;;
            */unicorn_http.*) ;;
            *) continue ;;
            esac
            [ "$b_pf_most" -gt 0 ] || break
            b_pf_most=$((b_pf_most - 1))
            baton_pf_say mapped "$b_pf_line"
        done
}

# The memory that a process has, its part of what is shared, in b_pf_pss as kilobytes.
baton_pf_pss() {
    b_pf_pss=
    {
        while read -r b_field b_pf_value _; do
            if [ "$b_field" = Pss: ]; then
                b_pf_pss=$b_pf_value
                return
            fi
        done <"$b_proc/$1/smaps_rollup"
    } 2>/dev/null
    return 1
}

# `limit files SOFT HARD`, of what a definition can say.
baton_pf_limits() {
    {
        while IFS= read -r b_pf_line; do
            case $b_pf_line in
            'Max open files '*) b_pf_word=files b_pf_line=${b_pf_line#'Max open files '} ;;
            'Max processes '*) b_pf_word=processes b_pf_line=${b_pf_line#'Max processes '} ;;
            'Max core file size '*) b_pf_word=core b_pf_line=${b_pf_line#'Max core file size '} ;;
            *) continue ;;
            esac
            # shellcheck disable=SC2086
            set -- $b_pf_line
            baton_pf_say limit "$b_pf_word ${1-} ${2-}"
        done <"$b_proc/$1/limits"
    } 2>/dev/null
}

# Its environment as it was born with. Only two of its variables are told, and of those that the definition has, the names
# of those that it was not born with: values may be secrets.
baton_pf_environment() {
    b_pf_have=$({ tr '\n\000' '\001\n' <"$b_proc/$1/environ" | head -c 131072; } 2>/dev/null)
    # Servers that give themselves a title may have written over it.
    case $b_newline$b_pf_have in
    *"${b_newline}PATH="* | *"${b_newline}HOME="* | *"${b_newline}PWD="*) ;;
    *)
        echo 'environment unknown'
        return
        ;;
    esac
    echo 'environment known'
    b_pf_rest=$b_newline$b_pf_have$b_newline
    case $b_pf_rest in
    *"${b_newline}PWD="*)
        b_pf_value=${b_pf_rest#*"${b_newline}PWD="}
        b_pf_value=${b_pf_value%%"$b_newline"*}
        baton_pf_say pwd "$b_pf_value"
        # It counts only where it names the directory that it began in.
        case $b_pf_value in
        /*) if [ -d "$b_pf_value/" ]; then baton_pf_say pwd_real "$(CDPATH='' cd -P -- "$b_pf_value/" 2>/dev/null && pwd -P)"; fi ;;
        esac
        ;;
    esac
    case $b_pf_rest in
    *"${b_newline}GUNICORN_CMD_ARGS="*)
        b_pf_value=${b_pf_rest#*"${b_newline}GUNICORN_CMD_ARGS="}
        baton_pf_say options "${b_pf_value%%"$b_newline"*}"
        ;;
    esac
    b_pf_variables baton_pf_variable
}

# baton_pf_variable NAME VALUE: builtins only, so that no list of processes shows it.
baton_pf_variable() {
    # Line ends were turned into something else above.
    case $2 in *"$b_newline"*) return 0 ;; esac
    case $b_pf_rest in
    *"$b_newline$1=$2$b_newline"*) ;;
    *"$b_newline$1="*) baton_pf_say differs "$1" ;;
    *) baton_pf_say lacks "$1" ;;
    esac
}

# `child PID START KILOBYTES TITLE` and, for those that are another program by now, `other PID START TITLE`; a second master is
# one of them, and described like the first.
baton_pf_children() {
    baton_kids "$1" "$b_pf_stack" ''
    b_pf_kids=$b_kids b_pf_others=$b_kids_other b_pf_most=300
    for b_pf_one in $b_pf_kids; do
        [ "$b_pf_most" -gt 0 ] || break
        b_pf_most=$((b_pf_most - 1))
        baton_title "${b_pf_one%.*}"
        baton_pf_pss "${b_pf_one%.*}"
        baton_pf_say child "${b_pf_one%.*} ${b_pf_one#*.} ${b_pf_pss:-0} $b_title"
    done
    b_pf_most=20
    for b_pf_one in $b_pf_others; do
        [ "$b_pf_most" -gt 0 ] || break
        b_pf_most=$((b_pf_most - 1))
        baton_title "${b_pf_one%.*}"
        baton_pf_say other "${b_pf_one%.*} ${b_pf_one#*.} $b_title"
    done
}

# Where it listens: `listen tcp ADDRESS:PORT` as the kernel writes that, `listen unix PATH`.
baton_pf_listening() {
    b_pf_sockets=' ' b_pf_most=400
    for b_pf_path in "$b_proc/$1"/fd/*; do
        [ "$b_pf_most" -gt 0 ] || break
        b_pf_most=$((b_pf_most - 1))
        b_pf_value=$(readlink -- "$b_pf_path" 2>/dev/null)
        case $b_pf_value in 'socket:['*) b_pf_value=${b_pf_value#'socket:['} b_pf_sockets="$b_pf_sockets${b_pf_value%]} " ;; esac
    done
    [ "$b_pf_sockets" != ' ' ] || return 0
    for b_pf_family in tcp tcp6; do
        { grep -e '^ *[0-9]*: [0-9A-F]*:[0-9A-F]* [0-9A-F:]* 0A ' "$b_proc/$1/net/$b_pf_family" | head -n 2000; } 2>/dev/null |
            while read -r _ b_pf_value _ _ _ _ _ _ _ b_pf_inode _; do
                case $b_pf_sockets in *" $b_pf_inode "*) baton_pf_say listen "$b_pf_family $b_pf_value" ;; esac
            done
    done
    # The flag of a socket that listens.
    { grep -e '^[0-9a-f]*: [0-9A-F]* [0-9A-F]* 00010000 ' "$b_proc/$1/net/unix" | head -n 2000; } 2>/dev/null |
        while read -r _ _ _ _ _ _ b_pf_inode b_pf_value; do
            case $b_pf_sockets in *" $b_pf_inode "*) baton_pf_say listen "unix $b_pf_value" ;; esac
        done
}
