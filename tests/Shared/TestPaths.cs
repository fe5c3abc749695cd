namespace DftFlow.Tests;

/// <summary>Where the tests find the repository and the material that lies beside it.</summary>
public static class TestPaths
{
    public static string Repository { get; } = FindRepository();

    /// <summary>A file or folder of the material beside the repository; the test is skipped where it is absent.</summary>
    public static string Shared(params string[] parts)
    {
        var path = Path.Combine([Path.GetDirectoryName(Repository)!, "shared", .. parts]);
        Assert.SkipUnless(Path.Exists(path), $"../shared/{string.Join('/', parts)} is not beside the repository");
        return path;
    }

    private static string FindRepository()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "DftFlow.sln"))) return folder;
        throw new DirectoryNotFoundException("DftFlow.sln was not found above " + AppContext.BaseDirectory);
    }
}
