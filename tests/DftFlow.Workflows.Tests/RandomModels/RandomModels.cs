using System.Collections.Immutable;
using System.Globalization;
using CsCheck;
using DftFlow.Crystals;

namespace DftFlow.Tests.Workflows.RandomModels;

/// <summary>
/// A workflow drawn at random: <c>m0</c> a crystal, each further <c>m1</c>, <c>m2</c>, … made from the one before by one step, and
/// <c>whole</c> by all steps at once.
/// </summary>
/// <param name="Formula">That of m0, reduced; null where the crystal stands in the workflow.</param>
internal sealed record RandomModels(ImmutableArray<string> Source, string? Formula, ImmutableArray<string> Steps)
{
    // The metal that steps exchange is M; states are those of the other elements and of M.
    private static readonly (string Prototype, string Formula, string[] Metals, string States)[] Crystals =
    [
        ("LiF", "MF", ["Li"], "Li: 1, Na: 1, F: -1"),
        ("MgO", "MO", ["Mg"], "Mg: 2, Ca: 2, O: -2"),
        ("NiO", "MO", ["Ni"], "Ni: 2, Mg: 2, O: -2"),
        ("MnO", "MO", ["Mn"], "Mn: 2, Ca: 2, O: -2"),
        ("CoO", "MO", ["Co"], "Co: 2, Mg: 2, O: -2"),
        ("ScF3", "MF3", ["Sc"], "Sc: 3, Al: 3, F: -1"),
        ("LiCoO2", "LiMO2", ["Co"], "Li: 1, Co: 3, Al: 3, O: -2"),
        ("LiNiO2", "LiMO2", ["Ni"], "Li: 1, Ni: 3, Al: 3, O: -2"),
        ("LiMO2", "LiMO2", ["Co", "Ni", "Mn"], "Li: 1, Co: 3, Ni: 3, Mn: 3, Al: 3, O: -2"),
        ("LiMnO2-C2/m", "LiMO2", ["Mn"], "Li: 1, Mn: 3, Al: 3, O: -2"),
        ("LiMnO2-Pmmn", "LiMO2", ["Mn"], "Li: 1, Mn: 3, Al: 3, O: -2"),
        ("Li2MnO3", "Li2MO3", ["Mn"], "Li: 1, Mn: 4, Ti: 4, O: -2"),
        ("Li3InCl6", "Li3MCl6", ["In"], "Li: 1, In: 3, Sc: 3, Cl: -1"),
    ];

    private static readonly Dictionary<string, string> Substitutes = new()
    {
        ["Li"] = "Na", ["Mg"] = "Ca", ["Ni"] = "Al", ["Mn"] = "Al", ["Co"] = "Al", ["Sc"] = "Al", ["In"] = "Sc", ["O"] = "S", ["F"] = "Cl", ["Cl"] = "F",
        ["Na"] = "K", ["Ca"] = "Mg", ["Al"] = "Sc", ["S"] = "O", ["K"] = "Li",
    };

    // Cells become no larger than so many of m0.
    private const int MostRepeats = 6;

    public static Gen<RandomModels> All { get; } = Gen.Select(Gen.Int[0, 5], Gen.Int[0, int.MaxValue - 1], Drawn);

    /// <summary>One key of a step to a line, so that a problem's line tells its step.</summary>
    public string Yaml => $$"""
        dftflow: 1
        name: random
        settings:
          engine: gpaw-vasp
          cutoff: 400 eV
          kpoints: { mesh: [2, 2, 2] }
        structures:
          film: { prototype: LiF, cell: conventional }
          m0: { {{string.Join(", ", Source)}} }
          {{string.Join("\n  ", Steps.Select((step, i) => Text($"m{i + 1}: {{ from: m{i}, build: [{step}] }}")))}}
          whole:
            {{string.Join("\n    ", Source)}}
            build:
              {{(Steps.IsEmpty ? "- wrap: true" : string.Join("\n      ", Steps.Select(step => $"- {step}")))}}
        calculations:
          static: { structure: whole, task: static }
        """;

    public override string ToString() => $"\n{Yaml}\n";

    private static RandomModels Drawn(int steps, int seed)
    {
        var random = new Random(seed);
        var draw = new Draw(random);
        var source = random.Next(6) == 0 ? draw.Inline() : draw.Prototype();
        return source with { Steps = [.. Enumerable.Range(0, steps).Select(_ => draw.Step())] };
    }

    /// <summary>Knows of the model so far what the next step must fit.</summary>
    private sealed class Draw(Random random)
    {
        private readonly List<string> elements = [];
        private string? formula;
        private string metal = "";
        private bool isSlab, isCoated;
        private int repeats = 1;

        public RandomModels Prototype()
        {
            var (prototype, template, metals, states) = Of(Crystals);
            metal = Of(metals);
            formula = template;
            elements.AddRange(Composition.Parse(Pure(metal)).Elements.Select(element => element.Symbol));
            return new([.. new[]
            {
                $"prototype: {prototype}",
                prototype == "LiMO2" ? $"species: {{ M: {metal} }}" : "",
                Of("", "cell: primitive", "cell: conventional", "cell: niggli"),
                random.Next(3) == 0 ? "" : $"oxidation-states: {{ {states} }}",
            }.Where(key => key.Length > 0)], Pure(metal), []);
        }

        private string Pure(string element) => formula!.Replace("M", element, StringComparison.Ordinal);

        public RandomModels Inline()
        {
            string[] some = ["Li", "Mg", "O", "F"];
            elements.AddRange(some.Take(random.Next(1, 5)));
            var lattice = random.Next(3) switch
            {
                0 => Text($"{{ a: {Number(4, 7)} Å }}"),
                1 => Text($"{{ a: {Number(4, 6)} Å, b: {Number(0.4, 0.6)} nm, c: {Number(4, 8)} Å, alpha: {Number(75, 105)} °, beta: {Number(75, 105)} °, gamma: {Number(75, 105)} ° }}"),
                _ => Text($"{{ vectors: [[{Number(4, 6)}, {Number(-1, 1)}, 0], [{Number(-1, 1)}, {Number(4, 6)}, 0.1], [0, {Number(-1, 1)}, {Number(4, 6)}]] }}"),
            };
            // About a body-centred arrangement of the corners, so that few lie on each other.
            string[] places = ["0, 0, 0", "0.5, 0.5, 0.5", "0.5, 0, 0.51", "-0.02, 0.5, 1.5"];
            var sites = string.Join(", ", elements.Select((element, i) => $"{{ {element}: [{places[i]}] }}"));
            return new([$"lattice: {lattice}", $"sites: [{sites}]"], null, []);
        }

        public string Step()
        {
            while (true)
                if (Candidate() is { } step) return step;
        }

        private string? Candidate()
        {
            switch (random.Next(14))
            {
                case 0: return Supercell();
                case 1: return Matrix();
                case 2: return Text($"strain: {{ {Of("a", "b", "c")}: {Number(-4, 4)} % }}");
                case 3: return Text($"strain: {{ a: {Number(-4, 4)} %, b: {Number(-4, 4)} %, c: {Number(-4, 4)} % }}");
                case 4: return Text($"perturb: {{ distance: {Of("0.01 Å", "0.03 Å", "1 pm", "0.002 nm")}, seed: {random.Next(100)} }}");
                case 5: return $"sort: {{ elements: [{string.Join(", ", elements.Take(random.Next(1, elements.Count + 1)))}]{Of("", ", along: a", ", along: b", ", along: c")} }}";
                case 6: return "wrap: true";
                case 7 or 8: return Substitute();
                case 9: return Order();
                case 10 or 11: return isSlab ? Freeze() : Slab();
                case 12: return MagneticOrder();
                default: return isSlab && !isCoated ? Coat() : null;
            }
        }

        private string? Supercell()
        {
            int[] n = [random.Next(1, 4), random.Next(1, 3), isSlab ? 1 : random.Next(1, 3)];
            return Repeated(n[0] * n[1] * n[2], Text($"supercell: [{n[0]}, {n[1]}, {n[2]}]"));
        }

        private string? Matrix()
        {
            var m = Enumerable.Range(0, 9).Select(_ => random.Next(-1, 3)).ToArray();
            if (isSlab) (m[2], m[5], m[6], m[7], m[8]) = (0, 0, 0, 0, 1);
            var determinant = m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6]);
            return Repeated(Math.Abs(determinant), Text($"supercell: [[{m[0]}, {m[1]}, {m[2]}], [{m[3]}, {m[4]}, {m[5]}], [{m[6]}, {m[7]}, {m[8]}]]"));
        }

        private string? Repeated(int times, string step)
        {
            if (times == 0 || repeats * times > MostRepeats) return null;
            repeats *= times;
            return step;
        }

        private string? Substitute()
        {
            var from = Of([.. elements]);
            if (!Substitutes.TryGetValue(from, out var to)) return null;
            var amount = Of("count: 1", "count: 2", "fraction: 50 %", "");
            var where = isSlab ? Of("", "where: surface", "where: top 3 Å", "where: bottom 2 layers", "where: middle 1 layer", "where: bulk") : "";
            var which = Of("", "", "arrangement: random, seed: 5", "arrangement: lowest-ewald", amount.StartsWith("count", StringComparison.Ordinal) && elements.Count > 1 ? $"near: {elements.First(element => element != from)}" : "");
            formula = null;
            if (!elements.Contains(to)) elements.Add(to);
            return $"substitute: {{ {string.Join(", ", new[] { $"{from}: {to}", amount, where, which }.Where(part => part.Length > 0))} }}";
        }

        private string? Order()
        {
            if (formula is null || !Substitutes.TryGetValue(metal, out var other)) return null;
            var composition = $"x {Pure(other)} · (1-x) {Pure(metal)}";
            formula = null;
            elements.Add(other);
            var x = Of("0.5", "0.25", "0.3333", "0.8");
            return $"order: {{ composition: {composition}, x: {x}, sites: {{ {metal}: [{metal}, {other}] }}, arrangement: {Of("auto", "lowest-ewald", "random", "sqs")}, seed: {random.Next(9)}, tolerance: 60 % }}";
        }

        private string Slab()
        {
            isSlab = true;
            int[] plane = [0, 0, 0];
            while (plane.All(n => n == 0)) plane = [random.Next(-1, 3), random.Next(-1, 2), random.Next(-1, 3)];
            var stoichiometric = random.Next(4) > 0;
            if (!stoichiometric) formula = null;
            return Text($"slab: {{ miller: [{plane[0]}, {plane[1]}, {plane[2]}], thickness: {(random.Next(2) == 0 ? $"{random.Next(1, 7)} layers" : Number(2, 8) + " Å")}, vacuum: {Number(8, 18)} Å{(random.Next(4) == 0 ? ", symmetric: true" : "")}{(stoichiometric ? "" : ", stoichiometric: false")}{Of("", "", ", termination: 1", ", position: bottom", ", position: centre")} }}");
        }

        private string Freeze() => Text($"freeze: {{ {Of("bottom", "top", "middle")}: {Of("1 layer", "2 layers", "2.5 Å", "0.1 nm")} }}");

        private string MagneticOrder()
        {
            var (magnetic, moment) = (Of([.. elements]), random.Next(1, 6));
            return random.Next(2) == 0
                ? Text($"magnetic-order: {{ kind: ferromagnetic, moments: {{ {string.Join(", ", elements.Select(element => $"{element}: {(element == magnetic ? moment : 0)}"))} }} }}")
                : Text($"magnetic-order: {{ kind: layered-antiferromagnetic, moments: {{ {string.Join(", ", elements.Select(element => $"{element}: {(element == magnetic ? moment : 0)}"))} }}, alternating: [{magnetic}]{Of("", ", miller: [1, 0, 0]", ", miller: [0, 1, 1]")} }}");
        }

        private string Coat()
        {
            isCoated = true;
            formula = null;
            foreach (var element in (string[])["Li", "F"])
                if (!elements.Contains(element)) elements.Add(element);
            return $"coat: {{ with: film, planes: [[1, 0, 0], [1, 1, 0]], thickness: {Of("1 layer", "2 layers", "3 Å")}, max-area: 120 Å², max-strain: {Of("4 %", "8 %", "12 %")}{Of("", ", gap: 2.2 Å", ", gap: 0.25 nm")}{Of("", ", registry: [0.25, 0.5]")}{Of("", ", strain-on-slab: 50 %", ", strain-on-slab: 100 %")}{Of("", "", ", both-sides: true")}{Of("", ", vacuum: 12 Å")} }}";
        }

        private T Of<T>(params T[] choices) => choices[random.Next(choices.Length)];

        private string Number(double least, double most) => (least + (most - least) * random.NextDouble()).ToString("0.###", CultureInfo.InvariantCulture);
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
