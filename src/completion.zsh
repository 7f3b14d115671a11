# Completes groups, choices and keys after `python -m src.train`, tune and decide: source src/completion.zsh
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -u }
_src_train() {
    local before='' each known=src.train word=${(Q)PREFIX}
    local -i at=${words[(i)src.(train|tune|decide)]}
    if (( at >= CURRENT )); then  # another command of python's
        if (( $+functions[_python] )); then _python "$@"; else _default "$@"; fi
        return
    fi
    for each in ${(Q)words[at+1,CURRENT-1]}; do
        [[ $each == [^-]*=* && $each != *[[:space:]]* ]] && known+=" $each"  # Hydra reads nothing else here
    done
    if [[ $word == *=*,* ]]; then  # of several values, the last
        before="${${word#*=}%,*},"
        word="${word%%=*}=${word##*,}"
    fi
    local line="$known $word"
    local -a found=(${=$(COMP_LINE=$line COMP_POINT=$#line ${(Q)words[1]} -m src.train -sc query=bash 2> /dev/null)})
    found=("${(@)found/=/=$before}")
    if (( $#found )); then
        compadd -S '' -a found
    elif [[ $word == (resume|hydra.(run|sweep).dir|data.root)=* ]]; then
        compset -P '*='
        _files -/
    fi
}
compdef _src_train python python3
