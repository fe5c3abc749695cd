using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Clusters.Files;

namespace DftFlow.Clusters.Potentials;

/// <summary>Reads what <see cref="PotentialLibrary"/>'s scripts print: lines of number, key and value with tabs between. What is not in this form is refused.</summary>
internal sealed class PotentialReply(ImmutableArray<string> names, string library, string destination, bool hashed)
{
    public const int MostThere = 40;
    public const int LongestField = 120;
    private const int LongestPlace = 1000;

    private static readonly ImmutableHashSet<string> Keys = ["place", "there", "closed", "damaged", "size", "sha256", "TITEL", "VRHFIN", "LEXCH", "ZVAL", "ENMAX", "ENMIN"];

    public ImmutableArray<string> Names => names;

    /// <param name="before">Findings that come before the reply's.</param>
    public PotentialCheck Read(string output, ImmutableArray<Finding> before)
    {
        var lines = names.Select(_ => new List<(string Key, string Value)>()).ToArray();
        foreach (var line in Lines(output))
        {
            if (line is not [var number, var key, var value] || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var i) || i >= lines.Length
                || !Keys.Contains(key) || value.Length > LongestPlace) throw NotUnderstood(destination);
            lines[i].Add((key, value));
        }
        var found = ImmutableSortedDictionary.CreateBuilder<string, LibraryPotential>(StringComparer.Ordinal);
        var findings = before.ToBuilder();
        foreach (var (i, name) in names.Index())
        {
            var (potential, finding) = Of(name, lines[i].ToLookup(line => line.Key, line => line.Value, StringComparer.Ordinal));
            if (potential is not null) found.Add(name, potential);
            if (finding is not null) findings.Add(finding);
        }
        if (Mixed(found.Values) is { } mixed) findings.Add(mixed);
        return new PotentialCheck(found.ToImmutable(), findings.ToImmutable());
    }

    /// <summary>DF4506: potentials that were made with several functionals; null where they were not.</summary>
    public static Finding? Mixed(IEnumerable<LibraryPotential> potentials)
    {
        var functionals = potentials.DistinctBy(one => one.Place).GroupBy(one => one.Lexch, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).ToArray();
        return functionals.Length < 2 ? null : new Finding("DF4506", Severity.Error,
            $"The potentials were made with several functionals: {string.Join("; ", functionals.Select(group => $"LEXCH = {group.Key}: {string.Join(", ", group.Select(one => one.Place))}"))}.",
            "Give the folder of one library as 'potentials' of the engine in the cluster's configuration: all potentials of a calculation, and of calculations that are compared, are of one functional.");
    }

    /// <summary>Which potential a script that put POTCAR together found changed.</summary>
    public static int? ChangedIn(string output) =>
        Lines(output).FirstOrDefault(line => line is [_, "changed", _]) is [var number, ..] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var i) ? i : null;

    /// <summary>Size and hash of the POTCAR that was put together.</summary>
    public static (long SizeBytes, string? Sha256) Whole(string output, bool hashed, string destination) =>
        Lines(output).ToArray() is [["all", "size", var size], ["all", "sha256", var sha256]]
        && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && RemoteFiles.HashIn(sha256) is var hash && hash is not null == hashed
            ? (bytes, hash)
            : throw NotUnderstood(destination);

    private (LibraryPotential?, Finding?) Of(string name, ILookup<string, string> said)
    {
        var places = said["place"].ToArray();
        if (places.Any(place => !LibraryPotential.IsPlace(place, name))) throw NotUnderstood(destination);
        if (places.Length > 1)
            return (null, Error("DF4503", $"There are {places.Length.ToString(CultureInfo.InvariantCulture)} potentials {name} in {library} on {destination}: {Some(places)}.",
                "Give the folder of one of these libraries as 'potentials' of the engine in the cluster's configuration."));
        if (said["closed"].FirstOrDefault() is { } closed)
            return (null, Error("DF4504", $"{closed} in {library} on {destination} may not be read by this account.", "VASP's potentials are often readable by a group only: ask the administrators to add the account."));
        if (places is not [var at]) return (null, Missing(name, [.. said["there"]]));

        var what = $"{at} in {library} on {destination}";
        if (said["damaged"].Contains("unpack", StringComparer.Ordinal))
            return (null, Unusable($"{what} cannot be unpacked to its end", "The file is damaged, or the program that unpacks it (gzip, bzip2) is not there."));
        if (said["size"].FirstOrDefault() is not { } size || !long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            || said["sha256"].FirstOrDefault() is not { } sha256 || (RemoteFiles.HashIn(sha256) is var hash && hash is null == hashed)) throw NotUnderstood(destination);
        if (bytes >= PotentialLibrary.MostBytes)
            return (null, Unusable($"{what} has {PotentialLibrary.MostBytes >> 20} MiB or more", "No potential is as large: see what the file is."));
        if (said["damaged"].Any())
            return (null, Unusable($"{what} is not one whole potential", "A potential has the line 'parameters from PSCTR are:' among its first, one 'End of Dataset', and that at its end. The file was cut, or is another one."));

        if (said["TITEL"].FirstOrDefault()?.Trim() is not { Length: > 0 } titel || Word("LEXCH") is not { } lexch || Number("ZVAL") is not { } zval || Number("ENMAX") is not { } enmax
            || (said["ENMIN"].Any() && Number("ENMIN") is null))
            return (null, Unusable($"The header of {what} does not say TITEL, LEXCH, ZVAL and ENMAX in a form that can be read", "Compare the file with the library that VASP's owners gave out."));
        var vrhfin = said["VRHFIN"].FirstOrDefault()?.Trim();
        // Some headers misspell the element of VRHFIN; the title comes first.
        var element = titel.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Append(vrhfin?.Split(':')[0].Trim() ?? "").Select(LibraryPotential.ElementOf).FirstOrDefault(one => one is not null);
        if (element is null) return (null, Unusable($"The header of {what} does not say the element (TITEL = {titel})", "Compare the file with the library that VASP's owners gave out."));
        if (element != LibraryPotential.ElementOf(name))
            return (null, Error("DF4505", $"{what} is a potential of {element}, not of {LibraryPotential.ElementOf(name)} (TITEL = {titel}).", "A file lies in the wrong folder of the library. VASP would take it for the element that POSCAR names."));
        return (new LibraryPotential
        {
            Name = name, Place = at, Titel = titel, Lexch = lexch, Vrhfin = vrhfin, Zval = zval, EnmaxEv = enmax, EnminEv = Number("ENMIN"), SizeBytes = bytes, Sha256 = hash,
        }, null);

        string? Word(string key) => said[key].FirstOrDefault()?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [{ Length: <= 20 } word, ..] ? word : null;
        double? Number(string key) => double.TryParse(Word(key)?.Replace('D', 'E'), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 1e6 ? number : null;
    }

    private Finding Missing(string name, string[] there)
    {
        var element = LibraryPotential.ElementOf(name);
        return Error("DF4502", $"There is no potential {name} in {library} on {destination}. " + (there.Length == 0 ? $"It has none of {element}." : $"Of {element} it has {Some(there)}."),
            there.Length == 0 ? "See that 'potentials' of the engine in the cluster's configuration is the folder that holds a folder for each potential." : "Name one of these in the workflow, or have the library completed.");
    }

    private static string Some(string[] all) => string.Join(", ", all.Take(MostThere)) + (all.Length >= MostThere ? ", …" : "");

    private static Finding Unusable(string what, string hint) => Error("DF4504", what + ".", hint);

    private static Finding Error(string code, string message, string hint) => new(code, Severity.Error, message, hint);

    private static IEnumerable<string[]> Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'));

    private static DftFlowException NotUnderstood(string destination) =>
        new("DF4509", $"What {destination} says of its POTCAR library cannot be understood.", "See that awk, head, tail and wc of the account's PATH are those of the system, and that no folder's name in the library has a line break.");
}
