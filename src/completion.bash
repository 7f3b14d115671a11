# Completes groups, choices and keys after `python -m src.train`, tune and decide: source src/completion.bash
_src_train() {
    local line="${COMP_LINE:0:${COMP_POINT:-${#COMP_LINE}}}" known="src.train" before="" each given IFS=$' \t\n'
    [[ $line =~ -m\ +src\.(train|tune|decide)\ +(.*)$ ]] || return  # another command of python's
    local typed="${BASH_REMATCH[2]}"
    local word="${typed##* }"
    read -ra given <<< "${typed%"$word"}"
    for each in "${given[@]//[\"\']/}"; do
        [[ $each == [!-]*=* ]] && known+=" $each"  # Hydra reads nothing else here
    done
    if [[ $word =~ ^([^=]+=)(.*,)([^,]*)$ ]]; then  # of several values, the last
        before="${BASH_REMATCH[2]}" word="${BASH_REMATCH[1]}${BASH_REMATCH[3]}"
    fi
    line="$known $word"
    line=$(COMP_LINE="$line" COMP_POINT=${#line} "${1:-python}" -m src.train -sc query=bash 2> /dev/null)
    COMPREPLY=($(compgen -W "$line" -- "$word"))
    COMPREPLY=("${COMPREPLY[@]/=/=$before}")
    if [[ -z ${COMPREPLY[*]} && $word =~ ^(resume|hydra\.(run|sweep)\.dir|data\.root)=(.*)$ ]]; then  # a folder
        IFS=$'\n'
        COMPREPLY=($(compgen -d -- "${BASH_REMATCH[3]}" | while read -r each; do printf '%s=%q/\n' "${word%%=*}" "$each"; done))
    fi
}
COMP_WORDBREAKS=${COMP_WORDBREAKS//=}
complete -o default -o nospace -F _src_train python python3
