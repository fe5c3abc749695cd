using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs;

/// <summary>Ionic steps: energies, structures, forces.</summary>
internal sealed partial class VasprunReader
{
    private const int MostNamedEnergies = 64;

    private sealed record Geometry(List<Vector3D> Basis, List<Vector3D> Positions, List<SelectiveDynamics>? Free)
    {
        public Lattice? Lattice()
        {
            try
            {
                return new Lattice(Basis[0], Basis[1], Basis[2]);
            }
            catch (ArgumentException)
            {
                return null;
            }
        }
    }

    private readonly record struct Energies(double Free, double WithoutEntropy, double SigmaToZero);

    // All energies of the block read last, by the file's names.
    private readonly List<NamedEnergy> named = [];

    private void ReadCalculation()
    {
        if (begunSteps == MostIonicSteps) throw XmlScanner.Refused($"it has more than {MostIonicSteps} ionic steps", "Is it another file?");
        begunSteps++;
        openStepElectronicSteps = 0;
        int? selfConsistentSteps = null;
        Energies? electronic = null, ionic = null;
        ImmutableArray<NamedEnergy> others = [], contributions = [];
        Geometry? geometry = null;
        ImmutableArray<Vector3D> stepForces = [], stepStress = [];
        while (xml.NextChild())
        {
            if (xml.Is("scstep"u8))
            {
                var energies = ReadElectronicStep();
                openStepElectronicSteps++;
                if (selfConsistentSteps is not null && HasResponse) continue;
                // Of a loop the first and the last step list all contributions; those of a response come after it.
                if (openStepElectronicSteps > 1 && named.Count > 4) selfConsistentSteps ??= openStepElectronicSteps;
                if (energies is null) continue;
                electronic = energies;
                contributions = [.. named];
            }
            else if (xml.Is("energy"u8))
            {
                ionic = ReadEnergies();
                others = named.Count <= 3 ? [] : [.. named.Where(energy => energy.Name is not ("e_fr_energy" or "e_wo_entrp" or "e_0_energy"))];
            }
            else if (xml.Is("structure"u8) && content.HasFlag(VasprunContent.Structures)) geometry = ReadGeometry();
            else if (xml.Is("varray"u8) && content.HasFlag(VasprunContent.Structures))
            {
                switch (xml.Attribute("name"u8))
                {
                    case "forces": stepForces = [.. ReadVectors()]; break;
                    case "stress": stepStress = [.. ReadVectors()]; break;
                    default: xml.Skip(); break;
                }
            }
            else if (!TryReadElectrons()) xml.Skip();
        }
        if (ionic is null) Warn($"Ionic step {begunSteps} has no energy.");
        var electronicSteps = HasResponse ? selfConsistentSteps ?? openStepElectronicSteps : openStepElectronicSteps;
        ionicSteps.Add(Step(ionic, electronic, electronicSteps) with
        {
            OtherEnergies = others,
            Geometry = content.HasFlag(VasprunContent.Trajectory) && geometry is not null
                ? new IonicGeometry(geometry.Lattice(), [.. geometry.Positions], stepForces, stepStress)
                : null,
        });
        openStepElectronicSteps = 0;
        lastElectronic = contributions;
        last = geometry ?? last;
        forces = stepForces;
        stress = stepStress;
    }

    /// <summary>Linear response and finite fields iterate on after the step's own loop, and list that among its electronic steps.</summary>
    private bool HasResponse => parameters.Flag("LEPSILON") == true || parameters.Flag("LCALCEPS") == true || parameters.Flag("LCHIMAG") == true || parameters.Whole("IBRION") is 7 or 8;

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
        named.Clear();
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
        named.Clear();
        while (xml.NextChild())
        {
            if (xml.Attribute("name"u8) is not { } name || named.Count == MostNamedEnergies)
            {
                xml.Skip();
                continue;
            }
            var energy = ReadNumber();
            named.Add(new NamedEnergy(name, energy));
            if (name == "e_fr_energy") free = energy;
            else if (name == "e_wo_entrp") withoutEntropy = energy;
            else if (name == "e_0_energy") sigmaToZero = energy;
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
            if (vectors.Count == MostAtoms) throw TooManyRows();
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
            if (column.Count == MostAtoms) throw TooManyRows();
            column.Add(row[0]);
        }
        if (xml.NextChild()) throw xml.Damaged("a list of numbers holds something else");
        return column;
    }

    private static DftFlowException TooManyRows() => XmlScanner.Refused($"a list in it has more than {MostAtoms} rows", "No run has so many atoms or k-points: is the file damaged, or another one?");

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
        var (_, positions, free) = geometry;
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
        if (geometry.Lattice() is { } lattice) return new Structure(lattice, sites.MoveToImmutable());
        Warn($"The {which} structure is left out: its lattice vectors span no volume.");
        return null;
    }
}
