using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using DftFlow.Vasp.Inputs;

namespace DftFlow.Workflows;

/// <summary>
/// What makes two calculations the same: INCAR tags whatever their order, k-points, structure, potentials and engine. Names and
/// comments (SYSTEM, the first lines of KPOINTS and POSCAR) do not count.
/// </summary>
public static class Fingerprint
{
    // Part of every fingerprint: a change of the recipe makes new ones.
    private const string Recipe = "dftflow-fingerprint 1";

    /// <param name="predecessor">The fingerprint of the calculation whose final structure is taken; it then stands for the structure.</param>
    /// <param name="sites">Those of its sites that are taken, from 0; null: all.</param>
    public static string Of(VaspInput input, string engine, string? predecessor, ImmutableArray<int>? sites = null)
    {
        var text = new StringBuilder(Recipe).Append('\n').Append("engine ").Append(engine).Append('\n');
        foreach (var tag in input.Incar.Tags.Where(tag => tag.Name != "SYSTEM").OrderBy(tag => tag.Name, StringComparer.Ordinal))
            text.Append("incar ").Append(tag.Name).Append(" = ").Append(tag.Value.ToText()).Append('\n');
        text.Append("kpoints\n").Append(AfterFirstLine(input.Kpoints.ToText()));
        foreach (var potential in input.Potentials) text.Append("potential ").Append(potential).Append('\n');
        if (predecessor is null) text.Append("poscar\n").Append(AfterFirstLine(Poscar.Write(input.Structure, "")));
        else text.Append("structure of ").Append(predecessor).Append(sites is { } taken ? $" sites {string.Join(' ', taken)}" : "").Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string AfterFirstLine(string text) => text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..];
}
