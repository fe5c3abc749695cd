using System.Collections.Immutable;

namespace DftFlow.Crystals.Surfaces;

/// <summary>
/// Cuts a slab out of a crystal: parallel to a lattice plane, between atomic layers, with the smallest cell in the plane and c at
/// right angles to it. Of the terminations that meet the demands the first of <see cref="CrystalSurface.Terminations"/> is taken,
/// then the thinnest slab.
/// </summary>
public sealed record Slab(MillerPlane Plane)
{
    /// <summary>The number of atomic layers, each what <see cref="LayerToleranceA"/> makes one; this or <see cref="ThicknessA"/>.</summary>
    public int? Layers { get; init; }

    /// <summary>The least distance in Å from the lowest atom's centre to the highest's; this or <see cref="Layers"/>.</summary>
    public double? ThicknessA { get; init; }

    /// <summary>From the highest atom's centre to the lowest of the next image, in Å.</summary>
    public double VacuumA { get; init; } = 15;

    /// <summary>The termination at the top: its id, its number, or its layers from the outermost inwards, as in <c>O</c> or <c>Li-O</c>.</summary>
    public string? Termination { get; init; }

    /// <summary>An operation of the crystal must exchange the two sides.</summary>
    public bool Symmetric { get; init; }

    /// <summary>The slab must have the composition of the crystal. Where not, whole layers may be left off one side.</summary>
    public bool Stoichiometric { get; init; } = true;

    public SlabPosition Position { get; init; } = SlabPosition.Centre;

    /// <summary>a′ and b′ in terms of a and b: m11, m12, m21, m22.</summary>
    public (int M11, int M12, int M21, int M22) InPlane { get; init; } = (1, 0, 0, 1);

    /// <summary>The charge of each element in e, for polarity and dipole.</summary>
    public IReadOnlyDictionary<Element, double>? Charges { get; init; }

    /// <summary>Bonds between these elements are not cut.</summary>
    public ImmutableArray<(Element, Element)> KeptBonds { get; init; } = [];

    /// <summary>Atoms whose heights differ by no more than this from the next, in Å, are one layer.</summary>
    public double LayerToleranceA { get; init; } = AtomicLayers.DefaultToleranceA;

    /// <exception cref="DftFlowException">DF1610–DF1613: a setting, the plane, the termination or the demands are of no use. DF1220: atoms lie on each other.</exception>
    public BuiltSlab Build(Structure crystal)
    {
        CheckSettings();
        var surface = CrystalSurface.Of(crystal, Plane, LayerToleranceA, Charges, KeptBonds);
        var terminations = Termination is null ? surface.Terminations : surface.Named(Termination);
        CheckSize(surface);
        foreach (var termination in terminations)
            if (Thinnest(surface, termination.TopLayer, Symmetric, Stoichiometric) is { } layers) return Built(crystal, surface, termination, layers);
        throw Unmet(surface, terminations);
    }

    private void CheckSettings()
    {
        if (Layers is null == ThicknessA is null) throw SlabCell.Error("A slab has a number of layers or a thickness.", "Give one of the two, as in `thickness: 12 Å` or `thickness: 6 layers`.");
        if (Layers < 1) throw SlabCell.Error(FormattableString.Invariant($"{Layers} layers make no slab."), "Give at least 1 layer.");
        if (ThicknessA is { } thickness && !(thickness > 0 && double.IsFinite(thickness)))
            throw SlabCell.Error(FormattableString.Invariant($"{thickness} Å is not the thickness of a slab."), "Give a length in Å, above zero.");
        SlabCell.Check(VacuumA);
    }

    // Before anything grows: as many atoms as the slab will have at least.
    private void CheckSize(CrystalSurface surface)
    {
        var repeats = (Layers - 1) / surface.LayersPerRepeat ?? Math.Floor(ThicknessA!.Value / surface.Cell.SpacingA);
        var cells = Math.Abs((double)InPlane.M11 * InPlane.M22 - (double)InPlane.M12 * InPlane.M21);
        if (repeats * cells * surface.Cell.Structure.Sites.Length is var atoms && atoms > SlabCell.MostAtoms) throw SlabCell.TooManyAtoms(atoms);
    }

    /// <summary>The smallest number of layers below the top one that meets the demands; null where none does.</summary>
    private int? Thinnest(CrystalSurface surface, int topLayer, bool symmetric, bool stoichiometric)
    {
        var repeat = surface.LayersPerRepeat;
        var least = Layers ?? Math.Max(1, ((int)(ThicknessA!.Value / surface.Cell.SpacingA) - 1) * repeat);
        // What the demands say comes again with each repeat; up to two of them may pass before the slab is thick enough.
        for (var layers = least; layers <= (Layers ?? least + 4 * repeat); layers++)
        {
            var bottom = topLayer - layers + 1;
            if (ThicknessA is { } thickness && surface.Stacking.ThicknessA(bottom, topLayer) < thickness - 1e-6) continue;
            if ((!symmetric || surface.IsSymmetric(bottom, topLayer)) && (!stoichiometric || surface.IsStoichiometric(bottom, topLayer))) return layers;
        }
        return null;
    }

    private DftFlowException Unmet(CrystalSurface surface, ImmutableArray<Termination> terminations)
    {
        string?[] demands = [Termination is { } name ? $"ends with {name}" : null, Symmetric ? "is symmetric" : null, Stoichiometric ? "has the crystal's composition" : null];
        var counted = Layers is { } asked ? $" of {Spelling.Count(asked, "layer")}" : "";
        var message = $"There is no slab{counted} at {Plane} that {string.Join(" and ", demands.OfType<string>())}.";
        if (Symmetric && !surface.IsReversible)
            return new("DF1613", message + " No operation of the crystal turns the plane's normal around, so that the two sides of a slab are never alike.",
                "Leave out `symmetric`, and correct for the dipole (LDIPOL, IDIPOL = 3).");
        // What another thickness, then what another composition would give.
        foreach (var stoichiometric in Stoichiometric ? new[] { true, false } : [false])
        {
            var possible = terminations.Select(termination => (termination.Id, Layers: Near(termination.TopLayer, stoichiometric))).Where(pair => !pair.Layers.IsEmpty).ToList();
            if (possible.Count > 0)
                return new("DF1613", message, (stoichiometric || !Stoichiometric ? "There are: " : "With `stoichiometric: false` there are: ")
                    + string.Join("; ", possible.Take(8).Select(pair => FormattableString.Invariant($"{pair.Id} with {string.Join(" or ", pair.Layers)} {(pair.Layers is [1] ? "layer" : "layers")}"))) + ".");
        }
        return new("DF1613", message, $"The terminations are {string.Join(", ", surface.Terminations.Select(termination => termination.Id))}.");

        // The numbers of layers next to the one asked for, below and above, that would do.
        ImmutableArray<int> Near(int topLayer, bool stoichiometric)
        {
            if (Layers is not { } layers) return Thinnest(surface, topLayer, Symmetric, stoichiometric) is { } n ? [n] : [];
            var reach = surface.LayersPerRepeat;
            var fewer = Enumerable.Range(1, reach).Select(step => layers - step).Where(n => n > 0 && Meets(n)).Take(1);
            return [.. fewer, .. Enumerable.Range(0, reach + 1).Select(step => layers + step).Where(Meets).Take(1)];

            bool Meets(int n) => (!Symmetric || surface.IsSymmetric(topLayer - n + 1, topLayer)) && (!stoichiometric || surface.IsStoichiometric(topLayer - n + 1, topLayer));
        }
    }

    private BuiltSlab Built(Structure crystal, CrystalSurface surface, Termination termination, int layers)
    {
        var (top, bottom) = (termination.TopLayer, termination.TopLayer - layers + 1);
        var thickness = surface.Stacking.ThicknessA(bottom, top);
        var structure = Cut(crystal, surface, bottom, top, thickness);
        var unit = crystal.Composition.SmallestUnit();
        var whole = structure.Composition;
        var units = unit.Elements.Min(element => Math.Floor(whole[element] / unit[element] + 1e-9));
        var (charge, dipole) = Charges is null ? ((double?)null, (double?)null) : ChargeAndDipole(structure, thickness);
        var slab = new BuiltSlab
        {
            Structure = structure,
            Surface = surface,
            Top = termination,
            BottomId = surface.BottomId(bottom),
            Layers = layers,
            AreaA2 = structure.Lattice.A.Cross(structure.Lattice.B).Length,
            ThicknessA = thickness,
            VacuumA = VacuumA,
            IsSymmetric = surface.IsSymmetric(bottom, top),
            FormulaUnits = units,
            Excess = new(whole.Amounts.Select(pair => KeyValuePair.Create(pair.Key, Math.Max(0, Math.Round(pair.Value - units * unit[pair.Key], 6))))),
            ChargeE = charge,
            DipoleEA = dipole,
            Findings = [],
        };
        return slab with { Findings = [.. SlabFindings.Of(slab)] };
    }

    private Structure Cut(Structure crystal, CrystalSurface surface, int bottom, int top, double thickness)
    {
        var (cell, lattice) = (surface.Cell, surface.Cell.Structure.Lattice);
        var atoms = Enumerable.Range(bottom, top - bottom + 1).SelectMany(layer => surface.Stacking[layer]).ToList();
        var height = thickness + VacuumA;
        var shift = (Position == SlabPosition.Bottom ? 0 : VacuumA / 2) - surface.Stacking.BottomA(bottom);
        // c leads to the next plane with a side-step, which c of the slab does not have: the atoms keep it.
        var stepB = lattice.C.Y / lattice.B.Y;
        var stepA = (lattice.C.X - stepB * lattice.B.X) / lattice.A.X;
        var order = crystal.Elements.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        var sites = atoms.OrderBy(atom => order[cell.Structure.Sites[atom.Site].Element]).Select(atom =>
        {
            var site = cell.Structure.Sites[atom.Site];
            var along = site.Fractional.Z + atom.Image;
            return site with { Fractional = Fractions.Wrapped(new Vector3D(site.Fractional.X + along * stepA, site.Fractional.Y + along * stepB, (atom.HeightA + shift) / height)) };
        });
        var slab = new Structure(new(lattice.A, lattice.B, new(0, 0, height)), [.. sites]);
        return SlabCell.InPlane(slab, InPlane.M11, InPlane.M12, InPlane.M21, InPlane.M22);
    }

    private (double, double) ChargeAndDipole(Structure slab, double thickness)
    {
        var height = slab.Lattice.C.Z;
        var middle = Position == SlabPosition.Bottom ? thickness / 2 : height / 2;
        double charge = 0, dipole = 0;
        foreach (var site in slab.Sites)
        {
            charge += Charges![site.Element];
            dipole += Charges[site.Element] * (site.Fractional.Z * height - middle);
        }
        return (Math.Round(charge, 9), Math.Round(dipole, 9));
    }
}
