using System.Globalization;
using System.Text;
using CsCheck;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Outputs;

/// <summary>Small tables in VASP's formats, and the two ways in which every reader of tables is tried: cut off anywhere, damaged anyhow.</summary>
internal static class TableSamples
{
    public static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>A DOSCAR in the format of VASP 5: three energies, values that name their place (row·100 + column, in thousandths).</summary>
    public static string Doscar(int totalColumns, int sites, int projectedColumns, Func<int, int, int, double>? value = null)
    {
        value ??= (site, row, column) => site + 0.1 * row + 0.001 * column;
        const string Block = "      6.00000000     -4.00000000    3      1.25000000      1.00000000\n";
        var text = new StringBuilder(FormattableString.Invariant($"{sites,4}{sites,4}{(projectedColumns > 0 ? 1 : 0),4}   0\n"));
        text.Append("  0.1648482E+02  0.4040000E-09  0.4040000E-09  0.5000000E-09  0.5000000E-15\n  1.000000000000000E-004\n  CAR \n a test of tables\n").Append(Block);
        for (var row = 0; row < 3; row++) Row(0, row, totalColumns - 1);
        for (var site = 1; site <= sites && projectedColumns > 0; site++)
        {
            text.Append(Block);
            for (var row = 0; row < 3; row++) Row(site, row, projectedColumns);
        }
        return text.ToString();

        void Row(int site, int row, int columns)
        {
            text.Append(CultureInfo.InvariantCulture, $"{-4 + 5 * row,11:F3}");
            for (var column = 0; column < columns; column++) text.Append("  ").Append(value(site, row, column).ToString("0.0000E+00", CultureInfo.InvariantCulture));
            text.Append('\n');
        }
    }

    /// <summary>A PROCAR in the format of VASP 5.4.4, of s and p: two k-points, two bands, two ions.</summary>
    public static string Procar(int spins = 1, int components = 1, bool phases = false)
    {
        var text = new StringBuilder(phases ? "PROCAR lm decomposed + phase\n" : "PROCAR new format\n");
        for (var spin = 0; spin < spins; spin++)
        {
            text.Append("# of k-points:    2         # of bands:    2         # of ions:    2\n\n");
            for (var k = 0; k < 2; k++)
            {
                text.Append(CultureInfo.InvariantCulture, $" k-point     {k + 1} :    0.25000000-0.00000000{-0.5 * k,11:F8}     weight = 0.50000000\n\n");
                for (var band = 0; band < 2; band++) AppendBand(text, spin, k, band, components, phases);
            }
        }
        return text.ToString();
    }

    /// <summary>What <see cref="Procar"/> puts at a place: in thousandths a digit each of spin, k-point and band (from 1), component, ion and orbital.</summary>
    public static double Projection(int spin, int k, int band, int component, int ion, int orbital) =>
        (spin * 400 + k * 200 + band * 100 + component * 20 + ion * 2 + orbital) * (component == 3 ? -1 : 1) / 1000.0;

    private static void AppendBand(StringBuilder text, int spin, int k, int band, int components, bool phases)
    {
        text.Append(CultureInfo.InvariantCulture, $"band     {band + 1} # energy  {-7.5 + k + 2 * band + spin / 8.0,12:F8} # occ.  {1 - band:F8}\n \nion      s      p    tot\n");
        for (var component = 0; component < components; component++)
        {
            for (var ion = 0; ion < 2; ion++)
            {
                text.Append(CultureInfo.InvariantCulture, $"{ion + 1,5}");
                for (var orbital = 0; orbital < 2; orbital++) text.Append(CultureInfo.InvariantCulture, $"{Projection(spin, k, band, component, ion, orbital),7:F3}");
                text.Append("  0.999\n");
            }
            text.Append("tot    0.998  0.998  0.998\n");
        }
        if (phases)
            text.Append("ion          s             p         \n    1 -0.101  0.102  -0.103 -0.104   0.050\n    2  0.201  0.202   0.203  0.204   0.060\ncharge 0.769          0.000          0.769   \n");
        text.Append(" \n");
    }

    /// <summary>Reads the text cut off behind every byte: always a result, or in the first bytes the error that it is another file.</summary>
    public static void CutAnywhere<T>(string text, Func<Stream, T> read, Func<T, Truncation?> truncated, Action<T> check)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var results = 0;
        for (var length = 0; length < bytes.Length - 1; length++)
        {
            T result;
            try
            {
                result = read(new MemoryStream(bytes, 0, length));
            }
            catch (DftFlowException error)
            {
                Assert.Equal(0, results);
                Assert.Contains(error.Code, (string[])["DF1430", "DF1446"]);
                continue;
            }
            results++;
            if (truncated(result) is { } at) Assert.InRange(at.Byte, 0, length);
            check(result);
        }
        Assert.True(results > bytes.Length / 3, "too little of the text was read");
        Assert.Null(truncated(read(new MemoryStream(bytes))));
    }

    /// <summary>Damages texts by bytes, pieces and strange numbers: a reader gives a result or its own error, and nothing else.</summary>
    public static void DamagedAnyhow(Action<Stream> read, params string[] samples)
    {
        Mutated.OnlyFailsWithItsOwnError(text => read(Stream(text)), samples);
        var strange = new[] { "****************", "-0.1-0.2", "0.1234-101", " 99999999", "\n\n", " 1e999", "0.5D+03", "NaN", "\r\n", "1000000000" };
        Gen.Select(Gen.Int[0, samples.Length - 1], Gen.Select(Gen.Double[0, 1], Gen.Int[0, 3], Gen.Int[0, 400], Gen.Int[0, strange.Length - 1]).Array[1, 5]).Sample((which, edits) =>
        {
            var text = samples[which];
            foreach (var (place, kind, length, word) in edits)
            {
                var at = (int)(place * text.Length);
                var count = Math.Min(length, text.Length - at);
                text = kind switch
                {
                    0 => text.Remove(at, count),
                    1 => text.Insert(at, text.Substring(at, count)),
                    2 => text.Insert(at, strange[word]),
                    _ => string.Concat(text.AsSpan(0, at), strange[word], text.AsSpan(Math.Min(text.Length, at + strange[word].Length))),
                };
            }
            try
            {
                read(Stream(text));
            }
            catch (DftFlowException)
            {
            }
        }, iter: Effort.Iterations(5_000));
    }
}
