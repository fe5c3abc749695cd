using System.Text;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Outputs;

/// <summary>Memory follows the arrays that are asked for, whatever the size of the file. The files are made as they are read: tens of megabytes, gigabytes in the long form.</summary>
public class VasprunMemoryTests
{
    private const long Beyond = 32 << 20;

    private static readonly int Size = Effort.Iterations(1);

    [Fact]
    public void Eigenvalues_take_their_own_size()
    {
        var point = new StringBuilder("<set comment=\"kpoint\">\n");
        for (var band = 0; band < 100; band++) point.Append("       <r>  -43.1234    1.0000 </r>\n");
        var points = 12_000 * Size;
        var run = Read(VasprunContent.Eigenvalues, new(), 2L * sizeof(double) * 100 * points,
            "<modeling><calculation><eigenvalues><array><field>eigene</field><field>occ</field><set><set comment=\"spin 1\">", point.Append("</set>\n").ToString(), points,
            "</set></set></array></eigenvalues></calculation></modeling>");
        Assert.Equal((points, 100), (run.Eigenvalues!.KPointCount, run.Eigenvalues.BandCount));
        Assert.Equal(-43.1234, run.Eigenvalues.EnergiesEv(0, points - 1)[99]);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 3 * 301 * sizeof(double))]
    public void A_projected_DOS_takes_what_is_asked_of_it(bool oneSite, long asked)
    {
        const int GridPoints = 301;
        var rows = string.Concat(Enumerable.Range(0, GridPoints).Select(i => $"<r> {i,9}.0000     0.0000     0.0000     0.1250     0.0000     0.0000     0.0000     0.0000     0.0000     0.0000 </r>\n"));
        var total = string.Concat(Enumerable.Range(0, GridPoints).Select(i => $"<r> {i,9}.0000     1.0000     2.0000 </r>\n"));
        const string Fields = "<field>energy</field><field>s</field><field>py</field><field>pz</field><field>px</field><field>dxy</field><field>dyz</field><field>dz2</field><field>dxz</field><field>x2-y2</field>";
        var sites = 1200 * Size;
        var filter = new ProjectionFilter((site, _) => site == sites - 1, orbital => orbital.StartsWith('p'));
        var run = Read(oneSite ? VasprunContent.ProjectedDos : VasprunContent.Dos, filter, asked + (oneSite ? 100L * sites : 0),
            $"<modeling><calculation><dos><i name=\"efermi\">0.0</i><total><array><field>energy</field><field>total</field><field>integrated</field><set><set>{total}</set></set></array></total><partial><array>{Fields}<set>",
            $"<set><set>\n{rows}</set></set>\n", sites, "</set></array></partial></dos></calculation></modeling>");
        Assert.Equal(GridPoints, run.Dos!.EnergiesEv.Length);
        if (oneSite) Assert.Equal(0.125, run.Dos.Projected![sites - 1, 0, 1][300]);
        else Assert.Null(run.Dos.Projected);
    }

    [Fact]
    public void States_projected_on_one_site_take_that_sites_size()
    {
        var ions = new StringBuilder("<set comment=\"band\">\n");
        for (var site = 0; site < 200; site++) ions.Append("        <r>  0.0000  0.0000  0.1250  0.0000  0.0000  0.0000  0.0000  0.0000  0.0000 </r>\n");
        var bands = 2500 * Size;
        var run = Read(VasprunContent.ProjectedEigenvalues, new((site, _) => site == 7), 9L * sizeof(float) * bands,
            "<modeling><calculation><projected><array>" + string.Concat(Enumerable.Repeat("<field>s</field>", 9)) + "<set><set><set>", ions.Append("</set>\n").ToString(), bands,
            "</set></set></set></array></projected></calculation></modeling>");
        Assert.Equal(0.125f, run.ProjectedEigenvalues![0, 0, bands - 1, 7][2]);
    }

    private static Vasprun Read(VasprunContent content, ProjectionFilter filter, long asked, string begin, string part, int times, string end)
    {
        using var stream = new RepeatedText(begin, part, times, end);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var run = Vasprun.Read(stream, content, filter, TestContext.Current.CancellationToken);
        // All that was ever allocated: what lives at one time is no more.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, asked, asked + Beyond);
        Assert.True(run.Complete, run.Truncated?.ToString());
        return run;
    }

    /// <summary>A text that repeats a part many times, without ever being whole in memory.</summary>
    private sealed class RepeatedText(string begin, string part, int times, string end) : Stream
    {
        private readonly byte[] repeated = Encoding.ASCII.GetBytes(part), last = Encoding.ASCII.GetBytes(end);
        private byte[] piece = Encoding.ASCII.GetBytes(begin);
        private int at, done;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (at == piece.Length)
            {
                if (piece == last) return 0;
                (piece, at) = (done++ < times ? repeated : last, 0);
            }
            var length = Math.Min(count, piece.Length - at);
            piece.AsSpan(at, length).CopyTo(buffer.AsSpan(offset));
            at += length;
            return length;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
