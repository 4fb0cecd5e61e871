#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Probes: the service is asked through its real listener, one question at a time, while the looks go on.

b_probes=0 b_probes_bad=0 b_asking='' b_ask_next=0

# Runs beside this; a test runs it at once.
baton_beside() { ("$@") >/dev/null 2>&1 </dev/null & }

baton_put_question() {
    baton_poll_host "$1" >"./.said.$2"
    echo $? >"./.answer.$2"
}

# baton_question new|old|any: asks, if nothing is being asked and it is time; succeeds when an answer has come, which is in
# b_answer (yes or no), b_answer_kind and b_answer_text.
baton_question() {
    if [ -n "$b_asking" ]; then
        b_answer=
        { IFS= read -r b_answer <"./.answer.$b_asking"; } 2>/dev/null
        [ -n "$b_answer" ] || return 1
        b_answer_text=
        while IFS= read -r b_line; do b_answer_text=$b_line; done <"./.said.$b_asking"
        rm -f "./.answer.$b_asking" "./.said.$b_asking"
        b_asking='' b_probes=$((b_probes + 1)) b_ask_next=$((b_now + b_order_interval))
        case $b_answer in 0) b_answer=yes ;; *) b_answer=no ;; esac
        return 0
    fi
    [ "$b_now" -ge "$b_ask_next" ] || return 1
    b_questions=$((${b_questions:-0} + 1))
    b_asking=$$-$b_questions b_answer_kind=$1
    baton_beside baton_put_question "$1" "$b_asking"
    return 1
}

# Nothing of an earlier edge's questions counts for the next.
baton_forget_probe() {
    if [ -n "$b_asking" ]; then rm -f "./.answer.$b_asking" "./.said.$b_asking"; fi
    b_asking='' b_ask_next=0 b_good=0 b_bad=0 b_asked=0 b_missed=0 b_mixed_kind=new
}
