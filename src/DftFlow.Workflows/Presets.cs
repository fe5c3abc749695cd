using DftFlow.Workflows.Language;
using DftFlow.Yaml;

namespace DftFlow.Workflows;

/// <summary>Finds settings files by name: the user's own first, then those that come with DftFlow.</summary>
public sealed class Presets(IReadOnlyList<string> folders)
{
    private readonly Dictionary<string, SettingsBlock?> loaded = new(StringComparer.Ordinal);

    /// <summary>The user's folder (XDG) and the shipped one.</summary>
    public static Presets Default { get; } = new(
    [
        Path.Combine(Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } config
            ? config
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config"), "dftflow", "presets"),
        Path.Combine(AppContext.BaseDirectory, "templates", "presets"),
    ]);

    /// <summary>The preset that the layer names, as a layer below it; null where it names none or it cannot be had.</summary>
    public SettingsLayer? LayerBelow(SettingsBlock block, string workflowFile, Diagnostics diagnostics)
    {
        if (block.Preset is not { } preset) return null;
        var path = Find(preset.Value, workflowFile);
        if (path is null)
        {
            diagnostics.Error("DF1014", preset.At, $"There is no preset '{preset.Value}'.", Diagnostics.Suggest(preset.Value, Names()));
            return null;
        }
        if (!loaded.TryGetValue(path, out var settings))
        {
            settings = YamlLoader.LoadFile(path, diagnostics) is { } root ? new Binder(diagnostics).Bind<SettingsBlock>(root, "a preset") : null;
            if (settings?.Preset is { } nested)
                diagnostics.Error("DF1014", nested.At, "A preset cannot begin with another preset.", "Copy what is needed from it.");
            loaded.Add(path, settings);
        }
        return settings is null ? null : new SettingsLayer(settings, $"preset {Path.GetFileNameWithoutExtension(path)}");
    }

    private string? Find(string name, string workflowFile)
    {
        if (name.EndsWith(".yaml", StringComparison.Ordinal))
        {
            var own = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(workflowFile))!, name);
            return File.Exists(own) ? own : null;
        }
        return Language.Names.IsValid(name)
            ? folders.Select(folder => Path.Combine(folder, name + ".yaml")).FirstOrDefault(File.Exists)
            : null;
    }

    private string[] Names() =>
        [.. folders.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "*.yaml")).Select(file => Path.GetFileNameWithoutExtension(file)!).Distinct().Order(StringComparer.Ordinal)];
}
