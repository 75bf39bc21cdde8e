# Completion of ordercli in bash 4.4 or newer, as printed by: ordercli completion bash
_ordercli() {
    local kind="" line
    COMPREPLY=()
    {
        IFS= read -r kind
        while IFS= read -r line; do COMPREPLY+=("$line"); done
    } < <(_ORDERCLI_COMPLETE=bash "${1/#\~/$HOME}" "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
    case $kind in
    open | keep) compopt -o nospace ;;
    files) compopt -o default ;;
    folders) compopt -o dirnames ;;
    esac
}
complete -o nosort -F _ordercli ordercli
