using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs;

/// <summary>Ionic steps: energies, structures, forces.</summary>
internal sealed partial class VasprunReader
{
    private sealed record Geometry(List<Vector3D> Basis, List<Vector3D> Positions, List<SelectiveDynamics>? Free);

    private readonly record struct Energies(double Free, double WithoutEntropy, double SigmaToZero);

    private void ReadCalculation()
    {
        if (begunSteps == MostIonicSteps) throw XmlScanner.Refused($"it has more than {MostIonicSteps} ionic steps", "Is it another file?");
        begunSteps++;
        openStepElectronicSteps = 0;
        Energies? electronic = null, ionic = null;
        Geometry? geometry = null;
        List<Vector3D>? stepForces = null;
        while (xml.NextChild())
        {
            if (xml.Is("scstep"u8))
            {
                electronic = ReadElectronicStep() ?? electronic;
                openStepElectronicSteps++;
            }
            else if (xml.Is("energy"u8)) ionic = ReadEnergies();
            else if (xml.Is("structure"u8) && content.HasFlag(VasprunContent.Structures)) geometry = ReadGeometry();
            else if (xml.Is("varray"u8) && content.HasFlag(VasprunContent.Structures) && xml.Attribute("name"u8) == "forces") stepForces = ReadVectors();
            else if (xml.Is("dos"u8)) ReadDos();
            else if (xml.Is("eigenvalues"u8) && content.HasFlag(VasprunContent.Eigenvalues)) ReadEigenvalues();
            else if (xml.Is("eigenvalues"u8) || xml.Is("projected"u8)) xml.SkipFlat();
            else if (xml.Is("i"u8) && xml.Attribute("name"u8) == "efermi") fermiEnergy = ReadNumber();
            else xml.Skip();
        }
        if (ionic is null) Warn($"Ionic step {begunSteps} has no energy.");
        ionicSteps.Add(Step(ionic, electronic, openStepElectronicSteps));
        openStepElectronicSteps = 0;
        last = geometry ?? last;
        forces = stepForces is null ? forces : [.. stepForces];
    }

    /// <summary>The three energies of an ionic step, whichever way the version labels them.</summary>
    /// <remarks>
    /// VASP 5 writes energy(sigma→0) as <c>e_wo_entrp</c> and the entropy term (or zero) as <c>e_0_energy</c> at the end of an
    /// ionic step; VASP 6 writes what the labels say. The electronic steps are labelled rightly in both, but can lack the dispersion
    /// energy: so their entropy correction, which the last of them shares with the ionic step, tells which label is which.
    /// </remarks>
    private static IonicStep Step(Energies? ionic, Energies? electronic, int electronicSteps)
    {
        if (ionic is not { } step) return new IonicStep(double.NaN, double.NaN, double.NaN, electronicSteps);
        var correction = electronic is { } last && double.IsFinite(last.SigmaToZero - last.Free) ? last.SigmaToZero - last.Free : 0;
        var expected = step.Free + correction;
        var labelled = !(Math.Abs(step.WithoutEntropy - expected) < Math.Abs(step.SigmaToZero - expected));
        return labelled
            ? new IonicStep(step.Free, step.WithoutEntropy, step.SigmaToZero, electronicSteps)
            : new IonicStep(step.Free, step.Free - step.SigmaToZero, step.WithoutEntropy, electronicSteps);
    }

    private Energies? ReadElectronicStep()
    {
        Energies? energies = null;
        while (xml.NextChild())
        {
            if (xml.Is("energy"u8)) energies = ReadEnergies();
            else xml.Skip();
        }
        return energies;
    }

    private Energies ReadEnergies()
    {
        double free = double.NaN, withoutEntropy = double.NaN, sigmaToZero = double.NaN;
        while (xml.NextChild())
        {
            switch (xml.Attribute("name"u8))
            {
                case "e_fr_energy": free = ReadNumber(); break;
                case "e_wo_entrp": withoutEntropy = ReadNumber(); break;
                case "e_0_energy": sigmaToZero = ReadNumber(); break;
                default: xml.Skip(); break;
            }
        }
        return new Energies(free, withoutEntropy, sigmaToZero);
    }

    private void ReadNamedStructure()
    {
        var name = xml.Attribute("name"u8);
        if (!content.HasFlag(VasprunContent.Structures)) xml.Skip();
        else if (name == "initialpos") initial = ReadGeometry();
        else if (name == "finalpos") final = ReadGeometry();
        else xml.Skip();
    }

    private Geometry ReadGeometry()
    {
        List<Vector3D> basis = [], positions = [];
        List<SelectiveDynamics>? free = null;
        while (xml.NextChild())
        {
            if (xml.Is("crystal"u8))
            {
                while (xml.NextChild())
                {
                    if (xml.Attribute("name"u8) == "basis") basis = ReadVectors();
                    else xml.Skip();
                }
                continue;
            }
            switch (xml.Is("varray"u8) ? xml.Attribute("name"u8) : null)
            {
                case "positions": positions = ReadVectors(); break;
                case "selective": free = ReadSelective(); break;
                default: xml.Skip(); break;
            }
        }
        if (basis.Count != 3) throw xml.Damaged("a structure has no three lattice vectors");
        return new Geometry(basis, positions, free);
    }

    private List<SelectiveDynamics> ReadSelective()
    {
        var rows = new List<SelectiveDynamics>();
        while (xml.NextChild())
        {
            if (xml.ReadString().Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var x, var y, var z])
                throw xml.Damaged("a row of selective dynamics is not three flags");
            rows.Add(new SelectiveDynamics(x == "T", y == "T", z == "T"));
        }
        return rows;
    }

    private List<Vector3D> ReadVectors()
    {
        var vectors = new List<Vector3D>();
        Span<double> row = stackalloc double[4];
        int columns;
        while ((columns = xml.ReadRow("<v>"u8, "</v>"u8, row)) >= 0)
        {
            if (columns != 3) throw xml.Damaged("a vector does not have three components");
            vectors.Add(new Vector3D(row[0], row[1], row[2]));
        }
        if (xml.NextChild()) throw xml.Damaged("a list of vectors holds something else");
        return vectors;
    }

    private List<double> ReadColumn()
    {
        var column = new List<double>();
        Span<double> row = stackalloc double[4];
        int columns;
        while ((columns = xml.ReadRow("<v>"u8, "</v>"u8, row)) >= 0)
        {
            if (columns != 1) throw xml.Damaged("a row of one number holds another count");
            column.Add(row[0]);
        }
        if (xml.NextChild()) throw xml.Damaged("a list of numbers holds something else");
        return column;
    }

    private double ReadNumber()
    {
        var text = xml.ReadText().Trim(" \t\r\n"u8);
        var overflow = text.StartsWith((byte)'*');
        var isNumber = FortranNumber.TryReadOnly(text, out var value);
        if (overflow) xml.NoteOverflow();
        else if (!isNumber) throw xml.Damaged("a number is not one");
        return value;
    }

    private Structure? BuildStructure(Geometry? geometry, string which)
    {
        if (geometry is null) return null;
        var (basis, positions, free) = geometry;
        if (positions.Count != atoms.Length || (free is not null && free.Count != atoms.Length))
        {
            Warn($"The {which} structure is left out: it lists {positions.Count} positions for {atoms.Length} atoms.");
            return null;
        }
        var sites = ImmutableArray.CreateBuilder<Site>(atoms.Length);
        for (var i = 0; i < atoms.Length; i++)
        {
            if (atomTypes[atoms[i]].Element is not { } element || !positions[i].IsFinite)
            {
                Warn($"The {which} structure is left out: atom {i + 1} has no known element or place.");
                return null;
            }
            sites.Add(new Site(element, positions[i], free?[i]));
        }
        try
        {
            return new Structure(new Lattice(basis[0], basis[1], basis[2]), sites.MoveToImmutable());
        }
        catch (ArgumentException)
        {
            Warn($"The {which} structure is left out: its lattice vectors span no volume.");
            return null;
        }
    }
}
