#!/bin/sh
# Whether something answers as it should, with whatever this host has for asking. Looks only.
#
# A call sets what is below, defines `check_wants` where something is sent, and names the rungs of its ladder, of which
# the first that can do it here counts: `baton_ask curl bash python3`. All that in a subshell.
#
# Status 0: as wanted. 1: not so, and a sentence on stderr says what came instead. 3: no rung can do it here. Prints
# `rung NAME`. What is sent may hold secrets: it goes through pipes that builtins fill, never into an argument list.
#
# A rung answers with statuses of curl's: 6 no such name, 7 no connection, 28 out of time, 35 no TLS, 60 not to be
# trusted; and 3 where it cannot do what is wanted at all.

# What is asked, in sentences; where it is; or the socket, which wins.
check_place='' check_host='' check_port='' check_socket=''
# `yes` or nothing.
check_tls='' check_verify=''
# How long it may take; the same in whole seconds, for `sleep`.
check_seconds=10 check_watch=10
# What is sent, and the same as curl's configuration. Nothing: it is enough to be let in.
check_request='' check_config=''
check_method=''

check_newline='
'
check_return=$(printf '\r')

# The lines of a request.
baton_ask_send() {
    check_request=
    for line; do check_request=$check_request$line$check_return$check_newline; done
    check_request=$check_request$check_return$check_newline
}

# Becomes a command, after printing its pid and that of the one who ends it when its time is over.
# shellcheck disable=SC2016
baton_ask_worker='
( trap "kill \$nap; exit" TERM; sleep "$1" & nap=$!; wait "$nap"; kill "$$" ) </dev/null >/dev/null 2>&1 &
echo "$$ $!"
shift
exec "$@"'

baton_ask_do() { sh -c "$baton_ask_worker" sh "$@"; }

baton_ask_by_curl() {
    command -v curl >/dev/null 2>&1 && [ -n "$check_config" ] || return 3
    printf '%s' "$check_config" 2>/dev/null | baton_ask_do "$((check_watch + 1))" curl -q -sS -K -
    set -- $?
    # An option or a protocol that this curl does not know.
    case $1:$check_tls in 1:yes | 2:* | 4:* | 48:* | 126:* | 127:*) return 3 ;; 51:*) return 60 ;; *) return "$1" ;; esac
}

# shellcheck disable=SC2016
baton_ask_by_bash() {
    command -v bash >/dev/null 2>&1 || return 3
    [ -z "$check_socket$check_tls" ] || return 3
    if [ -n "$check_request" ]; then set -- 'cat >&3; exec cat <&3'; else set -- :; fi
    printf '%s' "$check_request" 2>/dev/null | baton_ask_do "$check_watch" bash -c '
        { exec 3<>"/dev/tcp/$1/$2"; } 2>&1 || exit 7; '"$1" bash "$check_host" "$check_port"
}

baton_ask_by_python3() {
    command -v python3 >/dev/null 2>&1 || return 3
    printf '%s' "$check_request" 2>/dev/null | baton_ask_do "$((check_watch + 1))" python3 -I -c '
import socket, sys, time
host, port, path, tls, verify, limit = sys.argv[1:]
end = time.monotonic() + float(limit)
def left():
    rest = end - time.monotonic()
    if rest <= 0: raise socket.timeout()
    return rest
def fail(status, error):
    sys.stderr.write("%s\n" % (getattr(error, "strerror", None) or error))
    sys.stderr.flush()
    import os
    os._exit(status)
request = sys.stdin.buffer.read()
try:
    if path:
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(left())
        s.connect(path)
    else:
        s = socket.create_connection((host, int(port)), left())
    if tls:
        import ssl
        context = ssl.create_default_context()
        if not verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        s = context.wrap_socket(s, server_hostname=host)
    if request:
        s.sendall(request)
        room = 1 << 20
        while room > 0:
            s.settimeout(left())
            piece = s.recv(65536)
            if not piece: break
            room -= len(piece)
            sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
except ImportError as error: fail(3, error)
except socket.timeout as error: fail(28, error)
except socket.gaierror as error: fail(6, error)
except BrokenPipeError: fail(0, "")
except OSError as error:
    name = type(error).__name__
    if "Cert" in name: fail(60, getattr(error, "verify_message", None) or error)
    fail(35 if "SSL" in name else 7, error)
' "$check_host" "$check_port" "$check_socket" "$check_tls" "$check_verify" "$check_seconds"
    set -- $?
    case $1 in 126 | 127) return 3 ;; *) return "$1" ;; esac
}

# shellcheck disable=SC2016
baton_ask_by_perl() {
    command -v perl >/dev/null 2>&1 || return 3
    [ -z "$check_tls" ] || return 3
    printf '%s' "$check_request" 2>/dev/null | baton_ask_do "$((check_watch + 1))" perl -e '
BEGIN { eval { require Socket; Socket->import(qw(:DEFAULT getaddrinfo)); 1 } or exit 3 }
my ($host, $port, $path, $limit) = @ARGV;
sub leave { print STDERR "$_[1]\n"; exit $_[0] }
$SIG{ALRM} = sub { leave(28, "timed out") };
alarm($limit < 1 ? 1 : int($limit + 0.999));
my @places;
if ($path ne "") { @places = ({ family => AF_UNIX, addr => pack_sockaddr_un($path) }) }
else {
    my $problem;
    ($problem, @places) = getaddrinfo($host, $port, { socktype => SOCK_STREAM });
    leave(6, $problem) if $problem;
}
my $connected;
for my $place (@places) {
    next unless socket(S, $place->{family}, SOCK_STREAM, 0);
    if (connect(S, $place->{addr})) { $connected = 1; last }
}
leave(7, "$!") unless $connected;
my $request = do { local $/; <STDIN> };
exit 0 unless defined $request && length $request;
my $sent = 0;
while ($sent < length $request) {
    my $count = syswrite(S, $request, length($request) - $sent, $sent);
    leave(7, "$!") unless defined $count;
    $sent += $count;
}
my $room = 1 << 20;
while ($room > 0) {
    my $count = sysread(S, my $piece, 65536);
    leave(7, "$!") unless defined $count;
    last unless $count;
    $room -= $count;
    my $given = 0;
    while ($given < $count) {
        my $taken = syswrite(STDOUT, $piece, $count - $given, $given);
        exit 0 unless defined $taken;
        $given += $taken;
    }
}' "$check_host" "$check_port" "$check_socket" "$check_seconds"
    set -- $?
    case $1 in 126 | 127) return 3 ;; *) return "$1" ;; esac
}

baton_ask_by_nc() {
    [ -z "$check_tls" ] || return 3
    if command -v nc >/dev/null 2>&1; then
        set -- nc
    elif busybox nc --help >/dev/null 2>&1; then
        set -- busybox nc
    else
        return 3
    fi
    about=$("$@" --help 2>&1; "$@" -h 2>&1)
    case $about in
    *BusyBox*)
        [ -z "$check_socket" ] || return 3
        if [ -z "$check_request" ]; then
            case $about in *' -e '*) ;; *) return 3 ;; esac
            baton_ask_do "$check_watch" "$@" -w "$check_watch" "$check_host" "$check_port" -e true </dev/null
            return
        fi
        # It would end its half of the connection with its input, and servers take that for somebody who has left. So
        # it holds the other end of its own input.
        # shellcheck disable=SC2016
        printf '%s' "$check_request" 2>/dev/null | baton_ask_do "$check_watch" sh -c '
            if (: 4>/dev/fd/0) 2>/dev/null; then exec 4>/dev/fd/0; fi
            exec "$@"' sh "$@" -w "$check_watch" "$check_host" "$check_port"
        return
        ;;
    *[Nn]cat*) set -- "$@" --no-shutdown ;;
    esac
    if [ -n "$check_socket" ]; then
        case $about in *U*) ;; *) return 3 ;; esac
        set -- "$@" -w "$check_watch" -U "$check_socket"
    else
        set -- "$@" -w "$check_watch" "$check_host" "$check_port"
    fi
    if [ -n "$check_request" ]; then
        printf '%s' "$check_request" 2>/dev/null | baton_ask_do "$check_watch" "$@"
    else
        tool=$1
        shift
        baton_ask_do "$check_watch" "$tool" -z "$@" </dev/null
    fi
}

baton_ask_by_openssl() {
    command -v openssl >/dev/null 2>&1 || return 3
    [ -z "$check_socket" ] || return 3
    place=$check_host:$check_port
    case $check_host in
    *:*) place=[$check_host]:$check_port && set -- -verify_ip "$check_host" ;;
    *[!0-9.]*) set -- -verify_hostname "$check_host" -servername "$check_host" ;;
    *) set -- -verify_ip "$check_host" ;;
    esac
    if [ -n "$check_verify" ]; then
        set -- -verify 9 -verify_return_error "$@"
    elif [ "$3" = -servername ]; then
        set -- -servername "$check_host"
    else
        set --
    fi
    # It talks about certificates on stderr also when all is well.
    printf '%s' "$check_request" 2>/dev/null |
        baton_ask_do "$check_watch" openssl s_client -quiet -connect "$place" "$@"
}

# What a rung's end means, as a sentence; $1 its name, $2 its status, $3 what it said.
baton_ask_why() {
    # The reason stands behind the last colon.
    reason=${3##*: }
    case $3 in 'verify error:'*) reason=${3##*:} ;; esac
    case $2:$3 in
    6:* | *'Name or service not known'* | *'Temporary failure in name'* | *'bad address'* | *'not known'*)
        echo "the name $check_host has no address" ;;
    28:* | 143:* | 137:* | *'timed out'*) echo "no answer from $check_place within $check_seconds s" ;;
    60:* | *'erify error'* | *'ertificate verify'* | *'hostname mismatch'*)
        echo "the certificate of $check_place is not trusted: $reason" ;;
    *HTTP/0.9*) echo "what answers at $check_place does not speak HTTP" ;;
    *' refused'*) echo "no connection to $check_place: Connection refused" ;;
    7:*) echo "no connection to $check_place: ${reason:-$1 does not say why}" ;;
    35:*) echo "no TLS with $check_place: ${3#curl: (35) }" ;;
    *) echo "no answer from $check_place: $1 ended with status $2${3:+, saying: $3}" ;;
    esac
}

# The values of a header, out of $head; $1 is a pattern for its name in any case.
baton_ask_header() {
    IFS=$check_newline
    for line in $head; do
        # shellcheck disable=SC2254
        case ${line%%:*} in
        $1)
            value=${line#*:}
            while :; do case $value in [' 	']*) value=${value#?} ;; *[' 	']) value=${value%?} ;; *) break ;; esac; done
            printf '%s\n' "$value"
            ;;
        esac
    done
}

# Up to 64 KiB of the body, from stdin.
baton_ask_read_body() {
    room=65536
    case $check_method:$status in HEAD:* | *:204 | *:304) return 0 ;; esac
    case $(baton_ask_header '[Tt][Rr][Aa][Nn][Ss][Ff][Ee][Rr]-[Ee][Nn][Cc][Oo][Dd][Ii][Nn][Gg]') in
    *[Cc][Hh][Uu][Nn][Kk][Ee][Dd])
        chunks=0
        while [ "$room" -gt 0 ] && [ "$chunks" -lt 1000 ] && IFS= read -r size; do
            size=${size%%[!0-9A-Fa-f]*}
            case $size in '' | ????????*) return 0 ;; esac
            size=$((0x$size))
            [ "$size" -gt 0 ] || return 0
            [ "$size" -le "$room" ] || size=$room
            room=$((room - size)) chunks=$((chunks + 1))
            # Byte by byte: a pipe hands out what it has, which may be less than what is asked for.
            dd bs=1 count="$size" 2>/dev/null
            IFS= read -r size
        done
        return 0
        ;;
    esac
    length=$(baton_ask_header '[Cc][Oo][Nn][Tt][Ee][Nn][Tt]-[Ll][Ee][Nn][Gg][Tt][Hh]')
    length=${length%%[!0-9]*}
    case $length in
    '' | ????????*) ;;
    *) [ "$length" -gt "$room" ] || room=$length ;;
    esac
    [ "$room" -eq 0 ] || head -c "$room"
}

# Sets $body, once.
baton_ask_body() {
    [ -z "$has_body" ] || return 0
    has_body=yes
    # Shells hold no NUL. The mark keeps newlines at the end, which would be cut off.
    body=$(baton_ask_read_body | tr -d '\000'; echo .)
    body=${body%.}
}

baton_ask_excerpt() {
    if [ -z "$1" ]; then echo nothing; else printf '%.200s' "$1" | tr '\000-\037\177' ' '; echo; fi
}

# What a call may want. Each says what came instead.

# $1 the words for the ranges that follow.
baton_ask_status() {
    words=$1
    shift
    for range; do
        [ "$status" -lt "${range%-*}" ] || [ "$status" -gt "${range#*-}" ] || return 0
    done
    baton_ask_body
    echo "$check_place answers with status $status instead of $words: $(baton_ask_excerpt "$body")"
    return 1
}

# $1 a header, $2 the pattern for its name, $3 a text that it holds.
baton_ask_header_holds() {
    value=$(baton_ask_header "$2")
    case $value in *"$3"*) return 0 ;; esac
    echo "$check_place answers with $1 $(baton_ask_excerpt "$value") instead of $3"
    return 1
}

# As above; the value is exactly $3.
baton_ask_header_is() {
    value=$(baton_ask_header "$2")
    [ "$value" != "$3" ] || return 0
    echo "$check_place answers with $1 $(baton_ask_excerpt "$value") instead of $3"
    return 1
}

baton_ask_body_holds() {
    baton_ask_body
    case $body in *"$1"*) return 0 ;; esac
    echo "the answer of $check_place does not hold $1: $(baton_ask_excerpt "$body")"
    return 1
}

# Reads an answer from stdin; status 0 if it is as wanted, else a sentence. An answer that is empty gets none.
baton_ask_answer() {
    has_body='' informed=0
    while :; do
        line=
        IFS= read -r line || [ -n "$line" ] || return 1
        line=${line%"$check_return"}
        case $line in
        HTTP/[0-9]*' '[1-9][0-9][0-9] | HTTP/[0-9]*' '[1-9][0-9][0-9]' '*) ;;
        *)
            echo "what answers at $check_place does not speak HTTP: $(baton_ask_excerpt "$line")"
            return 1
            ;;
        esac
        status=${line#* }
        status=${status%% *}
        head='' count=0
        while IFS= read -r line; do
            line=${line%"$check_return"}
            [ -n "$line" ] || break
            count=$((count + 1))
            [ "$count" -le 200 ] || { echo "$check_place answers with more than 200 headers"; return 1; }
            head=$head$line$check_newline
        done
        # Others may come before the answer itself, such as early hints.
        case $status in 1??) ;; *) break ;; esac
        informed=$((informed + 1))
        [ "$informed" -le 5 ] || { echo "$check_place answers with status $status without end"; return 1; }
    done
    check_wants
}

# Reads what a worker prints, says what to think of it, and ends the worker.
baton_ask_judge() {
    IFS= read -r workers || return 0
    if [ -z "$check_request" ]; then
        cat >/dev/null
    elif sentence=$(baton_ask_answer); then
        echo fine
    elif [ -n "$sentence" ]; then
        echo "judged $sentence"
    fi
    # shellcheck disable=SC2086
    kill $workers 2>/dev/null
}

# Goes down the ladder until a rung can do it.
baton_ask() {
    set -f
    LC_ALL=C
    export LC_ALL
    unset BASH_ENV
    for rung; do
        # One line of the judge's, unless there was nothing to judge, and one about the rung's end, in any order.
        outcome=$(
            {
                {
                    said=$("baton_ask_by_$rung" 2>&1 >&3 3>&- 4>&-)
                    set -- $?
                    # openssl says it among other things.
                    case $said in *'verify error:'*) said="verify error:${said#*verify error:}" ;; esac
                    echo "ended $1 ${said%%"$check_newline"*}" >&4
                } 3>&1 | baton_ask_judge
            } 4>&1
        )
        case $check_newline$outcome in *"${check_newline}ended 3 "*) continue ;; esac
        echo "rung $rung"
        case $check_newline$outcome in
        *"${check_newline}fine"*) return 0 ;;
        *"${check_newline}judged "*)
            outcome=$check_newline$outcome
            outcome=${outcome#*"${check_newline}judged "}
            echo "${outcome%%"$check_newline"*}" >&2
            return 1
            ;;
        *"${check_newline}ended 0 "*)
            [ -n "$check_request" ] || return 0
            echo "$check_place closes the connection without an answer" >&2
            return 1
            ;;
        esac
        said=${outcome#ended }
        baton_ask_why "$rung" "${said%% *}" "${said#* }" >&2
        return 1
    done
    echo "rung none"
    echo "nothing on this host can ask $check_place: it takes one of $*" >&2
    return 3
}

# A command that says it: status 0 as above. $1 whole seconds, then its words; a `timeout` that is too old to be told so
# is not used.
baton_ask_command() {
    if timeout 5 true 2>/dev/null; then
        timeout "$@"
        status=$?
        [ "$status" -ne 124 ] || echo "the command was still running after $1 s" >&2
    else
        shift
        "$@"
        status=$?
    fi
    return "$status"
}

# A thousandth part of a second as curl's `0.001234` says it, in $took.
baton_ask_milliseconds() {
    took=${1#*.}000
    took=${took%"${took#???}"}
    case ${1%%.*}$took in '' | *[!0-9]* | ????????????*) took=0 ;; *) took=$((${1%%.*} * 1000 + 1$took - 1000)) ;; esac
}

# Whether a status is one of the ranges.
baton_ask_among() {
    among=$1
    shift
    case $among in '' | *[!0-9]* | ????*) return 1 ;; esac
    for range; do
        [ "$among" -lt "${range%-*}" ] || [ "$among" -gt "${range#*-}" ] || return 0
    done
    return 1
}

# The hundredths of a second since the host booted, in $clock.
baton_ask_clock() {
    read -r clock _ </proc/uptime || return 1
    clock=${clock%.*}${clock#*.}
    while :; do case $clock in 0?*) clock=${clock#0} ;; *) return ;; esac; done
}

# Asks for no more than an answer, and how long it takes: `fresh ok|bad MILLISECONDS`, and by curl once more over the same
# connection: `kept ok|bad|reset|none MILLISECONDS`. `reset` is a connection that was to be kept and was cut between two
# questions; `none` one that the server said it would close. $check_twice is curl's configuration for both; `--` ends the
# ranges of statuses, and behind it is the ladder for where there is no curl.
baton_ask_twice() (
    LC_ALL=C
    export LC_ALL
    ranges=
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        ranges="$ranges $1"
        shift
    done
    [ $# -eq 0 ] || shift
    if [ -n "${check_twice-}" ] && command -v curl >/dev/null 2>&1; then
        place=0 closes='' first=''
        printf '%s' "$check_twice" | curl -q -s -K - 2>/dev/null | tr -d '\r' | {
            while IFS=' ' read -r word one two three _; do
                case $word in
                [Cc]onnection:) case $one in *[Cc]lose*) [ "$place" -gt 0 ] || closes=yes ;; esac ;;
                baton)
                    place=$((place + 1)) how=bad
                    # shellcheck disable=SC2086
                    if baton_ask_among "$one" $ranges; then how=ok; fi
                    baton_ask_milliseconds "$three"
                    if [ "$place" -eq 1 ]; then
                        first=$how
                        echo "fresh $how $took status $one"
                    elif [ "$first" = ok ] && [ "$two" != 0 ]; then
                        if [ -n "$closes" ]; then echo "kept none $took"; else echo "kept reset $took"; fi
                    elif [ "$first" = ok ]; then
                        echo "kept $how $took status $one"
                    fi
                    ;;
                esac
            done
            [ "$place" -gt 0 ] || exit 1
        } && return 0
    fi
    baton_ask_clock
    began=$clock how=ok
    said=$(baton_ask "$@" 2>&1) || how=bad
    baton_ask_clock
    echo "fresh $how $(((clock - began) * 10)) ${said##*"$check_newline"}"
)
