using System.CommandLine;

namespace DftFlow.Cli;

/// <summary>Scripts that let shells ask the command itself what may come next.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # dftflow: add to ~/.bashrc:  eval "$(dftflow completion bash)"
        _dftflow() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$("$1" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o bashdefault -o default -F _dftflow dftflow ./dftflow
        """;

    private const string Zsh = """
        # dftflow: add to ~/.zshrc behind compinit:  eval "$(dftflow completion zsh)"
        _dftflow() {
            local -a words_to_come
            words_to_come=("${(@f)$("${words[1]}" "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            compadd -- $words_to_come
            _files
        }
        compdef _dftflow dftflow ./dftflow
        """;

    private const string Fish = """
        # dftflow: add to ~/.config/fish/config.fish:  dftflow completion fish | source
        complete -c dftflow -a '(dftflow "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Prints a script that completes commands and options in a shell.") { shell };
        command.SetAction(parsed => Console.WriteLine(parsed.GetValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish }));
        return command;
    }
}
