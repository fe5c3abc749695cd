using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using DftFlow.Crystals;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs;

/// <summary>
/// Walks through a vasprun.xml once. Each element's result is kept only when its end has been seen, so that wherever the text
/// stops, what is kept is complete.
/// </summary>
internal sealed partial class VasprunReader(Stream stream, VasprunContent content, ProjectionFilter filter, CancellationToken cancellation)
{
    private const int MostParameters = 20_000;
    private const int MostParameterText = 1 << 25;
    private const int MostAtoms = 10_000_000;
    private const int MostCells = 16;
    private const int MostWarnings = 100;
    private const int MostIonicSteps = 10_000_000;

    private readonly XmlScanner xml = new(stream, cancellation);
    private readonly VaspParameters incar = new(), parameters = new();
    private readonly List<IonicStep> ionicSteps = [];
    private readonly List<string> warnings = [];
    private readonly Electrons ordinary = new(), optional = new();
    private string? program, version;
    private ImmutableArray<AtomType> atomTypes = [];
    private ImmutableArray<int> atoms = [];
    private Geometry? initial, last, final;
    private ImmutableArray<Vector3D> forces = [], stress = [];
    private ImmutableArray<NamedEnergy> lastElectronic = [];
    private int begunSteps, openStepElectronicSteps, learntSteps;
    private long parameterText;

    public Vasprun Read()
    {
        var truncated = ReadAsFarAsItGoes();
        if (xml.Overflows.Count > 0)
            Warn(string.Create(CultureInfo.InvariantCulture, $"{xml.Overflows.Count} places hold numbers that did not fit their columns (****) and are read as not a number; the first is before byte {xml.Overflows.FirstOffset}."));
        if (learntSteps > 0)
            Warn(string.Create(CultureInfo.InvariantCulture, $"{learntSteps} steps of a machine-learnt force field are left out: the ionic steps are those that VASP computed."));
        return new Vasprun
        {
            Program = program,
            Version = version,
            Incar = incar,
            Parameters = parameters,
            AtomTypes = atomTypes,
            Atoms = atoms,
            KPoints = ordinary.KPoints,
            KPointGeneration = ordinary.Generation,
            IonicSteps = [.. ionicSteps],
            LastElectronicEnergies = lastElectronic,
            InitialStructure = BuildStructure(initial, "first"),
            FinalStructure = BuildStructure(final ?? last, "last"),
            ForcesEvPerA = forces,
            StressKbar = stress,
            FermiEnergyEv = ordinary.FermiEnergy,
            Dos = ordinary.Dos,
            Eigenvalues = ordinary.Eigenvalues,
            ProjectedEigenvalues = ordinary.Projected,
            KPointsOpt = optional.Results(),
            Truncated = truncated,
            Warnings = [.. warnings],
        };
    }

    private Truncation? ReadAsFarAsItGoes()
    {
        try
        {
            ReadRoot();
            return null;
        }
        catch (DamagedTextException damage)
        {
            if (xml.Depth == 0 && begunSteps == 0 && program is null)
                throw new DftFlowException("DF1401", "This is not a vasprun.xml: it does not begin with the element <modeling>.",
                    damage.Offset == 0 ? "The file is empty: did the run start at all?" : "Give the vasprun.xml of the calculation; a compressed one is to be decompressed by whoever opens it.");
            return new Truncation(damage.Offset, begunSteps, openStepElectronicSteps, damage.Message);
        }
    }

    private void Warn(string warning)
    {
        if (warnings.Count < MostWarnings) warnings.Add(warning);
    }

    private void ReadRoot()
    {
        if (!xml.NextChild() || !xml.Is("modeling"u8)) throw NotVasprun();
        while (xml.NextChild())
        {
            if (xml.Is("calculation"u8)) ReadCalculation();
            else if (xml.Is("dos"u8)) ReadDos(ordinary);
            else if (xml.Is("generator"u8)) ReadGenerator();
            else if (xml.Is("incar"u8)) ReadParameters(incar);
            else if (xml.Is("parameters"u8)) ReadParameters(parameters);
            else if (xml.Is("kpoints"u8) && xml.Attribute("comment"u8) is null && ordinary.KPoints.IsEmpty) ReadKPoints(ordinary);
            else if (xml.Is("atominfo"u8)) ReadAtoms();
            else if (xml.Is("structure"u8)) ReadNamedStructure();
            else if (xml.Is("energy"u8))
            {
                // Steps of a machine-learnt force field stand outside the calculations.
                learntSteps++;
                xml.Skip();
            }
            else xml.Skip();
        }
    }

    private static DftFlowException NotVasprun() => new("DF1401", "This is not a vasprun.xml: its outermost element is not <modeling>.",
        "Give the vasprun.xml of the calculation.");

    private void ReadGenerator()
    {
        while (xml.NextChild())
        {
            var name = xml.Attribute("name"u8);
            var text = xml.ReadString();
            if (name == "program") program = text;
            else if (name == "version") version = text;
        }
    }

    private void ReadParameters(VaspParameters into)
    {
        while (xml.NextChild())
        {
            if (xml.Is("separator"u8)) ReadParameters(into);
            else if (xml.Is("i"u8) || xml.Is("v"u8))
            {
                var several = xml.Is("v"u8);
                var name = xml.Attribute("name"u8);
                var type = xml.Attribute("type"u8);
                var begin = xml.Offset;
                var value = ReadValue(type, several, name);
                parameterText += xml.Offset - begin;
                if (into.All.Count == MostParameters || parameterText > MostParameterText)
                    throw XmlScanner.Refused($"it has more than {MostParameters} parameters, or more than {MostParameterText >> 20} MiB of them", "A run has some three hundred.");
                if (name is null) continue;
                into.Add(name, value);
            }
            else xml.Skip();
        }
    }

    private ParameterValue ReadValue(string? type, bool several, string? name)
    {
        if (type == "string") return new ParameterValue.Text(xml.ReadString());
        var text = xml.ReadText().Trim(" \t\r\n"u8);
        var values = ImmutableArray.CreateBuilder<ParameterValue>();
        while (!text.IsEmpty)
        {
            var length = 0;
            ParameterValue? value = null;
            if (type == "logical")
            {
                length = Math.Max(1, text.IndexOfAny(" \t\r\n"u8));
                if (text[0] is (byte)'T' or (byte)'t' or (byte)'F' or (byte)'f') value = new ParameterValue.Flag(text[0] is (byte)'T' or (byte)'t');
            }
            else if ((length = FortranNumber.Read(text, out var number)) > 0)
            {
                if (text[0] == '*') xml.NoteOverflow();
                value = type == "int" && Math.Abs(number) < 1e15 && number == Math.Truncate(number) ? new ParameterValue.Whole((long)number) : new ParameterValue.Real(number);
            }
            if (value is null)
            {
                Warn($"The parameter {Shortened(name ?? "(without a name)")} is not of its type ({Shortened(type ?? "float")}); it is kept as text.");
                return new ParameterValue.Text(Encoding.Latin1.GetString(text));
            }
            values.Add(value);
            text = text[length..].TrimStart(" \t\r\n"u8);
        }
        if (several) return new ParameterValue.List(values.DrainToImmutable());
        return values.Count switch
        {
            0 => new ParameterValue.Text(""),
            1 => values[0],
            _ => new ParameterValue.List(values.DrainToImmutable()),
        };
    }

    private void ReadKPoints(Electrons into)
    {
        List<Vector3D> points = [];
        List<double> weights = [];
        while (xml.NextChild())
        {
            var name = xml.Is("varray"u8) ? xml.Attribute("name"u8) : null;
            if (name == "kpointlist") points = ReadVectors();
            else if (name == "weights") weights = ReadColumn();
            else if (xml.Is("generation"u8)) into.Generation = ReadGeneration();
            else xml.Skip();
        }
        if (weights.Count != points.Count) throw xml.Damaged("there are not as many weights as k-points");
        into.KPoints = [.. points.Zip(weights, (point, weight) => new KPoint(point, weight))];
    }

    private KPointGeneration ReadGeneration()
    {
        var scheme = xml.Attribute("param"u8) ?? "";
        var divisions = ImmutableArray<int>.Empty;
        Vector3D userShift = default, shift = default;
        double? length = null;
        List<Vector3D> path = [];
        Span<double> row = stackalloc double[4];
        while (xml.NextChild())
        {
            var name = xml.Attribute("name"u8);
            var count = ReadNumbers(xml.ReadText(), row);
            if (name == "divisions" && count is 1 or 3) divisions = [.. row[..count].ToArray().Select(value => (int)value)];
            else if (name == "subdivisionlength" && count == 1) length = row[0];
            else if (name == "usershift" && count == 3) userShift = new Vector3D(row[0], row[1], row[2]);
            else if (name == "shift" && count == 3) shift = new Vector3D(row[0], row[1], row[2]);
            else if (name is null && count == 3) path.Add(new Vector3D(row[0], row[1], row[2]));
        }
        return new KPointGeneration(scheme, divisions, userShift, shift, length, [.. path]);
    }

    /// <returns>How many numbers the text consists of; -1 where it holds something else, or more than there is room for.</returns>
    private static int ReadNumbers(ReadOnlySpan<byte> text, Span<double> values)
    {
        var count = 0;
        for (text = text.Trim(" \t\r\n"u8); !text.IsEmpty; text = text.TrimStart(" \t\r\n"u8))
        {
            if (count == values.Length) return -1;
            var length = FortranNumber.Read(text, out values[count++]);
            if (length == 0) return -1;
            text = text[length..];
        }
        return count;
    }

    private void ReadAtoms()
    {
        List<int> types = [];
        while (xml.NextChild())
        {
            var name = xml.Is("array"u8) ? xml.Attribute("name"u8) : null;
            if (name == "atoms") ReadTable(() => types.Add(ReadAtom()));
            else if (name == "atomtypes")
            {
                var read = ImmutableArray.CreateBuilder<AtomType>();
                ReadTable(() => read.Add(ReadAtomType()));
                atomTypes = read.DrainToImmutable();
            }
            else xml.Skip();
        }
        if (types.Exists(type => type < 0 || type >= atomTypes.Length)) throw xml.Damaged("an atom is of a type that is not listed");
        atoms = [.. types];
    }

    // A row <rc> of element and type, without a string for each of what can be many atoms.
    private int ReadAtom()
    {
        var cell = 0;
        int? type = null;
        for (; xml.NextChild(); cell++)
        {
            if (cell == 1 && Utf8Parser.TryParse(xml.ReadText().Trim(" \t\r\n"u8), out int value, out _)) type = value - 1;
            else xml.Skip();
        }
        return type ?? throw xml.Damaged("a row of the atoms is not an element and a type");
    }

    private AtomType ReadAtomType()
    {
        var row = new List<string>();
        while (xml.NextChild())
        {
            if (row.Count == MostCells) throw xml.Damaged("a row of the atom types has too many cells");
            row.Add(xml.ReadString());
        }
        if (row.Count < 5 || !int.TryParse(row[0], NumberStyles.Integer, CultureInfo.InvariantCulture, out var count)
            || !FortranNumber.TryReadOnly(Encoding.Latin1.GetBytes(row[2]), out var mass)
            || !FortranNumber.TryReadOnly(Encoding.Latin1.GetBytes(row[3]), out var valence))
            throw xml.Damaged("a row of the atom types is not count, element, mass, valence and potential");
        // Some versions cut the symbol (`r` for Zr); the potential's title, as in `PAW_PBE Zr_sv 07Sep2000`, has it in full.
        if (!Element.TryParse(row[1], out var element)
            && row[4].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var potential, ..])
            _ = Element.TryParse(potential.Split('_', '.')[0], out element);
        if (element is null) Warn($"'{Shortened(row[1])}' with the potential '{Shortened(row[4])}' is no element: structures with it cannot be built.");
        return new AtomType(count, element, row[1], mass, valence, row[4]);
    }

    // An <array>: its rows are <rc> of cells <c>, in one <set>.
    private void ReadTable(Action readRow)
    {
        var rows = 0;
        while (xml.NextChild())
        {
            if (!xml.Is("set"u8))
            {
                xml.Skip();
                continue;
            }
            while (xml.NextChild())
            {
                if (rows++ == MostAtoms) throw XmlScanner.Refused($"it lists more than {MostAtoms} atoms", "Is it another file?");
                readRow();
            }
        }
    }

    private static string Shortened(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
