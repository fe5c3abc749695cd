using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using DftFlow.Crystals;

namespace DftFlow.Vasp.Outputs.Bader;

/// <summary>An atom and the Bader volumes that belong to it.</summary>
/// <param name="PositionA">Cartesian, in Å where the density was VASP's (in bohr where it was a cube file).</param>
/// <param name="Electrons">In the volume: not the net charge.</param>
/// <param name="MinimumDistanceA">From the atom to the surface of its volume.</param>
/// <param name="VolumeA3">Null in files of early versions, which do not state it.</param>
public sealed record BaderAtom(Vector3D PositionA, double Electrons, double MinimumDistanceA, double? VolumeA3);

/// <summary>
/// ACF.dat of the Henkelman group's program (Tang, Sanville, Henkelman, J. Phys.: Condens. Matter 21, 084204 (2009)): the charge of each atom.
/// </summary>
public sealed record AcfDat
{
    /// <summary>In the order of the POSCAR.</summary>
    public ImmutableArray<BaderAtom> Atoms { get; init; } = [];

    /// <summary>Electrons in the vacuum, where the density is lower than the program's <c>-vac</c>; null where the file does not state them.</summary>
    public double? VacuumElectrons { get; init; }

    public double? VacuumVolumeA3 { get; init; }

    /// <summary>Of atoms and vacuum together.</summary>
    public double? ElectronCount { get; init; }

    public bool Complete => Truncated is null;

    public Truncation? Truncated { get; init; }

    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>Reads an ACF.dat from where the stream stands to its end.</summary>
    /// <exception cref="DftFlowException">DF1446: this is no ACF.dat. DF1447: it has more rows than the reader takes.</exception>
    public static AcfDat Read(Stream stream, CancellationToken cancellation = default)
    {
        var table = new BaderTable(stream, "ACF.dat", rowsOfOneLength: true, cancellation);
        table.ReadNames("X", "CHARGE", "MIN DIST");
        var atoms = ImmutableArray.CreateBuilder<BaderAtom>();
        Span<double> row = stackalloc double[7];
        while (table.NextRow())
        {
            var columns = table.Numbers(row);
            if (columns is 6 or 7) atoms.Add(new BaderAtom(new Vector3D(row[1], row[2], row[3]), row[4], row[5], columns == 7 ? row[6] : null));
            else table.Damage();
        }
        var footer = table.ReadFooter();
        return new AcfDat
        {
            Atoms = atoms.ToImmutable(),
            VacuumElectrons = Stated("VACUUM CHARGE"),
            VacuumVolumeA3 = Stated("VACUUM VOLUME"),
            ElectronCount = Stated("NUMBER OF ELECTRONS"),
            Truncated = table.Truncated,
            Warnings = table.OverflowWarning is { } overflow ? [overflow] : [],
        };

        double? Stated(string label) => footer.TryGetValue(label, out var value) ? value : null;
    }

    /// <summary>The table as that program writes it. A distance that is not a number is written as 0, as it does where there is no surface.</summary>
    public string Text()
    {
        var text = new StringBuilder("    #         X           Y           Z       CHARGE      MIN DIST   ATOMIC VOL\n");
        var line = $" {new string('-', 80)}\n";
        text.Append(line);
        foreach (var (index, atom) in Atoms.Index())
            text.Append(CultureInfo.InvariantCulture, $"{index + 1,5}{atom.PositionA.X,12:F6}{atom.PositionA.Y,12:F6}{atom.PositionA.Z,12:F6}{atom.Electrons,12:F6}{(double.IsNaN(atom.MinimumDistanceA) ? 0 : atom.MinimumDistanceA),13:F6}{atom.VolumeA3 ?? 0,13:F6}\n");
        text.Append(line);
        text.Append(CultureInfo.InvariantCulture, $"    VACUUM CHARGE: {VacuumElectrons ?? 0,20:F4}\n    VACUUM VOLUME: {VacuumVolumeA3 ?? 0,20:F4}\n    NUMBER OF ELECTRONS: {ElectronCount ?? 0,14:F4}\n");
        return text.ToString();
    }
}
