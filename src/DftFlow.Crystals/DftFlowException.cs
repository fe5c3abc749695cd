namespace DftFlow;

/// <summary>
/// The one error that DftFlow throws for what it is given: what is wrong, where, and what to do. The code leads to a page in
/// <c>docs/errors</c>.
/// </summary>
/// <remarks>A pure reader knows the line, not the file: whoever opened the file adds it with <see cref="InFile"/>.</remarks>
public sealed class DftFlowException : Exception
{
    public DftFlowException(string code, string message, string? hint = null, int? line = null, int? column = null, string? file = null, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        Hint = hint;
        Line = line;
        Column = column;
        File = file;
    }

    /// <summary>Stable: DF and four digits.</summary>
    public string Code { get; }

    public string? Hint { get; }

    /// <summary>From 1; null where the error is in no line.</summary>
    public int? Line { get; }

    /// <summary>From 1, in characters.</summary>
    public int? Column { get; }

    public string? File { get; }

    /// <summary>The builder's property that is out of range, by its name; null where the error is about something else.</summary>
    public string? Setting { get; init; }

    /// <summary>The same error with the file named, unless one is already.</summary>
    public DftFlowException InFile(string file) => File is not null ? this : new(Code, Message, Hint, Line, Column, file, this) { Setting = Setting };
}
