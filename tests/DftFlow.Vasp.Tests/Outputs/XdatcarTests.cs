using System.Runtime.CompilerServices;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Outputs;

public class XdatcarTests
{
    private const string Header = "lithium oxide\n   1.0\n     4.0  0.0  0.0\n     0.0  4.5  0.0\n     0.0  0.0  5.0\n   Li   O\n     1     2\n";
    private const string First = "  0.00000000  0.10000000  0.20000000\n  0.50000000  0.50000000  0.50000000\n  0.25000000 -0.25000000  0.75000000\n";
    private const string Second = "  0.01000000  0.11000000  0.21000000\n  0.51000000  0.51000000  0.51000000\n  0.26000000-10.25000000  0.76000000\n";
    private const string Fixed = Header + "Direct configuration=     1\n" + First + "Direct configuration=     2\n" + Second;

    /// <summary>The other header has vectors twice as long, as a scale.</summary>
    private static readonly string Variable = Header + "Direct configuration=     1\n" + First + Header.Replace("   1.0\n", "   2.0\n", StringComparison.Ordinal) + "Direct configuration=     2\n" + Second;

    private const string Vasp4 = "   3   3   1\n  0.1050332E+02  0.4E-09  0.45E-09  0.5E-09  0.5000000E-15\n  1.000000000000000E-004\n  CAR \n lithium oxide\n";

    [Fact]
    public void Reads_a_trajectory_in_a_fixed_cell()
    {
        var xdatcar = Open(Fixed);
        Assert.Equal(("lithium oxide", 3), (xdatcar.System, xdatcar.IonCount));
        Assert.Equal([new XdatcarSpecies("Li", Element.Parse("Li"), 1), new XdatcarSpecies("O", Element.Parse("O"), 2)], xdatcar.Species);
        var frames = xdatcar.Frames().ToList();
        Assert.Equal([1, 2], frames.Select(frame => frame.Number));
        Assert.Equal(90, frames[1].Lattice!.Volume, 12);
        Assert.Equal(new Vector3D(0.25, -0.25, 0.75), frames[0].Fractional[2]);
        Assert.Equal(new Vector3D(0.26, -10.25, 0.76), frames[1].Fractional[2]);
        Assert.Null(xdatcar.Truncated);
        Assert.Empty(xdatcar.Warnings);
    }

    [Fact]
    public void A_cell_that_varies_is_stated_before_each_configuration()
    {
        var frames = Open(Variable).Frames().ToList();
        Assert.Equal([90.0, 720.0], frames.Select(frame => Math.Round(frame.Lattice!.Volume, 9)));
        Assert.Equal(new Vector3D(0.01, 0.11, 0.21), frames[1].Fractional[0]);
        // A name of blanks, or one that begins as the line of a configuration does, is the same.
        Assert.Equal(2, Open(Variable.Replace("lithium oxide", "Direct gap", StringComparison.Ordinal)).Frames().Count());
        Assert.Equal(2, Open(Variable.Replace("lithium oxide", " ", StringComparison.Ordinal)).Frames().Count());
    }

    [Theory]
    [InlineData(" Konfig=       1\n", " Konfig=       2\n")]
    [InlineData("\n", "\n")]
    [InlineData("\n", " \n")]
    public void Configurations_are_parted_by_Konfig_or_blank_lines_in_older_files(string first, string second)
    {
        foreach (var header in new[] { Header, Header.Replace("   Li   O\n", "", StringComparison.Ordinal), Vasp4 })
        {
            var xdatcar = Open(header + first + First + second + Second);
            var frames = xdatcar.Frames().ToList();
            Assert.Null(xdatcar.Truncated);
            Assert.Equal([1, 2], frames.Select(frame => frame.Number));
            Assert.Equal(new Vector3D(0.51, 0.51, 0.51), frames[1].Fractional[1]);
            Assert.Equal(header == Vasp4, frames[0].Lattice is null);
            Assert.Equal(header == Header ? "Li" : null, xdatcar.Species.FirstOrDefault()?.Symbol);
            Assert.Equal((3, "lithium oxide"), (xdatcar.IonCount, xdatcar.System));
        }
    }

    [Fact]
    public void Names_can_wrap_and_carry_the_hash_of_their_potential()
    {
        var xdatcar = Open(Header.Replace("   Li   O\n     1     2\n", "   Li/0123abcd  O_s\n   Xx\n     1     1\n     1\n", StringComparison.Ordinal) + "Direct configuration=     1\n" + First);
        Assert.Equal(["Li", "O", null], xdatcar.Species.Select(kind => kind.Element?.Symbol));
        Assert.Equal("Li/0123abcd", xdatcar.Species[0].Symbol);
        Assert.Single(xdatcar.Frames());
    }

    [Fact]
    public void A_file_cut_off_anywhere_gives_the_configurations_that_are_complete()
    {
        foreach (var text in new[] { Fixed, Variable, Vasp4 + "\n" + First + "\n" + Second })
            TableSamples.CutAnywhere(text, stream =>
            {
                var xdatcar = Xdatcar.Open(stream, TestContext.Current.CancellationToken);
                var frames = xdatcar.Frames().ToList();
                return (frames, xdatcar.Truncated);
            }, result => result.Truncated, result =>
            {
                if (result.frames.Count > 0) Assert.Equal(new Vector3D(0.25, -0.25, 0.75), result.frames[0].Fractional[2]);
                if (result.frames.Count > 1) Assert.Equal(new Vector3D(0.26, -10.25, 0.76), result.frames[1].Fractional[2]);
                if (result.Truncated is { } truncated) Assert.Equal(result.frames.Count + 1, truncated.IonicStep);
            });
    }

    [Fact]
    public void A_trajectory_of_any_length_takes_the_memory_of_one_configuration()
    {
        const string Piece = "Direct configuration= 1\n" + First;
        using var endless = new Repeated(Header, Piece, 64_000_000);
        var xdatcar = Xdatcar.Open(endless, TestContext.Current.CancellationToken);
        var (frames, first) = (1, Passing(xdatcar));
        // Only as much is read as the next configuration needs, and what was given is let go.
        Assert.InRange(endless.Position, 0, 1 << 18);
        while (xdatcar.Next() is not null)
            if (++frames % 1000 == 0) Assert.InRange(endless.Position - frames * Piece.Length, 0, 1 << 18);
        GC.Collect();
        Assert.False(first.IsAlive);
        Assert.Equal(1, xdatcar.Truncated!.IonicStep - frames);
        Assert.InRange(frames, 450_000, 500_000);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Passing(Xdatcar xdatcar) => new(xdatcar.Next());

    [Theory]
    [InlineData("")]
    [InlineData("one line")]
    [InlineData("a text\nof words\n")]
    [InlineData("name\n1.0\n 1 0 0\n 0 1 0\n 0 0 1\n Li\n none\nDirect\n")]
    public void Refuses_what_is_no_XDATCAR(string text) => Assert.Equal("DF1430", Assert.Throws<DftFlowException>(() => Open(text)).Code);

    [Fact]
    public void Refuses_a_DOSCAR_which_begins_as_the_files_of_VASP_4_do() => Assert.Equal("DF1430", Assert.Throws<DftFlowException>(() => Open(TableSamples.Doscar(3, 2, 9))).Code);

    [Fact]
    public void What_a_header_claims_takes_no_memory()
    {
        Assert.Equal("DF1431", Assert.Throws<DftFlowException>(() => Open(Fixed.Replace("     1     2\n", "     1     999999999\n", StringComparison.Ordinal))).Code);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var xdatcar = Open(Fixed.Replace("     1     2\n", "     1     9999990\n", StringComparison.Ordinal));
        Assert.Null(xdatcar.Next());
        Assert.Equal(1, xdatcar.Truncated!.IonicStep);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void Numbers_of_atoms_without_end_are_not_gathered()
    {
        var text = "name\n1.0\n 1 0 0\n 0 1 0\n 0 0 1\n" + string.Concat(Enumerable.Repeat(" 0 0 0 0 0\n", 100_000));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("DF1430", Assert.Throws<DftFlowException>(() => Open(text)).Code);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000);
    }

    [Fact]
    public void Damage_of_any_kind_ends_in_configurations_or_in_one_error() => TableSamples.DamagedAnyhow(stream =>
    {
        var xdatcar = Xdatcar.Open(stream, TestContext.Current.CancellationToken);
        foreach (var frame in xdatcar.Frames()) Assert.Equal(xdatcar.IonCount, frame.Fractional.Length);
    }, Fixed, Variable, Vasp4 + "\n" + First + "\n" + Second);

    private static Xdatcar Open(string text) => Xdatcar.Open(TableSamples.Stream(text), TestContext.Current.CancellationToken);

    /// <summary>A head, then the same piece again and again.</summary>
    private sealed class Repeated(string head, string piece, long total) : Stream
    {
        private readonly byte[] start = [.. head.Select(c => (byte)c)], rest = [.. piece.Select(c => (byte)c)];
        private long at;

        public override int Read(byte[] buffer, int offset, int count)
        {
            count = (int)Math.Min(count, total - at);
            for (var i = 0; i < count; i++, at++) buffer[offset + i] = at < start.Length ? start[at] : rest[(at - start.Length) % rest.Length];
            return count;
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => total;
        public override long Position { get => at; set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
