using System.Text;
using DftFlow.Clusters.Potentials;
using DftFlow.Clusters.Transports;

namespace DftFlow.Tests.Clusters.Potentials;

/// <summary>What the scripts print is read strictly.</summary>
public class PotentialReplyTests
{
    private const string Whole = "0\tplace\tO/POTCAR\n0\tTITEL\t PAW_PBE O 01Jan2000\n0\tLEXCH\t PE\n0\tZVAL\t 7.0 x\n0\tENMAX\t 400.0\n0\tsize\t9\n0\tsha256\t\n";

    private static PotentialCheck Read(string output) => new PotentialReply(["O"], "/library", "host", hashed: false).Read(output, []);

    [Fact]
    public void A_whole_reply_is_read()
    {
        var found = Read(Whole).InOrder(["O"])[0];
        Assert.Equal((400.0, null, 7.0, 9), (found.EnmaxEv, found.EnminEv, found.Zval, found.SizeBytes));
    }

    [Theory]
    [InlineData("what is this\n")]
    [InlineData("1\tplace\tO/POTCAR\n")]
    [InlineData("-1\tplace\tO/POTCAR\n")]
    [InlineData("0\tplaces\tO/POTCAR\n")]
    [InlineData("0\tplace\tO/POTCAR\tmore\n")]
    [InlineData("0\tplace\t../../etc/POTCAR\n")]
    [InlineData("0\tplace\tO/POTCAR\n")]
    [InlineData("0\tplace\tO/POTCAR\n0\tsize\tmany\n0\tsha256\t\n")]
    public void Anything_else_is_refused(string output) => Assert.Equal("DF4509", Assert.Throws<DftFlowException>(() => Read(output)).Code);

    [Theory]
    [InlineData("../O/POTCAR"), InlineData("/O/POTCAR"), InlineData("a/b/O/POTCAR"), InlineData("Mn/POTCAR"), InlineData("O/passwd"), InlineData("O/POTCAR\u0007")]
    public void A_place_that_is_no_potentials_of_that_name_is_refused(string place) =>
        Assert.Equal("DF4509", Assert.Throws<DftFlowException>(() => Read(Whole.Replace("O/POTCAR", place, StringComparison.Ordinal))).Code);

    [Theory]
    [InlineData("ZVAL\t 7.0", "ZVAL\t -7.0"), InlineData("ENMAX\t 400.0", "ENMAX\t NaN"), InlineData("ENMAX\t 400.0", "ENMAX\t 400,0"), InlineData("ENMAX\t 400.0", "ENMAX\t 1e999")]
    [InlineData("LEXCH\t PE", "LEXCH\t ")]
    public void Numbers_that_cannot_be_are_refused(string right, string wrong) =>
        Assert.Equal("DF4504", Assert.Single(Read(Whole.Replace(right, wrong, StringComparison.Ordinal)).Findings).Code);

    [Theory]
    [InlineData(""), InlineData("all\tsize\t12\n"), InlineData("all\tsize\t12\nall\tsha256\tno hash\n"), InlineData("all\tsize\t-1\nall\tsha256\t\n")]
    public void A_report_of_the_whole_file_must_be_complete(string output) =>
        Assert.Equal("DF4509", Assert.Throws<DftFlowException>(() => PotentialReply.Whole(output, hashed: true, "host")).Code);
}

/// <summary>Keeps all that comes back over a transport.</summary>
/// <param name="sh">The shell that stands in for the host's.</param>
internal sealed class Recording(ITransport transport, string sh = "/bin/sh") : ITransport
{
    private readonly StringBuilder output = new();

    public string Output => output.ToString();

    public string Destination => transport.Destination;

    public async Task<IRemoteProcess> StartAsync(string commandLine, CancellationToken cancellationToken) =>
        new Process(await transport.StartAsync(commandLine.Replace("/bin/sh", sh, StringComparison.Ordinal), cancellationToken), output);

    public ValueTask DisposeAsync() => transport.DisposeAsync();

    private sealed class Process(IRemoteProcess process, StringBuilder output) : IRemoteProcess
    {
        public Stream Input => process.Input;

        public Stream Output { get; } = new Copying(process.Output, output);

        public Stream Error { get; } = new Copying(process.Error, output);

        public Task<int?> WaitAsync(CancellationToken cancellationToken) => process.WaitAsync(cancellationToken);

        public ValueTask DisposeAsync() => process.DisposeAsync();
    }

    private sealed class Copying(Stream stream, StringBuilder output) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await stream.ReadAsync(buffer, cancellationToken);
            lock (output) output.Append(Encoding.Latin1.GetString(buffer.Span[..count]));
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
