using System.Globalization;
using System.Text;

namespace DftFlow.Benchmarks;

/// <summary>The text of a vasprun.xml that is almost all projected DOS, made as it is read: nothing of it is ever whole in memory.</summary>
internal sealed class DosStream(int sites) : Stream
{
    public const int Energies = 3000;

    private readonly byte[] rows = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, Energies).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $"       <r> {-15 + i * 0.01,12:F4} {string.Join(' ', Enumerable.Repeat("  0.0123", 9))} </r>\n"))));

    private byte[] piece = [];
    private int at, next = -1;

    public long Made { get; private set; }

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (at == piece.Length)
        {
            piece = Piece(next++);
            at = 0;
        }
        var length = Math.Min(count, piece.Length - at);
        piece.AsSpan(at, length).CopyTo(buffer.AsSpan(offset));
        at += length;
        Made += length;
        return length;
    }

    // First what comes before the projections, then rows, one spin of one site at a time.
    private byte[] Piece(int index)
    {
        if (index < 0) return Text(Head());
        if (index >= sites * 2) return index == sites * 2 ? Text("    </set></array></partial></dos></calculation></modeling>\n") : [];
        var (site, spin) = (index / 2, index % 2);
        var open = spin == 0 ? $"     <set comment=\"ion {site + 1}\">\n" : "";
        return [.. Text($"{open}      <set comment=\"spin {spin + 1}\">\n"), .. rows, .. Text(spin == 0 ? "      </set>\n" : "      </set></set>\n")];
    }

    private static byte[] Text(string text) => Encoding.ASCII.GetBytes(text);

    private string Head()
    {
        var atoms = string.Concat(Enumerable.Repeat("<rc><c>O </c><c>   1</c></rc>\n", sites));
        var total = string.Concat(Enumerable.Range(0, Energies).Select(i => string.Create(CultureInfo.InvariantCulture, $"<r> {-15 + i * 0.01,12:F4} 1.0 1.0 </r>\n")));
        var fields = string.Concat(((string[])["energy", "s", "py", "pz", "px", "dxy", "dyz", "dz2", "dxz", "x2-y2"]).Select(name => $"<field>{name}</field>"));
        return $"""
            <?xml version="1.0" encoding="ISO-8859-1"?>
            <modeling>
             <generator><i name="program" type="string">vasp</i><i name="version" type="string">6.4.3</i></generator>
             <atominfo><atoms>{sites}</atoms><types>1</types>
              <array name="atoms"><dimension dim="1">ion</dimension><field type="string">element</field><field type="int">atomtype</field><set>{atoms}</set></array>
              <array name="atomtypes"><dimension dim="1">type</dimension><field type="int">atomspertype</field><field type="string">element</field><field>mass</field><field>valence</field><field type="string">pseudopotential</field>
               <set><rc><c>{sites}</c><c>O </c><c>16.0</c><c>6.0</c><c> PAW_PBE O 08Apr2002 </c></rc></set></array></atominfo>
             <calculation><dos><i name="efermi"> 0.0 </i>
              <total><array><field>energy</field><field>total</field><field>integrated</field><set><set comment="spin 1">{total}</set><set comment="spin 2">{total}</set></set></array></total>
              <partial><array>{fields}<set>

            """;
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => Made; set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
