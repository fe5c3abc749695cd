using System.Collections.Immutable;
using DftFlow.Crystals;

namespace DftFlow.Vasp.Outputs;

/// <summary>Electronic and ionic steps: energies, convergence, cell, places, forces, stress.</summary>
internal sealed partial class OutcarReader
{
    private readonly List<OutcarIonicStep> ionicSteps = [];
    private readonly List<Vector3D> rows = [];
    private List<Vector3D> pendingPositions = [], pendingForces = [];
    private Geometry open = new(), committed = new();
    private (double Free, double WithoutEntropy, double SigmaToZero) electronic;
    private double freeEnergy = double.NaN;
    private int electronicSteps, electronicStepsDone;
    private bool stepsBegun, learnedUnderHeading, calculatedUnderHeading, reachedRequiredAccuracy, stoppedByUser, cellFollows;
    private bool? stepConverged, lastConverged;
    private double? stepFermi, externalPressure, electronsOnGrid;
    private ImmutableArray<double> magnetization = [], stress = [];

    /// <summary>Buffers of one step, used again for a later one: a long run costs no more memory than a short one.</summary>
    private sealed class Geometry
    {
        public Lattice? Lattice;
        public List<Vector3D> Positions = [], Forces = [];
        public Vector3D? Drift;

        public OutcarGeometry ToGeometry() => new(Lattice, [.. Positions], [.. Forces], Drift);

        public double? MaxForce()
        {
            if (Forces.Count == 0) return null;
            var largest = 0.0;
            foreach (var force in Forces) largest = Math.Max(largest, force.Length);
            return largest;
        }

        public void Clear()
        {
            Positions.Clear();
            Forces.Clear();
            Drift = null;
        }
    }

    private void BeginElectronicStep(ReadOnlySpan<byte> counters)
    {
        // Iteration  3(  12): the counters overflow in long runs.
        var inner = ValueAfter(counters, "("u8);
        if (!stepsBegun) (electronicStepsDone, electronic, stepConverged) = (0, (double.NaN, double.NaN, double.NaN), null);
        stepsBegun = true;
        inParameters = false;
        electronicSteps = inner is >= 1 and < int.MaxValue ? (int)inner : electronicStepsDone + 1;
        EndBands();
    }

    private void EndElectronicSteps(bool reached)
    {
        // VASP 5 claims it at NELM, too. ALGO = Exact (IALGO 90) with NELM = 1 diagonalises once and has nothing to converge.
        var limit = parameters.Whole("NELM");
        reached &= limit is null || electronicSteps < limit || (limit == 1 && parameters.Whole("IALGO") == 90);
        stepConverged = lastConverged = reached;
    }

    private bool ReadStop(bool hard)
    {
        stoppedByUser = true;
        if (hard) stepConverged = lastConverged = stepConverged ?? false;
        return true;
    }

    private bool ReadFreeEnergy(ReadOnlySpan<byte> line)
    {
        // Of an electronic step with one blank, of an ionic step with two; of a force field with ML.
        if (!line.StartsWith("free energy "u8) && !line.StartsWith("free  energy"u8)) return false;
        recognised = true;
        freeEnergy = ValueAfter(line, "TOTEN  ="u8);
        return true;
    }

    private bool ReadEnergyLine(ReadOnlySpan<byte> line, bool machineLearned = false)
    {
        if (line.StartsWith("energy  without entropy="u8)) EndIonicStep(ValueAfter(line, "entropy="u8), ValueAfter(line, "energy(sigma->0) ="u8), machineLearned);
        else if (line.StartsWith("energy without entropy ="u8))
        {
            electronic = (freeEnergy, ValueAfter(line, "entropy ="u8), ValueAfter(line, "energy(sigma->0) ="u8));
            electronicStepsDone = electronicSteps;
        }
        else if (line.StartsWith("energy-cutoff"u8)) cellFollows = true;
        else if (line.StartsWith("external pressure ="u8)) externalPressure = Finite(ValueAfter(line, "pressure ="u8));
        else return ReadExecutedOn(line);
        return true;
    }

    private void EndIonicStep(double withoutEntropy, double sigmaToZero, bool machineLearned)
    {
        // A run that trains a force field prints the field's energy beside the calculated one, before or after it.
        if (machineLearned && calculatedUnderHeading)
        {
            open.Clear();
            return;
        }
        if (!machineLearned && learnedUnderHeading) ionicSteps.RemoveAt(ionicSteps.Count - 1);
        if (ionicSteps.Count == MostIonicSteps) throw Refused($"{MostIonicSteps} ionic steps");
        ionicSteps.Add(new OutcarIonicStep(new IonicStep(freeEnergy, withoutEntropy, sigmaToZero, stepsBegun ? electronicSteps : 0), stepConverged)
        {
            FermiEnergyEv = stepFermi,
            MagnetizationMub = magnetization,
            StressKbar = stress,
            ExternalPressureKbar = externalPressure,
            MaxForceEvPerA = open.MaxForce(),
            Geometry = GeometryIfAsked(open),
        });
        CommitGeometry();
        (learnedUnderHeading, calculatedUnderHeading) = (machineLearned, !machineLearned);
        (stepsBegun, stepConverged, stepFermi, stress, externalPressure) = (false, null, null, [], null);
    }

    private void CommitGeometry()
    {
        (open, committed) = (committed, open);
        open.Clear();
        open.Lattice = committed.Lattice;
    }

    private OutcarGeometry? GeometryIfAsked(Geometry geometry) =>
        content.HasFlag(OutcarContent.Geometries) && geometry.Positions.Count > 0 ? geometry.ToGeometry() : null;

    /// <summary>With a fixed density the energy is printed first, and stress and forces behind it: they are of the step that has just ended.</summary>
    private bool LastStepLacksForces => !stepsBegun && ionicSteps.Count > 0 && committed.Positions.Count == 0;

    private void GiveLastStep(OutcarGeometry? geometry) =>
        ionicSteps[^1] = ionicSteps[^1] with
        {
            Geometry = geometry,
            MaxForceEvPerA = committed.MaxForce(),
            StressKbar = ionicSteps[^1].StressKbar.IsEmpty ? stress : ionicSteps[^1].StressKbar,
            ExternalPressureKbar = ionicSteps[^1].ExternalPressureKbar ?? externalPressure,
        };

    /// <summary>Kinetic energy and temperature follow on the energies in molecular dynamics.</summary>
    private bool ReadKineticEnergy(ReadOnlySpan<byte> line)
    {
        if (ionicSteps is not [.., var last]) return false;
        if (line.StartsWith("kinetic energy EKIN   ="u8)) ionicSteps[^1] = last with { KineticEnergyEv = Finite(ValueAfter(line, "EKIN   ="u8)) };
        else if (line.StartsWith("kin. lattice  EKIN_LAT="u8)) ionicSteps[^1] = last with { TemperatureK = Finite(ValueAfter(line, "(temperature"u8)) };
        else return false;
        return true;
    }

    private bool ReadDrift(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("total drift:"u8)) return false;
        line = line["total drift:"u8.Length..];
        if (!TryTake(ref line, out var x) || !TryTake(ref line, out var y) || !TryTake(ref line, out var z)) return true;
        // It follows on the table of forces, which may have been given to the step before.
        if (open.Positions.Count > 0) open.Drift = new(x, y, z);
        else if (committed is { Positions.Count: > 0, Drift: null })
        {
            committed.Drift = new(x, y, z);
            GiveLastStep(GeometryIfAsked(committed));
        }
        return true;
    }

    private bool BeginLattice()
    {
        // VASP 6 also prints the primitive cell; the run's own follows on its energy cut-off.
        if (!cellFollows) return true;
        cellFollows = false;
        rows.Clear();
        table = Table.Lattice;
        return true;
    }

    private bool ReadLatticeRow(ReadOnlySpan<byte> line)
    {
        if (!TryTake(ref line, out var x) || !TryTake(ref line, out var y) || !TryTake(ref line, out var z)) return false;
        rows.Add(new Vector3D(x, y, z));
        if (rows.Count < 3) return true;
        table = Table.None;
        try
        {
            open.Lattice = new Lattice(rows[0], rows[1], rows[2]);
        }
        catch (ArgumentException)
        {
            open.Lattice = null;
        }
        return true;
    }

    private bool BeginForces(ReadOnlySpan<byte> line)
    {
        if (line.IndexOf("TOTAL-FORCE (eV/Angst)"u8) < 0) return false;
        if (line.EndsWith("(ML)"u8) && open.Positions.Count > 0) return true;
        pendingPositions.Clear();
        pendingForces.Clear();
        table = Table.Forces;
        return true;
    }

    private bool ReadForceRow(ReadOnlySpan<byte> line)
    {
        if (line is [(byte)'-', (byte)'-', ..])
        {
            if (pendingPositions.Count == 0) return true;
            // The table is whole only with its closing rule.
            (open.Positions, pendingPositions) = (pendingPositions, open.Positions);
            (open.Forces, pendingForces) = (pendingForces, open.Forces);
            table = Table.None;
            if (!LastStepLacksForces) return true;
            CommitGeometry();
            GiveLastStep(GeometryIfAsked(committed));
            return true;
        }
        if (!TryTake(ref line, out var x) || !TryTake(ref line, out var y) || !TryTake(ref line, out var z)
            || !TryTake(ref line, out var fx) || !TryTake(ref line, out var fy) || !TryTake(ref line, out var fz)) return false;
        if (pendingPositions.Count == MostAtoms) throw Refused($"{MostAtoms} atoms");
        pendingPositions.Add(new Vector3D(x, y, z));
        pendingForces.Add(new Vector3D(fx, fy, fz));
        return true;
    }

    private bool ReadStress(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("in kB"u8)) return false;
        line = line["in kB"u8.Length..];
        var values = ImmutableArray.CreateBuilder<double>(6);
        while (values.Count < 6 && TryTake(ref line, out var value)) values.Add(value);
        if (values.Count == 6) stress = values.MoveToImmutable();
        return true;
    }

    private bool ReadElectronsOnGrid(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("number of electron "u8)) return false;
        electronsOnGrid = Finite(ValueAfter(line, "number of electron"u8));
        var at = line.IndexOf("magnetization"u8);
        if (at < 0) return true;
        line = line[(at + "magnetization"u8.Length)..];
        Span<double> moments = stackalloc double[3];
        var count = 0;
        while (count < 3 && TryTake(ref line, out moments[count])) count++;
        if (!magnetization.AsSpan().SequenceEqual(moments[..count])) magnetization = [.. moments[..count]];
        return true;
    }
}
