using System.Collections.Immutable;
using DftFlow.Crystals;

namespace DftFlow.Vasp.Outputs;

/// <summary>Atoms of one kind, as an XDATCAR lists them.</summary>
/// <param name="Symbol">As in the file (<c>Mn</c>, <c>Mn_pv</c>, <c>Fe/hash</c>); null where the file does not name its elements.</param>
/// <param name="Element">Null where the symbol names none.</param>
public sealed record XdatcarSpecies(string? Symbol, Element? Element, int Count);

/// <summary>One configuration of a trajectory.</summary>
/// <param name="Number">As the file counts them; from 1, in steps of NBLOCK. Counted on where the file does not.</param>
/// <param name="Lattice">Null in files of VASP 4, which do not state it.</param>
/// <param name="Fractional">In fractions of the lattice vectors, in the order of the POSCAR.</param>
public sealed record XdatcarFrame(int Number, Lattice? Lattice, ImmutableArray<Vector3D> Fractional);

/// <summary>
/// Reads an XDATCAR configuration by configuration: a trajectory of any length in the memory of one. What VASP 4 writes (no
/// lattice, no elements), VASP 5 and 6 (a header once, or before each configuration where the cell varies).
/// </summary>
public sealed class Xdatcar
{
    private readonly XdatcarReader reader;

    private Xdatcar(XdatcarReader reader) => this.reader = reader;

    /// <summary>The first line, or the name in the header of VASP 4.</summary>
    public string System => reader.System;

    /// <summary>In the order of the POSCAR; empty in files of VASP 4, which state the number of ions alone.</summary>
    public ImmutableArray<XdatcarSpecies> Species => reader.Species;

    public int IonCount => reader.IonCount;

    /// <summary>Known once <see cref="Next"/> has given null; its ionic step is that of the configuration that is not complete, from 1.</summary>
    public Truncation? Truncated => reader.Truncated;

    public ImmutableArray<string> Warnings => reader.Warnings;

    /// <summary>Reads the header; the stream stays in use until the last configuration.</summary>
    /// <param name="stream">Plain text; whoever opened the file decompresses it.</param>
    /// <exception cref="DftFlowException">DF1430: this is no XDATCAR. DF1431: it claims more ions than any run has.</exception>
    public static Xdatcar Open(Stream stream, CancellationToken cancellation = default)
    {
        var reader = new XdatcarReader(stream, cancellation);
        reader.Begin();
        return new Xdatcar(reader);
    }

    /// <summary>The next complete configuration; null after the last.</summary>
    public XdatcarFrame? Next() => reader.Next();

    /// <summary>The configurations from here on, read as they are asked for.</summary>
    public IEnumerable<XdatcarFrame> Frames()
    {
        while (Next() is { } frame) yield return frame;
    }
}
