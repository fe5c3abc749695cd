using System.Text.Json.Nodes;
using DftFlow.Crystals;
using DftFlow.Workflows.Language;

namespace DftFlow.Workflows;

internal sealed partial class ModelBuilder
{
    private bool Substitute(SubstituteBlock block)
    {
        if (block.Replace.Entries is not [var first, ..])
        {
            diagnostics.Error("DF1009", block.At, "'substitute' does not say which element is replaced.", "Write { Mn: Sc, count: 1 }.");
            return false;
        }
        if (block.Replace.Entries.Length > 1 && (block.Count is not null || block.Sites is not null))
        {
            diagnostics.Error("DF1006", block.Replace.Entries[1].At, "With 'count' or 'sites', one element is replaced at a time.", "Make it a step of its own.");
            return false;
        }
        var near = block.Near is { } named ? ParseElement(named) : null;
        if (block.Near is not null && near is null) return false;
        foreach (var (symbol, mark, by) in block.Replace.Entries)
        {
            if (!Element.TryParse(symbol, out var from) || ParseElement(by) is not { } to) return false;
            at = mark;
            var substitution = new Substitution(from, to) { Count = block.Count?.Value, Sites = block.Sites, Near = near };
            var sites = substitution.ChosenSites(Structure);
            Became(substitution.Apply(Structure), "substitute", $"{from} by {to} on sites {string.Join(", ", sites)}", new JsonObject { ["from"] = from.Symbol, ["to"] = to.Symbol, ["sites"] = new JsonArray([.. sites.Select(site => JsonValue.Create(site))]) });
        }
        return true;
    }
}
