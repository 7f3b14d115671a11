# Completes groups, choices and keys after `python -m src.train`; for this shell: source src/completion.bash
_src_train() {
    local line="${COMP_LINE#*-m src.}"
    [ "$line" = "$COMP_LINE" ] && return  # another command of python's
    local choices
    choices=$(COMP_LINE="$line" COMP_POINT=${#line} python -m src.train -sc query=bash 2> /dev/null)
    COMPREPLY=($(compgen -W "$choices" -- "${COMP_LINE##* }"))
}
COMP_WORDBREAKS=${COMP_WORDBREAKS//=}
complete -o default -o nospace -F _src_train python
