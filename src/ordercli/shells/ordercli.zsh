#compdef ordercli
# Completion of ordercli in zsh, as printed by: ordercli completion zsh
_ordercli() {
    local program=${(Q)words[1]} line value about kind
    local -a answer values lines
    program=${program/#\~/$HOME}
    answer=("${(@f)$(_ORDERCLI_COMPLETE=zsh $program "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    kind=${answer[1]}
    if [[ $kind == (files|folders) ]]; then
        [[ $PREFIX == --*=* ]] && compset -P '*='
        if [[ $kind == folders ]]; then _files -/; else _files; fi
        return
    fi
    for line in "${(@)answer[2,-1]}"; do
        value=${line%%$'\t'*}
        about=${line#*$'\t'}
        values+=("$value")
        lines+=("$value${about:+  -- $about}")
    done
    (( $#values )) || return 1
    local -a space
    [[ $kind == open ]] && space=(-S '')
    # What was typed stays until one is chosen, if it is not how all of them begin.
    [[ $kind == keep && $compstate[insert] == *unambiguous* ]] && compstate[insert]=''
    compadd -U -V ordercli -l "${(@)space}" -d lines -a values
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _ordercli "$@"; else compdef _ordercli ordercli; fi
