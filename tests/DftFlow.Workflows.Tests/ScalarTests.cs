using DftFlow.Workflows.Language;

namespace DftFlow.Tests.Workflows;

public class ScalarTests
{
    [Theory]
    [InlineData("12 Å", 12.0, null)]
    [InlineData("1.2 nm", 12.0, null)]
    [InlineData("6 layers", null, 6)]
    [InlineData("1 layer", null, 1)]
    public void A_thickness_is_a_length_or_a_number_of_layers(string text, double? length, int? layers)
    {
        Assert.True(Extent.TryParse(text, out var extent));
        Assert.Equal((length, layers), (extent.LengthA, extent.Layers));
        Assert.Matches(Extent.Pattern, text);
    }

    [Theory]
    [InlineData("12")]
    [InlineData("0 layers")]
    [InlineData("-3 Å")]
    [InlineData("2.5 layers")]
    [InlineData("layers")]
    [InlineData("")]
    public void What_is_neither_is_refused(string text) => Assert.False(Extent.TryParse(text, out _));
}
