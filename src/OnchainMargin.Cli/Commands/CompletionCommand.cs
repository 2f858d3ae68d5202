using System.CommandLine;

namespace OnchainMargin.Cli.Commands;

/// <summary><c>omargin completion</c>: what a shell needs to complete commands, options and their values.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # omargin: completion for bash. In ~/.bashrc:  eval "$(omargin completion bash)"
        _omargin() {
            local line="${COMP_LINE#* }" point
            point=$(( COMP_POINT - ${#COMP_LINE} + ${#line} ))
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(omargin "[suggest:$point]" "$line" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _omargin omargin
        """;

    private const string Zsh = """
        # omargin: completion for zsh. In ~/.zshrc, after compinit:  eval "$(omargin completion zsh)"
        _omargin() {
            local line="${BUFFER#* }" found
            found=("${(@f)$(omargin "[suggest:$(( CURSOR - ${#BUFFER} + ${#line} ))]" "$line" 2>/dev/null)}")
            if [[ -n "$found" ]]; then compadd -- $found; else _files; fi
        }
        compdef _omargin omargin
        """;

    private const string Fish = """
        # omargin: completion for fish. In ~/.config/fish/config.fish:  omargin completion fish | source
        function __omargin_complete
            set -l line (string replace -r '^\S+\s*' '' -- (commandline -cp))
            omargin "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c omargin -a '(__omargin_complete)'
        """;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string> shell = new("shell") { Description = "bash, zsh or fish." };
        shell.CompletionSources.Add("bash", "zsh", "fish");
        var command = new Command("completion", "Write the completion script of a shell; the script's first line says where it goes.") { shell };
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.WriteLine(parsed.GetRequiredValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                "fish" => Fish,
                var other => throw new CliException($"The shell '{other}' has no completion here: give bash, zsh or fish."),
            });
            return 0;
        });
        return command;
    }
}
