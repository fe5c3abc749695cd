using DftFlow.Vasp.Inputs;

namespace DftFlow.Tests.Corpus.Views;

internal static class InputViews
{
    public static Found Incar(Stream stream)
    {
        var incar = DftFlow.Vasp.Inputs.Incar.Read(stream);
        var tags = new Found();
        foreach (var tag in incar.Tags) tags[tag.Name] = Value(tag.Value);
        return new Found { ["tags"] = tags };
    }

    private static object Value(IncarValue value) => value switch
    {
        IncarValue.Logical { Value: var flag } => flag,
        IncarValue.Whole { Value: var whole } => whole,
        IncarValue.Real { Value: var real } => real,
        IncarValue.List { Values: var values } => values.Select(Value),
        _ => value.ToString(),
    };

    public static Found Kpoints(Stream stream, int firstPoints)
    {
        var file = KpointsFile.Read(stream);
        var found = new Found { ["comment"] = file.Comment, ["num_kpts"] = 0, ["n_kpts_listed"] = 1, ["kpts_shift"] = new[] { 0, 0, 0 }, ["coord_type"] = null, ["labels"] = null, ["weights"] = null };
        switch (file.Sampling)
        {
            case DftFlow.Vasp.Inputs.Kpoints mesh:
                found["style"] = mesh.Scheme == MeshScheme.Gamma ? "Gamma" : "Monkhorst";
                found["kpts"] = new[] { mesh.N1, mesh.N2, mesh.N3 };
                found["kpts_shift"] = mesh.Shift;
                break;
            case AutomaticMesh automatic:
                found["style"] = "Automatic";
                found["kpts"] = automatic.LengthA;
                break;
            case GeneralisedMesh general:
                found["style"] = general.Coordinates.ToString();
                found["n_kpts_listed"] = 3;
                found["kpts"] = new[] { general.First, general.Second, general.Third };
                found["kpts_shift"] = general.Shift;
                break;
            case KpointList list:
                found["style"] = list.Coordinates.ToString();
                found["num_kpts"] = found["n_kpts_listed"] = list.Points.Length;
                // The corpus keeps the first points of long lists.
                found["kpts"] = list.Points.Take(firstPoints).Select(point => point.Place);
                found["weights"] = list.Points.Take(firstPoints).Select(point => point.Weight);
                found["labels"] = list.Points.Take(firstPoints).Select(point => point.Label);
                found["weights_sum"] = list.Points.Sum(point => point.Weight);
                found["tet_number"] = list.Tetrahedra.Length;
                found["tet_weight"] = list.TetrahedronVolume;
                found["tet_connections"] = list.Tetrahedra.Select(t => new[] { t.Weight, t.A, t.B, t.C, t.D });
                break;
            case KpointPath path:
                found["style"] = "Line_mode";
                found["num_kpts"] = path.PointsPerSegment;
                found["n_kpts_listed"] = 2 * path.Segments.Length;
                found["kpts"] = path.Segments.SelectMany(segment => new[] { segment.From, segment.To });
                found["labels"] = path.Segments.SelectMany(segment => new[] { segment.FromLabel, segment.ToLabel });
                found["coord_type"] = path.Coordinates.ToString();
                break;
        }
        return found;
    }

    public static Found Poscar(Stream stream, int firstSites)
    {
        var file = DftFlow.Vasp.Inputs.Poscar.Inspect(stream);
        var symbols = file.Blocks.Select(block => block.Element?.Symbol).ToArray();
        return new Found
        {
            ["comment"] = file.Comment,
            ["true_names"] = file.HasElements,
            ["site_symbols"] = symbols,
            ["natoms"] = file.Blocks.Select(block => block.Count),
            ["n_sites"] = file.Positions.Length,
            ["formula"] = file.HasElements ? StructureView.Formula(file.Structure.Sites.Select(site => site.Element.Symbol)) : null,
            ["species_runs"] = file.HasElements ? StructureView.Runs(file.Structure.Sites.Select(site => site.Element.Symbol)) : null,
            ["lattice"] = new[] { file.Lattice.A, file.Lattice.B, file.Lattice.C },
            ["volume"] = file.Lattice.Volume,
            ["first_frac_coords"] = file.Positions.Take(firstSites),
            ["last_frac_coords"] = file.Positions[^1],
            ["selective_dynamics"] = file.Free.IsEmpty ? null : new Found
            {
                ["n"] = file.Free.Length,
                ["first"] = new[] { file.Free[0].X, file.Free[0].Y, file.Free[0].Z },
                ["n_fully_fixed"] = file.Free.Count(free => free is { X: false, Y: false, Z: false }),
                ["n_free"] = file.Free.Count(free => free is { X: true, Y: true, Z: true }),
            },
            ["has_velocities"] = !file.VelocitiesAPerFs.IsEmpty,
            ["velocities_first"] = file.VelocitiesAPerFs is [var velocity, ..] ? velocity : null,
            ["has_predictor_corrector"] = file.PredictorCorrector is not null,
        };
    }
}
