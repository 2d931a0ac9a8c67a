"""`qualtui completion`: the script that a shell reads to complete what is typed."""

import os
from pathlib import Path
from typing import Annotated

import typer

from qualtui.cli.common import CommandError
from qualtui.text import _

SCRIPTS = {
    "bash": """\
_qualtui() {
    local IFS=$'\\n'
    COMPREPLY=($(_QUALTUI_COMPLETE=bash "$1" "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
    [ $? -eq 1 ] && compopt -o default 2>/dev/null
    return 0
}
complete -F _qualtui qualtui
""",
    "zsh": """\
#compdef qualtui
_qualtui() {
    local answer
    answer="$(_QUALTUI_COMPLETE=zsh ${(Q)words[1]} "${(@)words[2,CURRENT]}" 2>/dev/null)"
    if (( $? == 1 )); then
        _files
    elif [[ -n $answer ]]; then
        local -a found=("${(@f)answer}")
        _describe -V qualtui found
    fi
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _qualtui qualtui
""",
    "fish": """\
function __qualtui_complete
    set -l line (commandline -opc) (commandline -ct)
    env _QUALTUI_COMPLETE=fish $line 2>/dev/null
    test $status -eq 1; and __fish_complete_path (commandline -ct)
end
complete --command qualtui --no-files --keep-order --arguments "(__qualtui_complete)"
""",
}


def command(
    shell: Annotated[
        str, typer.Argument(metavar="SHELL", help=_("bash, zsh or fish. Default: the one in $SHELL."))
    ] = "",
) -> None:
    """Print the script that completes commands and options in your shell.

    \b
    Example:
      eval "$(qualtui completion bash)"   # a line in ~/.bashrc
      eval "$(qualtui completion zsh)"    # a line in ~/.zshrc
      qualtui completion fish | source    # a line in ~/.config/fish/config.fish
    """
    script = SCRIPTS.get(shell or Path(os.environ.get("SHELL", "")).name)
    if script is None:
        raise CommandError(_("Name the shell: qualtui completion bash, zsh or fish."))
    print(script, end="")
