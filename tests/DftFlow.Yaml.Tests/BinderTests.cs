using DftFlow.Yaml;

namespace DftFlow.Tests.Yaml;

public class BinderTests
{
    private sealed record Numbers : Block
    {
        [Key("energy", "An energy."), Quantity(Dimension.Energy)]
        public double EnergyEv { get; init; }

        [Key("ratio", "A number.")]
        public double Ratio { get; init; }

        [Key("each", "For each element."), ElementKeys, Quantity(Dimension.Energy)]
        public Map<double> EachEv { get; init; } = Map<double>.Empty;
    }

    [Theory]
    [InlineData("{ energy: -0,687 eV, ratio: 2 }", "'energy': '-0,687 eV' has a decimal comma.", "Write '-0.687 eV'.", 11)]
    [InlineData("{ ratio: 2,5 }", "'ratio': '2,5' has a decimal comma.", "Write '2.5'.", 10)]
    [InlineData("each: { H: -0,179 eV, N: -0.361 eV }", "'H': '-0,179 eV' has a decimal comma.", "Write '-0.179 eV'.", 12)]
    [InlineData("energy: -0,687 eV", "'energy': '-0,687 eV' has a decimal comma.", "Write '-0.687 eV'.", 9)]
    public void A_decimal_comma_is_called_so_with_braces_and_without(string yaml, string message, string hint, int column)
    {
        var problem = Assert.Single(Problems(yaml));
        Assert.Equal(("DF1008", message, hint, column), (problem.Code, problem.Message, problem.Hint, problem.Column));
    }

    [Theory]
    [InlineData("{ ratio: 2.5, 7: }", "Unknown key '7'")]
    [InlineData("{ ratio: '2', 5: }", "Unknown key '5'")]
    [InlineData("{ ratio: 2, 5: 3 }", "Unknown key '5'")]
    [InlineData("{ ratio: 2, energy: }", "'energy' has no value")]
    public void What_is_no_decimal_comma_is_not_called_one(string yaml, string message) => Assert.Contains(message, Assert.Single(Problems(yaml)).Message, StringComparison.Ordinal);

    private static (string Code, string Message, string? Hint, int Column)[] Problems(string yaml)
    {
        var diagnostics = new Diagnostics();
        new Binder(diagnostics).Bind<Numbers>(YamlLoader.Load(yaml, "f.yaml", diagnostics)!, "a test");
        return [.. diagnostics.ToSorted().Select(problem => (problem.Code, problem.Message, problem.Hint, problem.Column))];
    }
}
