using DftFlow.Clusters;
using DftFlow.Clusters.JobScripts;
using DftFlow.Vasp.Inputs;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Engine;

/// <summary>What a finished calculation's files say, once they have been found in order.</summary>
internal sealed record VerifiedOutputs(string Program, ResultScalars Scalars)
{
    /// <summary>Reads what the engine left, and decides whether it is a result.</summary>
    /// <exception cref="DftFlowException">DF2003 to DF2007: it is none.</exception>
    public static VerifiedOutputs Of(string folder, VaspInput input, ProcessExit exit)
    {
        var said = Said(folder, exit);
        if (exit.Signal is not null) throw Failures.Killed(exit, said);
        if (exit.Code is 126 or 127) throw Failures.NotStarted(exit.Code, said);
        if (exit.Code != 0) throw Failures.Exited(exit.Code, said);
        foreach (var file in RequiredFiles(input.Incar))
        {
            var found = new FileInfo(Path.Combine(folder, file));
            if (found is not { Exists: true, Length: > 0 }) throw Failures.Incomplete($"{file} is missing or empty", said);
            // A result holds its files; what a link leads to may change or go.
            if (found.LinkTarget is { } target) throw Failures.Incomplete($"{file} is a link to {target} instead of the file", said);
        }

        var run = ReadVasprun(Path.Combine(folder, "vasprun.xml"), said);
        if (run.Truncated is { } truncated)
            throw Failures.Incomplete(FormattableString.Invariant($"vasprun.xml stops at byte {truncated.Byte}, in ionic step {truncated.IonicStep} ({truncated.Reason})"), said);
        if (run.LastStep is not { } last) throw Failures.Incomplete("vasprun.xml has no finished ionic step", said);
        var outcar = ReadOutcar(Path.Combine(folder, "OUTCAR"), said);
        if (!outcar.Complete)
            throw Failures.Incomplete("OUTCAR does not end as a finished run's does, with the timing", said);
        var oszicar = OszicarReader.Parse(File.ReadAllText(Path.Combine(folder, "OSZICAR")));
        if (!run.ElectronicConverged)
            throw Failures.NotConvergedElectronically(last.ElectronicSteps, run.Parameters.Whole("NELM"), Finite(oszicar.ElectronicSteps is [.., var step] ? step.EnergyChangeEv : null));
        if (!run.IonicConvergedWith(outcar))
            throw Failures.NotConvergedIonically(run.IonicSteps.Length, run.Parameters.Whole("NSW"));
        return new(outcar.Program ?? $"{run.Program} {run.Version}".Trim(), ScalarsOf(run, last, input, oszicar));
    }

    private static ResultScalars ScalarsOf(Vasprun run, IonicStep last, VaspInput input, OszicarReader oszicar) => new()
    {
        Formula = input.Structure.Composition.ReducedFormula,
        NAtoms = input.Structure.Sites.Length,
        FinalEnergyEv = Finite(last.EnergyEv),
        FreeEnergyEv = Finite(last.FreeEnergyEv),
        FermiEnergyEv = Finite(run.FermiEnergyEv),
        BandGapEv = run.Eigenvalues is { } eigenvalues ? Finite(BandEdges.Of(eigenvalues)?.GapEv) : null,
        TotalMagnetizationMub = oszicar.IonicSteps is [.., { MagnetizationMub: [var magnetization] }] ? Finite(magnetization) : null,
        NIonicSteps = run.IonicSteps.Length,
        NElectronicStepsLast = last.ElectronicSteps,
        ElectronicConverged = run.ElectronicConverged,
        IonicConverged = run.IonicConverged,
    };

    /// <summary>What the engine said of why it stopped; else its last words.</summary>
    private static string Said(string folder, ProcessExit exit)
    {
        string[] files = [Path.Combine(folder, "vasp.out"), Path.Combine(folder, "OUTCAR")];
        if (exit.Code != 0)
            foreach (var file in files.Where(File.Exists))
            {
                using var stream = File.OpenRead(file);
                if (StopMessage.Find(stream) is { } message) return message;
            }
        return Failures.Tail([.. files, Path.Combine(folder, JobOutput.FileName)]);
    }

    /// <summary>The files that a run leaves, and those that INCAR asked for.</summary>
    private static IEnumerable<string> RequiredFiles(Incar incar)
    {
        foreach (var file in (string[])["vasprun.xml", "OUTCAR", "OSZICAR", "CONTCAR"]) yield return file;
        if (incar.Logical("LCHARG") == true) yield return "CHGCAR";
        if (incar.Logical("LAECHG") == true)
        {
            yield return "AECCAR0";
            yield return "AECCAR2";
        }
        if (incar.Logical("LELF") == true) yield return "ELFCAR";
        if (incar.Logical("LVHAR") == true || incar.Logical("LVTOT") == true) yield return "LOCPOT";
    }

    private static Vasprun ReadVasprun(string path, string said)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Vasprun.Read(stream, VasprunContent.Eigenvalues);
        }
        catch (DftFlowException error)
        {
            throw Failures.Incomplete($"vasprun.xml cannot be read: {error.Message.TrimEnd('.')}", said);
        }
    }

    private static Outcar ReadOutcar(string path, string said)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Outcar.Read(stream);
        }
        catch (DftFlowException error)
        {
            throw Failures.Incomplete($"OUTCAR cannot be read: {error.Message.TrimEnd('.')}", said);
        }
    }

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
