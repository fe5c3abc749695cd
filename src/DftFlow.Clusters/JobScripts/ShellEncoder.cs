using System.Text.Encodings.Web;

namespace DftFlow.Clusters.JobScripts;

/// <summary>Makes every value that a template puts out one word of the shell, as other encoders do for HTML.</summary>
internal sealed unsafe class ShellEncoder : TextEncoder
{
    public static ShellEncoder Instance { get; } = new();

    public override int MaxOutputCharactersPerInputCharacter => 4;

    public override string Encode(string value) => Sh.Quote(value);

    public override void Encode(TextWriter output, string value, int startIndex, int characterCount) =>
        output.Write(Sh.Quote(value.Substring(startIndex, characterCount)));

    public override void Encode(TextWriter output, char[] value, int startIndex, int characterCount) =>
        output.Write(Sh.Quote(new string(value, startIndex, characterCount)));

    // A word is quoted as a whole: there is no encoding of a character.
    public override int FindFirstCharacterToEncode(char* text, int textLength) => textLength == 0 ? -1 : 0;

    public override bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten) =>
        throw new NotSupportedException();

    public override bool WillEncode(int unicodeScalar) => true;
}
