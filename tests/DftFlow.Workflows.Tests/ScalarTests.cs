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

    [Theory]
    [InlineData("all")]
    [InlineData("surface")]
    [InlineData("bulk")]
    [InlineData("top 4 Å")]
    [InlineData("bottom 2 layers")]
    [InlineData("middle 1 layer")]
    public void A_region_is_written_as_it_is_said(string text)
    {
        Assert.True(Region.TryParse(text, out var region));
        Assert.Equal(text, region.ToString());
        Assert.Matches(Region.Pattern, text);
    }

    [Theory]
    [InlineData("Top 4 Å")]
    [InlineData("top")]
    [InlineData("bulk 4 Å")]
    [InlineData("3")]
    [InlineData("left 4 Å")]
    public void What_is_no_region_is_refused(string text)
    {
        Assert.False(Region.TryParse(text, out _));
        Assert.DoesNotMatch(Region.Pattern, text);
    }
}
