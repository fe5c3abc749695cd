using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace DftFlow.Reports;

/// <summary>
/// Markup. It is made from interpolated strings only, whose holes are encoded unless they are markup themselves, so that
/// nothing a user named can become a tag or an attribute. Attributes are written in double quotes.
/// </summary>
internal readonly record struct Html(string Markup)
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    public static Html Empty { get; } = new("");

    public static Html Of(ref Writer writer) => new(writer.ToString());

    public static Html Join(IEnumerable<Html> parts) => new(string.Concat(parts.Select(part => part.Markup)));

    public override string ToString() => Markup;

    [InterpolatedStringHandler]
    public ref struct Writer(int literalLength, int formattedCount)
    {
        private readonly StringBuilder text = new(literalLength + 16 * formattedCount);

        public readonly void AppendLiteral(string markup) => text.Append(markup);

        public readonly void AppendFormatted(string? value) => text.Append(Encoder.Encode(value ?? ""));

        public readonly void AppendFormatted(Html value) => text.Append(value.Markup);

        public readonly void AppendFormatted(IEnumerable<Html> parts)
        {
            foreach (var part in parts) text.Append(part.Markup);
        }

        public readonly void AppendFormatted(RichText value)
        {
            foreach (var (run, script) in value.Runs)
            {
                var tag = script switch { Script.Sub => "sub", Script.Super => "sup", _ => null };
                if (tag is not null) text.Append('<').Append(tag).Append('>');
                text.Append(Encoder.Encode(run));
                if (tag is not null) text.Append("</").Append(tag).Append('>');
            }
        }

        public override readonly string ToString() => text.ToString();
    }
}
