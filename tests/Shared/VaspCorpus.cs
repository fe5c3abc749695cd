using System.IO.Compression;
using System.Text.Json;

namespace DftFlow.Tests;

/// <summary>The real VASP files that lie beside the repository, with the values that a reader should find.</summary>
public static class VaspCorpus
{
    public static Stream Open(string caseName, string file)
    {
        var stream = File.OpenRead(TestPaths.Shared("vasp-corpus", caseName, file));
        return file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
    }

    public static JsonElement Case(string caseName) =>
        JsonDocument.Parse(File.ReadAllBytes(TestPaths.Shared("vasp-corpus", caseName, "case.json"))).RootElement;

    public static JsonElement Expected(string caseName, string file) => Case(caseName).GetProperty("expected").GetProperty(file);

    /// <summary>Every file of a kind ("vasprun", "OUTCAR", …) in every case.</summary>
    public static IEnumerable<(string Case, string File, JsonElement Expected)> FilesOfKind(string kind)
    {
        foreach (var folder in Directory.EnumerateDirectories(TestPaths.Shared("vasp-corpus")).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(folder);
            var all = Case(name);
            foreach (var file in all.GetProperty("files").EnumerateArray())
            {
                if (file.GetProperty("kind").GetString() != kind) continue;
                var fileName = file.GetProperty("file").GetString()!;
                yield return (name, fileName, all.GetProperty("expected").GetProperty(fileName));
            }
        }
    }

    /// <summary>A value by path; null where a part is missing or null.</summary>
    public static JsonElement? At(this JsonElement element, params string[] path)
    {
        foreach (var name in path)
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element) || element.ValueKind == JsonValueKind.Null) return null;
        return element;
    }
}
