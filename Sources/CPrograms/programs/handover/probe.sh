#!/bin/sh
# shellcheck disable=SC2034,SC2154  # the files of this library share their variables
# Probes: the service is asked through its real listener, one question at a time, while the looks go on.

b_probes=0 b_probes_bad=0 b_asking='' b_ask_next=0

# Runs beside this; a test runs it at once.
baton_beside() { ("$@") >/dev/null 2>&1 </dev/null & }

baton_put_question() {
    baton_now
    b_asked_at=$b_now
    baton_poll_host "$1" >"./.said.$2"
    b_end=$?
    baton_now
    echo "$b_end $((b_now - b_asked_at))" >"./.answer.$2"
}

# baton_question new|old|any: asks, if nothing is being asked and it is time; succeeds when an answer has come, which is in
# b_answer (yes or no), b_answer_kind and b_answer_text.
baton_question() {
    if [ -n "$b_asking" ]; then
        b_answer=
        { IFS=' ' read -r b_answer b_answer_took <"./.answer.$b_asking"; } 2>/dev/null
        [ -n "$b_answer" ] || return 1
        case $b_answer_took in '' | *[!0-9]* | ???????*) b_answer_took=0 ;; esac
        if [ "$((b_answer_took * 10))" -gt "$b_worst" ]; then b_worst=$((b_answer_took * 10)); fi
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

# The witness: from the flip to the end the service is asked once per interval whether it answers at all, whatever is being
# decided, over a fresh connection and, where curl can, once more over the same. It only counts.

baton_witness_begin() {
    b_w_asked=0 b_w_missed=0 b_w_worst=0 b_w_kept=0 b_w_kept_missed=0 b_w_resets=0 b_w_kept_worst=0 b_w_asking='' b_w_next=0
    b_w_number=0
    # Of whoever drove before.
    if [ -f ./witnessed ]; then
        { IFS=' ' read -r b_w_one b_w_two b_w_three b_w_four b_w_five b_w_six b_w_seven <./witnessed; } 2>/dev/null
        case $b_w_one$b_w_two$b_w_three$b_w_four$b_w_five$b_w_six$b_w_seven in
        *[!0-9]*) ;;
        *)
            b_w_asked=${b_w_one:-0} b_w_missed=${b_w_two:-0} b_w_worst=${b_w_three:-0} b_w_kept=${b_w_four:-0}
            b_w_kept_missed=${b_w_five:-0} b_w_resets=${b_w_six:-0} b_w_kept_worst=${b_w_seven:-0}
            ;;
        esac
    fi
}

baton_witness() {
    if [ -n "$b_w_asking" ]; then
        [ -e "./.witness.$b_w_asking" ] || return 0
        b_w_said=
        while IFS=' ' read -r b_w_kind b_w_how b_w_took b_w_rest; do
            case $b_w_took in '' | *[!0-9]* | ????????*) continue ;; esac
            case $b_w_kind:$b_w_how in
            fresh:*)
                b_w_asked=$((b_w_asked + 1))
                if [ "$b_w_how" != ok ]; then b_w_missed=$((b_w_missed + 1)) b_w_said="$b_w_rest"; fi
                if [ "$b_w_took" -gt "$b_w_worst" ]; then b_w_worst=$b_w_took; fi
                ;;
            kept:ok | kept:bad)
                b_w_kept=$((b_w_kept + 1))
                if [ "$b_w_how" = bad ]; then b_w_kept_missed=$((b_w_kept_missed + 1)) b_w_said="$b_w_rest"; fi
                if [ "$b_w_took" -gt "$b_w_kept_worst" ]; then b_w_kept_worst=$b_w_took; fi
                ;;
            kept:reset) b_w_kept=$((b_w_kept + 1)) b_w_resets=$((b_w_resets + 1)) ;;
            esac
        done <"./.witness.$b_w_asking"
        rm -f "./.witness.$b_w_asking"
        b_w_asking=
        if [ -n "$b_w_said" ]; then baton_record missed "$b_w_said"; fi
        baton_put witnessed "$b_w_asked $b_w_missed $b_w_worst $b_w_kept $b_w_kept_missed $b_w_resets $b_w_kept_worst"
        return 0
    fi
    [ -n "$b_flip_begun" ] && [ -f ./probe.witness ] && [ "$b_now" -ge "$b_w_next" ] || return 0
    b_w_number=$((b_w_number + 1)) b_w_next=$((b_now + b_order_interval))
    b_w_asking=$$-$b_w_number
    baton_beside baton_put_witness "$b_w_asking"
}

baton_put_witness() {
    baton_ask_witness >"./.heard.$1"
    mv -f "./.heard.$1" "./.witness.$1"
}
